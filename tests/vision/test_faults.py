"""What single frames tell, and the spans, the way up and the suspects that come of it."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import cv2
import numpy as np
import pytest

from engine.interval import Interval
from engine.vision.faults import Compass, find_faults, suspects, upright
from engine.vision.geometry import Area
from engine.vision.settings import PictureLimits
from engine.vision.trait import Trait, Witness
from tests.vision.scenes import Head, Picture, Place

LIMITS = PictureLimits()
GOOD = Trait(low=20.0, high=220.0, bright=190.0, mean=120.0, saturated=0.0, contrast=20.0, edge=1.0, change=12.0)


@pytest.fixture(scope="module")
def people(compose: Callable[..., Picture], astronaut: Head, hopper: Head) -> Picture:
    return compose(Place(astronaut, 400, 350, 140), Place(hopper, 900, 350, 140))


def see(image: Picture, faces: tuple[Area, ...] = ()) -> Trait:
    return Witness(LIMITS).see(image, faces)


def spans(traits: list[Trait], turns: tuple[int, ...] = ()) -> dict[str, list[tuple[float, float]]]:
    times = [Interval(number / 2, (number + 1) / 2) for number in range(len(traits))]
    found = find_faults(times, traits, turns, LIMITS)
    names = ("black", "frozen", "dim", "bright", "soft", "covered")
    return {name: [(one.start, one.end) for one in getattr(found, name)] for name in names if getattr(found, name)}


def only(kind: str) -> dict[str, list[tuple[float, float]]]:
    return {kind: [(2.0, 4.0)]}


def around(faulty: Trait) -> list[Trait]:
    return [GOOD] * 4 + [faulty] * 4 + [GOOD] * 4


def test_a_good_recording_has_no_faults(people: Picture) -> None:
    assert spans([replace(see(people), change=5.0)] * 12) == {}


@pytest.mark.parametrize("sigma", [3.0, 5.0, 9.0])
def test_the_width_of_edges_grows_with_the_blur_and_is_known_in_pixels(people: Picture, sigma: float) -> None:
    sharp, soft = see(people).edge, see(cv2.GaussianBlur(people, (0, 0), sigma)).edge
    assert sharp is not None
    assert sharp < 1.3
    # measured on half the size
    assert soft is None or soft == pytest.approx(sigma / 2, rel=0.4)


def test_the_width_of_edges_does_not_depend_on_light_or_size(people: Picture) -> None:
    blurred = cv2.GaussianBlur(people, (0, 0), 6.0)
    usual = see(blurred).edge
    dim = see((blurred * 0.4).astype(np.uint8)).edge
    small = see(cv2.resize(blurred, (640, 360), interpolation=cv2.INTER_AREA)).edge
    assert usual is not None
    assert dim == pytest.approx(usual, rel=0.15)
    assert small == pytest.approx(usual, rel=0.15)


@pytest.mark.parametrize(
    ("kind", "spoil"),
    [
        ("black", lambda image: image * 0),
        ("dim", lambda image: (image * 0.2).astype(np.uint8)),
        ("soft", lambda image: cv2.GaussianBlur(image, (0, 0), 9.0)),
        ("bright", lambda image: np.clip(image * 2.5 + 20.0, 0, 255).astype(np.uint8)),
        ("covered", lambda image: np.full_like(image, 60)),
    ],
)
def test_a_spoiled_stretch_is_found_as_what_it_is(
    people: Picture, kind: str, spoil: Callable[[Picture], Picture]
) -> None:
    assert spans(around(replace(see(spoil(people)), change=9.0))) == only(kind)


def test_a_white_wall_behind_people_is_not_over_exposed() -> None:
    wall = replace(GOOD, saturated=0.7, face=150.0, face_saturated=0.0)
    assert spans(around(wall)) == {}
    assert spans(around(replace(wall, face_saturated=0.6))) == only("bright")


def test_a_face_against_the_light_is_dim() -> None:
    assert spans(around(replace(GOOD, face=25.0, face_saturated=0.0))) == only("dim")


def test_a_picture_that_stands_still_is_frozen_from_its_first_frame_on() -> None:
    still = replace(GOOD, change=0.2)
    assert spans([GOOD] * 4 + [still] * 6 + [GOOD] * 4) == {"frozen": [(1.5, 5.0)]}
    assert spans([GOOD] * 4 + [still] * 2 + [GOOD] * 4) == {}  # too short
    # a view begins in the middle: its first frame has nothing to be compared with
    assert spans([GOOD] * 4 + [still] * 3 + [replace(GOOD, change=None)] + [still] * 3 + [GOOD]) == {
        "frozen": [(1.5, 5.5)]
    }


def test_black_is_not_called_frozen_too() -> None:
    black = replace(GOOD, high=5.0, bright=3.0, edge=None, change=0.0)
    assert spans([GOOD] * 4 + [replace(black, change=80.0), *[black] * 5] + [replace(GOOD, change=80.0)] * 4) == {
        "black": [(2.0, 5.0)]
    }


def test_changes_are_seen_where_they_are_and_not_by_their_mean(people: Picture) -> None:
    witness = Witness(LIMITS)
    assert witness.see(people).change is None
    assert witness.see(people).change == 0.0
    moved = people.copy()
    moved[300:380, 380:460] = 255 - moved[300:380, 380:460]
    changed = witness.see(moved).change
    assert changed is not None
    assert changed > 10


def test_suspects_are_the_largest_changes_first() -> None:
    traits = [replace(GOOD, change=change) for change in (None, 4.0, 4.0, 60.0, 4.0, 5.0, 90.0, 4.0)]
    assert suspects([n / 2 for n in range(8)], traits, LIMITS) == (2.75, 1.25)
    assert suspects([], [], LIMITS) == ()


@pytest.mark.parametrize(
    ("turns", "found"),
    [((), None), ((0, 0, 90), 0), ((90,), 0), ((90, 90), 90), ((270, 270, 0), 270), ((90, 90, 0, 0), 0)],
)
def test_which_way_is_up_is_told_by_most_of_several_frames(turns: tuple[int, ...], found: int | None) -> None:
    assert upright(turns, LIMITS) == found


@dataclass(frozen=True)
class Found:
    score: float


class Corner:
    """Finds a face where the top left corner is white."""

    def detect(self, image: Picture, least: float) -> list[Found]:
        score = float(image[:4, :4].mean()) / 255
        return [Found(score)] if score >= least else []


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_the_compass_names_the_turn_that_makes_it_upright(turn: int) -> None:
    upright_image = np.zeros((40, 60, 3), np.uint8)
    upright_image[:10, :10] = 255
    compass = Compass(Corner(), LIMITS)
    lying = np.ascontiguousarray(np.rot90(upright_image, turn // 90))
    assert compass.ask(lying, 0.0) == turn
    assert compass.ask(lying, 1.0) is None  # asked a moment ago
    assert Compass(Corner(), LIMITS).ask(np.zeros((40, 60, 3), np.uint8), 0.0) is None
