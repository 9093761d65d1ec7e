"""`python -m eval.benchmarks [PART ...]`: measure and print; without parts: all but `speed`.

`python -m eval.benchmarks speed [options]` measures beside other programs, in environments of several gigabytes, and
has options of its own (`speed --help`).

Synthetic media are built once and kept in the work folder. `--out` also writes the figures as JSON.
"""

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path

from eval.benchmarks import (
    backlog,
    corpus,
    damage,
    faces,
    fanning,
    faults,
    lengths,
    long,
    papers,
    replaying,
    rules,
    speaking,
    store,
    workers,
)
from eval.benchmarks.figures import Figure, as_data, environment, table
from eval.synth.effects import KINDS

PARTS: dict[str, Callable[[argparse.Namespace], list[Figure]]] = {
    "long": lambda options: long.measure(options.minutes),
    "lengths": lambda options: lengths.measure(options.work),
    "corpus": lambda options: corpus.measure(options.work / "corpus"),
    "faces": lambda options: faces.measure(options.faces, options.trials),
    "faults": lambda options: faults.measure(options.field, options.films, options.only or KINDS),
    "damage": lambda options: damage.measure(options.each, options.whole_way),
    "speaking": lambda options: speaking.measure(options.field, options.heights, options.films),
    "papers": lambda options: papers.measure(options.field, options.poses),
    "rules": lambda _: rules.measure(),
    "replay": lambda options: replaying.measure(options.stored, options.replayed),
    "store": lambda options: store.measure(options.sessions, options.postgres),
    "workers": lambda options: workers.measure(options.work, many=options.many),
    "fanning": lambda options: fanning.measure(options.work, options.fanned),
    "backlog": lambda options: backlog.measure(options.waiting, postgres=options.postgres),
}

SPEED = "speed"
"""Not among the parts: it is run by itself."""


def main() -> int:
    """Run the chosen parts. Status 1 when a figure misses its target."""
    if sys.argv[1:2] == [SPEED]:
        from eval.benchmarks.speed import command

        return command.main(sys.argv[2:])
    parser = argparse.ArgumentParser(prog="python -m eval.benchmarks", description="Measure and print.")
    parser.add_argument(
        "parts", nargs="*", choices=[[], *PARTS], metavar="PART", help=f"{', '.join(PARTS)}; alone: {SPEED}"
    )
    parser.add_argument("--work", type=Path, default=Path.home() / ".cache" / "mingjian" / "bench")
    parser.add_argument("--minutes", type=float, default=10.0, help="length of the long session")
    parser.add_argument("--trials", type=int, default=100, help="frames per face height")
    parser.add_argument("--poses", type=int, default=72, help="films of held documents (216 are all)")
    parser.add_argument("--faces", type=Path, help="folder of portraits, one person each; default: packaged ones")
    parser.add_argument("--field", type=Path, help="folder of talking people")
    parser.add_argument("--films", type=int, default=2, help="films of each base recording for every fault")
    parser.add_argument("--heights", type=int, nargs="*", default=speaking.HEIGHTS, help="heights of speaking faces")
    parser.add_argument("--only", nargs="*", choices=KINDS, metavar="FAULT", help="these faults only")
    parser.add_argument("--each", type=int, default=damage.EACH, help="damaged files of each form and damage")
    parser.add_argument("--whole-way", type=int, default=24, help="damaged files that are inspected altogether")
    parser.add_argument("--stored", type=Path, help="run or folder of results to judge again")
    parser.add_argument("--replayed", type=int, default=replaying.SESSIONS, help="stored sessions to judge again")
    parser.add_argument("--sessions", type=int, default=store.SESSIONS, help="sessions of a full store")
    parser.add_argument("--many", type=int, default=workers.MANY, help="recordings over which memory is watched")
    parser.add_argument("--fanned", type=float, default=fanning.MINUTES, help="minutes of the recording fanned out")
    parser.add_argument("--waiting", type=int, default=backlog.WAITING, help="recordings that wait")
    parser.add_argument("--postgres", help="address of an empty database, to measure PostgreSQL too")
    parser.add_argument("--out", type=Path, help="also write the figures here, as JSON")
    options = parser.parse_args()
    print(environment())
    figures: list[Figure] = []
    for name in options.parts or PARTS:
        found = PARTS[name](options)
        print(f"\n{name}\n{table(found)}", flush=True)
        figures += found
    if options.out:
        options.out.write_text(json.dumps(as_data(figures), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return int(any(figure.missed for figure in figures))


if __name__ == "__main__":
    sys.exit(main())
