"""`python -m eval.spoken [--tenth] [--judge FILE] [--store FILE]`: speak, recognise, judge, print the tables.

What was spoken and recognised is kept, so that a second run judges in seconds. `--judge` needs no sound at all.
"""

import argparse
import sys
from collections.abc import Collection, Sequence
from pathlib import Path

from engine.networks import Networks
from engine.rules import load
from engine.settings import load_settings
from eval.benchmarks.figures import environment, table
from eval.spoken.hear import Heard, Listener, pack, unpack
from eval.spoken.judge import Bench
from eval.spoken.sentences import RULESETS, answers, examples, tenth
from eval.spoken.speak import sessions
from eval.spoken.tables import figures, report


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print. Status 1 when a figure misses its target."""
    parser = argparse.ArgumentParser(prog="python -m eval.spoken", description="The spoken test.")
    parser.add_argument("--tenth", action="store_true", help="the stratified tenth only")
    parser.add_argument("--takes", nargs="*", help="only these voices: female, male, telephone")
    parser.add_argument("--clean", action="store_true", help="without the sessions in noise")
    parser.add_argument("--judge", type=Path, help="judge what this file holds; nothing is spoken")
    parser.add_argument("--store", type=Path, help="also write what was heard here")
    options = parser.parse_args(arguments)
    rulesets = [load(name) for name in RULESETS]
    bench = Bench(rulesets)
    if options.judge:
        heard = [one for one in unpack(options.judge.read_bytes()) if bench.knows(one.session)]
    else:
        heard = listen(bench, tenth_only=options.tenth, takes=options.takes or (), clean_only=options.clean)
    outcomes = [outcome for one in heard for outcome in bench.judge(one)]
    if options.store:
        options.store.write_bytes(pack(heard))
    print(environment())
    print(report(outcomes))
    found = figures(outcomes)
    print(table(found))
    return int(any(figure.missed for figure in found))


def listen(
    bench: Bench, *, tenth_only: bool = False, takes: Collection[str] = (), clean_only: bool = False
) -> list[Heard]:
    """Every exchange spoken and recognised, as far as it is not kept already, and its sound asked."""
    exchanges = (*examples(bench.rulesets), *answers())
    sample = tenth(exchanges)
    wanted = [
        session
        for session in sessions(sample if tenth_only else exchanges, sample=sample)
        if (not takes or session.take.name in takes) and not (clean_only and session.noisy)
    ]
    heard: list[Heard] = []
    with Networks(load_settings()) as networks:
        listener = Listener(networks)
        for number, session in enumerate(wanted, 1):
            print(f"\r{number}/{len(wanted)} {session.name}    ", end="", file=sys.stderr, flush=True)
            one = listener.hear(session)
            heard.append(listener.ask(one, bench.requests(one)))
    print(file=sys.stderr)
    return heard


if __name__ == "__main__":
    sys.exit(main())
