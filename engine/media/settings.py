"""Figures that steer how media are opened and decoded."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class HelperLimits:
    """What a process that decodes for others may do (engine/media/apart.py). Bytes, seconds.

    With `enabled` off everything is decoded in the calling process. `memory` is the data a helper may hold;
    `patience_s` the processor time it may take without a sign of progress, `silence_s` the time on the clock. `kept`
    helpers wait for the next file; after `recycle_after` pieces of work or above `recycle_memory` a new one is started.
    """

    enabled: bool = True
    memory: int = 3 * 1024**3
    patience_s: float = 60.0
    silence_s: float = 180.0
    kept: int = 2
    recycle_after: int = 200
    recycle_memory: int = 1024**3


@dataclass(frozen=True, slots=True)
class MediaSettings:
    """Times in seconds, sizes in pixels, rates in Hz.

    `largest_gap` and `largest_step_back`: a jump of the time stamps beyond them is no gap but a clock that started
    anew, and the stream continues where it was. Up to `stray_packets` that jump off by more than `stray_reach` and
    back have damaged time stamps. A recording is truncated when the header promises more than `truncation_seconds`
    and `truncation_share` beyond what is there, or `truncation_bytes`. `audio_gap` and `picture_gap` are the
    shortest interruptions that are reported. `drift` is how far sound may lie from its time stamp before it is
    moved there (containers round time stamps). `hold` is how long a picture counts as shown when no newer one
    comes. Pictures are looked at in runs of about `view_s`, which may be spread over machines: where a run begins
    depends on the recording and this figure alone.

    A picture may change at once where a packet needs `surge_ratio` times the data of the `surge_window` around it
    (at least `surge_bytes`); there, frames within `cut_reach` are compared. A step of `cut_step` (mean luma) or more is
    a cut if it is `cut_ratio` times as large as the `cut_near` steps before and after it; among the pictures decoded
    anyway one `jump_ratio` times as large makes a place suspicious. `cuts_looked` such places are
    looked at and one more for every `cuts_every`. Pictures stall where they come `stall_ratio` times more rarely than
    usual. `edit_slack`: what an edit list may leave out as an encoder's own delay. The figures for cuts were chosen on
    the films of eval/benchmarks/faults.py (docs/quality.md).
    """

    rate: int = 16_000
    largest_channels: int = 8
    largest_rate: int = 768_000
    largest_pixels: int = 8192 * 4608
    largest_gap: float = 600.0
    largest_step_back: float = 1.0
    audio_gap: float = 0.5
    picture_gap: float = 2.0
    truncation_seconds: float = 1.0
    truncation_share: float = 0.02
    truncation_bytes: int = 4096
    stray_reach: float = 2.0
    stray_packets: int = 40
    drift: float = 0.05
    hold: float = 2.0
    view_s: float = 300.0
    attempts_per_stream: int = 3000
    clip_height: int = 360
    clip_fps: float = 10.0
    clip_audio_bitrate: int = 48_000
    clip_quality: int = 28
    shortest_clip: float = 0.2
    surge_window: int = 25
    surge_ratio: float = 3.0
    surge_bytes: float = 200.0
    cut_reach: float = 0.8
    cut_step: float = 2.0
    cut_ratio: float = 2.0
    jump_ratio: float = 1.3
    cut_near: int = 12
    cut_least_near: int = 6
    cut_apart: float = 0.3
    cuts_looked: int = 6
    cuts_every: float = 60.0
    stall_ratio: float = 3.0
    least_stall: float = 0.5
    step_back_slack: float = 0.05
    edit_slack: float = 0.5
    helper: HelperLimits = HelperLimits()


DEFAULT = MediaSettings()
