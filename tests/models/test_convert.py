import json
import pickle
import zipfile
from pathlib import Path
from typing import Any

import pytest

from models.convert import segmentation
from models.fetch import Sources, pull
from models.registry import Entry, registry
from models.weights import digest, folder
from tests.models.shelf import Shelf, put_on_index, sha256, wheel, wheel_source


class Malice:
    """What a hostile checkpoint would do when it is unpickled carelessly."""

    def __init__(self, witness: Path) -> None:
        self.witness = witness

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.write_text, (self.witness, "ran")


def checkpoint(path: Path, extra: object = None) -> Path:
    """A GE2E checkpoint of tiny size."""
    import torch

    state = {
        "linear.weight": torch.arange(6.0).reshape(2, 3),
        "linear.bias": torch.ones(2),
        "similarity_bias": torch.ones(1),
    }
    torch.save({"step": 1, "model_state": state, "optimizer_state": {}, "extra": extra}, path)
    return path


def converted_entry(original: bytes, converted: dict[str, bytes | str]) -> Entry:
    """An entry whose only source delivers the checkpoint `original`; `converted` gives contents or hashes."""
    files = [
        {"name": name, "size": 1, "sha256": value if isinstance(value, str) else sha256(value)}
        for name, value in converted.items()
    ]
    content = {
        "id": "tiny-voice",
        "task": "test",
        "task_zh": "测试",
        "title": "Tiny",
        "licence": "MIT",
        "group": "default",
        "files": files,
        "originals": [{"name": "a.pt", "size": len(original), "sha256": sha256(original)}],
        "converter": "ge2e-voice",
        "sources": [wheel_source({"a.pt": [("pickled", "pickled/a.pt")]})],
    }
    return Entry.model_validate(content)


def tensors(path: Path) -> dict[str, Any]:
    from safetensors.numpy import load_file

    return {name: tensor.tolist() for name, tensor in load_file(path).items()}


def test_a_checkpoint_becomes_the_same_safetensors_each_time(tmp_path: Path) -> None:
    from models.convert import ge2e

    source = checkpoint(tmp_path / "a.pt")
    made = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        ge2e(source, tmp_path / name)
        made.append(digest(tmp_path / name / "model.safetensors"))
    assert made[0] == made[1]
    wanted = {"linear.weight": [[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]], "linear.bias": [1.0, 1.0]}
    assert tensors(tmp_path / "one" / "model.safetensors") == wanted


def test_a_checkpoint_cannot_run_code(tmp_path: Path) -> None:
    from models.convert import ge2e

    witness = tmp_path / "witness"
    hostile = checkpoint(tmp_path / "a.pt", Malice(witness))
    for converter in (ge2e, segmentation):
        with pytest.raises(pickle.UnpicklingError):
            converter(hostile, tmp_path)
    assert not witness.exists()


def test_the_fetcher_converts_and_keeps_only_the_result(shelf: Shelf, root_folder: Path, tmp_path: Path) -> None:
    from models.convert import ge2e

    source = checkpoint(tmp_path / "a.pt")
    ge2e(source, tmp_path)
    expected = (tmp_path / "model.safetensors").read_bytes()
    put_on_index(shelf, wheel(tmp_path, "pickled", {"pickled/a.pt": source.read_bytes()}))
    (result,) = pull([converted_entry(source.read_bytes(), {"model.safetensors": expected})], Sources())
    assert result.errors == ()
    files = sorted(path.name for path in (root_folder / "tiny-voice").iterdir())
    assert files == [".verified.json", "model.safetensors"]
    assert (root_folder / "tiny-voice" / "model.safetensors").read_bytes() == expected


def test_a_checkpoint_with_another_hash_is_never_opened(shelf: Shelf, root_folder: Path, tmp_path: Path) -> None:
    source = checkpoint(tmp_path / "a.pt").read_bytes()
    put_on_index(shelf, wheel(tmp_path, "pickled", {"pickled/a.pt": source[:-1] + b"!"}))
    (result,) = pull([converted_entry(source, {"model.safetensors": b"x"})], Sources())
    assert "a.pt: sha256" in result.errors[0].details["detail"]


def test_a_conversion_that_fails_is_told_and_leaves_nothing(shelf: Shelf, root_folder: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.pt", "w") as archive:
        archive.writestr("nothing", b"")
    source = (tmp_path / "a.pt").read_bytes()
    put_on_index(shelf, wheel(tmp_path, "pickled", {"pickled/a.pt": source}))
    (result,) = pull([converted_entry(source, {"model.safetensors": b"x"})], Sources())
    assert "conversion of a.pt" in result.errors[0].details["detail"]
    assert [path.name for path in root_folder.iterdir() if not path.name.startswith(".")] == []


def test_the_segmentation_config_rebuilds_its_network() -> None:
    """The real weights: every tensor finds its place in a PyanNet built from config.json alone."""
    path = folder("pyannote-segmentation")
    config = json.loads((path / "config.json").read_text(encoding="utf-8"))
    specifications = config["specifications"]
    assert specifications["duration"] == 5.0
    assert specifications["classes"] == ["speaker#1", "speaker#2", "speaker#3"]
    assert (specifications["problem"], specifications["powerset"]) == ("multi_label", False)
    shapes = {
        name: (len(rows), len(rows[0]))
        for name, rows in tensors(path / "model.safetensors").items()
        if name == "classifier.weight"
    }
    assert shapes == {"classifier.weight": (3, config["linear"]["hidden_size"])}


def test_the_registry_names_a_converter_wherever_pickle_would_be_needed() -> None:
    for entry in registry().entries:
        pickled = [
            file.name for file in entry.files if file.name.endswith((".pt", ".pth", ".ckpt", "pytorch_model.bin"))
        ]
        assert pickled == [], f"{entry.id} would load pickle at run time"
