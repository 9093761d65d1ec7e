from collections.abc import Callable

import cv2
import numpy as np
import pytest

from engine.vision.picture import measure, summarize
from engine.vision.settings import VisionSettings
from tests.vision.scenes import Head, Picture, Place


@pytest.fixture(scope="module")
def people(compose: Callable[..., Picture], astronaut: Head, hopper: Head) -> Picture:
    return compose(Place(astronaut, 400, 350, 100), Place(hopper, 900, 350, 100))


def test_people_before_a_plain_wall_are_bright_and_sharp(people: Picture, settings: VisionSettings) -> None:
    light = measure(people, settings)
    assert not light.dark(settings)
    assert not light.blurred(settings)
    assert 100 < light.luma < 160


@pytest.mark.parametrize(("gain", "dark"), [(0.5, False), (0.2, False), (0.06, True), (0.0, True)])
def test_a_frame_is_dark_where_small_faces_get_lost(
    people: Picture, settings: VisionSettings, gain: float, dark: bool
) -> None:
    assert measure((people * gain).astype(np.uint8), settings).dark(settings) is dark


@pytest.mark.parametrize(("sigma", "blurred"), [(1.0, False), (2.0, False), (6.0, True), (12.0, True)])
def test_a_frame_is_blurred_where_small_faces_get_lost(
    people: Picture, settings: VisionSettings, sigma: float, blurred: bool
) -> None:
    light = measure(cv2.GaussianBlur(people, (0, 0), sigma), settings)
    assert light.blurred(settings) is blurred
    assert not light.dark(settings)


@pytest.mark.parametrize("shape", [(1, 1, 3), (2, 900, 3), (7, 5, 3), (144, 176, 3), (2160, 3840, 3)])
def test_any_size_is_measured(settings: VisionSettings, shape: tuple[int, ...]) -> None:
    light = measure(np.full(shape, 90, dtype=np.uint8), settings)
    assert light.luma == pytest.approx(90, abs=1)
    assert light.sharpness == pytest.approx(0)


def test_summary_is_medians_and_shares(people: Picture, settings: VisionSettings) -> None:
    sharp, dark = measure(people, settings), measure(people // 40, settings)
    blurred = measure(cv2.GaussianBlur(people, (0, 0), 9), settings)
    quality = summarize([sharp, sharp, dark, blurred], settings)
    assert quality is not None
    assert (quality.dark_share, quality.blurred_share) == (0.25, 0.25)
    assert summarize([], settings) is None
