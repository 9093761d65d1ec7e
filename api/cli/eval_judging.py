"""`mingjian eval compare`, `gate`, `tune`, `backtest`, `shadow`: runs and stored results set against each other."""

import json
import sys
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.console import printable
from api.cli.going import stages

if TYPE_CHECKING:
    from eval.compare import Comparison, Tolerance

REGRESSED = 1
MOST_JOBS = 64
STORE = "store"

AsJson = Annotated[bool, typer.Option("--json", help="标准输出只打印 JSON / print JSON on stdout and nothing else")]
Run = Annotated[Path, typer.Argument(help="评测运行的文件夹 / folder of a run", show_default=False)]
Limits = Annotated[Path | None, typer.Option(help="容忍度文件 / file of tolerances", dir_okay=False)]
Jobs = Annotated[int, typer.Option(min=1, max=MOST_JOBS, help="本机进程数 / processes of this machine")]


class By(StrEnum):
    """What has to stay within the budget."""

    VALUE = "value"
    UPPER = "upper"


class Objective(StrEnum):
    """What is made as good as the budget allows."""

    NEEDLESS = "needless"
    RECALL = "recall"


def compare_command(
    before: Run,
    after: Run,
    tolerance: Limits = None,
    flips: Annotated[int, typer.Option(min=0, help="列出的变化数 / flips to list")] = 20,
    as_json: AsJson = False,
) -> None:
    """比较两次运行：逐会话配对，检验差异，列出变化 / Compare two runs session by session.

    退出码 Exit status: 0 未变差 no regression；1 超出容忍度变差 regression；2 无法比较 unusable input.
    """
    from eval.compare import compare, load_tolerance
    from eval.runs import open_run

    limits = load_tolerance(tolerance) if tolerance else load_tolerance()
    _conclude(compare(open_run(before), open_run(after), limits), flips, as_json)


def gate_command(
    run: Run,
    baseline: Annotated[Path, typer.Option(help="基线（baseline.json）/ baseline", dir_okay=False)],
    tolerance: Limits = None,
    write: Annotated[bool, typer.Option("--write", help="把这次运行写成基线 / write this run as the baseline")] = False,
    as_json: AsJson = False,
) -> None:
    """与基线比较：变差则拒绝 / Compare a run with a baseline and refuse what is worse.

    退出码 Exit status: 0 通过 let in；1 变差 regression；2 无法比较 unusable input.
    """
    from eval.compare import gate, load_tolerance, write_baseline
    from eval.runs import open_run

    opened = open_run(run)
    if write:
        _written(baseline, write_baseline(opened))
        typer.echo(json.dumps({"baseline": str(baseline)}) if as_json else f"{baseline}")
        return
    limits: Tolerance = load_tolerance(tolerance, "gate") if tolerance else load_tolerance(profile="gate")
    _conclude(gate(opened, baseline, limits), None, as_json)


def _conclude(comparison: "Comparison", flips: int | None, as_json: bool) -> None:
    """Print a comparison and end with its exit status."""
    from eval.compare import as_data, table

    if as_json:
        typer.echo(json.dumps(as_data(comparison), ensure_ascii=False))
    else:
        _echo((table(comparison) if flips is None else table(comparison, flips)).splitlines())
    raise typer.Exit(REGRESSED if comparison.regressed else 0)


def _written(path: Path, data: bytes) -> None:
    from engine.report.output import output_error

    draft = path.with_name(f".{path.name}.draft")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.write_bytes(data)
        draft.replace(path)
    except OSError as error:
        raise output_error(error, path) from error


