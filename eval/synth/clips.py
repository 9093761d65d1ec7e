"""Short films in memory: read from any recording or made from a script, and written as mp4, H.264 and AAC."""

import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.media.session import open_session
from eval.synth.film import frames as film_frames
from eval.synth.picture import Image
from eval.synth.script import Script
from eval.synth.session import compose

RATE = 16_000
FPS = 25
LONGER_SIDE = 480
QUALITY = "26"
BIT_RATE = 64_000
KEY_FRAME_SECONDS = 4


@dataclass(frozen=True, eq=False)
class Clip:
    """`images` (height, width, 3) RGB at FPS, even sides; `sound` (n,) at RATE, as long as the images."""

    name: str
    images: Sequence[Image]
    sound: NDArray[np.float32]
    cuts: tuple[float, ...] = ()
    """When it was cut before it came here, as far as is known (seconds)."""

    @property
    def seconds(self) -> float:
        """Length of the picture."""
        return len(self.images) / FPS

    def part(self, begin: float, seconds: float) -> "Clip":
        """`seconds` of it from `begin` on."""
        first, last = round(begin * FPS), round((begin + seconds) * FPS)
        sound = self.sound[round(first / FPS * RATE) : round(last / FPS * RATE)]
        cuts = tuple(time - first / FPS for time in self.cuts if first / FPS <= time < last / FPS)
        return Clip(self.name, self.images[first:last], sound, cuts)


def read_clip(path: Path, seconds: float, longer_side: int = LONGER_SIDE) -> Clip:
    """The beginning of a recording. Raises ValueError where it has no picture, MingjianError where it is none."""
    with tempfile.TemporaryDirectory(prefix="mingjian-") as scratch, open_session([path], Path(scratch)) as session:
        audio = session.audio()
        images = []
        for frame in session.frames(FPS):
            if frame.time >= seconds:
                break
            images.append(_sized(frame.image, longer_side))
        if not images:
            raise ValueError(f"{path}: no picture")
        sound = np.zeros(0, np.float32) if audio is None else np.array(audio.mono())
    wanted = round(len(images) / FPS * RATE)
    return Clip(path.stem, tuple(images), np.pad(sound[:wanted], (0, max(0, wanted - len(sound)))))


def make_clip(script: Script) -> Clip:
    """The film of a script with a picture at FPS and sound at RATE. Raises ValueError for any other."""
    if script.video is None or script.video.fps != FPS or script.sound.rate != RATE:
        raise ValueError(f"{script.id}: a picture at {FPS} fps and sound at {RATE} Hz are needed")
    made = compose(script)
    images = tuple(film_frames(script.video, made.truth, made.sound, RATE))
    wanted = round(len(images) / FPS * RATE)
    sound = made.sound.mean(axis=0)[:wanted]
    return Clip(script.id, images, np.pad(sound, (0, max(0, wanted - len(sound)))).astype(np.float32))


def _sized(image: Image, longer_side: int) -> Image:
    import cv2

    shrink = longer_side / max(image.shape[:2])
    size = (max(2, round(image.shape[1] * shrink / 2) * 2), max(2, round(image.shape[0] * shrink / 2) * 2))
    method = cv2.INTER_AREA if shrink < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(image, size, interpolation=method), np.uint8)


def write_clip(path: Path, clip: Clip, times: Iterable[float] | None = None, sound_from: float = 0.0) -> Path:
    """Write the clip. `times` (seconds) are when its images are shown, FPS a second by default; the sound begins at
    `sound_from`.
    """
    import av

    height, width = clip.images[0].shape[:2]
    unit = Fraction(1, 1000 * FPS)
    with av.open(str(path), "w", format="mp4", options={"fflags": "+bitexact"}) as out:
        picture = out.add_stream("libx264", rate=FPS)
        picture.width, picture.height, picture.pix_fmt = width, height, "yuv420p"
        picture.codec_context.gop_size = KEY_FRAME_SECONDS * FPS
        picture.codec_context.thread_count = 1
        picture.codec_context.time_base = unit
        picture.options = {"crf": QUALITY, "preset": "veryfast"}
        voice = out.add_stream("aac", rate=RATE, layout="mono")
        voice.bit_rate = BIT_RATE
        shown = [number / FPS for number in range(len(clip.images))] if times is None else list(times)
        for time, image in zip(shown, clip.images, strict=True):
            frame = av.VideoFrame.from_ndarray(image, format="rgb24")
            frame.pts, frame.time_base = round(time / unit), unit
            out.mux(picture.encode(frame))
        _write_sound(out, voice, clip.sound, sound_from)
        out.mux(picture.encode())
        out.mux(voice.encode())
    return path


def _write_sound(out: object, voice: object, samples: NDArray[np.float32], start: float) -> None:
    import av

    for begin in range(0, len(samples), RATE):
        piece = np.ascontiguousarray(samples[None, begin : begin + RATE])
        frame = av.AudioFrame.from_ndarray(piece, format="fltp", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = RATE, begin + round(start * RATE), Fraction(1, RATE)
        out.mux(voice.encode(frame))  # type: ignore[attr-defined]


def sounded(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """`samples` (n,) once through AAC at BIT_RATE, as a recording holds them."""
    import av

    with tempfile.TemporaryDirectory(prefix="mingjian-") as scratch:
        path = Path(scratch) / "sound.mp4"
        with av.open(str(path), "w", format="mp4") as out:
            voice = out.add_stream("aac", rate=RATE, layout="mono")
            voice.bit_rate = BIT_RATE
            _write_sound(out, voice, samples, 0.0)
            out.mux(voice.encode())
        with open_session([path], Path(scratch)) as session:
            audio = session.audio()
            return np.zeros(0, np.float32) if audio is None else np.array(audio.mono())
