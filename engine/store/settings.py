"""Where sessions and their bytes are kept."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field


class JobLimits(BaseModel):
    """How often work is tried. `deaths`: leases that ended with a dead worker; a file that kills workers is set aside.

    The pause before the next try is `pause_s`, doubled with every one, `longest_pause_s` at most.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    attempts: int = Field(default=5, ge=1)
    deaths: int = Field(default=3, ge=1)
    pause_s: float = Field(default=10.0, ge=0)
    longest_pause_s: float = Field(default=600.0, ge=0)


class StoreSettings(BaseModel):
    """`database`: an SQLAlchemy address, sqlite or postgresql+psycopg. `blobs`: a folder, or an address that fsspec
    knows (s3://bucket/prefix)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    folder: Path = Path("data")
    """Where everything lies that no address is given for: the database, the blobs, keys, work in progress."""
    database: str | None = None
    """None: SQLite in `folder`."""
    blobs: str | None = None
    """None: a folder in `folder`."""
    blob_options: dict[str, str] = {}
    """What fsspec needs for `blobs`: endpoint_url, key, secret."""
    pool: int = Field(default=10, ge=1, le=200)
    """Connections to PostgreSQL at most."""
    keys: Path | None = None
    """The secret that personal keys and the audit log rest on; made when there is none. None: in `folder`. All
    machines of one store need the same."""
    jobs: JobLimits = JobLimits()
    inspect_within_s: float = Field(default=3600.0, gt=0)
    """How soon after its upload a session should be inspected; what is due earlier goes first."""
    unused_blob_s: float = Field(default=86_400.0, ge=0)
    """How long bytes are kept that nothing refers to."""
    cache_bytes: int = Field(default=20 * 1024**3, ge=0)
    """Local copies of blobs of an object store, at most."""

    @property
    def database_address(self) -> str:
        """The SQLAlchemy address in force."""
        return self.database or f"sqlite:///{(self.folder / 'mingjian.db').resolve()}"

    @property
    def key_file(self) -> Path:
        """The file of the secret in force."""
        return (self.keys or self.folder / "keys" / "secret").resolve()

    @property
    def blob_address(self) -> str:
        """The fsspec address in force."""
        return self.blobs or str((self.folder / "blobs").resolve())
