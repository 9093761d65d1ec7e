"""A small rule set around one check, and conversations said and heard without a flaw."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml

from engine.evidence import Evidence
from engine.inspection import Item
from engine.order import Order
from engine.rules import RuleSet, evaluate, load
from engine.rules.operators.base import Context
from engine.rules.rehearsal import Line, rehearse

CONSENT = "这次投保需要全程录音录像，您同意吗？"
INSURANCE = "您购买的是一款保险产品，您明白吗？"
EXCLUSION = "责任免除的部分，酒后驾驶这些情况公司是不赔的，您知道吗？"
SUMMARY = "以上文件您都阅读过了吗？"

DISCLOSURES: list[dict[str, Any]] = [
    {"id": "dr_consent", "title": "同意录制", "ack": "required", "must": [{"concept": "录制", "any": ["录音录像"]}]},
    {"id": "dr_insurance", "title": "保险产品", "ack": "required", "must": [{"concept": "保险", "any": ["保险产品"]}]},
    {"id": "dr_exclusion", "title": "责任免除", "ack": "required", "must": [{"concept": "免责", "any": ["责任免除"]}]},
    {
        "id": "dr_read",
        "title": "文件已读",
        "ack": "required",
        "summary": True,
        "must": [{"concept": "已读", "any": ["都阅读过"]}],
    },
    {"id": "dr_greeting", "title": "问候", "must": [{"concept": "问候", "any": ["您好"]}]},
    {
        "id": "dr_dividend",
        "title": "红利不保证",
        "applies_if": "product.design_type == 分红型",
        "must": [{"concept": "红利", "any": ["红利不保证"]}],
    },
]


def document(condition: Mapping[str, Any], **fields: Any) -> dict[str, Any]:
    """A rule set file with the usual disclosures and one check, `cv_it`; `require=` instead of `report`."""
    stated = {"basis": ["R54-6"], "severity": "high"}
    check = {"id": "cv_it", "title": "检查", "kind": "conversation", **stated, **fields}
    if "require" not in check:
        check["report"] = dict(condition)
    return {
        "schema": 1,
        "id": "small",
        "version": "1",
        "title": "小",
        "scenarios": ["face_to_face"],
        "disclosures": [{**one, **stated} for one in DISCLOSURES],
        "checks": [check],
    }


def loaded(written: Mapping[str, Any]) -> RuleSet:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "small.yaml"
        path.write_text(yaml.safe_dump(dict(written), allow_unicode=True), encoding="utf-8")
        return load(path)


def reporting(condition: Mapping[str, Any], **fields: Any) -> RuleSet:
    return loaded(document(condition, **fields))


def requiring(condition: Mapping[str, Any], **fields: Any) -> RuleSet:
    return loaded(document(condition, require=dict(condition), **fields))


def session(*lines: tuple[Any, ...] | Line, **how: Any) -> Evidence:
    """Lines of (role, text) or (role, text, pause before it)."""
    return rehearse([one if isinstance(one, Line) else Line(*one) for one in lines], **how)


def judged(
    ruleset: RuleSet,
    evidence: Evidence | Sequence[tuple[Any, ...] | Line],
    order: Mapping[str, Any] | None = None,
    context: Context | None = None,
) -> Item:
    """The outcome of the check."""
    if not isinstance(evidence, Evidence):
        evidence = session(*evidence)
    judgement = evaluate(evidence, ruleset, Order.model_validate(order or {}), context or Context())
    return next(item for item in judgement.items if item.id == "cv_it")


def outcome(*arguments: Any, **named: Any) -> tuple[str, str]:
    item = judged(*arguments, **named)
    return item.verdict, item.reason_code
