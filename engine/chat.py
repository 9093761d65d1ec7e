"""Text records: an online chat or a transcript as JSON utterances, judged by the same rules as a recording.

```json
{"utterances": [{"role": "agent", "text": "您今天购买的是一款保险产品，您清楚吗？", "at": "2026-11-02T10:12:00+08:00"},
                {"role": "customer", "text": "清楚。", "start": 12.0, "end": 13.0}]}
```

A record enters where a recording's transcript would. There is no sound to be measured or asked and no picture. Where
any line is without `start` and `end`, the times are nominal for all of them: one line after the other, as long as its
text takes to say. How quickly somebody answered or spoke is then not judged.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from engine import reasons
from engine.errors import MingjianError
from engine.evidence import (
    Character,
    Continuity,
    Evidence,
    Media,
    Part,
    Quality,
    Role,
    Speaker,
    Transcript,
    Turn,
    Utterance,
)
from engine.inspection import Note
from engine.interval import Interval
from engine.language.folding import is_punctuation
from engine.media.container import check_file, sha256_of
from engine.stages import Stages

SUFFIX = ".json"
CONTAINER = "json"
LARGEST_BYTES = 16 * 1024 * 1024
SKIPPED = "text_record"
WHY = "文字记录中注明"
CHARACTER_S = 0.2  # nominal time of one character, and the pauses between lines and at punctuation
BETWEEN_LINES_S = 0.5
PAUSE_S = 0.3
PIECE = re.compile(r"[A-Za-z]+|[0-9]+(?:\.[0-9]+)?|\S")


Seconds = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class _Line(BaseModel):
    """One line of the record. Times in seconds from its beginning; `at` is when it was written."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    role: Role
    text: Annotated[str, Field(max_length=20_000)]
    start: Seconds | None = None
    end: Seconds | None = None
    at: datetime | None = None

    @model_validator(mode="after")
    def _in_order(self) -> "_Line":
        if (self.start is None) != (self.end is None):
            raise ValueError("start 和 end 要一起给 / start and end go together")
        if self.start is not None and self.end is not None and self.end < self.start:
            raise ValueError("end 早于 start / end lies before start")
        return self


class _Record(BaseModel):
    """The whole record."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    utterances: Annotated[tuple[_Line, ...], Field(min_length=1, max_length=100_000)]


@dataclass(frozen=True)
class Chat:
    """An opened text record: what a session is to a recording."""

    paths: tuple[Path, ...]
    media: Media
    transcript: Transcript
    continuity: Continuity = field(default_factory=Continuity)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing is held open."""

    def evidence(self, stages: Stages, names: Sequence[str]) -> Evidence:
        """The record as evidence. `names` are the stages that a recording would have gone through: they are skipped."""
        for name in names:
            stages.note(name, "skipped", SKIPPED)
        return Evidence(self.media, self.transcript, None, Quality(), stages.reports(tuple(names)))

    @property
    def notes(self) -> tuple[Note, ...]:
        """What readers of the inspection have to know of the record."""
        return (Note("times_nominal", reasons.text("times_nominal")),) if self.transcript.nominal else ()

    def audio(self) -> None:
        """A text record has no sound."""

    def frame_at(self, time: float) -> None:
        """A text record has no picture."""

    def cut(self, interval: Interval, target: Path) -> Path:
        """Raises ValueError: there is nothing to cut a clip from."""
        raise ValueError(f"a text record has no clip {target.name} at {interval}")


def is_chat(paths: Sequence[Path]) -> bool:
    """Whether the parts of a session are text records. Raises MingjianError `chat_mixed` where only some are."""
    text = [path.suffix.lower() == SUFFIX for path in paths]
    if any(text) and not all(text):
        raise MingjianError("chat_mixed", path=paths[text.index(True)])
    return bool(text) and all(text)


