"""A recording opened: one file or several parts, on one clock.

>>> with open_session([Path("call.mp3")], Path("work")) as session:  # doctest: +SKIP
...     audio = session.audio()
...     for frame in session.frames(fps=2):
...         print(frame.time, frame.image.shape)
"""

import math
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from engine.evidence import AudioStream, Continuity, Media, Part, VideoStream
from engine.interval import Interval, union
from engine.media import clips, frames
from engine.media.audio import Audio, from_samples
from engine.media.container import check_file, sha256_of
from engine.media.cuts import find_cuts
from engine.media.decode import decode_sound
from engine.media.frames import Frame, View
from engine.media.scan import Picture, Scan, Sound, scan
from engine.media.settings import DEFAULT, MediaSettings
from engine.media.writing import writing


def open_session(paths: Sequence[Path], workdir: Path, settings: MediaSettings = DEFAULT) -> "Session":
    """Open the parts `paths` of one session, in this order. Decoded sound is kept in `workdir` until the session is
    closed.

    Part follows part without a break: the second's clock zero lies where the first ends.
    Raises MingjianError with a code `media_*` for a part that cannot be read; ValueError for no parts.
    """
    if not paths:
        raise ValueError("a session has at least one part")
    for path in paths:
        check_file(path)
    scans = [scan(path, settings) for path in paths]
    return Session(tuple(paths), workdir, scans, [sha256_of(path) for path in paths], settings)


