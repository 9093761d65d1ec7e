"""Which channels are kept, and what they are to each other."""

from pathlib import Path

import numpy as np
import pytest

from engine.interval import Interval
from engine.media.audio import from_samples
from engine.media.session import open_session
from tests.media.making import Sound, write

RATE = 16_000


def noise(seconds: float, seed: int, level: float = 0.1) -> np.ndarray:
    return (np.random.default_rng(seed).standard_normal(round(seconds * RATE)) * level).astype(np.float32)


def talk(seed: int, spans: list[tuple[float, float]], seconds: float = 20, level: float = 0.1) -> np.ndarray:
    """Noise bursts of uneven loudness during `spans` over a faint floor."""
    out = noise(seconds, seed + 100, 0.0005)
    for number, (start, end) in enumerate(spans):
        begin, finish = round(start * RATE), round(end * RATE)
        syllables = 0.55 + 0.45 * np.sin(np.arange(finish - begin) / RATE * 2 * np.pi * 4).astype(np.float32)
        out[begin:finish] += noise(end - start + 1, seed + number, level)[: finish - begin] * syllables
    return out


def gated(samples: np.ndarray) -> np.ndarray:
    """Digital zeros wherever it is quiet, as some telephone systems send."""
    return np.where(np.abs(samples) > 0.004, samples, 0)


AGENT = talk(1, [(0.5, 6), (8, 12), (13, 18.5)])
CUSTOMER = talk(50, [(6.2, 7.8), (12.1, 12.8), (18.7, 19.5)])
ROOM = talk(7, [(0.5, 6), (6.2, 7.8), (8, 12), (12.1, 12.8), (13, 19.5)])


LAYOUTS = {
    "one channel": ([AGENT], "mono"),
    "the same twice": ([ROOM, ROOM], "dual_mono"),
    "the same, quieter": ([ROOM, 0.2 * ROOM], "dual_mono"),
    "the same, upside down": ([ROOM, -ROOM], "dual_mono"),
    "the same, 5 ms later": ([ROOM, np.roll(ROOM, 80)], "dual_mono"),
    "the same, coded apart": ([ROOM + noise(20, 3, 0.004), ROOM + noise(20, 4, 0.004)], "dual_mono"),
    "one channel dead": ([ROOM, np.zeros_like(ROOM)], "mono"),
    "the other dead, with hum": ([noise(20, 9, 0.0001), ROOM], "mono"),
    "one party each": ([AGENT, CUSTOMER], "split"),
    "one party each, one quiet": ([AGENT, 0.08 * CUSTOMER + noise(20, 5, 0.0002)], "split"),
    "one party each, with echo": ([AGENT + 0.1 * CUSTOMER, CUSTOMER + 0.1 * AGENT], "split"),
    "one party each, gated": ([gated(AGENT), gated(CUSTOMER)], "split"),
    "two microphones in a room": ([AGENT + 0.6 * CUSTOMER, 0.6 * AGENT + CUSTOMER], "mixed"),
    "stereo ambience": ([ROOM + noise(20, 11, 0.05), ROOM + noise(20, 12, 0.05)], "mixed"),
    "one party says one word": ([np.tile(AGENT, 5), np.pad(CUSTOMER[-2 * RATE :], (98 * RATE, 0))], "split"),
    "hardly anything": ([ROOM[:100], ROOM[:100]], "dual_mono"),
    "nothing at all": ([np.zeros_like(ROOM), np.zeros_like(ROOM)], "dual_mono"),
}


@pytest.mark.parametrize("name", LAYOUTS)
def test_layout(name: str) -> None:
    channels, layout = LAYOUTS[name]
    assert from_samples(np.stack(channels).astype(np.float32), RATE).layout == layout


def test_mixture_has_everybody_and_loses_nobody(tmp_path: Path) -> None:
    upside_down = from_samples(np.stack([ROOM, -ROOM]), RATE)
    assert np.abs(upside_down.mono()).max() > 0.1
    dead = from_samples(np.stack([np.zeros_like(ROOM), ROOM]), RATE)
    assert (dead.mono() == ROOM).all()
    assert dead.live == (1,)
    split = from_samples(np.stack([AGENT, CUSTOMER]), RATE, tmp_path / "mixture.f32")
    assert np.allclose(split.mono(), (AGENT + CUSTOMER) / 2, atol=1e-7)
    assert (split.channel(1) == CUSTOMER).all()
    assert split.excerpt(Interval(1.0, 1.5), 0).tolist() == AGENT[RATE : RATE * 3 // 2].tolist()
    assert len(split.excerpt(Interval(19.5, 25.0))) == RATE // 2


@pytest.mark.parametrize(
    ("codec", "layout", "file", "kept"),
    [
        ("aac", "5.1", "a.m4a", 2),
        ("ac3", "5.1", "a.mkv", 2),
        ("pcm_s16le", "quad", "a.wav", 4),
        ("pcm_s16le", "7.1", "a.wav", 8),
        ("pcm_s16le", "hexadecagonal", "a.wav", 1),
    ],
)
def test_channels_kept(codec: str, layout: str, file: str, kept: int, tmp_path: Path) -> None:
    with open_session([write(tmp_path / file, sound=Sound(codec, layout=layout))], tmp_path / "work") as session:
        audio = session.audio()
        assert audio is not None
        assert audio.samples.shape[0] == kept
        assert np.abs(audio.samples).max() <= 1.0
        assert np.abs(audio.mono()).max() > 0.2


def test_real_call_with_one_speaker_per_channel(field: Path, tmp_path: Path) -> None:
    with open_session([field / "odd_media" / "faster-whisper__stereo_diarization.wav"], tmp_path) as session:
        audio = session.audio()
        assert audio is not None
        assert audio.layout == "split"
