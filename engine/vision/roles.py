"""Whose face is whose voice: a mouth opens more while its owner speaks.

At two frames a second a single look says little, but over a session the openings during a voice's turns can be compared
with those outside them (Mann-Whitney rank test). Neighbouring frames are not independent, so the score is thinned.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import erf, sqrt

import numpy as np
from numpy.typing import NDArray

from engine.evidence import Role, Sighting, Speaker, Transcript
from engine.interval import Interval, subtract, union
from engine.vision.settings import VisionSettings

THINNING = 0.7
"""Factor on the normal score: about every second look within a turn adds something new."""
MOST_CONFIDENT = 0.95
NAMES: dict[Role, str] = {"agent": "销售人员", "customer": "客户", "insured": "被保险人", "other": "其他人"}
UNTOLD: tuple[Role, ...] = ("unknown", "system")


@dataclass(frozen=True, slots=True)
class FaceRole:
    """Role of one face; `why` in Chinese."""

    role: Role
    confidence: float
    why: str


@dataclass(frozen=True, slots=True)
class _Match:
    """A face's mouth against a voice: normal score `z`, mean opening while the voice speaks and otherwise."""

    face: int
    speaker: Speaker
    z: float
    speaking: float
    otherwise: float


def roles(
    faces: Sequence[Sequence[Sighting]], transcript: Transcript | None, settings: VisionSettings
) -> tuple[FaceRole, ...]:
    """The role of each face, in the order given; `unknown` with a reason where it cannot be told."""
    if transcript is None:
        return tuple(FaceRole("unknown", 0.0, "没有可用的转写，无法用声音判断身份") for _ in faces)
    speakers = [one for one in transcript.speakers if one.role not in UNTOLD]
    if not speakers:
        return tuple(FaceRole("unknown", 0.0, "声音的身份未确定，无法判断画面中的人是谁") for _ in faces)
    matches = [
        match
        for number, sightings in enumerate(faces)
        for speaker in speakers
        if (match := _compare(number, sightings, speaker, transcript, settings)) is not None
    ]
    return tuple(_told(number, matches, settings) for number in range(len(faces)))


def _told(face: int, matches: list[_Match], settings: VisionSettings) -> FaceRole:
    own = sorted((one for one in matches if one.face == face), key=lambda one: -one.z)
    if not own:
        return FaceRole("unknown", 0.0, "看清口型的画面太少，无法判断身份")
    best = own[0]
    rivals = [one.z for one in matches if (one.face == face) != (one.speaker.id == best.speaker.id)]
    if best.z < settings.mouth_z or best.speaking - best.otherwise < settings.mouth_rise:
        return FaceRole("unknown", 0.0, "口型与各说话人的发言时间没有明显对应")
    if best.z - max(rivals, default=0.0) < settings.mouth_lead:
        return FaceRole("unknown", 0.0, "口型与不止一位说话人的发言时间相符，无法区分")
    confidence = min(MOST_CONFIDENT, best.speaker.confidence, 0.5 * (1 + erf(best.z / 2 / sqrt(2))))
    name = NAMES[best.speaker.role]
    means = f"平均开合 {best.speaking:.2f}，其余时间 {best.otherwise:.2f}"
    why = f"{name}（{best.speaker.id}）说话时此人张口明显更多：{means}"
    return FaceRole(best.speaker.role, round(confidence, 3), why)


def _compare(
    face: int, sightings: Sequence[Sighting], speaker: Speaker, transcript: Transcript, settings: VisionSettings
) -> _Match | None:
    """Mouth openings while only `speaker` speaks against those while he does not; None where there are too few."""
    own = [turn.interval for turn in transcript.turns if turn.speaker == speaker.id]
    others = [turn.interval for turn in transcript.turns if turn.speaker != speaker.id]
    alone = subtract(own, others)
    looks = [(one.time, one.mouth_open) for one in sightings if one.mouth_open is not None]
    speaking = np.array([mouth for time, mouth in looks if _within(time, alone)])
    silent = np.array([mouth for time, mouth in looks if not _within(time, union(own))])
    if min(len(speaking), len(silent)) < settings.mouth_samples:
        return None
    return _Match(face, speaker, THINNING * rank_score(speaking, silent), float(speaking.mean()), float(silent.mean()))


def rank_score(high: NDArray[np.float64], low: NDArray[np.float64]) -> float:
    """Normal score of the Mann-Whitney U statistic, ties corrected: above 0 where `high` tends to be the larger."""
    from scipy.stats import rankdata

    ranks = rankdata(np.concatenate([high, low]))
    n, m = len(high), len(low)
    excess = ranks[:n].sum() - n * (n + m + 1) / 2
    _, counts = np.unique(ranks, return_counts=True)
    ties = float((counts**3 - counts).sum()) / ((n + m) * (n + m - 1))
    spread = sqrt(n * m / 12 * (n + m + 1 - ties))
    return float(excess / spread) if spread > 0 else 0.0


def _within(time: float, spans: Sequence[Interval]) -> bool:
    return any(time in span for span in spans)
