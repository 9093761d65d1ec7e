"""Whose mouth gave an answer: where the picture shows that somebody else answered, a person looks.

It says nothing where mouths were not looked at or could not be read; a voice that goes with the right mouth proves
nothing either, it only takes a doubt away.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from engine.evidence import Person, Role, Scene, Speaking
from engine.inspection import Answer, Finding
from engine.interval import Interval
from engine.rules.case import Case
from engine.rules.judgement import ROLE_NAMES, Ruling


@dataclass(frozen=True, slots=True)
class Seen:
    """Whose mouth speaks over a span: `person` None for nobody in the picture."""

    speaking: Speaking
    person: Person | None

    def role(self, floor: float) -> Role:
        """The role of that person where it is told surely enough, else unknown."""
        known = self.person is not None and self.person.confidence >= floor
        return self.person.role if self.person is not None and known else "unknown"


def seen_at(case: Case, span: Interval, least_score: float | None = None) -> Seen | None:
    """What the picture tells of who speaks over `span`; None where it tells nothing with the probability `least_score`
    (by default that of the settings).
    """
    scene = case.evidence.scene
    if scene is None or scene.speaking is None:
        return None
    best = max(scene.speaking, key=lambda one: one.interval.overlap(span), default=None)
    if best is None or best.interval.overlap(span) < SHARED * min(span.duration, best.interval.duration):
        return None
    floor = case.settings.mouth_floor if least_score is None else least_score
    if best.bound == "untold" or best.score < floor:
        return None
    return Seen(best, _person(scene, best.person))


SHARED = 0.5
"""Share of the shorter of both that an answer and an utterance looked at have in common, if they are the same."""


def _person(scene: Scene, name: str | None) -> Person | None:
    return next((one for one in scene.people if one.id == name), None)


def with_face(case: Case, answer: Answer) -> Answer:
    """The answer with the face whose mouth gave it, where that is told."""
    span = _span(answer)
    seen = seen_at(case, span) if span is not None else None
    return replace(answer, face=seen.person.id) if seen is not None and seen.person is not None else answer


def doubt(case: Case, answer: Answer, roles: Collection[Role]) -> Ruling | None:
    """Why an answer by a voice of `roles` may be somebody else's: another's mouth moved, or nobody's in the picture."""
    span = _span(answer)
    if span is None or answer.role not in roles:
        return None
    seen = seen_at(case, span)
    if seen is None:
        return None
    quote = answer.quote or ""
    if seen.speaking.bound == "nobody":
        return Ruling("review", "answered_off_screen", {"quote": quote})
    role = seen.role(case.settings.role_floor)
    if role in ("unknown", *roles):
        return None
    return Ruling("review", "answered_by_other_face", {"quote": quote, "role": ROLE_NAMES[role]})


def by_face(case: Case, window: Interval, roles: Collection[Role]) -> Seen | None:
    """An utterance in `window` by another voice, during which the mouth of somebody of `roles` moved: perhaps the
    answer, given to the wrong voice.
    """
    scene = case.evidence.scene
    for one in scene.speaking or () if scene is not None else ():
        if one.interval.start not in window or one.bound != "face" or one.score < case.settings.mouth_floor:
            continue
        seen = Seen(one, _person(scene, one.person) if scene is not None else None)
        if seen.role(case.settings.role_floor) in roles and _role_of_voice(case, one) not in roles:
            return seen
    return None


def _role_of_voice(case: Case, speaking: Speaking) -> Role:
    return case.hearing.transcript.role_of(speaking.speaker)


def findings(case: Case, answer: Answer | None, ruling: Ruling) -> Sequence[Finding]:
    """The clip of an answer that the picture casts doubt on."""
    span = _span(answer) if answer is not None else None
    if answer is None or span is None or ruling.code not in CODES:
        return ()
    seen = seen_at(case, span)
    score = seen.speaking.score if seen is not None else 0.0
    matched = "口型" if seen is None or seen.person is None else f"口型（{seen.person.id}）"
    return (
        Finding(
            round(span.start, 3),
            round(span.end, 3),
            answer.role or "unknown",
            answer.quote or "",
            matched,
            "face",
            round(score, 4),
        ),
    )


CODES = ("answered_off_screen", "answered_by_other_face", "answer_voice_doubtful")


def _span(answer: Answer) -> Interval | None:
    if answer.start is None or answer.end is None or answer.end <= answer.start:
        return None
    return Interval(answer.start, answer.end)
