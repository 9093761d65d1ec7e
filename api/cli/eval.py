"""`mingjian eval`: how often the engine is wrong, what it costs, and what makes it better or worse."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli import eval_corpus, eval_judging
from api.cli.going import going, stages

if TYPE_CHECKING:
    from eval.metrics.figures import Figure
    from eval.runs import RunFolder

MOST_JOBS = 64

app = typer.Typer(
    help="评测：语料、运行、报告、比较、门禁、调阈值 / Evaluation: corpora, runs, reports, comparison, gate, tuning",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
AsJson = Annotated[bool, typer.Option("--json", help="标准输出只打印 JSON / print JSON on stdout and nothing else")]


@app.command("run")
def run_command(
    corpus: Annotated[Path, typer.Argument(help="语料文件夹 / folder of the corpus", metavar="CORPUS")],
    out: Annotated[Path, typer.Option("--out", help="评测运行的文件夹 / folder of the run", file_okay=False)],
    ruleset: Annotated[
        str | None, typer.Option(help="以此规则集判定全部录音 / judge all recordings by this rule set")
    ] = None,
    policy: Annotated[str | None, typer.Option(help="判定策略编号或文件 / policy, id or file")] = None,
    split: Annotated[
        list[str] | None, typer.Option(help="只运行该划分，可重复 / only this split, may be repeated")
    ] = None,
    sample: Annotated[int | None, typer.Option(min=1, help="只抽取这么多条 / only so many, drawn at random")] = None,
    seed: Annotated[int, typer.Option(min=0, help="抽取的随机种子 / seed of the draw")] = 0,
    jobs: Annotated[int, typer.Option(min=1, max=MOST_JOBS, help="本机进程数 / processes of this machine")] = 1,
    workers: Annotated[
        int | None,
        typer.Option(min=1, help="由 Ray 的这么多工作进程处理 / so many workers of Ray (RAY_ADDRESS: of that cluster)"),
    ] = None,
    artifacts: Annotated[
        Path | None, typer.Option(help="阶段结果存放处，跨次复用 / keeps stage results between runs", file_okay=False)
    ] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="条件不同也接管该文件夹 / take over a run made under other conditions")
    ] = False,
    longest: Annotated[float, typer.Option(min=1, help="单条录音最长处理秒数 / most seconds for one recording")] = 3600,
    as_json: AsJson = False,
) -> None:
    """检查语料中的全部录音；中断后重新运行即接着做 / Inspect every recording of a corpus; resumes where it was.

    退出码 Exit status: 0 完成 done；2 语料、配置或结果文件夹有错 unusable corpus, configuration or folder.
    """
    from eval.corpus.loading import load_corpus
    from eval.corpus.manifest import SPLITS
    from eval.runs import RunOptions, run

    unknown = [one for one in split or () if one not in SPLITS]
    if unknown:
        raise typer.BadParameter(f"{unknown[0]}: {', '.join(SPLITS)}", param_hint="--split")
    options = RunOptions(
        ruleset=ruleset,
        policy=policy,
        splits=tuple(one for one in SPLITS if one in (split or ())),
        sample=sample,
        seed=seed,
        processes=jobs,
        workers=workers,
        artifacts=artifacts,
        replace=replace,
        longest_s=longest,
        command=("mingjian", *sys.argv[1:]),
    )
    loaded = load_corpus(corpus)
    with going(len(loaded.recordings), sys.stderr) as told:
        done = run(loaded, out, options, told)
    typer.echo(_as_json(done) if as_json else _summary(done))


def _summary(done: "RunFolder") -> str:
    tally = _tally(done)
    stretch = done.meta.stretches[-1]
    verdicts = (
        f"通过 {tally['clear']}，需人工 {tally['flagged']}，无法判定 {tally['unusable']}，出错 {tally['failed']}"
        f" / clear {tally['clear']}, flagged {tally['flagged']}, unusable {tally['unusable']}, failed {tally['failed']}"
    )
    work = (
        f"{done.meta.sessions} 个会话，本次检查 {stretch.inspected}，此前已有 {stretch.found}"
        f" / {done.meta.sessions} session(s), {stretch.inspected} inspected now, {stretch.found} before"
    )
    return f"{work}\n{verdicts}\n{done.folder}"


def _as_json(done: "RunFolder") -> str:
    stretch = done.meta.stretches[-1]
    found = {"folder": str(done.folder), "sessions": done.meta.sessions, "inspected": stretch.inspected}
    return json.dumps(found | {"found": stretch.found} | _tally(done), ensure_ascii=False)


def _tally(done: "RunFolder") -> dict[str, int]:
    tally = dict.fromkeys(("clear", "flagged", "unusable", "failed"), 0)
    for line in done.lines():
        tally[line.got or "failed"] += 1
    return tally


@app.command("report")
def report_command(
    run: Annotated[Path, typer.Argument(help="评测运行的文件夹 / folder of the run", show_default=False)],
    cases: Annotated[
        int, typer.Option(min=0, max=2000, help="详细展示（带片段）的错误数 / errors shown in full, with clips")
    ] = 120,
    as_json: AsJson = False,
) -> None:
    """写出评测报告（report.html）：指标、曲线、分组、每个错误的片段 / Write the report on a run.

    退出码 Exit status: 0 完成 done；2 无法读取 unusable run.
    """
    from eval.metrics.figures import as_data
    from eval.report import ReportOptions, write_report
    from eval.runs import open_run

    with stages(sys.stderr) as told:
        written = write_report(open_run(run), ReportOptions(cases=cases), progress=told)
    if as_json:
        found = {"report": str(written.path), "figures": as_data(list(written.figures))}
        typer.echo(json.dumps(found, ensure_ascii=False))
        return
    for figure in written.figures:
        typer.echo(_line(figure))
    typer.echo(str(written.path))


def _line(figure: "Figure") -> str:
    from eval.report.tables import SOURCE
    from eval.report.writer import bounds_text, figure_text

    source = SOURCE[figure.source]
    return f"{source.zh} {source.en.lower()}\t{figure.zh} {figure.en}\t{figure_text(figure)}\t{bounds_text(figure)}"


for _name, _command in eval_judging.COMMANDS.items():
    app.command(_name)(_command)
app.add_typer(eval_corpus.app, name="corpus")
