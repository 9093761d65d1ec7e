"""What only shows in the spectrum of minutes: mains hum, an echo, and how high the sound reaches.

Three short-time transforms over the mixture, chunk by chunk; what is kept of an hour is a few megabytes.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.evidence import Echo, Hum

LINE_WINDOW = 8192
"""Samples (0.5 s at 16 kHz) of the transform in which mains lines stand 25 bins apart."""

LINES_TO_HZ = 1000.0
BANDS = 64
ECHO_WINDOW = 32768
"""Samples (2 s at 16 kHz): long against the longest echo."""

ECHO_BAND_HZ = (300.0, 3400.0)
"""Where speech is, also by telephone, and mains hum is weak."""

MAINS_HZ = (50, 60)
HARMONICS = 10
SURROUNDINGS_HZ = (6.0, 16.0)
NORMAL_MAD = 1.4826
"""Standard deviation of a normal distribution over its median absolute deviation."""


@dataclass(frozen=True, slots=True)
class TraceSettings:
    """Levels in dB, times in seconds; chosen on the faults of eval/benchmarks/faults.py.

    `line_percentile`: of a bin over time, low because speech passes and hum stays. An echo is a peak of the mean
    cepstrum that stands `echo_z` robust standard deviations above zero.
    """

    line_percentile: float = 10.0
    least_lines: int = 3
    least_prominence_db: float = 8.0
    least_hum_db: float = -75.0
    least_windows: int = 3
    silent_below_db: float = -60.0
    echo_from: float = 0.06
    echo_to: float = 0.8
    least_echo: float = 0.12
    echo_z: float = 8.0
    reach_db: float = 50.0
    least_steady: int = 4
    steady_quartile: float = 25.0
    steady_range: tuple[float, float] = (-10.0, 60.0)


DEFAULT = TraceSettings()


class Traces:
    """Gathers spectra while the sound goes by."""

    def __init__(self, rate: int, settings: TraceSettings) -> None:
        self._rate, self._settings = rate, settings
        self._lines: list[NDArray[np.float32]] = []
        self._bands: list[NDArray[np.float32]] = []
        self._cepstrum = np.zeros(ECHO_WINDOW)
        self._windows = 0

    def take(self, samples: NDArray[np.float32]) -> None:
        """Add the next samples (n,) of the mixture; those that fill no window at the end of a chunk are left out."""
        self._take_lines(samples)
        self._take_echo(samples)

    def _take_lines(self, samples: NDArray[np.float32]) -> None:
        count = len(samples) // LINE_WINDOW
        if not count:
            return
        frames = samples[: count * LINE_WINDOW].reshape(count, LINE_WINDOW)
        power = np.square(np.abs(np.fft.rfft(frames * np.hanning(LINE_WINDOW).astype(np.float32), axis=1)))
        reach = round(LINES_TO_HZ * LINE_WINDOW / self._rate)
        self._lines.append(power[:, :reach].astype(np.float32))
        whole = power[:, : LINE_WINDOW // 2]
        self._bands.append(whole.reshape(count, BANDS, -1).mean(axis=2).astype(np.float32))

    def _take_echo(self, samples: NDArray[np.float32]) -> None:
        window = np.hanning(ECHO_WINDOW)
        least = 10 ** (self._settings.silent_below_db / 10)
        low, high = (round(edge * ECHO_WINDOW / self._rate) for edge in ECHO_BAND_HZ)
        taper = np.hanning(high - low)
        for begin in range(0, len(samples) - ECHO_WINDOW + 1, ECHO_WINDOW // 2):
            piece = samples[begin : begin + ECHO_WINDOW].astype(np.float64)
            if float(np.square(piece).mean()) < least:
                continue
            spectrum = np.abs(np.fft.rfft(piece * window))[low:high]
            level = np.log(np.square(spectrum) + 1e-12)
            shaped = np.zeros(ECHO_WINDOW // 2 + 1)
            shaped[low:high] = (level - _smooth(level)) * taper
            self._cepstrum += np.fft.irfft(shaped, ECHO_WINDOW) * ECHO_WINDOW / (2 * taper.sum())
            self._windows += 1

    def hum(self) -> Hum | None:
        """The mains lines that stay while everything else comes and goes; None where there are none."""
        if not self._lines:
            return None
        spectra = np.concatenate(self._lines)
        if len(spectra) < self._settings.least_windows:
            return None
        steady = np.percentile(spectra.astype(np.float64), self._settings.line_percentile, axis=0)
        found = [one for hz in MAINS_HZ if (one := self._lines_of(hz, steady)) is not None]
        return max(found, key=lambda one: one.prominence_db) if found else None

    def _lines_of(self, hz: int, steady: NDArray[np.float64]) -> Hum | None:
        step = self._rate / LINE_WINDOW
        near, far = (round(one / step) for one in SURROUNDINGS_HZ)
        prominent, power = [], 0.0
        for harmonic in range(1, HARMONICS + 1):
            middle = round(harmonic * hz / step)
            if middle + far >= len(steady):
                break
            around = np.concatenate(
                [steady[max(1, middle - far) : middle - near], steady[middle + near : middle + far]]
            )
            floor = float(np.median(around)) + 1e-12
            line = float(steady[middle - 1 : middle + 2].sum())
            prominence = 10 * np.log10(max(line, 1e-12) / (3 * floor))
            if prominence >= self._settings.least_prominence_db:
                prominent.append(prominence)
                power += max(0.0, line - 3 * floor)
        scale = 2 / (1.5 * float(np.hanning(LINE_WINDOW).sum()) ** 2)
        level = 10 * np.log10(max(power * scale, 1e-20))
        if len(prominent) < self._settings.least_lines or level < self._settings.least_hum_db:
            return None
        return Hum(hz, round(float(level), 1), round(float(np.mean(prominent)), 1))

    def echo(self) -> Echo | None:
        """The delay at which the sound comes back, the same in all of the recording; None where there is none."""
        if self._windows < self._settings.least_windows:
            return None
        begin, end = (round(one * self._rate) for one in (self._settings.echo_from, self._settings.echo_to))
        mean = self._cepstrum[begin:end] / self._windows
        place = int(np.argmax(mean))
        spread = NORMAL_MAD * float(np.median(np.abs(mean - np.median(mean)))) + 1e-9
        gain = float(mean[place])
        if gain < self._settings.least_echo or gain / spread < self._settings.echo_z:
            return None
        return Echo(round((begin + place) / self._rate, 4), round(min(1.0, gain), 3))

    def steady_snr_db(self) -> float | None:
        """How far the louder half lies above the noise that is always there in all bands, in dB; None where the sound
        is too short.

        What somebody says, or plays, comes and goes in every band; steady noise stays when it has gone. The noise of a
        band is its quietest tenth, that of all bands the lower quartile of them times their number: hum and music fill
        some bands, noise fills all. It needs no pauses and no speech.
        """
        if not self._bands:
            return None
        bands = np.concatenate(self._bands).astype(np.float64)
        if len(bands) < self._settings.least_steady:
            return None
        quietest = np.percentile(bands, self._settings.line_percentile, axis=0)
        noise = BANDS * float(np.percentile(quietest, self._settings.steady_quartile))
        loud = float(np.sort(bands.sum(axis=1))[len(bands) // 2 :].mean())
        lowest, highest = self._settings.steady_range
        if loud <= 0 or noise <= 0:
            return highest if loud > 0 else None
        ratio = max(loud / noise - 1.0, 1e-9)
        return round(float(np.clip(10 * np.log10(ratio), lowest, highest)), 2)

    def bandwidth_hz(self) -> float | None:
        """Up to which frequency there is anything while it is loud: the highest band within `reach_db` of the loudest.

        None where the recording is too short or silent.
        """
        if not self._bands:
            return None
        bands = np.concatenate(self._bands)
        power = bands.sum(axis=1)
        if len(bands) < 2 or power.max() <= 0:
            return None
        loud = bands[power >= np.median(power)].mean(axis=0)
        within = np.flatnonzero(loud >= loud.max() * 10 ** (-self._settings.reach_db / 10))
        return float((within[-1] + 1) * self._rate / 2 / BANDS)


def _smooth(level: NDArray[np.float64], bins: int = 256) -> NDArray[np.float64]:
    """The envelope of a log spectrum: a running mean over `bins`, which no echo of 10 ms or more follows."""
    padded = np.pad(level, bins // 2, mode="edge")
    sums = np.cumsum(np.insert(padded, 0, 0.0))
    return np.asarray((sums[bins:] - sums[:-bins])[: len(level)] / bins)
