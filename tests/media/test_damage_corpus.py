"""A slice of the corpus of damaged files: nothing breaks, nothing hangs, and what is missing is said."""

from pathlib import Path

from eval.benchmarks.damage import LIMIT_S, Seen, figures, look_at, unsaid
from eval.benchmarks.damaging import FORMS, MAKERS, damaged

SLICE = tuple(one for one in FORMS if one.name in ("mp4-index-first", "mkv", "ts", "wav"))


def test_a_slice_of_the_corpus(tmp_path: Path) -> None:
    seen = [look_at(case, tmp_path / "work") for case in damaged(SLICE, tmp_path, 1, seed=3)]
    assert len(seen) >= 30
    assert [one.crash for one in seen if one.crash] == []
    assert max(one.took for one in seen) < LIMIT_S
    assert any(one.code is None for one in seen)
    assert [one.case.path.name for one in unsaid(seen)] == []
    assert not any(row.missed for row in figures(seen))


def test_the_same_seed_gives_the_same_files(tmp_path: Path) -> None:
    made = [[case.path.read_bytes() for case in damaged(SLICE[-1:], tmp_path, 2, seed=4)] for _ in range(2)]
    assert made[0] == made[1]
    assert len(set(made[0])) > len(MAKERS) / 2


def test_what_a_caller_should_not_meet_is_a_missed_figure(tmp_path: Path) -> None:
    case = next(damaged(SLICE[-1:], tmp_path, 1))
    rows = {row.name: row for row in figures([Seen(case, 99.0, crash="boom"), Seen(case, 0.1, duration=1.0)])}
    assert rows["the caller crashed"].missed
    assert rows["longest file took"].missed
    assert rows["of another length than it was, and says so"].missed
