"""What blind samples say of single rules, and sessions found by the names that people use; on both databases."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from engine.monthly import gather, month_of, rule_misses
from engine.reviewing import Unseen
from engine.store import inspections, item_statistics, jobs, reviews, sessions
from engine.store.item_statistics import ItemMisses
from engine.store.matching import named
from engine.store.reviews import NewDecision, NewReview, Reviewer
from engine.store.sessions import NewPart, NewSession, SessionRow
from engine.store.statistics import Scope
from engine.store.store import Store
from tests.store.inspected import inspection, item, kept, order, outcome

NOW = datetime(2026, 11, 5, 8, tzinfo=UTC)
MONTH = Scope(NOW - timedelta(days=1), NOW + timedelta(days=1))
ANN = Reviewer("ann")
PERIOD, COOLING = item("dr_period", "pass", title="保险期间"), item("dr_cooling_off", "pass")
OPEN = item("dr_cooling_off", "review", "medium")


def session(store: Store, folder: Path, name: str, items: tuple[Any, ...], **changes: Any) -> SessionRow:
    """A session that the machine called clear."""
    part = NewPart(f"{name}.MP4", kept(store, folder, name.encode(), NOW))
    with store.database.writing() as s:
        row = sessions.create(s, NewSession((part,), order(policy_no=f"P-{name}", **changes), "uploader"), NOW)
        held = jobs.lease(s, "worker", NOW, 60)
    assert held is not None
    found = inspection(items=items, verdict="clear", flagging=(), content=name.encode().hex().ljust(64, "0"))
    brought = outcome(store, folder, NOW, found)
    with store.database.writing() as s:
        inspections.commit(s, held, brought, NOW)
        read = sessions.get(s, row.id)
    assert read is not None
    return read


def reviewed(
    store: Store, row: SessionRow, missed: tuple[str, ...] = (), verdict: str | None = None, reason: str = "blind"
) -> None:
    """A person decides on it, marking what the machine missed."""
    with store.database.writing() as s:
        new = NewReview(row.id, row.inspection_id or "", NOW + timedelta(days=1), reason=reason)
        held = reviews.claim(s, reviews.open_review(s, new, NOW).id, ANN, NOW, 900)
        unseen = tuple(Unseen(one, 1.0, 2.0) for one in missed)
        decision = NewDecision(verdict or ("整改" if missed else "合格"), missed=unseen)
        reviews.decide(s, held.id, ANN, held.version, decision, NOW)


def misses(store: Store, scope: Scope = MONTH) -> dict[str, tuple[int, int, int]]:
    with store.database.reading() as s:
        return {one.item: (one.sampled, one.missed, one.passed) for one in item_statistics.misses(s, scope)}


def test_a_rule_is_sampled_where_it_was_passed_or_marked(store: Store, tmp_path: Path) -> None:
    for number in range(3):
        reviewed(store, session(store, tmp_path, f"good{number}", (PERIOD, COOLING)))
    reviewed(store, session(store, tmp_path, "bad", (PERIOD, COOLING)), ("dr_period", "dr_period"))
    reviewed(store, session(store, tmp_path, "open", (PERIOD, OPEN)))
    reviewed(store, session(store, tmp_path, "other", (PERIOD,)), ("fb_guarantee",))
    session(store, tmp_path, "not drawn", (PERIOD, COOLING))
    assert misses(store) == {"dr_cooling_off": (4, 0, 5), "dr_period": (6, 1, 7), "fb_guarantee": (1, 1, 0)}


def test_other_reviews_other_times_and_other_branches_do_not_count(store: Store, tmp_path: Path) -> None:
    reviewed(store, session(store, tmp_path, "quota", (PERIOD,)), ("dr_period",), reason="quota")
    assert misses(store) == {}
    reviewed(store, session(store, tmp_path, "blind", (PERIOD,)), ("dr_period",))
    later = Scope(NOW + timedelta(days=1), NOW + timedelta(days=2))
    assert misses(store, later) == {}
    assert misses(store, Scope(MONTH.since, MONTH.until, branch="别处")) == {}
    assert misses(store, Scope(MONTH.since, MONTH.until, branch="西安分公司")) == {"dr_period": (1, 1, 2)}


def test_faults_without_an_item_are_counted_apart(store: Store, tmp_path: Path) -> None:
    reviewed(store, session(store, tmp_path, "vague", (PERIOD,)), verdict="不合格")
    reviewed(store, session(store, tmp_path, "named", (PERIOD,)), ("dr_period",))
    with store.database.reading() as s:
        assert item_statistics.unnamed_misses(s, MONTH) == 1


def test_the_report_gives_each_rule_its_interval(store: Store, tmp_path: Path) -> None:
    for number in range(9):
        reviewed(store, session(store, tmp_path, f"good{number}", (PERIOD, COOLING)))
    reviewed(store, session(store, tmp_path, "bad", (PERIOD, COOLING)), ("dr_period",))
    with store.database.reading() as s:
        first, second = rule_misses(s, MONTH)
        month = gather(s, month_of(2026, 11), NOW)
    assert (first.item, first.title, first.severity, first.share, first.estimated) == (
        "dr_period", "保险期间", "critical", 0.1, 1.0,
    )  # fmt: skip
    assert (first.low, first.high) == (pytest.approx(0.0179, abs=1e-4), pytest.approx(0.4042, abs=1e-4))
    assert (second.share, second.low, second.high) == (0.0, 0.0, pytest.approx(0.2775, abs=1e-4))
    assert month.rule_misses == (first, second)


def test_an_item_that_no_rule_has_keeps_its_id_as_its_title(store: Store, tmp_path: Path) -> None:
    reviewed(store, session(store, tmp_path, "old", ()), ("gone_rule",))
    with store.database.reading() as s:
        assert item_statistics.misses(s, MONTH) == (ItemMisses("gone_rule", "gone_rule", "", 1, 1, 0),)


def test_sessions_by_the_names_that_people_use(store: Store, tmp_path: Path) -> None:
    rows = {name: session(store, tmp_path, name, (PERIOD,)) for name in ("a", "b", "c_1")}
    with store.database.reading() as s:
        by_file = [(one.name, one.session_id) for one in named(s, "file", ["A.mp4", "a", "c_1", "c%", "none"])]
        by_policy = [one.session_id for one in named(s, "policy_no", ["p-B", "P-none"])]
        by_id = [one.session_id for one in named(s, "session", [rows["a"].id, "x"])]
        assert list(named(s, "file", [])) == []
    assert sorted(by_file) == sorted([("a.mp4", rows["a"].id), ("a", rows["a"].id), ("c_1", rows["c_1"].id)])
    assert (by_policy, by_id) == ([rows["b"].id], [rows["a"].id])


def test_a_session_that_waits_has_no_result_to_be_found(store: Store, tmp_path: Path) -> None:
    part = NewPart("w.mp4", kept(store, tmp_path, b"w", NOW))
    with store.database.writing() as s:
        waiting = sessions.create(s, NewSession((part,), order(), "uploader"), NOW)
        assert list(named(s, "session", [waiting.id])) == []
