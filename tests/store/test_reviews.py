"""Reviews, drafts, the queue, rule sets, customers' records and figures, on both databases."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from engine.duties.days import civil_day, end_of
from engine.errors import MingjianError
from engine.monthly import agreement, begin_of, gather, month_of, periods
from engine.reviewing import Ruling, Unseen
from engine.store import (
    drafts,
    inspections,
    item_statistics,
    jobs,
    people,
    queue,
    queue_views,
    review_rows,
    reviews,
    rulesets,
    sessions,
    statistics,
)
from engine.store.measures import MEASURES
from engine.store.queue import QueueFilters
from engine.store.reviews import NewDecision, NewReview, Reviewer
from engine.store.rulesets import NewText
from engine.store.sessions import NewPart, NewSession, SessionRow
from engine.store.statistics import GROUPS, Period, Scope
from engine.store.store import Store
from tests.store.inspected import inspection, item, kept, order, outcome

NOW = datetime(2026, 11, 5, 8, tzinfo=UTC)
ANN, BOB, CHIEF = Reviewer("ann"), Reviewer("bob"), Reviewer("chief", senior=True)
LEASE = 1800.0


def flagged(store: Store, folder: Path, now: datetime = NOW, content: bytes = b"a", **changes: Any) -> SessionRow:
    """A session with a critical finding, and its review."""
    return judged(store, folder, now, content, (item(), item("dr_period", "pass")), **changes)


def judged(
    store: Store, folder: Path, now: datetime, content: bytes, items: tuple[Any, ...], **changes: Any
) -> SessionRow:
    retry_of = changes.pop("retry_of", None)
    part = NewPart("a.mp4", kept(store, folder, content, now))
    new = NewSession((part,), order(**changes), "uploader", retry_of=retry_of)
    with store.database.writing() as s:
        row = sessions.create(s, new, now)
        held = jobs.lease(s, "worker", now, 60)
    assert held is not None
    brought = outcome(store, folder, now, inspection(items=items, content=content.hex().ljust(64, "0")[:64]))
    with store.database.writing() as s:
        inspections.commit(s, held, brought, now + timedelta(seconds=40))
        return sessions.get(s, row.id) or row


def review_of(store: Store, row: SessionRow) -> review_rows.ReviewRow:
    with store.database.reading() as s:
        return review_rows.of_session(s, row.id)[0].review


def decision(call: Any = "confirm", outcome: str = "整改", seconds: float = 30.0) -> NewDecision:
    return NewDecision(
        outcome,
        (Ruling("dr_cooling_off", None, call, None if call == "confirm" else "misheard"),),
        seconds=seconds,
        verdicts={("dr_cooling_off", None): "fail"},
    )


def decide(store: Store, review_id: str, who: Reviewer, made: NewDecision, now: datetime = NOW) -> None:
    with store.database.writing() as s:
        version = reviews.claim(s, review_id, who, now, LEASE).version
        reviews.decide(s, review_id, who, version, made, now)


def test_only_one_of_many_gets_a_review(store: Store, tmp_path: Path) -> None:
    review = review_of(store, flagged(store, tmp_path))

    def take(name: str) -> bool:
        try:
            with store.database.writing() as s:
                reviews.claim(s, review.id, Reviewer(name), NOW, LEASE)
        except MingjianError as error:
            return error.code != "review_taken"
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(take, [f"reviewer {number}" for number in range(8)])) == 1


def test_of_two_decisions_on_the_same_version_one_stands(store: Store, tmp_path: Path) -> None:
    review = review_of(store, flagged(store, tmp_path))
    with store.database.writing() as s:
        version = reviews.claim(s, review.id, ANN, NOW, LEASE).version

    def submit(number: int) -> str:
        try:
            with store.database.writing() as s:
                reviews.decide(s, review.id, ANN, version, decision(), NOW)
        except MingjianError as error:
            return error.code
        return "stands"

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(submit, range(4))) == ["review_changed"] * 3 + ["stands"]
    with store.database.reading() as s:
        assert len(review_rows.detail(s, review.id).decisions) == 1


@pytest.mark.parametrize("table", ["decision", "missed", "review_event"])
def test_what_was_decided_cannot_be_changed(store: Store, tmp_path: Path, table: str) -> None:
    review = review_of(store, flagged(store, tmp_path))
    with store.database.writing() as s:
        version = reviews.claim(s, review.id, ANN, NOW, LEASE).version
        made = decision()
        seen = NewDecision(made.outcome, made.rulings, (Unseen("fb_guarantee", 1.0, 2.0),), verdicts=made.verdicts)
        reviews.decide(s, review.id, ANN, version, seen, NOW)
    with pytest.raises((DBAPIError, MingjianError)), store.database.writing() as s:
        s.execute(text(f"UPDATE {table} SET made_by = 'somebody else'"))  # noqa: S608


def test_a_review_moves_on_with_a_newer_inspection_and_keeps_the_worst_severity(store: Store, tmp_path: Path) -> None:
    row = flagged(store, tmp_path)
    with store.database.writing() as s:
        first = reviews.open_review(s, NewReview(row.id, row.inspection_id or "", NOW, 2, "quota"), NOW)
        again = reviews.open_review(s, NewReview(row.id, row.inspection_id or "", NOW, 3, "quota"), NOW)
        worse = reviews.open_review(s, NewReview(row.id, row.inspection_id or "", NOW, 1, "quota"), NOW)
    assert (again.id, again.version) == (first.id, first.version)
    assert (worse.id, worse.severity, worse.version) == (first.id, 1, first.version + 1)


def test_the_queue_pages_through_every_state_in_one_order(store: Store, tmp_path: Path) -> None:
    rows = [
        flagged(store, tmp_path, NOW, bytes([number]), policy_no=f"P{number}", issued_at=f"2026-11-{day:02d}")
        for number, day in enumerate((9, 3, 7, 3, 5))
    ]
    with store.database.writing() as s:
        reviews.claim(s, review_of(store, rows[2]).id, ANN, NOW, LEASE)
        reviews.claim(s, review_of(store, rows[4]).id, BOB, NOW, LEASE)
    found: list[str] = []
    cursor = None
    while True:
        with store.database.reading() as s:
            page = queue.page(s, QueueFilters(), NOW + timedelta(minutes=20), cursor, limit=2)
        found += [one.review.session_id for one in page.rows]
        cursor = page.cursor
        if cursor is None:
            break
    assert found == [rows[number].id for number in (1, 3, 4, 2, 0)]
    later = NOW + timedelta(hours=2)
    with store.database.reading() as s:
        counted = queue.counts(s, QueueFilters(branch="西安分公司"), "ann", NOW, end_of(civil_day(NOW)))
        of_none = queue.counts(s, QueueFilters(branch=""), "ann", NOW, end_of(civil_day(NOW)))
        run_out = queue.page(s, QueueFilters(states=("open",)), later).rows
        claimed = queue.page(s, QueueFilters(states=("claimed",)), later).rows
    assert (counted.open, counted.claimed, counted.mine) == (3, 2, 1)
    assert (of_none.open, of_none.claimed, of_none.mine) == (0, 0, 0)
    assert (len(run_out), len(claimed)) == (5, 0)
    assert {one.review.state for one in run_out} == {"open"}


def test_a_cursor_of_another_list_is_refused(store: Store) -> None:
    for wrong in ("x", "W10", "WyJhIiwxLCJiIl0"):
        with pytest.raises(MingjianError) as caught, store.database.reading() as s:
            queue.page(s, QueueFilters(), NOW, wrong)
        assert caught.value.code == "cursor_unreadable"


def test_drafts_are_each_persons_own(store: Store, tmp_path: Path) -> None:
    review = review_of(store, flagged(store, tmp_path))
    with store.database.writing() as s:
        drafts.save(s, review.id, "ann", {"a": 1}, None, NOW)
        drafts.save(s, review.id, "bob", {"b": 2}, 0, NOW)
        assert drafts.save(s, review.id, "ann", {"a": 2}, 1, NOW).version == 2
    with pytest.raises(MingjianError) as caught, store.database.writing() as s:
        drafts.save(s, review.id, "ann", {"a": 3}, 1, NOW)
    assert caught.value.code == "draft_changed"


def test_views_of_the_queue_are_each_persons_own(store: Store) -> None:
    with store.database.writing() as s:
        first = queue_views.keep(s, "ann", "超期", {"due": "overdue"}, NOW)
        queue_views.keep(s, "ann", "今日", {"due": "today"}, NOW)
        again = queue_views.keep(s, "ann", "超期", {"due": "overdue", "mine": "1"}, NOW)
        queue_views.keep(s, "bob", "超期", {}, NOW)
        assert again.id == first.id
        assert {one.name: one.filters for one in queue_views.of(s, "ann")} == {
            "超期": {"due": "overdue", "mine": "1"}, "今日": {"due": "today"},
        }  # fmt: skip
    with pytest.raises(MingjianError) as caught, store.database.writing() as s:
        queue_views.drop(s, "bob", first.id)
    assert caught.value.code == "not_found"
    with store.database.writing() as s:
        queue_views.drop(s, "ann", first.id)
        for number in range(queue_views.MOST_VIEWS - 1):
            queue_views.keep(s, "ann", f"v{number}", {}, NOW)
    with pytest.raises(MingjianError) as caught, store.database.writing() as s:
        queue_views.keep(s, "ann", "one too many", {}, NOW)
    assert caught.value.code == "conflict"


def test_two_windows_may_save_a_view_of_one_name_at_the_same_moment(store: Store) -> None:
    windows = 4
    together = Barrier(windows)

    def save(window: int) -> str:
        together.wait(30)
        with store.database.writing() as s:
            return queue_views.keep(s, "ann", "超期", {"due": str(window)}, NOW).id

    for _ in range(5):
        with ThreadPoolExecutor(windows) as threads:
            saved = set(threads.map(save, range(windows)))
        assert len(saved) == 1
        with store.database.writing() as s:
            queue_views.drop(s, "ann", saved.pop())


def test_the_newest_published_rule_set_is_in_force(store: Store) -> None:
    with store.database.writing() as s:
        for number in range(3):
            made = rulesets.add(s, NewText("short", f"text {number}", f"{number}" * 64), "a", NOW)
            rulesets.propose(s, "short", made.version, "a", NOW)
        rulesets.publish(s, "short", 2, "b", NOW)
        with pytest.raises(MingjianError, match="MJ840"):
            rulesets.publish(s, "short", 1, "b", NOW)
        rulesets.publish(s, "short", 3, "b", NOW)
    with store.database.reading() as s:
        in_force = rulesets.in_force(s, "short")
        assert in_force is not None
        assert in_force.version == 3
        earlier = rulesets.of_hash(s, "short", "1" * 64)
        assert earlier is not None
        assert earlier.version == 2
        assert [(one.version, one.state) for one in rulesets.newest(s)] == [(3, "published"), (1, "proposed")]


def test_only_one_of_many_uses_a_link(store: Store, tmp_path: Path) -> None:
    row = flagged(store, tmp_path)
    with store.database.writing() as s:
        key = people.key_of(s, row.id, "policyholder")
        people.add_link(s, "secret", key, row.id, "officer", NOW + timedelta(days=1), NOW)

    def use(_number: int) -> bool:
        try:
            with store.database.writing() as s:
                people.use_link(s, "secret", NOW)
        except MingjianError as error:
            return error.code != "link_unusable"
        return True

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(use, range(6))) == 1
    with store.database.reading() as s:
        assert people.owns(s, key, row.id)
        assert not people.owns(s, "0" * 64, row.id)
        assert not people.owns(s, None, row.id)
        assert people.records(s, None).rows == ()


@pytest.fixture
def counted(store: Store, tmp_path: Path) -> Store:
    """Six sessions of two branches; four decided, one judged finally, one pair of independent reviews."""
    rows = []
    for number in range(6):
        agent = {"staff_no": f"A{number % 3}", "org": "甲" if number % 2 else "乙"}
        now = NOW + timedelta(days=number)
        rows.append(
            flagged(store, tmp_path, now, bytes([number]), policy_no=f"P{number}", agent=agent)
            if number < 5
            else judged(store, tmp_path, now, bytes([number]), (item("dr_period", "pass"),), retry_of=rows[0].id)
        )
    then = NOW + timedelta(days=7)
    for number, call, told in ((0, "confirm", "整改"), (1, "overturn", "合格"), (2, "confirm", "不合格")):
        decide(store, review_of(store, rows[number]).id, ANN, decision(call, told), then)
    review = review_of(store, rows[2])
    with store.database.writing() as s:
        reviews.appeal(s, review.id, "branch", "不对", (), then)
        version = review_rows.get(s, review.id).version
        reviews.judge(s, review.id, CHIEF, version, decision("overturn", "合格"), True, then)
        new = NewReview(rows[1].id, rows[1].inspection_id or "", then, reason="double")
        double = reviews.open_review(s, new, then).id
    decide(store, double, BOB, decision("overturn", "合格"), then)
    return store


SCOPE = Scope(begin_of(NOW.date().replace(day=1)), begin_of(NOW.date().replace(month=12, day=1)))


def test_measures_count_what_happened(counted: Store) -> None:
    with counted.database.reading() as s:
        figures = {one.measure.id: one for one in statistics.overall(s, SCOPE).figures}
    told = {name: (one.hits, one.of) for name, one in figures.items()}
    assert told["flagged"] == (5, 6)
    assert told["repeated"] == (1, 6)
    assert told["first_pass"] == (2, 3)
    assert told["changed"] == (1, 1)
    assert told["appeal_upheld"] == (1, 1)
    assert told["passed"] == (3, 4)
    assert figures["to_verdict"].value == pytest.approx(40.0, abs=0.01)
    assert figures["review_seconds"].value == pytest.approx((30 + 30 + 60 + 30) / 4)
    assert figures["duration"].value == 60.0


@pytest.mark.parametrize("by", GROUPS)
def test_groups_add_up_and_each_number_has_its_sessions(counted: Store, by: Any) -> None:
    with counted.database.reading() as s:
        whole = {one.measure.id: one for one in statistics.overall(s, SCOPE).figures}
        rows = statistics.grouped(s, SCOPE, by)
        for name, figure in whole.items():
            parts = [one for row in rows for one in row.figures if one.measure.id == name]
            assert sum(one.hits for one in parts) == pytest.approx(figure.hits)
            assert sum(one.of for one in parts) == pytest.approx(figure.of)
        for row in rows:
            inner = Scope(SCOPE.since, SCOPE.until, **{by: row.name or ""})
            for one in row.figures:
                if one.measure.base == "session" and one.measure.unit == "share":
                    assert len(statistics.behind(s, one.measure.id, True, inner).rows) == one.hits
                    assert len(statistics.behind(s, one.measure.id, False, inner).rows) == one.of


def test_periods_add_up(counted: Store) -> None:
    spans = periods(NOW.date().replace(day=1), NOW.date().replace(day=30), "week")
    with counted.database.reading() as s:
        rows = statistics.over_time(s, SCOPE, spans)
        whole = {one.measure.id: one for one in statistics.overall(s, SCOPE).figures}
    assert [row.name for row in rows] == [one.name for one in spans]
    for name in MEASURES:
        parts = [one for row in rows for one in row.figures if one.measure.id == name]
        assert sum(one.hits for one in parts) == pytest.approx(whole[name].hits), name


def test_items_and_people_and_pairs(counted: Store) -> None:
    with counted.database.reading() as s:
        (found,) = item_statistics.items(s, SCOPE)
        who = {one.name: one for one in item_statistics.reviewers(s, SCOPE)}
        together = agreement(s, SCOPE)
        overturned = item_statistics.behind_item(s, "dr_cooling_off", "overturned", SCOPE).rows
    assert (found.item, found.sessions, found.fail) == ("dr_cooling_off", 5, 5)
    assert (found.confirmed, found.overturned) == (1, 3)
    assert found.precision == 0.25
    assert (who["ann"].reviews, who["ann"].judged, who["ann"].changed) == (3, 1, 1)
    assert (who["ann"].confirmed, who["ann"].overturned) == (2, 1)
    assert (together.pairs, together.agreed, together.kappa) == (1, 1, 1.0)
    assert len(overturned) == 2


def test_the_monthly_report_of_a_month_without_anything(store: Store) -> None:
    with store.database.reading() as s:
        report = gather(s, month_of(2026, 2), NOW)
    assert (report.misses.share, report.agreement.kappa, report.seconds_to_verdict) == (None, None, (None, None))
    assert all(one.value is None for one in report.overall.figures)


def test_quantiles_lie_between_their_neighbours(counted: Store) -> None:
    with counted.database.reading() as s:
        assert statistics.quantiles(s, "to_verdict", SCOPE, (0.5, 0.9)) == pytest.approx((40.0, 40.0), abs=0.01)
        assert statistics.quantiles(s, "to_verdict", Scope(NOW, NOW), (0.5,)) == (None,)


def test_periods_have_no_gaps() -> None:
    for by in ("day", "week", "month"):
        spans: tuple[Period, ...] = periods(NOW.date(), NOW.date() + timedelta(days=100), by)
        assert all(first.until == second.since for first, second in pairwise(spans))
        assert spans[0].since == begin_of(NOW.date())
        assert spans[-1].until == begin_of(NOW.date() + timedelta(days=101))
