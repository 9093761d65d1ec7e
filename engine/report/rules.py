"""Rules in plain Chinese, for people who do not read YAML: what is asked, of whom, when, and on which clause it
rests."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from engine.inspection import Kind, Severity
from engine.report import words
from engine.rules.loading import CONFIGS
from engine.rules.phrases import Phrase
from engine.rules.ruleset import Check, Concept, Disclosure, Forbidden, Head, RuleSet, Visual
from engine.rules.schema import Part, Polarity
from engine.rules.source import read

OPERATORS = CONFIGS / "language" / "operators.yaml"
SHOWN = 6
"""Wordings of a concept that are shown; the others are counted."""

POLARITY: dict[Polarity, str] = {
    "affirm": "明确肯定",
    "deny": "明确否定",
    "deny_soft": "否定（含糊的由人复核）",
    "any": "作出答复",
}
SCENARIO = {
    "face_to_face": "现场双录",
    "remote": "远程双录",
    "bank": "银行代销",
    "telesales": "电话销售",
    "callback": "回访",
}
VERDICT = {"fail": "不合格", "review": "待复核", "warn": "提示（不影响结论）"}


class OperatorsPart(Part):
    """configs/language/operators.yaml"""

    schema_: Annotated[Literal[1], Field(alias="schema")]
    operators: dict[str, str]


@dataclass(frozen=True, slots=True)
class PlainRule:
    """One rule. `says` is what it asks, line by line; `applies` when; `basis` the clauses with their titles."""

    id: str
    title: str
    kind: Kind
    severity: Severity
    says: tuple[str, ...]
    applies: tuple[str, ...]
    basis: tuple[str, ...]
    fix: str | None


def plain(ruleset: RuleSet) -> tuple[PlainRule, ...]:
    """Every rule of the set, in its order."""
    return tuple(_plain(rule) for rule in ruleset.rules)


def _plain(rule: Disclosure | Forbidden | Visual | Check) -> PlainRule:
    head = rule.head
    basis = tuple(f"{one.title} {one.article}".strip() for one in head.basis)
    return PlainRule(
        head.id, head.title, head.kind, head.severity, tuple(_says(rule)), tuple(_applies(head)), basis, head.fix
    )


def _says(rule: Disclosure | Forbidden | Visual | Check) -> Iterator[str]:
    match rule:
        case Disclosure():
            yield from _disclosure(rule)
        case Forbidden():
            yield from _forbidden(rule)
        case Visual():
            yield f"画面检查：{_operators().get(rule.part.metric, rule.part.metric)}"
        case _:
            yield from _check(rule)


def _disclosure(rule: Disclosure) -> Iterator[str]:
    who = "、".join(words.ROLE[one].zh for one in rule.says)
    yield f"{who}应在 {rule.window_s:g} 秒内说明{'（选问）' if rule.optional else ''}："
    for number, concept in enumerate(rule.must, start=1):
        yield f"{number}. {_concept(concept)}"
    for concept in rule.should:
        yield f"建议说明：{_concept(concept)}"
    for concept in rule.facts:
        yield f"与订单核对：{_concept(concept)}"
    if rule.unless:
        yield f"出现 {_quoted(rule.unless)} 时不算"
    if rule.asks:
        yield f"说明之后，{words.ROLE[rule.answered_by].zh}要{POLARITY[rule.expect]}"
    for phrases, polarity in rule.expect_when:
        yield f"问法含 {_quoted(phrases)} 时，要{POLARITY[polarity]}"


def _concept(concept: Concept) -> str:
    ways: list[str] = []
    if concept.phrases:
        ways.append(_quoted(concept.phrases))
    if concept.patterns:
        ways.append(f"{len(concept.patterns)} 条正则表达式")
    if concept.number:
        ways.append(f"数字加单位（{'、'.join(concept.number.units) or '不限'}）")
    if concept.choices:
        ways.append("说出其一：" + "、".join(value for value, _ in concept.choices))
    if concept.similar:
        ways.append(f"与订单“{concept.similar}”相近")
    said = f"{concept.name}：" + "；或 ".join(ways) if ways else concept.name
    if concept.equals:
        said += f"；要与订单“{concept.equals}”一致"
    if concept.applies_if:
        said += f"（当 {concept.applies_if.text}）"
    return said


def _forbidden(rule: Forbidden) -> Iterator[str]:
    who = "、".join(words.ROLE[one].zh for one in rule.says)
    if rule.phrases:
        yield f"{who}不得说：{_quoted(rule.phrases)}"
    if rule.patterns:
        yield f"{who}不得说符合 {len(rule.patterns)} 条正则表达式的话"
    if rule.exceptions:
        yield f"除外：{_quoted(rule.exceptions)}"
    if rule.unless:
        yield f"同时出现 {_quoted(rule.unless)} 时不算"


def _check(rule: Check) -> Iterator[str]:
    yield "发现以下情形：" if rule.reports else "应当做到："
    for one in rule.condition.leaves():
        name = _operators().get(one.key, one.key)
        given = "，".join(f"{key}={_shown(value)}" for key, value in _parameters(one))
        yield f"{name}（{given}）" if given else name
    yield f"{'发现时' if rule.reports else '没有做到时'}判为“{VERDICT[rule.finding]}”"
    if rule.requires:
        yield f"前提：{'、'.join(rule.requires)}"


def _parameters(operator: Any) -> Iterator[tuple[str, object]]:
    """What a rule says of an operator, beside its key."""
    if isinstance(operator, BaseModel):
        for key, value in operator.model_dump(exclude_unset=True, by_alias=True, mode="json").items():
            if value not in (None, [], {}):
                yield key, value


def _shown(value: object) -> str:
    listed = value if isinstance(value, list) else [value]
    text = "、".join("/".join(map(str, one)) if isinstance(one, list) else str(one) for one in listed)
    return text if len(text) <= 120 else text[:119] + "…"


def _applies(head: Head) -> Iterator[str]:
    if head.scenarios:
        yield "场景：" + "、".join(SCENARIO.get(one, one) for one in head.scenarios)
    if head.channels:
        yield "渠道：" + "、".join(head.channels)
    if head.regions:
        yield "地区：" + "、".join(head.regions)
    if head.applies_if:
        yield f"条件：{head.applies_if.text}"
    if head.per_product:
        yield "每个产品分别判断"
    if head.valid_from:
        yield f"自 {head.valid_from} 起"
    if head.valid_to:
        yield f"至 {head.valid_to} 止"


def _quoted(phrases: Iterable[Phrase]) -> str:
    texts = list(dict.fromkeys(phrase.text for phrase in phrases))
    shown = "、".join(f"“{text}”" for text in texts[:SHOWN])
    return shown if len(texts) <= SHOWN else f"{shown}等 {len(texts)} 种说法"


@cache
def _operators() -> dict[str, str]:
    """Names of operators. Raises pydantic.ValidationError for a broken file."""
    return OperatorsPart.model_validate(read(OPERATORS).data).operators
