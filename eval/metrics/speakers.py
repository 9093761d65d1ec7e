"""Who spoke: diarization error rate, the naming of voices, roles, and the short answers that everything hangs on."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.evidence import Role, Speaker, Transcript
from engine.interval import Interval
from eval.metrics.counts import Share
from eval.metrics.reference import Voiced
from eval.synth.truth import SHORT_ANSWER_S

if TYPE_CHECKING:
    from pyannote.core import Annotation, Segment

COLLAR_S = 0.25
"""Time not scored on each side of every true boundary (NIST's convention)."""


@dataclass(frozen=True, slots=True)
class DiarizationErrors:
    """Seconds of speech, by what became of it; overlapped speech counts for each who speaks."""

    total: float
    missed: float
    false_alarm: float
    confusion: float

    @classmethod
    def zero(cls) -> "DiarizationErrors":
        """Nothing scored, neutral in sums."""
        return cls(0.0, 0.0, 0.0, 0.0)

    def __add__(self, other: "DiarizationErrors") -> "DiarizationErrors":
        return DiarizationErrors(
            self.total + other.total,
            self.missed + other.missed,
            self.false_alarm + other.false_alarm,
            self.confusion + other.confusion,
        )

    @property
    def rate(self) -> float:
        """Diarization error rate; 0 where nobody spoke and nobody was heard, infinite where only invented."""
        wrong = self.missed + self.false_alarm + self.confusion
        return wrong / self.total if self.total else (float("inf") if wrong else 0.0)


@dataclass(frozen=True, slots=True)
class JaccardErrors:
    """`error`: sum over true speakers of each one's own rate (0..1); every speaker counts alike."""

    error: float
    speakers: int

    @classmethod
    def zero(cls) -> "JaccardErrors":
        """Nobody scored, neutral in sums."""
        return cls(0.0, 0)

    def __add__(self, other: "JaccardErrors") -> "JaccardErrors":
        return JaccardErrors(self.error + other.error, self.speakers + other.speakers)

    @property
    def rate(self) -> float:
        """Jaccard error rate, 0..1; 0 where nobody spoke."""
        return self.error / self.speakers if self.speakers else 0.0


@dataclass(frozen=True, slots=True)
class ShortAnswers:
    """Short turns of the truth. `attributed`: given to the right voice; `worded`: some text was heard there at all."""

    attributed: Share
    worded: Share

    @classmethod
    def zero(cls) -> "ShortAnswers":
        """Nothing counted, neutral in sums."""
        return cls(Share.zero(), Share.zero())

    def __add__(self, other: "ShortAnswers") -> "ShortAnswers":
        return ShortAnswers(self.attributed + other.attributed, self.worded + other.worded)


def diarization_errors(
    said: Sequence[Voiced], heard: Sequence[Voiced], duration: float, collar: float = COLLAR_S
) -> DiarizationErrors:
    """Errors of `heard` turns against the true ones, overlap scored, voices named as suits them best."""
    _keep_to_oneself()
    from pyannote.metrics.diarization import DiarizationErrorRate

    # pyannote's collar is the whole width around a boundary, half of it on each side.
    metric = DiarizationErrorRate(collar=2 * collar, skip_overlap=False)
    parts = metric.compute_components(_annotation(said), _annotation(heard), uem=_within(duration))
    return DiarizationErrors(
        float(parts["total"]), float(parts["missed detection"]), float(parts["false alarm"]), float(parts["confusion"])
    )


def jaccard_errors(said: Sequence[Voiced], heard: Sequence[Voiced], duration: float) -> JaccardErrors:
    """What share of each true speaker's time and of the voice named after it is not common to both (DIHARD II)."""
    _keep_to_oneself()
    from pyannote.metrics.diarization import JaccardErrorRate

    metric = JaccardErrorRate()  # type: ignore[no-untyped-call]
    parts = metric.compute_components(_annotation(said), _annotation(heard), uem=_within(duration))
    return JaccardErrors(float(parts["speaker error"]), int(parts["speaker count"]))


def _keep_to_oneself() -> None:
    """No telemetry of pyannote's, which has to be told before it is imported."""
    os.environ.setdefault("PYANNOTE_METRICS_ENABLED", "0")


def _annotation(turns: Sequence[Voiced]) -> "Annotation":
    from pyannote.core import Annotation, Segment

    made = Annotation()
    for number, turn in enumerate(turns):
        made[Segment(turn.interval.start, turn.interval.end), number] = turn.speaker
    return made


def _within(duration: float) -> "Segment":
    from pyannote.core import Segment

    return Segment(0.0, duration)


def naming(said: Sequence[Voiced], heard: Sequence[Voiced]) -> dict[str, str]:
    """True speaker by heard voice: one to one, with the most shared time; voices that share none are left out."""
    import numpy as np
    from scipy.optimize import linear_sum_assignment

    names, voices = sorted({turn.speaker for turn in said}), sorted({turn.speaker for turn in heard})
    if not names or not voices:
        return {}
    begins = np.maximum.outer([one.interval.start for one in heard], [one.interval.start for one in said])
    ends = np.minimum.outer([one.interval.end for one in heard], [one.interval.end for one in said])
    shared = np.zeros((len(voices), len(names)))
    rows, columns = [voices.index(one.speaker) for one in heard], [names.index(one.speaker) for one in said]
    np.add.at(shared, np.ix_(rows, columns), np.maximum(ends - begins, 0.0))
    pairs = zip(*linear_sum_assignment(-shared), strict=True)
    return {voices[row]: names[column] for row, column in pairs if shared[row, column] > 0}


def role_accuracy(true: Mapping[str, Role], speakers: Sequence[Speaker], names: Mapping[str, str]) -> Share:
    """Speakers of the truth, by role, whose voice was found and given that role; `names` comes from `naming`."""
    roles = {names[one.id]: one.role for one in speakers if one.id in names}
    return Share(sum(roles.get(name) == role for name, role in true.items()), len(true))


def short_answers(said: Sequence[Voiced], transcript: Transcript, names: Mapping[str, str]) -> ShortAnswers:
    """How the turns under a second fared. A turn belongs to the voice of most of its text; without text, of its sound.

    The first turn of a speaker who says nothing else in the session is counted like any other.
    """
    texts = _Pieces([(one.interval, one.speaker) for one in transcript.characters if one.speaker is not None])
    sounds = _Pieces([(one.interval, one.speaker) for one in transcript.turns])
    attributed, worded = Share.zero(), Share.zero()
    for turn in said:
        if turn.interval.duration >= SHORT_ANSWER_S:
            continue
        by_text = texts.most(turn.interval)
        voice = by_text or sounds.most(turn.interval)
        worded += Share(int(by_text is not None), 1)
        attributed += Share(int(voice is not None and names.get(voice) == turn.speaker), 1)
    return ShortAnswers(attributed, worded)


class _Pieces:
    """Stretches of time, each somebody's."""

    def __init__(self, pieces: Sequence[tuple[Interval, str]]) -> None:
        import numpy as np

        self._whose = [who for _, who in pieces]
        self._starts = np.array([interval.start for interval, _ in pieces])
        self._ends = np.array([interval.end for interval, _ in pieces])

    def most(self, interval: Interval) -> str | None:
        """Who holds most of `interval`; None where nobody does."""
        import numpy as np

        shared = np.minimum(self._ends, interval.end) - np.maximum(self._starts, interval.start)
        held: dict[str, float] = {}
        for place in np.flatnonzero(shared > 0):
            held[self._whose[place]] = held.get(self._whose[place], 0.0) + float(shared[place])
        return max(sorted(held), key=held.__getitem__) if held else None
