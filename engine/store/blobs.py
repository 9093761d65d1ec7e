"""Bytes by their content: a folder or an object store, each file named by its SHA-256.

A file appears under its name only when it is whole, and the same content put twice is one file. What an object store
holds is copied to a bounded local cache when a path is needed.
"""

import hashlib
import os
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, BinaryIO, cast

import fsspec
from fsspec.implementations.local import LocalFileSystem

from engine.errors import MingjianError
from engine.store.cache import Cache
from engine.store.settings import StoreSettings

CHUNK = 4 * 1024 * 1024
INCOMING = ".incoming"
APPEARS_WHOLE = frozenset({"s3", "s3a", "gcs", "gs", "abfs", "az", "oss"})
"""Object stores: a file under its name is whole or not there."""


@dataclass(frozen=True, slots=True)
class StoredBlob:
    """What a file's content is called, and its length."""

    sha256: str
    bytes: int


class Blobs:
    """A blob store. Raises MingjianError `blobs_unavailable` where the storage does not answer."""

    def __init__(self, settings: StoreSettings) -> None:
        options = dict(settings.blob_options)
        self._files, root = fsspec.url_to_fs(settings.blob_address, **_nested(options))
        self._root = str(root).rstrip("/")
        self._is_folder = isinstance(self._files, LocalFileSystem)
        self._fresh_s = settings.unused_blob_s / 2
        self._cache = Cache(settings.folder / "cache", settings.cache_bytes)
        if self._is_folder:
            Path(self._root).mkdir(mode=0o700, parents=True, exist_ok=True)

    def put(self, path: Path, media_type: str = "application/octet-stream", *, consume: bool = False) -> StoredBlob:
        """Keep the content of a file. With `consume` the file itself may be moved here, and is gone afterwards.

        `media_type` is told to object stores that keep one. Raises MingjianError `blob_corrupt` when the file changed
        meanwhile.
        """
        found = content_of(path)
        with _told():
            if not self._has(found):
                if self._is_folder:
                    self._put_locally(path, found, consume)
                else:
                    self._upload(path, found, media_type)
        if consume:
            path.unlink(missing_ok=True)
        return found

    @contextmanager
    def open(self, sha256: str) -> Iterator[BinaryIO]:
        """The content, to be read from any place. Raises MingjianError `blob_missing`."""
        with _told():
            try:
                file = self._files.open(self._path(sha256), "rb")
            except FileNotFoundError as error:
                raise MingjianError("blob_missing", sha256=sha256) from error
        with file:
            yield cast(BinaryIO, file)

    def stream(self, sha256: str, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """The bytes from `start` up to `end` (not included), in pieces. Raises MingjianError `blob_missing`."""
        with self.open(sha256) as file, _told():
            file.seek(start)
            left = None if end is None else end - start
            while left is None or left > 0:
                piece = file.read(CHUNK if left is None else min(CHUNK, left))
                if not piece:
                    return
                yield piece
                left = None if left is None else left - len(piece)

    @contextmanager
    def local(self, sha256: str) -> Iterator[Path]:
        """A local file with the content, not to be changed; it is there until the end of the block.

        Raises MingjianError `blob_missing`, `blob_corrupt`.
        """
        if self._is_folder:
            path = Path(self._path(sha256))
            if not path.is_file():
                raise MingjianError("blob_missing", sha256=sha256)
            yield path
        else:
            with self._cache.holding(sha256, lambda target: self._download(sha256, target)) as path:
                yield path

    @contextmanager
    def derived(self, sha256: str, kind: str, make: Callable[[IO[bytes]], None]) -> Iterator[Path]:
        """What `make` makes of the content once and writes, kept on this machine for as long as the content is there
        and the cache has room; a path to it until the end of the block."""
        with self._cache.holding(f"{sha256}.{kind}", make) as path:
            yield path

    def exists(self, sha256: str) -> bool:
        """Whether there is such content."""
        with _told():
            return self._length(sha256) is not None

    def size(self, sha256: str) -> int:
        """Its length in bytes. Raises MingjianError `blob_missing`."""
        with _told():
            length = self._length(sha256)
        if length is None:
            raise MingjianError("blob_missing", sha256=sha256)
        return length

    def delete(self, sha256: str) -> None:
        """Remove it; nothing happens where it is not there."""
        with _told(), suppress(FileNotFoundError):
            self._files.rm_file(self._path(sha256))
        self._cache.drop(sha256)
        self._cache.drop_all(f"{sha256}.")

    def all(self) -> Iterator[StoredBlob]:
        """Everything that is there."""
        with _told():
            self._files.invalidate_cache()
            with suppress(FileNotFoundError):
                for _, _, files in self._files.walk(self._root, detail=True):
                    found = ((_name(one), int(one["size"])) for one in files.values())
                    yield from (StoredBlob(name, size) for name, size in found if _is_hash(name))

    def age(self, sha256: str) -> float | None:
        """Seconds since it was put here for the last time; None where it is not there."""
        with _told():
            try:
                self._files.invalidate_cache()
                at = self._files.modified(self._path(sha256))
            except FileNotFoundError:
                return None
        return _seconds_since(at)

    def clear_drafts(self, older_than_s: float) -> int:
        """Remove what processes that died had begun to put here; how many files."""
        with _told():
            self._files.invalidate_cache()
            folder = f"{self._root}/{INCOMING}"
            found = self._files.ls(folder, detail=True) if self._files.exists(folder) else []
            old = [one["name"] for one in found if one["type"] == "file" and self._is_older(one["name"], older_than_s)]
            for name in old:
                with suppress(FileNotFoundError):
                    self._files.rm_file(name)
        return len(old)

    def _is_older(self, name: str, seconds: float) -> bool:
        return _seconds_since(self._files.modified(name)) > seconds

    def check(self, sha256: str) -> bool:
        """Whether the content is still what its name says."""
        digest = hashlib.sha256()
        for piece in self.stream(sha256):
            digest.update(piece)
        return digest.hexdigest() == sha256

    def _path(self, sha256: str) -> str:
        if not _is_hash(sha256):
            raise MingjianError("blob_missing", sha256=sha256[:64])
        return f"{self._root}/{sha256[:2]}/{sha256}"

    def _has(self, found: StoredBlob) -> bool:
        """Whether it is there, and will not be taken for forgotten soon: then it need not be put again."""
        if self._length(found.sha256) != found.bytes:
            return False
        if self._is_folder:
            try:
                os.utime(self._path(found.sha256))
            except FileNotFoundError:
                return False
            return True
        age = self.age(found.sha256)
        return age is not None and age < self._fresh_s

    def _length(self, sha256: str) -> int | None:
        try:
            self._files.invalidate_cache()
            return int(self._files.info(self._path(sha256))["size"])
        except FileNotFoundError:
            return None

    def _put_locally(self, path: Path, found: StoredBlob, consume: bool) -> None:
        target = Path(self._path(found.sha256))
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        incoming = Path(self._root) / INCOMING
        incoming.mkdir(mode=0o700, exist_ok=True)
        draft = incoming / uuid.uuid4().hex
        try:
            if not (consume and _moved(path, draft)):
                _copy(path, draft, found)
            draft.replace(target)
            _settle(target.parent)
        finally:
            draft.unlink(missing_ok=True)

    def _upload(self, path: Path, found: StoredBlob, media_type: str) -> None:
        whole = bool(APPEARS_WHOLE & set(_protocols(self._files)))
        target = self._path(found.sha256)
        place = target if whole else f"{self._root}/{INCOMING}/{uuid.uuid4().hex}"
        options = {"ContentType": media_type} if "s3" in _protocols(self._files) else {}
        if not whole:
            self._files.makedirs(f"{self._root}/{INCOMING}", exist_ok=True)
            self._files.makedirs(target.rsplit("/", 1)[0], exist_ok=True)
        self._files.put_file(str(path), place, **options)
        if content_of(path) != found:
            self._files.rm_file(place)
            raise MingjianError("blob_corrupt", expected=found.sha256, actual=path.name)
        if not whole:
            self._files.mv(place, target)

    def _download(self, sha256: str, target: IO[bytes]) -> None:
        digest = hashlib.sha256()
        for piece in self.stream(sha256):
            digest.update(piece)
            target.write(piece)
        if digest.hexdigest() != sha256:
            raise MingjianError("blob_corrupt", expected=sha256, actual=digest.hexdigest())


def content_of(path: Path) -> StoredBlob:
    """The SHA-256 and length of a file."""
    digest, length = hashlib.sha256(), 0
    with path.open("rb") as file:
        while piece := file.read(CHUNK):
            digest.update(piece)
            length += len(piece)
    return StoredBlob(digest.hexdigest(), length)


def _copy(path: Path, draft: Path, found: StoredBlob) -> None:
    digest = hashlib.sha256()
    with path.open("rb") as source, draft.open("xb") as file:
        draft.chmod(0o600)
        while piece := source.read(CHUNK):
            digest.update(piece)
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())
    if digest.hexdigest() != found.sha256:
        raise MingjianError("blob_corrupt", expected=found.sha256, actual=digest.hexdigest())