def tune_command(
    run: Run,
    out: Annotated[Path, typer.Option("--out", help="结果文件夹 / where the proposal goes", file_okay=False)],
    budget: Annotated[
        float | None,
        typer.Option(min=0, max=1, help="允许的漏放率 / false-clear rate allowed", show_default="configs/eval"),
    ] = None,
    by: Annotated[By | None, typer.Option(help="按数值或区间上限 / by the value or its upper bound")] = None,
    objective: Annotated[
        Objective | None, typer.Option(help="减少误报或提高报出率 / fewer needless flags or more recall")
    ] = None,
    only: Annotated[
        list[str] | None, typer.Option(help="只动这个阈值，可重复 / only this threshold, repeatable")
    ] = None,
    ruleset: Annotated[str | None, typer.Option(help="规则集编号或文件 / rule set, id or file")] = None,
    policy: Annotated[str | None, typer.Option(help="判定策略编号或文件 / policy, id or file")] = None,
    jobs: Jobs = 1,
    as_json: AsJson = False,
) -> None:
    """按漏放预算选阈值：在 tuning 上选，在 test 上报告 / Pick thresholds within a false-clear budget.

    退出码 Exit status: 0 预算内且在 test 上成立 held；1 不成立 not held；2 无法读取 unusable input.
    """
    from eval.tuning.settings import load_options
    from eval.tuning.tune import tune
    from eval.tuning.writing import as_data, lines, write

    chosen = {"budget": budget, "by": by and by.value, "objective": objective and objective.value}
    wanted: dict[str, Any] = {name: value for name, value in chosen.items() if value is not None}
    options = replace(load_options().with_only(tuple(only or ())), ruleset=ruleset, policy=policy, jobs=jobs, **wanted)
    with stages(sys.stderr) as told:
        tuned = tune(run, options, told)
    write(tuned, out)
    _tell(lines(tuned), as_data(tuned), as_json)
    raise typer.Exit(0 if tuned.within_budget and tuned.held else REGRESSED)


def backtest_command(
    ruleset: Annotated[str, typer.Argument(help="规则集编号或文件 / rule set, id or file", show_default=False)],
    against: Annotated[Path, typer.Option("--against", help="评测运行或结果文件夹 / run or folder of results")],
    policy: Annotated[str | None, typer.Option(help="判定策略编号或文件 / policy, id or file")] = None,
    point: Annotated[Path | None, typer.Option(help="阈值文件 / file of thresholds", dir_okay=False)] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="报告文件夹 / where the report goes", file_okay=False)
    ] = None,
    since: Annotated[
        str | None,
        typer.Option(
            help="以往判定用的规则集；差别听不到的会话不必重判 / rule set that judged them: skips what cannot change"
        ),
    ] = None,
    jobs: Jobs = 1,
    workers: Annotated[
        int | None, typer.Option(min=1, help="由 Ray 的这么多工作进程处理 / so many workers of Ray")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """用新规则重判已存的证据，列出变化及对错 / Judge stored evidence by other rules and say what changes.

    退出码 Exit status: 0 没有变化 nothing flips；1 有变化 something flips；2 无法读取 unusable input.
    """
    from eval.backtest.running import Against, backtest
    from eval.backtest.telling import as_data, lines
    from eval.tuning.writing import load_point

    by = Against(ruleset, policy, since=since)
    if point:
        by = replace(by, point=load_point(point))
    with stages(sys.stderr) as told:
        found = backtest(against, by, out, jobs, told, workers=workers)
    _tell(lines(found), as_data(found), as_json)
    raise typer.Exit(found.status)


def shadow_command(
    decisions: Annotated[
        Path, typer.Argument(help="人工结果（CSV 或 JSON Lines）/ past human results", show_default=False)
    ],
    against: Annotated[
        str, typer.Option("--against", help="评测运行、结果文件夹或 store / run, folder of results, or store")
    ],
    out: Annotated[
        Path | None, typer.Option("--out", help="报告文件夹 / where the report goes", file_okay=False)
    ] = None,
    human_is_truth: Annotated[
        bool, typer.Option("--human-is-truth", help="以人工为准 / take people to be right")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """影子模式：以往人工结果与机检并列 / A team's past human results beside the machine's.

    退出码 Exit status: 0 完成 done；2 无法读取 unusable input.
    """
    from engine.settings import load_settings
    from engine.store import open_store
    from eval.shadow import lines, shadow
    from eval.shadow.telling import as_data

    with (
        open_store(load_settings()) if against == STORE else nullcontext(Path(against)) as results,
        stages(sys.stderr) as told,
    ):
        found = shadow(decisions, results, out, human_is_truth, told)
    _tell(lines(found), as_data(found), as_json)
    raise typer.Exit(found.status)


def _tell(lines: Iterable[str], data: dict[str, Any], as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(data, ensure_ascii=False, default=str))
    else:
        _echo(lines)


def _echo(lines: Iterable[str]) -> None:
    for line in lines:
        typer.echo(printable(line))


COMMANDS: dict[str, Callable[..., None]] = {
    "compare": compare_command,
    "gate": gate_command,
    "tune": tune_command,
    "backtest": backtest_command,
    "shadow": shadow_command,
}
