"""Who is measured: the engine in two forms, and what a user would otherwise run on the same sound and weights."""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from eval.benchmarks.speed.environments import Environment
from eval.benchmarks.speed.results import Pass, Recording

WHISPER = "whisper-base"
SEGMENTATION = "pyannote-segmentation"
VOICE = "ge2e-voice"
REFERENCE = "faster-whisper-batched"
"""What the others are compared with: bare batched transcription without word times."""

UNCONFIRMED = {"MINGJIAN_SPEECH__CONFIRMATION__ENABLED": "false"}


@dataclass(frozen=True, eq=False)
class Contender:
    """One who is measured; there is one of each. `environment`: None for ours, which runs in the project's own.
    `weights`: option of the script and entry of the registry. `slow` ones run in fewer rounds; `default`: unless
    others are asked for.
    """

    key: str
    module: str
    environment: Environment | None = None
    options: tuple[str, ...] = ()
    weights: Mapping[str, str] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)
    slow: bool = False
    default: bool = True

    @property
    def ours(self) -> bool:
        """Whether it is the engine."""
        return self.environment is None

    def takes(self, recording: Recording) -> bool:
        """Peers look at no picture."""
        return self.ours or recording.kind == "audio"

    def is_slow(self, recording: Recording) -> bool:
        """Whether it runs in fewer rounds on this recording."""
        return self.slow or recording.kind != "audio" or recording.files > 1


_FASTER_WHISPER = Environment("faster-whisper")
_BARE = "eval.benchmarks.speed.peers.bare_faster_whisper"
_INSPECT = "api.cli.main"

CONTENDERS: tuple[Contender, ...] = (
    Contender("inspect", _INSPECT),
    Contender("inspect-unconfirmed", _INSPECT, variables=UNCONFIRMED),
    Contender(REFERENCE, _BARE, _FASTER_WHISPER, ("--batched",), {"whisper": WHISPER}),
    Contender("faster-whisper-batched-words", _BARE, _FASTER_WHISPER, ("--batched", "--words"), {"whisper": WHISPER}),
    Contender("faster-whisper", _BARE, _FASTER_WHISPER, (), {"whisper": WHISPER}),
    Contender("faster-whisper-words", _BARE, _FASTER_WHISPER, ("--words",), {"whisper": WHISPER}, default=False),
    Contender(
        "whisperx", "eval.benchmarks.speed.peers.bare_whisperx", Environment("whisperx"), (), {"whisper": WHISPER}
    ),
    Contender(
        "pyannote",
        "eval.benchmarks.speed.peers.stock_pyannote",
        Environment("pyannote"),
        (),
        {"segmentation": SEGMENTATION, "voice": VOICE},
        slow=True,
    ),
)
BY_KEY: Mapping[str, Contender] = {one.key: one for one in CONTENDERS}


def command(
    contender: Contender,
    paths: tuple[Path, ...],
    out: Path,
    threads: int,
    interpreter: Path | None,
    folder: Callable[[str], Path],
) -> list[str]:
    """The command line of `contender` for `paths`. `folder` gives the weights of an entry of the registry.

    Ours is the command line that users have, which also writes its reports, to `out`.
    """
    files = [str(path) for path in paths]
    if interpreter is None:
        return [sys.executable, "-m", contender.module, "inspect", *files, "--json", "--out", str(out)]
    weights = [text for name, entry in contender.weights.items() for text in (f"--{name}", str(folder(entry)))]
    return [
        str(interpreter), "-m", contender.module, "--threads", str(threads), *weights, *contender.options, *files,
    ]  # fmt: skip


def understood(contender: Contender, said: Mapping[str, Any], wall: float, cpu: float) -> Pass | None:
    """A pass from what the contender said of it; None for a line that says nothing of a recording."""
    if contender.ours:
        if "stages" not in said or "utterances" not in said:
            return None
        stages = {one["name"]: one["seconds"] for one in said["stages"] if one["seconds"]}
        letters = sum(len(one["text"]) for one in said["utterances"])
        return Pass(wall, cpu, stages, letters, len(said["speakers"]))
    if "stages" not in said:
        return None
    return Pass(wall, cpu, dict(said["stages"]), said.get("characters"), said.get("speakers"))
