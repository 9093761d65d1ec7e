"""What was answered to what: classes of answers, how quickly they came, questions left open, items chained together."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from engine.evidence import Role
from engine.inspection import Answer, AnswerClass, Concept, Finding, Item
from engine.interval import Interval
from engine.rules.case import Case
from engine.rules.judgement import Ruling
from engine.rules.operators.anchors import title_of
from engine.rules.operators.base import Operator, Outcome, Said, Situation
from engine.rules.operators.params import Count, ItemId
from engine.rules.operators.turns import ANSWERING, SELLERS, Spell, replies, spells
from engine.rules.replies import Reply
from engine.rules.schema import Polarity, Seconds

DOUBTFUL = ("answer_role_doubtful", "answer_unread", "answer_unsure")
LONGEST_QUESTION = 40  # letters quoted; recognised speech may have no punctuation
UNJUDGED = ("answer_noise", "answer_overlapped", "stage_lost", "pattern_timeout")


class Ack(Operator):
    """The answer to an item is of one of `classes`, or one that `expect` accepts (as in the verdict table of answers).

    An answer that could not be judged, is unclear or came from a doubtful voice leaves it open, unless its class is
    asked for.
    """

    key: ClassVar[str] = "ack"

    item: ItemId
    classes: tuple[AnswerClass, ...] = ()
    expect: Polarity | None = None

    @model_validator(mode="after")
    def _asks_for_one(self) -> "Ack":
        if bool(self.classes) == (self.expect is not None):
            raise ValueError("要有 classes 或 expect 之一，只写一个 / needs either classes or expect, not both")
        return self

    def anchors(self) -> Iterable[str]:
        return (self.item,)

    def look(self, situation: Situation) -> Outcome:
        return self._judged(situation, *_answer_to(situation, self.item))

    def _judged(self, situation: Situation, answer: Answer, item: Item | None) -> Outcome:
        wanted = self._wanted(situation.case)
        evidence = _answered(answer)
        quote = answer.quote or ""
        concepts = (Concept(title_of(situation, self.item), answer.classification in wanted, answer.quote),)
        if answer.classification in wanted and (item is None or item.reason_code not in DOUBTFUL + UNJUDGED):
            details: dict[str, object] = {"item": title_of(situation, self.item), "quote": quote}
            return Outcome("hit", evidence, concepts, Ruling("review", "answer_as_asked", details))
        if item is not None and item.reason_code in DOUBTFUL + UNJUDGED:
            open_ = Ruling("inconclusive" if item.reason_code in UNJUDGED else "review", "answer_open", {
                "item": title_of(situation, self.item), "reason": item.reason,
            })  # fmt: skip
            return Outcome("unknown", evidence, concepts, open_)
        if answer.classification == "unclear":
            return Outcome("unknown", evidence, concepts, Ruling("review", "answer_unclear", {"quote": quote}))
        if answer.classification == "none":
            return Outcome("miss", evidence, concepts, Ruling("review", "no_answer"))
        details = {"item": title_of(situation, self.item), "quote": quote}
        return Outcome("miss", evidence, concepts, Ruling("review", "answer_of_other_class", details))

    def _wanted(self, case: Case) -> frozenset[AnswerClass]:
        if self.expect is None:
            return frozenset(self.classes)
        table = case.ruleset.answers.verdicts[self.expect]
        return frozenset(result for result, reaction in table.items() if reaction == "pass")


def _answer_to(situation: Situation, item: str) -> tuple[Answer, Item | None]:
    """The answer to `item` as its own rule took it; for an item that asks for none, the first reply after it."""
    taken = [one for one in situation.items.get(item, ()) if one.answer is not None]
    if taken and taken[0].answer is not None:
        return taken[0].answer, taken[0]
    case = situation.case
    last = situation.said[item][-1]
    reply = _reply_within(case, last.interval.end, case.ruleset.answers.max_wait_s)
    return (reply.answer(last.interval.end) if reply else Answer("none")), None


def _reply_within(case: Case, end: float, seconds: float) -> Reply | None:
    """The first reply that begins at most `seconds` after `end`, or overlaps it by as much as an answer may."""
    begin = end - case.ruleset.answers.overlap_s
    return next(
        (one for one in replies(case) if begin <= one.interval.start <= end + seconds and one.interval.end >= end), None
    )


def _answered(answer: Answer) -> tuple[Finding, ...]:
    if answer.start is None or answer.end is None:
        return ()
    role = answer.role or "unknown"
    return (Finding(answer.start, answer.end, role, answer.quote or "", answer.classification, "text", 1.0),)


class AnswerLatency(Operator):
    """Answers that came sooner than `min_ms` after the question or later than `max_s`; a hit is such an answer.

    An answer within 150 ms of the end of a long disclosure points to coaching or a cut (answers.yaml, rule 9).
    `longer_than_s`: only disclosures at least this long count. `item`: only the answers to this one. `times`: so many.
    """

    key: ClassVar[str] = "answer_latency"

    min_ms: float | None = None
    max_s: Seconds | None = None
    item: ItemId | None = None
    longer_than_s: Annotated[float, Field(ge=0)] = 0.0
    times: Count = 1

    @model_validator(mode="after")
    def _has_a_bound(self) -> "AnswerLatency":
        if self.min_ms is None and self.max_s is None:
            raise ValueError("要有 min_ms 或 max_s / needs min_ms or max_s")
        return self

    def anchors(self) -> Iterable[str]:
        return (self.item,) if self.item else ()

    def look(self, situation: Situation) -> Outcome:
        measured = [
            (item, item.answer)
            for name, items in situation.items.items()
            if self.item in (None, name)
            for item in items
            if item.answer is not None and item.answer.latency is not None and self._long(situation, item)
        ]
        if not measured:
            return Outcome("not_applicable", ruling=Ruling("not_applicable", "no_answers_timed"))
        odd = [(item, answer) for item, answer in measured if self._odd(answer)]
        evidence = tuple(finding for _, answer in odd for finding in _answered(answer))
        if len(odd) < self.times:
            return Outcome("miss", evidence, ruling=Ruling("pass", "answers_in_time", {"count": len(measured)}))
        item, answer = odd[0]
        details: dict[str, object] = {"count": len(odd), "item": item.title, "latency": f"{answer.latency or 0.0:.2f}"}
        return Outcome("hit", evidence, ruling=Ruling("review", "answers_untimely", details))

    def _long(self, situation: Situation, item: Item) -> bool:
        if self.longer_than_s == 0.0:
            return True
        start = item.answer.start if item.answer else None
        before = [one for one in situation.said.get(item.id, ()) if start is None or one.interval.start <= start]
        return bool(before) and before[-1].interval.duration >= self.longer_than_s

    def _odd(self, answer: Answer) -> bool:
        latency = answer.latency or 0.0
        too_soon = self.min_ms is not None and latency * 1000.0 < self.min_ms
        return too_soon or (self.max_s is not None and latency > self.max_s)


class ChainedItems(Operator):
    """More than `max_per_ack` items that want an answer were said before one came; a hit is such a chain.

    A chain that ends in a summary item (one yes for all that was read) is none.
    """

    key: ClassVar[str] = "chained_items"

    max_per_ack: Count = 1

    def look(self, situation: Situation) -> Outcome:
        why = situation.case.voices_unjudgeable()
        if why is not None:
            return Outcome("unknown", ruling=why)
        asking = {rule.head.id for rule in situation.case.ruleset.disclosures if rule.asks}
        summaries = {rule.head.id for rule in situation.case.ruleset.disclosures if rule.summary}
        said = sorted(
            (one for item in asking for one in situation.said.get(item, ())), key=lambda one: (one.interval, one.item)
        )
        if not said:
            return Outcome("not_applicable", ruling=Ruling("not_applicable", "nothing_asked"))
        chains = [chain for chain in _chains(situation.case, said) if chain[-1].item not in summaries]
        long = [chain for chain in chains if len({one.item for one in chain}) > self.max_per_ack]
        evidence = tuple(_chain(situation, chain) for chain in long)
        if not long:
            return Outcome("miss", ruling=Ruling("pass", "answered_one_by_one"))
        if all(_perhaps_spoken(situation.case, chain) for chain in long):
            return Outcome("unknown", evidence, ruling=Ruling("review", "answer_unread"))
        details: dict[str, object] = {"items": evidence[0].quote, "count": len(long)}
        return Outcome("hit", evidence, ruling=Ruling("review", "items_chained", details))


def _chains(case: Case, said: Sequence[Said]) -> list[list[Said]]:
    """Items in order, cut wherever the customer's side spoke between two of them."""
    chains = [[said[0]]]
    begins = sorted(one.interval.start for one in replies(case))
    for before, after in pairwise(said):
        gap = _gap(case, before, after)
        if bisect_left(begins, gap.start) < bisect_left(begins, gap.end):
            chains.append([after])
        else:
            chains[-1].append(after)
    return chains


