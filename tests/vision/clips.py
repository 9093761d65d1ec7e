"""Frames of a clip without the media room."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from tests.vision.scenes import Still


def frames_of(path: Path, fps: float = 2.0) -> Iterator[Still]:
    """The first frame at or after every 1/`fps` seconds."""
    import av

    wanted = 0.0
    with av.open(str(path)) as container:
        for frame in container.decode(video=0):
            time = float(frame.time or 0.0)
            if time >= wanted:
                yield Still(time, np.asarray(frame.to_ndarray(format="rgb24"), dtype=np.uint8))
                wanted += 1 / fps
