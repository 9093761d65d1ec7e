"""Workers beside each other, each on its core, with the real networks."""

import os

import pytest

from eval.benchmarks import workers


def test_throughput_and_memory_of_a_few_seconds(tmp_path, monkeypatch):
    monkeypatch.setattr(workers, "MINUTES", 0.1)
    monkeypatch.setattr(workers, "SHORT_MINUTES", 0.1)
    monkeypatch.setattr(workers, "EACH", 2)
    found = {one.name: one for one in workers.measure(tmp_path, workers=1, many=4)}
    assert found["recorded minutes a minute, one worker on one core"].value > 1
    (memory,) = [one for name, one in found.items() if name.startswith("memory")]
    assert abs(memory.value) < 1
    assert "kB a recording" in memory.note


def test_growing_memory_misses_its_target(tmp_path, monkeypatch):
    grown = workers.Work(60.0, tuple(10**9 + place * 10**7 for place in range(100)))
    monkeypatch.setattr(workers, "_side_by_side", lambda *_: [grown])
    (figure,) = workers._memory([tmp_path], 100, 0)
    assert figure.missed
    assert figure.value == pytest.approx(0.9 / 1.1, abs=0.02)


def test_a_worker_that_dies_is_told(tmp_path):
    with pytest.raises(RuntimeError, match="died"):
        workers._side_by_side([(tmp_path / "none.wav",)], [min(os.sched_getaffinity(0))])
