"""Sessions as the engine would have left them, made by hand."""

from engine.evidence import Continuity, Evidence, Media, Quality, Transcript
from engine.inspection import (
    Coverage,
    EngineReference,
    Inspection,
    Item,
    Note,
    Outcome,
    Reference,
    SessionVerdict,
    Severity,
    Timings,
    Verdict,
    Window,
)

DURATION = 600.0


def item(
    name: str, verdict: Verdict, severity: Severity = "critical", confidence: float = 1.0, product: int | None = None
) -> Item:
    """One item, whatever it says."""
    window = Window(0.0, DURATION, 1.0)
    return Item(name, name, "disclosure", severity, verdict, "", "", window, confidence, product)


def inspection(verdict: SessionVerdict, *items: Item, flagged: int = 0) -> Inspection:
    """A session with these items, of which `flagged` flag it."""
    return Inspection(
        id="x", created_at="2026-11-02T10:12:00+08:00", recording=Media((), DURATION), order={},
        ruleset=Reference("r", "0", "1"), policy=Reference("default", "0"), engine=EngineReference("0", (), {}),
        verdict=verdict, refused=False, score=100.0, outcome=Outcome("标准件"), notes=(), coverage=Coverage(1.0, None),
        stages=(), speakers=(), utterances=(), items=items, scene=None, quality={}, timings=Timings(0.0, 0.0),
        reasons=(Note("item_flagged", ""),) * flagged,
    )  # fmt: skip


def evidence(transcript: Transcript | None = None) -> Evidence:
    """A session of ten minutes, without picture."""
    return Evidence(Media((), DURATION), transcript, None, Quality(continuity=Continuity()))
