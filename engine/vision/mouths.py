"""Mouths watched closely: how far each is open, a dozen times a second, in short bursts of pictures.

Where faces lie is known from the survey; between its looks they are taken to move evenly. Which bursts to read is
chosen from what was said (`plan`): answers first, then a fixed sample of every voice's turns.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.evidence import Sighting, Track, Transcript, Utterance
from engine.interval import Interval, intersect, total, union
from engine.vision.geometry import Area
from engine.vision.settings import MouthLimits, VisionSettings
from engine.vision.survey import Frame
from models.face_landmarks import Placement
from models.face_mesh import FaceMesh, Gaze, follow, gaze_at

SELLING = ("agent", "system")
"""Roles whose turns are no answers."""


@dataclass(frozen=True, slots=True)
class Mouth:
    """The mouth of the face `track` during a burst: gap between its lips in heights of the face at every step, None
    where it could not be seen. `height_px` and `turned` (0 frontal, 1 profile) are medians.
    """

    track: str
    apart: tuple[float | None, ...]
    height_px: float
    turned: float


@dataclass(frozen=True, slots=True)
class Burst:
    """The mouths from `start` on, every `step` seconds; each has `count` values."""

    start: float
    step: float
    count: int
    mouths: tuple[Mouth, ...]

    @property
    def interval(self) -> Interval:
        return Interval(self.start, self.start + self.step * self.count)


def plan(
    transcript: Transcript,
    tracks: Sequence[Track],
    limits: MouthLimits,
    length: float,
    already: Sequence[Interval] = (),
) -> tuple[Interval, ...]:
    """Where to look: the utterances that may be answers, then some of every voice's, up to a share of `length` seconds.

    Only where a face is in the picture; what is looked at `already` costs nothing. In the order of time.
    """
    seen = union((track.interval for track in tracks), gap=limits.margin_s)
    wanted = [*_answers(transcript.utterances, limits), *_sample(transcript.utterances, limits)]
    left = max(limits.least_total_s, limits.most_share * length)
    chosen: list[Interval] = []
    for span in wanted:
        inside = max(intersect([span], seen), key=lambda one: one.duration, default=None)
        if inside is None or inside.duration < limits.least_s:
            continue
        new = inside.duration - total(intersect([inside], union((*already, *chosen))))
        if new <= left:
            chosen.append(inside)
            left -= new
    return union(chosen, gap=limits.join_s)


def _answers(utterances: Sequence[Utterance], limits: MouthLimits) -> list[Interval]:
    """What the other side says: the beginning of each utterance, evenly spread over the session for when they are too
    many.
    """
    said = [_window(one, limits) for one in utterances if one.role not in SELLING]
    return [said[place] for place in _spread(len(said))]


def _sample(utterances: Sequence[Utterance], limits: MouthLimits) -> list[Interval]:
    """Up to `turns` long utterances of each voice, evenly spread."""
    found = []
    for speaker in sorted({one.speaker for one in utterances if one.speaker is not None}):
        long = [one for one in utterances if one.speaker == speaker and one.interval.duration >= limits.turn_s]
        places = {round(place) for place in np.linspace(0, len(long) - 1, limits.turns)} if long else set()
        found += [_window(long[place], limits) for place in sorted(places)]
    return found


def _window(utterance: Utterance, limits: MouthLimits) -> Interval:
    span = utterance.interval
    shown = Interval(span.start, min(span.end, span.start + limits.longest_s))
    return shown.widened(limits.margin_s)


def _spread(count: int) -> list[int]:
    """0 to `count` - 1, each step halving the largest gap: any beginning of it is spread evenly."""
    places, step = [0] if count else [], 1 << max(0, count - 1).bit_length()
    while step > 1:
        step //= 2
        places += range(step, count, 2 * step)
    return places


def watch(
    span: Interval, frames: Iterable[Frame], tracks: Sequence[Track], mesh: FaceMesh, settings: VisionSettings
) -> Burst:
    """The mouths during `span`. `frames` are the pictures of it, `tracks` where the faces lie."""
    limits = settings.mouths
    step = 1 / limits.rate
    count = max(1, round(span.duration * limits.rate))
    near = _largest(span, tracks, limits)
    apart: dict[str, list[float | None]] = {track.id: [None] * count for track in near}
    turned: dict[str, list[float]] = {track.id: [] for track in near}
    around = span.widened(limits.reach_s)
    sightings = {track.id: [one for one in track.sightings if one.time in around] for track in near}
    gazes: dict[str, Gaze] = {}
    for place, image in on_beat(frames, span.start, step, count):
        for track in near:
            area = area_at(sightings[track.id], span.start + place * step, image.shape[1], image.shape[0], limits)
            placed = None if area is None else _place(image, area, gazes.get(track.id), mesh)
            gazes.pop(track.id, None)
            if placed is not None:
                gazes[track.id] = follow(placed.points)
                apart[track.id][place] = round(placed.lips_apart, 4)
                turned[track.id].append(placed.turned)
    return Burst(
        span.start,
        step,
        count,
        tuple(
            Mouth(
                track.id,
                tuple(apart[track.id]),
                round(_height(track, span), 1),
                round(float(np.median(turned[track.id])), 3) if turned[track.id] else 1.0,
            )
            for track in near
        ),
    )


def _place(image: NDArray[np.uint8], area: Area, gaze: Gaze | None, mesh: FaceMesh) -> Placement | None:
    """The face at `area`, followed from the picture before where it was seen there and has not gone elsewhere."""
    x, y = area.middle
    kept = gaze is not None and abs(gaze.x - x) < area.width / 2 and abs(gaze.y - y) < area.height / 2
    placed = mesh.place(image, gaze if gaze is not None and kept else gaze_at((x, y), area.width, area.height))
    if placed is None:
        return None
    middle_x, middle_y = placed.centre
    near = abs(middle_x - x) < area.width / 2 and abs(middle_y - y) < area.height / 2
    return placed if near and 1 / MOST_RATIO < placed.height / max(1.0, area.height) < MOST_RATIO else None


MOST_RATIO = 1.5
"""Beyond this ratio of heights the points do not lie on the face that was seen there."""


def _largest(span: Interval, tracks: Sequence[Track], limits: MouthLimits) -> list[Track]:
    """The faces in the picture during `span` whose mouths can be read, the largest of them."""
    there = [one for one in tracks if one.interval.overlap(span) > 0 and _height(one, span) >= limits.least_face_px]
    return sorted(there, key=lambda one: (-_height(one, span), one.id))[: limits.most_faces]


def _height(track: Track, span: Interval) -> float:
    """Median height of the face about `span`, in pixels; 0 where it is not seen then."""
    heights = [one.height_px for one in track.sightings if one.time in span.widened(1.0)]
    return float(np.median(heights)) if heights else 0.0


def area_at(sightings: Sequence[Sighting], time: float, width: int, height: int, limits: MouthLimits) -> Area | None:
    """Where a face lies at `time` in a frame of that size; None where it was not seen shortly before or after."""
    before = [one for one in sightings if one.time <= time and time - one.time <= limits.reach_s]
    after = [one for one in sightings if one.time > time and one.time - time <= limits.reach_s]
    if not before and not after:
        return None
    first, last = (before or after)[-1 if before else 0], (after or before)[0 if after else -1]
    gap = last.time - first.time
    share = (time - first.time) / gap if gap > 0 else 0.0
    one, other = first.box, last.box
    return Area(
        (one.left + share * (other.left - one.left)) * width,
        (one.top + share * (other.top - one.top)) * height,
        (one.width + share * (other.width - one.width)) * width,
        (one.height + share * (other.height - one.height)) * height,
    )


def gaps(mouth: Mouth) -> NDArray[np.float64]:
    """The gap between the lips at every step, not a number where it was not seen."""
    return np.array([np.nan if one is None else one for one in mouth.apart], np.float64)


def on_beat(frames: Iterable[Frame], start: float, step: float, count: int) -> Iterator[tuple[int, NDArray[np.uint8]]]:
    """At most one picture for each of `count` steps from `start` on."""
    last = -1
    for frame in frames:
        place = int((frame.time - start) / step + 1e-6)
        if last < place < count:
            last = place
            yield place, frame.image
