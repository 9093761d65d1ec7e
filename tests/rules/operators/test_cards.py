"""What cards say against the order, and a clock in the picture that is wrong."""

import pytest

from engine.evidence import ClockReading, Paper, PaperField, Person
from engine.interval import Interval
from tests.rules.operators.measuring import look, scene, sentence, session, told, voices

TALK = voices((0.0, 60.0, "agent"), (60.0, 100.0, "customer"))
AGENT = Person("F1", "agent", 0.9, (Interval(0.0, 100.0),), (), "")
ORDER = {
    "recorded_at": "2026-11-02T10:12:00+08:00",
    "agent": {"name": "李静", "staff_no": "10235", "licence_no": "00000161010000002026000001"},
    "policyholder": {"name": "王秀兰", "id_number": "11010519491231002X"},
}


def shown(*fields, kind="card"):
    card = Paper(Interval(1.0, 4.0), "执业证", "", kind, tuple(PaperField(*one) for one in fields))
    return session(TALK, scene(AGENT, papers=(card,), read=(Interval(0.0, 100.0),)))


@pytest.mark.parametrize(
    ("fields", "order", "state", "code"),
    [
        ([("name", "李静"), ("staff_no", "10235"), ("valid_until", "2028-05-31")], ORDER, "miss", "card_agrees"),
        ([("name", "王秀兰"), ("id_number", "11010519491231002X")], ORDER, "miss", "card_agrees"),
        ([("valid_until", "long-term")], ORDER, "miss", "card_agrees"),
        ([("name", "张三")], ORDER, "hit", "card_differs"),
        ([("id_number", "110105194912310021")], ORDER, "hit", "card_differs"),  # the check digit is wrong
        ([("licence_no", "00000161010000002026000002")], ORDER, "hit", "card_differs"),
        ([("valid_until", "2026-11-01")], ORDER, "hit", "card_differs"),  # the day before the sale
        ([("valid_until", "2026-11-02")], ORDER, "miss", "card_agrees"),
        ([], ORDER, "not_applicable", "card_unread"),
        ([("name", "张三")], {}, "unknown", "order_field_missing"),
    ],
)
def test_a_card_against_the_order(fields, order, state, code):
    assert told(look({"card_facts": {}}, shown(*fields), order)) == (state, code)


def test_what_a_card_says_stays_out_of_the_result():
    outcome = look({"card_facts": {}}, shown(("name", "张三"), ("id_number", "110105194912310021")), ORDER)
    written = sentence(outcome) + repr(outcome.findings) + repr(outcome.concepts)
    assert "张三" not in written
    assert "110105194912310021" not in written
    assert {one.name: one.found for one in outcome.concepts} == {"姓名": False, "校验码": False}


def test_what_the_order_does_not_state_is_a_note():
    outcome = look({"card_facts": {}}, shown(("name", "李静"), ("id_number", "11010519491231002X")),
                   {"agent": {"name": "李静"}})  # fmt: skip
    assert told(outcome) == ("miss", "card_agrees")
    assert [one.code for one in outcome.notes] == ["not_compared"]


def test_cards_that_nobody_looked_for_are_unknown():
    assert look({"card_facts": {}}, session(TALK, scene(AGENT)), ORDER).state == "unknown"


@pytest.mark.parametrize(
    ("readings", "state", "code"),
    [
        ([(0.0, "2026-11-02T10:00:00"), (90.0, "2026-11-02T10:01:30")], "miss", "clock_goes"),
        ([(0.0, "2026-11-02T10:00:00"), (90.0, "2026-11-02T10:09:30")], "hit", "clock_drifts"),
        ([(0.0, "2026-11-02T10:00:00"), (90.0, "2026-11-02T09:59:00")], "hit", "clock_runs_back"),
        ([(0.0, "2026-11-02T10:00:00")], "not_applicable", "clock_missing"),
        ([], "not_applicable", "clock_missing"),
        (None, "unknown", "not_measured"),
    ],
)
def test_a_wrong_clock_is_found_and_a_missing_one_is_none(readings, state, code):
    clocks = None if readings is None else tuple(ClockReading(*one) for one in readings)
    film = session(TALK, scene(AGENT, clocks=clocks))
    assert told(look({"clock_wrong": {"max_drift_s": 5}}, film)) == (state, code)
