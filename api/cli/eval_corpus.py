"""`mingjian eval corpus`: make, check, import and degrade corpora."""

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.going import stages

if TYPE_CHECKING:
    from eval.corpus.manifest import Corpus, Source, Split


class ImportKind(StrEnum):
    """Where labels come from."""

    RTTM = "rttm"
    TEXTGRID = "textgrid"
    TRANSCRIPT = "transcript"
    LABELSTUDIO = "labelstudio"
    STORE = "store"
    FIELD = "field"


app = typer.Typer(
    help="语料：合成、检查、导入、降质 / corpora: make, check, import, degrade",
    no_args_is_help=True,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)

AsJson = Annotated[bool, typer.Option("--json", help="标准输出只打印 JSON / print JSON on stdout and nothing else")]
Out = Annotated[Path, typer.Option("--out", help="语料文件夹 / folder of the corpus", file_okay=False)]


@app.command("make")
def make_command(
    out: Out,
    count: Annotated[int, typer.Option(min=1, max=100_000, help="会话数 / sessions")] = 100,
    seed: Annotated[int, typer.Option(min=0, help="随机种子 / seed")] = 1,
    scenario: Annotated[list[str] | None, typer.Option(help="场景，可重复 / scenario, may be repeated")] = None,
    split: Annotated[str | None, typer.Option(help="全部归入该划分 / put all into this split")] = None,
    name: Annotated[str | None, typer.Option(help="语料名称 / name of the corpus")] = None,
    gate: Annotated[bool, typer.Option("--gate", help="门禁用的小语料 / the small corpus of the gate")] = False,
    as_json: AsJson = False,
) -> None:
    """合成会话：每个场景、缺陷、声音都有，真值确知 / Make synthetic sessions with planted faults and exact truth."""
    from typing import get_args

    from engine.order import Scenario
    from eval.corpus.generate import make, make_gate
    from eval.corpus.manifest import SPLITS

    _known(scenario or (), get_args(Scenario), "--scenario")
    _known([split] if split else (), SPLITS, "--split")
    with told("make") as report:
        if gate:
            made = make_gate(out, seed, report)
        else:
            wanted = [one for one in get_args(Scenario) if one in scenario] if scenario else None
            into = next((one for one in SPLITS if one == split), None)
            made = make(out, count, seed, wanted, split=into, name=name, report=report)
    _tell(made, as_json)


@app.command("check")
def check_command(
    folder: Annotated[Path, typer.Argument(help="语料文件夹 / folder of the corpus", show_default=False)],
    as_json: AsJson = False,
) -> None:
    """检查语料，一次列出全部错误 / Check a corpus and report every fault at once.

    退出码 Exit status: 0 无误 sound；2 有错 faulty.
    """
    from eval.corpus.loading import load_corpus

    _tell(load_corpus(folder), as_json)


@app.command("import")
def import_command(
    kind: Annotated[
        ImportKind,
        typer.Argument(
            help="标注的格式；store：系统里的复核结论；field：带文字的片段清单 / what the labels are",
            show_default=False,
        ),
    ],
    out: Out,
    labels: Annotated[
        Path | None, typer.Option("--labels", help="标注文件或文件夹 / file or folder of labels", show_default=False)
    ] = None,
    media: Annotated[
        Path | None, typer.Option("--media", help="录音文件或文件夹，按文件名对应 / recordings, matched by stem")
    ] = None,
    name: Annotated[str | None, typer.Option(help="语料名称 / name of the corpus")] = None,
    split: Annotated[str, typer.Option(help="归入的划分 / split")] = "test",
    scenario: Annotated[str | None, typer.Option(help="场景 / scenario")] = None,
    synthetic: Annotated[bool, typer.Option("--synthetic", help="是合成录音 / the recordings are made")] = False,
    limit: Annotated[int | None, typer.Option(min=1, help="最多导入的会话数（store）/ most sessions (store)")] = None,
    as_json: AsJson = False,
) -> None:
    """导入标注，扩充或新建语料 / Import labels into a corpus, a new one or one that is there."""
    from eval.corpus.manifest import SPLITS

    _known([split], SPLITS, "--split")
    into = next(one for one in SPLITS if one == split)
    if kind is ImportKind.STORE:
        made = _reviewed(out, name, into, limit)
    elif labels is None:
        raise typer.BadParameter("需要标注文件 / a file of labels is needed", param_hint="--labels")
    elif kind is ImportKind.FIELD:
        from eval.corpus.field import import_field

        with told("import") as report:
            made = import_field(labels, out, name=name or "field", report=report)
    else:
        from eval.corpus.importing import KINDS, import_labels

        source: Source = "synthetic" if synthetic else "real"
        form = next(one for one in KINDS if one == kind.value)
        made = import_labels(form, labels, media, out, name=name, split=into, source=source, scenario=scenario)
    _tell(made, as_json)


