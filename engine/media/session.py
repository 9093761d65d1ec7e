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
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from engine import reasons
from engine.errors import MingjianError
from engine.evidence import AudioStream, Continuity, Loss, Media, Part, VideoStream
from engine.inspection import Note
from engine.interval import Interval, union
from engine.media import apart, clips, frames
from engine.media.apart import Died
from engine.media.audio import Audio, from_samples, kept_mixture
from engine.media.container import check_file, sha256_of
from engine.media.cuts import Jumps, find_cuts
from engine.media.decode import Decoded, decode_sound
from engine.media.frames import Frame, PictureFault, View
from engine.media.parts import Arrangement, Take, arranged, joints
from engine.media.salvage import Opened, open_part
from engine.media.scan import Picture, Sound
from engine.media.settings import DEFAULT, MediaSettings
from engine.media.viewing import pass_over, pictures_between
from engine.media.writing import complete, writing


def open_session(
    paths: Sequence[Path],
    workdir: Path,
    settings: MediaSettings = DEFAULT,
    reference: Path | None = None,
    by: Arrangement = "given",
) -> "Session":
    """Open the parts `paths` of one session. Decoded sound is kept in `workdir` until the session is closed.

    Part follows part without a break, in the order `by`: the second's clock zero lies where the first ends.
    `reference` is a sound file of the same device: an MP4 without its index is rebuilt after it.
    Raises MingjianError with a code `media_*` for a part that cannot be read, `parts_undated`; ValueError for no parts.
    """
    if not paths:
        raise ValueError("a session has at least one part")
    for path in paths:
        check_file(path)
    opened = [open_part(path, workdir, settings, reference) for path in paths]
    takes = [Take(one.path, one.scan.duration, one.scan.recorded_at) for one in opened]
    return Session([opened[place] for place in arranged(takes, by)], workdir, settings)


