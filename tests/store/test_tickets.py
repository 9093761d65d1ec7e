"""Tickets in the store: opened once, moved, told of when due, listed."""

from datetime import UTC, datetime, timedelta

import pytest

from engine.errors import MingjianError
from engine.store import events, policies, tickets
from engine.store.policies import PolicyDates
from engine.store.tickets import NewEvent, NewTicket, TicketFilters
from tests.store.duties import inspected

NOW = datetime(2026, 11, 4, 2, tzinfo=UTC)


def opened(database, kind="rectify", now=NOW, **fields):
    with database.writing() as s:
        return tickets.open_ticket(s, NewTicket(kind, **fields), now)


def happens(database, ticket, event, now, **fields):
    with database.writing() as s:
        return tickets.add_event(s, ticket.id, NewEvent(event, "li", now, **fields), now)


def told(database, kind=tickets.DUE):
    with database.reading() as s:
        return [one.data for one in events.after(s, 0) if one.kind == kind]


def test_a_ticket_takes_its_clock_from_what_it_is_about(store, tmp_path) -> None:
    session = inspected(store, tmp_path, NOW)
    found = opened(store.database, session_id=session.id)
    assert (found.policy_no, found.branch, found.state, found.basis) == ("P1", "西安分公司", "open", "R54-10")
    assert found.due_at == datetime(2026, 11, 25, 15, 59, 59, tzinfo=UTC)
    again = opened(store.database, session_id=session.id)
    assert again.id == found.id
    call = opened(store.database, "callback", session_id=session.id)
    assert call.due_at == datetime(2026, 11, 18, 15, 59, 59, tzinfo=UTC)
    assert call.not_before == datetime(2026, 11, 3, 16, tzinfo=UTC)  # the day after the receipt, in China


def test_a_ticket_lives_and_closes(database) -> None:
    ticket = opened(database, policy_no="P9")
    again = NOW + timedelta(days=1)
    assert happens(database, ticket, "rerecorded", again).state == "rerecorded"
    closed = happens(database, ticket, "accepted", again)
    assert (closed.state, closed.closed_at, closed.due_at) == ("closed", again, None)
    assert opened(database, policy_no="P9", now=again).id != ticket.id
    with database.reading() as s:
        assert [one.event for one in tickets.history(s, ticket.id)] == ["rerecorded", "accepted"]


def test_what_cannot_happen_changes_nothing(database) -> None:
    ticket = opened(database, policy_no="P9")
    with pytest.raises(MingjianError) as caught:
        happens(database, ticket, "accepted", NOW)
    assert caught.value.code == "ticket_event"
    with database.reading() as s:
        assert tickets.history(s, ticket.id) == ()


def test_a_late_step_needs_a_written_reason(database) -> None:
    ticket = opened(database, "verify", policy_no="P9")
    late = NOW + timedelta(days=9)
    with pytest.raises(MingjianError) as caught:
        happens(database, ticket, "handed_back", late, overdue_reason="  ")
    assert caught.value.code == "overdue_reason_missing"
    found = happens(database, ticket, "handed_back", late, overdue_reason="客户出差")
    assert (found.state, found.overdue_reason) == ("handed_back", "客户出差")


def test_an_event_can_be_taken_back(database) -> None:
    ticket = opened(database, "missell", policy_no="P9")
    happens(database, ticket, "unfounded", NOW)
    with database.reading() as s:
        (made,) = tickets.history(s, ticket.id)
    assert happens(database, ticket, "void", NOW + timedelta(hours=1), voids=made.id).closed_at is None
    with pytest.raises(MingjianError):
        happens(database, ticket, "void", NOW, voids="0" * 32)


def test_people_are_told_before_and_at_the_last_day_once_each(database) -> None:
    ticket = opened(database, "verify", policy_no="P9")
    assert ticket.due_at is not None
    seen = []
    for days in (0, 3.5, 5, 6, 7.6, 8, 9):
        now = NOW + timedelta(days=days)
        with database.writing() as s:
            seen.append((days, tickets.tell_due(s, now)))
    assert [days for days, count in seen if count] == [5, 7.6]
    assert [one["overdue"] for one in told(database)] == [False, True]
    assert {one["ticket_id"] for one in told(database)} == {ticket.id}


def test_a_new_last_day_is_told_anew(database) -> None:
    ticket = opened(database, "callback", policy_no="P9")
    assert ticket.due_at is None
    for receipt in ("2026-11-03", "2026-11-05"):
        with database.writing() as s:
            told_dates = PolicyDates("P9", receipt_signed_at=datetime.fromisoformat(f"{receipt}T01:00:00+00:00"))
            policies.tell(s, told_dates, NOW)
            tickets.refresh(s, "P9", NOW)
        with database.reading() as s:
            assert tickets.get(s, ticket.id).due_at is None  # nobody told how many days there are
    with database.writing() as s:
        assert tickets.tell_due(s, NOW + timedelta(days=60)) == 0


def test_dates_that_come_later_start_the_clocks(store, tmp_path) -> None:
    order = {"receipt_signed_at": None, "issued_at": None}
    session = inspected(store, tmp_path, NOW, **order)
    call = opened(store.database, "callback", session_id=session.id)
    assert (call.due_at, session.due_known) == (None, False)
    with store.database.writing() as s:
        policies.tell(s, PolicyDates("P1", receipt_signed_at=datetime(2026, 11, 6, 1, tzinfo=UTC), told_by="核心"), NOW)
        tickets.refresh(s, "P1", NOW)
    with store.database.reading() as s:
        after = policies.session_of(s, session.id)
        assert tickets.get(s, call.id).due_at == datetime(2026, 11, 21, 15, 59, 59, tzinfo=UTC)
        assert after is not None
        assert after.order.receipt_signed_at == datetime(2026, 11, 6, 1, tzinfo=UTC)


def listed(database, now=NOW, limit=2, **filters):
    found, cursor = [], None
    while True:
        with database.reading() as s:
            page = tickets.page(s, TicketFilters(**filters), now, cursor, limit)
        found += [one.policy_no for one in page.rows]
        if page.cursor is None:
            return found
        cursor = page.cursor


def test_lists_page_without_gaps_in_both_orders(database) -> None:
    for number in range(5):
        now = NOW + timedelta(hours=number)
        opened(
            database, "verify" if number % 2 else "rectify", policy_no=f"P{number}", branch=f"b{number % 2}", now=now
        )
    opened(database, "callback", policy_no="P5", now=NOW + timedelta(hours=5))
    assert listed(database) == ["P5", "P4", "P3", "P2", "P1", "P0"]
    assert listed(database, open_=True) == ["P1", "P3", "P0", "P2", "P4", "P5"]  # what has no last day comes last
    assert listed(database, kind="verify") == ["P3", "P1"]
    assert listed(database, branch="b0", open_=True) == ["P0", "P2", "P4"]
    assert listed(database, overdue=True, now=NOW + timedelta(days=10)) == ["P1", "P3"]
    assert listed(database, open_=False) == []
    with pytest.raises(MingjianError), database.reading() as s:
        tickets.page(s, TicketFilters(), NOW, "bm9uc2Vuc2U")
