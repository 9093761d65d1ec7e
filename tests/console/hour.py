"""An hour of recording: the demo session again and again, its picture, sound and evidence moved along."""

from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import av

from engine.evidence import Evidence, Transcript
from engine.inspection import Inspection
from engine.interval import Interval

Thing = TypeVar("Thing")


def repeated_file(source: Path, target: Path, times: int, length: float) -> None:
    """`source` `times` over in one file, nothing encoded anew; each begins `length` seconds after the one before."""
    with av.open(str(target), "w", options={"movflags": "faststart"}) as out:
        streams: dict[int, Any] = {}
        for round_ in range(times):
            with av.open(str(source)) as given:
                for stream in given.streams:
                    if stream.index not in streams:
                        streams[stream.index] = out.add_stream_from_template(stream)
                for packet in given.demux():
                    if packet.dts is None or packet.pts is None:
                        continue
                    later = round(round_ * length / packet.time_base)
                    packet.pts += later
                    packet.dts += later
                    packet.stream = streams[packet.stream.index]
                    out.mux(packet)


def repeated_evidence(evidence: Evidence, times: int, length: float) -> Evidence:
    """The conversation `times` over; utterances have numbers of their own."""
    heard = evidence.transcript
    assert heard is not None
    count, size = len(heard.utterances), len(heard.characters)
    rounds = [_later(heard, round_ * length) for round_ in range(times)]
    said = tuple(
        replace(one, id=one.id + round_ * count, first=one.first + round_ * size, last=one.last + round_ * size)
        for round_, each in enumerate(rounds)
        for one in each.utterances
    )
    whole = replace(
        heard,
        characters=tuple(one for each in rounds for one in each.characters),
        utterances=said,
        turns=tuple(one for each in rounds for one in each.turns),
        speech=tuple(one for each in rounds for one in each.speech),
    )
    return replace(evidence, transcript=whole)


def lasting(inspection: Inspection, length: float) -> Inspection:
    """The inspection of a recording of `length` seconds in one part."""
    parts = tuple(replace(one, duration=length) for one in inspection.recording.parts)
    return replace(inspection, recording=replace(inspection.recording, parts=parts, duration=length))


def _later(heard: Transcript, by: float) -> Transcript:
    return replace(
        heard,
        characters=tuple(_moved(one, by) for one in heard.characters),
        utterances=tuple(_moved(one, by) for one in heard.utterances),
        turns=tuple(_moved(one, by) for one in heard.turns),
        speech=tuple(_moved(one, by) for one in heard.speech),
    )


def _moved(thing: Thing, by: float) -> Thing:
    if isinstance(thing, Interval):
        return Interval(thing.start + by, thing.end + by)  # type: ignore[return-value]
    if is_dataclass(thing) and "interval" in {one.name for one in fields(thing)}:
        return replace(thing, interval=_moved(thing.interval, by))  # type: ignore[attr-defined]
    return thing
