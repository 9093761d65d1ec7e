"""The measurement itself: rounds in which ours and theirs take turns, each in a process of its own on the same cores.

Turns, because a shared machine is slower at one time than at another: what is compared was measured minutes apart, and
ratios are taken within a round.
"""

import os
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain, zip_longest
from pathlib import Path

from eval.benchmarks.speed.contenders import BY_KEY, REFERENCE, Contender, command, understood
from eval.benchmarks.speed.environments import Environment, NotInstalledError, prepare, running
from eval.benchmarks.speed.process import Watched, watch
from eval.benchmarks.speed.recordings import Files, make
from eval.benchmarks.speed.results import Machine, NotRun, Pass, Reason, Recording, Results, Run
from eval.runs.meta import this_machine
from models.errors import WeightsError
from models.weights import folder as weights_folder

FLAGGED = 1
TOLD_CHARACTERS = 300
PATIENCE_FACTOR = 4.0
PATIENCE_AT_LEAST = 300.0
REHEARSED_MINUTES = 0.2
Watch = Callable[[Sequence[str], Mapping[str, str], float], Watched]


@dataclass(frozen=True, slots=True)
class Turn:
    """One process to come. `warm`: it goes on to a second recording."""

    contender: Contender
    recording: Recording
    round: int
    warm: bool


@dataclass(frozen=True, slots=True)
class Rounds:
    """How often: `quick` rounds of sound, `slow` ones of pictures, many files and slow peers, `warm` of them with a
    second recording in the same process."""

    quick: int = 3
    slow: int = 1
    warm: int = 1


def turns(recordings: Sequence[Recording], contenders: Sequence[Contender], rounds: Rounds) -> list[Turn]:
    """Every process in its order: ours, theirs, ours, theirs; the reference always takes part."""
    with_reference = contenders if BY_KEY[REFERENCE] in contenders else [*contenders, BY_KEY[REFERENCE]]
    sounds = [one.sound for one in recordings]
    found: list[Turn] = []
    for round_ in range(max(rounds.quick, rounds.slow)):
        ours: list[Turn] = []
        theirs: list[Turn] = []
        for contender in with_reference:
            places = recordings if contender.ours else sounds
            for recording in dict.fromkeys(places):
                slow = contender.is_slow(recording)
                if round_ < (rounds.slow if slow else rounds.quick) and contender.takes(recording):
                    warm = round_ < rounds.warm and recording.files == 1
                    (ours if contender.ours else theirs).append(Turn(contender, recording, round_, warm))
        found += [turn for turn in chain(*zip_longest(ours, theirs)) if turn]
    return found


@dataclass(frozen=True, slots=True)
class Place:
    """Where it happens: `work` folder, number of `cores` and of threads; and how runs are watched, recordings and
    environments made, weights found. `rehearse`: everybody runs once before it counts, so that nobody is the one who
    reads libraries from the disk."""

    work: Path
    cores: int
    watched: Watch = watch
    made: Callable[[Recording, Path], Files] = make
    prepared: Callable[[Environment, Path], Path] = prepare
    weights: Callable[[str], Path] = weights_folder
    rehearse: bool = True


def measure(planned: Sequence[Turn], place: Place) -> Results:
    """Run every turn. A peer that cannot be installed or fails is told in the results and left out from then on."""
    interpreters, missing = _environments(dict.fromkeys(turn.contender for turn in planned), place)
    first = _rehearsal(planned) if place.rehearse else []
    for recording in dict.fromkeys(turn.recording for turn in (*planned, *first)):
        _say(f"recording {recording.name}")
        place.made(recording, place.work)
    runs: list[Run] = []
    with _confined(place.cores):
        for number, turn in enumerate((*first, *planned), 1 - len(first)):
            if turn.contender.key in missing:
                continue
            done = _turn(turn, place, interpreters.get(turn.contender.key))
            _say(f"{max(0, number)}/{len(planned)} {turn.recording.name} {turn.contender.key}: {_told(done)}")
            if isinstance(done, NotRun):
                missing[turn.contender.key] = done
            elif number > 0:
                runs.append(done)
    machine = this_machine("cpu")
    return Results(
        measured_on=datetime.now(UTC).date().isoformat(),
        machine=Machine(machine.processor, place.cores, machine.memory, machine.system, machine.python),
        versions=machine.libraries,
        threads=place.cores,
        runs=tuple(runs),
        not_run=tuple(missing.values()),
    )


