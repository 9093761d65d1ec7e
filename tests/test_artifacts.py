"""Stored stage results: found again by what they depended on, and never trusted when damaged."""

from dataclasses import dataclass
from pathlib import Path

from engine.artifacts import Artifacts, fingerprint
from engine.interval import Interval


@dataclass(frozen=True)
class Found:
    spans: tuple[Interval, ...]
    status: str = "ok"


def test_a_fingerprint_follows_values_not_objects() -> None:
    assert fingerprint("a", Interval(0, 1)) == fingerprint("a", Interval(0, 1))
    assert fingerprint("a", Interval(0, 1)) != fingerprint("a", Interval(0, 2))
    assert fingerprint("ab", "c") != fingerprint("a", "bc")


def test_the_second_call_reads_what_the_first_one_found(tmp_path: Path) -> None:
    artifacts, calls = Artifacts(tmp_path), []

    def compute() -> Found:
        calls.append(1)
        return Found((Interval(0.1, 0.30000000000000004),))

    first, second = (artifacts.recall(Found, "k" * 64, compute, lambda _: True) for _ in range(2))
    assert first == second
    assert calls == [1]


def test_a_damaged_artifact_is_computed_again(tmp_path: Path) -> None:
    artifacts = Artifacts(tmp_path)
    artifacts.recall(Found, "k" * 64, lambda: Found(()), lambda _: True)
    stored = next(tmp_path.rglob("*.gz"))
    stored.write_bytes(stored.read_bytes()[:9])
    assert artifacts.recall(Found, "k" * 64, lambda: Found((Interval(1, 2),)), lambda _: True).spans


def test_a_failed_stage_is_not_kept(tmp_path: Path) -> None:
    artifacts = Artifacts(tmp_path)
    artifacts.recall(Found, "k" * 64, lambda: Found((), "failed"), lambda found: found.status == "ok")
    assert not list(tmp_path.rglob("*.gz"))


def test_without_a_folder_nothing_is_kept() -> None:
    results = iter([Found(()), Found((Interval(0, 1),))])
    assert Artifacts().recall(Found, "k", lambda: next(results), lambda _: True) == Found(())
    assert Artifacts().recall(Found, "k", lambda: next(results), lambda _: True).spans
