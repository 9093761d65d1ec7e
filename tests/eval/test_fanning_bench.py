"""A recording fanned out over Ray beside one worker: the real cluster on a few seconds of sound."""

import pytest

from eval.benchmarks import fanning
from eval.benchmarks.fanning import Done


@pytest.mark.full
@pytest.mark.timeout(600)
def test_fanned_out_it_says_the_same(tmp_path, monkeypatch):
    monkeypatch.setattr(fanning, "WARMING_MINUTES", 0.05)
    alone, fanned, ratio, last, differing = fanning.measure(tmp_path, 0.3)
    assert 0 < last.value < fanned.value
    assert ratio.value == pytest.approx(alone.value / fanned.value)
    assert not differing.missed


def test_another_result_is_told(tmp_path, monkeypatch):
    found = iter((Done(60.0, 50.0, b"clear"), Done(30.0, 10.0, b"flagged")))
    monkeypatch.setattr(fanning, "_apart", lambda *_: next(found))
    figures = {one.name: one for one in fanning.measure(tmp_path, 0.05)}
    assert figures["one core by all"].value == 2
    assert figures["results that differ"].missed
