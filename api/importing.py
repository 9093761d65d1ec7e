"""Recordings that other systems put into a folder or bucket: `<stem>.order.json` beside the media.

What was taken moves to done/, what cannot be taken to failed/ with the reason beside it. A crash at any point takes
nothing twice: the same files with the same order are the same session. Other trouble (a store that is away) leaves the
file where it is, for the next round.
"""

import logging
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path, PurePosixPath
from typing import Any

import fsspec
from sqlalchemy.orm import Session as Transaction

from api.file_names import HEAD_BYTES, check_head, check_type, plain_name
from api.http.orders import order_in
from api.making import Piece, Wish, make
from api.settings import ImportSettings, ServerSettings, server_settings
from api.staging import PRIVATE_FOLDER
from engine.errors import MingjianError
from engine.order import LARGEST_ORDER_BYTES, Order
from engine.settings import Settings
from engine.store import audit
from engine.store.store import Store

log = logging.getLogger(__name__)

ORDER_SUFFIX = ".order.json"
DONE, FAILED = "done", "failed"
PASSING = frozenset({"store_unavailable", "blobs_unavailable", "storage_full", "unavailable"})
"""What is not the file's fault."""
MOST_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class Waiting:
    """A recording in the folder; paths as fsspec knows them."""

    path: str
    size: int
    order: str | None

    @property
    def name(self) -> str:
        return PurePosixPath(self.path).name


def import_waiting(store: Store, settings: Settings, now: datetime) -> int:
    """Makes sessions of what waits in the folder of the settings; returns how many recordings left it."""
    server = server_settings(settings)
    if server.imports is None:
        return 0
    inbox = _Inbox(server.imports)
    gone = 0
    for _, one in zip(range(MOST_AT_ONCE), inbox.waiting(server, now), strict=False):
        try:
            session_id = _take(store, server, inbox, one, now)
            inbox.put_away(one, DONE, session_id)
        except MingjianError as error:
            if error.code in PASSING:
                log.warning("import waits: %s", error.code)
                return gone
            inbox.put_away(one, FAILED, _stamp(now), str(error))
        gone += 1
    return gone


def _take(store: Store, server: ServerSettings, inbox: "_Inbox", one: Waiting, now: datetime) -> str:
    """The session made of a recording. Raises MingjianError with what is wrong with it."""
    if one.size > server.uploads.largest:
        raise MingjianError("too_large", limit=server.uploads.largest)
    name = plain_name(one.name)
    media_type = check_type(name, "", server.uploads)
    order = inbox.order(one)
    owner = server.imports.owner if server.imports else ""
    folder = store.database.settings.folder / "forms"
    folder.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        path = Path(scratch) / "media"
        inbox.fetch(one, path)
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
        if not head:
            raise MingjianError("upload_refused", detail=f"{name}: 0 bytes")
        check_head(name, head)
        blob = store.keep(path, media_type, now, consume=True).sha256
    with store.database.writing() as s:
        return _make(s, Piece(name, blob), order, owner, now)


def _make(s: Transaction, piece: Piece, order: Order, owner: str, now: datetime) -> str:
    row = make(s, [piece], Wish(order), owner, now)
    audit.append(s, owner, "session.import", f"session/{row.id}", {"files": 1}, now)
    return row.id


class _Inbox:
    """The folder or bucket."""

    def __init__(self, settings: ImportSettings) -> None:
        self._settings = settings
        self._files, root = fsspec.url_to_fs(settings.address, **settings.options)
        self._root = str(root).rstrip("/")

    def waiting(self, server: ServerSettings, now: datetime) -> Iterator[Waiting]:
        """Recordings that are complete: nothing of them, nor of their order, has changed for a while."""
        self._files.invalidate_cache()
        try:
            found = self._files.ls(self._root, detail=True)
        except FileNotFoundError:
            return
        there = {str(one["name"]): one for one in found if one["type"] == "file" and not one.get("islink")}
        for path, info in sorted(there.items()):
            if path.endswith(ORDER_SUFFIX) or not path.lower().endswith(server.uploads.suffixes):
                continue
            order = path[: path.rfind(".")] + ORDER_SUFFIX
            beside = there.get(order)
            if beside is None and self._settings.needs_order:
                continue
            if all(self._is_settled(one, now) for one in (info, beside) if one is not None):
                yield Waiting(path, int(info["size"]), order if beside else None)

    def _is_settled(self, info: dict[str, Any], now: datetime) -> bool:
        changed = info.get("LastModified") or info.get("mtime") or info.get("created")
        if isinstance(changed, int | float):
            changed = datetime.fromtimestamp(changed, UTC)
        if not isinstance(changed, datetime):
            return True  # a store whose files appear whole
        return now - changed >= timedelta(seconds=self._settings.settles)

    def order(self, one: Waiting) -> Order:
        """The order beside a recording. Raises MingjianError `order_unreadable`, `request_invalid`, `too_large`."""
        if one.order is None:
            return Order()
        try:
            with self._files.open(one.order, "rb") as file:
                content: bytes = file.read(LARGEST_ORDER_BYTES + 1)
        except OSError as error:
            raise MingjianError("unavailable", detail=error.strerror or "order") from error
        return order_in(content.removeprefix(b"\xef\xbb\xbf"), PurePosixPath(one.order).name)

    def fetch(self, one: Waiting, target: Path) -> None:
        """Copies a recording to a local file. Raises MingjianError `unavailable`."""
        try:
            self._files.get_file(one.path, str(target))
        except OSError as error:
            raise MingjianError("unavailable", detail=error.strerror or "media") from error

    def put_away(self, one: Waiting, where: str, mark: str, reason: str | None = None) -> None:
        """Moves a recording and its order out of the way, under names that clash with none."""
        folder = f"{self._root}/{where}"
        self._files.makedirs(folder, exist_ok=True)
        for path in filter(None, (one.order, one.path)):
            self._files.mv(path, f"{folder}/{mark}-{PurePosixPath(path).name}")
        if reason is not None:
            with self._files.open(f"{folder}/{mark}-{one.name}.txt", "wb") as file:
                file.write(reason.encode())


def _stamp(now: datetime) -> str:
    return now.astimezone(UTC).strftime("%Y%m%dT%H%M%S%f")
