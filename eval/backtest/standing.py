"""What a stored session came to, read without what it rests on.

Where nothing of a change is heard, that is all that is asked of an inspection: to check and build the findings, quotes
and utterances as well would take more than twice as long.
"""

from dataclasses import dataclass
from functools import cache

from pydantic import TypeAdapter

from engine.inspection import SessionVerdict, Verdict


@dataclass(frozen=True, slots=True)
class _Content:
    sha256: str


@dataclass(frozen=True, slots=True)
class _Engine:
    version: str


@dataclass(frozen=True, slots=True)
class _Remark:
    code: str


@dataclass(frozen=True, slots=True)
class RuleVerdict:
    """What one rule came to."""

    id: str
    title: str
    verdict: Verdict
    product_index: int | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """The verdicts of an inspection, and by what they were reached. Names are those of the inspection's JSON."""

    ruleset: _Content
    policy: _Content
    engine: _Engine
    verdict: SessionVerdict
    notes: tuple[_Remark, ...]
    items: tuple[RuleVerdict, ...]


@cache
def _adapter() -> TypeAdapter[Standing]:
    return TypeAdapter(Standing)


def read_standing(inspection: bytes) -> Standing:
    """The verdicts in an inspection's JSON. Raises pydantic.ValidationError where they cannot be read."""
    return _adapter().validate_json(inspection)
