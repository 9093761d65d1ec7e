"""Share of a required script that was read out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.order import Order
from engine.rules.operators.script import lay_beside, parse
from engine.rules.orders import OrderView
from tests.rules.operators.workbench import judged, outcome, requiring

TEMPLATE = """您好，我是{agent.org}的{agent.name}（出示执业证）。
今天由我为您介绍产品，[天气真不错]，请您仔细听。
本产品为{产品}，签收后有十五天犹豫期，犹豫期内可以全额退保。"""
ORDER = {"agent": {"org": "远山人寿", "name": "李静"}}
READ = (
    "您好，我是远山人寿的李静。今天由我为您介绍产品，请您仔细听。"
    "本产品为安康终身寿险，签收后有十五天犹豫期，犹豫期内可以全额退保。"
)
FILLER = ("customer", "我先听一听你怎么介绍这个东西。")


def reading(text, order=ORDER, **params):
    rules = requiring({"script_coverage": {"template": TEMPLATE, "min_rate": 0.9, **params}})
    return judged(rules, [("agent", text), FILLER], order)


@pytest.mark.parametrize(
    "text",
    [
        READ,
        READ.replace("犹豫期", "由于期"),
        READ.replace("请您仔细听", "天气真不错，请您仔细听"),
        READ.replace("本产品", "嗯那个我们看一下这里啊，本产品"),
        "昨天我们说到哪里了，先喝口水。" + READ + "您还有别的问题可以问我。",
    ],
)
def test_a_script_that_was_read(text):
    item = reading(text)
    assert (item.verdict, item.reason_code) == ("pass", "script_read")


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        (READ.replace("犹豫期内可以全额退保", "没有了"), ["犹豫期内可以全额退保"]),
        (READ.replace("签收后有十五天犹豫期，犹豫期内可以全额退保", "好了"), None),
        ("本产品为安康，签收后有十五天犹豫期，犹豫期内可以全额退保。", None),
        ("我们今天随便聊一聊家里的情况吧，孩子多大了，工作怎么样。", None),
    ],
)
def test_a_script_that_was_not_read_names_what_is_missing(text, missing):
    item = reading(text)
    assert (item.verdict, item.reason_code) == ("review", "script_incomplete")
    lacking = [one.name for one in item.concepts if not one.found and one.name != "天气真不错"]
    assert lacking
    assert missing is None or lacking == missing


def test_sentences_in_another_order_do_not_add_up():
    clauses = [one for one in READ.replace("。", "，").split("，") if one]
    assert reading("，".join(reversed(clauses))).verdict == "review"


def test_another_name_than_the_orders_costs_its_letters():
    rules = {"min_rate": 1.0}
    assert reading(READ, **rules).verdict == "pass"
    assert reading(READ.replace("李静", "王伟"), **rules).verdict == "review"
    assert reading(READ.replace("李静", "王伟"), order={}, **rules).verdict == "pass"


def test_nothing_heard_is_inconclusive():
    assert outcome(requiring({"script_coverage": {"template": TEMPLATE, "min_rate": 0.9}}), [])[0] == "inconclusive"


@pytest.mark.parametrize("template", ["（出示）", "您好（出示", "[您好]", "我是{agent.nmae}", ""])
def test_a_script_must_make_sense(template):
    with pytest.raises(ValueError, match=" / "):
        parse(template)


@given(
    st.text("一二三四五六七八九十天地人你我他保险期内退", min_size=4, max_size=40), st.text("好的嗯啊这那", max_size=30)
)
def test_a_script_read_word_for_word_is_read_whole(script, before):
    parts = parse(script, OrderView(Order(), None))
    rate = lay_beside(parts, before + script, 3.0).rate
    assert rate == 1.0
    assert 0.0 <= lay_beside(parts, before, 3.0).rate <= 1.0
