"""Quotas: met by what is drawn, fairly, repeatably, and told where they are missed."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from math import ceil

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.duties.data import QuotaPart, duties
from engine.duties.quotas import Sold, coverage, draw, draw_blind, miss_rate, needed, rank

TODAY = date(2026, 11, 10)
SAMPLING = duties().sampling
A, B, REGION = duties().quotas


def sold(number, *, trigger="A", branch="一部", day=date(2026, 11, 5), due=date(2026, 11, 20), **more):
    return Sold(f"P{number:05}", f"{number:032x}", "远山人寿", branch, trigger, None, day, due, **more)


def worked(cases, drawn, on):
    ids = {one.session_id for one in drawn}
    return [replace(one, inspected_on=on) if one.session_id in ids else one for one in cases]


@pytest.mark.parametrize(("quota", "trigger", "share"), [(A, "A", 0.30), (B, "B", 1.0)])
@pytest.mark.parametrize("count", [1, 2, 3, 10, 97])
def test_inspecting_what_is_drawn_meets_the_quota(quota, trigger, share, count) -> None:
    cases = [sold(number, trigger=trigger) for number in range(count)]
    drawn = draw(quota, cases, SAMPLING, TODAY)
    (found,) = coverage(quota, worked(cases, drawn, TODAY), TODAY)
    assert found.done >= ceil(share * count - 1e-9)
    assert found.shortfall == 0
    assert len(drawn) <= ceil(share * (1 + SAMPLING.margin) * count)


def test_each_insurer_branch_and_month_is_counted_by_itself() -> None:
    cases = [sold(n) for n in range(10)] + [sold(n, branch="二部") for n in range(10, 13)]
    cases += [sold(20, day=date(2026, 10, 30))]
    drawn = draw(A, cases, SAMPLING, TODAY)
    assert Counter((one.branch, one.period) for one in drawn) == {
        ("一部", "2026-11"): 4,
        ("二部", "2026-11"): 1,
        ("一部", "2026-10"): 1,
    }


def test_what_people_have_seen_in_full_counts_and_is_not_drawn() -> None:
    cases = [sold(n, inspected_on=TODAY) for n in range(4)] + [sold(n) for n in range(4, 10)]
    assert draw(A, cases, SAMPLING, TODAY) == ()
    seen_late = [replace(one, due=date(2026, 11, 8)) if one.inspected_on else one for one in cases]
    assert len(draw(A, seen_late, SAMPLING, TODAY)) == 4


def test_drawing_again_draws_no_more_until_more_is_sold() -> None:
    cases = [sold(n) for n in range(100)]
    first = {one.key for one in draw(A, cases, SAMPLING, TODAY)}
    waiting = [replace(one, waiting=one.key in first) for one in cases]
    assert draw(A, waiting, SAMPLING, TODAY) == ()
    more = [*waiting, *(sold(n) for n in range(100, 120))]
    assert len(draw(A, more, SAMPLING, TODAY)) == needed(0.30 * 1.05, 120) - len(first)


def test_a_waiting_case_whose_last_day_passed_is_replaced() -> None:
    cases = [sold(n, waiting=True, due=date(2026, 11, 9)) for n in range(4)] + [sold(n) for n in range(4, 10)]
    assert len(draw(A, cases, SAMPLING, TODAY)) == 4
    (found,) = coverage(A, cases, TODAY)
    assert (found.lost, found.waiting, found.shortfall, found.beyond_reach) == (4, 0, 3, 0)


def test_too_late_is_said_to_be_too_late() -> None:
    cases = [sold(n, trigger="B", due=date(2026, 11, 9)) for n in range(3)]
    cases += [sold(3, trigger="B", inspected_on=TODAY)]
    (found,) = coverage(B, cases, TODAY)
    assert (found.sold, found.required, found.done, found.lost, found.shortfall, found.beyond_reach) == (
        4,
        4,
        1,
        3,
        3,
        3,
    )


def test_an_inspection_without_a_known_last_day_proves_nothing_and_says_so() -> None:
    cases = [sold(n, due=None, inspected_on=TODAY) for n in range(10)]
    (found,) = coverage(A, cases, TODAY)
    assert (found.done, found.undated, found.shortfall) == (0, 10, 3)


def test_a_case_recorded_three_times_is_one_case() -> None:
    again = [replace(sold(1), session_id=f"{n:032x}") for n in range(3)]
    (found,) = coverage(B, [replace(one, trigger="B") for one in again], TODAY)
    assert found.sold == 1
    (drawn,) = draw(B, [replace(one, trigger="B") for one in again], SAMPLING, TODAY)
    assert drawn.session_id == again[-1].session_id


def test_a_ratio_that_nobody_stated_is_reported_and_not_invented() -> None:
    cases = [sold(n, trigger="region") for n in range(5)]
    (found,) = coverage(REGION, cases, TODAY)
    assert (found.sold, found.required, found.shortfall) == (5, None, 0)
    assert draw(REGION, cases, SAMPLING, TODAY) == ()


def test_a_quota_may_hold_for_a_region_and_from_a_day() -> None:
    local = QuotaPart(
        id="q_sn", title="陕西", triggers=("region",), min_ratio=0.5, within="qc_due", basis="practice",
        regions=("CN-SN",), valid_from=date(2026, 11, 6),
    )  # fmt: skip
    cases = [
        replace(sold(n, trigger="region"), region=region, sold_on=day)
        for n, (region, day) in enumerate(
            [("CN-SN", date(2026, 11, 7)), ("CN-SN", date(2026, 11, 5)), ("CN-YN", date(2026, 11, 7))]
        )
    ]
    assert [one.key for one in draw(local, cases, SAMPLING, TODAY)] == ["P00000"]


@settings(max_examples=60, deadline=None)
@given(
    states=st.lists(st.sampled_from(["free", "waiting", "seen", "late", "over", "running"]), max_size=60),
    ratio=st.sampled_from([0.0, 0.3, 0.5, 1.0]),
)
def test_the_quota_is_met_wherever_it_can_be(states, ratio) -> None:
    quota = A.model_copy(update={"min_ratio": ratio})
    soon, past = TODAY + timedelta(days=3), TODAY - timedelta(days=1)
    made = {
        "free": {}, "waiting": {"waiting": True}, "seen": {"inspected_on": TODAY},
        "late": {"inspected_on": TODAY, "due": past}, "over": {"due": past}, "running": {"judged": False},
    }  # fmt: skip
    cases = [sold(n, **{"due": soon, **made[state]}) for n, state in enumerate(states)]
    drawn = draw(quota, cases, SAMPLING, TODAY)
    assert len({one.key for one in drawn}) == len(drawn)
    assert all(states[int(one.key[1:])] == "free" for one in drawn)
    done = worked(cases, [*drawn, *(one for one in cases if one.waiting)], TODAY)
    for found in coverage(quota, done, TODAY):
        possible = sum(state in ("free", "waiting", "seen") for state in states)
        assert found.done >= min(found.required or 0, possible)


def test_the_draw_is_even_over_cases_and_independent_of_their_order() -> None:
    cases = [sold(n) for n in range(3000)]
    drawn = draw(A, cases, SAMPLING, TODAY)
    assert drawn == draw(A, cases[::-1], SAMPLING, TODAY)
    thirds = Counter(int(one.key[1:]) // 1000 for one in drawn)
    assert all(270 <= thirds[part] <= 360 for part in range(3)), thirds
    other = draw(A, cases, SAMPLING.model_copy(update={"seed": "another"}), TODAY)
    assert {one.key for one in other} != {one.key for one in drawn}
    assert rank("s", "q", "a") != rank("s", "q", "b")


def test_blind_samples_are_of_clear_sessions_alone_at_their_rate() -> None:
    clear = [sold(n, clear=True) for n in range(20_000)]
    flagged = [sold(n) for n in range(20_000, 30_000)]
    chosen = draw_blind([*clear, *flagged], SAMPLING)
    assert all(one.clear for one in chosen)
    assert 300 <= len(chosen) <= 500
    assert set(draw_blind(clear[:1000], SAMPLING)) == {one for one in chosen if int(one.key[1:]) < 1000}


def test_the_miss_rate_comes_with_its_doubt() -> None:
    found = miss_rate(200, 3)
    assert found.share == 0.015
    assert found.low is not None
    assert found.high is not None
    assert 0.004 < found.low < 0.006
    assert 0.04 < found.high < 0.05
    assert miss_rate(0, 0).share is None
    assert miss_rate(10, 0).low == 0.0
