"""Workers beside each other, each on its core, with the real networks."""

import os

import pytest

from eval.benchmarks import workers
from eval.benchmarks.speed.recordings import Files


def test_throughput_and_memory_of_a_few_seconds(tmp_path, monkeypatch):
    monkeypatch.setattr(workers, "MINUTES", 0.1)
    monkeypatch.setattr(workers, "SHORT_MINUTES", 0.1)
    monkeypatch.setattr(workers, "EACH", 2)
    monkeypatch.setattr(workers, "ROUNDS", 1)
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
        workers._side_by_side([(tmp_path / "none.wav",)], [min(os.sched_getaffinity(0))], workers.inspecting)


def test_one_and_two_take_turns_on_either_core(tmp_path, monkeypatch):
    asked = []
    seconds = {(0,): 10.0, (1,): 12.0, (0, 1): 12.0}

    def side_by_side(shares, cores, opening):
        asked.append((tuple(cores), opening))
        return [workers.Work(seconds[tuple(cores)], (10**9,) * len(shares[0])) for _ in cores]

    monkeypatch.setattr(workers, "_side_by_side", side_by_side)
    monkeypatch.setattr(workers, "make", lambda *_: Files((tmp_path / "a.wav",)))
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1})
    found = {one.name: one for one in workers.measure(tmp_path, many=20)}
    ours = [cores for cores, opening in asked[:-1] if opening is workers.inspecting]
    assert ours == [(0,), (0, 1), (1,), (0, 1), (0,), (0, 1)]
    assert found["2 workers by one"].value == pytest.approx(2 * 10 / 12)
    assert found["2 workers by one"].missed
    assert found["2 processes of bare transcription by one"].target is None
