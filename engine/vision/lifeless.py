"""Somebody who is seen but not there live: a tile of a remote recording that stands still or went black, a picture on
the wall.

While the picture as a whole goes on, a living face never stands still for seconds: breath and the camera's own noise
change it. What the whole picture does is a matter of its quality (engine/vision/faults.py).
"""

from collections.abc import Sequence

from engine.interval import Interval, subtract, union
from engine.vision.geometry import Area
from engine.vision.settings import VisionSettings
from engine.vision.survey import Glance, SeenFace, Survey
from engine.vision.trait import blocks_of


def stills(
    faces: Sequence[SeenFace], spans: Sequence[Interval], survey: Survey, settings: VisionSettings
) -> tuple[Interval, ...]:
    """Where the `faces` of one person, each standing for its span, do not stir though the picture goes on."""
    still = [
        span
        for face, span in zip(faces, spans, strict=True)
        if face.stir is not None and face.stir <= settings.picture.frozen_change
    ]
    runs = union(still, gap=settings.longest_hold / 2)
    return _lasting(_without_stirring(runs, faces, spans, settings), survey, settings)


def _without_stirring(
    runs: Sequence[Interval], faces: Sequence[SeenFace], spans: Sequence[Interval], settings: VisionSettings
) -> tuple[Interval, ...]:
    """`runs` without the time of faces that do stir: only a look that tells nothing may be bridged."""
    limit = settings.picture.frozen_change
    stirring = [span for face, span in zip(faces, spans, strict=True) if face.stir is not None and face.stir > limit]
    return subtract(runs, stirring)


def blacked(seat: Area, spans: Sequence[Interval], survey: Survey, settings: VisionSettings) -> tuple[Interval, ...]:
    """Where somebody is not seen because the place around his `seat` (the face, in shares of the frame) is black.

    `spans` is when he is seen.
    """
    wanted = blocks_of(
        Area(
            seat.left - 0.4 * seat.width,
            seat.top - 0.4 * seat.height,
            1.8 * seat.width,
            2.2 * seat.height,
        )
    )
    dark = [one.interval for one in survey.glances if _all_black(one, wanted)]
    return _lasting(subtract(union(dark, gap=settings.longest_hold / 2), spans), survey, settings)


def _all_black(glance: Glance, wanted: int) -> bool:
    return bool(glance.black & wanted == wanted)


def _lasting(runs: Sequence[Interval], survey: Survey, settings: VisionSettings) -> tuple[Interval, ...]:
    """Runs that are long enough once what the picture as a whole does is left out."""
    picture = survey.picture
    whole = [*(picture.frozen or ()), *(picture.black or ())] if picture else []
    return tuple(one for one in subtract(runs, union(whole)) if one.duration >= settings.least_still)
