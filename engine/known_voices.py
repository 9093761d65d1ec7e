"""The session's voices compared with each other and with the sample of its salesperson's voice."""

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np
from numpy.typing import NDArray

from engine.errors import MingjianError
from engine.evidence import Role, StageStatus, Transcript, VoiceLikeness, Voiceprint
from engine.interval import total
from engine.media.session import open_session
from engine.networks import EMBEDDING, Networks
from engine.settings import Settings
from engine.speech.activity import detect
from engine.speech.enrolment import (
    Voices,
    compare_prints,
    recognised,
    sample_of,
    spoken_alone,
    voiceprint,
    voiceprints,
)
from engine.speech.roles import Hints
from engine.speech.settings import EnrolmentSettings
from models.weights import sha256_of

DIGITS = 5
Enrolled = dict[Role, NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class KnownVoices:
    """`hints` name the speakers whose voice was recognised; `reason` says why a sample could not be used. `prints` are
    there only where voices are kept.
    """

    likeness: tuple[VoiceLikeness, ...]
    hints: Hints
    reason: str | None = None
    prints: tuple[Voiceprint, ...] | None = None

    @property
    def verdict(self) -> tuple[StageStatus, str | None]:
        return ("degraded", self.reason) if self.reason else ("ok", None)


def compare_voices(
    transcript: Transcript,
    sound: NDArray[np.float32],
    networks: Networks,
    settings: Settings,
    staff_no: str | None,
) -> KnownVoices:
    """Compare the voices in `sound` (mono, 16 kHz), also with the sample of `staff_no` where there is one."""
    limits = settings.speech.enrolment
    sample = sample_of(settings.enrolment, staff_no)
    enrolled, reason = _enrolled(sample, networks, settings) if sample else ({}, None)
    prints = voiceprints(transcript, sound, networks.voices().embedder, limits)
    likeness = compare_prints(prints, enrolled)
    found = recognised(likeness, limits)
    hints = Hints(
        roles={name: cast(Role, one.other) for name, one in found.items()},
        sources={name: f"与登记的声音样本相符（{one.similarity:.2f}）" for name, one in found.items()},
    )
    return KnownVoices(likeness, hints, reason, _kept(prints, transcript, limits) if limits.keep_voices else None)


def _kept(prints: Voices, transcript: Transcript, limits: EnrolmentSettings) -> tuple[Voiceprint, ...]:
    """The voices as evidence holds them."""
    model = sha256_of(EMBEDDING)
    found = []
    for speaker, vector in prints.items():
        seconds = min(limits.most_seconds, total(spoken_alone(transcript, speaker)))
        found.append(Voiceprint(speaker, tuple(round(float(one), DIGITS) for one in vector), round(seconds, 2), model))
    return tuple(found)


def _enrolled(sample: Path, networks: Networks, settings: Settings) -> tuple[Enrolled, str | None]:
    """The voice of the agent's sample, or why there is none."""
    detector, embedder = networks.activity(), networks.voices().embedder
    try:
        with (
            tempfile.TemporaryDirectory(prefix="mingjian-") as scratch,
            open_session([sample], Path(scratch), settings.media) as session,
        ):
            audio = session.audio()
            if audio is None:
                return {}, "enrolment_unusable"
            sound = audio.mono()
            speech = detect(sound, detector, settings.speech.activity)
            vector = voiceprint(sound, speech, embedder, settings.speech.enrolment)
    except MingjianError:
        return {}, "enrolment_unusable"
    return ({}, "enrolment_unusable") if vector is None else ({"agent": vector}, None)
