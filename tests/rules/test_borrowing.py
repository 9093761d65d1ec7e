"""What was said for other items is no statement of its own: neither a pass where an item was left out, nor an answer
changed where it was asked properly. And what merely looks alike is taken for what it is.
"""

import pytest

from engine.order import Order
from engine.rules import evaluate, load
from engine.rules.rehearsal import Line, rehearse
from tests.rules.conftest import ORDER, item_of

RECEIPT = ("保险合同您收到了吗，回执是您本人签的吗？", "收到了，是我签的。")
SIGNED = ("投保单是您本人亲笔签名的吗？", "是的，是我自己签的。")
BROCHURE = ("投保提示书您阅读了吗，内容都明白吗？", "都看完了，我清楚。")
PRODUCT = ("您办理的是保险产品，您知道吗？", "我知道。")
PREMIUM = ("每年交保费一万二千元，交十年，您确认吗？", "我确认。")
INTENT = ("现在为您办理投保，您同意吗？", "我同意。")
NOTICE = ("录像是维护您权益的，文件请认真看，问题请如实回答，和文件不一致的承诺请要求书面确认。", "好的。")
TOTAL = ("总保费是十二万元，没有别的费用，您知道吗？", "我知道。")
PROMISE = ("除了合同里写的，我有没有给您其他承诺？", "没有。")
COOLING = ("签收合同第二天起有十五天犹豫期，期间可以全额退保，您明白吗？", "明白。")
READ = ("投保提示书和条款，您都看过并理解了吗？", "看过了。")
SIGNATURE = ("文件要您本人亲笔签名，您清楚吗？", "清楚。")


def judged(name, *talk, order=None):
    """Each of `talk` is a question and the customer's answer, or a single line as (role, text)."""
    lines = []
    for first, second in talk:
        lines += [Line(first, second)] if first in ("agent", "customer", "other") else [
            Line("agent", first), Line("customer", second)
        ]  # fmt: skip
    return evaluate(rehearse(lines), load(name), Order.model_validate(order or {**ORDER, "scenario": name}))


@pytest.mark.parametrize(
    ("name", "item", "talk", "verdict", "code"),
    [
        ("callback", "fu_self_sign", [RECEIPT, BROCHURE], "review", "doubt_borrowed"),
        ("callback", "fu_self_sign", [RECEIPT, SIGNED, BROCHURE], "pass", "acknowledged"),
        # the item's own question may well be put in two
        ("callback", "fu_self_sign", [("投保单您见过吗？", "见过。"), ("上面的名字是您亲笔签的吗？", "是的。")],
         "pass", "acknowledged"),
        ("telesales", "ts_intent", [PRODUCT, PREMIUM], "fail", "disclosure_incomplete"),
        ("telesales", "ts_intent", [PRODUCT, PREMIUM, INTENT], "pass", "acknowledged"),
        ("face_to_face", "dr_no_other_promise", [NOTICE, TOTAL], "review", "doubt_borrowed"),
        ("face_to_face", "dr_no_other_promise", [NOTICE, TOTAL, PROMISE], "pass", "acknowledged"),
    ],
)  # fmt: skip
def test_words_of_other_items_are_not_the_item(name, item, talk, verdict, code):
    found = item_of(judged(name, *talk), item)
    assert (found.verdict, found.reason_code) == (verdict, code), found.reason


@pytest.mark.parametrize(
    ("name", "item", "talk"),
    [
        ("callback", "fu_bought",
         [("投保文件是您本人签字的吗？", "是的。"), ("产品说明书您看过、都了解吗？", "看过。")]),
        ("face_to_face", "dr_surrender_loss",
         [("退保的手续在网点就能办，您知道吗？", "知道。"), ("现金价值请看合同里的现金价值表，您清楚吗？", "清楚。")]),
        ("face_to_face", "dr_self_signature",
         [("签字的地方都标出来了，您知道吗？", "知道。"), ("投保是您自己的意愿，对吗？", "对，自愿的。")]),
        ("face_to_face", "dr_coverage", [("赔付有限额，具体看条款里的表，您清楚吗？", "清楚。")]),
        ("face_to_face", "dr_coverage", [("等待期九十天，期间确诊不赔，您清楚吗？", "清楚。")]),
        ("face_to_face", "dr_exclusion", [("请您真实告知，否则公司可能不赔，您知道吗？", "知道。")]),
        ("remote", "rm_environment", [PRODUCT]),
    ],
)  # fmt: skip
def test_what_is_beside_the_point_does_not_pass(name, item, talk):
    assert item_of(judged(name, *talk), item).verdict == "fail"


