"""What the customer answered: stretches of customer speech after a question, classified and judged.

A reply counts when it comes from the wanted voice, starts after the question (at most `overlap_s` before its end), soon
enough, and before the next item. Silence is decided by voice activity, never by text.
"""

from bisect import bisect_left
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from engine.evidence import Role
from engine.inspection import Answer, AnswerClass
from engine.interval import Interval, intersect, subtract
from engine.language.answers import punctuate
from engine.rules.hearing import Hearing, Spoken, mean
from engine.rules.judgement import Request
from engine.rules.ruleset import Answers

VOICE_BETWEEN = 2  # characters of another voice that separate two replies
SHORTEST_UNREAD_S = 0.3
SELLING: tuple[Role, ...] = ("agent", "system")


@dataclass(frozen=True, slots=True)
class Reply:
    """One stretch of speech of the answering voice. `text` has commas where it paused; `unsure`: hardly recognised."""

    interval: Interval
    text: str
    quote: str
    probability: float
    role: Role
    result: AnswerClass
    unsure: bool = False

    def answer(self, question_end: float | None) -> Answer:
        return Answer(
            classification=self.result,
            start=round(self.interval.start, 3),
            end=round(self.interval.end, 3),
            quote=self.quote,
            role=self.role,
            latency=None if question_end is None else round(self.interval.start - question_end, 3),
        )


class Conversation:
    """All replies of a session, read once per group of answering voices."""

    def __init__(self, hearing: Hearing, answers: Answers, negation_margin: float) -> None:
        self._hearing = hearing
        self._answers = answers
        self._negation_margin = negation_margin
        self._replies: dict[tuple[tuple[Role, ...], bool], tuple[Reply, ...]] = {}
        self._selling = hearing.of(SELLING).stream.spoken
        self._selling_begins = [one.interval.start for one in self._selling]

    def replies(self, roles: Sequence[Role], sure: bool = True) -> tuple[Reply, ...]:
        """What voices of `roles` said, as replies in order. Not `sure`: what voices with a doubtful role said."""
        key = (tuple(roles) if sure else (), sure)
        if key not in self._replies:
            runs = _runs(self._hearing.spoken, roles, sure, self._answers.join_s)
            self._replies[key] = tuple(self._reply(run) for run in runs)
        return self._replies[key]

    def _reply(self, run: Sequence[Spoken]) -> Reply:
        answers = self._answers
        pieces = [(one.text + _asked(one), one.interval.start, one.interval.end) for one in run]
        text = punctuate(pieces, answers.comma_pause_s)
        probability = mean(one.probability for one in run)
        unsure = probability < answers.min_confidence
        result = "unclear" if unsure else self._classified(text)
        interval = Interval(run[0].interval.start, max(one.interval.end for one in run))
        quote = "".join(one.text + one.mark for one in run)
        return self._heard_again(Reply(interval, text, quote, probability, run[0].role, result, unsure))

    def _classified(self, text: str) -> AnswerClass:
        """Class of an answer; a pattern that does not come to an end leaves it unclear."""
        try:
            return self._answers.book.classify(text)
        except TimeoutError:
            return "unclear"

    def _heard_again(self, reply: Reply) -> Reply:
        """`reply`, unclear where the sound says that its yes may just as well have been its own negation."""
        request = self.negation(reply)
        answer = self._hearing.answered(request) if request is not None else None
        if answer is None or answer.margin <= self._negation_margin:
            return reply
        return replace(reply, result="unclear")

    def negation(self, reply: Reply) -> Request | None:
        """The question to the sound whether the yes of an affirmative reply was its negation."""
        if reply.result != "affirm":
            return None
        pair = next(((yes, no) for yes, no in self._answers.confirm.pairs if yes in reply.text), None)
        return Request(reply.interval, *pair) if pair else None

    @cached_property
    def questions(self) -> tuple[float, ...]:
        """Where the seller's questions end: at 吗 and at question marks. In order."""
        return tuple(sorted(one.interval.end for one in self._selling if one.text.endswith("吗") or _asked(one)))

    def seller_stopped(self, before: float) -> float | None:
        """Where the seller's last word that began before `before` ended; None where there is none."""
        index = bisect_left(self._selling_begins, before)
        return self._selling[index - 1].interval.end if index else None

    def unread_speech(self, window: Interval, roles: Collection[Role]) -> bool:
        """Whether a voice of `roles` was active inside `window` without any text."""
        transcript = self._hearing.transcript
        voices = {speaker.id for speaker in transcript.speakers if speaker.role in roles}
        turns = (both for t in transcript.turns if t.speaker in voices and (both := t.interval & window) is not None)
        active = intersect(turns, self._hearing.speech.within(window))
        unread = subtract(active, self._hearing.read.within(window))
        return any(span.duration >= SHORTEST_UNREAD_S for span in unread)


def _asked(one: Spoken) -> str:
    return "？" if any(mark in "？?" for mark in one.mark) else ""


def _runs(spoken: Sequence[Spoken], roles: Collection[Role], sure: bool, join_s: float) -> Iterator[list[Spoken]]:
    run: list[Spoken] = []
    others = 0
    for one in spoken:
        wanted = one.role in roles and one.sure if sure else not one.sure
        if not wanted:
            others += 1
            continue
        if run and (one.interval.start - run[-1].interval.end > join_s or others >= VOICE_BETWEEN):
            yield run
            run = []
        run.append(one)
        others = 0
    if run:
        yield run
