"""Disclosure and answer: which reply belongs to a disclosure, and what it means for the item."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from operator import sub

from engine.evidence import Role
from engine.inspection import Answer, AnswerClass
from engine.interval import Interval
from engine.rules import answering
from engine.rules.case import Case
from engine.rules.concepts import Occurrence
from engine.rules.fieldnames import listed
from engine.rules.judgement import Ruling
from engine.rules.replies import Reply
from engine.rules.ruleset import Disclosure, Stated
from engine.rules.schema import Polarity
from engine.rules.spoken import VOICE_BETWEEN
from engine.rules.stated import Match, compare

NO_REPLY = Answer(classification="none")
ASKED_BEFORE_S = 10.0  # what is asked for may stand a sentence before what makes the question one of identity
WAITED_S = 1.5  # who pauses as long after a question waits for the answer
UNREAD = Answer(classification="unclear")


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """The answer to one occurrence of a disclosure and what it means. `until` is where its window ends."""

    answer: Answer
    ruling: Ruling
    until: float


@dataclass(frozen=True, slots=True)
class Asked:
    """One complete occurrence of an item. `asks`: it wants an answer of its own."""

    item: str
    interval: Interval
    asks: bool = True


def acknowledge(
    case: Case, rule: Disclosure, occurrence: Occurrence, expect: Polarity, asked: Sequence[Asked]
) -> Acknowledged:
    """Find and judge the answer to `occurrence`; `asked` are the occurrences of all items in order of time, the same
    throughout an evaluation.
    """
    key = "answer", rule.head.id, occurrence.interval, expect
    return case.hearing.once(key, lambda: _acknowledged(case, rule, occurrence, expect, asked))


def _acknowledged(
    case: Case, rule: Disclosure, occurrence: Occurrence, expect: Polarity, asked: Sequence[Asked]
) -> Acknowledged:
    roles = answering_roles(case, rule)
    begin = max(occurrence.interval.end - case.ruleset.answers.overlap_s, occurrence.interval.start)
    latest = occurrence.interval.end + rule.window_s + case.ruleset.answers.max_wait_s
    later = _later(case, rule, occurrence, asked)
    sure = case.conversation.between(roles, begin, latest)
    if sure:
        return _with_replies(case, rule, occurrence, expect, sure, later)
    return _without_replies(case, occurrence, expect, roles, later, latest)


def _later(case: Case, rule: Disclosure, occurrence: Occurrence, asked: Sequence[Asked]) -> Iterator[Asked]:
    """Items that close the answer window of `occurrence`, in order of time.

    Those that want an answer themselves, this item said again, and any other that begins after a question has been put.
    """
    end = occurrence.interval.end
    questions = case.conversation.questions
    following = bisect_left(questions, end)
    put = questions[following] if following < len(questions) else float("inf")
    for index in range(bisect_left(asked, end, key=_beginning), len(asked)):
        one = asked[index]
        if one.asks or one.item == rule.head.id or one.interval.start > put:
            yield one


def _beginning(one: Asked) -> float:
    return one.interval.start


def answering_roles(case: Case, rule: Disclosure) -> tuple[Role, ...]:
    """Whose voice counts: the customer's, or the insured's (who may be the customer)."""
    if rule.answered_by == "customer":
        return ("customer",)
    same = case.view.order.insured.same_as_policyholder
    return ("insured", "customer") if same else ("insured",)


def _with_replies(
    case: Case,
    rule: Disclosure,
    occurrence: Occurrence,
    expect: Polarity,
    given: Sequence[Reply],
    later: Iterator[Asked],
) -> Acknowledged:
    first = given[0]
    question_end = _question_end(case, first, occurrence)
    if first.interval.start - question_end > case.ruleset.answers.max_wait_s:
        return _silence(case, occurrence, expect, question_end + case.ruleset.answers.max_wait_s)
    reach = first.interval.start + case.ruleset.answers.overlap_s
    following = next(later, None)
    between: list[Asked] = []
    while following is not None and following.interval.start < first.interval.start:
        if following.item != rule.head.id and following.interval.end <= reach:
            between.append(following)
        following = next(later, None)
    if between and not (rule.summary and _one_breath(case, rule, occurrence, between[0])):
        pause = Interval(occurrence.interval.end, max(occurrence.interval.end, between[0].interval.start))
        if case.conversation.unread_speech(pause, answering_roles(case, rule)):
            return Acknowledged(UNREAD, Ruling("review", "answer_unread"), pause.end)
        answer = first.answer(question_end)
        return Acknowledged(answer, Ruling("review", "acknowledged_in_bulk"), first.interval.end)
    cut = following.interval.start if following is not None else float("inf")
    own = _own(case, [reply for reply in given if reply.interval.start < cut] or [first])
    decisive, before = _decisive(case, own)
    if decisive.unsure or rule.head.severity in case.ruleset.answers.confirm.severity:
        for request in case.conversation.doubts(decisive):
            case.ask(request)
    for request in case.conversation.guesses(decisive):
        case.ask(request)
    stated = _stated(case, rule, occurrence, own)
    if stated is not None:
        return replace(stated, ruling=_of_one_voice(case, own[-1], stated.ruling))
    ruling = _of_one_voice(case, decisive, _ruling(case, expect, decisive, before))
    return Acknowledged(decisive.answer(_question_end(case, decisive, occurrence)), ruling, decisive.interval.end)


def _one_breath(case: Case, rule: Disclosure, occurrence: Occurrence, following: Asked) -> bool:
    """Whether the salesperson went on to `following` without waiting, and nobody else, a mere 嗯 left out, spoke in
    between. Where an answer was waited for, or given by somebody else, what the customer says later is none to this.
    """
    end, start = occurrence.interval.end, following.interval.start
    others = case.hearing.others(rule.says).stream.begins
    if bisect_left(others, start) - bisect_left(others, end) >= VOICE_BETWEEN:
        return False
    own = case.hearing.of(rule.says).stream
    first, last = bisect_left(own.begins, end), bisect_left(own.begins, start)
    pauses = map(sub, own.begins[first : last + 1], (end, *own.ends[first:last]))
    return max(pauses, default=0.0) < WAITED_S


def _question_end(case: Case, reply: Reply, occurrence: Occurrence) -> float:
    """Where the salesperson stopped before `reply`, or at the earliest the end of the disclosure."""
    stopped = case.conversation.seller_stopped(reply.interval.start)
    end = occurrence.interval.end
    if stopped is None:
        return end
    return max(end, min(stopped, reply.interval.start + case.ruleset.answers.overlap_s))


def _own(case: Case, given: Sequence[Reply]) -> Sequence[Reply]:
    """The replies in the voice of the one who should answer, and refusals of anybody; all where there are none."""
    own = [one for one in given if one.result == "refusal" or case.hearing.stranger(one.role, one.interval) is None]
    return own or given


def _of_one_voice(case: Case, reply: Reply, ruling: Ruling) -> Ruling:
    """`ruling`, but a pass is for a person to check where `reply` sounds like somebody else."""
    stranger = case.hearing.stranger(reply.role, reply.interval)
    if ruling.verdict != "pass" or stranger is None:
        return ruling
    return Ruling("review", "answer_other_voice", {"quote": reply.quote, "similarity": f"{stranger.similarity:.2f}"})


def _decisive(case: Case, given: Sequence[Reply]) -> tuple[Reply, str | None]:
    """The reply that counts, and the code of what happened before it.

    A refusal always counts. The first clear yes or no settles the item, unless 不清楚 follows; a yes after a question
    back or after 不清楚 counts with a remark, but a question nobody answered stays open. Weak and unclear replies count
    only where there is no other.
    """
    refusal = next((reply for reply in given if reply.result == "refusal"), None)
    if refusal is not None:
        return refusal, None
    clear = next((i for i, reply in enumerate(given) if reply.result in ("affirm", "deny")), None)
    lost = next((i for i, reply in enumerate(given) if reply.result == "not_understood"), None)
    if clear is None:
        opened = next((reply for reply in given if reply.result == "asked_back"), None)
        return (given[lost] if lost is not None else opened or given[0]), None
    if lost is not None:
        return (given[clear], "understood_later") if lost < clear else (given[lost], "answer_changed")
    asked = next((reply for reply in reversed(given[:clear]) if reply.result == "asked_back"), None)
    if asked is None:
        return given[clear], None
    if not case.conversation.seller_spoke(asked.interval.end, given[clear].interval.start):
        return asked, None
    return given[clear], "explained_after_question"


def _stated(case: Case, rule: Disclosure, occurrence: Occurrence, given: Sequence[Reply]) -> Acknowledged | None:
    """What the replies come to where they state the facts asked for; None where they state none, or deny or refuse."""
    if not rule.stated or any(reply.result in ("refusal", "deny", "not_understood") for reply in given):
        return None
    last = given[-1]
    asking = case.hearing.of(rule.says)
    begin, end = occurrence.interval.start - ASKED_BEFORE_S, last.interval.start
    matches = [
        (one, _compared(case, one, given))
        for one in rule.stated
        if any(begin <= asking.stream.begins[hit.start] < end for hit in asking.locate(one.asked))
    ]
    told = [(one, match) for one, match in matches if match != "unknown"]
    if not told:
        return None
    wrong = [one for one, match in told if match == "different"]
    fields = listed(one.path for one in (wrong or [one for one, _ in told]))
    result: AnswerClass = "deny" if wrong else "affirm"
    ruling = Ruling("fail", "answer_states_otherwise", {"fields": fields})
    if min(reply.probability for reply in given) < case.settings.number_confidence:
        result, ruling = "unclear", Ruling("review", "answer_unsure", {"quote": last.quote})
    elif not wrong:
        ruling = Ruling("pass", "answer_states", {"fields": fields})
    answer = replace(last, result=result).answer(_question_end(case, last, occurrence))
    return Acknowledged(answer, ruling, last.interval.end)


def _compared(case: Case, wanted: Stated, given: Sequence[Reply]) -> Match:
    """What the replies together state of the order's fact; unknown where the order has none."""
    expected = case.view.value(wanted.path)
    said = "，".join(reply.text for reply in given)
    return "unknown" if expected is None else compare(wanted.kind, said, str(expected), case.settings)


