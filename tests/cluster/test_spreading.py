"""Small jobs over Ray without a database: every job has one outcome, whatever becomes of its worker."""

from pathlib import Path

import pytest

from engine.cluster.spreading import spread
from engine.errors import MingjianError
from eval.backtest import running
from eval.backtest.running import Against, backtest
from tests.cluster.house import settings_of
from tests.eval.runs import fakes
from tests.eval.tuning.runs import LEFT_OUT, SAID, Case, rules, write_run

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


def test_a_back_test_over_ray_is_the_back_test_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "load_settings", lambda: settings_of(tmp_path, cpus=2))
    cases = [Case(f"said-{number}", "test", False, SAID) for number in range(60)]
    run = write_run(tmp_path, rules(tmp_path), [*cases, Case("left-out", "test", True, LEFT_OUT)])
    by = Against(str(rules(tmp_path, "终身", "永远", name="new")))
    here, there = backtest(run, by, tmp_path / "here"), backtest(run, by, tmp_path / "there", workers=2)
    assert here.sums == there.sums
    for name in (running.FLIPS_FILE, running.FIGURES_FILE):
        assert (tmp_path / "here" / name).read_bytes() == (tmp_path / "there" / name).read_bytes()
