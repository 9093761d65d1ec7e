"""Memory over the length of a recording: peaks of real inspections, short ones here."""

import pytest

from eval.benchmarks import lengths
from eval.benchmarks.speed.process import Watched


def test_growth_is_the_longest_by_the_shortest(tmp_path, monkeypatch):
    peaks = {1.0: 1_000_000_000, 2.0: 1_050_000_000, 3.0: 1_250_000_000}
    monkeypatch.setattr(
        lengths,
        "_inspected",
        lambda _, minutes: Watched((), 0, 2 * peaks[minutes] - 10**9, minutes, own=peaks[minutes]),
    )
    *told, growth, with_files = lengths.measure(tmp_path, (3.0, 1.0, 2.0))
    assert [one.value for one in told] == [1.0, 1.0, 1.05, 1.1, 1.25, 1.5]
    assert growth.value == pytest.approx(0.25)
    assert growth.missed
    assert with_files.value == pytest.approx(0.5)
    assert with_files.target is None


def test_a_recording_is_inspected_and_its_peak_taken(tmp_path):
    own, held, *growth = lengths.measure(tmp_path, (0.2,))
    assert 0.2 < own.value < held.value < 4
    assert [one.value for one in growth] == [0, 0]


def test_an_inspection_without_a_result_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(lengths.sys, "executable", "false")
    with pytest.raises(RuntimeError, match="no result"):
        lengths.measure(tmp_path, (0.2,))
