from pathlib import Path

import pytest

from models.download import ATTEMPTS, Refused, client, download
from models.errors import FetchError
from tests.models.shelf import Shelf, sha256

CONTENT = bytes(range(256)) * 4000


def fetch(shelf: Shelf, target: Path, content: bytes = CONTENT) -> Path:
    with client() as http:
        return download(http, f"{shelf.address}/model.bin", target, sha256=sha256(content), pause=0.0)


def test_takes_up_where_the_connection_broke(shelf: Shelf, tmp_path: Path) -> None:
    shelf.files["/model.bin"] = CONTENT
    shelf.breaks = [300_000, 200_000]
    target = fetch(shelf, tmp_path / "model.bin")
    assert target.read_bytes() == CONTENT
    assert shelf.ranges_of("/model.bin") == [None, "bytes=300000-", "bytes=500000-"]


def test_takes_up_what_an_earlier_run_left(shelf: Shelf, tmp_path: Path) -> None:
    shelf.files["/model.bin"] = CONTENT
    (tmp_path / "model.bin.part").write_bytes(CONTENT[:1000])
    assert fetch(shelf, tmp_path / "model.bin").read_bytes() == CONTENT
    assert shelf.ranges_of("/model.bin") == ["bytes=1000-"]
    assert not (tmp_path / "model.bin.part").exists()


def test_a_part_that_is_already_whole_only_gets_its_name(shelf: Shelf, tmp_path: Path) -> None:
    shelf.files["/model.bin"] = CONTENT
    (tmp_path / "model.bin.part").write_bytes(CONTENT)
    assert fetch(shelf, tmp_path / "model.bin").read_bytes() == CONTENT


@pytest.mark.parametrize("left", [b"x" * 1000, b"x" * (len(CONTENT) + 5), b"x" * len(CONTENT)])
def test_a_part_of_something_else_is_fetched_anew(shelf: Shelf, tmp_path: Path, left: bytes) -> None:
    shelf.files["/model.bin"] = CONTENT
    (tmp_path / "model.bin.part").write_bytes(left)
    assert fetch(shelf, tmp_path / "model.bin").read_bytes() == CONTENT


def test_a_server_without_ranges_begins_again(shelf: Shelf, tmp_path: Path) -> None:
    shelf.files["/model.bin"] = CONTENT
    shelf.ranges, shelf.breaks = False, [500_000]
    assert fetch(shelf, tmp_path / "model.bin").read_bytes() == CONTENT


def test_wrong_bytes_are_refused_and_not_kept(shelf: Shelf, tmp_path: Path) -> None:
    shelf.files["/model.bin"] = CONTENT[:-1] + b"!"
    with pytest.raises(FetchError, match="sha256"):
        fetch(shelf, tmp_path / "model.bin")
    assert list(tmp_path.iterdir()) == []


def test_gives_up_after_attempts_without_a_byte_and_keeps_the_part(shelf: Shelf, tmp_path: Path) -> None:
    shelf.files["/model.bin"] = CONTENT
    shelf.breaks = [1000] + [0] * ATTEMPTS
    with pytest.raises(FetchError):
        fetch(shelf, tmp_path / "model.bin")
    assert (tmp_path / "model.bin.part").read_bytes() == CONTENT[:1000]
    assert len(shelf.requests) <= ATTEMPTS + 1


def test_a_busy_server_is_asked_again_and_a_refusal_is_not(shelf: Shelf, tmp_path: Path) -> None:
    shelf.files["/model.bin"] = CONTENT
    shelf.statuses = [503, 429]
    assert fetch(shelf, tmp_path / "model.bin").read_bytes() == CONTENT
    shelf.statuses = [403]
    with pytest.raises(Refused, match="403"):
        fetch(shelf, tmp_path / "other.bin")


def test_progress_never_falls_and_ends_at_the_total(shelf: Shelf, tmp_path: Path) -> None:
    shelf.files["/model.bin"] = CONTENT
    shelf.breaks = [600_000]
    seen: list[int] = []
    totals = set()

    def note(_label: str, completed: int, total: int) -> None:
        seen.append(completed)
        totals.add(total)

    with client() as http:
        download(http, f"{shelf.address}/model.bin", tmp_path / "model.bin", progress=note, pause=0.0)
    assert seen == sorted(seen)
    assert seen[-1] == len(CONTENT)
    assert totals == {len(CONTENT)}
