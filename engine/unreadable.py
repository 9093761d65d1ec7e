"""A recording that is one, and cannot be decoded as it is: its inspection says why, and what to do."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from engine import reasons
from engine.errors import MingjianError
from engine.evidence import Continuity, Evidence, Media, Part, Quality
from engine.inspection import Note
from engine.interval import Interval
from engine.media.container import sha256_of
from engine.stages import Stages

UNREADABLE = {"media_truncated": "media_no_index", "media_kills_decoder": "media_decoder_died"}
"""Errors of files that hold a recording, and the reason that the inspection gives."""

OPENING = "open"


@dataclass(frozen=True)
class Unreadable:
    """What a session is to a recording that can be opened."""

    paths: tuple[Path, ...]
    media: Media
    reason: str

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing is held open."""

    def evidence(self, stages: Stages, names: Sequence[str]) -> Evidence:
        """That there is none. `names` are the stages that could not be begun."""
        stages.note(OPENING, "failed", self.reason)
        for name in names:
            stages.note(name, "skipped", self.reason)
        quality = Quality(continuity=Continuity(truncated=True))
        return Evidence(self.media, None, None, quality, stages.reports((OPENING, *names)))

    @property
    def notes(self) -> tuple[Note, ...]:
        """What readers of the inspection have to know of it."""
        return (Note(self.reason, reasons.text(self.reason)),)

    def audio(self) -> None:
        """There is no sound to be had."""

    def frame_at(self, time: float) -> None:
        """There is no picture to be had."""

    def cut(self, interval: Interval, target: Path) -> Path:
        """Raises ValueError: there is nothing to cut a clip from."""
        raise ValueError(f"an unreadable recording has no clip {target.name} at {interval}")


def unreadable(paths: Sequence[Path], error: MingjianError) -> Unreadable:
    """The session of `paths`, one of which cannot be decoded because of `error`. Raises MingjianError
    `media_unreadable`.
    """
    parts = tuple(
        Part(path.name, sha256_of(path), path.stat().st_size, path.suffix.lstrip(".").lower(), 0.0, 0.0, None, None)
        for path in paths
    )
    return Unreadable(tuple(paths), Media(parts, 0.0), UNREADABLE[error.code])
