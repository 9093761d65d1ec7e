"""Faces that packages ship, pasted into 720p frames, and the real networks."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from engine.vision.finder import FaceModels, crop
from engine.vision.settings import VisionSettings
from tests.vision.scenes import HEIGHT, WIDTH, Head, Picture, Place, paste


@pytest.fixture(scope="session")
def settings() -> VisionSettings:
    return VisionSettings()


@pytest.fixture(scope="session")
def models(settings: VisionSettings) -> Iterator[FaceModels]:
    with FaceModels(settings) as both:
        yield both


@pytest.fixture(scope="session")
def head_of(models: FaceModels) -> Callable[[Picture], Head]:
    """The clearest face of a picture with its shoulders."""

    def cut(image: Picture) -> Head:
        face = models.detector.detect(image, 0.5)[0]
        left, right = max(0, round(face.left - 0.8 * face.width)), round(face.left + 1.8 * face.width)
        top, bottom = max(0, round(face.top - 0.8 * face.height)), round(face.top + 2.6 * face.height)
        x, y, side = face.left + face.width / 2, face.top + face.height / 2, 2 * face.height
        placement = models.landmarks.place(crop(image, (x, y), side, 512))
        assert placement is not None
        return Head(image[top:bottom, left:right], (x - left, y - top), placement.height * side / 512)

    return cut


@pytest.fixture(scope="session")
def astronaut(head_of: Callable[[Picture], Head]) -> Head:
    import skimage.data

    return head_of(skimage.data.astronaut())


@pytest.fixture(scope="session")
def hopper(head_of: Callable[[Picture], Head]) -> Head:
    import cv2
    from matplotlib import cbook

    with cbook.get_sample_data("grace_hopper.jpg") as file:
        data = np.frombuffer(file.read(), dtype=np.uint8)
    return head_of(cv2.cvtColor(cv2.imdecode(data, cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB))


@pytest.fixture(scope="session")
def room() -> Picture:
    """An empty 720p frame: a wall that grows darker downwards, with the noise of a camera."""
    noise = np.random.default_rng(1).normal(0, 4, (HEIGHT, WIDTH, 3))
    return np.clip(np.linspace(160, 100, HEIGHT)[:, None, None] + noise, 0, 255).astype(np.uint8)


@pytest.fixture(scope="session")
def compose(room: Picture) -> Callable[..., Picture]:
    """Paste heads into a frame: `compose(Place(...), ..., frame=room)`."""

    def draw(*places: Place, frame: Picture = room) -> Picture:
        frame = frame.copy()
        for place in places:
            paste(frame, place)
        return frame

    return draw


@pytest.fixture(scope="session")
def read_rgb() -> Callable[[Path], Picture]:
    import cv2

    return lambda path: cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2RGB)