def _reviewed(out: Path, name: str | None, split: "Split", limit: int | None) -> "Corpus":
    """The final decisions of reviewers in the store as a corpus."""
    from engine.settings import load_settings
    from engine.store import open_store
    from eval.corpus.reviewed import import_reviews

    with open_store(load_settings()) as store, told("import") as report:
        return import_reviews(store, out, name=name, split=split, limit=limit, report=report)


@app.command("degrade")
def degrade_command(
    corpus: Annotated[Path, typer.Argument(help="语料文件夹 / folder of the corpus", show_default=False)],
    out: Out,
    step: Annotated[
        list[str] | None,
        typer.Option(
            help="如 white:10、babble:5、reverb:0.4、g711-mu、amr-nb:12.2、opus:6，可重复 / repeatable; default: all"
        ),
    ] = None,
    name: Annotated[str | None, typer.Option(help="语料名称 / name of the corpus")] = None,
    as_json: AsJson = False,
) -> None:
    """给语料加噪声、混响和窄带编码，真值不变 / The same recordings with noise, reverberation and telephone codecs."""
    from eval.corpus.ladder import LADDER, degrade, unavailable
    from eval.corpus.loading import load_corpus

    if not step:
        for family, why in unavailable().items():
            typer.echo(f"{family}：{why}", err=True)
    with told("degrade") as report:
        made = degrade(load_corpus(corpus), out, tuple(step) if step else LADDER, name=name, report=report)
    _tell(made, as_json)


@contextmanager
def told(stage: str) -> Iterator[Callable[[str, int, int], None]]:
    """What hears of each session that is done: a bar on a terminal."""
    with stages(sys.stderr) as progress:
        yield lambda _id, done, total: progress(stage, done, total)


def _known(given: Sequence[str], known: Sequence[str], option: str) -> None:
    """Refuse a word that is not among the known ones."""
    unknown = [one for one in given if one not in known]
    if unknown:
        raise typer.BadParameter(f"{unknown[0]}: {', '.join(known)}", param_hint=option)


def _tell(corpus: "Corpus", as_json: bool) -> None:
    """Print what a corpus holds."""
    sources: Counter[str] = Counter()
    splits: Counter[str] = Counter()
    truths: Counter[str] = Counter()
    for one in corpus.recordings:
        sources[one.source] += 1
        splits[one.split] += 1
        truths[{True: "violating", False: "clean", None: "unknown"}[one.labels.violating]] += 1
    if as_json:
        found = {"name": corpus.name, "folder": str(corpus.folder), "digest": corpus.digest}
        counts = {"sources": dict(sources), "splits": dict(splits), "truth": dict(truths)}
        typer.echo(json.dumps(found | {"recordings": len(corpus.recordings)} | counts, ensure_ascii=False))
        return
    typer.echo(f"{corpus.name}：{len(corpus.recordings)} 段录音 / {len(corpus.recordings)} recording(s)")
    for counts_of in (sources, splits, truths):
        typer.echo("  " + "，".join(f"{key} {count}" for key, count in sorted(counts_of.items())))
    typer.echo(f"  {corpus.digest}")
    typer.echo(str(corpus.folder))
