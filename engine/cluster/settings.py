"""How the work is spread: pools of workers, leases, limits. The section `cluster` of the settings."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

GIB = 1024**3
Seconds = Annotated[float, Field(gt=0)]
Layout = Literal["whole", "pools"]


class PoolSettings(BaseModel):
    """Workers of one kind. `least` are kept, up to `most` are made while work waits for them; one that has idled for
    `cluster.idle_s` beyond `least` goes, so that a cluster that scales by itself can give its machine back. What a
    worker is reckoned to need tells Ray where it fits: processor cores, graphics processors, bytes of memory."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    least: int = Field(default=0, ge=0, le=1000)
    most: int | None = Field(default=None, ge=0, le=1000)
    """None: as many as the cores there are have room for, but one at least."""
    cpus: float = Field(default=1.0, ge=0)
    gpus: float = Field(default=0.0, ge=0)
    memory: int = Field(default=0, ge=0)
    """0: not reckoned with."""


class ClusterSettings(BaseModel):
    """Times in seconds, sizes in bytes."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    layout: Layout = "whole"
    """`whole`: a worker does all stages of a recording side by side, as `mingjian inspect` does: right for one machine.
    `pools`: the heavy stages are done by workers of their own kind, long recordings in pieces by several at once."""
    whole: PoolSettings = PoolSettings(least=1, cpus=2.0)
    speech: PoolSettings = PoolSettings(most=2)
    diarization: PoolSettings = PoolSettings(most=1)
    vision: PoolSettings = PoolSettings(most=2)
    ocr: PoolSettings = PoolSettings(most=0)
    finish: PoolSettings = PoolSettings(least=1, most=1)
    """The pools of the layout `pools`; `finish` judges, cuts clips and does everything that is not heavy."""

    address: str | None = None
    """A Ray cluster to join (host:port); the variable RAY_ADDRESS wins. None: a Ray of this machine alone."""
    cpus: int | None = Field(default=None, ge=1)
    """Cores that a Ray of this machine may reckon with. None: all."""
    object_store: int = Field(default=200 * 1024**2, ge=80 * 1024**2)
    """Shared memory of a Ray of this machine: only ids and paths pass through it."""
    dashboard: bool = False
    """Ray's dashboard, for this machine only: ten more processes."""
    dashboard_port: int = Field(default=8265, ge=0, le=65535)

    leases: int | None = Field(default=None, ge=1)
    """Jobs under way at once. None: one for each worker there may be."""
    lease_s: Seconds = 60.0
    """A lease that is not renewed for so long is given to another."""
    beat_s: Seconds = 10.0
    """How often leases are renewed."""
    poll_s: Seconds = 0.5
    """How often work is looked for, and workers asked how far they are."""
    reap_s: Seconds = 15.0
    """How often leases that ran out are looked for."""
    pause_s: Seconds = 20.0
    """How long no work is begun after a disk was full, or nothing had room."""
    start_s: Seconds = 600.0
    """How long a worker may take to start; a cluster that scales by itself has to find it a machine first."""
    idle_s: Seconds = 300.0
    stalled_s: Seconds = 1800.0
    """A worker that makes no progress for so long is ended; it counts as dead."""
    cancel_s: Seconds = 10.0
    """How long a worker that was told to stop may take."""
    drain_s: Seconds = 30.0
    """How long work may go on after SIGTERM; what is not done by then is given back."""
    recycle_after: int = Field(default=200, ge=1)
    """A worker is replaced after so many recordings."""
    recycle_memory: int = Field(default=3 * GIB, ge=GIB // 2)
    """A worker that has come to hold more is replaced after its recording."""
    memory_limit: int = Field(default=12 * GIB, ge=GIB)
    """No worker gets more than this; a file that asks for more fails."""

    artifacts_kept_s: float = Field(default=86_400.0, ge=0)
    """How long stage results are kept; they hold personal data. They lie at `artifacts` of the settings, else beside
    the blobs."""
    renditions: bool = True
    """Whether what browsers cannot play is copied into a form they can, after the verdict."""
    rendition_height: int = Field(default=720, ge=144, le=2160)
    """Height of pictures that must be encoded anew for it, at most."""
