"""Run folders made without hearing anything: written sessions, with answers of the sound where near matches ask."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import yaml

from engine.evidence import Confirmation, Evidence, Media
from engine.inspection import (
    Coverage,
    EngineReference,
    Inspection,
    Outcome,
    Reference,
    SessionVerdict,
    Timings,
    Verdict,
)
from engine.order import Order
from engine.rules import load
from engine.rules.policy import decide, load_policy
from engine.rules.rehearsal import Line, rehearse
from engine.rules.replay import replay
from eval.corpus.manifest import Labels, Recording, Source, Split
from eval.metrics.items import verdicts
from eval.runs.meta import CorpusReference, RunMeta, Selection, Setup, write_meta
from eval.runs.results import Failure, keep, line_bytes, line_of
from eval.runs.results import Outcome as Kept

ITEM = "dr_period"
SAID = "这份合同的保险期间是终身。"
MISHEARD = "这份合同的中生。"
LEFT_OUT = "这份合同很好。"
RULE = {
    "id": ITEM,
    "title": "保险期间",
    "basis": ["R54-7-3"],
    "severity": "critical",
    "must": [{"concept": "保险期间", "any": ["终身"]}],
}


@dataclass(frozen=True)
class Case:
    """A session: what was heard, whether the sound supports it (margin), and what is true."""

    name: str
    split: Split
    violating: bool | None
    text: str = MISHEARD
    margin: float | None = -7.0
    source: Source = "synthetic"
    media: str = ""
    failed: bool = False


def rules(folder: Path, *phrases: str, name: str = "small") -> Path:
    """A rule set of one critical disclosure."""
    path = folder / f"{name}.yaml"
    rule = {**RULE, "must": [{"concept": "保险期间", "any": list(phrases or ("终身",))}]}
    whole = {"schema": 1, "id": name, "version": "1", "title": name, "scenarios": ["face_to_face"]}
    path.write_text(yaml.safe_dump({**whole, "disclosures": [rule]}, allow_unicode=True), encoding="utf-8")
    return path


def heard(case: Case, ruleset: Path) -> Evidence:
    """What the session left, every question to the sound answered with the case's margin."""
    evidence = rehearse([Line("agent", case.text), Line("customer", "好的。")])
    parts = tuple(replace(one, sha256=case.media or case.name.ljust(64, "0")) for one in evidence.media.parts)
    evidence = replace(evidence, media=replace(evidence.media, parts=parts))
    if case.margin is None or evidence.transcript is None:
        return evidence
    asked = replay(evidence, load(ruleset), Order()).requests
    given = tuple(Confirmation(one.span, one.heard, one.wanted, case.margin, "model") for one in asked)
    return replace(evidence, transcript=replace(evidence.transcript, confirmations=given))


def inspection(name: str, ruleset: Path, evidence: Evidence) -> Inspection:
    """What an inspection by `ruleset` comes to."""
    loaded = load(ruleset)
    judgement = replay(evidence, loaded, Order())
    decision = decide(judgement, load_policy(), evidence)
    return Inspection(
        id=name, created_at="2026-11-02T10:12:00+08:00", recording=Media(evidence.media.parts, evidence.media.duration),
        order={}, ruleset=Reference(loaded.id, loaded.sha256, "1"), policy=Reference("default", "0"),
        engine=EngineReference("0", (), {}), verdict=decision.verdict, refused=False, score=decision.score,
        outcome=Outcome("标准件"), notes=(), coverage=Coverage(1.0, None), stages=(), speakers=(), utterances=(),
        items=judgement.items, scene=None, quality={}, timings=Timings(0.0, 0.0),
    )  # fmt: skip


def labels(violating: bool | None) -> Labels:
    if violating is None:
        return Labels()
    truth: Verdict = "fail" if violating else "pass"
    verdict: SessionVerdict = "flagged" if violating else "clear"
    return Labels(items={ITEM: truth}, verdict=verdict)


def write_run(root: Path, ruleset: Path, cases: Iterable[Case]) -> Path:
    """A finished run of `cases`, judged by `ruleset`."""
    run = root / "run"
    (run / "sessions").mkdir(parents=True)
    setup = Setup("0", "0" * 64, (), {}, {str(ruleset): load(ruleset).sha256}, {}, ruleset=str(ruleset))
    write_meta(run, RunMeta(CorpusReference("made", str(root), "0" * 64), Selection(), setup, (), finished=True))
    (run / "sessions.jsonl").write_bytes(b"".join(_kept(run, ruleset, cases)))
    return run


def _kept(run: Path, ruleset: Path, cases: Iterable[Case]) -> Iterator[bytes]:
    for case in sorted(cases, key=lambda one: one.name):
        recording = Recording(case.name, (), None, None, labels(case.violating), case.split, case.source)
        if case.failed:
            outcome = Kept(None, None, {}, None, None, 0.0, Failure("media_empty", "empty"))
            keep(run / "sessions" / case.name, outcome, None, None)
        else:
            evidence = heard(case, ruleset)
            found = inspection(case.name, ruleset, evidence)
            outcome = Kept("f" * 64, found.verdict, verdicts(found.items), found.ruleset.id, 10.0, 0.0)
            keep(run / "sessions" / case.name, outcome, found, evidence)
        yield line_bytes(line_of(recording, outcome))


def cases(
    split: Split, clean: int, violating: int, prefix: str = "", said: float = -7.0, unsaid: float = -9.0
) -> list[Case]:
    """Sessions of a split: in clean ones the sound supports the near match by `said`, in violating ones by `unsaid`."""
    made = [Case(f"{prefix}{split}-c{number}", split, False, margin=said) for number in range(clean)]
    return made + [Case(f"{prefix}{split}-v{number}", split, True, margin=unsaid) for number in range(violating)]
