"""The register of model weights: what each network is, its licence, the hash of every file, and where it may come from.

The data is registry.yaml beside this module. A hash there is the identity of a file: whatever a source delivers is
refused unless it matches.
"""

from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

from models.errors import WeightsError

REGISTRY_FILE = Path(__file__).with_name("registry.yaml")

FileName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Pinned = Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]+==[A-Za-z0-9.]+$")]
Group = Literal["default", "hands", "voices", "alternative"]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class WeightFile(_Frozen):
    """One file of an entry; `size` in bytes."""

    name: FileName
    size: Annotated[int, Field(gt=0)]
    sha256: Sha256


class Member(_Frozen):
    """A file inside a wheel: the pinned requirement that names the wheel, and the path in its archive."""

    wheel: Pinned
    path: str


class Platform(_Frozen):
    """The tags of a wheel that is not for every platform: it is read as an archive on any machine all the same."""

    python: str
    abi: str
    tag: str


class WheelSource(_Frozen):
    """Wheels of the package index, read as archives. A file of several members is their bytes, joined in order."""

    kind: Literal["wheel"]
    members: dict[FileName, tuple[Member, ...]]
    platform: Platform | None = None

    @property
    def wheels(self) -> tuple[str, ...]:
        """The pinned requirements whose wheels are read."""
        return tuple(dict.fromkeys(member.wheel for members in self.members.values() for member in members))


class HubSource(_Frozen):
    """A repository of a model hub, asked only when the user allows it."""

    kind: Literal["hub"]
    repo: str
    revision: str = "main"


class PackageSource(_Frozen):
    """An installed Python package that ships the files in one of its folders; nothing is fetched."""

    kind: Literal["package"]
    package: str
    folder: str


Source = Annotated[WheelSource | HubSource | PackageSource, Field(discriminator="kind")]


class Entry(_Frozen):
    """One set of weights.

    `files` lie in the entry's folder. Where `converter` is set, sources deliver `originals`, which are converted to
    `files` once.
    """

    id: FileName
    task: str
    task_zh: str
    title: str
    licence: str
    group: Group
    files: tuple[WeightFile, ...]
    originals: tuple[WeightFile, ...] = ()
    converter: str | None = None
    sources: tuple[Source, ...]

    @model_validator(mode="after")
    def _consistent(self) -> "Entry":
        if bool(self.originals) != bool(self.converter):
            raise ValueError(f"{self.id}: originals and converter belong together")
        wanted = {file.name for file in self.delivered}
        for source in self.sources:
            if isinstance(source, WheelSource) and set(source.members) != wanted:
                raise ValueError(
                    f"{self.id}: a wheel source delivers {sorted(source.members)}, wanted {sorted(wanted)}"
                )
        return self

    @property
    def delivered(self) -> tuple[WeightFile, ...]:
        """The files a source has to deliver."""
        return self.originals or self.files

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(file.size for file in self.files)

    @property
    def package(self) -> PackageSource | None:
        """The installed package that ships this entry, if it is one of those."""
        return next((source for source in self.sources if isinstance(source, PackageSource)), None)

    @property
    def sha256(self) -> str:
        """The identity of the entry: a hash over the names and hashes of its files."""
        lines = "".join(f"{file.name}:{file.sha256}\n" for file in sorted(self.files, key=lambda file: file.name))
        return sha256(lines.encode()).hexdigest()


class Registry(_Frozen):
    """All entries, in the order of the file."""

    entries: tuple[Entry, ...]

    @model_validator(mode="after")
    def _unique(self) -> "Registry":
        if len({entry.id for entry in self.entries}) != len(self.entries):
            raise ValueError("an entry id occurs twice")
        return self

    def entry(self, entry_id: str) -> Entry:
        """The entry of that id. Raises WeightsError `weights_unknown`."""
        for entry in self.entries:
            if entry.id == entry_id:
                return entry
        raise WeightsError("weights_unknown", entry=entry_id, known=", ".join(entry.id for entry in self.entries))

    def choose(self, ids: tuple[str, ...] = (), *, everything: bool = False) -> tuple[Entry, ...]:
        """The entries of `ids`; without ids the default group, or all. Raises WeightsError `weights_unknown`."""
        if ids:
            return tuple(self.entry(entry_id) for entry_id in dict.fromkeys(ids))
        return tuple(entry for entry in self.entries if everything or entry.group == "default")


def read_registry(path: Path) -> Registry:
    """Read a registry file. Raises pydantic.ValidationError for a fault in it."""
    return Registry.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))


@cache
def registry() -> Registry:
    """The project's own registry."""
    return read_registry(REGISTRY_FILE)
