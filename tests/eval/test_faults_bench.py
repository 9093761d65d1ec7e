"""A small grid of faults: the figures add up, and the plain faults are found on a made film."""

from collections.abc import Iterator

import numpy as np
import pytest

from engine.interval import Interval
from engine.vision.finder import FaceModels
from eval.benchmarks import faults
from eval.benchmarks.faults import Observer, Trial, counted, hits, in_force, strays, untouched
from eval.metrics.counts import Detection, Share
from eval.synth.clips import FPS, Clip
from eval.synth.effects import Kind
from eval.synth.faults import Faulted, spoil
from models.errors import WeightsError
from tests.synth.test_faults import CLIP, film

SECONDS = 5.0


@pytest.fixture(scope="module")
def observer() -> Iterator[Observer]:
    limits = in_force()
    try:
        with FaceModels(limits.vision) as faces:
            yield Observer(faces, limits)
    except WeightsError as error:
        pytest.skip(f"weights are not there: {error}")


def scenery() -> Clip:
    """A film of a place full of sharp things that slides slowly, with the sound of the other one."""
    random = np.random.default_rng(9)
    wide = np.full((240, 420, 3), 120, np.uint8)
    for _ in range(60):
        x, y, w, h = random.integers([0, 0, 20, 15], [400, 220, 90, 70])
        wide[y : y + h, x : x + w] = random.integers(20, 235, 3)
    images = tuple(np.ascontiguousarray(wide[:, n // 2 : n // 2 + 320]) for n in range(round(SECONDS * FPS)))
    return Clip("scenery", images, film(SECONDS).sound)


@pytest.fixture(scope="module")
def trials(observer: Observer) -> list[Trial]:
    clip = scenery()
    made = [Trial("scenery", None, observer.picture(clip)), Trial("scenery", None, observer.sound(clip))]
    kinds: tuple[Kind, ...] = ("black", "freeze", "dark", "blur", "cut")
    for kind in kinds:
        fault = spoil(clip, kind, "medium", 5)
        made.append(Trial("scenery", fault, observer.picture(fault.clip)))
    fault = spoil(clip, "dropout", "medium", 5)
    made.append(Trial("scenery", fault, observer.sound(fault.clip)))
    return made


@pytest.mark.parametrize("kind", ["black", "freeze", "dark", "blur", "dropout", "cut"])
def test_a_plain_fault_is_found_and_nothing_else(kind: Kind, trials: list[Trial]) -> None:
    limits = in_force()
    assert counted(trials, kind, "medium", limits) == Detection(1, 0, 0)
    assert untouched(trials, kind, limits) == Share(0, 1)
    assert counted(trials, kind, "severe", limits) == Detection(0, 0, 0)


def test_every_figure_stands_in_the_table_with_its_interval(trials: list[Trial]) -> None:
    rows = faults.figures(trials, ["black", "cut"], in_force())
    names = [row.name for row in rows]
    assert "black medium recall" in names
    assert "cut untouched, false alarms" in names
    assert next(row for row in rows if row.name == "black medium recall").note == "1/1, 95 % 0.21-1.00"
    assert not any(row.missed for row in rows)


SPAN = (Interval(2.0, 4.0),)
AT = (Interval(3.0, 3.0),)


@pytest.mark.parametrize(
    ("kind", "true", "found", "hit"),
    [
        ("black", SPAN, (Interval(2.2, 4.0),), True),
        ("black", SPAN, (Interval(2.0, 2.5),), False),
        ("black", SPAN, (), False),
        ("cut", AT, (Interval(3.3, 3.3),), True),
        ("cut", AT, (Interval(3.8, 3.8),), False),
    ],
)
def test_what_counts_as_found(kind: Kind, true: tuple[Interval], found: tuple[Interval, ...], hit: bool) -> None:
    assert hits(kind, true, found) is hit


@pytest.mark.parametrize(
    ("kind", "fault", "found", "stray"),
    [
        ("black", None, (Interval(1.0, 2.0),), True),
        ("black", None, (), False),
        ("freeze", "black", (Interval(1.0, 2.0),), False),  # what is black stands still too
        ("blur", "dropout", (Interval(1.0, 2.0),), True),
        ("cut", "dark", (Interval(2.0, 2.0),), False),  # the light goes out at once
        ("cut", "dark", (Interval(5.5, 5.5),), True),
        ("dark", "dark", (Interval(2.5, 3.0), Interval(8.0, 9.0)), True),
    ],
)
def test_what_counts_as_invented(kind: Kind, fault: Kind | None, found: tuple[Interval, ...], stray: bool) -> None:
    made = Faulted(fault, "medium", CLIP, SPAN) if fault else None
    assert strays(kind, made, found) is stray


def test_a_base_that_is_not_there_is_skipped_with_a_word(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(faults, "SCRIPTS", faults.SCRIPTS / "none")
    assert list(faults.bases(None, 1)) == []
    assert capsys.readouterr().err.count("skipped") == len(faults.FIELD)
