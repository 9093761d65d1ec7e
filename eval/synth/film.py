"""The picture of a synthetic session, and the mp4 that holds it and the sound: H.264 and AAC, both starting at zero.

People sway a little, and open their mouths as loud as they speak; who is away is not drawn.
"""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.interval import Interval
from eval.synth.desk import Desk
from eval.synth.picture import Cutout, Image, place, portrait, room, scaled, table_top
from eval.synth.script import Face, Video
from eval.synth.spoiling import Spoiler
from eval.synth.truth import TrueFace, Truth

MOUTH_STEPS = 5
SWAY_SHARE = 0.05
SWAY_SECONDS = (11.3, 7.7)
DARKNESS = 0.03
KEY_FRAME_SECONDS = 4
QUALITY = "33"
"""Constant rate factor of x264: small files, faces still clear."""

AUDIO_BIT_RATE = 40_000
LOUD_RMS = 0.12
"""RMS of speech at which a mouth is fully open."""


def frames(video: Video, truth: Truth, sound: NDArray[np.float32], rate: int) -> Iterator[Image]:
    """Every frame of the session in order, (height, width, 3) RGB."""
    empty = room(video.width, video.height)
    visible = table_top(video.height)
    people = [_Person(face, true, video) for face, true in zip(video.faces, truth.faces, strict=True)]
    mouths = [_mouth(true, truth, sound, rate, video.fps) for true in truth.faces]
    desk = Desk(video, truth) if video.papers or video.clock else None
    for number in range(round(truth.duration * video.fps)):
        time = number / video.fps
        frame = empty.copy()
        for person, mouth in zip(people, mouths, strict=True):
            if _within(time, person.true.intervals):
                person.draw(frame[:visible], time, float(mouth[number]))
        if desk is not None:
            desk.draw(frame, time)
        if _within(time, truth.dark):
            frame = np.asarray(frame * DARKNESS, np.uint8)
        if desk is not None:
            desk.print_clock(frame, time)
        yield frame


class _Person:
    """One face with its mouth at every step; drawn at whole pixels, which H.264 predicts for free."""

    def __init__(self, face: Face, true: TrueFace, video: Video) -> None:
        self.true = true
        self._rest = (face.x * video.width, face.y * video.height)
        self._phase = face.x * 9.0
        self._sway = SWAY_SHARE * face.height_px
        self._steps: list[Cutout] = [
            scaled(portrait(face.picture), face.height_px, step / (MOUTH_STEPS - 1)) for step in range(MOUTH_STEPS)
        ]

    def draw(self, frame: Image, time: float, mouth_open: float) -> None:
        person = self._steps[round(mouth_open * (MOUTH_STEPS - 1))]
        x = (
            self._rest[0]
            + self._sway * np.sin(2 * np.pi * time / SWAY_SECONDS[0] + self._phase)
            - person.face.centre[0]
        )
        y = self._rest[1] + 0.5 * self._sway * np.sin(2 * np.pi * time / SWAY_SECONDS[1] + self._phase)
        y -= person.face.centre[1]
        place(frame, person, (round(x) + person.face.centre[0], round(y) + person.face.centre[1]))


def _mouth(face: TrueFace, truth: Truth, sound: NDArray[np.float32], rate: int, fps: int) -> NDArray[np.float32]:
    """How far the mouth is open in each frame, 0..1: the loudness of the sound while its owner speaks."""
    count = round(truth.duration * fps)
    opened = np.zeros(count + 1, np.float32)
    step = rate // fps
    mono = sound.mean(axis=0)
    blocks = min(count, len(mono) // step)
    opened[:blocks] = np.sqrt(np.square(mono[: blocks * step].reshape(blocks, step)).mean(axis=1)) / LOUD_RMS
    speaking = [turn.interval for turn in truth.turns if turn.speaker == face.speaker]
    silent = np.array([not _within(number / fps, speaking) for number in range(len(opened))])
    opened[silent] = 0.0
    return np.clip(opened, 0.0, 1.0)


def _within(time: float, intervals: tuple[Interval, ...] | list[Interval]) -> bool:
    return any(time in interval for interval in intervals)


def write_film(
    path: Path,
    video: Video,
    truth: Truth,
    sound: NDArray[np.float32],
    rate: int,
    spoiler: Spoiler | None = None,
) -> None:
    """Write the session as mp4. `sound` is (channels, n) at `rate` Hz; `truth` that of the session before it is spoiled
    by `spoiler`.
    """
    import av

    with av.open(str(path), "w", format="mp4", options={"movflags": "+faststart", "fflags": "+bitexact"}) as out:
        picture = out.add_stream("libx264", rate=video.fps)
        picture.width, picture.height, picture.pix_fmt = video.width, video.height, "yuv420p"
        picture.codec_context.gop_size = KEY_FRAME_SECONDS * video.fps
        picture.codec_context.thread_count = 1
        picture.options = {"crf": QUALITY, "preset": "veryfast"}
        voice = out.add_stream("aac", rate=rate, layout="stereo" if sound.shape[0] == 2 else "mono")
        voice.bit_rate = AUDIO_BIT_RATE
        step = rate // video.fps
        images = frames(video, truth, sound, rate)
        if spoiler is not None:
            images, sound = spoiler.images(images, video.fps), spoiler.sound(sound, rate)
        for number, image in enumerate(images):
            frame = av.VideoFrame.from_ndarray(image, format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, video.fps)
            out.mux(picture.encode(frame))
            _mux_sound(out, voice, sound[:, number * step : (number + 1) * step], number * step, rate)
        out.mux(picture.encode())
        out.mux(voice.encode())


def _mux_sound(out: object, voice: object, samples: NDArray[np.float32], start: int, rate: int) -> None:
    import av

    if samples.shape[1] == 0:
        return
    layout = "stereo" if samples.shape[0] == 2 else "mono"
    frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples), format="fltp", layout=layout)
    frame.sample_rate, frame.pts, frame.time_base = rate, start, Fraction(1, rate)
    out.mux(voice.encode(frame))  # type: ignore[attr-defined]
