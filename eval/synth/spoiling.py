"""Faults of picture and sound planted in a session by its script, and what they change in its truth.

The session is made as if nothing were wrong; then sound and pictures are spoiled where the script says, and what is cut
out is left out of both. The truth says where each fault lies in the recording as it comes out.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from engine.interval import Interval
from eval.synth.effects import (
    KINDS,
    PICTURE_KINDS,
    SOUND_KINDS,
    Draw,
    Severity,
    Sound,
    amount,
    drawing,
    moved,
    sounding,
)
from eval.synth.picture import Image
from eval.synth.truth import TrueFault, Truth

TAKE_AGAIN_DB = -6.0
TAKE_AGAIN_LIGHT: Severity = "mild"
"""How another take differs where one recording goes on as another: mirrored, darker, quieter."""


@dataclass(frozen=True)
class Spoiler:
    """The faults of one session, on the clock of the session as it would have been. `seed`: all that is random."""

    faults: tuple[TrueFault, ...]
    seed: int

    @property
    def cuts(self) -> tuple[Interval, ...]:
        """What is left out."""
        return tuple(span for one in self.faults if one.kind in ("cut", "splice") for span in one.intervals)

    @property
    def lag(self) -> float:
        """By how much the sound comes too late, in seconds."""
        return float(sum(one.lag for one in self.faults))

    def sound(self, sound: Sound, rate: int) -> Sound:
        """Spoiled sound (channels, n)."""
        spoiled = sound.copy()
        for number, one in enumerate(self.faults):
            random = np.random.default_rng([self.seed, number, KINDS.index(one.kind)])
            if one.kind in SOUND_KINDS:
                for span in one.intervals:
                    part = slice(round(span.start * rate), round(span.end * rate))
                    figure = amount(one.kind, one.severity)
                    spoiled[:, part] = sounding(one.kind, figure, spoiled[:, part], rate, random)
            if one.kind == "splice":
                begin = round(one.intervals[0].end * rate)
                spoiled[:, begin:] *= np.float32(10 ** (TAKE_AGAIN_DB / 20))
        late = moved(spoiled, self.lag, rate) if self.lag else spoiled
        kept = np.ones(late.shape[1], bool)
        for span in self.cuts:
            kept[round(span.start * rate) : round(span.end * rate)] = False
        return np.asarray(late[:, kept], np.float32)

    def images(self, images: Iterator[Image], fps: int) -> Iterator[Image]:
        """Spoiled pictures, in their order."""
        drawn: dict[int, Draw] = {}
        held: Image | None = None
        for number, clean in enumerate(images):
            time, image, frozen = number / fps, clean, False
            for place, one in enumerate(self.faults):
                inside = any(span.start - 1e-6 <= time < span.end - 1e-6 for span in one.intervals)
                again = one.kind == "splice" and time >= one.intervals[0].end
                if (one.kind in PICTURE_KINDS - {"freeze"} and inside) or again:
                    draw = drawn.setdefault(place, self._drawing(place, one, image.shape[:2]))
                    image = draw(image)
                frozen = frozen or (one.kind == "freeze" and inside)
            held = image if held is None or not frozen else held
            if not any(time in span for span in self.cuts):
                yield held if frozen else image

    def _drawing(self, place: int, one: TrueFault, size: tuple[int, int]) -> Draw:
        random = np.random.default_rng([self.seed, place, KINDS.index(one.kind)])
        if one.kind == "splice":
            darker = drawing("dark", amount("dark", TAKE_AGAIN_LIGHT), size, random)
            return lambda image: darker(np.ascontiguousarray(image[:, ::-1]))
        return drawing(one.kind, amount(one.kind, one.severity), size, random)

    def truth(self, truth: Truth) -> Truth:
        """What is known of the session as it comes out: times after what was cut out come earlier, what was said in it
        is gone, and the voices lie where the sound was moved to.
        """
        end = _kept(truth.duration, self.cuts)

        def spans(given: Sequence[Interval], lag: float = 0.0) -> tuple[Interval, ...]:
            found = [self._shown(one.shifted(lag), end) for one in given]
            return tuple(one for one in found if one is not None)

        turns = [
            replace(turn, interval=shown)
            for turn in truth.turns
            if (shown := self._shown(turn.interval.shifted(self.lag), end)) is not None
        ]
        return replace(
            truth,
            duration=end,
            turns=tuple(turns),
            faces=tuple(replace(face, intervals=spans(face.intervals)) for face in truth.faces),
            dark=spans(truth.dark),
            papers=tuple(
                replace(one, interval=shown)
                for one in truth.papers
                if (shown := self._shown(one.interval, end)) is not None
            ),
            acts=tuple(
                replace(one, interval=shown)
                for one in truth.acts
                if (shown := self._shown(one.interval, end)) is not None
            ),
            clock=tuple(replace(one, time=_kept(one.time, self.cuts)) for one in truth.clock),
            planted=tuple(self._placed(one, spans) for one in self.faults),
        )

    def _placed(self, one: TrueFault, spans: Callable[[Sequence[Interval]], tuple[Interval, ...]]) -> TrueFault:
        if one.kind in ("cut", "splice"):
            at = _kept(one.intervals[0].start, self.cuts)
            return replace(one, intervals=(Interval(at, at),))
        return replace(one, intervals=spans(one.intervals))

    def _shown(self, span: Interval, end: float) -> Interval | None:
        """Where `span` lies in what comes out; None where nothing of it does."""
        begin, finish = _kept(max(0.0, span.start), self.cuts), min(end, _kept(max(0.0, span.end), self.cuts))
        return Interval(begin, finish) if finish > begin else None


def _kept(time: float, cuts: Sequence[Interval]) -> float:
    """How much of the session before `time` was not cut out."""
    return time - sum(max(0.0, min(time, one.end) - one.start) for one in cuts)
