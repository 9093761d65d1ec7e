"""The recordings: the demo sessions one after the other, cut to length; as sound alone, as they are, and larger.

They are made once below a work folder and found again by what they are made of. A joined film holds the packets of the
demo films as they are: nothing is encoded again but for another height.
"""

import shutil
import wave
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from hashlib import sha256
from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from eval.benchmarks.speed.results import Recording
from eval.synth.film import KEY_FRAME_SECONDS, QUALITY

if TYPE_CHECKING:
    from av.container import OutputContainer

DEMO = Path(__file__).resolve().parents[2] / "synth" / "demo"
NAMES = ("clean", "faulty")
ORDER = "clean.order.json"
RATE = 16000
FRAME = Fraction(1, 25)
LARGE = (1920, 1080)
FIRST, SECOND = "first", "second"
MADE_BY = 2
"""To be raised when recordings are made in another way."""


@dataclass(frozen=True, slots=True)
class Files:
    """The files of a recording: one for each pass. `again` is another file of the same content, for a second pass."""

    paths: tuple[Path, ...]
    again: Path | None = None


def make(recording: Recording, work: Path) -> Files:
    """The files of `recording` below `work`, made unless they are there. Each has an order beside it.

    Raises ValueError for many files with pictures: those would have to be encoded anew to begin anywhere.
    """
    if recording.files > 1 and recording.kind != "audio":
        raise ValueError(f"{recording.name}: many files are sound alone")
    folder = work / "recordings" / _key() / recording.name
    suffix = ".wav" if recording.kind == "audio" else ".mp4"
    names = [FIRST, SECOND] if recording.files == 1 else [f"{place:02d}" for place in range(1, recording.files + 1)]
    paths = [folder / (name + suffix) for name in names]
    if not all(path.exists() for path in paths):
        folder.mkdir(parents=True, exist_ok=True)
        if recording.kind == "audio":
            _write_sounds(recording, paths)
        else:
            draft = folder / ("draft" + suffix)
            _join(_films(recording, work), Fraction(recording.minutes) * 60, draft)
            _second(draft, paths[1])
            draft.replace(paths[0])
        for path in paths:
            shutil.copyfile(DEMO / ORDER, path.with_name(path.stem + ".order.json"))
    return Files((paths[0],), paths[1]) if recording.files == 1 else Files(tuple(paths))


@cache
def _key() -> str:
    digest = sha256(str(MADE_BY).encode())
    for name in (*(f"{one}.mp4" for one in NAMES), ORDER):
        digest.update((DEMO / name).read_bytes())
    return digest.hexdigest()[:12]


def _second(path: Path, target: Path) -> None:
    """The same bytes by another name: a program that keeps results by name gains nothing."""
    target.unlink(missing_ok=True)
    target.hardlink_to(path)


def _write_sounds(recording: Recording, paths: list[Path]) -> None:
    """One file and its second name, or as many as asked, each the minutes after those of the file before it."""
    length = round(recording.minutes * 60 * RATE)
    sounds = [_sound(DEMO / f"{name}.mp4") for name in NAMES]
    whole = sum(map(len, sounds))
    long = np.tile(np.concatenate(sounds), length * recording.files // whole + 1)
    for place in range(recording.files):
        _write_wave(paths[place], long[place * length : (place + 1) * length])
    if recording.files == 1:
        _second(paths[0], paths[1])


def _write_wave(path: Path, samples: NDArray[np.int16]) -> None:
    draft = path.with_name(f"draft-{path.name}")
    with wave.open(str(draft), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes(samples.tobytes())
    draft.replace(path)


def _sound(path: Path) -> NDArray[np.int16]:
    """The sound of a film, mono at 16 kHz."""
    import av

    with av.open(str(path)) as film:
        to_mono = av.AudioResampler(format="s16", layout="mono", rate=RATE)
        blocks = [one.to_ndarray()[0] for frame in film.decode(audio=0) for one in to_mono.resample(frame)]
        blocks += [one.to_ndarray()[0] for one in to_mono.resample(None)]
    return np.concatenate(blocks).astype(np.int16)


def _films(recording: Recording, work: Path) -> list[Path]:
    """The demo films in the height of `recording`."""
    films = [DEMO / f"{name}.mp4" for name in NAMES]
    if recording.kind == "720p":
        return films
    folder = work / "recordings" / _key()
    return [_enlarged(path, folder / f"{path.stem}-{recording.kind}.mp4") for path in films]


def _enlarged(path: Path, target: Path) -> Path:
    """The film at `LARGE`, encoded as synthetic sessions are; its sound as it is."""
    import av

    if target.exists():
        return target
    draft = target.with_name(f"draft-{target.name}")
    with av.open(str(path)) as film, av.open(str(draft), "w", format="mp4") as out:
        picture = out.add_stream("libx264", rate=round(1 / FRAME))
        picture.width, picture.height, picture.pix_fmt = *LARGE, "yuv420p"
        picture.codec_context.gop_size = KEY_FRAME_SECONDS * round(1 / FRAME)
        picture.options = {"crf": QUALITY, "preset": "veryfast"}
        voice = out.add_stream_from_template(film.streams.audio[0])
        for packet in film.demux(film.streams.video[0], film.streams.audio[0]):
            if packet.stream.type == "audio":
                if packet.dts is not None:
                    packet.stream = voice
                    out.mux(packet)
                continue
            frames: list[Any] = packet.decode()
            for frame in frames:
                out.mux(picture.encode(frame.reformat(*LARGE)))
        out.mux(picture.encode(None))
    return draft.replace(target)


def _join(films: list[Path], seconds: Fraction, target: Path) -> None:
    """The packets of `films` in turn on one clock, up to `seconds`. The films are of one make (size, codec, rates)."""
    import av

    with av.open(str(target), "w", format="mp4", options={"movflags": "+faststart"}) as out:
        streams: dict[str, Any] = {}
        began, written = Fraction(0), {"video": -1, "audio": -1}
        for path in cycle(films):
            if began >= seconds:
                break
            with av.open(str(path)) as film:
                if not streams:
                    for kind in written:
                        template = next(stream for stream in film.streams if stream.type == kind)
                        streams[kind] = out.add_stream_from_template(template)
                _append(film.demux(), streams, out, began, seconds, written)
                lasts = max((s.duration or 0) * (s.time_base or Fraction(0)) for s in film.streams)
            began += -(-lasts // FRAME) * FRAME


def _append(
    packets: Iterator[Any],
    streams: dict[str, Any],
    out: "OutputContainer",
    began: Fraction,
    until: Fraction,
    written: dict[str, int],
) -> None:
    """Write `packets`, moved to `began`, while they are to be decoded before `until`: cut by the time of showing,
    pictures would stay whose references are gone. Those that would step back are left out: an encoder may begin before
    zero, where the film before still is."""
    for packet in packets:
        kind = packet.stream.type
        if packet.dts is None or kind not in streams:
            continue
        moved = round(began / packet.time_base)
        packet.pts, packet.dts = packet.pts + moved, packet.dts + moved
        if packet.dts * packet.time_base >= until or (began and packet.dts <= written[kind]):
            continue
        written[kind] = packet.dts
        packet.stream = streams[kind]
        out.mux(packet)
