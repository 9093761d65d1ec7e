"""`run.json`: what a run was made of, so that it can be repeated and two runs can be told apart."""

import json
import os
import platform
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from functools import cache
from hashlib import sha256
from importlib import metadata
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from engine.errors import MingjianError
from engine.inspection import ModelReference
from eval.corpus.manifest import Split

RUN_FILE = "run.json"
RUN_SCHEMA = 1
NAMED_LIBRARIES = (
    "ai-edge-litert", "av", "ctranslate2", "faster-whisper", "mediapipe", "numpy", "onnxruntime", "opencc",
    "opencv-python", "pyannote.audio", "pypinyin", "rapidfuzz", "ray", "scipy", "torch", "torchaudio",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Setup:
    """What every result of a run depends on, beside its recording.

    `program` is a hash over the engine's own files (eval/runs/program.py), `weights` names the networks by content,
    `parameters` are the settings that can change a verdict. `rulesets` and `policies`: the hash of each that may judge
    here; `ruleset` and `policy` are what was asked for instead of the recordings' own, `policy_of` the policy that goes
    with each rule set.
    """

    version: str
    program: str
    weights: tuple[ModelReference, ...]
    parameters: Mapping[str, Any]
    rulesets: Mapping[str, str]
    policies: Mapping[str, str]
    ruleset: str | None = None
    policy: str | None = None
    policy_of: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Selection:
    """Which recordings of the corpus: all of these splits (none: any), or `sample` of them drawn with `seed`."""

    splits: tuple[Split, ...] = ()
    sample: int | None = None
    seed: int = 0


@dataclass(frozen=True, slots=True)
class CorpusReference:
    """The corpus by name, place and content."""

    name: str
    folder: str
    digest: str


@dataclass(frozen=True, slots=True)
class Machine:
    """Where a run was made. `memory` in bytes; `libraries` by name and version, `environment` a hash over all of
    them."""

    system: str
    processor: str
    cores: int
    memory: int
    graphics: tuple[str, ...]
    python: str
    libraries: Mapping[str, str]
    environment: str


@dataclass(frozen=True, slots=True)
class Stretch:
    """One time the program worked on the run: a run that was interrupted has several. Times are ISO 8601.

    `inspected` sessions were inspected anew, `found` had been before. Without `ended` it was cut off.
    """

    command: tuple[str, ...]
    began: str
    workers: str
    machine: Machine
    ended: str | None = None
    inspected: int = 0
    found: int = 0


@dataclass(frozen=True, slots=True)
class RunMeta:
    """All that is known of a run beside its sessions. `failed` sessions are among the `sessions`."""

    corpus: CorpusReference
    selection: Selection
    setup: Setup
    stretches: tuple[Stretch, ...]
    finished: bool = False
    sessions: int = 0
    failed: int = 0
    seeds: Mapping[str, int] = field(default_factory=dict)
    schema: int = RUN_SCHEMA


@cache
def _adapter() -> TypeAdapter[RunMeta]:
    return TypeAdapter(RunMeta)


def write_meta(folder: Path, meta: RunMeta) -> None:
    """Write `run.json`, whole or not at all."""
    draft = folder / f".{RUN_FILE}.draft"
    draft.write_bytes(_adapter().dump_json(meta, indent=1) + b"\n")
    draft.replace(folder / RUN_FILE)


def read_meta(folder: Path) -> RunMeta:
    """What `write_meta` wrote. Raises MingjianError `run_unreadable`."""
    path = folder / RUN_FILE
    try:
        return _adapter().validate_json(path.read_bytes())
    except OSError as error:
        raise MingjianError("run_unreadable", path=folder, detail=error.strerror or RUN_FILE) from error
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(map(str, first["loc"][:4]))
        raise MingjianError("run_unreadable", path=path, detail=f"{place}: {first['msg']}") from error


def differences(old: RunMeta, new: RunMeta) -> Iterator[str]:
    """Names of what sets two runs apart: parts of their setup, the corpus, the selection."""
    if old.corpus.digest != new.corpus.digest:
        yield "corpus"
    if old.selection != new.selection:
        yield "selection"
    before, after = (json.loads(json.dumps(asdict(one.setup), sort_keys=True)) for one in (old, new))
    yield from (name for name in after if before.get(name) != after[name])


def this_machine(device: str) -> Machine:
    """The machine of this process; `device` is where the networks run."""
    versions = sorted({(one.name or "").lower(): one.version for one in metadata.distributions()}.items())
    everything = "\n".join(f"{name}=={version}" for name, version in versions)
    installed = dict(versions)
    return Machine(
        system=platform.platform(),
        processor=_processor(),
        cores=os.cpu_count() or 1,
        memory=os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
        graphics=_graphics(device),
        python=platform.python_version(),
        libraries={name: installed[name] for name in NAMED_LIBRARIES if name in installed},
        environment=sha256(everything.encode()).hexdigest(),
    )


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.machine())


def _graphics(device: str) -> tuple[str, ...]:
    if device == "cpu":
        return ()
    import ctranslate2

    if not ctranslate2.get_cuda_device_count():
        return ()
    import torch

    return tuple(torch.cuda.get_device_name(index) for index in range(torch.cuda.device_count()))
