"""Stored sessions judged again, many of them, over Ray: by a rule set with a wording more, where it may be heard alone,
and each of them in full.

The sessions are real results where a folder of them is given, else written dialogues (rules.py); each is stored as
often as it takes to come to the number wanted. Everything is the way of `mingjian eval backtest`: read, compared or
judged, counted.
"""

import gzip
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import cycle, islice
from pathlib import Path

from engine.evidence import Evidence
from engine.evidence.file import pack
from engine.inspection import Coverage, EngineReference, Inspection, Outcome, Reference, Timings, to_json
from engine.rejudge import rejudge
from engine.report.output import EVIDENCE_FILE
from engine.rules import RuleSet, load
from engine.rules.loading import path_of
from engine.rules.policy import Policy, load_policy
from engine.rules.wordings import with_wording
from engine.version import VERSION
from eval.backtest.outcome import Backtested
from eval.backtest.running import Against, backtest
from eval.backtest.stored import stored_sessions
from eval.benchmarks import rules as written
from eval.benchmarks.figures import Figure
from eval.runs.results import INSPECTION

SESSIONS = 2_000
WORKERS = 2
MINUTES = (1.5, 10.0)
FULL_SHARE = 50
"""What is judged in full is a share of the sessions: it takes so much longer."""

MOST_LINKS = 30_000
TARGET_PER_S = 200.0
RULE, CONCEPT, WORDING = "dr_cooling_off", "权利", "半个月之内随便反悔"
NOW = datetime(2026, 11, 23, tzinfo=UTC)


def measure(stored: Path | None = None, sessions: int = SESSIONS, workers: int = WORKERS) -> list[Figure]:
    """Judge `sessions` again by `workers` of Ray. `stored`: a run or a folder of results to take them from, those of
    the rule set that rules.py measures.
    """
    rules = load(written.RULESET)
    policy = load_policy(rules.policy)
    figures: list[Figure] = []
    if stored is not None:
        found = [(one.inspection(), one.evidence()) for one in stored_sessions(stored) if one.failed is None]
        kept = [(inspection, evidence) for inspection, evidence in found if inspection.ruleset.id == rules.id]
        return list(_measured("stored sessions", kept, rules, policy, sessions, workers))
    for minutes in MINUTES:
        evidence = written.answered(written.conversation(rules, minutes), rules)
        made = [(_blank(evidence, rules), evidence)]
        figures += _measured(f"{minutes:g} minutes", made, rules, policy, sessions, workers)
    return figures


def _measured(
    name: str, found: list[tuple[Inspection, Evidence]], rules: RuleSet, policy: Policy, sessions: int, workers: int
) -> Iterator[Figure]:
    with tempfile.TemporaryDirectory(prefix="mingjian-") as place:
        folder = Path(place)
        _store(folder / "all", found, rules, policy, sessions)
        _store(folder / "some", found, rules, policy, max(1, sessions // FULL_SHARE))
        reworded = _reworded(folder)
        quick, seconds = _timed(folder / "all", Against(reworded, since=rules.id), workers)
        yield Figure(
            f"{name}: judged again a second and worker, a wording more",
            quick.sums.sessions / seconds / workers,
            target=TARGET_PER_S,
            sense="at_least",
            note=f"{quick.sums.sessions} sessions, {quick.sums.stayed} of them untouched, {seconds:.0f} s",
        )
        full, seconds = _timed(folder / "some", Against(reworded), workers)
        yield Figure(
            f"{name}: the same, each in full",
            full.sums.sessions / seconds / workers,
            note=f"{full.sums.sessions} sessions, {seconds:.0f} s",
        )
        yield Figure(f"{name}: verdicts in which both differ", _differing(folder, reworded, rules.id), target=0)


def _timed(root: Path, by: Against, workers: int) -> tuple[Backtested, float]:
    """The back-test, and the seconds it took beyond that of a single session: Ray has to start."""
    single = next(root.iterdir())
    began = time.perf_counter()
    backtest(single, by, workers=workers)
    started = time.perf_counter() - began
    began = time.perf_counter()
    found = backtest(root, by, workers=workers)
    return found, max(time.perf_counter() - began - started, 1e-9)


def _differing(folder: Path, reworded: str, since: str) -> int:
    """How many items come to another verdict when sessions are skipped than when none is, in one of each."""
    quick = backtest(folder / "some", Against(reworded, since=since)).sums
    full = backtest(folder / "some", Against(reworded)).sums
    return sum(one.pairs != full.items[name].pairs for name, one in quick.items.items())


def _store(folder: Path, found: list[tuple[Inspection, Evidence]], rules: RuleSet, policy: Policy, count: int) -> None:
    """Keep `count` sessions in `folder`, as a run does: files of the same content are the same file."""
    made = []
    for number, (inspection, evidence) in enumerate(found):
        judged = rejudge(inspection, evidence, rules, policy, NOW)
        source = folder / f"source-{number}"
        source.mkdir(parents=True)
        (source / INSPECTION).write_bytes(gzip.compress(to_json(judged, indent=None), mtime=0))
        (source / EVIDENCE_FILE).write_bytes(pack(evidence))
        made.append(source)
    copies: dict[Path, Path] = {}
    for number, source in enumerate(islice(cycle(made), count)):
        session = folder / f"session-{number:07}"
        session.mkdir()
        if number // len(made) % MOST_LINKS == 0:  # a file system allows a file only so many names
            copies[source] = shutil.copytree(source, session, dirs_exist_ok=True)
            continue
        for file in (INSPECTION, EVIDENCE_FILE):
            os.link(copies[source] / file, session / file)
    for source in made:
        shutil.rmtree(source)


def _reworded(folder: Path) -> str:
    """The rule set with one wording more, in a file of its own."""
    text = path_of(written.RULESET).read_text(encoding="utf-8")
    path = folder / f"{written.RULESET}.yaml"
    path.write_text(with_wording(text, RULE, CONCEPT, WORDING), encoding="utf-8")
    return str(path)


def _blank(evidence: Evidence, rules: RuleSet) -> Inspection:
    """An inspection that holds nothing yet but what it was made from."""
    nothing = Reference(rules.id, rules.sha256, rules.version)
    return Inspection(
        id="0", created_at=NOW.isoformat(), recording=evidence.media, order=written.ORDER.model_dump(mode="json"),
        ruleset=nothing, policy=nothing, engine=EngineReference(VERSION, (), {}), verdict="flagged", refused=False,
        score=0.0, outcome=Outcome("标准件"), notes=(), coverage=Coverage(1.0, None), stages=(), speakers=(),
        utterances=(), items=(), scene=None, quality={}, timings=Timings(0.0, 0.0),
    )  # fmt: skip
