"""What a corpus is: recordings with whatever labels exist, in a folder with a `manifest.jsonl`.

The first line of the manifest names the corpus, every other line is one recording. Partial labels are normal: a label
that is absent is unknown, an empty one says that there is none of it. Times are seconds on the session's clock.

```json
{"schema": 1, "name": "sales"}
{"id": "a-1", "media": ["a-1.flac"], "order": "a-1.order.json", "split": "test", "source": "synthetic",
 "conditions": {"scenario": "telesales"}, "labels": {"items": {"dr_cooling_off": "fail"}, "verdict": "flagged"}}
```
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Annotated, ClassVar, Literal, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, TypeAdapter

from engine.evidence import Role
from engine.inspection import SessionVerdict, Verdict
from engine.interval import Interval

MANIFEST = "manifest.jsonl"
DATASHEET = "datasheet.md"
SCHEMA = 1

Split = Literal["tuning", "test", "gate"]
Source = Literal["real", "synthetic"]
SPLITS: tuple[Split, ...] = get_args(Split)
UNDECIDED: frozenset[Verdict] = frozenset({"review", "inconclusive"})

Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$")]
"""Of a corpus or a recording: names a folder of a run, so neither a path nor hidden."""

Key = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.#-]{1,80}$")]
Text = Annotated[str, Field(max_length=20_000)]
Word = Annotated[str, Field(min_length=1, max_length=200)]


def _plain(given: str) -> str:
    pure = PurePosixPath(given)
    if not given or pure.is_absolute() or ".." in pure.parts or any(one in given for one in "\\:\0"):
        raise ValueError("路径必须在语料目录之内；a path has to be relative and stay inside the corpus folder")
    return given


Inside = Annotated[str, Field(max_length=1_024), AfterValidator(_plain)]
"""A path relative to the corpus folder, with forward slashes."""

STRICT = ConfigDict(extra="forbid")


@dataclass(frozen=True, slots=True)
class LabelledUtterance:
    """Something said. Whoever labelled may have known neither who said it nor when."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT

    text: Text
    role: Role | None = None
    speaker: Word | None = None
    interval: Interval | None = None


@dataclass(frozen=True, slots=True)
class LabelledTurn:
    """One voice speaking. `speaker` is a name within the recording, any name."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT

    speaker: Word
    interval: Interval


@dataclass(frozen=True, slots=True)
class PresenceSpan:
    """A person in the picture. `who` is a role, or a name where several have the role."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT

    who: Word
    interval: Interval


@dataclass(frozen=True, slots=True)
class FaultSpan:
    """Something wrong with the session or its recording. Without `interval` it holds of the whole."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT

    kind: Word
    interval: Interval | None = None
    severity: Word | None = None


@dataclass(frozen=True, slots=True)
class Labels:
    """What is known of a recording. None: not labelled; empty: labelled as none."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT

    utterances: tuple[LabelledUtterance, ...] | None = None
    turns: tuple[LabelledTurn, ...] | None = None
    items: Mapping[Key, Verdict] | None = None
    verdict: SessionVerdict | None = None
    presence: tuple[PresenceSpan, ...] | None = None
    faults: tuple[FaultSpan, ...] | None = None

    @property
    def violating(self) -> bool | None:
        """Whether a duty was violated: True where an item truly fails, False where the session is truly clear.

        None where that is not labelled, and where a person would have to look although nothing is known to fail (an
        answer that is no clear yes, a face that left the picture): such a session is neither clean nor violating.
        """
        if self.verdict is not None:
            if self.verdict == "clear":
                return False
            if self.verdict == "unusable":
                return None
            return True if self.items is None or self._fails else None
        if self.items is None:
            return None
        if self._fails:
            return True
        return None if any(verdict in UNDECIDED for verdict in self.items.values()) else False

    @property
    def _fails(self) -> bool:
        return self.items is not None and "fail" in self.items.values()


@dataclass(frozen=True, slots=True)
class Recording:
    """One session of a corpus. Paths are absolute once loaded; several `media` are parts of one session.

    `ruleset` is the id of one, or the path of a file of the corpus. `conditions` slice the figures; in use are
    scenario, voice, codec, noise, reverb, length, fault, template. `duration` in seconds, where it is known.
    """

    id: str
    media: tuple[Path, ...]
    order: Path | None
    ruleset: str | None
    labels: Labels
    split: Split
    source: Source
    conditions: Mapping[str, str] = field(default_factory=dict)
    duration: float | None = None


@dataclass(frozen=True, slots=True)
class Corpus:
    """Recordings with labels. `digest` is the SHA-256 of the manifest, paths and labels included.

    The recordings of a loaded corpus are read when they are asked for, so that a large one needs little memory.
    """

    name: str
    folder: Path
    recordings: Sequence[Recording]
    digest: str


class Head(BaseModel):
    """First line of a manifest."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    schema_: Annotated[Literal[1], Field(alias="schema")]
    name: Name


class Entry(BaseModel):
    """Any other line of a manifest: a recording with its paths as written there."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Name
    media: Annotated[tuple[Inside, ...], Field(min_length=1, max_length=1000)]
    order: Inside | None = None
    ruleset: Inside | None = None
    split: Split
    source: Source
    duration: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None
    conditions: Annotated[Mapping[Key, Annotated[str, Field(max_length=200)]], Field(max_length=50)] = {}
    labels: Labels = Labels()


@cache
def head_adapter() -> TypeAdapter[Head]:
    """Checks the first line of a manifest."""
    return TypeAdapter(Head)


@cache
def entry_adapter() -> TypeAdapter[Entry]:
    """Checks every other line of a manifest."""
    return TypeAdapter(Entry)
