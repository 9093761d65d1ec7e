"""Items against their labels, on cases counted by hand."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.inspection import Verdict
from eval.metrics.counts import Detection, Share
from eval.metrics.items import ItemCounts, ItemTable, label_of, measure_items, verdicts
from tests.eval.metrics.making import inspection, item

LABELS: dict[str, Verdict] = {
    "missed": "fail",
    "found": "fail",
    "doubted": "fail",
    "left_open": "fail",
    "no_such": "fail",
    "kept": "pass",
    "blamed": "pass",
    "excused": "not_applicable",
    "unsure": "review",
}
GOT = inspection(
    "flagged",
    item("missed", "pass"),
    item("found", "fail"),
    item("doubted", "review"),
    item("left_open", "inconclusive", "high"),
    item("kept", "pass"),
    item("blamed", "review", "low"),
    item("excused", "not_applicable"),
    item("unsure", "fail"),
    item("nobody_asked", "fail"),
)


def test_counts_of_known_items() -> None:
    total = measure_items(LABELS, GOT).total()
    assert total.raised == Detection(hits=2, false_alarms=1, misses=3)
    assert total.failed == Detection(hits=1, false_alarms=0, misses=4)
    assert total.cleared == Share(2, 5)
    assert total.inconclusive == Share(1, 8)
    assert total.agreed == Share(3, 8)
    assert total.raised.f1 == pytest.approx(2 * 2 / (2 * 2 + 1 + 3))


def test_items_of_one_severity_are_counted_apart() -> None:
    table = measure_items(LABELS, GOT)
    assert table.total("critical").raised == Detection(2, 0, 1)
    assert table.total("low").raised == Detection(0, 1, 0)
    assert [name for name, _ in table.rows()][-1] == "no_such"


def test_without_labels_nothing_is_counted() -> None:
    assert measure_items(None, GOT) == measure_items({}, GOT) == ItemTable.zero()


def test_an_item_of_several_products_counts_by_its_worst() -> None:
    both = inspection("flagged", item("period", "pass", product=0), item("period", "fail", product=1))
    assert verdicts(both.items) == {"period": "fail"}
    assert measure_items({"period": "fail"}, both).total().raised == Detection(1, 0, 0)
    apart = measure_items({"period#0": "pass", "period#1": "fail", "period#2": "pass"}, both)
    assert apart.items["period"].pairs == {("pass", "pass"): 1, ("fail", "fail"): 1, ("pass", "absent"): 1}
    assert label_of(both.items[1], {"period": "pass", "period#1": "fail"}) == "fail"


PAIRS = st.dictionaries(
    st.tuples(
        st.sampled_from(["pass", "fail", "review", "inconclusive", "not_applicable"]),
        st.sampled_from(["pass", "fail", "review", "inconclusive", "not_applicable", "absent"]),
    ),
    st.integers(1, 9),
)
COUNTS = st.builds(ItemCounts, st.sampled_from(["critical", "high", None]), PAIRS)
TABLES = st.builds(ItemTable, st.dictionaries(st.sampled_from("abc"), COUNTS))


@settings(deadline=None, max_examples=40)
@given(TABLES, TABLES, TABLES)
def test_tables_add_up(one: ItemTable, two: ItemTable, three: ItemTable) -> None:
    assert (one + two) + three == one + (two + three)
    assert one + two == two + one
    assert one + ItemTable.zero() == one
    assert (one + two).total().raised == one.total().raised + two.total().raised


@settings(deadline=None, max_examples=40)
@given(COUNTS)
def test_every_violation_is_raised_left_open_or_cleared(counts: ItemCounts) -> None:
    left_open = counts.pairs.get(("fail", "inconclusive"), 0)
    assert counts.raised.hits + left_open + counts.cleared.right == counts.cleared.total
