"""What is shown in a synthetic session: papers that come into the picture, are held and written on, and its clock."""

from datetime import datetime, timedelta
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from eval.synth import papers
from eval.synth.papers import Sheet
from eval.synth.picture import Image
from eval.synth.script import HeldPaper, Video
from eval.synth.truth import TrueAct, TruePaper, Truth

ENTER_S = 0.4
"""A paper takes so long to come into the picture, to be raised, and to leave it."""

TREMOR_PX, TREMOR_S = 1.2, (2.3, 3.1)
"""How far a hand that holds a paper trembles, and how slowly."""

WRITING_STEPS = 24
"""Pictures that a stroke is drawn in."""

FIST_SHARE = 0.09
"""Size of a hand, as a share of the width of the sheet it writes on."""

LEAST_FIST_PX = 14.0


class Desk:
    """Draws the papers and the clock of a session, frame by frame."""

    def __init__(self, video: Video, truth: Truth) -> None:
        self._clock, self._shows = video.clock, truth.clock
        acts = iter(truth.acts)
        self._held = [
            _Held(spec, true, list(islice(acts, len(spec.writing))), (video.width, video.height))
            for spec, true in zip(video.papers, truth.papers, strict=True)
        ]

    def draw(self, frame: Image, time: float) -> None:
        """Draw the papers shown at `time` into `frame`, in place."""
        for one in self._held:
            if time in one.true.interval:
                one.draw(frame, time)

    def print_clock(self, frame: Image, time: float) -> None:
        """Print the clock, where there is one, over everything."""
        if self._clock is None:
            return
        last = [one for one in self._shows if one.time <= time][-1]
        shown = datetime.fromisoformat(last.shows) + timedelta(seconds=time - last.time)
        at = (self._clock.x * frame.shape[1], self._clock.y * frame.shape[0])
        papers.stamp(frame, shown.strftime("%Y-%m-%d %H:%M:%S"), at, self._clock.height_px)


def sheet_of(spec: HeldPaper) -> Sheet:
    """The sheet that is held, without anything written on it."""
    makers = {"paper": papers.page, "card": papers.card, "screen": papers.screen}
    return makers[spec.kind](spec.title, spec.lines)


class _Held:
    """One paper; the picture of it is drawn anew only when something moved or was written."""

    def __init__(self, spec: HeldPaper, true: TruePaper, acts: list[TrueAct], size: tuple[int, int]) -> None:
        self.spec, self.true, self._acts, self._size = spec, true, acts, size
        self._blank = sheet_of(spec)
        self._drawn: tuple[tuple[int, ...], Sheet] | None = None

    def draw(self, frame: Image, time: float) -> None:
        sheet = self._sheet(time)
        place = self._pose(sheet, time)
        blur = self._mixed("blur", self._up(time))
        if blur:
            import cv2

            layer = frame.copy()
            papers.hold(layer, sheet, place)
            frame[:] = cv2.GaussianBlur(layer, (0, 0), blur)
        else:
            papers.hold(frame, sheet, place)
        for spec, act in zip(self.spec.writing, self._acts, strict=True):
            if spec.hand and time in act.interval:
                papers.hand(frame, self._tip(act, time, place), max(LEAST_FIST_PX, FIST_SHARE * self.spec.width_px))

    def _sheet(self, time: float) -> Sheet:
        """The sheet with as much written on it as there is at `time`."""
        steps = tuple(round(_share(act, time) * WRITING_STEPS) for act in self._acts)
        if self._drawn is None or self._drawn[0] != steps:
            sheet = self._blank
            for seed, (act, spec, step) in enumerate(zip(self._acts, self.spec.writing, steps, strict=True)):
                by = papers.HANDS[spec.style]
                sheet = papers.written(sheet, act.text, step / WRITING_STEPS, seed, by=by)
            self._drawn = (steps, sheet)
        return self._drawn[1]

    def _tip(self, act: TrueAct, time: float, place: NDArray[np.float64]) -> tuple[float, float]:
        import cv2

        at = np.array([[papers.tip(self._blank, act.text, _share(act, time))]], np.float64)
        x, y = cv2.perspectiveTransform(at, place)[0, 0]
        return float(x), float(y)

    def _pose(self, sheet: Sheet, time: float) -> NDArray[np.float64]:
        """Where the sheet is: it comes from below, trembles a little in a hand, and goes down again."""
        span, up = self.true.interval, self._up(time)
        away = max(0.0, 1 - (time - span.start) / ENTER_S, 1 - (span.end - time) / ENTER_S)
        lying = bool(self._acts) and not up  # what somebody writes on lies on the table
        shake = [0 if lying else round(TREMOR_PX * np.sin(2 * np.pi * time / seconds)) for seconds in TREMOR_S]
        x = self._mixed("x", up) * self._size[0] + shake[0]
        y = self._mixed("y", up) * self._size[1] + shake[1] + away * self._size[1]
        angle, tilt = self._mixed("angle", up), self._mixed("tilt", up)
        return papers.pose(sheet, self._mixed("width_px", up), (x, y), angle, tilt)

    def _up(self, time: float) -> float:
        """How far it is raised at `time`, 0..1."""
        if self.spec.raised is None:
            return 0.0
        return min(1.0, max(0.0, (time - self.true.interval.start - self.spec.raised.after_s) / ENTER_S))

    def _mixed(self, field: str, up: float) -> float:
        """A measure of the pose, between where it lies and where it is raised to."""
        low = float(getattr(self.spec, field))
        return low if self.spec.raised is None else low + up * (float(getattr(self.spec.raised, field)) - low)


def _share(act: TrueAct, time: float) -> float:
    """How much of it is written at `time`, 0..1."""
    return min(1.0, max(0.0, (time - act.interval.start) / max(act.interval.duration, 1e-6)))
