"""Looking at pictures where they are decoded: what a pass over a view tells besides the pictures it hands over."""

from collections.abc import Generator, Sequence
from dataclasses import dataclass

from engine.media import frames
from engine.media.cuts import Jumps
from engine.media.frames import Frame, View
from engine.media.scan import Scan
from engine.media.settings import MediaSettings


@dataclass(frozen=True, slots=True)
class Passed:
    """Packets of the view that did not decode, and the steps between pictures as `Jumps` keeps them."""

    errors: int
    steps: Sequence[tuple[float, float]]


def pass_over(
    scan: Scan, offset: float, fps: float, settings: MediaSettings, view: View, watched: bool
) -> Generator[Frame, None, Passed]:
    """The pictures of engine.media.frames.survey; `watched`: for sudden changes too."""
    errors: list[None] = []
    jumps = Jumps(settings)
    shown = frames.survey(
        scan, offset, fps, settings, lambda: errors.append(None), view, jumps.see if watched else None
    )
    yield from shown
    return Passed(len(errors), jumps.steps)


def pictures_between(
    scan: Scan, shift: float, begin: float, end: float, settings: MediaSettings, every: float = 0.0
) -> Generator[Frame, None, None]:
    """The pictures on show from `begin` to `end` (running time of the part), at session time, `shift` later: all, or
    the first one of every `every` seconds.
    """
    picture = scan.picture
    if picture is None:
        return
    last = -1
    for time, frame in frames.between(scan, begin, end, settings):
        step = int(max(0.0, time - begin) / every + 1e-6) if every > 0 else last + 1
        if step > last:
            last = step
            yield Frame(time + shift, frames.to_image(frame, picture))
