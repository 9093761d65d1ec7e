"""Processes that share a run's work: one that dies or hangs takes only its own job with it."""

import os
from collections.abc import Iterator

import pytest

from engine.errors import MingjianError
from eval.runs.crew import work_through
from tests.eval.runs import fakes


def test_every_job_has_one_outcome_though_processes_die() -> None:
    jobs = [f"job{number}" for number in range(6)]
    jobs[2], jobs[4] = "dies-1", "dies-2"
    done = sorted(work_through(jobs, fakes.opening, 2, 60.0, fakes.died))
    assert [one.split()[0] for one in done] == sorted(jobs)
    assert [one for one in done if "died" in one] == ["dies-1 died: exit 9", "dies-2 died: exit 9"]
    assert str(os.getpid()) not in {one.split()[1] for one in done}


def test_a_job_that_hangs_is_ended_and_the_others_go_on() -> None:
    done = sorted(work_through(["hangs", "job1"], fakes.opening, 1, 2.0, fakes.died))
    assert done[0] == "hangs died: 2 s"
    assert done[1].startswith("job1 ")


def test_jobs_are_taken_only_as_they_are_needed() -> None:
    taken = []

    def jobs() -> Iterator[str]:
        for number in range(50):
            taken.append(number)
            yield f"job{number}"

    doing = work_through(jobs(), fakes.opening, 1, 60.0, fakes.died)
    next(iter(doing))
    assert len(taken) <= 4
    doing.close()  # type: ignore[attr-defined]


@pytest.mark.parametrize(("opening", "code"), [(fakes.refusing, "run_not_shared"), (fakes.dying, "worker_died")])
def test_a_place_that_cannot_open_ends_the_work(opening: object, code: str) -> None:
    with pytest.raises(MingjianError) as found:
        list(work_through(["job1", "job2"], opening, 1, 60.0, fakes.died))  # type: ignore[arg-type]
    assert found.value.code == code
