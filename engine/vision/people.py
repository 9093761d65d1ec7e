"""Who was in the picture: tracks that belong to one person, when each was there, and what time can be judged."""

from dataclasses import dataclass
from statistics import median

from engine.evidence import Person, Scene, Track, Transcript
from engine.interval import Interval, total, union
from engine.vision.appearance import Look, likeness, mean
from engine.vision.geometry import Area
from engine.vision.roles import FaceRole, roles
from engine.vision.settings import VisionSettings
from engine.vision.survey import SeenFace, Survey


@dataclass(frozen=True, slots=True)
class _Body:
    """One or more tracks taken for one person: the spans of their frames, median place and size, mean look."""

    tracks: tuple[Track, ...]
    faces: tuple[SeenFace, ...]
    spans: tuple[Interval, ...]
    place: Area
    look: Look

    @property
    def seconds(self) -> float:
        return total(self.spans)

    @property
    def score(self) -> float:
        """The detector's best."""
        return max(one.sighting.score for one in self.faces)


def describe(
    survey: Survey, tracks: tuple[Track, ...], transcript: Transcript | None, settings: VisionSettings | None = None
) -> Scene:
    """The scene of a recording from its survey and the tracks linked from it; roles come from the transcript, if any.

    People are ordered by the time they are seen for, F1 first. Somebody seen for less than `settings.least_seconds`
    or never clearly is not counted, but stays among the tracks.
    """
    limits = settings or VisionSettings()
    seen = {face.sighting: (face, glance.interval) for glance in survey.glances for face in glance.faces}
    bodies = _gather([_body((track,), [seen[one] for one in track.sightings]) for track in tracks], limits)
    surveyed = union(glance.interval for glance in survey.glances)
    least = min(limits.least_seconds, total(surveyed) / 2)
    lasting = [body for body in bodies if body.seconds >= least]
    clear = [body for body in lasting if body.score >= limits.person_score]
    told = roles([[face.sighting for face in body.faces] for body in clear], transcript, limits)
    return Scene(
        people=tuple(
            _person(number, body, role, limits)
            for number, (body, role) in enumerate(zip(clear, told, strict=True), start=1)
        ),
        tracks=tracks,
        surveyed=surveyed,
        judged=union(glance.interval for glance in survey.glances if glance.judged),
        too_small=union(
            span
            for body in lasting
            for face, span in zip(body.faces, body.spans, strict=True)
            if face.sighting.height_px < limits.min_face_px
        ),
    )


def _person(number: int, body: _Body, role: FaceRole, settings: VisionSettings) -> Person:
    return Person(
        id=f"F{number}",
        role=role.role,
        confidence=role.confidence,
        intervals=union(body.spans, gap=settings.bridge),
        tracks=tuple(track.id for track in body.tracks),
        why=role.why,
    )


def _body(tracks: tuple[Track, ...], seen: list[tuple[SeenFace, Interval]]) -> _Body:
    in_order = sorted(seen, key=lambda one: one[1].start)
    faces = tuple(face for face, _ in in_order)
    place = Area(
        median(one.area.left for one in faces),
        median(one.area.top for one in faces),
        median(one.area.width for one in faces),
        median(one.area.height for one in faces),
    )
    return _Body(tracks, faces, tuple(span for _, span in in_order), place, mean([one.look for one in faces]))


def _gather(bodies: list[_Body], settings: VisionSettings) -> list[_Body]:
    """Join what is one person: the longest tracks first, each with the likeliest of those before it."""
    people: list[_Body] = []
    for body in sorted(bodies, key=lambda one: (-one.seconds, one.spans[0].start, one.place.left)):
        fits = [(worth, -k) for k, one in enumerate(people) if (worth := _worth(one, body, settings)) is not None]
        if fits:
            k = -max(fits)[1]
            people[k] = _join(people[k], body)
        else:
            people.append(body)
    return sorted(people, key=lambda one: (-one.seconds, one.spans[0].start, one.place.left))


def _worth(first: _Body, second: _Body, settings: VisionSettings) -> float | None:
    """How likely both are one person, None where they cannot be: seen at once, or neither place nor look fits."""
    if _at_once(first, second):
        return None
    alike = likeness(first.look, second.look)
    near = first.place.distance(second.place) <= settings.same_place
    similar_size = first.place.ratio(second.place) <= settings.size_change
    if near and similar_size and alike >= settings.same_place_likeness:
        return 1 + alike
    return alike if alike >= settings.elsewhere_likeness else None


def _at_once(first: _Body, second: _Body) -> bool:
    return not {span.start for span in first.spans}.isdisjoint(span.start for span in second.spans)


def _join(first: _Body, second: _Body) -> _Body:
    tracks = tuple(sorted(first.tracks + second.tracks, key=lambda track: (track.interval.start, track.id)))
    seen = [*zip(first.faces, first.spans, strict=True), *zip(second.faces, second.spans, strict=True)]
    return _body(tracks, seen)
