"""`mingjian rules`: check rule sets, run their examples, show and list them."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from api.cli.backtest import backtest
from engine.errors import MingjianError
from engine.rules import RuleSet, check, load, names
from engine.rules.examples import Outcome, run
from engine.rules.json_schema import rules_schema
from engine.rules.loading import path_of
from engine.rules.ruleset import Check, Disclosure, Forbidden, Visual

FAULTY = 1
UNUSABLE = 2

app = typer.Typer(help="规则集：检查、测试、查看 / rule sets: check, test, show", no_args_is_help=True)

app.command("backtest")(backtest)

Files = Annotated[list[str], typer.Argument(help="规则文件或规则集名称 / rule files or names of rule sets")]


@app.command("check")
def check_files(files: Files) -> None:
    """检查规则文件，一次列出全部错误 / report every fault of rule files at once."""
    faults = [fault for file in files for fault in check(_path(file))]
    for fault in faults:
        typer.echo(str(fault))
    typer.echo(f"{len(files)} 个文件，{len(faults)} 处错误 / {len(files)} file(s), {len(faults)} fault(s)")
    raise typer.Exit(FAULTY if faults else 0)


@app.command("test")
def test_files(files: Files) -> None:
    """运行规则文件里的示例 / run the examples inside rule files."""
    outcomes = [outcome for file in files for outcome in run(_load(file))]
    failing = [outcome for outcome in outcomes if not outcome.ok]
    for outcome in failing:
        typer.echo(_explained(outcome))
    typer.echo(f"{len(outcomes)} 个示例，{len(failing)} 个不符 / {len(outcomes)} example(s), {len(failing)} failing")
    raise typer.Exit(FAULTY if failing else 0)


@app.command("show")
def show(ruleset: Annotated[str, typer.Argument(help="规则集名称或文件 / name or file of a rule set")]) -> None:
    """列出一个规则集的规则 / print the rules of one rule set."""
    loaded = _load(ruleset)
    typer.echo(f"{loaded.id} {loaded.version} {loaded.title}  sha256 {loaded.sha256}")
    for line in _described(loaded):
        typer.echo(line)


@app.command("list")
def list_names() -> None:
    """列出自带的规则集 / list the rule sets that come with the engine."""
    for name in names():
        loaded = _load(name)
        typer.echo(f"{loaded.id}\t{loaded.version}\t{loaded.title}\t{len(loaded.rules)} 条 / rules")


@app.command("schema")
def print_schema() -> None:
    """打印规则文件的 JSON Schema，供编辑器提示和检查 / print the JSON Schema of rule files, for editors."""
    typer.echo(json.dumps(rules_schema(), ensure_ascii=False, indent=1))


def _path(file: str) -> Path:
    try:
        return path_of(file)
    except MingjianError as error:
        raise _ended(error, UNUSABLE) from error


def _load(file: str) -> RuleSet:
    try:
        return load(file)
    except MingjianError as error:
        raise _ended(error, FAULTY if error.code == "ruleset_faults" else UNUSABLE) from error


def _ended(error: MingjianError, status: int) -> typer.Exit:
    typer.echo(str(error), err=True)
    return typer.Exit(status)


def _explained(outcome: Outcome) -> str:
    return (
        f"{outcome.rule}：“{outcome.say}”应为 {outcome.expected}，实为 {outcome.item.verdict}（{outcome.item.reason}）"
        f" / expected {outcome.expected}, found {outcome.item.verdict}"
    )


def _described(ruleset: RuleSet) -> Iterator[str]:
    for rule in ruleset.rules:
        clauses = "、".join(basis.key for basis in rule.head.basis)
        yield f"{rule.head.id}  [{rule.head.severity}] {rule.head.title}  {clauses}"
        yield f"    {_content(rule)}"


def _content(rule: Disclosure | Forbidden | Visual | Check) -> str:
    if isinstance(rule, Disclosure):
        concepts = " + ".join(concept.name for concept in rule.must)
        return concepts + ("，须客户答复 / answer required" if rule.asks else "")
    if isinstance(rule, Forbidden):
        return "、".join(phrase.text for phrase in rule.phrases)
    if isinstance(rule, Check):
        operators = "、".join(dict.fromkeys(one.key for one in rule.condition.leaves()))
        return f"{'发现 / reports' if rule.reports else '要求 / requires'} {operators}"
    return rule.part.metric