def test_a_summary_is_not_acknowledged_by_what_the_customer_says_after_somebody_else_answered():
    spoken = ("agent", READ[0]), ("other", "看过了，他都看过了。"), SIGNATURE
    assert item_of(judged("face_to_face", *spoken), "dr_documents_read").reason_code == "acknowledged_in_bulk"
    assert item_of(judged("face_to_face", spoken[0], SIGNATURE), "dr_documents_read").verdict == "pass"


@pytest.mark.parametrize(("waited", "code"), [(0.2, "acknowledged"), (1.6, "acknowledged_in_bulk")])
def test_a_summary_whose_answer_was_waited_for_is_not_acknowledged_by_that_to_the_next_question(waited, code):
    spoken = [Line("agent", READ[0]), Line("agent", SIGNATURE[0], waited), Line("customer", SIGNATURE[1])]
    order = Order.model_validate({**ORDER, "scenario": "face_to_face"})
    assert item_of(evaluate(rehearse(spoken), load("face_to_face"), order), "dr_documents_read").reason_code == code


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("您投保的是传家宝终身寿险。合同保险期间是二十年，您了解吗？", "fail"),
        ("您投保的是传家宝终身守护计划。保险期间合同里写着，您了解吗？", "review"),
        ("您投保的是传家宝终身守护计划，保险期间是终身，您了解吗？", "pass"),
        ("合同保险期间是二十年，您了解吗？以后可以转换成终身。", "fail"),
    ],
)
def test_the_period_is_not_the_product_s_name(text, verdict):
    for name in ("传家宝终身寿险", "传家宝终身守护计划"):
        order = {**ORDER, "products": [{**ORDER["products"][0], "full_name": name}]}
        if name in text or "传家宝" not in text:
            assert item_of(judged("face_to_face", (text, "了解。"), order=order), "dr_period").verdict == verdict


@pytest.mark.parametrize(("mode", "years", "verdict"), [("趸交", None, "not_applicable"), ("年交", 10, "fail"),
                                                        ("年交", None, "review")])  # fmt: skip
def test_a_single_premium_has_no_payment_years_to_add_to_an_age(mode, years, verdict):
    product = {**ORDER["products"][0], "design_type": "分红型", "payment_mode": mode, "payment_years": years}
    order = {**ORDER, "policyholder": {"birth_date": "1955-01-01"}, "products": [product]}
    found = item_of(judged("face_to_face", PRODUCT, order=order), "el_term_fit")
    assert found.verdict == verdict, found.reason


@pytest.mark.parametrize(
    ("item", "text", "verdict"),
    [
        ("fb_conceal_health", "健康告知不需要如实填写，也不会影响理赔。", "fail"),
        ("fb_conceal_health", "不用如实告知的说法不对，问到的都要如实告知。", "pass"),
        ("fb_conceal_health", "有高血压不用担心，如实告知就行。", "pass"),
        ("fb_overcover", "这款产品没有什么不赔的。", "fail"),
        ("fb_replace_policy", "您把原来的保单退了，换这个。", "fail"),
        ("fb_replace_policy", "您把之前那份退了，买这个更好。", "fail"),
        ("fb_replace_policy", "您把原来的保单退了换这份，会有退保损失，要慎重。", "pass"),
        ("fb_replace_policy", "您之前那份的钱退了吗？", "pass"),
    ],
)
def test_forbidden_words_in_another_order(item, text, verdict):
    assert item_of(judged("face_to_face", ("agent", text)), item).verdict == verdict
