"""Who speaks when: stretches of one voice, one embedding pass, voices, turns and overlaps.

pyannote's segmentation network and a GE2E voice encoder, put together so that every stretch is embedded once, where
pyannote's own pipeline embeds every local voice of every window.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.evidence import StageStatus, Turn
from engine.interval import Interval, intersect, total, union
from engine.progress import Progress, silent
from engine.speech.settings import DiarizationSettings
from engine.speech.stretches import Segmenter, Stretch, find_stretches
from engine.speech.voices import Embedder, Voices, embed, ghosts, group

STAGE = "diarize"
SEGMENTED = 0.6
"""Share of the work that is done with the stretches."""


@dataclass(frozen=True, slots=True)
class DiarizationModels:
    """The two networks of diarization."""

    segmenter: Segmenter
    embedder: Embedder


@dataclass(frozen=True, slots=True)
class VoiceTurn:
    """A turn, how clearly (0..1) it belongs to its speaker, and how like the speaker's voice (cosine) it sounds."""

    turn: Turn
    confidence: float
    likeness: float


@dataclass(frozen=True, slots=True)
class Voice:
    """One voice; `ghost` where it is heard too little to be sure it exists."""

    id: str
    seconds: float
    ghost: bool


@dataclass(frozen=True, slots=True)
class Diarization:
    """Turns by start; `overlaps` is where two voices speak at once. Speakers are S1, S2... by first appearance."""

    turns: tuple[VoiceTurn, ...]
    voices: tuple[Voice, ...]
    overlaps: tuple[Interval, ...]
    status: StageStatus
    reason: str | None = None


NOBODY = Diarization((), (), (), "ok")


def diarize(
    samples: NDArray[np.float32],
    speech: Sequence[Interval],
    models: DiarizationModels,
    head_count: int | None = None,
    settings: DiarizationSettings | None = None,
    progress: Progress = silent,
) -> Diarization:
    """Find the voices in the stretches `speech` of mono float32 sound at 16 kHz.

    `head_count` is the number of voices when known, else it is estimated (1 to `settings.most_voices`). `degraded` with
    `ghost_speaker` when one voice is hardly heard, with `voices_missing` when fewer are found than are known to speak.
    Nobody speaking gives no turns and `ok`.
    """
    settings = settings or DiarizationSettings()
    progress(STAGE, 0, 1)
    stretches = find_stretches(
        samples, speech, models.segmenter, settings, lambda done: progress(STAGE, SEGMENTED * done, 1)
    )
    if not stretches:
        progress(STAGE, 1, 1)
        return NOBODY
    vectors = embed(samples, stretches, models.embedder)
    progress(STAGE, 0.95, 1)
    voices = group(stretches, vectors, head_count, settings)
    haunting = ghosts(stretches, voices.labels, settings)
    reason = "ghost_speaker" if haunting else "voices_missing" if head_count and voices.count < head_count else None
    names = _names(voices.labels)
    turns = _turns(stretches, voices, names, settings)
    progress(STAGE, 1, 1)
    return Diarization(
        turns=turns,
        voices=tuple(
            Voice(
                id=names[voice],
                seconds=total(one.turn.interval for one in turns if one.turn.speaker == names[voice]),
                ghost=voice in haunting,
            )
            for voice in sorted(names, key=lambda voice: int(names[voice][1:]))
        ),
        overlaps=overlaps(turns),
        status="degraded" if reason else "ok",
        reason=reason,
    )


def _names(labels: NDArray[np.int64]) -> dict[int, str]:
    """Speaker ids by first appearance."""
    order = list(dict.fromkeys(labels.tolist()))
    return {voice: f"S{number}" for number, voice in enumerate(order, start=1)}


def _turns(
    stretches: Sequence[Stretch],
    voices: Voices,
    names: dict[int, str],
    settings: DiarizationSettings,
) -> tuple[VoiceTurn, ...]:
    """Stretches of one voice, joined where they touch or overlap."""
    turns: list[VoiceTurn] = []
    for voice, name in names.items():
        own = [i for i, label in enumerate(voices.labels) if label == voice]
        starts = [stretches[i].interval.start for i in own]
        for interval in union((stretches[i].interval for i in own), gap=settings.bridged_gap):
            inside = own[bisect_left(starts, interval.start) : bisect_right(starts, interval.end)]
            parts = [i for i in inside if stretches[i].interval.overlap(interval) > 0]
            weights = [stretches[i].interval.duration for i in parts]
            sure = float(np.average(voices.confidence[parts], weights=weights))
            like = float(np.average(voices.likeness[parts], weights=weights))
            turns.append(VoiceTurn(Turn(interval, name), sure, like))
    return tuple(sorted(turns, key=lambda one: (one.turn.interval, one.turn.speaker)))


def overlaps(turns: Sequence[VoiceTurn]) -> tuple[Interval, ...]:
    """Time in which turns of two speakers overlap."""
    speakers = sorted({one.turn.speaker for one in turns})
    by_speaker = {name: [one.turn.interval for one in turns if one.turn.speaker == name] for name in speakers}
    return union(
        shared
        for i, first in enumerate(speakers)
        for second in speakers[i + 1 :]
        for shared in intersect(by_speaker[first], by_speaker[second])
    )
