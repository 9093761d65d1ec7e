"""A corpus written to its folder: the manifest, the same bytes for the same recordings, and its data sheet."""

import json
import os
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from engine.errors import MingjianError
from eval.corpus.loading import load_corpus
from eval.corpus.manifest import DATASHEET, MANIFEST, SCHEMA, Corpus, Labels, Recording


def write_corpus(folder: Path, name: str, recordings: Iterable[Recording], notes: Sequence[str] = ()) -> Corpus:
    """Write the manifest and the data sheet of `recordings`, whose files lie in `folder` already.

    Recordings are written in order of their ids, so that the same ones give the same bytes; `notes` go into the data
    sheet. Raises MingjianError
    `corpus_invalid` for a file outside `folder`, for doubled ids and whatever else a manifest must not hold.
    """
    from eval.corpus.datasheet import datasheet

    folder = folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    ordered = sorted(recordings, key=lambda one: one.id)
    _replace(folder / MANIFEST, b"".join(_lines(folder, name, ordered)))
    corpus = load_corpus(folder)
    _replace(folder / DATASHEET, datasheet(corpus, notes).encode())
    return corpus


def line_of(recording: Recording, folder: Path) -> dict[str, Any]:
    """A recording as JSON values, its paths relative to `folder`. What is unknown is left out."""
    entry: dict[str, Any] = {
        "id": recording.id,
        "media": [_relative(path, folder) for path in recording.media],
        "order": _relative(recording.order, folder) if recording.order else None,
        "ruleset": _ruleset(recording.ruleset, folder),
        "split": recording.split,
        "source": recording.source,
        "duration": round(recording.duration, 3) if recording.duration is not None else None,
        "conditions": dict(sorted(recording.conditions.items())),
        "labels": labels_json(recording.labels),
    }
    return {key: value for key, value in entry.items() if value is not None}


def labels_json(labels: Labels) -> dict[str, Any]:
    """Labels as JSON values; what is not labelled is left out, what is labelled as none stays empty."""
    values: dict[str, Any] = _labels_adapter().dump_python(labels, mode="json", exclude_none=True)
    if "items" in values:
        values["items"] = dict(sorted(values["items"].items()))
    return values


@cache
def _labels_adapter() -> TypeAdapter[Labels]:
    return TypeAdapter(Labels)


def _lines(folder: Path, name: str, recordings: Iterable[Recording]) -> Iterator[bytes]:
    yield _json({"schema": SCHEMA, "name": name})
    for recording in recordings:
        yield _json(line_of(recording, folder))


def _json(values: dict[str, Any]) -> bytes:
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode() + b"\n"


def _ruleset(ruleset: str | None, folder: Path) -> str | None:
    return _relative(Path(ruleset), folder) if ruleset and Path(ruleset).is_absolute() else ruleset


def _relative(path: Path, folder: Path) -> str:
    try:
        return path.resolve().relative_to(folder).as_posix()
    except ValueError:
        detail = f"文件不在语料目录之内：{path.name} / a file outside the corpus folder: {path.name}"
        raise MingjianError("corpus_invalid", path=folder, detail=detail) from None


def _replace(path: Path, data: bytes) -> None:
    """Write as a whole or not at all; a file that has this content already is left alone, so that its readers go on."""
    if path.is_file() and path.stat().st_size == len(data) and path.read_bytes() == data:
        return
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    with os.fdopen(handle, "wb") as part:
        part.write(data)
    written = Path(name)
    written.chmod(0o644)
    written.replace(path)
