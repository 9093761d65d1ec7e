"""What the page of a session draws besides the findings: who speaks and is seen when, each character with its time, and
how loud each party is.

Nothing here says what the machine made of it, so those who review a sample see it too.
"""

import base64
import threading
from functools import partial
from typing import IO, Annotated, Any

import numpy as np
from fastapi import APIRouter, Depends
from numpy.typing import NDArray
from pydantic import BaseModel

from api.http.access import Kept, Served, Trail, allow, audited
from api.http.caller import Caller
from api.http.media import SessionId, Version
from api.http.problems import declares
from api.http.visibility import REVIEWERS, is_masked, refuse_own_sale, session_of
from engine import revising
from engine.errors import MingjianError
from engine.evidence import Evidence, Role, Transcript, Utterance
from engine.inspection import Inspection, PaperSummary
from engine.language.folding import is_punctuation
from engine.media.settings import MediaSettings
from engine.media.waveform import PER_SECOND, Waveform, from_bytes, waveform_of
from engine.parties import parties
from engine.report.mask import Masker
from engine.revising import Stored
from engine.store import sessions
from engine.store.sessions import PartRow, SessionRow
from engine.store.store import Store

router = APIRouter(prefix="/v1/sessions/{session_id}", tags=["录音录像与结果 / media and results"])
Viewer = Annotated[Caller, Depends(allow(*REVIEWERS, "auditor"))]
Span = tuple[float, float]
AT_ONCE = threading.BoundedSemaphore(2)
"""Recordings whose waveform is made at the same time; what is made once is kept."""


class Place(BaseModel):
    """A part on the session's clock. `kind`: media | chat."""

    index: int
    kind: str
    name: str
    offset: float
    duration: float
    video: bool
    audio: bool


class Voice(BaseModel):
    """A voice, and the role it plays; `why` explains the role in Chinese."""

    id: str
    role: Role
    confidence: float
    seconds: float
    why: str


class Line(BaseModel):
    """An utterance. `timing`: for each character that was spoken four numbers: its place in `text`, its length there,
    its beginning after `start` and its duration, both in milliseconds. `human`: a person corrected it."""

    id: int
    start: float
    end: float
    speaker: str | None
    role: Role
    text: str
    confidence: float
    timing: list[int]
    human: bool


class Seen(BaseModel):
    """Somebody who was seen, and when."""

    id: str
    role: Role
    spans: list[Span]


class Done(BaseModel):
    """Somebody signs or copies before the camera."""

    start: float
    end: float
    kind: str
    document: str


class Rule(BaseModel):
    """An item that a missed violation can fall under."""

    id: str
    title: str
    kind: str
    severity: str


class Timeline(BaseModel):
    """Spans are pairs of seconds of the session. `speech`: where anybody was heard. `judged`: where faces could have
    been seen; None without a picture. `nominal`: times are made up, from a record without any."""

    version: int
    duration: float
    nominal: bool
    parts: list[Place]
    voices: list[Voice]
    lines: list[Line]
    speech: list[Span]
    overlaps: list[Span]
    people: list[Seen]
    judged: list[Span] | None
    papers: list[PaperSummary]
    acts: list[Done]
    rules: list[Rule]


class PartySound(BaseModel):
    """How loud one role is: one byte for each stretch, in base64."""

    role: Role
    speakers: list[str]
    peaks: str


class Sound(BaseModel):
    """`per_second` stretches a second, each the largest amplitude in it (255: full scale). `rest`: nobody's sound."""

    per_second: int
    length: int
    parties: list[PartySound]
    rest: str


@router.get("/timeline", response_model=Timeline, responses=declares("not_found", "not_inspected", "blob_missing"))
def timeline(
    session_id: SessionId,
    caller: Viewer,
    store: Kept,
    trail: Annotated[Trail, Depends(audited("timeline.view"))],
    version: Version = None,
) -> Timeline:
    """时间轴：谁在何时说话、出镜，逐字时间 / Who speaks and is seen when, each character with its time."""
    row, parts = _session(store, caller, session_id)
    found = revising.stored(store, session_id, version)
    evidence = _evidence(store, found)
    trail.write(caller.name, f"session/{session_id}", version=found.row.version)
    masker = Masker.for_order(row.order) if is_masked(caller) else None
    return _timeline(found, evidence, parts, masker)


@router.get(
    "/waveform",
    response_model=Sound,
    responses=declares("not_found", "blob_missing", "blobs_unavailable", "output_full"),
)
def waveform(session_id: SessionId, caller: Viewer, served: Served, version: Version = None) -> Sound:
    """各方的波形 / How loud each party is over time."""
    store: Store = served.store
    _, parts = _session(store, caller, session_id)
    try:
        found: Stored | None = revising.stored(store, session_id, version)
    except MingjianError as error:
        if error.code != "not_inspected":
            raise
        found = None
    transcript = _evidence(store, found).transcript if found else None
    whole = _whole(store, served.settings.media, parts, found.inspection if found else None)
    voices, rest = parties(whole, PER_SECOND, transcript)
    return Sound(
        per_second=PER_SECOND,
        length=whole.shape[1],
        parties=[PartySound(role=one.role, speakers=list(one.speakers), peaks=_packed(one.peaks)) for one in voices],
        rest=_packed(rest),
    )


def _session(store: Store, caller: Caller, session_id: str) -> tuple[SessionRow, tuple[PartRow, ...]]:
    with store.database.reading() as s:
        row = session_of(s, caller, session_id)
        refuse_own_sale(caller, row)
        if row.state == "purged":
            raise MingjianError("not_found", thing="session", id=session_id)
        return row, tuple(sessions.parts(s, session_id))


