"""The corpus of synthetic sessions: who spoke, in which role, and what was heard."""

import sys
from functools import reduce
from operator import add
from pathlib import Path
from typing import TYPE_CHECKING

from eval.benchmarks.figures import Figure, table
from eval.metrics.session import SpeechFigures, measure_speech
from eval.synth.corpus import build_corpus, fingerprint
from eval.synth.truth import Truth

if TYPE_CHECKING:
    from engine.networks import Networks
    from engine.settings import Settings

ERROR_TARGET = 0.05
SHORT_TARGET = 0.95
RULESET = "face_to_face"


def measure(folder: Path) -> list[Figure]:
    """Build the corpus below `folder` unless it is there, inspect every session without any hint, and sum up."""
    from engine.networks import Networks
    from engine.settings import load_settings

    folder = folder / fingerprint()
    truths = build_corpus(folder)
    settings = load_settings()
    with Networks(settings) as networks:
        each = []
        for truth in truths:
            each.append(_inspected(folder, truth, networks, settings))
            print(table(_session_rows(truth, each[-1])), file=sys.stderr, flush=True)
    total = reduce(add, each, SpeechFigures.zero())
    rows = [row for truth, figures in zip(truths, each, strict=True) for row in _session_rows(truth, figures)]
    voices = {speaker.voice for truth in truths for speaker in truth.speakers}
    return [*rows, *summary(total, f"{len(truths)} sessions, {len(voices)} voices")]


def summary(total: SpeechFigures, note: str = "") -> list[Figure]:
    """The figures that have targets, and those that are reported."""
    low, high = total.short.attributed.interval()
    short_note = f"{total.short.attributed.right}/{total.short.attributed.total}, 95 % {low:.3f}-{high:.3f}"
    return [
        Figure("diarization error rate", total.diarization.rate, target=ERROR_TARGET, note=f"collar 0.25 s; {note}"),
        Figure("diarization error rate, strict", total.strict.rate, note="collar 0.125 s"),
        Figure(
            "roles right",
            total.roles.value,
            target=1.0,
            sense="at_least",
            note=f"{total.roles.right}/{total.roles.total}",
        ),
        Figure(
            "short answers to the right speaker",
            total.short.attributed.value,
            target=SHORT_TARGET,
            sense="at_least",
            note=short_note,
        ),
        Figure("short answers with text", total.short.worded.value),
        Figure("character error rate", total.text.rate),
        Figure("character error rate by speaker", total.by_speaker.rate, note="cpCER"),
    ]


def _session_rows(truth: Truth, figures: SpeechFigures) -> list[Figure]:
    short = figures.short.attributed
    note = (
        f"roles {figures.roles.right}/{figures.roles.total}, short {short.right}/{short.total},"
        f" CER {figures.text.rate:.3f}"
    )
    return [Figure(f"{truth.id} DER", figures.diarization.rate, note=note)]


def _inspected(folder: Path, truth: Truth, networks: "Networks", settings: "Settings") -> SpeechFigures:
    """Figures of one session. Raises RuntimeError where its speech could not be transcribed at all."""
    import tempfile

    from engine.media.session import open_session
    from engine.pipeline import examine

    with (
        tempfile.TemporaryDirectory(prefix="mingjian-") as scratch,
        open_session([folder / truth.media], Path(scratch), settings.media) as session,
    ):
        result = examine(session, networks, settings=settings, ruleset=RULESET)
    if result.evidence.transcript is None:
        raise RuntimeError(f"{truth.id}: no transcript, {[stage for stage in result.evidence.stages if stage.reason]}")
    return measure_speech(truth, result.evidence.transcript)
