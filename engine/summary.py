"""Evidence as readers of an inspection meet it: voices, conversation, people, quality and coverage in plain records."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from engine.evidence import Evidence, Lifeless, Paper, Person, Quality, Scene, Speaking, Transcript
from engine.inspection import (
    Coverage,
    PaperSummary,
    PersonSummary,
    SceneSummary,
    SpeakerSummary,
    SpeakingSummary,
    UtteranceSummary,
)
from engine.interval import total
from engine.report.mask import Masker

HIDDEN_FIELDS = ("id_number", "licence_no")
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
    people = tuple(_person(one, found.lifeless or ()) for one in found.people)
    papers = tuple(_paper(one) for one in found.papers)
    share = _short(found.same_frame_share()) if total(found.judged) else None
    return SceneSummary(people, share, papers, _speaking(found.speaking))


def _paper(paper: Paper) -> PaperSummary:
    """A paper; names and numbers on a card are hidden, they are compared and never repeated."""
    text = paper.text
    if paper.kind != "paper":
        masker = Masker(paper.values("name"), tuple(one.value for one in paper.fields if one.name in HIDDEN_FIELDS))
        text = masker.text(text)
    return PaperSummary(
        _short(paper.interval.start),
        _short(paper.interval.end),
        paper.title,
        text,
        paper.kind,
        None if paper.legibility is None else _short(paper.legibility),
        None if paper.seen is None else _short(paper.seen),
        None if paper.box is None else paper.box.rounded(DIGITS + 1),
    )


def _person(person: Person, lifeless: Sequence[Lifeless]) -> PersonSummary:
    return PersonSummary(
        person.id,
        person.role,
        _short(person.seconds),
        tuple((_short(one.start), _short(one.end)) for one in person.intervals),
        _short(person.confidence),
        person.why,
        tuple(
            (_short(one.interval.start), _short(one.interval.end), one.how)
            for one in lifeless
            if one.person == person.id
        ),
    )


def _speaking(found: Sequence[Speaking] | None) -> tuple[SpeakingSummary, ...] | None:
    if found is None:
        return None
    return tuple(
        SpeakingSummary(
            _short(one.interval.start),
            _short(one.interval.end),
            one.speaker,
            one.bound,
            one.person,
            _short(one.score),
            one.reason,
        )
        for one in found
    )


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
