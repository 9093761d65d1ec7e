"""What was recorded: the files of a session, their streams, and the parts they make up."""

from dataclasses import dataclass

from engine.interval import Interval


@dataclass(frozen=True, slots=True)
class VideoStream:
    """Picture of one part as a viewer sees it: `width` and `height` are after rotation; `fps` is the average."""

    width: int
    height: int
    fps: float
    codec: str


@dataclass(frozen=True, slots=True)
class AudioStream:
    """Sound of one part: `rate` in Hz."""

    rate: int
    channels: int
    codec: str


@dataclass(frozen=True, slots=True)
class Part:
    """One file of the session. `offset` is where its own clock zero lies on the session's clock.

    `recorded_at` is when it began by its own word (ISO 8601). `reference` is the hash of the file after which its lost
    index was rebuilt; None for a file that was read as it is.
    """

    name: str
    sha256: str
    bytes: int
    container: str
    duration: float
    offset: float
    video: VideoStream | None
    audio: AudioStream | None
    recorded_at: str | None = None
    reference: str | None = None

    @property
    def identity(self) -> str:
        """By which what was found in it is known again: its content, and what it was rebuilt after."""
        return self.sha256 if self.reference is None else f"{self.sha256}+{self.reference}"

    @property
    def interval(self) -> Interval:
        """The part's span on the session's clock."""
        return Interval(self.offset, self.offset + self.duration)


@dataclass(frozen=True, slots=True)
class Media:
    """The files of the session in order. `recorded_at` is the container's own time stamp (ISO 8601), never the file
    system's."""

    parts: tuple[Part, ...]
    duration: float
    recorded_at: str | None = None

    @property
    def has_video(self) -> bool:
        return any(part.video for part in self.parts)

    @property
    def has_audio(self) -> bool:
        return any(part.audio for part in self.parts)
