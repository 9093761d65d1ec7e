"""Blobs: in a folder, and in an object store behind a real server."""

import hashlib
import os
import socket
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from moto.server import ThreadedMotoServer
from sqlalchemy import text

from engine.errors import MingjianError
from engine.order import Order
from engine.settings import Settings
from engine.store import blob_rows, open_store, sessions
from engine.store import blobs as blobs_module
from engine.store.blobs import INCOMING, Blobs
from engine.store.cache import Cache
from engine.store.sessions import NewPart, NewSession
from engine.store.settings import StoreSettings
from engine.store.store import Store

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
CONTENT = bytes(range(256)) * 64
NAME = hashlib.sha256(CONTENT).hexdigest()
BUCKET = "recordings"


@pytest.fixture(scope="module")
def object_store() -> Iterator[str]:
    """The address of an S3 server with an empty bucket."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"{'http'}://{host}:{port}"
    server.stop()


def s3(address: str, folder: Path, **changes: object) -> StoreSettings:
    options = {"endpoint_url": address, "key": "testing", "secret": "testing", "region_name": "cn-north-1"}
    values = {"folder": folder, "blobs": f"s3://{BUCKET}/mingjian", "blob_options": options}
    return StoreSettings.model_validate({**values, **changes})


@pytest.fixture(params=["folder", "s3"])
def chosen(request: pytest.FixtureRequest, tmp_path: Path) -> StoreSettings:
    """Settings of an empty blob store of each kind."""
    folder = tmp_path / "data"
    if request.param == "folder":
        return StoreSettings(folder=folder)
    settings = s3(request.getfixturevalue("object_store"), folder)
    files = Blobs(settings)._files
    if not files.exists(BUCKET):
        files.mkdir(BUCKET)
    for found in Blobs(settings).all():
        Blobs(settings).delete(found.sha256)
    return settings


@pytest.fixture
def blobs(chosen: StoreSettings) -> Blobs:
    return Blobs(chosen)


def file(folder: Path, content: bytes = CONTENT) -> Path:
    path = folder / "recording.mp4"
    path.write_bytes(content)
    return path


def test_what_was_put_is_there_once_and_whole(blobs: Blobs, tmp_path: Path) -> None:
    for _ in range(2):
        stored = blobs.put(file(tmp_path), "video/mp4")
    assert (stored.sha256, stored.bytes) == (NAME, len(CONTENT))
    assert [one.sha256 for one in blobs.all()] == [NAME]
    assert blobs.exists(NAME)
    assert blobs.size(NAME) == len(CONTENT)
    assert blobs.check(NAME)
    with blobs.open(NAME) as opened:
        opened.seek(300)
        assert opened.read(10) == CONTENT[300:310]
        opened.seek(0)
        assert opened.read() == CONTENT
    with blobs.local(NAME) as path:
        assert path.read_bytes() == CONTENT


@pytest.mark.parametrize(("start", "end"), [(0, None), (5, 6), (100, 5000), (0, 0), (16383, None), (16000, 99999)])
def test_a_range_is_read(blobs: Blobs, tmp_path: Path, start: int, end: int | None) -> None:
    blobs.put(file(tmp_path))
    assert b"".join(blobs.stream(NAME, start, end)) == CONTENT[start:end]


def test_what_is_deleted_is_gone(blobs: Blobs, tmp_path: Path) -> None:
    blobs.put(file(tmp_path))
    with blobs.local(NAME):
        pass
    for _ in range(2):
        blobs.delete(NAME)
    assert not blobs.exists(NAME)
    for reading in (lambda: blobs.size(NAME), lambda: list(blobs.stream(NAME)), lambda: blobs.local(NAME).__enter__()):
        with pytest.raises(MingjianError) as refusal:
            reading()
        assert refusal.value.code == "blob_missing"


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "A" * 64, NAME[:-1], f"{NAME}/..", "\0" * 64])
def test_a_name_that_is_no_hash_is_no_blob(blobs: Blobs, name: str) -> None:
    with pytest.raises(MingjianError) as refusal:
        blobs.size(name)
    assert refusal.value.code == "blob_missing"


def test_the_same_content_put_by_many_at_once_is_one_whole_file(blobs: Blobs, tmp_path: Path) -> None:
    path, faults = file(tmp_path, CONTENT * 50), []
    name = hashlib.sha256(CONTENT * 50).hexdigest()

    def put() -> None:
        try:
            for _ in range(3):
                blobs.put(path)
                assert blobs.check(name)
        except BaseException as error:  # noqa: BLE001  (told below)
            faults.append(error)

    threads = [threading.Thread(target=put) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert [one.sha256 for one in blobs.all()] == [name]


def test_a_file_may_be_taken_over(blobs: Blobs, tmp_path: Path) -> None:
    path = file(tmp_path)
    blobs.put(path, consume=True)
    assert not path.exists()
    assert blobs.check(NAME)
    again = file(tmp_path)
    blobs.put(again, consume=True)
    assert not again.exists()


def test_a_put_that_breaks_off_leaves_nothing_under_a_name(
    blobs: Blobs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = file(tmp_path)
    wrong = blobs_module.StoredBlob("0" * 64, len(CONTENT))
    answers = iter([wrong, None])
    monkeypatch.setattr(blobs_module, "content_of", lambda _path: next(answers))
    with pytest.raises(MingjianError) as refusal:
        blobs.put(path)
    assert refusal.value.code == "blob_corrupt"
    assert list(blobs.all()) == []


def test_content_that_was_changed_is_noticed(tmp_path: Path) -> None:
    settings = StoreSettings(folder=tmp_path / "data")
    blobs = Blobs(settings)
    blobs.put(file(tmp_path))
    with blobs.local(NAME) as path:
        path.write_bytes(CONTENT[:-1] + b"x")
    assert not blobs.check(NAME)


def test_a_copy_of_changed_content_is_refused(object_store: str, tmp_path: Path) -> None:
    blobs = Blobs(s3(object_store, tmp_path / "data"))
    if not blobs._files.exists(BUCKET):
        blobs._files.mkdir(BUCKET)
    blobs.put(file(tmp_path))
    blobs._files.pipe_file(blobs._path(NAME), b"something else")
    with pytest.raises(MingjianError) as refusal, blobs.local(NAME):
        pass
    assert refusal.value.code == "blob_corrupt"
    blobs.delete(NAME)


def test_storage_that_does_not_answer_is_one_error(tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    blobs = Blobs(s3(f"{'http'}://127.0.0.1:{port}", tmp_path / "data"))
    blobs._files.retries = 1
    with pytest.raises(MingjianError) as refusal:
        blobs.exists(NAME)
    assert refusal.value.code == "blobs_unavailable"


def put_in_cache(cache: Cache, name: str, content: bytes) -> None:
    with cache.holding(name, lambda target: target.write(content) and None) as path:
        assert path.read_bytes() == content


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(1, 40)), max_size=30))
def test_the_cache_stays_within_its_bounds(uses: list[tuple[int, int]]) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        cache = Cache(Path(folder), 100)
        for number, _ in uses:
            put_in_cache(cache, str(number), bytes(10 + number))
            kept = [path.stat().st_size for path in (Path(folder) / "kept").iterdir()]
            assert sum(kept) <= 100
        assert list((Path(folder) / "used").glob("*")) == []


def test_a_copy_in_use_outlives_its_removal_from_the_cache(tmp_path: Path) -> None:
    cache = Cache(tmp_path, 10)
    with cache.holding("a", lambda target: target.write(b"12345678") and None) as path:
        put_in_cache(cache, "b", b"12345678")
        cache.drop("a")
        assert path.read_bytes() == b"12345678"
    assert not path.exists()


def test_what_died_in_the_cache_is_cleared_away(tmp_path: Path) -> None:
    cache = Cache(tmp_path, 10)
    put_in_cache(cache, "a", b"1")
    forgotten = tmp_path / "used" / "of-a-dead-process"
    forgotten.write_bytes(b"1")
    os.utime(forgotten, (time.time() - 10 * 86_400,) * 2)
    put_in_cache(cache, "b", b"1")
    assert not forgotten.exists()


def test_garbage_is_what_nothing_refers_to_and_whose_time_has_passed(store: Store, tmp_path: Path) -> None:
    kept = {name: store.keep(file(tmp_path, name.encode()), "video/mp4", NOW).sha256 for name in ("part", "unused")}
    new = NewSession((NewPart("a.mp4", kept["part"]),), Order(), "uploader")
    with store.database.writing() as s:
        sessions.create(s, new, NOW)
    assert store.collect_garbage(NOW + timedelta(hours=1)) == 0
    assert store.collect_garbage(NOW + timedelta(days=2)) == 1
    assert (store.blobs.exists(kept["part"]), store.blobs.exists(kept["unused"])) == (True, False)
    with store.database.reading() as s:
        assert blob_rows.get(s, kept["unused"]) is None
    with store.database.writing() as s:
        s.execute(text("DELETE FROM session"))
    assert store.collect_garbage(NOW + timedelta(days=2)) == 1
    assert list(store.blobs.all()) == []


REFERRING = {
    "rendition": "UPDATE part SET rendition = :blob",
    "upload": "UPDATE upload SET blob = :blob",
}


@pytest.mark.parametrize("name", REFERRING)
def test_everything_that_refers_keeps_content(store: Store, tmp_path: Path, name: str) -> None:
    part = store.keep(file(tmp_path, b"part"), "video/mp4", NOW).sha256
    blob = store.keep(file(tmp_path, b"other"), "video/mp4", NOW).sha256
    with store.database.writing() as s:
        sessions.create(s, NewSession((NewPart("a.mp4", part),), Order(), "uploader"), NOW)
        s.execute(
            text(
                "INSERT INTO upload (id, owner, file_name, media_type, length, received, state, created_at, expires_at)"
                " VALUES ('u', 'o', 'f', 'm', 1, 1, 'complete', '2026-01-01', '2026-01-01')"
            )
        )
        s.execute(text(REFERRING[name]), {"blob": blob})
    assert store.collect_garbage(NOW + timedelta(days=2)) == 0


def test_content_that_is_kept_again_is_not_garbage(store: Store, tmp_path: Path) -> None:
    store.keep(file(tmp_path), "video/mp4", NOW)
    store.keep(file(tmp_path), "video/mp4", NOW + timedelta(days=2))
    store.keep(file(tmp_path), "video/mp4", NOW)
    assert store.collect_garbage(NOW + timedelta(days=2, hours=1)) == 0
    assert store.collect_garbage(NOW + timedelta(days=4)) == 1


def test_collecting_while_others_keep_loses_nothing(store: Store, tmp_path: Path) -> None:
    """Content is unused, collected and kept again at the same time: whoever kept it last finds it."""
    stop, faults = threading.Event(), []

    def keep() -> None:
        folder = tmp_path / threading.current_thread().name
        folder.mkdir()
        for _ in range(12):
            try:
                name = store.keep(file(folder), "video/mp4", NOW + timedelta(days=9)).sha256
                assert store.blobs.check(name)
                with store.database.writing() as s:
                    s.execute(text("UPDATE blob SET kept_until = created_at"))
            except BaseException as error:  # noqa: BLE001  (told below)
                faults.append(error)

    def collect() -> None:
        while not stop.is_set():
            store.collect_garbage(NOW + timedelta(days=2))
            time.sleep(0.001)

    collector = threading.Thread(target=collect)
    keeper = threading.Thread(target=keep, name="k0")
    for thread in (collector, keeper):
        thread.start()
    keeper.join()
    stop.set()
    collector.join()
    assert faults == []


def test_orphans_are_told_in_both_directions(store: Store, tmp_path: Path) -> None:
    lost = store.keep(file(tmp_path, b"lost"), "video/mp4", NOW)
    whole = store.keep(file(tmp_path, b"whole"), "video/mp4", NOW)
    store.blobs.delete(lost.sha256)
    stray = store.blobs.put(file(tmp_path, b"stray"))
    assert list(store.without_content()) == [lost]
    assert list(store.without_row()) == [stray]
    assert store.blobs.exists(whole.sha256)


def test_strays_are_swept_up_when_they_are_old(settings: Settings, tmp_path: Path) -> None:
    with open_store(settings) as store:
        young, old = (store.blobs.put(file(tmp_path, name)) for name in (b"young", b"old"))
        known = store.keep(file(tmp_path, b"known"), "video/mp4", NOW)
        draft = Path(settings.store.blob_address) / INCOMING / "draft"
        draft.write_bytes(b"half")
        with store.blobs.local(old.sha256) as path, store.blobs.local(known.sha256) as other:
            for one in (path, other, draft):
                os.utime(one, (time.time() - 3 * 86_400,) * 2)
        assert store.sweep() == 2
        assert {one.sha256 for one in store.blobs.all()} == {young.sha256, known.sha256}
        assert not draft.exists()


def test_other_files_of_the_same_place_are_left_alone(store: Store) -> None:
    other = Path(store.database.settings.blob_address) / "notes" / "readme.txt"
    other.parent.mkdir()
    other.write_bytes(b"x")
    os.utime(other, (1, 1))
    assert list(store.blobs.all()) == []
    assert store.sweep() == 0
    assert other.exists()


def test_content_that_is_put_again_is_young_again(tmp_path: Path) -> None:
    blobs = Blobs(StoreSettings(folder=tmp_path / "data"))
    blobs.put(file(tmp_path))
    with blobs.local(NAME) as path:
        os.utime(path, (1, 1))
    blobs.put(file(tmp_path))
    age = blobs.age(NAME)
    assert age is not None
    assert age < 60
