"""Loudness and brightness over the time line: to scale, light, and only where they were measured."""

import re
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest

from engine.curves import MOST_VALUES, of_power, of_spans, step_of
from engine.evidence import Curve
from engine.interval import Interval
from engine.report.html import render
from engine.report.timeline import LABELS, draw
from tests.report import sample

SOUND = Curve(10.0, (-60.0, -20.0, -70.0, None, -35.0))
LIGHT = Curve(10.0, (0.0, 255.0, 128.0, 128.0, 128.0))


def with_curves():
    found = sample.inspection()
    quality = {
        **found.quality,
        "sound": {**found.quality["sound"], "level_curve": asdict(SOUND)},
        "picture": {
            **found.quality["picture"],
            "luma_curve": asdict(LIGHT),
            "black": [{"start": 0.0, "end": 10.0}],
            "frozen": [{"start": 20.0, "end": 30.0}],
        },
    }
    return replace(found, quality=quality)


def test_the_loudest_is_the_highest_and_gaps_stay_open() -> None:
    sound, light = draw(with_curves(), {}).curves
    assert (sound.label, light.label) == ("声音响度", "画面亮度")
    areas = [area for area in sound.path.split("M") if area]
    assert len(areas) == 2
    heights = [float(one) for one in re.findall(r"L[0-9.]+ ([0-9.]+)H", areas[0])]
    assert min(heights) == heights[1]
    assert all(sound.top <= one <= sound.bottom for one in heights)
    assert float(re.findall(r"M([0-9.]+) ", "M" + areas[0])[0]) == LABELS
    assert [name for _, _, name in light.spoiled] == ["黑屏", "定格"]
    assert light.top >= sound.bottom


def test_marks_lie_below_the_curves() -> None:
    plain, curved = draw(sample.inspection(), {}), draw(with_curves(), {})
    assert plain.curves == ()
    assert curved.marks_top > max(one.bottom for one in curved.curves)
    assert curved.height - plain.height == pytest.approx(curved.marks_top - plain.marks_top)


def test_the_page_holds_them(tmp_path: Path) -> None:
    page = render(with_curves(), tmp_path)
    assert page.count('class="curve"') == 2
    assert page.count('class="spoiled"') >= 2


@pytest.mark.parametrize("seconds", [0.3, 5.0, 61.0, 3600.0, 14_400.0])
def test_an_hour_takes_no_more_room_than_a_minute(seconds: float) -> None:
    power = np.full(max(1, round(seconds / 0.01)), 0.01)
    curve = of_power(power, 0.01, -100.0)
    assert len(curve.values) <= MOST_VALUES + 1
    assert set(curve.values) == {-20.0}
    assert len(curve.values) * curve.step >= seconds - 0.01


def test_moments_without_a_picture_have_no_brightness() -> None:
    spans = [Interval(0.0, 0.5), Interval(0.5, 1.0), Interval(4.0, 4.5)]
    curve = of_spans(spans, [10.0, 20.0, 90.0], 5.0)
    assert step_of(5.0) == 0.5
    assert curve.values[:2] == (10.0, 20.0)
    assert curve.values[8] == 90.0
    assert curve.values[3] is None
