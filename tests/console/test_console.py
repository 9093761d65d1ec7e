"""The console in a real browser: a reviewer's day, nothing lost, every page fit to be used by everybody."""

import json
from collections.abc import Iterator

import pytest

from tests.console import crowd
from tests.console.driving import drive, missing, shots
from tests.console.stage import SALES, Stage, stage

pytestmark = [
    pytest.mark.skipif(missing() is not None, reason=str(missing())),
    pytest.mark.timeout(900),
]

LONG_QUEUE = 10_000


@pytest.fixture(scope="module")
def theatre() -> Iterator[Stage]:
    with stage() as found:
        yield found


@pytest.fixture(scope="module")
def worked() -> Iterator[Stage]:
    with stage(worked=True) as found:
        yield found


@pytest.mark.parametrize("script", ["review.mjs", "keeping.mjs", "finding.mjs"])
def test_a_reviewers_work(theatre: Stage, script: str) -> None:
    done = drive(script, theatre.told())
    assert done.returncode == 0, done.stderr


def test_every_page_comes_up_and_axe_finds_nothing_serious(worked: Stage) -> None:
    done = drive("pages.mjs", worked.told(), SHOTS=json.dumps(shots()))
    assert done.returncode == 0, done.stderr


@pytest.mark.full
def test_an_hour_long_session_is_soon_there_and_in_step() -> None:
    with stage(SALES[:1], times=20) as found:
        done = drive("hour.mjs", found.told())
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.full
def test_a_queue_of_ten_thousand_scrolls_and_filters_smoothly() -> None:
    with stage(()) as found:
        crowd.fill(found, LONG_QUEUE)
        done = drive("queue.mjs", found.told(), COUNT=str(LONG_QUEUE))
    assert done.returncode == 0, done.stdout + done.stderr
