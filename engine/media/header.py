"""What a file's header claims: when it was recorded, and how long, held against what is there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from engine.media.boxes import matroska_missing, mp3_missing, read_boxes, riff_missing
from engine.media.settings import MediaSettings

# Containers whose header states the duration of the whole recording; the others are estimated by FFmpeg and prove
# nothing.
DECLARING = frozenset({"mov,mp4,m4a,3gp,3g2,mj2", "matroska,webm", "avi", "flv", "wav", "w64", "asf", "aiff", "flac"})
BYTES_STATED = {
    "wav": riff_missing,
    "avi": riff_missing,
    "matroska,webm": matroska_missing,
    "mp3": mp3_missing,
}
EARLIEST_YEAR = 1990
CONTAINER_UNITS = 1_000_000  # of a second, in which FFmpeg states a container's duration


@dataclass(frozen=True, slots=True)
class Found:
    """Seconds of one stream that are there, and that its header declares (0 where it says nothing)."""

    length: float
    declared: float


def is_truncated(path: Path, container: Any, found: Sequence[Found], settings: MediaSettings) -> bool:
    """Whether the header promises clearly more than there is."""
    name = container.format.name
    if name.startswith("mov"):
        boxes = read_boxes(path)
        if boxes.cut and b"moof" in boxes.types:
            return True
    if missing_bytes(path, container) > settings.truncation_bytes and not name.startswith("mov"):
        return True
    if name not in DECLARING:
        return False
    for one in found:
        if one.declared and _falls_short(one.length, one.declared, settings):
            return True
    longest = max(one.length for one in found)
    return _falls_short(longest, (container.duration or 0) / CONTAINER_UNITS, settings)


def missing_bytes(path: Path, container: Any) -> int:
    """Bytes that should follow the end of the file by its own word; 0 where it says nothing."""
    name = container.format.name
    if name.startswith("mov"):
        return read_boxes(path).missing
    if name in BYTES_STATED:
        return BYTES_STATED[name](path)
    return 0


def declared_duration(container: Any) -> float:
    """Seconds that the container says the recording lasts; 0 where it says nothing or merely estimates."""
    if container.format.name not in DECLARING:
        return 0.0
    return float((container.duration or 0) / CONTAINER_UNITS)


def _falls_short(found: float, declared: float, settings: MediaSettings) -> bool:
    return declared - found > max(settings.truncation_seconds, declared * settings.truncation_share)


def recorded_at(metadata: dict[str, str]) -> str | None:
    """The container's own time of recording as ISO 8601; None where absent or a clock that was never set."""
    for key in ("com.apple.quicktime.creationdate", "creation_time"):
        try:
            time = datetime.fromisoformat(metadata.get(key, "").strip())
        except ValueError:
            continue
        if time.year >= EARLIEST_YEAR:
            return time.isoformat()
    return None
