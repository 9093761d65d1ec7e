"""Sessions judged again for the benchmark: the way is the back-test itself, here without Ray."""

from functools import partial

import pytest

from engine.rules.difference import Difference
from eval.backtest.running import backtest
from eval.benchmarks import replaying


def in_this_process(root, by, workers=None):
    return backtest(root, by)


@pytest.fixture
def quick(monkeypatch):
    """One length, and no Ray."""
    monkeypatch.setattr(replaying, "MINUTES", (1.5,))
    monkeypatch.setattr(replaying, "backtest", in_this_process)
    return partial(replaying.measure, sessions=30)


def test_sessions_without_the_wording_are_untouched(quick):
    again, full, differing = quick()
    assert again.note.startswith("30 sessions, 30 of them untouched")
    assert again.value > 0
    assert full.note.startswith("1 sessions")
    assert not differing.missed


def test_a_session_that_should_have_been_judged_is_found_out(quick, monkeypatch):
    """The wording is what is said first, and the difference hears nothing."""
    monkeypatch.setattr(replaying, "RULE", "dr_exclusion")
    monkeypatch.setattr(replaying, "CONCEPT", "责任免除")
    monkeypatch.setattr(replaying, "WORDING", "投保过程需要录音录像")
    monkeypatch.setattr(replaying, "MINUTES", (0.2,))
    monkeypatch.setattr(Difference, "heard_in", lambda *_: False)
    assert quick()[2].missed
