"""Label Studio's JSON export: regions with a speaker and a text, choices for items and for the session.

A region's label is the speaker (`客户`, `agent` ...); `presence:客户` marks who is in the picture, `fault:dark` what is
wrong. A choice named after an item (`dr_cooling_off`) is its verdict, one named `verdict` the session's. Of several
annotations the ground truth counts, else the last that was not cancelled.
"""

import json
import re
from pathlib import Path, PurePosixPath
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from engine.inspection import SessionVerdict, Verdict
from engine.interval import Interval
from eval.corpus.labelling import Labelled, interval, read_text, role_of, unreadable
from eval.corpus.manifest import FaultSpan, LabelledTurn, LabelledUtterance, Labels, PresenceSpan

UPLOAD = re.compile(r"^[0-9a-f]{8}-")
MEDIA_KEYS = ("audio", "video", "media", "url")
MOST_TASKS, MOST_REGIONS = 100_000, 200_000
Words = Annotated[tuple[str, ...], Field(max_length=1000)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class _Value(_Part):
    start: float | None = None
    end: float | None = None
    labels: Words = ()
    choices: Words = ()
    text: str | Words = ()


class _Region(_Part):
    id: str = ""
    from_name: str = ""
    type: str
    value: _Value


class _Annotation(_Part):
    result: Annotated[tuple[_Region, ...], Field(max_length=MOST_REGIONS)] = ()
    was_cancelled: bool = False
    ground_truth: bool = False


class _Task(_Part):
    data: dict[str, Any]
    annotations: tuple[_Annotation, ...] = ()


VERDICTS: TypeAdapter[Verdict] = TypeAdapter(Verdict)
SESSION_VERDICTS: TypeAdapter[SessionVerdict] = TypeAdapter(SessionVerdict)
TASKS: TypeAdapter[tuple[_Task, ...]] = TypeAdapter(Annotated[tuple[_Task, ...], Field(max_length=MOST_TASKS)])


def read_labelstudio(path: Path) -> tuple[Labelled, ...]:
    """Labels of every task of an export. Raises MingjianError `labels_unreadable` with all faults."""
    try:
        tasks = TASKS.validate_python(json.loads(read_text(path)))
    except ValidationError as error:
        faults = [f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors(include_url=False)]
        raise unreadable(path, faults) from error
    except (ValueError, RecursionError) as error:
        raise unreadable(path, [str(error)]) from error
    found, faults = [], []
    for number, task in enumerate(tasks):
        try:
            labels = _labels(task)
            if labels is not None:
                found.append(Labelled(_stem(task), labels))
        except ValueError as error:
            faults.append(f"[{number}] {_said(error)}")
    if faults:
        raise unreadable(path, faults)
    return tuple(found)


def _stem(task: _Task) -> str:
    given = next((task.data[key] for key in MEDIA_KEYS if isinstance(task.data.get(key), str)), None)
    if given is None:
        raise ValueError(f"data 里没有 {'、'.join(MEDIA_KEYS)}；no media in data")
    return UPLOAD.sub("", PurePosixPath(given.split("?")[0]).stem)


def _labels(task: _Task) -> Labels | None:
    kept = [one for one in task.annotations if not one.was_cancelled]
    if not kept:
        return None
    chosen = next((one for one in kept if one.ground_truth), kept[-1])
    spans: dict[str, Interval] = {}
    names: dict[str, str] = {}
    texts: dict[str, str] = {}
    items: dict[str, Verdict] = {}
    verdict: SessionVerdict | None = None
    for region in chosen.result:
        value = region.value
        if value.start is not None and value.end is not None:
            spans[region.id] = interval(value.start, value.end)
        if value.labels:
            names[region.id] = value.labels[0]
        if value.text:
            texts[region.id] = value.text if isinstance(value.text, str) else " ".join(value.text)
        if value.choices and region.from_name == "verdict":
            verdict = SESSION_VERDICTS.validate_python(value.choices[0])
        elif value.choices:
            items[region.from_name] = VERDICTS.validate_python(value.choices[0])
    spoken = [one for one in spans if not names.get(one, "").startswith(("presence:", "fault:"))]
    spoken.sort(key=lambda one: spans[one])
    return Labels(
        utterances=tuple(
            LabelledUtterance(texts[one], role_of(names.get(one, "")), names.get(one), spans[one])
            for one in spoken
            if one in texts
        )
        if texts
        else None,
        turns=tuple(LabelledTurn(names[one], spans[one]) for one in spoken if one in names) or None,
        items=items or None,
        verdict=verdict,
        presence=tuple(PresenceSpan(after, span) for after, span in _marked("presence:", names, spans)) or None,
        faults=tuple(FaultSpan(after, span) for after, span in _marked("fault:", names, spans)) or None,
    )


def _marked(prefix: str, names: dict[str, str], spans: dict[str, Interval]) -> list[tuple[str, Interval]]:
    return [
        (name.removeprefix(prefix), spans[one])
        for one, name in names.items()
        if name.startswith(prefix) and one in spans
    ]


def _said(error: ValueError) -> str:
    return "; ".join(str(e["msg"]) for e in error.errors()) if isinstance(error, ValidationError) else str(error)
