"""Who and what was seen when: people, papers, acts, mouths."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated, Literal

from engine.columns import columnar
from engine.evidence.transcript import Role
from engine.interval import Interval, intersect, total

PaperKind = Literal["paper", "card", "screen"]
ActKind = Literal["signing", "copying"]
PaperFieldName = Literal["name", "id_number", "licence_no", "staff_no", "valid_from", "valid_until"]
FaceReference = Literal["id_photo", "order_photo"]
Bound = Literal["face", "nobody", "untold"]
Lifelessness = Literal["frozen", "black"]


@dataclass(frozen=True, slots=True)
class Box:
    """Rectangle in a frame, as shares of its width and height; may reach outside 0..1 where a face is cut by the
    edge."""

    left: float
    top: float
    width: float
    height: float

    def rounded(self, digits: int) -> tuple[float, float, float, float]:
        """Left, top, width and height."""
        return round(self.left, digits), round(self.top, digits), round(self.width, digits), round(self.height, digits)


@dataclass(frozen=True, slots=True)
class Sighting:
    """One face in one surveyed frame. `height_px` is its height in pixels of the decoded frame.

    `mouth_open` (0..1) is None where landmarks could not be placed.
    """

    time: float
    box: Box
    height_px: float
    score: float
    mouth_open: float | None = None


@dataclass(frozen=True, slots=True)
class Track:
    """One face followed through time; short gaps are bridged."""

    id: str
    interval: Interval
    sightings: Annotated[Sequence[Sighting], *columnar(Sighting)]


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody seen: one or more tracks. `role` stays `unknown` where neither sound nor place tells it; `why` says
    how it was told."""

    id: str
    role: Role
    confidence: float
    intervals: tuple[Interval, ...]
    tracks: tuple[str, ...]
    why: str

    @property
    def seconds(self) -> float:
        return total(self.intervals)


@dataclass(frozen=True, slots=True)
class PaperField:
    """What a card says of one thing, as read: a number without spaces, a date in ISO form; `long-term` where it never
    ends."""

    name: PaperFieldName
    value: str


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper or card held into the picture, with what could be read of it; `title` is empty where it has none that is
    known.

    `box` is where it was at the moment `seen`, when it was read; `legibility` 0..1 how surely its lines were read.
    None where not measured.
    """

    interval: Interval
    title: str
    text: str
    kind: PaperKind = "paper"
    fields: tuple[PaperField, ...] = ()
    legibility: float | None = None
    box: Box | None = None
    seen: float | None = None

    def values(self, name: PaperFieldName) -> tuple[str, ...]:
        """What it says under `name`."""
        return tuple(one.value for one in self.fields if one.name == name)


@dataclass(frozen=True, slots=True)
class Act:
    """Somebody signs or copies by hand: strokes that were not on the sheet before.

    `document` is the title of the paper, `text` what was written; empty where neither could be read. `box` is where
    they stand at the moment `seen`; `hand` the share of the looks in between at which a hand was over the sheet, None
    where nobody looked.
    """

    interval: Interval
    kind: ActKind
    document: str
    text: str
    score: float
    box: Box | None = None
    seen: float | None = None
    hand: float | None = None


@dataclass(frozen=True, slots=True)
class MouthMotion:
    """How well the mouth of `person` moves with the voice `speaker` during `interval`: -1..1, 0 is no relation."""

    interval: Interval
    speaker: str
    person: str
    agreement: float


@dataclass(frozen=True, slots=True)
class Speaking:
    """Whose mouth is seen to speak during `interval`, an utterance of the voice `speaker` or what was looked at of it.

    `bound`: to the face of `person`, to `nobody` in the picture (it comes from off screen), or `untold`, with the code
    of a `reason`. `score` 0..1: how likely the mouth of `person` speaks, or that none in the picture does; 0 where
    untold.
    """

    interval: Interval
    speaker: str | None
    bound: Bound
    person: str | None = None
    score: float = 0.0
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Lifeless:
    """The picture of `person`, or the tile in which he was, stands still or is black during `interval`, while the
    picture as a whole goes on: he is not there live.
    """

    interval: Interval
    person: str
    how: Lifelessness


@dataclass(frozen=True, slots=True)
class Liveness:
    """How surely `person` is alive and before the camera, not a photo or a screen: 0..1."""

    interval: Interval
    person: str
    score: float


@dataclass(frozen=True, slots=True)
class FaceLikeness:
    """How alike the face of `person` and a photo are: -1..1, the cosine of their embeddings."""

    person: str
    reference: FaceReference
    similarity: float


@dataclass(frozen=True, slots=True)
class ClockReading:
    """A clock in the picture at `time` of the session shows `reads` (ISO 8601)."""

    time: float
    reads: str


@dataclass(frozen=True, slots=True)
class Scene:
    """Who was in the picture, and what was held or done before the camera.

    `surveyed` is the time looked at; `judged` the part of it in which a face of at least `min_face_px` would have
    been found
    (bright and sharp enough); `too_small` where somebody was seen whose face is smaller than that.
    `read` is the time in which papers, cards and writing hands were looked for. There, as in all fields after it, None
    means not measured and () measured with nothing found.
    """

    people: tuple[Person, ...]
    tracks: tuple[Track, ...]
    surveyed: tuple[Interval, ...]
    judged: tuple[Interval, ...]
    too_small: tuple[Interval, ...] = ()
    papers: tuple[Paper, ...] = ()
    read: tuple[Interval, ...] | None = None
    acts: tuple[Act, ...] | None = None
    mouths: tuple[MouthMotion, ...] | None = None
    liveness: tuple[Liveness, ...] | None = None
    face_likeness: tuple[FaceLikeness, ...] | None = None
    clocks: tuple[ClockReading, ...] | None = None
    speaking: tuple[Speaking, ...] | None = None
    lifeless: tuple[Lifeless, ...] | None = None

    def together(self, at_least: int = 2) -> tuple[Interval, ...]:
        """Time with `at_least` people in one frame."""
        edges = sorted({edge for p in self.people for i in p.intervals for edge in (i.start, i.end)})
        found = []
        for start, end in pairwise(edges):
            middle = (start + end) / 2
            if sum(any(middle in i for i in p.intervals) for p in self.people) >= at_least:
                found.append(Interval(start, end))
        return tuple(found)

    def same_frame_share(self, window: Interval | None = None) -> float:
        """Share of the judged time (inside `window`) with two or more people in one frame; 0 where nothing was
        judged."""
        judged = self.judged if window is None else intersect(self.judged, [window])
        seen = total(judged)
        return total(intersect(judged, self.together())) / seen if seen else 0.0