def _ruling(case: Case, expect: Polarity, reply: Reply, before: str | None) -> Ruling:
    reaction = case.ruleset.answers.verdicts[expect][reply.result]
    details: dict[str, object] = {"quote": reply.quote}
    if before in ("understood_later", "answer_changed"):
        return Ruling("review", before, details)
    if reaction == "pass":
        if before is None and reply.meant is not None:
            return Ruling("pass", "acknowledged_as", {**details, "meant": reply.meant})
        return Ruling("pass", before or "acknowledged", details)
    if reaction == "refused":
        return Ruling("fail", "refused", details)
    if reaction == "fail":
        code = "not_understood" if reply.result == "not_understood" else "answer_contrary"
        return Ruling("fail", code, details)
    if reply.unsure:
        return Ruling("review", "answer_unsure", details)
    return Ruling("review", REVIEWED.get(reply.result, "answer_contrary"), details)


REVIEWED = {
    "weak": "answer_weak",
    "unclear": "answer_unclear",
    "asked_back": "question_open",
    "not_understood": "not_understood",
}


def _without_replies(
    case: Case,
    occurrence: Occurrence,
    expect: Polarity,
    roles: Sequence[Role],
    later: Iterator[Asked],
    latest: float,
) -> Acknowledged:
    """Nobody who counts said anything that was read: find out whether that is silence."""
    begin = max(occurrence.interval.end - case.ruleset.answers.overlap_s, occurrence.interval.start)
    following = next(later, None)
    next_item = following.interval.start if following is not None else latest
    until = min(latest, next_item, max(case.whole.end, begin))
    window = Interval(begin, max(begin, until))
    doubtful = case.conversation.between(roles, window.start, window.end, sure=False)
    if doubtful:
        reply = doubtful[0]
        answer = reply.answer(_question_end(case, reply, occurrence))
        return Acknowledged(
            answer, Ruling("review", "answer_role_doubtful", {"quote": reply.quote}), reply.interval.end
        )
    if case.conversation.unread_speech(window, roles):
        return Acknowledged(UNREAD, Ruling("review", "answer_unread"), until)
    mouth = answering.by_face(case, Interval(window.start, max(window.start, latest)), roles)
    if mouth is not None:
        span = mouth.speaking.interval
        answer = replace(UNREAD, start=round(span.start, 3), end=round(span.end, 3), face=mouth.speaking.person)
        return Acknowledged(answer, Ruling("review", "answer_voice_doubtful"), max(until, span.end))
    return _silence(case, occurrence, expect, until)


def _silence(case: Case, occurrence: Occurrence, expect: Polarity, until: float) -> Acknowledged:
    window = Interval(occurrence.interval.end, max(until, occurrence.interval.end))
    near_end = Interval(window.start, min(window.end, window.start + case.ruleset.answers.max_wait_s))
    voices = case.voices_unjudgeable()
    if voices is not None:
        ruling = voices
    elif case.noisy(near_end):
        ruling = Ruling("inconclusive", "answer_noise")
    elif case.hearing.crossed.touches(near_end):
        ruling = Ruling("inconclusive", "answer_overlapped")
    elif case.ruleset.answers.verdicts[expect]["none"] == "silent":
        ruling = Ruling("fail", "no_answer")
    else:
        ruling = Ruling("review", "no_answer")
    return Acknowledged(NO_REPLY, ruling, until)
