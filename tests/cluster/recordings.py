"""Short real recordings of the tests: pieces of the demo sessions that come with the project."""

import wave
from fractions import Fraction
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.media.session import open_session

DEMO = Path(__file__).resolve().parents[2] / "eval" / "synth" / "demo"
RATE = 16_000


@cache
def spoken() -> NDArray[np.float32]:
    """The sound of a demo session, mono at 16 kHz."""
    with open_session([DEMO / "clean.mp4"], Path(mkdtemp(prefix="mingjian-test-"))) as session:
        audio = session.audio()
        assert audio is not None
        return np.array(audio.mono())


def short(folder: Path, number: int, seconds: float = 4.0, step: float = 0.9) -> Path:
    """Recording `number` of many different ones of `seconds` each."""
    start = int(number * step * RATE) % (len(spoken()) - int(seconds * RATE))
    return write_wave(folder / f"call{number}.wav", spoken()[start : start + int(seconds * RATE)])


def write_wave(path: Path, samples: NDArray[np.float32]) -> Path:
    """Samples (n,) as a WAV file of 16 bits."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())
    return path


def film(path: Path, seconds: float, times: int = 1) -> Path:
    """The first seconds of a demo session, `times` over, picture and sound as they are."""
    import av

    with av.open(str(path), "w", options={"movflags": "+faststart"}) as target:
        copies: dict[int, Any] = {}
        for turn in range(times):
            with av.open(str(DEMO / "clean.mp4")) as source:
                if not copies:
                    copies = {one.index: target.add_stream_from_template(one) for one in source.streams}
                shift = Fraction(turn) * Fraction(int((seconds + 1) * 10), 10)
                for packet in source.demux():
                    if packet.dts is None or packet.pts is None or packet.dts * packet.time_base >= seconds:
                        continue
                    moved = int(shift / packet.time_base)
                    packet.pts, packet.dts = packet.pts + moved, packet.dts + moved
                    packet.stream = copies[packet.stream.index]
                    target.mux(packet)
    return path
