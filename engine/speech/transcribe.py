"""Speech to characters with times: packing, decoding, guards, a second try where it is needed, folding to simplified
Chinese.

First all windows are decoded in batches. A window with signs of invention is decoded again in halves and the better
reading kept; speech left without text is decoded once more alone, because long windows swallow short answers. A noisy
window is decoded with its noise weakened (denoise.py), and as it is for a second reading (alternatives.py). What is
still in doubt is left out: speech without text lowers the coverage, invented text would be evidence of something nobody
said.

A batch of windows (a group) is read on its own, and what is in it depends on the sound and the settings alone: groups
may be read anywhere and in any order.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from engine.evidence import Alternative, Character, StageStatus
from engine.interval import Interval, intersect, subtract, total, union
from engine.language.negations import NEGATIONS
from engine.progress import Progress, silent
from engine.side_by_side import in_order
from engine.speech import guards
from engine.speech.alternatives import differences
from engine.speech.denoise import without_noise
from engine.speech.fold import simplified
from engine.speech.recognizer import Hypothesis, Piece, Recognizer
from engine.speech.settings import RecognitionSettings
from engine.speech.windows import Window, halves, pack, window_over

STAGE = "transcribe"
RATE = 16000

Samples = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Heard:
    """One recognised character and the punctuation that follows it (mostly none)."""

    character: Character
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Recognition:
    """Text of one channel. `mandarin` is the share (0..1) of the speech that is likely Chinese; 1 without speech.
    `alternatives` are other readings of its noisy stretches.
    """

    heard: tuple[Heard, ...]
    mandarin: float
    status: StageStatus
    reason: str | None = None
    alternatives: tuple[Alternative, ...] = ()

    @property
    def characters(self) -> tuple[Character, ...]:
        return tuple(one.character for one in self.heard)


@dataclass(frozen=True, slots=True)
class Reading:
    """What was heard in one window; `other` is what was heard there before its noise was weakened."""

    window: Window
    hypothesis: Hypothesis
    other: Hypothesis | None = None


@dataclass(frozen=True, slots=True)
class Retry:
    """A window that is decoded for the sake of a `region` at its end; `least`: the least probability (0..1) that a
    character must have there.
    """

    region: Interval
    window: Window
    least: float


Group = tuple[Window, ...]
Readings = tuple[Reading, ...]
Keep = Callable[[Group, Callable[[], Readings]], Readings]
"""Gives the readings of a group: found again, or computed by the call."""


def transcribe(
    samples: Samples,
    speech: Sequence[Interval],
    recognizer: Recognizer,
    settings: RecognitionSettings | None = None,
    progress: Progress = silent,
    keep: Keep = lambda _, compute: compute(),
) -> Recognition:
    """Recognise the stretches `speech` of mono float32 sound at 16 kHz.

    `degraded` with `not_mandarin` when most of the speech is in another language, with `speech_without_text` when much
    of it gave no usable text; `ok` with nothing recognised where nobody speaks.
    """
    settings = settings or RecognitionSettings()
    end = len(samples) / RATE
    progress(STAGE, 0, 1)
    readings: list[Reading] = []
    whole = groups(end, speech, recognizer, settings)

    def kept(group: Group) -> Readings:
        return keep(group, lambda: read(samples, group, recognizer, settings))

    for number, found in enumerate(in_order(kept, whole, recognizer.at_once), start=1):
        readings += found
        progress(STAGE, 0.9 * number / len(whole), 1)
    heard = [one for reading in readings for one in _characters(reading.window, reading.hypothesis, settings)]
    alternatives = tuple(one for reading in readings for one in _alternatives(reading, settings))
    heard += _second_try(samples, speech, heard, recognizer, settings, end)
    heard.sort(key=lambda one: one.character.interval)
    progress(STAGE, 1, 1)
    return replace(_report(tuple(heard), readings, speech, settings), alternatives=alternatives)


def groups(
    end: float, speech: Sequence[Interval], recognizer: Recognizer, settings: RecognitionSettings
) -> tuple[Group, ...]:
    """The windows over `speech` (seconds, within 0..`end`) in the groups that are decoded at once."""
    longest = min(settings.window, recognizer.longest_window)
    windows = pack(speech, longest, settings.kept_pause, end)
    return tuple(windows[first : first + settings.batch] for first in range(0, len(windows), settings.batch))


def read(samples: Samples, group: Group, recognizer: Recognizer, settings: RecognitionSettings) -> Readings:
    """What is heard in one group of windows over `samples`, doubtful windows read again."""
    first = _read(samples, group, recognizer, settings)
    end = len(samples) / RATE
    return tuple(better for reading in first for better in _reread(samples, reading, recognizer, settings, end))


def _read(
    samples: Samples,
    windows: Sequence[Window],
    recognizer: Recognizer,
    settings: RecognitionSettings,
    careful: bool = False,
) -> list[Reading]:
    """What is heard in each window; where it is noisy, with its noise weakened and as it is."""
    sounds = [window.cut(samples) for window in windows]
    weakened = [without_noise(one, window.speech, settings.noise) for one, window in zip(sounds, windows, strict=True)]
    clear = [sound if one is None else one for sound, one in zip(sounds, weakened, strict=True)]
    noisy = [place for place, one in enumerate(weakened) if one is not None]
    hypotheses = recognizer.recognize(clear, careful=careful)
    again = recognizer.recognize([sounds[one] for one in noisy], careful=careful) if noisy else ()
    others = dict(zip(noisy, again, strict=True))
    return [
        Reading(window, one, others.get(place))
        for place, (window, one) in enumerate(zip(windows, hypotheses, strict=True))
    ]


def _reread(
    samples: Samples, reading: Reading, recognizer: Recognizer, settings: RecognitionSettings, end: float
) -> list[Reading]:
    """The reading itself, or that of its halves where it is doubtful and they are not worse."""
    if reading.hypothesis.mandarin < settings.least_mandarin or not _doubtful(reading, settings):
        return [reading]
    parts = halves(reading.window, settings.kept_pause, end)
    again = [one for part in parts for one in _read(samples, [part], recognizer, settings, careful=True)]
    doubts = sum(_doubtful(one, settings) for one in again)
    if doubts < len(again) or _mean_logprob(again) > reading.hypothesis.avg_logprob:
        return again
    return [reading]


def _doubtful(reading: Reading, settings: RecognitionSettings) -> bool:
    return guards.is_doubtful(reading.hypothesis, total(reading.window.regions), settings)


def _mean_logprob(readings: Sequence[Reading]) -> float:
    weights = [max(1, len(one.hypothesis.pieces)) for one in readings]
    return float(np.average([one.hypothesis.avg_logprob for one in readings], weights=weights))


def _alternatives(reading: Reading, settings: RecognitionSettings) -> list[Alternative]:
    """Where the other reading of the window differs."""
    if reading.other is None:
        return []
    heard, other = (_characters(reading.window, one, settings) for one in (reading.hypothesis, reading.other))
    return differences([one.character for one in heard], [one.character for one in other])


def _characters(window: Window, hypothesis: Hypothesis, settings: RecognitionSettings) -> list[Heard]:
    """Guarded characters of one reading of a window, on session time."""
    if hypothesis.mandarin < settings.least_mandarin or guards.is_silence(hypothesis, settings):
        return []
    pieces = guards.without_loop(_folded(hypothesis.pieces), settings)
    pieces = guards.without_inventions(pieces)
    heard: list[Heard] = []
    for piece in pieces:
        if not is_word(piece.text):
            if heard:
                heard[-1] = Heard(heard[-1].character, heard[-1].mark + piece.text)
            continue
        interval = _place(piece, window, settings)
        if interval is not None:
            heard.append(Heard(Character(piece.text, interval, piece.probability)))
    return heard


def _folded(pieces: Sequence[Piece]) -> tuple[Piece, ...]:
    """Pieces in simplified Chinese; folded as one text, because some characters fold by their neighbours."""
    text = "".join(piece.text for piece in pieces)
    folded = simplified(text)
    if len(folded) != len(text):
        folded = "".join(simplified(character) for character in text)
    result = []
    position = 0
    for piece in pieces:
        result.append(Piece(folded[position : position + len(piece.text)], piece.start, piece.end, piece.probability))
        position += len(piece.text)
    return tuple(result)


def is_word(text: str) -> bool:
    """Whether `text` is something said, not punctuation or a symbol."""
    return any(character.isalnum() for character in text)


def _place(piece: Piece, window: Window, settings: RecognitionSettings) -> Interval | None:
    """Where the piece was said: inside the stretch of speech it shares most time with; None where nobody speaks.

    A piece that ends in a later stretch was said there: what follows a pause is timed too early, never too late.
    """
    end = piece.end + settings.lead
    start = window.session_time(max(piece.start + settings.lead, end - settings.longest_piece))
    said = Interval(start, max(start, window.session_time(end)))
    best = max(window.regions, key=lambda region: (region.overlap(said), -_distance(region, said)))
    last = max((region for region in window.regions if region.start <= said.end), default=best)
    if last > best and best.overlap(said) < 0.5 * said.duration:
        best = last
    if _distance(best, said) > settings.stray:
        return None
    first = min(max(said.start, best.start), best.end)
    return Interval(first, min(max(said.end, first), best.end))


def _distance(region: Interval, said: Interval) -> float:
    """Seconds between the two, 0 where they touch."""
    return max(0.0, region.start - said.end, said.start - region.end)


def _second_try(
    samples: Samples,
    speech: Sequence[Interval],
    heard: Sequence[Heard],
    recognizer: Recognizer,
    settings: RecognitionSettings,
    end: float,
) -> list[Heard]:
    """Text of stretches that the first pass left empty, each decoded after the speech before it, and else alone.

    What is tried a first time is decoded in batches, windows of like length together, then what is tried again.
    """
    longest = min(settings.window, recognizer.longest_window)
    empty = _silent_stretches(speech, (one.character for one in heard), settings)
    left = [_retries(region, speech, longest, settings, end) for region in empty]
    found: list[Heard] = []
    while left:
        tries = [(retry, others) for others in left if (retry := next(others, None)) is not None]
        tries.sort(key=lambda one: one[0].window.seconds)
        readings = _read_in_batches(samples, [retry.window for retry, _ in tries], recognizer, settings)
        left = []
        for (retry, others), reading in zip(tries, readings, strict=True):
            text = _text_of(retry, reading, settings)
            found += text
            if not text:
                left.append(others)
    return found


def _read_in_batches(
    samples: Samples, windows: Sequence[Window], recognizer: Recognizer, settings: RecognitionSettings
) -> list[Reading]:
    batches = [windows[first : first + settings.batch] for first in range(0, len(windows), settings.batch)]
    read_one = in_order(lambda batch: _read(samples, batch, recognizer, settings), batches, recognizer.at_once)
    return [reading for readings in read_one for reading in readings]


def _text_of(retry: Retry, reading: Reading, settings: RecognitionSettings) -> list[Heard]:
    """What was heard in the retried region, if it can be relied on."""
    if _doubtful(reading, settings):
        return []
    return _whole(_characters(retry.window, reading.hypothesis, settings), retry.region, retry.least)


def _whole(heard: Sequence[Heard], region: Interval, least: float) -> list[Heard]:
    """What was heard in `region`; nothing where one character is less probable than `least`, or a negation was placed
    right before it: 不明白 without its first would be 明白.
    """
    inside = [place for place, one in enumerate(heard) if one.character.interval.start >= region.start]
    if not inside or any(heard[place].character.probability < least for place in inside):
        return []
    if inside[0] > 0 and heard[inside[0] - 1].character.text in NEGATIONS:
        return []
    return [heard[place] for place in inside]


def _retries(
    region: Interval, speech: Sequence[Interval], longest: float, settings: RecognitionSettings, end: float
) -> Iterator[Retry]:
    """The windows in which `region` is decoded again, one after the other."""
    room = longest - region.duration - 2 * settings.kept_pause
    for reach in settings.retry_context:
        before = Interval(max(0.0, region.start - min(reach, room)), region.start)
        context = intersect(speech, [before]) if room > 0 else ()
        if context:
            window = window_over([*context, region], settings.kept_pause, end)
            yield Retry(region, window, settings.retry_context_probability)
    yield Retry(region, window_over([region], settings.retry_pause, end), settings.retry_least_probability)


def _silent_stretches(
    speech: Sequence[Interval], characters: Iterable[Character], settings: RecognitionSettings
) -> tuple[Interval, ...]:
    """Speech of some length that carries no text."""
    covered = union(character.interval.widened(settings.retry_reach) for character in characters)
    rest = subtract(speech, covered)
    return tuple(one for one in rest if settings.retry_shortest <= one.duration <= settings.window - 1)


def _report(
    heard: tuple[Heard, ...], readings: Sequence[Reading], speech: Sequence[Interval], settings: RecognitionSettings
) -> Recognition:
    seconds = [total(reading.window.regions) for reading in readings]
    likely = [reading.hypothesis.mandarin >= settings.least_mandarin for reading in readings]
    mandarin = float(np.average(likely, weights=seconds)) if readings else 1.0
    spoken = total(speech)
    silent_share = (
        total(_silent_stretches(speech, (one.character for one in heard), settings)) / spoken if spoken else 0
    )
    if mandarin < 0.5:
        return Recognition(heard, mandarin, "degraded", "not_mandarin")
    if silent_share > settings.most_silent_share:
        return Recognition(heard, mandarin, "degraded", "speech_without_text")
    return Recognition(heard, mandarin, "ok")
