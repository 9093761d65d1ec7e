"""Committing a result: all of it in one transaction, once."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from engine.store import events, inspections, jobs, search, sessions
from engine.store.filters import SessionFilters
from engine.store.jobs import Lease, NewJob, StaleLease
from engine.store.store import Store
from tests.store import inspected

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


def begun(store: Store, folder: Path) -> tuple[str, Lease]:
    new = inspected.new_session(store, folder, NOW)
    with store.database.writing() as s:
        session = sessions.create(s, new, NOW)
        held = jobs.lease(s, "w1", NOW, 60.0)
    assert held is not None
    return session.id, held


def test_a_result_shows_wherever_it_is_looked_for(store: Store, tmp_path: Path) -> None:
    session_id, held = begun(store, tmp_path)
    found = inspected.inspection(items=(inspected.item(), inspected.item("dr_truthful", "pass", title="如实告知")))
    brought = inspected.outcome(store, tmp_path, NOW, found)
    with store.database.writing() as s:
        assert inspections.commit(s, held, brought, NOW) == 1
    with store.database.reading() as s:
        session = sessions.get(s, session_id)
        newest = inspections.newest(s, session_id)
        findings = {one.item: one for one in inspections.findings(s, session_id)}
        lines = inspections.lines(s, session_id)
        told = events.kinds(events.after(s, 0))
        job = jobs.get(s, held.job_id)
    assert session is not None
    assert newest is not None
    assert job is not None
    assert (session.state, session.verdict, session.outcome, session.score) == ("inspected", "flagged", "问题件", 75.0)
    assert session.inspection_id == newest.id
    assert (findings["dr_cooling_off"].flags, findings["dr_truthful"].flags) == (True, False)
    assert tuple(line.text for line in lines) == inspected.LINES
    assert told == ("queued", "review.opened", "inspected")
    assert job.state == "done"


def test_the_same_lease_brings_a_result_once(store: Store, tmp_path: Path) -> None:
    session_id, held = begun(store, tmp_path)
    brought = inspected.outcome(store, tmp_path, NOW, inspected.inspection())
    for _ in range(2):
        with store.database.writing() as s:
            assert inspections.commit(s, held, brought, NOW) == 1
    with store.database.reading() as s:
        assert len(inspections.versions(s, session_id)) == 1
        assert events.kinds(events.after(s, 0)).count("inspected") == 1


def test_a_late_worker_is_refused_and_leaves_no_trace(store: Store, tmp_path: Path) -> None:
    session_id, late = begun(store, tmp_path)
    brought = inspected.outcome(store, tmp_path, NOW, inspected.inspection())
    later = NOW + timedelta(hours=1)
    with store.database.writing() as s:
        jobs.reap(s, later)
        assert jobs.lease(s, "w2", later + timedelta(hours=1), 60.0) is not None
    with pytest.raises(StaleLease), store.database.writing() as s:
        inspections.commit(s, late, brought, later)
    with store.database.reading() as s:
        assert inspections.newest(s, session_id) is None
        assert inspections.lines(s, session_id) == ()


def committed(store: Store, folder: Path, held: Lease, now: datetime = NOW, **found: object) -> int:
    brought = inspected.outcome(store, folder, now, inspected.inspection(**found))  # type: ignore[arg-type]
    with store.database.writing() as s:
        return inspections.commit(s, held, brought, now)


def again(store: Store, session_id: str, salt: str) -> Lease:
    with store.database.writing() as s:
        jobs.enqueue(s, NewJob(session_id, "rejudge", {}, NOW, salt), NOW)
        held = jobs.lease(s, "w1", NOW, 60.0)
    assert held is not None
    return held


def reviews_of(store: Store, session_id: str) -> list[tuple[str, str, int]]:
    with store.database.reading() as s:
        query = "SELECT state, reason, severity FROM review WHERE session_id = :id ORDER BY created_at, id"
        return [tuple(row) for row in s.execute(text(query), {"id": session_id})]  # type: ignore[misc]


def test_a_further_inspection_is_a_further_version_and_the_first_one_stays(store: Store, tmp_path: Path) -> None:
    session_id, held = begun(store, tmp_path)
    committed(store, tmp_path, held, items=(inspected.item(),))
    assert committed(store, tmp_path, again(store, session_id, "1"), lines=("都说清楚了。",), content="e" * 64) == 2
    with store.database.reading() as s:
        assert [one.version for one in inspections.versions(s, session_id)] == [1, 2]
        first = inspections.get(s, session_id, 1)
        assert first is not None
        assert first.verdict == "flagged"
        assert inspections.by_id(s, first.id) == first
        assert inspections.files(s, first.id).keys() == {"report.html"}
        assert inspections.findings(s, session_id) == ()
        assert [line.text for line in inspections.lines(s, session_id)] == ["都说清楚了。"]
        assert search.find(s, "犹豫期", SessionFilters()).found == ()
        assert len(search.find(s, "清楚", SessionFilters()).found) == 1


@pytest.mark.parametrize(
    ("found", "wanted"),
    [
        ({}, []),
        ({"items": (inspected.item(),)}, [("open", "flagged", 0)]),
        ({"items": (inspected.item(severity="high"),)}, [("open", "flagged", 1)]),
        ({"items": (inspected.item(severity="low"),), "flagging": ()}, []),
        ({"verdict": "unusable"}, [("open", "flagged", 0)]),
    ],
)
def test_a_review_is_opened_when_a_person_is_needed(
    store: Store, tmp_path: Path, found: dict[str, object], wanted: list[tuple[str, str, int]]
) -> None:
    session_id, held = begun(store, tmp_path)
    committed(store, tmp_path, held, **found)
    assert reviews_of(store, session_id) == wanted


def test_a_new_inspection_takes_the_place_of_an_open_review_unless_it_is_the_same(store: Store, tmp_path: Path) -> None:
    session_id, held = begun(store, tmp_path)
    committed(store, tmp_path, held, items=(inspected.item(),))
    committed(store, tmp_path, again(store, session_id, "1"), items=(inspected.item(),))
    assert [one[0] for one in reviews_of(store, session_id)] == ["open"]
    committed(
        store, tmp_path, again(store, session_id, "2"), items=(inspected.item(severity="high"),), content="e" * 64
    )
    assert sorted(one[0] for one in reviews_of(store, session_id)) == ["open", "void"]
    committed(store, tmp_path, again(store, session_id, "3"), content="f" * 64)
    assert [one[0] for one in reviews_of(store, session_id)] == ["void", "void"]


def test_a_commit_that_breaks_off_leaves_nothing(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    session_id, held = begun(store, tmp_path)

    def broken(*_: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as changed:
        changed.setattr("engine.store.opening.after_inspection", broken)
        with pytest.raises(RuntimeError):
            committed(store, tmp_path, held, items=(inspected.item(),))
    with store.database.reading() as s:
        session, job = sessions.get(s, session_id), jobs.get(s, held.job_id)
        assert session is not None
        assert job is not None
        assert (session.state, session.verdict, job.state) == ("running", None, "leased")
        assert inspections.versions(s, session_id) == ()
        assert search.find(s, "犹豫期", SessionFilters()).found == ()
    assert committed(store, tmp_path, held) == 1


def test_the_day_of_the_recording_is_the_containers_where_the_order_is_silent(store: Store, tmp_path: Path) -> None:
    new = inspected.new_session(store, tmp_path, NOW, recorded_at=None, channel="agency", region="CN-SN")
    with store.database.writing() as s:
        session = sessions.create(s, new, NOW)
        held = jobs.lease(s, "w1", NOW, 60.0)
    assert held is not None
    assert (session.recorded_at, session.trigger) == (None, "none")
    committed(store, tmp_path, held, recorded_at="2026-11-02T02:12:00+00:00")
    with store.database.reading() as s:
        found = sessions.get(s, session.id)
    assert found is not None
    assert (found.recorded_at, found.trigger) == (datetime(2026, 11, 2, 2, 12, tzinfo=UTC), "region")


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE inspection SET verdict = 'clear'",
        "UPDATE inspection_file SET path = 'x'",
    ],
)
def test_what_the_machine_found_cannot_be_changed(store: Store, tmp_path: Path, change: str) -> None:
    _, held = begun(store, tmp_path)
    committed(store, tmp_path, held, items=(inspected.item(),))
    with pytest.raises(DBAPIError), store.database.writing() as s:
        s.execute(text(change))


def test_a_session_that_is_removed_takes_everything_along(store: Store, tmp_path: Path) -> None:
    session_id, held = begun(store, tmp_path)
    committed(store, tmp_path, held, items=(inspected.item(),))
    with store.database.writing() as s:
        s.execute(text("DELETE FROM session WHERE id = :id"), {"id": session_id})
    with store.database.reading() as s:
        for table in ("part", "person_key", "job", "inspection", "inspection_file", "finding", "line", "review"):
            assert s.execute(text(f"SELECT count(*) FROM {table}")).scalar() == 0, table  # noqa: S608
        assert search.find(s, "犹豫期", SessionFilters()).found == ()
    assert store.collect_garbage(NOW + timedelta(days=9)) == 3
