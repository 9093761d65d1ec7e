"""Confidences against outcomes, by hand and beside scikit-learn."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.calibration import calibration_curve
from sklearn.metrics import brier_score_loss

from engine.evidence import Character, Confirmation, Speaker, Transcript
from engine.interval import Interval
from eval.metrics.calibration import (
    Calibration,
    Point,
    of_characters,
    of_confirmations,
    of_items,
    of_roles,
)
from eval.metrics.reference import Reference, SaidLine
from tests.eval.metrics.making import item

SCORED = st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=60)


def test_by_hand() -> None:
    found = Calibration.of([(0.95, True), (0.95, True), (0.95, False), (0.05, False)])
    assert found.count == 4
    assert found.brier == pytest.approx((3 * 0.05**2 - 0.05**2 + 0.95**2 + 0.05**2) / 4)
    assert found.curve() == (
        Point(pytest.approx(0.05), 0.0, 1),
        Point(pytest.approx(0.95), pytest.approx(2 / 3), 3),
    )
    assert found.error == pytest.approx((0.05 + (3 * 0.95 - 2)) / 4)
    assert Calibration.zero().brier is Calibration.zero().error is None


@settings(deadline=None)
@given(SCORED)
def test_brier_score_and_curve_are_those_of_scikit_learn(scored: list[tuple[float, bool]]) -> None:
    given_, right = [one for one, _ in scored], [int(one) for _, one in scored]
    found = Calibration.of(scored)
    assert found.brier == pytest.approx(brier_score_loss(right, given_, labels=[0, 1]))
    if all(abs(one * 10 - round(one * 10)) > 1e-9 for one in given_):  # the two put edges of bins in different ones
        shares, means = calibration_curve(right, given_, n_bins=10)
        assert [point.right for point in found.curve()] == pytest.approx(list(shares))
        assert [point.confidence for point in found.curve()] == pytest.approx(list(means))


@given(SCORED, SCORED)
def test_parts_add_up(first: list[tuple[float, bool]], second: list[tuple[float, bool]]) -> None:
    parts, whole = Calibration.of(first) + Calibration.of(second), Calibration.of([*first, *second])
    assert parts.brier == pytest.approx(whole.brier)
    assert [one.count for one in parts.bins] == [one.count for one in whole.bins]
    assert (parts + Calibration.zero()) == parts


def test_only_decided_items_are_scored() -> None:
    items = [item("a", "pass", confidence=0.9), item("b", "fail", confidence=0.6), item("c", "review", confidence=0.5)]
    found = of_items({"a": "pass", "b": "pass", "c": "pass"}, items)
    assert found == Calibration.of([(0.9, True), (0.6, False)])
    assert of_items({"a": "review"}, items) == of_items(None, items) == Calibration.zero()


def heard(*characters: tuple[str, float]) -> tuple[Character, ...]:
    return tuple(Character(text, Interval(n, n + 1), sure) for n, (text, sure) in enumerate(characters))


def said(text: str, start: float = 0.0, end: float = 10.0) -> Reference:
    return Reference((SaidLine(text, "A", "agent", Interval(start, end)),), None)


def test_characters_are_right_where_they_stand_for_what_was_said() -> None:
    found = of_characters(said("犹豫期15天，"), heard(("由", 0.3), ("豫", 0.9), ("期", 0.9), ("十", 0.8), ("五", 0.8)))
    assert found == Calibration.of([(0.3, False), (0.9, True), (0.9, True), (0.8, True), (0.8, True)])
    digits = of_characters(said("十五天"), heard(("1", 0.9), ("5", 0.6), ("天", 0.8)))
    assert digits == Calibration.of([(0.6, True), (0.6, True), (0.8, True)])
    assert of_characters(said(""), heard(("好", 0.4))) == Calibration.of([(0.4, False)])
    assert of_characters(Reference(None, None), heard(("好", 0.4))) == Calibration.zero()


def test_a_voice_left_unknown_claims_nothing() -> None:
    speakers = [Speaker("S1", "agent", 0.9, 9.0, ""), Speaker("S2", "unknown", 0.2, 9.0, "")]
    names = {"S1": "B", "S2": "A"}
    assert of_roles({"A": "agent", "B": "customer"}, speakers, names) == Calibration.of([(0.9, False)])


def test_the_sound_is_right_where_the_wanted_words_were_said() -> None:
    asked = (
        Confirmation(Interval(1.0, 2.0), "亲比千名", "亲笔签名", 40.0, "m"),
        Confirmation(Interval(1.0, 2.0), "亲比千名", "犹豫期", 0.0, "m"),
        Confirmation(Interval(30.0, 31.0), "x", "亲笔签名", -40.0, "m"),
    )
    transcript = Transcript((), (), (), (), (), confirmations=asked)
    found = of_confirmations(said("请您亲笔签名。", 0.5, 2.5), transcript)
    assert [one.count for one in found.bins if one.count] == [1, 1, 1]
    assert found.brier == pytest.approx(0.25 / 3)
    untimed = Reference((SaidLine("请您亲笔签名。"),), None)
    assert of_confirmations(untimed, transcript) == Calibration.zero()