class Session:
    """An opened recording. Close it, or use it in a `with` statement: its temporary files go then."""

    def __init__(self, opened: Sequence[Opened], workdir: Path, settings: MediaSettings) -> None:
        self.paths = tuple(one.path for one in opened)
        self._opened, self._workdir, self._settings = tuple(opened), workdir, settings
        self._scans = tuple(one.scan for one in opened)
        self._folder: Path | None = None
        self._offsets = tuple(sum(part.duration for part in self._scans[:i]) for i in range(len(self._scans)))
        self._audio: Audio | None = None
        self._decoded: tuple[Decoded, ...] = ()
        self._picture_errors = 0
        self.media = Media(
            parts=tuple(map(_part, self._opened, self._offsets)),
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
        for folder in (self._folder, *(one.folder for one in self._opened)):
            if folder is not None:
                shutil.rmtree(folder, ignore_errors=True)
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
        samples, self._decoded = decode_sound(
            self._scans, self._offsets, length, self._folder / "channels.f32", self._settings
        )
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
        on_error: Callable[[PictureFault], None],
        jumps: Jumps | None = None,
    ) -> Iterator[Frame]:
        """The picture on show at the moments of `view`, upright, in order of time; the same whether or not other views
        are looked at. `on_error` is called for each packet of the view that does not decode, at its end, and with `end`
        where the decoder dies and the pictures with it; `jumps` takes the steps between all pictures that are decoded
        on the way.
        """
        part, offset = self._scans[view.part], self._offsets[view.part]
        passing = apart.frames(
            self._settings.helper, pass_over, part, offset, fps, self._settings, view, jumps is not None
        )
        try:
            passed = yield from passing
        except Died:
            on_error("end")
            return
        for _ in range(passed.errors):
            on_error("packet")
        if jumps is not None:
            jumps.take(passed.steps)

    def frames(self, fps: float) -> Iterator[Frame]:
        """The picture on show every 1/`fps` seconds of every part that has one, upright, in order of time."""
        self._picture_errors = 0
        for view in self.views(fps):
            yield from self.frames_in(view, fps, self._note_picture_error)

    def _note_picture_error(self, _: PictureFault) -> None:
        self._picture_errors += 1

    def note_picture_errors(self, count: int) -> None:
        """Tell of packets that did not decode when all views were looked at, here or elsewhere."""
        self._picture_errors = count

    def frame_at(self, time: float) -> Frame | None:
        """The picture on show at session time `time` (seconds), or None where there is none."""
        index = self._part_at(time)
        with suppress(Died):
            part, offset = self._scans[index], self._offsets[index]
            return apart.call(self._settings.helper, frames.at, part, offset, time, self._settings)
        return None

    def _part_at(self, time: float) -> int:
        return max((i for i, offset in enumerate(self._offsets) if offset <= time), default=0)

    def pictures_in(self, interval: Interval, every: float = 0.0) -> Iterator[Frame]:
        """The pictures on show during `interval` (inside one part), upright: all, or one in `every` seconds."""
        index = self._part_at(interval.start)
        part, shift = self._scans[index], self._offsets[index] - self._scans[index].start
        if part.picture is None:
            return
        begin, end = interval.start - shift, min(interval.end - shift, part.end)
        with suppress(Died):
            wanted = (part, shift, begin, end, self._settings, every)
            yield from apart.frames(self._settings.helper, pictures_between, *wanted)

    def picture_cuts(self, suspects: Sequence[float] = ()) -> tuple[float, ...]:
        """When the picture changes at once, by the packets' own suspicion and at the `suspects` (session time)."""
        found: list[float] = []
        for index, part in enumerate(self._scans):
            if part.picture is not None:
                shift = self._offsets[index] - part.start
                named = [time - shift for time in suspects if self._part_at(time) == index]
                suspected = (*named, *part.picture.surges)
                with suppress(Died):
                    cuts = apart.call(self._settings.helper, find_cuts, part, suspected, self._settings)
                    found += [time + shift for time in cuts]
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
        audio, span = self.audio(), wanted or within
        heard = kept_mixture(audio) if audio is not None else None
        try:
            with complete(target) as draft:
                work = (self._scans, self._offsets, heard, span, target, draft, self._settings)
                apart.call(self._settings.helper, clips.write_clip, *work)
            return target
        except Died as error:
            raise MingjianError("media_kills_decoder", path=self.paths[0], detail=error) from error

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
            decode_errors=sum(part.errors for part in self._scans)
            + sum(part.errors for part in self._decoded)
            + self._picture_errors,
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
            losses=tuple(loss for place, part in enumerate(self._opened) for loss in part.losses(place)),
            undecoded=union(span for part in self._decoded for span in part.lost),
            joints=joints([Take(one.path, one.scan.duration, one.scan.recorded_at) for one in self._opened]),
        )

    @property
    def notes(self) -> tuple[Note, ...]:
        """What readers of the inspection have to know of its files: what is missing of them."""
        return tuple(_loss_note(loss, self.paths[loss.part].name) for loss in self.continuity.losses or ())

    def _shifted(self, times: Callable[[Sound | Picture], tuple[float, ...]]) -> Iterator[float]:
        """Times of every stream, on the session's clock."""
        for part, offset in zip(self._scans, self._offsets, strict=True):
            for stream in (part.sound, part.picture):
                if stream is not None:
                    yield from (round(time + offset - part.start, 3) for time in times(stream))


def _loss_note(loss: Loss, name: str) -> Note:
    lost = [f"约 {loss.seconds:.0f} 秒"] if loss.seconds else []
    lost += [f"{loss.bytes} 字节"] if loss.bytes else []
    told = "、".join(lost)
    if loss.what == "cut_short":
        told = told or "多少无法得知"
    elif told:
        told = f"，另有 {told}无法归属"
    code = f"loss_{loss.what}"
    return Note(code, reasons.text(code, name=name, lost=told))


def _part(opened: Opened, offset: float) -> Part:
    scan = opened.scan
    sound, picture = scan.sound, scan.picture
    return Part(
        name=opened.path.name,
        sha256=sha256_of(opened.path),
        bytes=opened.path.stat().st_size,
        container=opened.container,
        duration=scan.duration,
        offset=offset,
        video=VideoStream(picture.width, picture.height, picture.fps, picture.codec) if picture else None,
        audio=AudioStream(sound.rate, sound.channels, sound.codec) if sound else None,
        recorded_at=scan.recorded_at,
        reference=opened.reference,
    )
