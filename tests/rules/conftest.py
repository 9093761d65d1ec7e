"""Fixtures of the rules' tests: the shipped rule set, a small sale said without fault, and the domain lists."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
import yaml

from engine.inspection import Item
from engine.order import Order
from engine.rules import Judgement, RuleSet, evaluate, load
from engine.rules.rehearsal import Line, rehearse

ORDER = {
    "scenario": "face_to_face",
    "channel": "agency",
    "recorded_at": "2026-11-02T10:12:00+08:00",
    "policyholder": {"birth_date": "1980-05-01", "household_income": "200000", "budget": "15000"},
    "insured": {"same_as_policyholder": True},
    "products": [
        {
            "full_name": "安康鑫享终身寿险",
            "design_type": "普通型",
            "line": "life",
            "death_benefit": True,
            "premium": "12000",
            "payment_mode": "年交",
            "payment_years": 10,
            "cover": {"kind": "whole_life"},
            "cooling_off_days": 15,
        }
    ],
}
SALE: tuple[tuple[str, str, str], ...] = (
    ("dr_agent_identity", "您好，我是远山人寿保险公司的代理人李静，这是我的执业证。", "您好。"),
    ("dr_consent", "根据监管要求，这次投保需要全程录音录像，您同意吗？", "我同意。"),
    (
        "dr_rights_notice",
        "录音录像对维护您的权益很重要，文件请您认真阅读，问题请您如实回答，口头承诺和书面不一致的请要求书面确认。",
        "好的。",
    ),
    ("dr_is_insurance", "您今天购买的是一款保险产品，不是银行存款，您明白吗？", "明白。"),
    ("dr_insurer_name", "这款产品由远山人寿保险公司承保。", "知道了。"),
    ("dr_product_name", "产品全称是安康鑫享终身寿险，您了解吗？", "了解。"),
    ("dr_cash_value", "各年度的现金价值，请看合同里的现金价值表，您清楚吗？", "清楚。"),
    ("dr_coverage", "下面介绍保险责任，被保险人身故我们给付身故保险金，您听明白了吗？", "听明白了。"),
    ("dr_exclusion", "责任免除的部分，酒后驾驶这些情况公司是不赔的，您知道吗？", "知道。"),
    ("dr_payment", "缴费方式是年交，每年保费一万两千元，缴费期间是十年，您确认吗？", "确认。"),
    ("dr_total_premium", "总保费是十二万元，没有其他费用，您清楚吗？", "清楚。"),
    ("dr_grace_period", "宽限期是六十天，过了宽限期不交保费，合同就中止了，您明白吗？", "明白。"),
    ("dr_reinstatement", "合同中止以后，两年内可以申请复效。", "知道了。"),
    ("dr_period", "这份合同的保险期间是终身，您知道吗？", "知道。"),
    ("dr_cooling_off", "签收合同第二天起有十五天犹豫期，期间可以全额退保，您明白吗？", "明白了。"),
    ("dr_surrender_loss", "过了犹豫期再退保，只能退现金价值，会有损失，您明白吗？", "我明白。"),
    ("dr_truthful", "健康问题请您如实告知，不然会影响以后的理赔，您知道吗？", "知道。"),
    ("dr_suitability", "根据您的收入和需求评估，这款产品和您是匹配的，您认可吗？", "认可。"),
    ("dr_documents_read", "投保提示书和条款您都阅读过，内容都理解了吗？", "都理解了。"),
    ("dr_self_signature", "这几份文件需要您本人亲笔签名，您清楚吗？", "清楚。"),
    ("dr_no_other_promise", "除了合同里写的，我有没有给您其他口头承诺？", "没有。"),
    ("dr_claims_channel", "有问题可以打我们的客服电话咨询或者投诉，您知道吗？", "知道了。"),
    ("dr_own_will", "最后请您确认，这次投保是您自愿的，对吗？", "对，我自愿的。"),
)

Judge = Callable[..., Judgement]


@pytest.fixture(scope="session")
def ruleset() -> RuleSet:
    return load("face_to_face")


@pytest.fixture(scope="session")
def order() -> Order:
    return Order.model_validate(ORDER)


@pytest.fixture
def judge(ruleset: RuleSet, order: Order) -> Judge:
    """Judge lines of (role, text) as if they had been said and heard without a flaw."""

    def said(*lines: tuple[str, str], given: Order | None = None, **how: object) -> Judgement:
        return evaluate(rehearse([Line(role, text) for role, text in lines], **how), ruleset, given or order)

    return said


def sale(without: Sequence[str] = (), unanswered: Sequence[str] = (), **instead: str) -> list[tuple[str, str]]:
    """The sale as lines; `without` some items, some `unanswered`, or with another answer (`dr_period="不清楚"`)."""
    lines = []
    for item, text, answer in SALE:
        if item in without:
            continue
        lines.append(("agent", text))
        if item not in unanswered:
            lines.append(("customer", instead.get(item, answer)))
    return lines


def item_of(judgement: Judgement, name: str) -> Item:
    return next(item for item in judgement.items if item.id == name)


@pytest.fixture(scope="session")
def domain(root: Path) -> Path:
    """The domain lists beside the project; the test is skipped where they are not."""
    folder = root.parent / "shared" / "domain"
    if not (folder / "items.yaml").is_file():
        pytest.skip("shared/domain is not beside the project: domain lists not available")
    return folder


def listed(path: Path) -> dict[str, object]:
    found = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert isinstance(found, dict)
    return found
