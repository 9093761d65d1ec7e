"""Films of papers for tests: frames drawn by eval/synth, looked at as the survey does, without sound and faces."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.interval import Interval
from engine.vision.paper_settings import PaperLimits
from engine.vision.picture import Light
from engine.vision.survey import Glance
from engine.vision.textlike import text_map
from eval.synth.desk import Desk
from eval.synth.picture import place as put
from eval.synth.picture import portrait, room, scaled
from eval.synth.script import Script
from eval.synth.session import truth_of

FPS = 2.0
LIMITS = PaperLimits()


@dataclass(frozen=True)
class Shot:
    """A decoded frame."""

    time: float
    image: NDArray[np.uint8]


class Film:
    """`seconds` of a room with two people in which `papers` are shown, as scripts have them; drawn when asked for."""

    def __init__(self, seconds: float, papers: list[dict[str, Any]], **video: Any) -> None:
        script = Script.model_validate(
            {"id": "film", "speakers": {}, "lines": [], "video": {"papers": papers, **video}}
        )
        assert script.video is not None
        self.seconds, self.truth = seconds, truth_of(script, [], seconds)
        self._desk = Desk(script.video, self.truth)
        self._empty = room(script.video.width, script.video.height)
        for name, x in (("astronaut", 0.3), ("hopper", 0.75)):
            centre = (x * script.video.width, 0.4 * script.video.height)
            put(self._empty, scaled(portrait(name), 0.23 * script.video.height), centre)

    def at(self, time: float) -> Shot:
        frame = self._empty.copy()
        self._desk.draw(frame, time)
        self._desk.print_clock(frame, time)
        return Shot(time, frame)

    def glances(self) -> list[Glance]:
        times = [number / FPS for number in range(int(self.seconds * FPS))]
        return [
            Glance(
                Interval(time, time + 1 / FPS),
                Light(100.0, 200.0, 100.0),
                True,
                (),
                text_map(self.at(time).image, LIMITS),
            )
            for time in times
        ]
