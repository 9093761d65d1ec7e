"""Voices known beforehand: a salesperson who left a sample of her voice is found again among the voices of a session.

A sample is a media file named by staff number in a folder of its own. Its voice vector lives only while the session is
inspected; nothing of it is stored but the likeness.
"""

import re
from collections.abc import Mapping, Sequence
from itertools import combinations
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.evidence import Role, Transcript, VoiceLikeness
from engine.interval import Interval, subtract
from engine.speech.settings import EnrolmentSettings
from engine.speech.voices import Embedder

RATE = 16000
SUFFIXES = (".wav", ".flac", ".m4a", ".mp3", ".ogg", ".opus", ".amr")
Voices = dict[str, NDArray[np.float32]]
STAFF_NO = re.compile(r"[A-Za-z0-9_-]{1,64}")


def sample_of(folder: Path | None, staff_no: str | None) -> Path | None:
    """The sample of `staff_no` below `folder`; None without one. A number with other signs than a name has none."""
    if folder is None or not staff_no or not STAFF_NO.fullmatch(staff_no):
        return None
    return next((path for suffix in SUFFIXES if (path := folder / f"{staff_no}{suffix}").is_file()), None)


def voiceprint(
    samples: NDArray[np.float32], spans: Sequence[Interval], embedder: Embedder, settings: EnrolmentSettings
) -> NDArray[np.float32] | None:
    """The unit vector of the voice that speaks in `spans` of mono sound at 16 kHz, from its longest ones.

    None where it speaks for less than `settings.least_seconds`.
    """
    parts: list[NDArray[np.float32]] = []
    seconds = 0.0
    for span in sorted(spans, key=lambda span: (-span.duration, span.start)):
        if seconds >= settings.most_seconds:
            break
        parts.append(np.asarray(samples[round(span.start * RATE) : round(span.end * RATE)], dtype=np.float32))
        seconds += span.duration
    if seconds < settings.least_seconds:
        return None
    vector: NDArray[np.float32] = embedder.vectors([np.concatenate(parts)])[0]
    return vector


def compare(
    transcript: Transcript,
    samples: NDArray[np.float32],
    embedder: Embedder,
    enrolled: Mapping[Role, NDArray[np.float32]],
    settings: EnrolmentSettings,
) -> tuple[VoiceLikeness, ...]:
    """How alike the session's voices are, and how like those `enrolled` by role; `samples` is its mono sound at 16 kHz.

    A voice that is hardly heard is compared with none.
    """
    return compare_prints(voiceprints(transcript, samples, embedder, settings), enrolled)


def voiceprints(
    transcript: Transcript, samples: NDArray[np.float32], embedder: Embedder, settings: EnrolmentSettings
) -> Voices:
    """The unit vectors of the session's voices by speaker; a voice that is hardly heard has none."""
    prints: Voices = {}
    for speaker in transcript.speakers:
        found = voiceprint(samples, spoken_alone(transcript, speaker.id), embedder, settings)
        if found is not None:
            prints[speaker.id] = found
    return prints


def spoken_alone(transcript: Transcript, speaker: str) -> tuple[Interval, ...]:
    """Where this voice speaks and no other does."""
    own = [turn.interval for turn in transcript.turns if turn.speaker == speaker]
    return tuple(subtract(own, transcript.overlaps))


def compare_prints(prints: Voices, enrolled: Mapping[Role, NDArray[np.float32]]) -> tuple[VoiceLikeness, ...]:
    """How alike voices are, and how like those `enrolled` by role."""
    among = [VoiceLikeness(a, b, _cosine(prints[a], prints[b])) for a, b in combinations(prints, 2)]
    known = [
        VoiceLikeness(name, role, _cosine(vector, sample), enrolled=True)
        for role, sample in enrolled.items()
        for name, vector in prints.items()
    ]
    return (*among, *known)


def recognised(likeness: Sequence[VoiceLikeness], settings: EnrolmentSettings) -> dict[str, VoiceLikeness]:
    """Speakers that are surely an enrolled voice: like it by `least_similarity`, and more than any other by `lead`."""
    found: dict[str, VoiceLikeness] = {}
    for role in sorted({one.other for one in likeness if one.enrolled}):
        ranked = sorted(
            (one for one in likeness if one.enrolled and one.other == role), key=lambda one: -one.similarity
        )
        best = ranked[0]
        runner_up = ranked[1].similarity if len(ranked) > 1 else -1.0
        if best.similarity >= settings.least_similarity and best.similarity - runner_up >= settings.lead:
            found[best.speaker] = best
    return found


def _cosine(first: NDArray[np.float32], second: NDArray[np.float32]) -> float:
    return round(float(first @ second), 4)
