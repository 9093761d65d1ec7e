"""Evidence as readers of an inspection meet it: voices, conversation, people, quality and coverage in plain records."""

from functools import cache
from typing import Any

from pydantic import TypeAdapter

from engine.evidence import Evidence, Quality, Scene, Transcript
from engine.inspection import (
    Coverage,
    PaperSummary,
    PersonSummary,
    SceneSummary,
    SpeakerSummary,
    UtteranceSummary,
)
from engine.interval import total

DIGITS = 3  # milliseconds: finer than any stage measures


def speakers(transcript: Transcript | None) -> tuple[SpeakerSummary, ...]:
    """The voices; empty without a transcript."""
    if transcript is None:
        return ()
    return tuple(
        SpeakerSummary(one.id, one.role, _short(one.confidence), _short(one.speech_seconds), one.why)
        for one in transcript.speakers
    )


def utterances(transcript: Transcript | None) -> tuple[UtteranceSummary, ...]:
    """The conversation in order; empty without a transcript."""
    if transcript is None:
        return ()
    return tuple(
        UtteranceSummary(
            one.id,
            _short(one.interval.start),
            _short(one.interval.end),
            one.speaker,
            one.role,
            one.text,
            _short(one.confidence),
        )
        for one in transcript.utterances
    )


def scene(found: Scene | None) -> SceneSummary | None:
    """Who was in frame; None without a picture. The share is None where no picture could be judged."""
    if found is None:
        return None
    people = tuple(
        PersonSummary(
            one.id, one.role, _short(one.seconds), tuple((_short(i.start), _short(i.end)) for i in one.intervals)
        )
        for one in found.people
    )
    papers = tuple(
        PaperSummary(_short(one.interval.start), _short(one.interval.end), one.title, one.text) for one in found.papers
    )
    share = _short(found.same_frame_share()) if total(found.judged) else None
    return SceneSummary(people, share, papers)


def quality(measured: Quality) -> dict[str, Any]:
    """Quality of sound, picture and stream as JSON values; a part without its stream is an empty object."""
    return {name: part or {} for name, part in _quality().dump_python(measured, mode="json").items()}


@cache
def _quality() -> TypeAdapter[Quality]:
    return TypeAdapter(Quality)


def coverage(evidence: Evidence) -> Coverage:
    """Shares of speech with text and of judged picture; None without such a stream."""
    return Coverage(
        speech=_short(evidence.speech_coverage()) if evidence.media.has_audio else None,
        picture=_short(evidence.picture_coverage()) if evidence.media.has_video else None,
    )


def _short(value: float) -> float:
    return round(value, DIGITS)
