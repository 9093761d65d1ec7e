"""Sessions as they are written: the planted fault is in the words and in the truth, and nothing else is."""

import re
from functools import cache

import pytest

from engine.order import parse_order
from engine.rules import evaluate, load
from engine.rules.policy import decide, load_policy
from engine.rules.rehearsal import Line, rehearse
from eval.corpus.planning import plan
from eval.corpus.sales import CHECK_DIGITS, WEIGHTS
from eval.corpus.scripting import Draft, draft, rules_of
from eval.corpus.templates import bank, of_split, scenarios, shares

FAILS = ("missing", "near_miss", "wrong_number", "denial", "no_answer", "other_person", "forbidden", "negated")
COUNT = 110


@cache
def drafts() -> tuple[Draft, ...]:
    cases = plan(COUNT, 4, list(scenarios().scenarios), scenarios(), shares(), None)
    return tuple(draft(case, bank(), scenarios(), shares()) for case in cases)


def of_fault(*faults: str) -> list[Draft]:
    return [one for one in drafts() if one.case.fault in faults and one.case.picture is None]


def said(one: Draft) -> str:
    return "".join(line.say for line in one.script.lines)


def grave_failures(one: Draft) -> set[str]:
    rules = rules_of(one.case.scenario)
    return {item for item, verdict in one.script.expect.items.items() if verdict != "pass" and rules.grave(item)}


def test_a_draft_is_the_same_for_the_same_case() -> None:
    one = drafts()[7]
    assert draft(one.case, bank(), scenarios(), shares()) == one


def test_what_somebody_says_again_is_another_take() -> None:
    repeated = 0
    for one in drafts():
        said = [(line.by, line.say, line.take) for line in one.script.lines]
        assert len(set(said)) == len(said)
        repeated += sum(take > 0 for *_, take in said)
    assert repeated > COUNT


def test_a_session_in_the_dark_is_for_a_person() -> None:
    (dark,) = {one.case.picture: one for one in drafts() if one.case.picture == "dark"}.values()
    assert dark.script.expect.items["v_same_frame"] == "inconclusive"
    assert dark.script.expect.verdict == "flagged"


def test_where_nobody_answers_the_room_is_heard() -> None:
    silent = of_fault("no_answer")
    assert silent
    assert all(one.script.sound.noise for one in silent)
    assert not any(one.script.sound.noise for one in of_fault("denial") if one.case.condition == "clean")


def test_clean_sessions_fail_nothing_grave() -> None:
    assert of_fault("none")
    for one in of_fault("none"):
        assert one.script.expect.verdict == "clear"
        assert (one.target, one.planted, grave_failures(one)) == (None, (), set())


@pytest.mark.parametrize("fault", FAILS)
def test_the_planted_fault_is_in_the_truth(fault: str) -> None:
    assert of_fault(fault)
    for one in of_fault(fault):
        assert one.target is not None
        assert one.script.expect.items[one.target] == "fail"
        assert one.script.expect.verdict == "flagged"
        assert bool(one.planted) == (fault != "missing")
        if fault != "other_person":
            also = {"fb_overcover", "fb_conceal_health"} if fault == "negated" else set()
            assert grave_failures(one) - also == {one.target}


def test_weak_answers_are_a_persons_decision() -> None:
    for one in of_fault("weak_answer"):
        assert one.script.expect.items[one.target or ""] == "review"
        assert one.script.expect.verdict == "flagged"


def test_a_wrong_order_is_grave_in_callbacks_only() -> None:
    found = {one.case.scenario: one for one in of_fault("wrong_order")}
    assert found["callback"].script.expect.verdict == "flagged"
    assert found["face_to_face"].script.expect.verdict == "clear"
    assert found["face_to_face"].script.expect.items["sq_consent_first"] == "fail"


def test_wrong_numbers_differ_from_the_order() -> None:
    for one in of_fault("wrong_number"):
        product = one.script.order["products"][0] if one.script.order else {}
        planted = [line.say for line in one.script.lines if line.id in one.planted and line.by == "A"]
        right = [f"{product['premium']}元", f"{product.get('payment_years')}年", f"{product['cooling_off_days']}天"]
        cover = product["cover"].get("value")
        right += [f"{cover}年" if cover else "终身", f"{product.get('waiting_days')}天"]
        numbers = re.findall(r"\d+[元年天]", planted[0])
        assert any(number not in right for number in numbers), planted


def test_orders_name_nobody() -> None:
    for one in drafts():
        assert one.script.order is not None
        order = parse_order(one.script.order)
        number = str(order.policyholder.id_number)
        assert number.startswith("999999")
        weighed = sum(int(digit) * weight for digit, weight in zip(number[:17], WEIGHTS, strict=True))
        assert number[17] == CHECK_DIGITS[weighed % 11]
        assert str(order.policyholder.phone).startswith("19900")
        assert order.policyholder.phone != order.agent.phone
        assert one.script.speakers["B"].role == "customer"
        assert ("先生" in said(one)) <= (order.policyholder.sex == "男")


def test_splits_share_no_planted_phrase() -> None:
    for item in bank().items.values():
        for phrases in (*item.say.values(), item.near, item.negated):
            if len(phrases) > 1:
                assert not set(map(str, of_split(phrases, "tuning"))) & set(map(str, of_split(phrases, "test")))


def judged(one: Draft) -> tuple[str, dict[str, str]]:
    script = one.script
    lines = [Line(script.speakers[line.by].role, line.say, max(0.05, line.gap or 0.0)) for line in script.lines]
    rules, order, evidence = load(one.case.scenario), parse_order(script.order), rehearse(lines)
    found = evaluate(evidence, rules, order)
    verdict = decide(found, load_policy(rules.policy), evidence, order).verdict
    return verdict, {item.id: item.verdict for item in found.items}


def test_scripts_are_heard_as_they_are_meant() -> None:
    """The engine, given the words as written, finds clean sessions clear and every grave duty of theirs done."""
    for one in of_fault("none")[:10]:
        verdict, items = judged(one)
        unasked = {name for name, found in items.items() if found == "not_applicable"}
        rules = rules_of(one.case.scenario)
        grave = {item: expected for item, expected in one.script.expect.items.items() if rules.grave(item)}
        assert {item: items[item] for item in grave} == grave, one.case.id
        asked = {name for name, found in items.items() if rules.grave(name)} - unasked
        spoken = {name for name in asked if not name.startswith(("v_", "m_", "od_"))}
        assert spoken - set(grave) <= {"el_term_fit"}, "a duty that no template says"
        assert verdict == "clear" or "el_term_fit" in asked


def test_planted_faults_are_heard_in_the_words() -> None:
    for fault in ("missing", "denial", "forbidden", "wrong_number"):
        heard = [judged(one)[0] for one in of_fault(fault)[:4]]  # the truth is the script's: the rules may miss some
        assert heard.count("flagged") >= 2, fault
