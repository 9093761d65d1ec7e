"""Clips and key frames: what a reviewer plays and sees instead of searching the recording.

An item's findings become clips with a little time around them; where the item has an answer, the clip runs from the end
of the question to the end of the answer. Spans that nearly touch are one clip, and equal spans of two items share a
file.
"""

import re
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol, TypeVar

from engine.errors import MingjianError
from engine.inspection import Finding, Inspection, Item, PlaceInFrame
from engine.interval import Interval, union
from engine.report.output import PLACE_ERRORS, PRIVATE_FILE, is_output_error, private_folder, write_private
from engine.report.words import SEVERITY_RANK, VERDICT_RANK

T = TypeVar("T")

CLIPS, FRAMES = "clips", "frames"
BOX_COLOUR = (214, 48, 32)


@dataclass(frozen=True, slots=True)
class ClipSettings:
    """Seconds around a finding and an answer, and how much is kept in all.

    `at_most` clips are written for a session and `per_item` for an item, those that need a person first. A clip longer
    than `longest` keeps its end where there is an answer, else its beginning. `threads` clips are cut at a time.
    """

    around: float = 0.8
    question_lead: float = 2.0
    answer_tail: float = 1.0
    question_reach: float = 15.0
    join_gap: float = 2.0
    longest: float = 24.0
    per_item: int = 3
    at_most: int = 60
    frame_width: int = 480
    jpeg_quality: int = 78
    threads: int = 2


class Picture(Protocol):
    """A decoded frame: `image` is height x width x 3, uint8, RGB."""

    @property
    def image(self) -> Any: ...


class Footage(Protocol):
    """What clips are cut from (engine.media.session.Session), by several threads at once."""

    def cut(self, interval: Interval, target: Path) -> Path: ...

    def frame_at(self, time: float) -> Picture | None: ...


@dataclass(frozen=True, slots=True)
class Shot:
    """One clip to be cut: for the findings `findings` (indices) of the item `item` (index)."""

    item: int
    findings: tuple[int, ...]
    interval: Interval


@dataclass(frozen=True, slots=True)
class Illustrated:
    """The items with their clips and frames named. `failed` clips could not be cut, `left_out` were too many."""

    items: tuple[Item, ...]
    failed: int
    left_out: int


def plan(inspection: Inspection, settings: ClipSettings) -> tuple[Shot, ...]:
    """Every clip worth having, the items that need a person first, at most `per_item` each."""
    ranked = sorted(
        range(len(inspection.items)),
        key=lambda i: (VERDICT_RANK[inspection.items[i].verdict], SEVERITY_RANK[inspection.items[i].severity], i),
    )
    duration = inspection.recording.duration
    shots = (shot for index in ranked for shot in _shots(index, inspection.items[index], duration, settings))
    return tuple(shots)


def _shots(index: int, item: Item, duration: float, settings: ClipSettings) -> Iterator[Shot]:
    session = Interval(0.0, duration)
    spans = [Interval(f.start, f.end).widened(settings.around) for f in item.evidence]
    answer = _answer_span(item, settings)
    joined = union([*spans, answer] if answer and spans else spans, gap=settings.join_gap)
    kept = 0
    for span in joined:
        inside = span & session
        held = tuple(i for i, one in enumerate(spans) if one.overlap(span) > 0)
        if inside is None or not held or kept == settings.per_item:
            continue
        kept += 1
        ends_in_answer = answer is not None and answer.overlap(span) > 0
        yield Shot(index, held, _shortened(inside, settings.longest, ends_in_answer))


def _answer_span(item: Item, settings: ClipSettings) -> Interval | None:
    """From shortly before the question's end to shortly after the answer; the answer alone when that is far away."""
    answer = item.answer
    if answer is None or answer.start is None or answer.end is None:
        return None
    asked = [f.end for f in item.evidence if f.end <= answer.end and answer.start - f.end <= settings.question_reach]
    start = min(max(asked), answer.start) if asked else answer.start
    return Interval(start, max(start, answer.end)).widened(settings.question_lead, settings.answer_tail)


def _shortened(span: Interval, longest: float, keep_end: bool) -> Interval:
    if span.duration <= longest:
        return span
    return Interval(span.end - longest, span.end) if keep_end else Interval(span.start, span.start + longest)


def illustrate(
    inspection: Inspection, footage: Footage, folder: Path, settings: ClipSettings, tell: Callable[[int, int], None]
) -> Illustrated:
    """Write clips and key frames below `folder`; `tell` hears how many of how many are done.

    A span that cannot be decoded costs only its clip. Raises OSError or MingjianError `output_*` when `folder` cannot
    be written to.
    """
    items = list(inspection.items)
    recording = inspection.recording
    shots = plan(inspection, settings) if recording.has_video or recording.has_audio else ()
    if not shots:
        return Illustrated(tuple(items), 0, 0)
    has_video = recording.has_video
    targets = _targets(shots, items, private_folder(folder / CLIPS), ".mp4" if has_video else ".m4a", settings.at_most)
    kept = [shot for shot in shots if shot.interval in targets]
    moments = _moments(kept, items) if has_video else {}
    boxes = _boxes(kept, items)
    if moments:
        private_folder(folder / FRAMES)
    made = _Steps(len(targets) + len(moments), tell)
    with ThreadPoolExecutor(settings.threads) as threads:
        clips = {
            span: threads.submit(made.step, _cut, footage, span, target) for span, target in sorted(targets.items())
        }
        frames = {
            second: threads.submit(made.step, _frame, footage, time, folder, second, boxes.get(second, []), settings)
            for second, time in sorted(moments.items())
        }
        try:
            stills = {second: future.result() for second, future in frames.items()}
            for shot in kept:
                clip = clips[shot.interval].result()
                items[shot.item] = _shown(items[shot.item], shot.findings, clip, stills)
        except BaseException:
            threads.shutdown(cancel_futures=True)
            raise
    failed = sum(future.result() is None for future in clips.values())
    return Illustrated(tuple(items), failed, len(shots) - len(kept))


