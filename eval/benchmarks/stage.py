"""A room with two people in which papers are shown, drawn when asked for, and looked at as the survey does."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from engine.interval import Interval
from engine.vision.paper_settings import PaperLimits
from engine.vision.picture import Light
from engine.vision.survey import Frame, Glance
from engine.vision.textlike import text_map
from eval.synth.desk import Desk
from eval.synth.picture import Image, portrait, room, scaled
from eval.synth.picture import place as put
from eval.synth.script import Script
from eval.synth.session import truth_of

FPS = 2.0
"""Frames looked at per second."""


@dataclass(frozen=True, eq=False)
class Shot:
    """A drawn frame."""

    time: float
    image: Image


class Stage:
    """A room with two people, and what is shown in it; frames are drawn when asked for."""

    def __init__(self, seconds: float, papers: Sequence[Mapping[str, object]]) -> None:
        script = Script.model_validate({"id": "t", "speakers": {}, "lines": [], "video": {"papers": list(papers)}})
        assert script.video is not None  # noqa: S101 - given just above
        self.seconds = seconds
        self._desk = Desk(script.video, truth_of(script, [], seconds))
        self._empty = room(script.video.width, script.video.height)
        for person, x in ((portrait("astronaut"), 0.24), (portrait("hopper"), 0.8)):
            put(self._empty, scaled(person, 165), (x * script.video.width, 0.36 * script.video.height))

    def at(self, time: float) -> Frame:
        """The frame on show."""
        frame = self._empty.copy()
        self._desk.draw(frame, time)
        return Shot(time, frame)


def glances(frames: Iterable[Frame], limits: PaperLimits) -> Iterator[Glance]:
    """What the survey would see of text-like places in `frames`, which come `FPS` a second."""
    for frame in frames:
        span = Interval(frame.time, frame.time + 1 / FPS)
        yield Glance(span, Light(100.0, 200.0, 100.0), True, (), text_map(frame.image, limits))