def _rehearsal(planned: Sequence[Turn]) -> list[Turn]:
    """Everybody once, on a few seconds of every kind."""
    places = [(turn.contender, Recording(turn.recording.kind, REHEARSED_MINUTES)) for turn in planned]
    return [Turn(contender, recording, 0, False) for contender, recording in dict.fromkeys(places)]


def _environments(contenders: Iterable[Contender], place: Place) -> tuple[dict[str, Path], dict[str, NotRun]]:
    """The interpreter of every peer, and who has none."""
    interpreters: dict[str, Path] = {}
    missing: dict[str, NotRun] = {}
    for contender in contenders:
        if contender.environment is None:
            continue
        _say(f"environment of {contender.key}: {contender.environment.name}")
        try:
            interpreters[contender.key] = place.prepared(contender.environment, place.work / "peers")
        except NotInstalledError as error:
            missing[contender.key] = NotRun(contender.key, "not_installed", str(error)[-TOLD_CHARACTERS:])
    return interpreters, missing


def _turn(turn: Turn, place: Place, interpreter: Path | None) -> Run | NotRun:
    contender, files = turn.contender, place.made(turn.recording, place.work)
    paths = (*files.paths, files.again) if turn.warm and files.again else files.paths
    patience = max(PATIENCE_AT_LEAST, PATIENCE_FACTOR * turn.recording.seconds * (2 if turn.warm else 1))
    with tempfile.TemporaryDirectory(prefix="mingjian-") as out:
        try:
            line = command(contender, paths, Path(out), place.cores, interpreter, place.weights)
        except WeightsError as error:
            return NotRun(contender.key, "no_weights", str(error))
        variables = running(place.cores, {**contender.variables, "TMPDIR": out})
        seen = place.watched(line, variables, patience)
    passes = _passes(contender, seen)
    if len(passes) == len(paths) and seen.status in ((0, FLAGGED) if contender.ours else (0,)):
        return Run(turn.recording, contender.key, turn.round, passes, seen.peak, seen.others, _versions(seen))
    reason: Reason = "too_long" if seen.late else "failed"
    return NotRun(contender.key, reason, f"status {seen.status}: {seen.told[-TOLD_CHARACTERS:]}")


def _passes(contender: Contender, seen: Watched) -> tuple[Pass, ...]:
    """What each recording took: from line to line, the first from the start of the process."""
    found: list[Pass] = []
    at = cpu = 0.0
    for line in seen.lines:
        one = understood(contender, line.said, line.at - at, line.cpu - cpu)
        if one is not None:
            found.append(one)
            at, cpu = line.at, line.cpu
    return tuple(found)


def _versions(seen: Watched) -> Mapping[str, str]:
    told = (line.said.get("versions") for line in seen.lines)
    return next((dict(one) for one in told if isinstance(one, Mapping)), {})


def _told(done: Run | NotRun) -> str:
    if isinstance(done, NotRun):
        return f"not run, {done.reason}: {done.detail}"
    walls = ", then ".join(f"{one.wall:.1f} s" for one in done.passes[:2])
    return f"{walls}, {done.cold.cpu:.1f} s of processor, {done.peak / 1e9:.2f} GB; others {done.others:.2f} cores"


@contextmanager
def _confined(cores: int) -> Iterator[None]:
    """This process and those it starts may use so many of its cores only."""
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, sorted(allowed)[:cores])
    try:
        yield
    finally:
        os.sched_setaffinity(0, allowed)


def chosen(keys: Iterable[str]) -> list[Contender]:
    """Contenders by their keys; none: those that are measured unless others are asked for."""
    wanted = list(keys)
    return [BY_KEY[key] for key in wanted] if wanted else [one for one in BY_KEY.values() if one.default]


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
