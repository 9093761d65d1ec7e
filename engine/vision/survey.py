"""The pass over a recording's frames: every face of every frame looked at, and how well the frame could be seen.

A long recording is looked at in views (engine/media/frames.py), each on its own, so that machines may share the work;
`join` puts them together.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields, replace
from itertools import pairwise
from math import inf
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from engine.curves import of_spans
from engine.evidence import Box, PictureQuality, Sighting
from engine.interval import Interval
from engine.progress import Progress, silent
from engine.vision.appearance import Look, appearance
from engine.vision.faults import Compass, find_faults, suspects
from engine.vision.finder import FaceFinder, FaceModels, FoundFace
from engine.vision.geometry import Area
from engine.vision.picture import Light, measure, summarize
from engine.vision.settings import VisionSettings
from engine.vision.textlike import TextMap, text_map
from engine.vision.trait import Trait, Witness

STAGE = "vision"


class Frame(Protocol):
    """A decoded frame: `time` on the session's clock, `image` (height, width, 3) uint8 RGB as a viewer sees it."""

    @property
    def time(self) -> float: ...

    @property
    def image(self) -> NDArray[np.uint8]: ...


@dataclass(frozen=True, slots=True)
class SeenFace:
    """A sighting with the pixels it covers and the look of the person, by which sightings are linked.

    `stir`: how much of the face changed since the frame before, as in `Trait.change`; None for the first of a view.
    """

    sighting: Sighting
    area: Area
    look: Look
    stir: float | None = None


@dataclass(frozen=True, slots=True)
class Glance:
    """One frame looked at. It stands for `interval`; `judged` when a face would have been found in it. `page`: where
    it looks like text; `black`: where it is, as in `Trait`.
    """

    interval: Interval
    light: Light
    judged: bool
    faces: tuple[SeenFace, ...]
    page: TextMap | None = None
    black: int = 0

    @property
    def time(self) -> float:
        return self.interval.start


@dataclass(frozen=True, slots=True)
class Survey:
    """All frames looked at, in the order of time. `picture` is None when there was no frame. `suspects` are times at
    which the picture may have been cut, the likeliest first.
    """

    glances: tuple[Glance, ...]
    picture: PictureQuality | None
    suspects: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Seen:
    """One frame of a view, before it is known how long it stays. `turn`: the way up at which a face was seen best;
    `page`: where it looks like text.
    """

    time: float
    light: Light
    faces: tuple[SeenFace, ...]
    trait: Trait
    turn: int | None = None
    page: TextMap | None = None


def survey(
    frames: Iterable[Frame],
    models: FaceModels,
    settings: VisionSettings,
    progress: Progress = silent,
    end: float | None = None,
) -> Survey:
    """Look at every frame of `frames`, which come in the order of time, at about `settings.fps`, as one view.

    `end` is the recording's duration in seconds: no presence reaches beyond it, and progress is reported against it.
    Frames are looked at one by one and not kept.
    """

    def tell(time: float) -> None:
        if end:
            progress(STAGE, min(time, end), end)

    seen = look(frames, models, settings, tell)
    if end:
        progress(STAGE, end, end)
    return join(seen, settings, end)


def look(
    frames: Iterable[Frame], models: FaceModels, settings: VisionSettings, tell: Callable[[float], None]
) -> tuple[Seen, ...]:
    """What is seen in the frames of one view; nothing is known of what came before. `tell` hears of each time."""
    finder, witness = FaceFinder(models, settings), Witness(settings.picture)
    compass = Compass(models.detector, settings.picture)
    seen = []
    for frame in frames:
        found = finder.find(frame.image, frame.time)
        trait = witness.see(frame.image, [face.area for face in found])
        faces = tuple(_seen(face, frame, witness) for face in found)
        turn = compass.ask(frame.image, frame.time)
        page = text_map(frame.image, settings.papers)
        seen.append(Seen(frame.time, measure(frame.image, settings), faces, trait, turn, page))
        tell(frame.time)
    return tuple(seen)


def join(
    seen: Sequence[Seen],
    settings: VisionSettings,
    end: float | None = None,
    jumps: Sequence[tuple[float, float]] = (),
) -> Survey:
    """All views, in the order of time, as one survey; no presence reaches beyond `end` (seconds). `jumps` (strength,
    time) were met between the frames looked at.
    """
    spans = held([one.time for one in seen], settings, end)
    glances = tuple(
        Glance(span, one.light, _judged(one.light, settings), one.faces, one.page, one.trait.black)
        for one, span in zip(seen, spans, strict=True)
    )
    picture = summarize([one.light for one in seen], settings)
    if picture is not None:
        turns = [one.turn for one in seen if one.turn is not None]
        faults = find_faults(spans, [one.trait for one in seen], turns, settings.picture)
        found = {one.name: getattr(faults, one.name) for one in fields(faults)}
        lumas = [one.trait.mean for one in seen]
        picture = replace(picture, **found, luma_curve=of_spans(spans, lumas, spans[-1].end if end is None else end))
    coarse = suspects([one.time for one in seen], [one.trait for one in seen], settings.picture)
    return Survey(glances, picture, (*(time for _, time in sorted(jumps, reverse=True)), *coarse))


def _judged(light: Light, settings: VisionSettings) -> bool:
    return not (light.dark(settings) or light.blurred(settings))


def held(times: list[float], settings: VisionSettings, end: float | None) -> list[Interval]:
    """The time each frame stands for: until the next one, at most `longest_hold`; the last one step, up to `end`."""
    last = inf if end is None else end
    step = min(1 / settings.fps, settings.longest_hold)
    until = [min(then, now + settings.longest_hold) for now, then in pairwise(times)] + [
        time + step for time in times[-1:]
    ]
    return [Interval(now, max(now, min(then, last))) for now, then in zip(times, until, strict=True)]


def _seen(face: FoundFace, frame: Frame, witness: Witness) -> SeenFace:
    height, width = frame.image.shape[:2]
    area = face.area
    box = Box(area.left / width, area.top / height, area.width / width, area.height / height)
    sighting = Sighting(frame.time, box, face.height_px, face.score, face.mouth_open)
    return SeenFace(sighting, area, appearance(frame.image, area), witness.stir(area, width, height))
