"""Tickets: where one stands after what happened."""

from datetime import UTC, date, datetime

import pytest

from engine.duties.data import duties
from engine.duties.tickets import Happened, call_event, events_open, standing, titles
from engine.errors import MingjianError
from engine.inspection import Outcome
from engine.order import Order

FOUND = datetime(2026, 11, 2, 10, tzinfo=UTC)
ORDER = Order.model_validate({"receipt_signed_at": "2026-11-02", "products": [{"cooling_off_days": 15}]})


def happened(*events):
    return [
        Happened(f"e{number}", event, datetime(2026, 11, day, 2, tzinfo=UTC), voids=voids)
        for number, (day, event, *rest) in enumerate(events)
        for voids in [rest[0] if rest else None]
    ]


@pytest.mark.parametrize(
    ("kind", "events", "state", "due", "basis"),
    [
        ("rectify", [], "open", "2026-11-23", "R54-10"),
        ("rectify", [(5, "rerecorded")], "rerecorded", "2026-11-23", "R54-10"),
        ("rectify", [(5, "rerecorded"), (6, "rejected")], "open", "2026-11-23", "R54-10"),
        ("missell", [(3, "contacted")], "settling", "2026-11-23", "RSVC-18"),
        ("verify", [], "open", "2026-11-09", "practice"),
        ("callback", [], "due", "2026-11-17", "RSVC-15"),
        ("callback", [(4, "no_answer")], "calling", "2026-11-17", "RSVC-15"),
        ("callback", [(4, "wrong_number")], "verify", "2026-11-11", "practice"),
        ("callback", [(4, "explain"), (6, "handed_back")], "explained", "2026-11-17", "RSVC-15"),
        ("callback", [(4, "misled")], "misled", "2026-11-25", "RSVC-18"),
        ("callback", [(4, "incomplete")], "calling", "2026-11-17", "RSVC-15"),
    ],
)
def test_state_and_last_day_follow_from_what_happened(kind, events, state, due, basis) -> None:
    found = standing(kind, happened(*events), ORDER, FOUND)
    assert (found.state, found.due, found.basis) == (state, date.fromisoformat(due), basis)
    assert f"{kind}.{state}" in titles()


def test_a_closed_ticket_is_due_no_more() -> None:
    found = standing("rectify", happened((5, "rerecorded"), (6, "accepted")), ORDER, FOUND)
    assert (found.closed, found.due_at) == (True, None)


def test_an_event_that_was_taken_back_never_happened() -> None:
    events = happened((4, "misled"), (5, "void", "e0"), (6, "standard"))
    assert standing("callback", events, ORDER, FOUND).closed
    with pytest.raises(MingjianError):
        standing("callback", happened((4, "misled"), (6, "standard")), ORDER, FOUND)


@pytest.mark.parametrize(("kind", "event"), [("rectify", "settled"), ("callback", "settled"), ("verify", "nonsense")])
def test_what_cannot_happen_is_refused(kind, event) -> None:
    with pytest.raises(MingjianError) as caught:
        standing(kind, happened((5, event)), ORDER, FOUND)
    assert caught.value.code in ("ticket_event", "callback_event")


@pytest.mark.parametrize("kind", ["callback", "rectify", "missell", "verify"])
def test_what_is_offered_can_happen(kind) -> None:
    for event in events_open(kind, standing(kind, [], ORDER, FOUND).state):
        standing(kind, happened((5, event)), ORDER, FOUND)


def test_mis_selling_is_no_business_of_sales() -> None:
    assert standing("missell", [], ORDER, FOUND).non_sales
    assert standing("callback", happened((4, "misled")), ORDER, FOUND).non_sales
    assert not standing("rectify", [], ORDER, FOUND).non_sales


@pytest.mark.parametrize(
    ("outcome", "event"),
    [
        (Outcome("标准件"), "standard"),
        (Outcome("问题件", "疑似误导"), "misled"),
        (Outcome("核实件", "虚假电话"), "wrong_number"),
        (Outcome("问题件", "回访要素缺失"), "incomplete"),
        (Outcome("核实件", "需人工复核"), None),
        (Outcome("核实件", "无法质检"), None),
    ],
)
def test_the_outcome_of_a_call_moves_its_call_back(outcome, event) -> None:
    assert call_event(outcome) == event


def test_every_outcome_leads_to_an_event_of_the_first_call() -> None:
    first = set(events_open("callback", "due"))
    assert {part.event for part in duties().callbacks.events} <= first


def test_a_call_back_without_a_signed_receipt_names_what_is_missing() -> None:
    found = standing("callback", [], Order(), FOUND)
    assert (found.due, found.missing) == (None, ("receipt_signed_at/cooling_off_days",))