class Session:
    """An opened recording. Close it, or use it in a `with` statement: its temporary files go then."""

    def __init__(
        self,
        paths: tuple[Path, ...],
        workdir: Path,
        scans: Sequence[Scan],
        hashes: Sequence[str],
        settings: MediaSettings,
    ) -> None:
        self.paths = paths
        self._workdir, self._scans, self._settings = workdir, tuple(scans), settings
        self._folder: Path | None = None
        self._offsets = tuple(sum(part.duration for part in self._scans[:i]) for i in range(len(self._scans)))
        self._audio: Audio | None = None
        self._sound_errors = 0
        self._picture_errors = 0
        self.media = Media(
            parts=tuple(map(_part, paths, self._scans, hashes, self._offsets)),
            duration=self._offsets[-1] + self._scans[-1].duration,
            recorded_at=self._scans[0].recorded_at,
        )

    def __enter__(self) -> "Session":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Remove the temporary files. Arrays taken from `audio()` must not be used afterwards."""
        self._audio = None
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

    def audio(self) -> Audio | None:
        """The sound of the whole session at 16 kHz, decoded on the first call; None when no part has any.

        Raises MingjianError `output_*` when `workdir` cannot hold it (about 64 kB a second and channel).
        """
        if self._audio is None and self.media.has_audio:
            with writing(self._workdir):
                self._audio = self._decode_audio()
        return self._audio

    def _decode_audio(self) -> Audio:
        self._workdir.mkdir(parents=True, exist_ok=True)
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="sound-", dir=self._workdir))
        length = max(1, math.ceil(self.media.duration * self._settings.rate))
        samples, errors = decode_sound(
            self._scans, self._offsets, length, self._folder / "channels.f32", self._settings
        )
        self._sound_errors = sum(errors)
        return from_samples(samples, self._settings.rate, self._folder / "mixture.f32")

    def views(self, fps: float) -> tuple[View, ...]:
        """The runs of moments in which the session is looked at, in order of time; none without a picture."""
        return tuple(
            view for index, part in enumerate(self._scans) for view in frames.views(index, part, fps, self._settings)
        )

    def frames_in(
        self,
        view: View,
        fps: float,
        on_error: Callable[[], None],
        watch: Callable[[float, Any], None] | None = None,
    ) -> Iterator[Frame]:
        """The picture on show at the moments of `view`, upright, in order of time; the same whether or not other views
        are looked at. `on_error` is called for each packet of the view that does not decode, `watch` with the time of
        every picture that is decoded on the way, and its PyAV frame.
        """
        part, offset = self._scans[view.part], self._offsets[view.part]
        return frames.survey(part, offset, fps, self._settings, on_error, view, watch)

    def frames(self, fps: float) -> Iterator[Frame]:
        """The picture on show every 1/`fps` seconds of every part that has one, upright, in order of time."""
        self._picture_errors = 0
        for view in self.views(fps):
            yield from self.frames_in(view, fps, self._note_picture_error)

    def _note_picture_error(self) -> None:
        self._picture_errors += 1

    def note_picture_errors(self, count: int) -> None:
        """Tell of packets that did not decode when all views were looked at, here or elsewhere."""
        self._picture_errors = count

    def frame_at(self, time: float) -> Frame | None:
        """The picture on show at session time `time` (seconds), or None where there is none."""
        index = self._part_at(time)
        return frames.at(self._scans[index], self._offsets[index], time, self._settings)

    def _part_at(self, time: float) -> int:
        return max((i for i, offset in enumerate(self._offsets) if offset <= time), default=0)

    def pictures_in(self, interval: Interval) -> Iterator[Frame]:
        """Every picture on show during `interval` (inside one part), upright."""
        index = self._part_at(interval.start)
        part, shift = self._scans[index], self._offsets[index] - self._scans[index].start
        if part.picture is None:
            return
        begin, end = interval.start - shift, min(interval.end - shift, part.end)
        for time, frame in frames.between(part, begin, end, self._settings):
            yield Frame(time + shift, frames.to_image(frame, part.picture))

    def picture_cuts(self, suspects: Sequence[float] = ()) -> tuple[float, ...]:
        """When the picture changes at once, by the packets' own suspicion and at the `suspects` (session time)."""
        found: list[float] = []
        for index, part in enumerate(self._scans):
            if part.picture is not None:
                shift = self._offsets[index] - part.start
                named = [time - shift for time in suspects if self._part_at(time) == index]
                found += [time + shift for time in find_cuts(part, (*named, *part.picture.surges), self._settings)]
        return tuple(round(time, 3) for time in found)

    def cut(self, interval: Interval, target: Path) -> Path:
        """Write `interval` of the session to `target` as a small MP4 (H.264 and AAC, or AAC alone) that browsers play.

        The same interval gives the same bytes. Raises ValueError when it lies outside the session, MingjianError
        `output_*` when `target` cannot be written; nothing is left behind then.
        """
        within = Interval(0.0, self.media.duration) & interval.widened(0.0, self._settings.shortest_clip)
        if within is None:
            raise ValueError(f"{interval} lies outside the session")
        wanted = within if interval.duration < self._settings.shortest_clip else within & interval
        return clips.write_clip(self._scans, self._offsets, self.audio(), wanted or within, target, self._settings)

    @property
    def continuity(self) -> Continuity:
        """Health of the streams; complete once `audio()` was called and all pictures were looked at."""
        gaps = [
            gap.shifted(offset - part.start)
            for part, offset in zip(self._scans, self._offsets, strict=True)
            for stream in (part.sound, part.picture)
            if stream is not None
            for gap in stream.gaps
        ]
        return Continuity(
            gaps=union(gap.widened(0.0) for gap in gaps),
            decode_errors=sum(part.errors for part in self._scans) + self._sound_errors + self._picture_errors,
            truncated=any(part.truncated for part in self._scans),
            steps_back=tuple(sorted(self._shifted(lambda stream: stream.back))),
            edits=tuple(sorted({edit for part in self._scans for edit in part.edits})),
            stalls=tuple(
                stall.shifted(offset - part.start)
                for part, offset in zip(self._scans, self._offsets, strict=True)
                for stall in (part.picture.stalls if part.picture else ())
            ),
            lost_packets=sum(part.sound.lost for part in self._scans if part.sound),
            declared=round(sum(part.declared for part in self._scans), 3),
        )

    def _shifted(self, times: Callable[[Sound | Picture], tuple[float, ...]]) -> Iterator[float]:
        """Times of every stream, on the session's clock."""
        for part, offset in zip(self._scans, self._offsets, strict=True):
            for stream in (part.sound, part.picture):
                if stream is not None:
                    yield from (round(time + offset - part.start, 3) for time in times(stream))


def _part(path: Path, scan: Scan, sha256: str, offset: float) -> Part:
    sound, picture = scan.sound, scan.picture
    return Part(
        name=path.name,
        sha256=sha256,
        bytes=path.stat().st_size,
        container=scan.container,
        duration=scan.duration,
        offset=offset,
        video=VideoStream(picture.width, picture.height, picture.fps, picture.codec) if picture else None,
        audio=AudioStream(sound.rate, sound.channels, sound.codec) if sound else None,
    )
