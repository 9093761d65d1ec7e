"""Keeping and removing: never before the time, never by one person, never what another session needs."""

from datetime import UTC, datetime, timedelta

import pytest

from engine.errors import MingjianError
from engine.store import audit, keeping, policies, sessions
from engine.store.policies import PolicyDates
from tests.store.duties import inspected

NOW = datetime(2026, 11, 4, 2, tzinfo=UTC)
ENDED = datetime(2026, 12, 31, tzinfo=UTC)
FREE = datetime(2037, 1, 2, tzinfo=UTC)
"""Ten years after the end of the contract, and a day."""


@pytest.fixture
def session(store, tmp_path):
    made = inspected(store, tmp_path, NOW)
    with store.database.writing() as s:
        policies.tell(s, PolicyDates("P1", contract_ended_at=ENDED, told_by="核心"), NOW)
    return made


def asked(store, session, by="zhang", now=FREE):
    with store.database.writing() as s:
        return keeping.request_purge(s, session.id, by, "到期", now)


def approved(store, purge, by, now=FREE):
    with store.database.writing() as s:
        return keeping.approve_purge(s, purge.id, by, now)


def refused_with(code, work, *arguments, **named) -> None:
    with pytest.raises(MingjianError) as caught:
        work(*arguments, **named)
    assert caught.value.code == code


def test_two_people_remove_a_session_and_the_log_says_so(store, session) -> None:
    files = [part.blob for part in parts(store, session)]
    purge = asked(store, session)
    refused_with("purge_needs_second", approved, store, purge, "zhang")
    assert approved(store, purge, "wang").state == "done"
    with store.database.reading() as s:
        assert sessions.get(s, session.id) is None
        (line,) = audit.page(s, audit.AuditFilters(action="session.purge")).rows
        assert (line.actor, line.object) == ("wang", session.id)
        assert line.detail["requested_by"] == "zhang"
        assert line.detail["files"] == files
        assert audit.verify(s).ok
        assert [one.state for one in keeping.purges(s, None).rows] == ["done"]
    store.collect_garbage(FREE + timedelta(days=400))
    assert not any(store.blobs.exists(one) for one in files)
    refused_with("purge_state", approved, store, purge, "li")


def parts(store, session):
    with store.database.reading() as s:
        return sessions.parts(s, session.id)


def test_a_file_stays_while_another_session_holds_it(store, session, tmp_path) -> None:
    other = inspected(store, tmp_path, NOW, policy_no="P2", policyholder={"id_number": "E1"})
    (part,) = parts(store, session)
    assert parts(store, other)[0].blob == part.blob
    approved(store, asked(store, session), "wang")
    store.collect_garbage(FREE + timedelta(days=400))
    assert store.blobs.exists(part.blob)


def test_nothing_goes_while_the_end_of_the_contract_is_unknown(store, tmp_path) -> None:
    made = inspected(store, tmp_path, NOW)
    refused_with("purge_refused", asked, store, made, now=datetime(2100, 1, 1, tzinfo=UTC))


def test_nothing_goes_before_its_time(store, session) -> None:
    refused_with("purge_refused", asked, store, session, now=FREE - timedelta(days=3))


def test_a_hold_placed_after_the_request_stops_the_removal(store, session) -> None:
    purge = asked(store, session)
    with store.database.writing() as s:
        hold = keeping.place_hold(s, session.id, "投诉 2037-001", "legal", FREE)
    refused_with("purge_refused", approved, store, purge, "wang")
    with store.database.writing() as s:
        ended = keeping.end_dispute(s, hold.id, FREE)
    assert ended.ends_after is not None
    assert ended.ends_after.date().isoformat() == "2039-01-02"
    refused_with("purge_refused", approved, store, purge, "wang", now=FREE + timedelta(days=700))
    assert approved(store, purge, "wang", now=FREE + timedelta(days=740)).state == "done"
    with store.database.writing() as s, pytest.raises(MingjianError):
        keeping.end_dispute(s, hold.id, FREE)


def test_what_may_go_is_listed_without_what_is_held(store, session, tmp_path) -> None:
    held = inspected(store, tmp_path, NOW, content=b"other", policy_no="P2", contract_ended_at="2020-01-01")
    unknown = inspected(store, tmp_path, NOW, content=b"third", policy_no="P3")
    with store.database.writing() as s:
        keeping.place_hold(s, held.id, "诉讼", "legal", NOW)
    with store.database.reading() as s:
        found = keeping.candidates(s, FREE, None, 10)
        assert [one.session_id for one in found.rows] == [session.id]
        assert keeping.candidates(s, NOW, None, 10).rows == ()
        assert [one.code for one in keeping.what_stands_against(s, unknown.id, FREE)] == ["contract_end_unknown"]


def test_a_request_is_made_once_and_can_be_refused(store, session) -> None:
    purge = asked(store, session)
    assert asked(store, session, by="li").id == purge.id
    with store.database.writing() as s:
        assert keeping.refuse_purge(s, purge.id, "li", "还要用", FREE).state == "refused"
    refused_with("purge_state", approved, store, purge, "wang")
    assert asked(store, session).id != purge.id


def test_all_holds_are_listed_while_they_hold(store, session) -> None:
    with store.database.writing() as s:
        first = keeping.place_hold(s, session.id, "投诉", "legal", NOW)
        second = keeping.place_hold(s, session.id, "诉讼", "legal", NOW)
        keeping.end_dispute(s, first.id, NOW)
    with store.database.reading() as s:
        page = keeping.all_holds(s, NOW, limit=1)
        rest = keeping.all_holds(s, NOW, limit=1, cursor=page.cursor)
        assert {one.hold.id for one in (*page.rows, *rest.rows)} == {first.id, second.id}
        assert (page.rows[0].policy_no, rest.cursor) == ("P1", None)
        assert [one.hold.id for one in keeping.all_holds(s, FREE).rows] == [second.id]
        assert len(keeping.all_holds(s, FREE, standing=False).rows) == 2
