"""`python -m eval.benchmarks speed`: measure, show, and write the documents.

Status 1 when a figure misses a target that is stated for its length.
"""

import argparse
import os
from collections.abc import Sequence
from pathlib import Path

from eval.benchmarks.figures import environment, table
from eval.benchmarks.speed import documents
from eval.benchmarks.speed.contenders import BY_KEY
from eval.benchmarks.speed.environments import ROOT
from eval.benchmarks.speed.measuring import Place, Rounds, chosen, measure, turns
from eval.benchmarks.speed.results import KINDS, Recording, Results, joined, read, write
from eval.benchmarks.speed.summary import figures

MANY_MINUTES = 1.0
"""Length of each file where there are many."""


def main(arguments: Sequence[str]) -> int:
    """Measure what the arguments ask for."""
    parser = argparse.ArgumentParser(
        prog="python -m eval.benchmarks speed",
        description="Measure the engine beside what a user would otherwise run.",
    )
    parser.add_argument("--minutes", type=float, nargs="+", default=[10.0], help="lengths (stated: 1 10 60)")
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=["audio", "720p"], help="kinds of recording")
    parser.add_argument("--files", type=int, nargs="+", default=[1], help="files in one go (stated: 1 20)")
    parser.add_argument("--runs", type=int, default=3, help="rounds of single sound files")
    parser.add_argument("--slow-runs", type=int, default=1, help="rounds of pictures, many files and slow peers")
    parser.add_argument("--warm-runs", type=int, default=1, help="rounds that go on to a second recording")
    parser.add_argument("--contenders", nargs="+", choices=BY_KEY, default=[], help="default: all but slow doubles")
    parser.add_argument("--cores", type=int, default=2, help="cores to use, and threads of every peer")
    parser.add_argument("--work", type=Path, default=Path.home() / ".cache" / "mingjian" / "bench")
    parser.add_argument("--out", type=Path, help="write every run here, as JSON")
    parser.add_argument(
        "--from", type=Path, nargs="+", dest="sources", help="measure nothing: take the runs of these JSON files"
    )
    parser.add_argument(
        "--docs", type=Path, nargs="?", const=ROOT / "docs", help="write the tables and the plot into this folder's"
        " performance pages (default: the project's)",
    )  # fmt: skip
    options = parser.parse_args(arguments)
    print(environment(), flush=True)
    results = joined([read(path) for path in options.sources]) if options.sources else _measured(options, parser)
    if options.out:
        write(results, options.out)
    found = figures(results)
    print(f"\nspeed\n{table(found)}", flush=True)
    for one in results.not_run:
        print(f"  not run: {one.contender}, {one.reason}: {one.detail}")
    if results.others > documents.BUSY:
        print(f"  other programs used {results.others:.2f} cores meanwhile: every figure is too high")
    if options.docs:
        documents.write(results, options.docs)
    return int(any(figure.missed for figure in found))


def _measured(options: argparse.Namespace, parser: argparse.ArgumentParser) -> Results:
    available = len(os.sched_getaffinity(0))
    if not 1 <= options.cores <= available:
        parser.error(f"--cores {options.cores}: this process may use {available}")
    singles = [Recording(kind, length) for length in options.minutes for kind in options.kinds if 1 in options.files]
    many = [Recording("audio", MANY_MINUTES, count) for count in options.files if count > 1]
    rounds = Rounds(options.runs, options.slow_runs, options.warm_runs)
    planned = turns([*singles, *many], chosen(options.contenders), rounds)
    return measure(planned, Place(options.work.resolve(), options.cores))
