"""Evidence as the bytes of `evidence.json.gz`: gzipped JSON with the number of its form.

What is read back is judged again without the media, so that older forms stay readable and newer ones are refused.
"""

import gzip
import zlib
from dataclasses import dataclass, replace
from functools import cache
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError
from pydantic_core import from_json

from engine.evidence import EVIDENCE_SCHEMA, Evidence, Transcript


@dataclass(frozen=True, slots=True)
class _Heard:
    """Of evidence what was heard alone."""

    transcript: Transcript | None
    schema: int = EVIDENCE_SCHEMA


Form = TypeVar("Form", Evidence, _Heard)


@cache
def _whole() -> TypeAdapter[Evidence]:
    return TypeAdapter(Evidence)


@cache
def _heard() -> TypeAdapter[_Heard]:
    return TypeAdapter(_Heard)


def pack(evidence: Evidence) -> bytes:
    """Evidence as gzipped UTF-8 JSON, the same bytes for the same evidence."""
    return gzip.compress(_whole().dump_json(evidence), mtime=0)


def unpack(data: bytes) -> Evidence:
    """Read back what `pack` wrote, now or in an older form.

    Raises OSError for what is not gzip or breaks off, ValueError (pydantic.ValidationError among them) for anything
    else, evidence of a newer engine included.
    """
    evidence = _read(_whole(), data)
    return evidence if evidence.schema == EVIDENCE_SCHEMA else replace(evidence, schema=EVIDENCE_SCHEMA)


def unpack_transcript(data: bytes) -> Transcript | None:
    """What was heard alone, in less time than all evidence takes; the rest is not looked at. Raises as `unpack`."""
    return _read(_heard(), data).transcript


def _read(adapter: TypeAdapter[Form], data: bytes) -> Form:
    try:
        written = gzip.decompress(data)
    except (EOFError, zlib.error) as error:
        raise OSError(f"not a whole gzip file: {error}") from error
    try:
        found = adapter.validate_json(written)
    except ValidationError as error:
        _refuse_newer(_form_of(written), error)
        raise
    _refuse_newer(found.schema)
    return found


def _form_of(written: bytes) -> int:
    """The schema number of evidence that cannot be read as a whole; 0 where it has none."""
    try:
        found = from_json(written)
    except ValueError:
        return 0
    schema = found.get("schema") if isinstance(found, dict) else None
    return schema if isinstance(schema, int) else 0


def _refuse_newer(schema: int, cause: Exception | None = None) -> None:
    if schema > EVIDENCE_SCHEMA:
        raise ValueError(
            f"证据由更新版本的引擎写成（格式 {schema}，本引擎读到 {EVIDENCE_SCHEMA}）"
            f" / evidence of a newer engine (form {schema}, this one reads up to {EVIDENCE_SCHEMA})"
        ) from cause
