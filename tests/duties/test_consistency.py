"""Whether recordings of one policy agree: only what two sides really say differently is told."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from engine.duties.checks import consistency
from engine.duties.consistency import Recorded, compare
from engine.duties.suspicion import PhoneUse, VoiceOf, judge_phone, judge_reuse, judge_voices
from engine.errors import MingjianError
from engine.order import Order
from engine.rules import evaluate, load
from engine.rules.rehearsal import Line, rehearse
from tests.rules.test_callback import CALL, ORDER

SOLD_AT = datetime(2026, 11, 2, 10, tzinfo=UTC)
SALE = (
    ("agent", "您每年交保费一万两千元，一共交十年，清楚吗？"), ("customer", "清楚。"),
    ("agent", "签收合同次日起有十五天的犹豫期，期间可以全额退保，明白吗？"), ("customer", "明白。"),
    ("agent", "过了犹豫期退保只退现金价值，会有损失，您了解吗？"), ("customer", "了解。"),
    ("agent", "投保单、投保提示书都是您本人亲笔签名的，对吗？"), ("customer", "对，是我签的。"),
    ("agent", "您今天购买的是一款保险产品，您清楚吗？"), ("customer", "清楚。"),
)  # fmt: skip


@pytest.fixture(scope="module")
def rulesets():
    return {name: load(name) for name in ("face_to_face", "callback")}


def sale(rulesets, lines=SALE, session_id="sale", at=SOLD_AT, **changes):
    order = Order.model_validate({**ORDER, "scenario": "face_to_face", **changes})
    judged = evaluate(rehearse([Line(*one) for one in lines]), rulesets["face_to_face"], order)
    return Recorded(session_id, "face_to_face", at, order, judged.items)


def call(rulesets, session_id="call", at=SOLD_AT + timedelta(days=8), order=None, instead=None, **answers):
    lines = []
    for item, (question, answer) in CALL.items():
        lines += [Line("agent", (instead or {}).get(item, question)), Line("customer", answers.get(item, answer))]
    given = Order.model_validate({**ORDER, **(order or {})})
    return Recorded(session_id, "callback", at, given, evaluate(rehearse(lines), rulesets["callback"], given).items)


def test_a_sale_and_its_call_back_that_agree_raise_nothing(rulesets) -> None:
    assert compare([sale(rulesets), call(rulesets)]) == ()


@pytest.mark.parametrize(
    ("answers", "check"),
    [
        ({"fu_self_sign": "不是，业务员代我签的。"}, "cs_signature"),
        ({"fu_surrender": "不知道。"}, "cs_surrender"),
        ({"fu_cooling_off": "不清楚。"}, "cs_cooling_off"),
        ({"fu_bought": "没有，我没买过。"}, "cs_bought"),
        ({"fu_dual_record": "没有。"}, "cs_dual_record"),
    ],
)
def test_what_was_confirmed_on_record_and_denied_on_the_phone_goes_to_a_person(rulesets, answers, check) -> None:
    found = {one.check: one for one in compare([sale(rulesets), call(rulesets, **answers)])}
    assert check in found
    one = found[check]
    assert (one.session_id, one.others) == ("call", ("sale",))
    assert one.sides[-1].source == "callback"
    assert one.sides[-1].text in one.reason
    assert one.sides[-1].start is not None


def test_what_the_sale_did_not_say_cannot_differ(rulesets) -> None:
    silent = sale(rulesets, lines=SALE[:2])
    found = {one.check for one in compare([silent, call(rulesets, fu_self_sign="不是，业务员代我签的。")])}
    assert "cs_signature" not in found


def test_a_call_back_alone_has_nothing_to_differ_from(rulesets) -> None:
    assert compare([call(rulesets, fu_dual_record="没有录过像。", fu_self_sign="业务员签的。")]) == ()


def test_different_amounts_said_are_told_with_both(rulesets) -> None:
    other = call(rulesets, instead={"fu_payment": "您选择的是年交，每年交一万元，一共交五年，对吗？"})
    found = {one.check: one for one in compare([sale(rulesets), other])}
    assert "双录 12000，回访 10000" in found["cs_premium"].reason
    assert "双录 10，回访 5" in found["cs_years"].reason
    assert "cs_mode" not in found


def test_the_same_amount_in_other_words_is_the_same(rulesets) -> None:
    spoken = call(rulesets, instead={"fu_payment": "您选择的是年交，每年交保费12000元，交十年，对吗？"})
    assert [one.check for one in compare([sale(rulesets), spoken]) if one.check == "cs_premium"] == []


def test_what_was_said_is_held_against_the_order_of_the_other_recording(rulesets) -> None:
    changed = [{**ORDER["products"][0], "premium": "15000"}]
    later = call(rulesets, order={"products": changed}, instead={"fu_payment": "缴费期是十年，年交，您清楚吧？"})
    found = [one for one in compare([sale(rulesets), later]) if one.check == "cs_premium"]
    assert len(found) == 1
    assert "双录 12000，订单 15000" in found[0].reason


def test_orders_of_one_policy_that_name_different_people_are_told_without_their_data(rulesets) -> None:
    first = sale(
        rulesets, policyholder={"name": "王秀兰", "id_number": "11010519491231002X", "birth_date": "1949-12-31"}
    )
    other = call(rulesets, order={"policyholder": {"name": "李 静", "id_number": "11010519491231002x"}})
    (found,) = [one for one in compare([first, other]) if one.check == "cs_orders"]
    assert "policyholder.name" in found.reason
    assert "id_number" not in found.reason
    assert "王秀兰" not in found.reason
    assert "李" not in found.reason


def test_a_sale_recorded_again_and_again_is_told(rulesets) -> None:
    takes = [sale(rulesets, session_id=f"s{n}", at=SOLD_AT + timedelta(hours=n)) for n in range(4)]
    (found,) = compare(takes)
    assert (found.check, found.session_id, found.others) == ("cs_retries", "s3", ("s0", "s1", "s2"))
    assert compare(takes[:3]) == ()


def test_the_same_disagreement_has_the_same_content_whichever_order_it_was_found_in(rulesets) -> None:
    pair = [sale(rulesets), call(rulesets, fu_surrender="不知道。")]
    one, other = compare(pair), compare(pair[::-1])
    assert [found.content for found in one] == [found.content for found in other]


# ------------------------------------------------------------------ phones, files, voices


@pytest.mark.parametrize(
    ("use", "codes"),
    [
        (PhoneUse("13800138000", 2), []),
        (PhoneUse("13800138000", 3, ("b", "c")), ["cs_phone_customers"]),
        (PhoneUse("13800138000", 1, (), ("me",)), ["cs_phone_agent"]),
        (PhoneUse("13800138000", 1, (), ("me",), insures_self=True), []),
        (PhoneUse("13800138000", 5, ("b",), ("x",)), ["cs_phone_customers", "cs_phone_agent"]),
    ],
)
def test_phones_that_several_people_or_a_salesperson_gave(use, codes) -> None:
    found = judge_phone("me", use)
    assert [one.reason_code for one in found] == codes
    assert all("13800138000" not in one.reason for one in found)
    assert all("me" not in one.others for one in found)


def test_a_file_under_another_customers_policy() -> None:
    assert judge_reuse("me", ()) == ()
    assert judge_reuse("me", ("b",))[0].severity == "critical"


def voice(session_id, role, angle, *, customer=None, is_call=False, seconds=10.0):
    from math import cos, sin

    return VoiceOf(session_id, role, customer, None, is_call, (cos(angle), sin(angle)), seconds)


def test_one_voice_under_two_customers() -> None:
    mine = voice("me", "customer", 0.0, customer="k1")
    same, other = voice("b", "customer", 0.1, customer="k2"), voice("c", "customer", 1.2, customer="k3")
    (found,) = judge_voices([mine], [other, same])
    assert (found.reason_code, found.others) == ("cs_voice_customers", ("b",))
    assert judge_voices([mine], [replace(same, customer="k1")]) == ()
    assert judge_voices([mine], [replace(same, customer=None)]) == ()
    assert judge_voices([mine], [replace(same, seconds=2.0)]) == ()


def test_the_salespersons_voice_answering_the_call_back() -> None:
    answering = voice("call", "customer", 0.0, customer="k1", is_call=True)
    seller = voice("sale", "agent", 0.05)
    (found,) = judge_voices([answering], [seller])
    assert found.reason_code == "cs_voice_agent"
    assert judge_voices([replace(answering, is_call=False)], [seller]) == ()
    assert judge_voices([answering], [voice("other call", "agent", 0.05, is_call=True)]) == ()


def test_vectors_of_different_networks_are_not_compared() -> None:
    mine, other = voice("a", "customer", 0.0, customer="1"), voice("b", "customer", 0.0, customer="2")
    assert judge_voices([mine], [replace(other, vector=(1.0, 0.0, 0.0))]) == ()


def test_the_checks_name_items_that_the_rule_sets_have(rulesets) -> None:
    known = {rule.head.id for name in ("face_to_face", "callback") for rule in rulesets[name].rules}
    rules = consistency()
    named = {one for part in rules.answers for one in (*part.sale, *part.callback)}
    named |= {item for part in rules.values for item in part.said}
    assert named - known == set()


def test_faults_of_the_file_are_told(tmp_path) -> None:
    path = tmp_path / "consistency.yaml"
    path.write_text("schema: 1\nanswers: [{id: x}]\n", encoding="utf-8")
    with pytest.raises(MingjianError) as caught:
        consistency(path)
    assert caught.value.code == "consistency_faults"
