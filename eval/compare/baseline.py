"""The baseline of the gate: what a run came to, session by session, as numbers and verdicts alone.

No words of any recording are in it, so that it can be committed; the same run gives the same bytes.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from engine.errors import MingjianError
from engine.inspection import SessionVerdict, Verdict
from engine.version import VERSION
from eval.compare.sessions import Judged, judged
from eval.corpus.manifest import Key, Name, Source
from eval.metrics.cost import CostModel
from eval.metrics.figures import PLACES, Ratio
from eval.runs.folder import RunFolder

LARGEST_FILE_BYTES = 64 * 1024 * 1024
DIGITS = 6
"""Decimals kept: machines differ in the last ones."""


class Head(BaseModel):
    """First line: what the baseline is of."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    schema_: Annotated[Literal[1], Field(alias="schema")]
    corpus: Annotated[str, Field(max_length=128)]
    engine: Annotated[str, Field(max_length=64)]


class Row(BaseModel):
    """Any other line: one session. Items are grouped by their verdict."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Name
    source: Source
    verdict: SessionVerdict | None
    items: Mapping[Verdict, tuple[Key, ...]]
    sums: Mapping[str, tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Baseline:
    """`corpus` is the digest of the corpus it was made over; `sessions` in ascending order of ids."""

    corpus: str
    engine: str
    sessions: tuple[Judged, ...]


def write_baseline(run: RunFolder, cost: CostModel | None = None) -> bytes:
    """The baseline of a run, as JSON Lines. Raises what reading a run raises."""
    return baseline_bytes(run.meta.corpus.digest, judged(run.sessions(), cost))


def baseline_bytes(corpus: str, sessions: Iterable[Judged]) -> bytes:
    """The baseline of sessions over the corpus with this digest."""
    lines = [{"schema": 1, "corpus": corpus, "engine": VERSION}, *map(_values, sessions)]
    return "".join(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n" for line in lines).encode()


def read_baseline(path: Path) -> Baseline:
    """Read back what `write_baseline` wrote. Raises MingjianError `baseline_unreadable`."""
    try:
        if path.stat().st_size > LARGEST_FILE_BYTES:
            raise MingjianError("baseline_unreadable", path=path.name, detail=f"> {LARGEST_FILE_BYTES} bytes")
        first, *others = path.read_text(encoding="utf-8").splitlines() or [""]
        head = Head.model_validate_json(first)
        return Baseline(head.corpus, head.engine, tuple(_sessions(others)))
    except ValidationError as error:
        fault = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(map(str, fault["loc"]))
        raise MingjianError("baseline_unreadable", path=path.name, detail=f"{where}: {fault['msg']}") from error
    except (OSError, ValueError) as error:
        raise MingjianError("baseline_unreadable", path=path.name, detail=type(error).__name__) from error


def _values(session: Judged) -> dict[str, Any]:
    items: dict[str, list[str]] = {}
    for key, verdict in sorted(session.items.items()):
        items.setdefault(verdict, []).append(key)
    return {
        "id": session.id,
        "source": session.source,
        "verdict": session.verdict,
        "items": dict(sorted(items.items())),
        "sums": {name: [_short(one) for one in session.sums[name]] for name in PLACES if name in session.sums},
    }


def _short(value: float) -> float | int:
    rounded = round(value, DIGITS)
    return int(rounded) if rounded == int(rounded) else rounded


def _sessions(lines: Iterable[str]) -> Iterator[Judged]:
    for line in lines:
        row = Row.model_validate_json(line)
        items = {key: verdict for verdict, keys in row.items.items() for key in keys}
        sums: Mapping[str, Ratio] = {name: ratio for name, ratio in row.sums.items() if name in PLACES}
        yield Judged(row.id, row.source, row.verdict, items, sums)
