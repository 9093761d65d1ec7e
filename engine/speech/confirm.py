"""Acoustic confirmation: does the sound support a wanted text at least as well as the text that was heard?

Both texts are scored by the recogniser on the same sound, in the same place of the same context; the difference of
their log-likelihoods is the margin. The right context reaches into the speech that follows: a score has no end of text,
and without following speech the shorter text wins even where it is wrong (measured: 9 of 12 wrong without, 12 of 12
right with 2.5 s). The texts carry no punctuation: over nine clean answers the smallest margin against their negation
was 5.5 nats without commas at pauses, 2.5 with them. Nothing is recognised anew and nothing is suggested to the
recogniser while it listens, so that no words can be invented.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from engine.evidence import Character, Confirmation, Transcript
from engine.interval import Interval, intersect
from engine.language.folding import fold
from engine.language.negations import NEGATIONS
from engine.language.pinyin import syllables
from engine.media.audio import Audio
from engine.progress import Progress, silent
from engine.side_by_side import in_order
from engine.speech.denoise import without_noise
from engine.speech.recognizer import Recognizer
from engine.speech.settings import ConfirmationSettings

STAGE = "confirm"
SHORTEST_SAID_AGAIN = 2  # letters; a single one stands in other words, too


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
    """Text before, inside and after a question's span, and the window of sound that holds all of it."""

    before: str
    inside: str
    after: str
    window: Interval

    @property
    def heard(self) -> str:
        """All that was recognised in the window."""
        return self.before + self.inside + self.after


def confirm(
    questions: Sequence[Question],
    audio: Audio,
    transcript: Transcript,
    recognizer: Recognizer,
    settings: ConfirmationSettings | None = None,
    progress: Progress = silent,
) -> tuple[Confirmation, ...]:
    """Answers to those questions that can be answered, in their order; `margin` is in nats.

    Left out: a question whose `heard` is not in the transcript there, one whose context does not fit into a window, and
    one without speech after it when one text begins with the other (such a pair cannot be compared).
    """
    settings = settings or ConfirmationSettings()
    characters = sorted(transcript.characters, key=lambda one: one.interval)
    groups: dict[tuple[Interval, float], list[Question]] = {}
    for question in questions:
        left = settings.left_of_negation if _negates(question) else settings.left
        groups.setdefault((question.span, left), []).append(question)

    def ask(group: tuple[Interval, float]) -> tuple[Confirmation, ...]:
        span, left = group
        longest = min(settings.longest, recognizer.longest_window)
        context = _context(span, characters, left, longest, settings)
        if context is None:
            return ()
        return tuple(_answers(context, groups[group], audio, transcript.speech, recognizer, settings))

    answers: dict[tuple[Interval, str, str], Confirmation] = {}
    progress(STAGE, 0, 1)
    for number, found in enumerate(in_order(ask, groups, recognizer.at_once), start=1):
        answers |= {(answer.span, answer.heard, answer.wanted): answer for answer in found}
        progress(STAGE, number, len(groups))
    keys = ((question.span, question.heard, question.wanted) for question in questions)
    return tuple(answers[key] for key in keys if key in answers)


def _negates(question: Question) -> bool:
    return not NEGATIONS.isdisjoint(question.heard + question.wanted)


def _answers(
    context: _Context,
    questions: Sequence[Question],
    audio: Audio,
    speech: Sequence[Interval],
    recognizer: Recognizer,
    settings: ConfirmationSettings,
) -> Iterator[Confirmation]:
    """Answers to questions about one span: its sound is encoded once for all their texts."""
    wordings = {question: _wordings(question, context) for question in questions}
    if not any(wordings.values()):
        return
    texts = list(dict.fromkeys((context.heard, *chain.from_iterable(wordings.values()))))
    sounds = _sounds(audio, context.window, speech, settings)
    total = dict.fromkeys(texts, 0.0)
    for sound in sounds:
        for text, tokens in zip(texts, recognizer.score(sound, texts), strict=True):
            total[text] += sum(token.logprob for token in tokens) / len(sounds)
    for question, spelled in wordings.items():
        if spelled:
            margin = max(total[text] for text in spelled) - total[context.heard]
            yield Confirmation(question.span, question.heard, question.wanted, round(margin, 3), recognizer.identity)


def _sounds(
    audio: Audio, window: Interval, speech: Sequence[Interval], settings: ConfirmationSettings
) -> tuple[NDArray[np.float32], ...]:
    """The window's sound; where it is noisy, also with its noise weakened: both are asked, and their mean counts."""
    sound = audio.excerpt(window)
    inside = [Interval(one.start - window.start, one.end - window.start) for one in intersect(speech, [window])]
    clearer = without_noise(sound, inside, settings.noise)
    return (sound,) if clearer is None else (sound, clearer)


def _wordings(question: Question, context: _Context) -> tuple[str, ...]:
    """The context's text with the wanted words in place of the heard ones, however they may be spelled; none where both
    cannot be compared.
    """
    heard, wanted = fold(question.heard), fold(question.wanted)
    if not heard or heard not in context.inside:
        return ()
    if not context.after and (heard.startswith(wanted) or wanted.startswith(heard)):
        return ()
    return tuple(_spliced(heard, spelled, context) for spelled in _spellings(heard, wanted))


def _spellings(heard: str, wanted: str) -> Iterator[str]:
    """`wanted`, and once more with the letters of `heard` that sound the same.

    Whether the sound holds 执业证 must not hang on how often the network read 执业 and how often 职业: over 职业中 it
    is denied (-9 nats), 职业证 is not (0.5). Never where a negation is asked about.
    """
    yield wanted
    if len(heard) == len(wanted) and NEGATIONS.isdisjoint(heard + wanted):
        pairs = zip(heard, wanted, syllables(heard), syllables(wanted), strict=True)
        mixed = "".join(ours if sound == other else theirs for ours, theirs, sound, other in pairs)
        if mixed not in (heard, wanted):
            yield mixed


def _spliced(heard: str, wanted: str, context: _Context) -> str:
    """The context's text with `wanted` in place of `heard`.

    A word misheard once is misheard alike when it is said again: where the same letters stand in the context, too, they
    are taken for the wanted word as well (请您融时告知，没有融时告知的: with one 融时 left, the network held on to the
    other, and 如实 lost by 10 to 15 nats in three calls out of three that said it). Never a negation: it was said in
    its own place only.
    """
    if len(heard) < SHORTEST_SAID_AGAIN or not NEGATIONS.isdisjoint(heard + wanted):
        return context.before + context.inside.replace(heard, wanted, 1) + context.after
    return context.heard.replace(heard, wanted)


def _context(
    span: Interval, characters: Sequence[Character], left: float, longest: float, settings: ConfirmationSettings
) -> _Context | None:
    """The span's text and the words around it, those of `left` seconds before it; None where nothing was recognised
    inside it.
    """
    middles = [one.interval.middle for one in characters]
    first, last = bisect_left(middles, span.start), bisect_right(middles, span.end)  # the last may have no length
    if first == last:
        return None
    begin = bisect_left(middles, span.start - left)
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
