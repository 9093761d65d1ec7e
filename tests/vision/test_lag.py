"""Mouths against the voice: the lag is found where there is one, and nothing where they do not agree."""

import numpy as np
import pytest

from engine.vision.lag import Opening, measure
from engine.vision.settings import LagLimits

LIMITS = LagLimits()
STEP = 1 / LIMITS.rate


def speech(seconds: float, seed: int = 1) -> np.ndarray:
    """How loud somebody is every STEP: syllables and pauses at random."""
    random = np.random.default_rng(seed)
    count = round(seconds / STEP)
    talking = np.repeat(random.random(count // 6 + 1) > 0.35, 6)[:count]
    return talking * (0.4 + 0.6 * random.random(count))


VOICE = speech(60.0)


def loudness(start: float, count: int, step: float) -> np.ndarray:
    places = np.clip(np.round((start + np.arange(count) * step) / STEP).astype(int), 0, len(VOICE) - 1)
    return 30 * VOICE[places] - 60


def burst(start: float, lag: float, seed: int = 2, noise: float = 0.15) -> Opening:
    """Mouths that open as the voice is loud, which comes `lag` after them."""
    count = round(LIMITS.burst_s / STEP)
    places = np.clip(np.round((start + lag) / STEP).astype(int) + np.arange(count), 0, len(VOICE) - 1)
    opened = 0.3 * VOICE[places] + noise * np.random.default_rng([seed, int(start)]).random(count)
    return Opening(start, STEP, opened)


@pytest.mark.parametrize("lag", [-1.6, -0.64, 0.0, 0.16, 0.56, 1.2])
def test_the_lag_is_found_within_a_frame(lag: float) -> None:
    found = measure([burst(8.0, lag), burst(24.0, lag), burst(40.0, lag)], loudness, LIMITS)
    assert found is not None
    assert found.seconds == pytest.approx(lag, abs=0.09)
    assert (found.lead > 0.1) == (abs(lag) > 0.3)


def test_mouths_that_move_for_themselves_tell_nothing() -> None:
    random = np.random.default_rng(5)
    count = round(LIMITS.burst_s / STEP)
    others = [Opening(start, STEP, random.random(count)) for start in (8.0, 24.0, 40.0)]
    assert measure(others, loudness, LIMITS) is None


def test_too_little_seen_tells_nothing() -> None:
    hidden = burst(8.0, 0.0)
    hidden.opened[20:] = np.nan
    assert measure([hidden], loudness, LIMITS) is None
    assert measure([], loudness, LIMITS) is None


def test_a_still_mouth_tells_nothing() -> None:
    count = round(LIMITS.burst_s / STEP)
    assert measure([Opening(8.0, STEP, np.full(count, 0.1))], loudness, LIMITS) is None


def test_somebody_elses_mouth_fits_by_chance_at_some_shift() -> None:
    """One of sixty shifts always fits best: in 16 s a lag of 0.96 s was found where there was none."""

    def told(limits: LagLimits) -> int:
        openings = [
            [Opening(8.0 + 8 * n, STEP, 0.3 * speech(8.0, 100 * seed + n)) for n in (0, 1)] for seed in range(60)
        ]
        return sum(measure(one, loudness, limits) is not None for one in openings)

    assert told(LIMITS) == 0
    assert told(LagLimits(least_deviations=0.0)) > 0
