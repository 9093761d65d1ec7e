"""What the customer answered: stretches of customer speech after a question, classified and judged.

A reply counts when it comes from the wanted voice, starts after the question (at most `overlap_s` before its end), soon
enough, and before the next item. Silence is decided by voice activity, never by text.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import inf
from operator import add, sub

from engine.evidence import Role
from engine.inspection import Answer, AnswerClass
from engine.interval import Interval, intersect, subtract
from engine.language.answers import punctuate
from engine.rules.cover import Cover
from engine.rules.hearing import Hearing
from engine.rules.judgement import Request
from engine.rules.misheard import Guess, guesses
from engine.rules.ruleset import Answers
from engine.rules.spoken import ROUNDING_S, VOICE_BETWEEN, mean

SHORTEST_UNREAD_S = 0.15  # a lone 嗯 lasts 0.2 s: it is no silence, even where nothing was recognised
SELLING: tuple[Role, ...] = ("agent", "system")


@dataclass(frozen=True, slots=True)
class Reply:
    """One stretch of speech of the answering voice. `text` has commas where it paused; `unsure`: hardly recognised, and
    `like` is then what its text would be; not `timed`: its times are made up. `meant` is what the sound says was said
    where `text` merely resembles it. `cut`: its first word, a negation, may have been given to the voice before.
    """

    interval: Interval
    text: str
    quote: str
    probability: float
    role: Role
    result: AnswerClass
    unsure: bool = False
    timed: bool = True
    like: AnswerClass = "unclear"
    meant: str | None = None
    cut: bool = False

    def answer(self, question_end: float | None) -> Answer:
        return Answer(
            classification=self.result,
            start=round(self.interval.start, 3),
            end=round(self.interval.end, 3),
            quote=self.quote,
            role=self.role,
            latency=None if question_end is None or not self.timed else round(self.interval.start - question_end, 3),
        )


class Conversation:
    """All replies of a session, read once per group of answering voices."""

    def __init__(self, hearing: Hearing, answers: Answers, negation_margin: float) -> None:
        self._hearing = hearing
        self._answers = answers
        self._negation_margin = negation_margin
        self._present = frozenset(one.role for one in hearing.transcript.speakers)
        self._replies: dict[frozenset[Role] | None, tuple[tuple[Reply, ...], list[float]]] = {}
        self._active: dict[tuple[Role, ...], Cover] = {}
        self._classes: dict[str, AnswerClass] = {}
        self._guesses: dict[str, tuple[Guess, ...]] = {}
        self._selling = hearing.of(SELLING).stream

    def between(self, roles: Sequence[Role], begin: float, end: float, sure: bool = True) -> Sequence[Reply]:
        """Replies (as `replies`) that start from `begin` to `end` seconds, both included."""
        given, starts = self._read(roles, sure)
        return given[bisect_left(starts, begin) : bisect_right(starts, end)]

    def replies(self, roles: Sequence[Role], sure: bool = True) -> tuple[Reply, ...]:
        """What voices of `roles` said, as replies in order. Not `sure`: what voices with a doubtful role said."""
        return self._read(roles, sure)[0]

    def _read(self, roles: Sequence[Role], sure: bool) -> tuple[tuple[Reply, ...], list[float]]:
        """Replies of voices of `roles`, with their starts. Roles that no voice has make no difference."""
        key = self._present.intersection(roles) if sure else None
        if key not in self._replies:
            runs = self._hearing.stretches(roles, sure, self._answers.join_s)
            replies = tuple(map(self._reply, runs))
            self._replies[key] = replies, [reply.interval.start for reply in replies]
        return self._replies[key]

    def _reply(self, run: Sequence[int]) -> Reply:
        """What the characters at the places `run` come to."""
        answers, said = self._answers, self._hearing.said
        words, marks, (begins, ends) = said.words(run), said.marked(run), said.times(run)
        text = quote = "".join(words)
        if any(marks):
            quote = "".join(map(add, words, marks))
        if not (text.isalpha() and _in_one_breath(begins, ends, answers.comma_pause_s)) or _asked(quote):
            pieces = [word + _asked(mark) for word, mark in zip(words, marks, strict=True)]
            text = punctuate(list(zip(pieces, begins, ends, strict=True)), answers.comma_pause_s)
        probability = mean(said.probabilities(run))
        unsure = probability < answers.min_confidence
        like = self._classified(text)
        interval, role = Interval(begins[0], max(ends)), said.roles(run[:1])[0]
        timed = not self._hearing.transcript.nominal
        if like in ("affirm", "unclear") and self._negated_at_its_edge(run[0]):
            return Reply(interval, text, quote, probability, role, "unclear", unsure, timed, cut=True)
        result = "unclear" if unsure else like
        reply = Reply(interval, text, quote, probability, role, result, unsure, timed, like)
        return self._understood(reply) if like == "unclear" else self._heard_again(reply)

    def _negated_at_its_edge(self, place: int) -> bool:
        """Whether another voice said 不 or the like just before the character at `place`: perhaps the reply's own first
        word.
        """
        said, edge = self._hearing.said, range(place - 1, place + 1)
        if not place or said.words(edge)[0] not in self._answers.negations or said.marked(edge)[0]:
            return False
        (before, own), (begins, ends) = said.roles(edge), said.times(edge)
        return before != own and begins[1] - ends[0] < self._answers.edge_s

    def _classified(self, text: str) -> AnswerClass:
        """Class of an answer; a pattern that does not come to an end leaves it unclear."""
        if text not in self._classes:
            try:
                self._classes[text] = self._answers.book.classify(text)
            except TimeoutError:
                self._classes[text] = "unclear"
        return self._classes[text]

    def _heard_again(self, reply: Reply) -> Reply:
        """`reply` with what the sound says of its yes: unclear where it may just as well have been a negation; a yes
        hardly recognised counts where the sound denies every negation of it clearly.
        """
        pairs = self._negations(reply)
        answers = [self._hearing.answers.to(reply.interval, yes, no) for yes, no in pairs]
        margins = [answer.margin for answer in answers if answer is not None]
        if not margins:
            return reply
        if reply.unsure:
            denied = len(margins) == len(pairs) and max(margins) <= self._answers.confirm.unsure_margin
            return replace(reply, result=reply.like, unsure=False) if denied else reply
        return replace(reply, result="unclear") if max(margins) > self._negation_margin else reply

    def _understood(self, reply: Reply) -> Reply:
        """`reply` as the yes that it merely resembles, where the sound supports that yes and denies its negations."""
        confirm, given = self._answers.confirm, self._hearing.answers
        for guess in self._guessed(reply):
            answers = [given.to(reply.interval, reply.text, one) for one in (guess.yes, *guess.noes)]
            yes, *noes = (-inf if answer is None else answer.margin for answer in answers)
            if yes >= confirm.guess_margin and None not in answers and max(noes) <= yes + confirm.unsure_margin:
                return replace(reply, result="affirm", like="affirm", unsure=False, meant=guess.yes)
        return reply

    def _guessed(self, reply: Reply) -> tuple[Guess, ...]:
        """What an unclear reply may have been; nothing where it is cut, or a person has said what was answered."""
        if reply.cut or (reply.like != "unclear" and reply.meant is None):
            return ()
        if self._hearing.corrected.touches(reply.interval):
            return ()
        if reply.text not in self._guesses:
            confirm = self._answers.confirm
            self._guesses[reply.text] = tuple(guesses(reply.text, confirm.guesses, confirm.pairs))
        return self._guesses[reply.text]

    def _negations(self, reply: Reply) -> list[tuple[str, str]]:
        """The words of a yes and of its negation that the sound may be asked of."""
        if reply.like != "affirm" or self._hearing.corrected.touches(reply.interval):
            return []
        text = reply.text
        return [pair for pair in self._answers.confirm.pairs if pair[0] in text]

    def doubts(self, reply: Reply) -> tuple[Request, ...]:
        """Questions to the sound whether the yes of an affirmative reply, or of one like it, was one of its negations.

        None where a person has said what was answered.
        """
        return tuple(Request(reply.interval, yes, no) for yes, no in self._negations(reply))

    def guesses(self, reply: Reply) -> tuple[Request, ...]:
        """Questions to the sound whether a reply that fits no class was a yes that it resembles, or its negation."""
        wanted = dict.fromkeys(one for guess in self._guessed(reply) for one in (guess.yes, *guess.noes))
        return tuple(Request(reply.interval, reply.text, one) for one in wanted)

    @cached_property
    def questions(self) -> tuple[float, ...]:
        """Where the seller's questions end: at 吗 and at question marks. In order."""
        return tuple(self._hearing.questions(SELLING))

    def seller_stopped(self, before: float) -> float | None:
        """Where the seller's last word that began before `before` ended; None where there is none."""
        letter = bisect_left(self._selling.begins, before)
        return self._selling.ends[letter - 1] if letter else None

    def _turns(self, roles: Collection[Role]) -> Cover:
        """When voices of `roles` speak."""
        key = tuple(sorted(roles))
        if key not in self._active:
            transcript = self._hearing.transcript
            voices = {speaker.id for speaker in transcript.speakers if speaker.role in roles}
            self._active[key] = Cover(turn.interval for turn in transcript.turns if turn.speaker in voices)
        return self._active[key]

    def seller_spoke(self, begin: float, end: float) -> bool:
        """Whether the seller said anything, a mere 嗯 left out, from `begin` to `end` seconds."""
        first, last = (bisect_left(self._selling.begins, time) for time in (begin, end))
        return last - first >= VOICE_BETWEEN

    def unread_speech(self, window: Interval, roles: Collection[Role]) -> bool:
        """Whether a voice of `roles` was active inside `window` without any text."""
        if not self._turns(roles).touches(window):
            return False
        active = intersect(self._turns(roles).within(window), self._hearing.speech.within(window))
        unread = subtract(active, self._hearing.read.within(window))
        return any(span.duration >= SHORTEST_UNREAD_S for span in unread)


def _in_one_breath(begins: Sequence[float], ends: Sequence[float], pause: float) -> bool:
    """Whether no pause of `pause` seconds lies between any two characters, as `punctuate` takes it."""
    return max(map(sub, begins[1:], ends), default=0.0) < pause - ROUNDING_S


def _asked(mark: str) -> str:
    return "？" if "？" in mark or "?" in mark else ""
