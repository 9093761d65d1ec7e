"""Roles from what people say."""

import pytest

from engine.interval import Interval
from engine.speech.attribute import Draft
from engine.speech.roles import Hints, assign

AGENT = [
    "您好，我是安心人寿保险公司的代理人李明，这是我的执业证。",
    "为了保护您的权益，下面会全程录音录像，您同意吗？",
    "您购买的是一款保险产品，不是银行存款，您清楚吗？",
    "您收到合同以后有十五天的犹豫期，您明白吗？",
]
ANSWERS = ["你好。", "同意。", "清楚。", "明白。"]


def talk(*lines: tuple[str, str]) -> list[Draft]:
    """Drafts one second long, a second apart."""
    drafts, first = [], 0
    for number, (speaker, text) in enumerate(lines):
        last = first + len(text.rstrip("。？"))
        drafts.append(Draft(Interval(2.0 * number, 2.0 * number + 1), speaker, text, 0.9, first, last))
        first = last
    return drafts


def sale() -> list[tuple[str, str]]:
    return [line for pair in zip(AGENT, ANSWERS, strict=True) for line in (("S1", pair[0]), ("S2", pair[1]))]


def test_who_explains_is_the_agent_and_who_answers_the_customer() -> None:
    roles = assign(talk(*sale()), ["S1", "S2"])
    assert {name: one.role for name, one in roles.items()} == {"S1": "agent", "S2": "customer"}
    assert roles["S1"].confidence > 0.9
    assert "代理人" in roles["S1"].why
    assert "回答" in roles["S2"].why


def test_the_insured_is_who_answers_what_is_put_to_the_insured() -> None:
    lines = [
        *sale(),
        ("S1", "请问被保险人，您同意投保吗？"),
        ("S3", "可以的。"),
        ("S1", "您健康吗？"),
        ("S2", "健康。"),
    ]
    roles = assign(talk(*lines), ["S1", "S2", "S3"])
    assert [roles[name].role for name in ("S1", "S2", "S3")] == ["agent", "customer", "insured"]
    own = assign(talk(*lines), ["S1", "S2", "S3"], Hints(insured_is_customer=True))
    assert own["S3"].role == "customer"


def test_a_machine_is_no_agent() -> None:
    lines = [("S9", "尊敬的客户您好，本次通话将被录音，请稍候。"), *sale()]
    roles = assign(talk(*lines), ["S9", "S1", "S2"])
    assert [roles[name].role for name in ("S9", "S1", "S2")] == ["system", "agent", "customer"]


def test_a_customer_with_a_word_of_a_machine_is_none() -> None:
    lines = [*sale(), ("S2", "请稍候。")]
    assert assign(talk(*lines), ["S1", "S2"])["S2"].role == "customer"


def test_a_salesperson_heard_as_two_voices_is_no_customer() -> None:
    """Statements in one voice and 您明白吗 in another: neither is the customer's, whoever of them scores more."""
    tails = [("S3", "您明白吗？"), ("S2", "明白。")] * 4
    roles = assign(talk(*sale(), *tails), ["S1", "S2", "S3"])
    assert {name: one.role for name, one in roles.items()} == {"S1": "agent", "S2": "customer", "S3": "agent"}


@pytest.mark.parametrize(
    ("lines", "role", "most"),
    [
        ([("S1", text) for text in AGENT], "agent", 1.0),
        ([("S1", text) for text in ANSWERS], "customer", 0.6),
        ([("S1", "今天天气怎么样"), ("S1", "截至今天中午电影票房突破四十亿")], "unknown", 0.0),
    ],
)
def test_one_voice_alone(lines: list[tuple[str, str]], role: str, most: float) -> None:
    found = assign(talk(*lines), ["S1"])["S1"]
    assert found.role == role
    assert found.confidence <= most


def test_talk_that_is_no_sale_gives_no_roles() -> None:
    lines = [("S1", "他觉得最大的不一样是在什么地方？"), ("S2", "可能更适合美国市场。")] * 3
    assert {one.role for one in assign(talk(*lines), ["S1", "S2"]).values()} == {"unknown"}


def test_a_voice_that_says_nothing_is_unknown() -> None:
    assert assign(talk(*sale()), ["S1", "S2", "S3"])["S3"].role == "unknown"


def test_the_channel_map_wins_but_not_with_confidence_against_the_content() -> None:
    hints = Hints({"S1": "agent", "S2": "customer"}, {"S1": "订单指定第 0 声道", "S2": "订单指定第 1 声道"})
    right = assign(talk(*sale()), ["S1", "S2"], hints)
    assert right["S2"].role == "customer"
    assert right["S2"].confidence > 0.95
    swapped = Hints({"S1": "customer", "S2": "agent"})
    wrong = assign(talk(*sale()), ["S1", "S2"], swapped)
    assert wrong["S1"].role == "customer"
    assert wrong["S1"].confidence <= 0.5
    assert "内容像销售人员" in wrong["S1"].why
