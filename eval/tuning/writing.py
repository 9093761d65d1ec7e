"""What tuning proposes, as files: a YAML for a person to review and to try, and all figures with the curves as JSON.

The YAML is read back by `load_point`, so that a proposal can be back-tested as it stands. Nothing else reads it:
thresholds change when a person changes them in the rule sets.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from engine.errors import MingjianError
from engine.rules.source import faults_of, read
from eval.backtest.files import write_file
from eval.backtest.telling import SHARES, shares
from eval.backtest.telling import told as told_share
from eval.tuning.outcomes import Outcomes
from eval.tuning.page import page
from eval.tuning.point import Point, Threshold, Where
from eval.tuning.tune import Tuned

POINT_FILE = "operating-point.yaml"
FIGURES_FILE = "tuning.json"
PAGE_FILE = "report.html"
FILES: dict[Where, str] = {
    "settings": "configs/rulesets/parts/settings.yaml",
    "answers": "configs/language/answers.yaml",
}
HEAD = """\
# 建议的判定阈值，由人审阅。程序从不自动采用：同意后请自己改到下面写明的文件里，再运行 rules test 和评测门禁。
# Proposed thresholds, for a person to review. Nothing applies them: who agrees changes the files named below, then runs
# the examples of the rule sets and the evaluation gate. To see what would flip:
#   mingjian eval backtest RULESET --against DIR --point THIS-FILE
"""

Number = Annotated[float, Field(allow_inf_nan=False)]


class PointPart(BaseModel):
    """The file: the thresholds by where they live; `in_force` and `measured` say where they come from."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    schema_: Annotated[Literal[1], Field(alias="schema")]
    kind: Literal["operating_point"]
    settings: dict[str, Number] = {}
    answers: dict[str, Number] = {}
    in_force: dict[str, Any] = {}
    measured: dict[str, Any] = {}


def load_point(path: Path) -> Point:
    """The thresholds of a proposal. Raises MingjianError `point_faults` with every fault."""
    source = read(path)
    faults = list(source.faults)
    part: PointPart | None = None
    try:
        part = PointPart.model_validate(source.data)
    except ValidationError as error:
        faults += faults_of(source, (), error.errors())
    values: dict[Threshold, float] = {}
    if part is not None:
        values |= {Threshold("settings", name): value for name, value in part.settings.items()}
        values |= {Threshold("answers", name): value for name, value in part.answers.items()}
    for one in values:
        if not one.known:
            zh, en = f"“{one.name}”不是判定时起作用的阈值", f"{one.name!r} is no threshold that judging goes by"
            faults.append(source.fault((one.where, one.name), zh, en))
    if faults:
        raise MingjianError("point_faults", path=path, detail="；".join(map(str, faults)))
    return Point.of(values)


def write(tuned: Tuned, out: Path) -> None:
    """Write the proposal and all figures into the folder `out`. Raises MingjianError `output_*`."""
    write_file(out, POINT_FILE, as_yaml(tuned).encode())
    write_file(out, FIGURES_FILE, json.dumps(as_data(tuned), ensure_ascii=False, indent=1).encode())
    write_file(out, PAGE_FILE, page(tuned).encode())


def lines(tuned: Tuned) -> Iterator[str]:
    """The outcome for a terminal."""
    moved = "、".join(f"{one} {tuned.present[one]:g} -> {value:g}" for one, value in tuned.chosen.values)
    yield f"建议 / proposed：{moved or '—'}"
    test = tuned.tested
    for name, (zh, en) in SHARES.items():
        before, after = (told_share(getattr(one.against, name)) for one in (test.before, test.after))
        yield f"  {zh} / {en}（test）：{before} -> {after}"
    yield from _said(tuned)


def as_yaml(tuned: Tuned) -> str:
    """The proposal as a file for a person."""
    proposed = dict(tuned.chosen.values)
    moved: dict[str, Any] = {
        where: {one.name: value for one, value in proposed.items() if one.where == where} for where in FILES
    }
    in_force = {where: {one.name: tuned.present[one] for one in proposed if one.where == where} for where in FILES}
    body: dict[str, Any] = {"schema": 1, "kind": "operating_point", **moved, "in_force": in_force}
    body["measured"] = _summary(tuned)
    where = "".join(f"#   {name}: {file}\n" for name, file in FILES.items())
    return HEAD + where + _remarks(tuned) + yaml.safe_dump(body, allow_unicode=True, sort_keys=False, width=120)


