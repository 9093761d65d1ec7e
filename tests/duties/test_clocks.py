"""Deadlines: by clause, region and date of sale; what is not known is named."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.duties.clocks import after, deadline, long_cover
from engine.duties.data import DutiesPart, duties
from engine.duties.days import civil_day, end_of
from engine.duties.of_order import duties_of
from engine.duties.retention import Held, hold_ends, kept_until, obstacles
from engine.errors import MingjianError
from engine.order import Order
from engine.rules.deadlines import calendar

LIFE = {"cover": {"kind": "whole_life"}, "cooling_off_days": 15}


def order(**fields):
    return Order.model_validate({"products": [LIFE], **fields})


@pytest.mark.parametrize(
    ("clock", "moments", "last"),
    [
        ("qc_due", {"receipt_signed_at": "2026-11-02T09:00:00+08:00"}, "2026-11-17"),
        ("qc_due", {"issued_at": "2026-11-02T09:00:00+08:00"}, "2026-11-17"),
        ("qc_due", {"issued_at": "2026-10-20", "receipt_signed_at": "2026-11-02"}, "2026-11-17"),
        ("callback_due", {"receipt_signed_at": "2026-11-02T20:00:00+00:00"}, "2026-11-18"),  # the 3rd in China
        ("callback_due", {"issued_at": "2026-11-02"}, None),
        ("purge_after", {"contract_ended_at": "2028-02-29"}, "2038-02-28"),
        ("suitability", {"contract_ended_at": "2028-02-29"}, "2033-02-28"),
    ],
)
def test_a_clock_starts_at_the_first_date_that_is_known(clock, moments, last) -> None:
    found = deadline(clock, order(**moments))
    assert (found.day.isoformat() if found.day else None) == last
    assert bool(found.missing) is (last is None)


def test_fifteen_working_days_pass_over_the_holidays_of_october() -> None:
    found = deadline("rectify_due", Order(), {"found_at": datetime(2026, 9, 24, 10, tzinfo=UTC)})
    # off: 25-27 September, 1-7 October and the weekends; 10 October is worked
    assert (found.day, found.basis, found.assumed) == (date(2026, 10, 22), "R54-10", ())


def test_years_whose_holidays_are_unknown_are_named() -> None:
    found = deadline("missell_due", Order(), {"found_at": datetime(2031, 12, 25, tzinfo=UTC)})
    assert found.day is not None
    assert found.assumed == (2031, 2032)


def test_the_shortest_cooling_off_period_of_all_products_counts() -> None:
    two = Order.model_validate(
        {"receipt_signed_at": "2026-11-02", "products": [{"cooling_off_days": 20}, {"cooling_off_days": 10}]}
    )
    assert deadline("qc_due", two).day == date(2026, 11, 12)


def test_without_dates_the_queue_still_has_a_cautious_day() -> None:
    received = datetime(2026, 11, 2, 10, tzinfo=UTC)
    found = duties_of(Order())
    assert found.qc_due_at is None
    assert {"receipt_signed_at/issued_at", "cooling_off_days", "contract_ended_at"} <= set(found.missing)
    assert found.review_due_at(received) == end_of(date(2026, 11, 12))
    known = duties_of(order(receipt_signed_at="2026-11-02"))
    assert known.review_due_at(received) == known.qc_due_at == end_of(date(2026, 11, 17))


@pytest.mark.parametrize(
    ("fields", "trigger"),
    [
        ({"channel": "bank"}, "A"),
        ({"channel": "agency"}, "none"),
        ({"channel": "agency", "policyholder": {"birth_date": "1960-01-01"}}, "B"),
        ({"channel": "agency", "region": "CN-SN", "recorded_at": "2025-07-01"}, "region"),
        ({"channel": "agency", "region": "CN-SN", "recorded_at": "2025-06-30"}, "none"),
    ],
)
def test_why_a_sale_is_recorded_hangs_on_channel_age_region_and_date(fields, trigger) -> None:
    given_order = order(**{"recorded_at": "2026-11-02T10:00:00+08:00", **fields})
    assert duties_of(given_order).trigger == trigger


def with_clock(**row):
    data = duties().model_dump(by_alias=True)
    data["clocks"] = [*data["clocks"], row]
    return DutiesPart.model_validate(data)


def test_a_region_may_have_a_clock_of_its_own_from_a_day_on() -> None:
    row = {"id": "rectify_due", "start": ["found_at"], "length": 10, "unit": "working_day", "basis": "practice"}
    rules = with_clock(**row, regions=["CN-YN"], valid_from=date(2026, 1, 1))
    found_at = {"found_at": datetime(2026, 11, 2, tzinfo=UTC)}

    def last(**fields):
        return deadline("rectify_due", order(**fields), found_at, data=rules).day

    assert last(region="CN-YN", recorded_at="2026-10-01") == date(2026, 11, 16)
    assert last(region="CN-YN", recorded_at="2025-10-01") == date(2026, 11, 23)
    assert last(region="CN-SN", recorded_at="2026-10-01") == date(2026, 11, 23)


@given(start=st.dates(date(2024, 1, 1), date(2026, 10, 1)), length=st.integers(1, 40))
def test_working_days_end_on_a_working_day_with_so_many_between(start, length) -> None:
    last = after(start, length, "working_day").day
    between = [start + timedelta(days=n) for n in range(1, (last - start).days + 1)]
    assert calendar().works(last)
    assert sum(map(calendar().works, between)) == length


@given(start=st.dates(date(2000, 1, 1), date(2090, 1, 1)), months=st.integers(0, 240))
def test_months_keep_the_day_or_end_the_month(start, months) -> None:
    last = after(start, months, "month").day
    assert last.day == start.day or ((last + timedelta(days=1)).day == 1 and last.day < start.day)
    assert (last.year - start.year) * 12 + last.month - start.month == months


# ------------------------------------------------------------------ keeping


@pytest.mark.parametrize(
    ("products", "sold", "last"),
    [
        ([{"cover_years": 1}], "2025-05-01", "2033-01-10"),  # a year or less: five years
        ([{"cover_years": 1}], "2026-05-01", "2033-01-10"),  # suitability asks for five too
        ([{"cover_years": 20}], "2026-05-01", "2038-01-10"),
        ([{"cover_years": 1}, {"cover": {"kind": "to_age", "value": 70}}], "2026-05-01", "2038-01-10"),
        ([], "2026-05-01", "2038-01-10"),  # not known: the longer rule
    ],
)
def test_files_are_kept_by_the_longest_rule(products, sold, last) -> None:
    found = kept_until(
        Order.model_validate({"products": products, "recorded_at": sold, "contract_ended_at": "2028-01-10"})
    )
    assert found.day == date.fromisoformat(last)


def test_nothing_goes_while_the_end_of_the_contract_is_unknown() -> None:
    found = obstacles(order(), (), datetime(2200, 1, 1, tzinfo=UTC))
    assert [one.code for one in found] == ["contract_end_unknown"]


def test_a_dispute_holds_the_file_until_two_years_after_its_end() -> None:
    ended = order(contract_ended_at="2010-01-01T00:00:00+08:00")
    now = datetime(2026, 6, 1, tzinfo=UTC)
    assert obstacles(ended, (), now) == ()
    assert [one.code for one in obstacles(ended, (Held("投诉"),), now)] == ["held"]
    dispute_ended = datetime(2024, 12, 1, tzinfo=UTC)
    held = Held("诉讼", dispute_ended, hold_ends(dispute_ended))
    assert [one.code for one in obstacles(ended, (held,), now)] == ["held_after"]
    assert obstacles(ended, (held,), datetime(2026, 12, 2, tzinfo=UTC)) == ()


@pytest.mark.parametrize("day", ["2026-12-31", "2027-01-10"])
def test_the_last_day_of_keeping_is_kept(day) -> None:
    ended = Order.model_validate(
        {"products": [{"cover_years": 1}], "recorded_at": "2020-01-01", "contract_ended_at": "2022-01-10"}
    )
    assert obstacles(ended, (), end_of(date.fromisoformat(day))) != ()
    assert obstacles(ended, (), end_of(date(2027, 1, 11))) == ()


def test_cover_to_an_age_or_for_life_is_long() -> None:
    assert long_cover(order())
    assert not long_cover(Order.model_validate({"products": [{"cover_years": 1}]}))
    assert civil_day(datetime(2026, 11, 2, 16, tzinfo=UTC)) == date(2026, 11, 3)


def test_every_fault_of_the_file_is_told_at_once(tmp_path) -> None:
    text = (
        (duties.__wrapped__.__defaults__ or ())[0]
        .read_text(encoding="utf-8")
        .replace("length: 15, unit: working_day", "length: -15, unit: working_day")
        .replace("within: qc_due, basis: R54-10}", "within: soon, basis: R54-10}")
        .replace("margin: 0.05", "margin: 5")
    )
    path = tmp_path / "duties.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(MingjianError) as caught:
        duties(path)
    assert caught.value.code == "duties_faults"
    assert str(caught.value).count("duties.yaml:") >= 3