def _evidence(store: Store, found: Stored) -> Evidence:
    """The evidence with people's corrections over it, as the inspection saw it."""
    return revising.corrected_evidence(store, found.row)


def _timeline(found: Stored, evidence: Evidence, parts: tuple[PartRow, ...], masker: Masker | None) -> Timeline:
    heard, scene, inspection = evidence.transcript, evidence.scene, found.inspection

    def hide(text: str) -> str:
        return masker.text(text) if masker else text

    return Timeline(
        version=found.row.version,
        duration=inspection.recording.duration,
        nominal=heard.nominal if heard else False,
        parts=_places(inspection, parts, masker),
        voices=[
            Voice(
                id=one.id, role=one.role, confidence=one.confidence, seconds=one.speech_seconds, why=hide(one.why)
            )
            for one in (heard.speakers if heard else ())
        ],
        lines=[_line(one, heard, masker) for one in heard.utterances] if heard else [],
        speech=_spans(heard.speech) if heard else [],
        overlaps=_spans(heard.overlaps) if heard else [],
        people=[Seen(id=one.id, role=one.role, spans=_spans(one.intervals)) for one in (scene.people if scene else ())],
        judged=_spans(scene.judged) if scene else None,
        papers=[
            PaperSummary(one.start, one.end, hide(one.title), hide(one.text))
            for one in (inspection.scene.papers if inspection.scene else ())
        ],
        acts=[
            Done(start=one.interval.start, end=one.interval.end, kind=one.kind, document=hide(one.document))
            for one in ((scene.acts or ()) if scene else ())
        ],
        rules=[
            Rule(id=one.id, title=one.title, kind=one.kind, severity=one.severity)
            for one in {item.id: item for item in inspection.items}.values()
        ],
    )  # fmt: skip


def _places(inspection: Inspection, rows: tuple[PartRow, ...], masker: Masker | None) -> list[Place]:
    """The parts as they were sent; a text record has no place on the clock but the whole."""
    found = []
    for row, part in zip(rows, inspection.recording.parts, strict=False):
        name = masker.text(row.file_name) if masker else row.file_name
        found.append(
            Place(
                index=row.index,
                kind=row.kind,
                name=name,
                offset=part.offset,
                duration=part.duration,
                video=part.video is not None,
                audio=part.audio is not None,
            )
        )
    return found


def _line(said: Utterance, heard: Transcript, masker: Masker | None) -> Line:
    text = masker.text(said.text) if masker else said.text
    span = said.interval
    return Line(
        id=said.id,
        start=span.start,
        end=span.end,
        speaker=said.speaker,
        role=said.role,
        text=text,
        confidence=round(said.confidence, 3),
        timing=timing_of(said, heard) if len(text) == len(said.text) else [],
        human=any(one & span for one in heard.corrected),
    )


def timing_of(said: Utterance, heard: Transcript) -> list[int]:
    """Where in the text of an utterance each of its characters stands, and when it is heard (see Line)."""
    found: list[int] = []
    place = 0
    for one in heard.characters[said.first : said.last]:
        if is_punctuation(one.text):
            continue
        at = said.text.find(one.text, place)
        if at < 0:
            continue  # written another way in the text
        begin = round(1000 * (one.interval.start - said.interval.start))
        found += [at, len(one.text), begin, round(1000 * one.interval.duration)]
        place = at + len(one.text)
    return found


def _spans(intervals: Any) -> list[Span]:
    return [(round(one.start, 3), round(one.end, 3)) for one in intervals]


def _whole(
    store: Store, settings: MediaSettings, rows: tuple[PartRow, ...], inspection: Inspection | None
) -> NDArray[np.uint8]:
    """The waveforms of all parts, each at its place; channels that a part lacks are its last one's."""
    made = [(row.index, _waveform(store, settings, row)) for row in rows if row.kind == "media"]
    channels = max((len(one.peaks) for _, one in made), default=0)
    if not channels:
        return np.zeros((0, 0), dtype=np.uint8)
    offsets = [part.offset for part in inspection.recording.parts] if inspection else []
    placed, reached = [], 0
    for index, one in made:
        first = round(offsets[index] * PER_SECOND) if index < len(offsets) else reached
        reached = first + one.peaks.shape[1]
        placed.append((first, one.peaks))
    whole = np.zeros((channels, reached), dtype=np.uint8)
    for first, peaks in placed:
        for channel in range(channels if len(peaks) else 0):
            whole[channel, first : first + peaks.shape[1]] = peaks[min(channel, len(peaks) - 1)]
    return whole


def _waveform(store: Store, settings: MediaSettings, row: PartRow) -> Waveform:
    try:
        with store.blobs.derived(row.blob, "waveform", partial(_make, store, settings, row.blob)) as path:
            return from_bytes(path.read_bytes())
    except MingjianError as error:
        if not error.code.startswith("media_"):
            raise
        return Waveform(np.zeros((0, 0), dtype=np.uint8))  # what cannot be decoded makes no sound


def _make(store: Store, settings: MediaSettings, blob: str, target: IO[bytes]) -> None:
    with AT_ONCE, store.blobs.local(blob) as path:
        target.write(waveform_of([path], settings).to_bytes())


def _packed(peaks: NDArray[np.uint8]) -> str:
    return base64.b64encode(peaks.tobytes()).decode("ascii")
