"""The waveform people see: the largest sample of each stretch, whatever the length; kept and read back unchanged."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.media import waveform
from engine.media.waveform import PER_SECOND, Waveform, from_bytes, peaks_of

RATE = 16_000
STEP = RATE // PER_SECOND


def test_each_stretch_has_its_largest_amplitude() -> None:
    samples = np.zeros((2, 3 * STEP + 1), dtype=np.float32)
    samples[0, STEP + 5] = -0.5
    samples[1, 3 * STEP] = 2.0  # louder than full scale, in a last stretch of one sample
    assert peaks_of(samples, RATE).tolist() == [[0, 128, 0, 0], [0, 0, 0, 255]]


def test_long_sound_is_taken_in_pieces_without_a_seam(monkeypatch: pytest.MonkeyPatch) -> None:
    samples = np.random.default_rng(1).uniform(-1, 1, (1, 5 * RATE)).astype(np.float32)
    whole = peaks_of(samples, RATE)
    monkeypatch.setattr(waveform, "BLOCK_SECONDS", 1)
    assert (peaks_of(samples, RATE) == whole).all()


@given(st.integers(0, 3), st.integers(0, 50), st.integers(0, 2**32 - 1))
def test_what_is_kept_is_read_back(channels: int, length: int, seed: int) -> None:
    peaks = np.random.default_rng(seed).integers(0, 256, (channels, length), dtype=np.uint8)
    found = from_bytes(Waveform(peaks).to_bytes()).peaks
    assert found.shape == peaks.shape
    assert (found == peaks).all()


@pytest.mark.parametrize("data", [b"", b"1234567", b"\x01\x00\x00\x00\x09\x00\x00\x00ab"])
def test_what_is_none_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"waveform|buffer"):
        from_bytes(data)


def test_a_recording_has_the_waveform_of_its_length(root: Path) -> None:
    found = waveform.waveform_of([root / "eval" / "synth" / "demo" / "faulty.mp4"])
    assert abs(found.peaks.shape[1] / PER_SECOND - 183.8) < 0.1
    assert found.peaks.max() > 60
