"""Converts checkpoints that need pickle to safetensors, once, at fetch time.

Torch's restricted unpickler reads the checkpoint (`weights_only=True`): it builds tensors and plain containers, and
refuses any class it was not told of. The classes named by the checkpoint itself are stood in for by `Inert`, which
keeps the attributes and runs nothing. The fetcher verifies the checkpoint's hash first and runs this module in a
process of its own:

    python -m models.convert pyannote-segmentation CHECKPOINT FOLDER

The output depends on the checkpoint alone, so the registry holds the hashes of the converted files too.
"""

import json
import sys
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

# Globals that the segmentation checkpoint names. None of them is imported.
_SEGMENTATION_CLASSES = (
    "omegaconf.base.ContainerMetadata",
    "omegaconf.base.Metadata",
    "omegaconf.listconfig.ListConfig",
    "omegaconf.nodes.AnyNode",
    "pyannote.audio.core.model.Introspection",
    "pyannote.audio.core.task.Problem",
    "pyannote.audio.core.task.Resolution",
    "pyannote.audio.core.task.Specifications",
    "torch.torch_version.TorchVersion",
    "typing.Any",
)
_PLAIN_CLASSES: tuple[tuple[type, str], ...] = (
    (dict, "builtins.dict"),
    (int, "builtins.int"),
    (list, "builtins.list"),
    (defaultdict, "collections.defaultdict"),
)
# Values of pyannote's enumerations Problem and Resolution, which the checkpoint stores by number.
_PROBLEMS = {0: "binary", 1: "mono_label", 2: "multi_label"}
_RESOLUTIONS = {1: "frame", 2: "chunk"}
_GE2E_TRAINING_ONLY = ("similarity_weight", "similarity_bias")


class Inert:
    """Stands in for a class of a checkpoint: keeps constructor arguments and attributes, does nothing."""

    def __init__(self, *arguments: object) -> None:
        self.arguments = arguments


def _read(checkpoint: Path, classes: Sequence[str] = ()) -> dict[str, Any]:
    import torch

    stand_ins = [(type(name.rpartition(".")[2], (Inert,), {}), name) for name in classes]
    with torch.serialization.safe_globals([*_PLAIN_CLASSES, *stand_ins]):
        content = torch.load(checkpoint, map_location="cpu", weights_only=True)
    if not isinstance(content, dict):
        raise ValueError(f"{checkpoint.name} is no checkpoint")
    return content


def _write_tensors(tensors: Mapping[str, Any], target: Path) -> None:
    from safetensors.torch import save_file

    save_file({name: tensors[name].contiguous() for name in sorted(tensors)}, target)


def segmentation(checkpoint: Path, folder: Path) -> None:
    """pyannote segmentation: model.safetensors, and config.json with what rebuilds the PyanNet.

    `config.json`: `sample_rate` (Hz), `num_channels`, `sincnet`, `lstm`, `linear` (constructor arguments) and
    `specifications` (`problem`, `resolution`, `duration` in seconds, `classes`, `powerset`, `permutation_invariant`,
    `warm_up` in seconds).
    """
    content = _read(checkpoint, _SEGMENTATION_CLASSES)
    _write_tensors(content["state_dict"], folder / "model.safetensors")
    about = content["pyannote.audio"]
    specifications = about["specifications"]
    config = {
        "architecture": about["architecture"]["class"],
        **content["hyper_parameters"],
        "specifications": {
            "problem": _PROBLEMS[specifications.problem.arguments[0]],
            "resolution": _RESOLUTIONS[specifications.resolution.arguments[0]],
            "duration": specifications.duration,
            "warm_up": list(specifications.warm_up),
            "classes": list(specifications.classes),
            "permutation_invariant": specifications.permutation_invariant,
            # Checkpoints of this age know no powerset: one independent probability per local speaker.
            "powerset": getattr(specifications, "powerset_max_classes", None) is not None,
        },
    }
    (folder / "config.json").write_text(json.dumps(config, indent=2, sort_keys=True) + "\n", encoding="utf-8")


def ge2e(checkpoint: Path, folder: Path) -> None:
    """GE2E encoder of Resemblyzer: model.safetensors with the LSTM and the linear layer, nothing of the training."""
    state = _read(checkpoint)["model_state"]
    _write_tensors({k: v for k, v in state.items() if k not in _GE2E_TRAINING_ONLY}, folder / "model.safetensors")


CONVERTERS: Mapping[str, Callable[[Path, Path], None]] = {"pyannote-segmentation": segmentation, "ge2e-voice": ge2e}


def main(arguments: Sequence[str]) -> None:
    """Run converter `arguments[0]` on checkpoint `arguments[1]`, writing into the folder `arguments[2]`."""
    name, checkpoint, folder = arguments
    CONVERTERS[name](Path(checkpoint), Path(folder))


if __name__ == "__main__":
    main(sys.argv[1:])
