"""Asking the sound: does the recording support the wanted words as well as those that were recognised?

Both texts are put in the same place of the same context and scored by the recogniser on the same window of sound; the
difference
of their log-likelihoods is the margin. The window reaches into the words that follow, because a recogniser's score
has no end of
text: without them the shorter text wins even where it is wrong. Nothing is recognised anew and nothing is suggested
to the
recogniser while it listens, so a confirmation cannot invent words.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from engine.evidence import Character, Confirmation, Transcript
from engine.interval import Interval
from engine.language.folding import fold
from engine.media.audio import Audio
from engine.speech.recognizer import Recognizer
from engine.speech.settings import ConfirmationSettings


class Question(Protocol):
    """Was `wanted` said within `span` (seconds), where `heard` was recognised?"""

    @property
    def span(self) -> Interval: ...

    @property
    def heard(self) -> str: ...

    @property
    def wanted(self) -> str: ...


@dataclass(frozen=True, slots=True)
class _Context:
    """Words around a question: `before` and `after` it, and the window of sound that holds all of them."""

    before: str
    inside: str
    after: str
    window: Interval


def confirm(
    questions: Sequence[Question],
    audio: Audio,
    transcript: Transcript,
    recognizer: Recognizer,
    settings: ConfirmationSettings | None = None,
) -> tuple[Confirmation, ...]:
    """Answers to those questions that can be answered, in their order.

    Left out: a question whose `heard` is not in the transcript there, or without words after it when one text begins
    with the
    other (such a pair cannot be compared).
    """
    settings = settings or ConfirmationSettings()
    characters = sorted(transcript.characters, key=lambda one: one.interval)
    answers = (_answer(one, audio, characters, recognizer, settings) for one in questions)
    return tuple(answer for answer in answers if answer is not None)


def _answer(
    question: Question,
    audio: Audio,
    characters: Sequence[Character],
    recognizer: Recognizer,
    settings: ConfirmationSettings,
) -> Confirmation | None:
    context = _context(question.span, characters, settings, min(settings.longest, recognizer.longest_window))
    heard, wanted = fold(question.heard), fold(question.wanted)
    if context is None or not heard or heard not in context.inside:
        return None
    if not context.after and (heard.startswith(wanted) or wanted.startswith(heard)):
        return None
    spliced = context.inside.replace(heard, wanted, 1)
    texts = [f"{context.before}{inside}{context.after}" for inside in (context.inside, spliced)]
    as_heard, as_wanted = recognizer.score(audio.excerpt(context.window), texts)
    margin = sum(token.logprob for token in as_wanted) - sum(token.logprob for token in as_heard)
    return Confirmation(question.span, question.heard, question.wanted, round(margin, 3), recognizer.identity)


def _context(
    span: Interval, characters: Sequence[Character], settings: ConfirmationSettings, longest: float
) -> _Context | None:
    """The words inside `span`, some seconds of words on both sides, and where they sound; None where no word is
    inside."""
    middles = [one.interval.middle for one in characters]
    first, last = bisect_left(middles, span.start), bisect_left(middles, span.end)
    if first == last:
        return None
    begin = bisect_left(middles, span.start - settings.left)
    end = bisect_left(middles, span.end + settings.right)
    start = max(0.0, characters[begin].interval.start - settings.margin)
    stop = max(one.interval.end for one in characters[begin:end]) + settings.margin
    if stop - start > longest:
        return None
    return _Context(
        before=_text(characters[begin:first]),
        inside=_text(characters[first:last]),
        after=_text(characters[last:end]),
        window=Interval(start, stop),
    )


def _text(characters: Sequence[Character]) -> str:
    return fold("".join(one.text for one in characters))
