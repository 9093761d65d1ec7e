"""The form of a packet: names of its files, its manifest, what a safe name is."""

import re
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

MANIFEST = "manifest.json"
SIGNATURE = "manifest.sig"
PUBLIC_KEY = "public_key.pem"
SUMS = "SHA256SUMS"
INDEX = "index.html"
HOW_TO = "VERIFY.txt"
UNLISTED = frozenset({MANIFEST, SIGNATURE, PUBLIC_KEY})
"""Files that the manifest does not list: itself, and what proves it."""

SCHEMA = 1
MOST_FILES = 20_000
LARGEST_MANIFEST = 16 * 1024 * 1024
_STEP = r"[\w\u4e00-\u9fff][\w.\- ()（）\u4e00-\u9fff]{0,150}"
_SAFE = re.compile(rf"{_STEP}(?:/{_STEP}){{0,4}}")

Kind = Literal["evidence", "record"]
Hex = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class ManifestPart(BaseModel):
    """Base of all parts of a manifest."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class FilePart(ManifestPart):
    """One file of the packet."""

    path: str
    sha256: Hex
    bytes: Annotated[int, Field(ge=0)]


class RecordingPart(ManifestPart):
    """One file of the session as it came in."""

    name: str
    sha256: Hex
    bytes: Annotated[int, Field(ge=0)]


class Manifest(ManifestPart):
    """What the packet holds and where it comes from. `key`: fingerprint of the key that signed it."""

    schema_: Annotated[Literal[1], Field(alias="schema")]
    kind: Kind
    session_id: str
    inspection_id: str | None = None
    inspection_version: int | None = None
    ruleset_sha256: str | None = None
    masked: bool
    media: bool
    exported_at: str
    exported_by: str
    key: str
    recordings: tuple[RecordingPart, ...]
    files: Annotated[tuple[FilePart, ...], Field(max_length=MOST_FILES)]


@dataclass(frozen=True, slots=True)
class Entry:
    """A file on its way into a packet: its path, and what is in it."""

    path: str
    sha256: str
    bytes: int


def is_safe(path: str) -> bool:
    """Whether a path may stand in a packet: relative, without steps upwards, hidden names or odd characters.

    >>> is_safe("clips/a.mp4"), is_safe("../a"), is_safe("/etc/passwd"), is_safe("a\\\\b")
    (True, False, False, False)
    """
    return bool(_SAFE.fullmatch(path)) and not any(step.endswith((".", " ")) for step in path.split("/"))


def safe_name(name: str, fallback: str) -> str:
    """A file name made safe.

    >>> safe_name("../../x.mp4", "part"), safe_name("录像 1.mp4", "part")
    ('x.mp4', '录像 1.mp4')
    """
    last = re.split(r"[/\\]", name)[-1]
    made = re.sub(r"[^\w.\- ()（）\u4e00-\u9fff]", "_", last).lstrip(". -").rstrip(". ")[-120:]
    return made if made and is_safe(made) else fallback