def _gap(case: Case, before: Said, after: Said) -> Interval:
    """Where the answer to `before` may begin when `after` follows it."""
    begin = max(before.interval.start, before.interval.end - case.ruleset.answers.overlap_s)
    return Interval(begin, max(begin, after.interval.start))


def _perhaps_spoken(case: Case, chain: Sequence[Said]) -> bool:
    """Whether somebody may have answered inside the chain: speech not read, or of a doubtful voice."""
    return any(_perhaps_answered(case, _gap(case, *pair)) for pair in pairwise(chain))


def _chain(situation: Situation, chain: Sequence[Said]) -> Finding:
    start, end = chain[0].interval.start, max(one.interval.end for one in chain)
    titles = "、".join(dict.fromkeys(title_of(situation, one.item) for one in chain))
    return Finding(round(start, 3), round(end, 3), "agent", titles, str(len(chain)), "text", 1.0)


class MissingReply(Operator):
    """A question of the seller's side that nobody answered within `within_s` seconds; a hit is such a question.

    Speech that was not read, or of a doubtful voice, leaves the question open.
    """

    key: ClassVar[str] = "missing_reply"

    within_s: Seconds | None = None
    times: Count = 1

    def look(self, situation: Situation) -> Outcome:
        case = situation.case
        why = case.unjudgeable() or case.voices_unjudgeable()
        if why is not None:
            return Outcome("unknown", ruling=why)
        questions = case.conversation.questions
        if not questions:
            return Outcome("not_applicable", ruling=Ruling("not_applicable", "nothing_asked"))
        reach = self.within_s or case.ruleset.answers.max_wait_s
        silent = [end for end in questions if _reply_within(case, end, reach) is None]
        open_ = [end for end in silent if _perhaps_answered(case, _after(case, end, reach))]
        unanswered = [end for end in silent if end not in open_]
        evidence = tuple(_question(case, end) for end in unanswered)
        if len(unanswered) >= self.times:
            details: dict[str, object] = {"quote": evidence[0].quote, "count": len(unanswered)}
            return Outcome("hit", evidence, ruling=Ruling("review", "questions_unanswered", details))
        if len(unanswered) + len(open_) >= self.times:
            found = (*evidence, *(_question(case, end) for end in open_))
            return Outcome("unknown", found, ruling=Ruling("review", "answer_unread"))
        return Outcome("miss", ruling=Ruling("pass", "questions_answered", {"count": len(questions)}))


