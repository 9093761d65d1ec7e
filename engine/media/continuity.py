"""What the packets alone tell of a stream's continuity: stalls, lost packets, clocks that run back, sudden surges.

And what a file's own words tell of its history: edit lists, editing programs, encoding after the recording.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.interval import Interval, union
from engine.media.clock import Epoch
from engine.media.edit_list import read_edits
from engine.media.settings import MediaSettings

Times = NDArray[np.float64]

EDITORS = (
    "premiere", "final cut", "imovie", "capcut", "jianying", "剪映", "必剪", "快影", "handbrake", "davinci", "vegas",
    "filmora", "wondershare", "camtasia", "videostudio", "会声会影", "format factory", "格式工厂", "inshot", "avidemux",
    "shotcut", "kdenlive", "openshot", "movie maker", "爱剪辑", "losslesscut", "mkvmerge",
)  # fmt: skip
"""Programs that cut or convert; their names as they sign files."""

ENCODERS = ("lavf", "lavc", "x264", "x265", "libvpx")
"""Libraries of such programs; servers record with them too, so their names prove nothing alone."""

SIGNED = ("encoder", "software", "comment", "writing_library", "handler_name", "com.apple.quicktime.software", "title")
X264_MARK = b"x264 - core"


def surges(starts: Times, sizes: NDArray[np.int64], keys: NDArray[np.bool_], settings: MediaSettings) -> list[float]:
    """Where a picture may have changed at once: a predicted picture that needs far more data than those around it, or
    a key frame off their beat. Times in seconds, the strongest first.
    """
    order = np.argsort(starts, kind="stable")
    times, amounts, key = starts[order], sizes[order].astype(np.float64), keys[order]
    if len(times) < settings.surge_window or key.all():
        return []
    predicted = np.flatnonzero(~key)
    plain = amounts[predicted]
    half = settings.surge_window // 2
    padded = np.pad(plain, half, mode="reflect") if len(plain) > half else plain
    if len(padded) == len(plain):
        return []
    around = np.median(np.lib.stride_tricks.sliding_window_view(padded, 2 * half + 1), axis=1)
    ratio = plain / np.maximum(around, settings.surge_bytes)
    found = [(float(ratio[i]), float(times[predicted[i]])) for i in np.flatnonzero(ratio >= settings.surge_ratio)]
    found += [(settings.surge_ratio, time) for time in _off_beat(times[key])]
    return [time for _, time in sorted(found, key=lambda one: (-one[0], one[1]))]


def _off_beat(keys: Times) -> list[float]:
    """Key frames that come clearly sooner after the one before than is usual."""
    steps = np.diff(keys)
    if len(steps) < 2:
        return [float(one) for one in keys[1:]]
    return [float(one) for one in keys[1:][steps < 0.8 * float(np.median(steps))]]


def stalls(starts: Times, settings: MediaSettings) -> tuple[Interval, ...]:
    """Stretches in which pictures come `stall_ratio` times more rarely than usual, and for `least_stall` or more."""
    times = np.sort(starts)
    steps = np.diff(times)
    if len(steps) < settings.surge_window:
        return ()
    usual = float(np.median(steps))
    slow = np.flatnonzero(steps > settings.stall_ratio * usual)
    spans = [Interval(float(times[i]), float(times[i + 1])) for i in slow]
    return tuple(one for one in union(spans, gap=2 * usual) if one.duration >= settings.least_stall)


def lost_packets(starts: Times, lengths: Times) -> int:
    """Packets of sound that should lie between others by their time stamps, and do not. All are about equally long."""
    if len(starts) < 3:
        return 0
    usual = float(np.median(lengths))
    if usual <= 0 or float(np.percentile(np.abs(lengths - usual), 90)) > 0.1 * usual:
        return 0
    holes = np.diff(np.sort(starts)) / usual - 1.0
    return int(np.floor(holes[holes > 0.6] + 0.4).sum())


def steps_back(order: Times, starts: Times, slack: float) -> tuple[float, ...]:
    """Running times at which decoding times run backwards by more than `slack` in the order of the file."""
    return tuple(float(starts[i + 1]) for i in np.flatnonzero(np.diff(order) < -slack))


def traces(
    path: Path,
    container: str,
    metadata: Sequence[Mapping[str, str]],
    first_bytes: bytes,
    clocks: Sequence[Sequence[Epoch]],
    settings: MediaSettings,
) -> tuple[str, ...]:
    """What shows that a file was edited (`edit_list`, `editing_software`), glued from several (`clock_restarts`) or
    encoded after it was recorded (`reencoded`: a hint, servers record with the same libraries).

    `metadata` are the tags of the container and its streams, `first_bytes` the first picture's data.
    """
    signed = " ".join(str(tags.get(key, "")) for tags in metadata for key in SIGNED).casefold()
    found = []
    if container == "mp4" and any(one.left_out(settings.edit_slack) for one in read_edits(path)):
        found.append("edit_list")
    if any(len(epochs) > 1 for epochs in clocks):
        found.append("clock_restarts")
    if any(name in signed for name in EDITORS):
        found.append("editing_software")
    if any(name in signed for name in ENCODERS) or X264_MARK in first_bytes:
        found.append("reencoded")
    return tuple(found)


def tags_of(container: Any) -> list[Mapping[str, str]]:
    """The tags of an open PyAV container and its streams."""
    return [dict(container.metadata), *(dict(stream.metadata) for stream in container.streams)]