def _targets(
    shots: Sequence[Shot], items: Sequence[Item], folder: Path, suffix: str, at_most: int
) -> dict[Interval, Path]:
    """A file for each span of the first shots, named after the item that needs it first."""
    targets: dict[Interval, Path] = {}
    used: Counter[str] = Counter()
    for shot in shots:
        if shot.interval in targets or len(targets) == at_most:
            continue
        stem = _file_stem(items[shot.item])
        used[stem] += 1
        number = f"-{used[stem]}" if used[stem] > 1 else ""
        targets[shot.interval] = folder / f"{stem}{number}{suffix}"
    return targets


def _moments(shots: Sequence[Shot], items: Sequence[Item]) -> dict[int, float]:
    """When a key frame is taken: once in a second for all findings."""
    moments: dict[int, float] = {}
    for shot in shots:
        for index in shot.findings:
            moment = _moment(items[shot.item].evidence[index])
            moments.setdefault(int(moment), moment)
    return moments


def _moment(finding: Finding) -> float:
    """When the finding's key frame is taken: where it was seen, else in its middle."""
    return finding.at if finding.at is not None else (finding.start + finding.end) / 2


def _boxes(shots: Sequence[Shot], items: Sequence[Item]) -> dict[int, list[PlaceInFrame]]:
    """What is framed in each key frame."""
    boxes: dict[int, list[PlaceInFrame]] = {}
    for shot in shots:
        for one in (items[shot.item].evidence[index] for index in shot.findings):
            if one.box is not None and one.box not in boxes.setdefault(int(_moment(one)), []):
                boxes[int(_moment(one))].append(one.box)
    return boxes


class _Steps:
    """Counts what is done, from several threads."""

    def __init__(self, total: int, tell: Callable[[int, int], None]) -> None:
        self._lock = threading.Lock()
        self._done, self._total, self._tell = 0, total, tell
        tell(0, total)

    def step(self, work: Callable[..., T], *arguments: Any) -> T:
        """The result of `work`; one more is done."""
        result = work(*arguments)
        with self._lock:
            self._done += 1
            self._tell(self._done, self._total)
        return result


def _cut(footage: Footage, interval: Interval, target: Path) -> str | None:
    """Path of the clip below the result's folder; None where the recording yields none."""
    try:
        made = footage.cut(interval, target)
    except MingjianError as error:
        target.unlink(missing_ok=True)
        if error.code in PLACE_ERRORS:
            raise
        return None
    except (OSError, ValueError) as error:  # PyAV's errors are one or the other
        target.unlink(missing_ok=True)
        if isinstance(error, OSError) and is_output_error(error):
            raise
        return None
    made.chmod(PRIVATE_FILE)
    return f"{CLIPS}/{made.name}"


def _shown(item: Item, findings: Sequence[int], clip: str | None, frames: dict[int, str | None]) -> Item:
    """The item with clip and frame named at `findings` (indices)."""
    evidence = tuple(
        replace(one, clip=clip, frame=frames.get(int(_moment(one)))) if index in findings else one
        for index, one in enumerate(item.evidence)
    )
    return replace(item, evidence=evidence)


def _frame(
    footage: Footage, time: float, folder: Path, second: int, boxes: Sequence[PlaceInFrame], settings: ClipSettings
) -> str | None:
    """Path of the key frame below the result's folder, with `boxes` drawn in it; None where no picture is on show."""
    picture = footage.frame_at(time)
    if picture is None:
        return None
    target = folder / FRAMES / f"{second:04d}.jpg"
    write_private(target, to_jpeg(picture.image, settings, boxes))
    return f"{FRAMES}/{target.name}"


def to_jpeg(image: Any, settings: ClipSettings, boxes: Sequence[PlaceInFrame] = ()) -> bytes:
    """An RGB picture (height, width, 3) as JPEG, at most `frame_width` wide, with `boxes` drawn around what counts."""
    import cv2

    height, width = image.shape[:2]
    if width > settings.frame_width:
        size = (settings.frame_width, max(1, round(height * settings.frame_width / width)))
        image = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    if boxes:
        image, (height, width) = image.copy(), image.shape[:2]
        for left, top, across, down in boxes:
            corner, other = (left * width, top * height), ((left + across) * width, (top + down) * height)
            ends = [(round(x), round(y)) for x, y in (corner, other)]
            cv2.rectangle(image, ends[0], ends[1], BOX_COLOUR, 2, cv2.LINE_AA)
    quality = [cv2.IMWRITE_JPEG_QUALITY, settings.jpeg_quality]
    done, data = cv2.imencode(".jpg", cv2.cvtColor(image, cv2.COLOR_RGB2BGR), quality)
    if not done:
        raise ValueError("the frame could not be encoded as JPEG")
    return bytes(data)


def _file_stem(item: Item) -> str:
    """The item's id as a file name; rule sets are other people's files."""
    safe = re.sub(r"[^\w-]", "_", item.id)[:60]
    return safe if item.product_index is None else f"{safe}-p{item.product_index + 1}"