def open_chat(paths: Sequence[Path]) -> Chat:
    """Open the text records `paths` of one session, part after part.

    Raises MingjianError `media_*` for a file that cannot be read, `chat_unreadable` for what is no text record.
    """
    records = [_read(path) for path in paths]
    nominal = any(line.start is None for record in records for line in record.utterances)
    parts: list[Part] = []
    lines: list[tuple[_Line, Interval]] = []
    offset = 0.0
    for path, record in zip(paths, records, strict=True):
        placed = list(_nominal(record.utterances) if nominal else _stated(record.utterances))
        duration = round(max(span.end for _, span in placed) + BETWEEN_LINES_S, 3)
        lines += [(line, span.shifted(offset)) for line, span in placed]
        parts.append(
            Part(path.name, sha256_of(path), path.stat().st_size, CONTAINER, duration, offset, video=None, audio=None)
        )
        offset = round(offset + duration, 3)
    first = next((line.at for line, _ in lines if line.at), None)
    recorded_at = first.isoformat() if first else None
    return Chat(tuple(paths), Media(tuple(parts), offset, recorded_at), _transcript(lines, nominal))


def _read(path: Path) -> _Record:
    check_file(path)
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise MingjianError("chat_unreadable", path=path, detail=f"> {LARGEST_BYTES} bytes")
        return _Record.model_validate_json(path.read_bytes().removeprefix(b"\xef\xbb\xbf"))
    except ValidationError as error:
        faults = error.errors(include_input=False, include_url=False)[:5]
        detail = "; ".join(f"{'.'.join(map(str, fault['loc'])) or 'JSON'}: {fault['msg']}" for fault in faults)
        raise MingjianError("chat_unreadable", path=path, detail=detail) from error
    except OSError as error:
        raise MingjianError("chat_unreadable", path=path, detail=error.strerror or error) from error


def _stated(lines: Sequence[_Line]) -> Iterator[tuple[_Line, Interval]]:
    """Lines with the times they state, in order of time."""
    spans = ((line, Interval(line.start or 0.0, line.end or 0.0)) for line in lines)
    return iter(sorted(spans, key=lambda one: (one[1].start, one[1].end)))


def _nominal(lines: Sequence[_Line]) -> Iterator[tuple[_Line, Interval]]:
    clock = 0.0
    for line in lines:
        clock += BETWEEN_LINES_S
        seconds = sum(weight for _, weight in _weighed(line.text))
        yield line, Interval(round(clock, 3), round(clock + seconds, 3))
        clock += seconds


def _weighed(text: str) -> list[tuple[str, float]]:
    """The characters and words of `text`, each with the time it takes; it ends with the last that is spoken."""
    pieces = PIECE.findall(text)
    while pieces and is_punctuation(pieces[-1]):
        pieces.pop()
    return [(piece, PAUSE_S if is_punctuation(piece) else CHARACTER_S * len(piece)) for piece in pieces]


def _transcript(lines: Sequence[tuple[_Line, Interval]], nominal: bool) -> Transcript:
    characters: list[Character] = []
    utterances: list[Utterance] = []
    for line, span in lines:
        spoken = list(_spread(line, span))
        if not spoken:
            continue
        first = len(characters)
        characters += spoken
        text = " ".join(line.text.split())
        utterances.append(Utterance(len(utterances) + 1, span, line.role, line.role, text, 1.0, first, len(characters)))
    roles: tuple[Role, ...] = tuple(dict.fromkeys(one.role for one in utterances))
    speakers = tuple(Speaker(role, role, float(role != "unknown"), _seconds(role, utterances), WHY) for role in roles)
    return Transcript(
        characters=tuple(characters),
        utterances=tuple(utterances),
        speakers=speakers,
        turns=tuple(Turn(one.interval, one.role) for one in utterances),
        speech=tuple(one.interval for one in utterances),
        nominal=nominal,
    )


def _spread(line: _Line, span: Interval) -> Iterator[Character]:
    """The characters of a line over its time, each as long as it takes beside the others; punctuation is a pause."""
    weighed = _weighed(line.text)
    whole = sum(weight for _, weight in weighed)
    clock = 0.0
    for piece, weight in weighed:
        start, clock = clock, clock + weight
        if not is_punctuation(piece):
            times = (min(span.end, span.start + span.duration * share / whole) for share in (start, clock))
            yield Character(piece, Interval(*times), 1.0, line.role, 1.0)


def _seconds(role: Role, utterances: Sequence[Utterance]) -> float:
    return round(sum(one.interval.duration for one in utterances if one.role == role), 3)