def _after(case: Case, end: float, reach: float) -> Interval:
    return Interval(end, max(end, min(end + reach, case.whole.end)))


def _perhaps_answered(case: Case, window: Interval) -> bool:
    doubtful = replies(case, sure=False)
    return case.conversation.unread_speech(window, ANSWERING) or any(one.interval.start in window for one in doubtful)


def _question(case: Case, end: float) -> Finding:
    """The seller's words up to the end of a question, as evidence."""
    stream = case.hearing.of(SELLERS).stream
    _, last = stream.letters_within(Interval(0.0, end))
    first, _ = stream.around(last - 1, last, stream.sentence_starts, LONGEST_QUESTION)
    span = stream.interval(first, last)
    quote = stream.quote(first, last)
    return Finding(round(span.start, 3), round(span.end, 3), "agent", quote, "？", "text", 1.0)


class QuestionBackUnanswered(Operator):
    """The customer asked back, and the seller's side said nothing within `within_s`; a hit is such a question."""

    key: ClassVar[str] = "question_back_unanswered"

    within_s: Seconds = 10.0
    min_chars: Count = 2

    def look(self, situation: Situation) -> Outcome:
        case = situation.case
        why = case.unjudgeable() or case.voices_unjudgeable()
        if why is not None:
            return Outcome("unknown", ruling=why)
        asked = [one for one in replies(case) if one.result == "asked_back"]
        open_ = [one for one in asked if not self._explained(case, one)]
        if not open_:
            return Outcome("miss", ruling=Ruling("pass", "questions_back_answered", {"count": len(asked)}))
        evidence = tuple(finding for one in open_ for finding in _answered(one.answer(None)))
        details: dict[str, object] = {"quote": open_[0].quote, "count": len(open_)}
        return Outcome("hit", evidence, ruling=Ruling("review", "questions_back_unanswered", details))

    def _explained(self, case: Case, reply: Reply) -> bool:
        window = Interval(reply.interval.end, reply.interval.end + self.within_s)
        first, last = case.hearing.of(SELLERS).stream.letters_within(window)
        return last - first >= self.min_chars


class RespondedAfter(Operator):
    """`by` began to speak more than `s` seconds after the other side had ended; a hit is such a wait."""

    key: ClassVar[str] = "responded_after"

    s: Seconds
    by: Literal["agent", "customer"] = "agent"
    times: Count = 1

    def look(self, situation: Situation) -> Outcome:
        case = situation.case
        why = case.voices_unjudgeable()
        if why is not None:
            return Outcome("unknown", ruling=why)
        sides: tuple[tuple[Role, ...], ...] = (SELLERS, ANSWERING)
        wanted = 0 if self.by == "agent" else 1
        pairs = [
            (before, after)
            for (first, before), (second, after) in pairwise(spells(case, sides))
            if second == wanted and first != wanted
        ]
        if not pairs:
            return Outcome("not_applicable", ruling=Ruling("not_applicable", "no_answers_timed"))
        late = [(before, after) for before, after in pairs if _wait(before, after) > self.s]
        evidence = tuple(after.finding(f"{_wait(before, after):.1f} s") for before, after in late)
        if len(late) < self.times:
            return Outcome("miss", evidence, ruling=Ruling("pass", "responses_in_time", {"count": len(pairs)}))
        longest = max(_wait(before, after) for before, after in late)
        details: dict[str, object] = {"count": len(late), "seconds": f"{longest:.1f}"}
        return Outcome("hit", evidence, ruling=Ruling("review", "responses_late", details))


def _wait(before: Spell, after: Spell) -> float:
    return after.interval.start - before.interval.end


OPERATORS: tuple[type[Operator], ...] = (
    Ack,
    AnswerLatency,
    ChainedItems,
    MissingReply,
    QuestionBackUnanswered,
    RespondedAfter,
)
