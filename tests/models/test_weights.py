import os
from pathlib import Path

import pytest

from engine.errors import MingjianError
from models.errors import WeightsError
from models.registry import Entry, registry
from models.weights import folder, place, sha256_of, state, verify
from tests.models.shelf import entry, registry_of

FILES = {"a.bin": b"alpha" * 1000, "b.json": b"{}"}
TINY = entry(FILES, {"kind": "hub", "repo": "who/tiny"})


@pytest.fixture
def laid(root_folder: Path) -> Path:
    """The tiny entry, complete."""
    path = root_folder / "tiny"
    path.mkdir(parents=True)
    for name, content in FILES.items():
        (path / name).write_bytes(content)
    return path


def codes(entries: list[Entry]) -> list[tuple[str, str]]:
    return [(error.code, Path(error.details["file"]).name) for error in verify(entries)]


def test_folder_is_where_the_files_are(laid: Path) -> None:
    assert folder("tiny", registry_of(TINY)) == laid
    assert state(TINY) == "present"
    assert verify([TINY]) == ()


def test_a_missing_file_is_named(laid: Path) -> None:
    (laid / "b.json").unlink()
    assert codes([TINY]) == [("weights_missing", "b.json")]
    assert state(TINY) == "partial"
    with pytest.raises(WeightsError) as caught:
        folder("tiny", registry_of(TINY))
    text = str(MingjianError(caught.value.code, **caught.value.details))
    assert "[MJ501]" in text
    assert str(laid / "b.json") in text
    assert "mingjian models pull" in text


def test_a_corrupt_file_is_named_with_both_hashes(laid: Path) -> None:
    (laid / "a.bin").write_bytes(b"alphb" * 1000)
    (error,) = verify([TINY])
    assert error.code == "weights_corrupt"
    text = str(MingjianError(error.code, **error.details))
    assert str(laid / "a.bin") in text
    assert TINY.files[0].sha256 in text
    with pytest.raises(WeightsError):
        folder("tiny", registry_of(TINY))


def test_all_faults_are_told_at_once(laid: Path) -> None:
    (laid / "a.bin").write_bytes(b"?")
    (laid / "b.json").unlink()
    other = entry({"c.bin": b"c"}, {"kind": "hub", "repo": "who/other"}, name="other")
    faults = [("weights_corrupt", "a.bin"), ("weights_missing", "b.json"), ("weights_missing", "c.bin")]
    assert codes([TINY, other]) == faults


def test_a_file_changed_after_its_check_is_read_again(laid: Path) -> None:
    folder("tiny", registry_of(TINY))
    (laid / "a.bin").write_bytes(b"alphb" * 1000)  # the same length
    with pytest.raises(WeightsError, match="weights_corrupt"):
        folder("tiny", registry_of(TINY))


def test_an_unchanged_file_is_not_hashed_again(laid: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder("tiny", registry_of(TINY))

    def refuse(path: Path) -> str:
        raise AssertionError(f"{path} was hashed again")

    monkeypatch.setattr("models.weights.digest", refuse)
    assert folder("tiny", registry_of(TINY)) == laid


@pytest.mark.parametrize("stamp", ["", "[]", "{", '{"a.bin": 3}', '{"a.bin": {"size": 5000}}'])
def test_a_spoilt_stamp_only_costs_a_reading(laid: Path, stamp: str) -> None:
    (laid / ".verified.json").write_text(stamp, encoding="utf-8")
    assert folder("tiny", registry_of(TINY)) == laid


def test_verify_ignores_the_stamp(laid: Path) -> None:
    folder("tiny", registry_of(TINY))
    before = (laid / "a.bin").stat()
    (laid / "a.bin").write_bytes(b"alphb" * 1000)
    os.utime(laid / "a.bin", ns=(before.st_atime_ns, before.st_mtime_ns))
    assert codes([TINY]) == [("weights_corrupt", "a.bin")]


def test_an_unknown_entry_lists_the_known_ones() -> None:
    with pytest.raises(WeightsError) as caught:
        folder("whisper-huge")
    assert "whisper-base" in str(MingjianError(caught.value.code, **caught.value.details))


def test_the_identity_follows_the_files() -> None:
    other = entry(FILES | {"b.json": b"[]"}, {"kind": "hub", "repo": "who/tiny"})
    swapped = entry(dict(reversed(FILES.items())), {"kind": "hub", "repo": "who/tiny"})
    assert sha256_of("tiny", registry_of(TINY)) == swapped.sha256 != other.sha256


def test_weights_of_a_package_are_found_and_verified() -> None:
    path = folder("silero-vad")
    assert (path / "silero_vad_v6.onnx").is_file()
    assert not (path / ".verified.json").exists(), "an installed package is not written to"
    assert verify([registry().entry("silero-vad")]) == ()


def test_a_package_that_is_not_installed_is_missing() -> None:
    absent = entry({"a.onnx": b"a"}, {"kind": "package", "package": "no_such_package", "folder": "assets"})
    assert [error.code for error in verify([absent])] == ["weights_missing"]
    assert place(absent).name == "assets"
