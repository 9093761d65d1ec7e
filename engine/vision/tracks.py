"""Sightings linked through time: the same face from frame to frame, across short gaps."""

from dataclasses import dataclass

from engine.evidence import Track
from engine.interval import Interval
from engine.vision.appearance import Look, likeness
from engine.vision.geometry import Area
from engine.vision.settings import VisionSettings
from engine.vision.survey import Glance, SeenFace, Survey

FRESH = 0.2
"""Weight of the newest look in a track's running look: slow enough to outlive a hand before the face."""


@dataclass(slots=True)
class _Trail:
    """A track while it grows."""

    faces: list[SeenFace]
    spans: list[Interval]
    look: Look

    @property
    def area(self) -> Area:
        return self.faces[-1].area

    @property
    def until(self) -> float:
        return self.spans[-1].end

    def add(self, face: SeenFace, span: Interval) -> None:
        self.faces.append(face)
        self.spans.append(span)
        self.look = tuple((1 - FRESH) * old + FRESH * new for old, new in zip(self.look, face.look, strict=True))


def link(survey: Survey, settings: VisionSettings | None = None) -> tuple[Track, ...]:
    """Tracks in the order of their beginning, T1, T2 and so on; every sighting is in exactly one.

    A track lasts from its first sighting to the end of the time its last frame stands for; gaps inside are at most
    `settings.bridge` seconds long.
    """
    limits = settings or VisionSettings()
    trails: list[_Trail] = []
    for glance in survey.glances:
        alive = [trail for trail in trails if glance.time - trail.until <= limits.bridge]
        for face, trail in _pair(glance, alive, limits):
            if trail is None:
                trails.append(_Trail([face], [glance.interval], face.look))
            else:
                trail.add(face, glance.interval)
    return tuple(
        Track(
            f"T{number}",
            Interval(trail.spans[0].start, trail.until),
            tuple(face.sighting for face in trail.faces),
        )
        for number, trail in enumerate(trails, start=1)
    )


def _pair(glance: Glance, alive: list[_Trail], settings: VisionSettings) -> list[tuple[SeenFace, _Trail | None]]:
    """Every face of the frame with the trail it continues, the closest pairs first, or None for somebody new."""
    costs = []
    for f, face in enumerate(glance.faces):
        for t, trail in enumerate(alive):
            cost = _cost(face, trail, glance.time, settings)
            if cost is not None:
                costs.append((cost, f, t))
    chosen: dict[int, int] = {}
    for _, f, t in sorted(costs):
        if f not in chosen and t not in chosen.values():
            chosen[f] = t
    return [(face, alive[chosen[f]] if f in chosen else None) for f, face in enumerate(glance.faces)]


def _cost(face: SeenFace, trail: _Trail, now: float, settings: VisionSettings) -> float | None:
    """How badly `face` continues `trail`; None where it cannot."""
    distance = face.area.distance(trail.area)
    missed = max(0.0, now - trail.until)
    if distance > settings.reach + settings.reach_per_second * missed:
        return None
    if face.area.ratio(trail.area) > settings.size_change:
        return None
    alike = likeness(face.look, trail.look)
    if distance > settings.coincide and alike < settings.likeness:
        return None
    return distance + (1 - alike)