def _remarks(tuned: Tuned) -> str:
    """What a reviewer must know before anything else, as comments."""
    return "".join(f"# ! {line}\n" for line in _said(tuned))


def _said(tuned: Tuned) -> Iterator[str]:
    if not tuned.chosen.values:
        yield "现有阈值已是最合适的，没有改动建议。 / The thresholds in force suit best: nothing is proposed."
    if not tuned.within_budget:
        yield "没有一组阈值满足漏放率上限。 / No thresholds within reach keep to the false-clear budget."
        if tuned.needed and tuned.found.chosen.outcomes.against.false_clear.total < tuned.needed:
            yield (
                f"要证明这个上限，选择用的违规会话至少要 {tuned.needed} 个。"
                f" / To prove this budget takes {tuned.needed} violating sessions in the split they are chosen on."
            )
    elif not tuned.held:
        yield "在 test 部分没有守住上限。 / On the split test the budget was not kept to."
    if tuned.looks:
        yield (
            f"test 部分此前已用别的选择看过 {tuned.looks} 次，数字偏乐观。"
            f" / The split test was looked at {tuned.looks} time(s) before with other choices: its figures flatter."
        )
    if tuned.unlike:
        yield (
            f"{tuned.unlike} 个会话在现有阈值下的结论与运行时不同：规则或策略已经改过。"
            f" / {tuned.unlike} session(s) come to another verdict than in the run: rules or policies changed since."
        )


def _summary(tuned: Tuned) -> dict[str, Any]:
    options = tuned.options
    return {
        "run": tuned.run.name,
        "rulesets": tuned.rulesets,
        "budget": {"false_clear": options.budget, "by": options.by},
        "objective": options.objective,
        "chosen_on": {"split": "tuning", "sources": tuned.sources["tuning"], **told(tuned.found.chosen.outcomes)},
        "measured_on": {
            "split": "test",
            "sources": tuned.sources["test"],
            "in_force": told(tuned.tested.before),
            "proposed": told(tuned.tested.after),
            "looked_at_before": tuned.looks,
        },
    }


def as_data(tuned: Tuned) -> dict[str, Any]:
    """All figures as JSON values: the way of the search, the curves around the chosen point, and the test."""
    test = tuned.tested
    return {
        "schema": 1,
        "summary": _summary(tuned),
        "proposed": _named(dict(tuned.chosen.values)),
        "in_force": _named(tuned.present),
        "within_budget": tuned.within_budget,
        "held_on_test": tuned.held,
        "violating_needed": tuned.needed,
        "points_tried": tuned.found.tried,
        "moves": [{"point": _named(dict(one.point.values)), **told(one.outcomes)} for one in tuned.found.moves],
        "curves": [
            {
                "threshold": str(curve.threshold),
                "in_force": tuned.present[curve.threshold],
                "points": [{"value": one.value, "chosen": one.chosen, **told(one.outcomes)} for one in curve.points],
            }
            for curve in tuned.found.curves
        ],
        "test": {
            "paired": {name: getattr(test.paired, name) for name in test.paired.__slots__},
            "by_source": {
                source: {"in_force": told(before), "proposed": told(after)}
                for source, (before, after) in sorted(test.by_source.items())
            },
        },
        "unlike_the_run": tuned.unlike,
        "unreadable": list(tuned.faults),
    }


def told(outcomes: Outcomes) -> dict[str, Any]:
    """Outcomes as JSON values, every share with its counts and its interval at 95 %."""
    found = shares(outcomes.against)
    return {"sessions": outcomes.sessions, **found, "pending_media": outcomes.pending}


def _named(values: Mapping[Threshold, float]) -> dict[str, float]:
    return {str(threshold): value for threshold, value in values.items()}