def _moved(path: Path, draft: Path) -> bool:
    """Whether the file could be moved; not where it lies on another device."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
    try:
        path.replace(draft)
    except OSError:
        return False
    draft.chmod(0o600)
    return True


def _settle(folder: Path) -> None:
    """Make a new name of a folder last through a loss of power."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _seconds_since(at: datetime) -> float:
    """By the clock of the machine: files have no other. It decides what is swept up, never a verdict."""
    return (datetime.now(UTC) - (at if at.tzinfo else at.replace(tzinfo=UTC))).total_seconds()


def _protocols(files: Any) -> tuple[str, ...]:
    return (files.protocol,) if isinstance(files.protocol, str) else tuple(files.protocol)


def _is_hash(name: str) -> bool:
    return len(name) == 64 and set(name) <= set("0123456789abcdef")


def _name(entry: dict[str, Any]) -> str:
    return str(entry["name"]).rstrip("/").rsplit("/", 1)[-1]


def _nested(options: dict[str, str]) -> dict[str, Any]:
    """What s3fs wants by the names that people know: endpoint_url, key, secret, region_name."""
    region = options.pop("region_name", None)
    return {**options, **({"client_kwargs": {"region_name": region}} if region else {})}


@contextmanager
def _told() -> Iterator[None]:
    """Turns what the storage could not do into one error."""
    try:
        yield
    except MingjianError:
        raise
    except (OSError, TimeoutError) as error:
        raise MingjianError("blobs_unavailable", detail=error.strerror or type(error).__name__) from error
    except Exception as error:
        if type(error).__module__.startswith(("botocore", "aiobotocore", "aiohttp", "asyncio")):
            raise MingjianError("blobs_unavailable", detail=type(error).__name__) from error
        raise
