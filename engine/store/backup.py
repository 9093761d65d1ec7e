"""Back-up of a whole store into a folder, and back: tables as lines of JSON, blobs by content, keys, a manifest.

The tables are read in one transaction, so that they are of one moment while others go on writing; blobs never change
and are copied after it. The form is the same for SQLite and PostgreSQL: a back-up of one can be restored into the
other. Every file is verified by its hash, when written and before anything is restored. Restoring never overwrites.
"""

import base64
import gzip
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Column, LargeBinary, Table, func, insert, select, text
from sqlalchemy.orm import Session

from engine.errors import MingjianError
from engine.settings import Settings
from engine.store import migrating
from engine.store.blobs import Blobs
from engine.store.database import Database
from engine.store.store import Store
from engine.store.tables import Base
from engine.store.tables.base import Instant
from engine.store.tables.search import Tokens
from engine.version import VERSION

SCHEMA = 1
MANIFEST, TABLES, BLOBS, KEYS = "manifest.json", "tables", "blobs", "keys"
PARTIAL = ".partial"
AT_ONCE = 500
CHUNK = 1 << 20
PRIVATE_FILE, PRIVATE_FOLDER = 0o600, 0o700
OF_THE_MOMENT = frozenset({"heartbeat"})
"""Tables that say how things stand right now: not worth keeping."""

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class TableFile:
    """One table: rows, and the hash of its file."""

    rows: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a back-up holds. `structure`: version of the tables. `missing`: blobs that were not there any more."""

    schema: int
    made_at: str
    engine: str
    structure: str
    database: str
    tables: Mapping[str, TableFile]
    blobs: int
    blob_bytes: int
    missing: tuple[str, ...]
    keys: Mapping[str, str]


def back_up(store: Store, target: Path, now: datetime, progress: Progress | None = None) -> Manifest:
    """Write the store into the new folder `target`, readable by its owner alone; it is there only when it is whole.

    Raises MingjianError `restore_occupied` where `target` is there already, and what the store raises.
    """
    if target.exists():
        raise MingjianError("restore_occupied", place=target)
    draft = target.with_name(f"{target.name}{PARTIAL}")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=PRIVATE_FOLDER, parents=True)
    try:
        manifest = _write(store, draft, now, progress or _silent)
        _write_private(draft / MANIFEST, json.dumps(asdict(manifest), ensure_ascii=False, indent=1).encode())
        draft.rename(target)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    return manifest


def _silent(_what: str, _done: int, _total: int) -> None:
    return None


def _write(store: Store, draft: Path, now: datetime, progress: Progress) -> Manifest:
    (draft / TABLES).mkdir()
    tables = kept_tables()
    structure = migrating.version(store.database) or ""
    files: dict[str, TableFile] = {}
    with store.database.reading() as s:
        for done, table in enumerate(tables):
            progress(table.name, done, len(tables))
            files[table.name] = _dump(s, table, draft / TABLES / f"{table.name}.jsonl.gz")
    names = [row["sha256"] for row in _rows(draft / TABLES / "blob.jsonl.gz")]
    size, missing = 0, []
    for done, name in enumerate(names):
        progress(BLOBS, done, len(names))
        try:
            size += _copy_blob(store.blobs, name, draft / BLOBS / name[:2] / name)
        except MingjianError as error:
            if error.code != "blob_missing":
                raise
            missing.append(name)
    keys = _copy_keys(store.database, draft / KEYS)
    address = "postgresql" if store.database.is_postgres else "sqlite"
    return Manifest(
        SCHEMA,
        now.isoformat(),
        VERSION,
        structure,
        address,
        files,
        len(names) - len(missing),
        size,
        tuple(missing),
        keys,
    )


def kept_tables() -> list[Table]:
    """All tables that a back-up holds, in an order in which they can be filled."""
    return [table for table in Base.metadata.sorted_tables if table.name not in OF_THE_MOMENT]


def _dump(s: Session, table: Table, path: Path) -> TableFile:
    rows = 0
    keys = list(table.primary_key.columns)
    with path.open("wb") as raw, gzip.GzipFile(fileobj=raw, mode="wb", mtime=0) as file:
        for row in s.execute(select(table).order_by(*keys).execution_options(yield_per=AT_ONCE)):
            values = {column.name: _plain(row._mapping[column]) for column in table.columns}
            file.write(json.dumps(values, ensure_ascii=False).encode() + b"\n")
            rows += 1
    path.chmod(PRIVATE_FILE)
    return TableFile(rows, hash_of(path))


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return list(value) if isinstance(value, tuple) else value


def _copy_blob(blobs: Blobs, name: str, target: Path) -> int:
    """The blob's content at `target`, whose hash is checked. Raises MingjianError `blob_missing`, `blob_corrupt`."""
    target.parent.mkdir(parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    with blobs.open(name) as source, target.open("wb") as file:
        while piece := source.read(CHUNK):
            digest.update(piece)
            size += file.write(piece)
    if digest.hexdigest() != name:
        target.unlink()
        raise MingjianError("blob_corrupt", sha256=name)
    target.chmod(PRIVATE_FILE)
    return size


def _copy_keys(database: Database, folder: Path) -> dict[str, str]:
    """The secrets: without them people are not found again, and the audit log's seal does not fit."""
    folder.mkdir(mode=PRIVATE_FOLDER)
    found: dict[str, str] = {}
    own = database.settings.key_file
    others = sorted((database.settings.folder / KEYS).glob("*"))
    for path in dict.fromkeys((own, *(one.resolve() for one in others if one.is_file()))):
        name = "secret" if path == own else path.name
        _write_private(folder / name, path.read_bytes())
        found[name] = hash_of(folder / name)
    return found


def _write_private(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def hash_of(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def check(source: Path, progress: Progress | None = None) -> Manifest:
    """Read a back-up's manifest and verify everything it names. Raises MingjianError `backup_damaged`."""
    manifest = _read_manifest(source)
    tell = progress or _silent
    for name, table in manifest.tables.items():
        _must_fit(source / TABLES / f"{name}.jsonl.gz", table.sha256)
    for name, wanted in manifest.keys.items():
        _must_fit(source / KEYS / name, wanted)
    names = [row["sha256"] for row in _rows(source / TABLES / "blob.jsonl.gz")]
    for done, name in enumerate(names):
        tell(BLOBS, done, len(names))
        if name not in manifest.missing:
            _must_fit(source / BLOBS / name[:2] / name, name)
    return manifest


def _read_manifest(source: Path) -> Manifest:
    path = source / MANIFEST
    try:
        read = json.loads(path.read_text(encoding="utf-8"))
        tables = {str(name): TableFile(**one) for name, one in read.pop("tables").items()}
        manifest = Manifest(tables=tables, missing=tuple(read.pop("missing")), **read)
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise MingjianError("backup_damaged", path=path, detail=type(error).__name__) from error
    known = {table.name for table in kept_tables()}
    if manifest.schema != SCHEMA or set(manifest.tables) - known:
        raise MingjianError("backup_damaged", path=path, detail=f"schema {manifest.schema}")
    if any(Path(name).name != name for name in manifest.keys):
        raise MingjianError("backup_damaged", path=path, detail=KEYS)
    return manifest


def _must_fit(path: Path, wanted: str) -> None:
    try:
        found = hash_of(path)
    except OSError as error:
        raise MingjianError("backup_damaged", path=path, detail=error.strerror or type(error).__name__) from error
    if found != wanted:
        raise MingjianError("backup_damaged", path=path, detail=f"sha256 {found[:12]}… ≠ {wanted[:12]}…")


def restore(source: Path, settings: Settings, progress: Progress | None = None) -> Manifest:
    """Fill an empty store with a back-up, after all of it was verified. The rows come in one transaction: all or none.

    Raises MingjianError `backup_damaged`; `restore_occupied` where the database has rows, the blob store content, or
    there are other keys; and what the store raises.
    """
    tell = progress or _silent
    manifest = check(source, tell)
    _must_be_empty(source, settings, manifest)
    _restore_keys(source, settings, manifest)
    database = Database(settings.store)
    try:
        structure = migrating.upgrade(database)
        if manifest.structure != structure:
            raise MingjianError(
                "backup_damaged", path=source / MANIFEST, detail=f"structure {manifest.structure} ≠ {structure}"
            )
        with database.reading() as s:
            if any(s.scalar(select(func.count()).select_from(table)) for table in kept_tables()):
                raise MingjianError("restore_occupied", place=settings.store.folder)
        _restore_blobs(source, Blobs(settings.store), manifest, tell)
        with database.writing() as s:
            for done, table in enumerate(kept_tables()):
                tell(table.name, done, len(manifest.tables))
                if table.name in manifest.tables:
                    _fill(s, table, source / TABLES / f"{table.name}.jsonl.gz")
            _set_counters(s, database)
    finally:
        database.close()
    return manifest


def _must_be_empty(source: Path, settings: Settings, manifest: Manifest) -> None:
    own = settings.store.key_file
    if own.exists() and hash_of(own) != manifest.keys.get("secret"):
        raise MingjianError("restore_occupied", place=own)
    for name in manifest.keys:
        target = settings.store.folder / KEYS / name
        if name != "secret" and target.exists() and hash_of(target) != manifest.keys[name]:
            raise MingjianError("restore_occupied", place=target)
    if next(iter(Blobs(settings.store).all()), None) is not None:
        raise MingjianError("restore_occupied", place=settings.store.blob_address)
    if source.resolve() == settings.store.folder.resolve():
        raise MingjianError("restore_occupied", place=source)


def _restore_keys(source: Path, settings: Settings, manifest: Manifest) -> None:
    for name in manifest.keys:
        target = settings.store.key_file if name == "secret" else settings.store.folder / KEYS / name
        target.parent.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
        with suppress(FileExistsError):
            _write_private(target, (source / KEYS / name).read_bytes())


def _restore_blobs(source: Path, blobs: Blobs, manifest: Manifest, progress: Progress) -> None:
    for done, row in enumerate(_rows(source / TABLES / "blob.jsonl.gz")):
        name = row["sha256"]
        progress(BLOBS, done, manifest.blobs)
        if name not in manifest.missing:
            blobs.put(source / BLOBS / name[:2] / name, row["media_type"])


def _fill(s: Session, table: Table, path: Path) -> None:
    chunk: list[dict[str, Any]] = []
    for row in _rows(path):
        chunk.append({column.name: _typed(column, row.get(column.name)) for column in table.columns})
        if len(chunk) == AT_ONCE:
            s.execute(insert(table), chunk)
            chunk = []
    if chunk:
        s.execute(insert(table), chunk)


def _typed(column: Column[Any], value: Any) -> Any:
    if value is None:
        return None
    if isinstance(column.type, Instant):
        return datetime.fromisoformat(value)
    if isinstance(column.type, LargeBinary):
        return base64.b64decode(value)
    return tuple(value) if isinstance(column.type, Tokens) else value


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    try:
        with gzip.open(path, "rt", encoding="utf-8") as file:
            for line in file:
                yield json.loads(line)
    except (OSError, EOFError, ValueError) as error:
        raise MingjianError("backup_damaged", path=path, detail=type(error).__name__) from error


def _set_counters(s: Session, database: Database) -> None:
    """PostgreSQL goes on counting after the highest number that was filled in."""
    if not database.is_postgres:
        return
    for table in kept_tables():
        for column in table.primary_key.columns:
            if column.autoincrement is True:
                names = {"table": f'"{table.name}"', "column": column.name}
                sequence = s.scalar(text("SELECT pg_get_serial_sequence(:table, :column)"), names)
                highest = s.scalar(select(func.max(column)))
                if sequence and highest is not None:
                    s.execute(text("SELECT setval(:sequence, :highest)"), {"sequence": sequence, "highest": highest})
