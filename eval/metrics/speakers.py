"""Who spoke: diarization error rate, the naming of voices, roles, and the short answers that everything hangs on."""

import os
from collections.abc import Sequence
from dataclasses import dataclass

from engine.evidence import Role, Speaker, Transcript, Turn
from engine.interval import Interval
from eval.metrics.counts import Share
from eval.synth.truth import SHORT_ANSWER_S, TrueTurn, Truth

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
    said: Sequence[TrueTurn], heard: Sequence[Turn], duration: float, collar: float = COLLAR_S
) -> DiarizationErrors:
    """Errors of `heard` turns against the true ones, overlap scored, voices named as suits them best."""
    os.environ.setdefault("PYANNOTE_METRICS_ENABLED", "0")
    from pyannote.core import Annotation, Segment
    from pyannote.metrics.diarization import DiarizationErrorRate

    def annotation(turns: Sequence[tuple[Interval, str]]) -> Annotation:
        made = Annotation()
        for number, (interval, speaker) in enumerate(turns):
            made[Segment(interval.start, interval.end), number] = speaker
        return made

    # pyannote's collar is the whole width around a boundary, half of it on each side.
    metric = DiarizationErrorRate(collar=2 * collar, skip_overlap=False)
    parts = metric.compute_components(
        annotation([(turn.interval, turn.speaker) for turn in said]),
        annotation([(turn.interval, turn.speaker) for turn in heard]),
        uem=Segment(0.0, duration),
    )
    return DiarizationErrors(
        float(parts["total"]), float(parts["missed detection"]), float(parts["false alarm"]), float(parts["confusion"])
    )


def naming(said: Sequence[TrueTurn], heard: Sequence[Turn]) -> dict[str, str]:
    """True speaker by heard voice: one to one, with the most shared time; voices that share none are left out."""
    import numpy as np
    from scipy.optimize import linear_sum_assignment

    names, voices = sorted({turn.speaker for turn in said}), sorted({turn.speaker for turn in heard})
    shared = np.zeros((len(voices), len(names)))
    for turn in heard:
        for true in said:
            shared[voices.index(turn.speaker), names.index(true.speaker)] += turn.interval.overlap(true.interval)
    rows, columns = linear_sum_assignment(-shared)
    return {voices[r]: names[c] for r, c in zip(rows, columns, strict=True) if shared[r, c] > 0}


def role_accuracy(truth: Truth, speakers: Sequence[Speaker], names: dict[str, str]) -> Share:
    """True speakers whose voice was found and given their role; `names` comes from `naming`."""
    spoke = {turn.speaker for turn in truth.turns}
    roles: dict[str, Role] = {names[one.id]: one.role for one in speakers if one.id in names}
    return Share(sum(roles.get(one.id) == one.role for one in truth.speakers if one.id in spoke), len(spoke))


def short_answers(truth: Truth, transcript: Transcript, names: dict[str, str]) -> ShortAnswers:
    """How the turns under a second fared. A turn belongs to the voice of most of its text; without text, of its sound.

    The first turn of a speaker who says nothing else in the session is counted like any other.
    """
    attributed, worded = Share.zero(), Share.zero()
    for turn in truth.turns:
        if turn.interval.duration >= SHORT_ANSWER_S:
            continue
        by_text = _most(turn.interval, [(one.interval, one.speaker) for one in transcript.characters])
        by_sound = _most(turn.interval, [(one.interval, one.speaker) for one in transcript.turns])
        voice = by_text or by_sound
        worded += Share(int(by_text is not None), 1)
        attributed += Share(int(voice is not None and names.get(voice) == turn.speaker), 1)
    return ShortAnswers(attributed, worded)


def _most(interval: Interval, pieces: Sequence[tuple[Interval, str | None]]) -> str | None:
    """Who holds most of `interval`; None where nobody does."""
    held: dict[str, float] = {}
    for piece, speaker in pieces:
        if speaker is not None and piece.overlap(interval) > 0:
            held[speaker] = held.get(speaker, 0.0) + piece.overlap(interval)
    return max(sorted(held), key=held.__getitem__) if held else None
