"""Small jobs over Ray without a database: every job has one outcome, whatever becomes of its worker."""

from pathlib import Path

import pytest

from engine.cluster.spreading import spread
from engine.errors import MingjianError
from tests.cluster.house import settings_of
from tests.eval.runs import fakes

pytestmark = pytest.mark.timeout(600)


def test_every_job_has_one_outcome_though_workers_die_or_hang(tmp_path: Path) -> None:
    jobs = ["job0", "dies-1", "job2", "hangs-3", "job4", "job5"]
    done = sorted(spread(settings_of(tmp_path, cpus=2), jobs, fakes.opening, 2, 5.0, fakes.died))
    assert [one.split()[0] for one in done] == sorted(jobs)
    assert [one.split(" died: ")[1] for one in done if " died: " in one] == ["ActorDiedError", "5 s"]
    processes = {one.split()[1] for one in done if " died: " not in one}
    assert 1 <= len(processes) <= 4


def test_a_worker_that_cannot_open_ends_the_work(tmp_path: Path) -> None:
    with pytest.raises(MingjianError) as found:
        list(spread(settings_of(tmp_path, cpus=2), ["job1"], fakes.refusing, None, 60.0, fakes.died))
    assert found.value.code == "run_not_shared"
