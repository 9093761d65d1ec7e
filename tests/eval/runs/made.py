"""Corpora of written sessions (text records), so that the real engine inspects them in no time."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from engine.interval import Interval
from eval.corpus.manifest import Corpus, LabelledUtterance, Labels, Recording, Source, Split
from eval.corpus.writing import write_corpus

PERIOD, PROMISE = "dr_period", "fb_promise"
TOLD = "这份合同的保险期间是终身，您清楚吗？"
LEFT_OUT = "这份合同很好，您清楚吗？"
MISHEARD = "这份合同很长，您清楚吗？"
PROMISED = "这份合同稳赚不赔。"
RULES: dict[str, Any] = {
    "schema": 1,
    "id": "small",
    "version": "1",
    "title": "小规则集",
    "scenarios": ["telesales"],
    "disclosures": [
        {
            "id": PERIOD,
            "title": "保险期间",
            "basis": ["R54-7-3"],
            "severity": "critical",
            "must": [{"concept": "终身", "any": ["终身"]}],
        }
    ],
    "forbidden": [
        {
            "id": PROMISE,
            "title": "承诺收益",
            "basis": ["R54-7-3"],
            "severity": "critical",
            "any": ["稳赚不赔"],
        }
    ],
}


@dataclass(frozen=True)
class Case:
    """A session: what the record holds, what was truly said, and what is true of the item `dr_period`."""

    id: str
    text: str = TOLD
    said: str | None = None
    violating: bool = False
    split: Split = "test"
    source: Source = "synthetic"
    noise: str = "clean"
    fault: str = "none"
    promised: bool = False
    broken: bool = False


def corpus(folder: Path, cases: list[Case], ruleset: bool = True) -> Corpus:
    """The corpus of `cases` in `folder`, judged by a rule set of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    rules = folder / "small.yaml"
    rules.write_text(yaml.safe_dump(RULES, allow_unicode=True), encoding="utf-8")
    order = folder / "order.json"
    order.write_text(json.dumps({"scenario": "telesales", "policy_no": "P1"}), encoding="utf-8")
    return write_corpus(folder, "written", [_recording(folder, case, rules if ruleset else None) for case in cases])


def _recording(folder: Path, case: Case, rules: Path | None) -> Recording:
    media = folder / f"{case.id}.json"
    heard = lines(case.text, case.promised)
    media.write_text("{" if case.broken else json.dumps({"utterances": heard}, ensure_ascii=False), encoding="utf-8")
    said = lines(case.said or case.text, case.promised)
    utterances = tuple(
        LabelledUtterance(one["text"], one["role"], one["role"], Interval(one["start"], one["end"])) for one in said
    )
    labels = Labels(
        utterances=utterances,
        items={PERIOD: "fail" if case.violating else "pass", PROMISE: "fail" if case.promised else "pass"},
        verdict="flagged" if case.violating or case.promised else "clear",
    )
    conditions = {"scenario": "telesales", "noise": case.noise, "fault": case.fault}
    return Recording(
        case.id, (media,), folder / "order.json", str(rules) if rules else None, labels, case.split, case.source,
        conditions,
    )  # fmt: skip


def lines(text: str, promised: bool) -> list[dict[str, Any]]:
    """A sale in a few words."""
    extra = [{"role": "agent", "text": PROMISED, "start": 9.0, "end": 11.0}] if promised else []
    return [
        {"role": "agent", "text": text, "start": 1.0, "end": 5.0},
        {"role": "customer", "text": "清楚。", "start": 6.0, "end": 7.0},
        *extra,
    ]
