"""What is kept of one session: what the machine said of it, beside what the labels say.

A session's folder holds the machine's part alone, so that better labels need no new inspection; `sessions.jsonl` joins
both, one line a session.
"""

import gzip
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from engine.evidence import Evidence
from engine.evidence.file import pack, unpack
from engine.inspection import Inspection, SessionVerdict, Verdict, from_json, to_json
from engine.report.output import replacing, write_private
from eval.corpus.manifest import Recording, Source, Split
from eval.metrics.items import PRODUCT

INSPECTION = "inspection.json.gz"
EVIDENCE = "evidence.json.gz"
OUTCOME = "session.json"


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a recording has no inspection: a code of the error catalogue and its sentence. `passing`: it may work another
    time, so that a resumed run tries again."""

    code: str
    text: str
    passing: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the machine made of a session. `items` by id, of several products the worst verdict, and by `item_key`
    (eval/metrics/items.py) for each product; `duration` and `seconds` (of work) in seconds.

    `fingerprint` is None where the recording could not even be read.
    """

    fingerprint: str | None
    verdict: SessionVerdict | None
    items: Mapping[str, Verdict]
    ruleset: str | None
    duration: float | None
    seconds: float
    error: Failure | None = None


@dataclass(frozen=True, slots=True)
class ItemLine:
    """One item: what the labels say, and what the machine said; None where they say nothing."""

    id: str
    expected: Verdict | None
    got: Verdict | None


@dataclass(frozen=True, slots=True)
class SessionLine:
    """One session in `sessions.jsonl`. `violating` as the labels have it (eval/corpus/manifest.py)."""

    id: str
    split: Split
    source: Source
    conditions: Mapping[str, str]
    expected: SessionVerdict | None
    violating: bool | None
    got: SessionVerdict | None
    items: tuple[ItemLine, ...]
    ruleset: str | None
    duration: float | None
    seconds: float
    fingerprint: str | None
    error: Failure | None = None

    @property
    def false_clear(self) -> bool:
        """A violating session called clear."""
        return self.violating is True and self.got == "clear"

    @property
    def needless(self) -> bool:
        """A clean session that was not called clear."""
        return self.violating is False and self.got is not None and self.got != "clear"

    @property
    def wrong_items(self) -> tuple[ItemLine, ...]:
        """Labelled items that came to another verdict."""
        return tuple(one for one in self.items if one.expected is not None and one.got not in (None, one.expected))


def line_of(recording: Recording, outcome: Outcome) -> SessionLine:
    """The session's line: labels and outcome joined by item."""
    labels = recording.labels
    expected = labels.items or {}
    labelled = {key.partition(PRODUCT)[0] for key in expected}
    plain = (key for key in outcome.items if PRODUCT not in key and key not in labelled)
    return SessionLine(
        id=recording.id,
        split=recording.split,
        source=recording.source,
        conditions=dict(recording.conditions),
        expected=labels.verdict,
        violating=labels.violating,
        got=outcome.verdict,
        items=tuple(ItemLine(key, expected.get(key), outcome.items.get(key)) for key in (*expected, *plain)),
        ruleset=outcome.ruleset,
        duration=outcome.duration,
        seconds=outcome.seconds,
        fingerprint=outcome.fingerprint,
        error=outcome.error,
    )


@cache
def _outcomes() -> TypeAdapter[Outcome]:
    return TypeAdapter(Outcome)


@cache
def _lines() -> TypeAdapter[SessionLine]:
    return TypeAdapter(SessionLine)


def line_bytes(line: SessionLine) -> bytes:
    """A line of `sessions.jsonl`, its end included."""
    return _lines().dump_json(line) + b"\n"


def read_line(data: bytes) -> SessionLine:
    """Read back what `line_bytes` wrote. Raises pydantic.ValidationError for anything else."""
    return _lines().validate_json(data)


def keep(folder: Path, outcome: Outcome, inspection: Inspection | None, evidence: Evidence | None) -> None:
    """Write a session's folder, whole or not at all. Raises MingjianError `output_*`."""
    with replacing(folder) as draft:
        if inspection is not None and evidence is not None:
            write_private(draft / INSPECTION, gzip.compress(to_json(inspection, indent=None), mtime=0))
            write_private(draft / EVIDENCE, pack(evidence))
        write_private(draft / OUTCOME, _outcomes().dump_json(outcome) + b"\n")


def kept(folder: Path) -> Outcome | None:
    """What is kept of a session; None where there is nothing whole."""
    try:
        outcome = _outcomes().validate_json((folder / OUTCOME).read_bytes())
    except (OSError, ValidationError):
        return None
    whole = outcome.error is not None or ((folder / INSPECTION).is_file() and (folder / EVIDENCE).is_file())
    return outcome if whole else None


def read_inspection(folder: Path) -> Inspection:
    """The inspection in a session's folder. Raises OSError, EOFError or ValueError for what cannot be read."""
    return from_json(gzip.decompress((folder / INSPECTION).read_bytes()))


def read_evidence(folder: Path) -> Evidence:
    """The evidence in a session's folder. Raises OSError or ValueError for what cannot be read."""
    return unpack((folder / EVIDENCE).read_bytes())
