"""Look at a made situation with one operator, written as in a rule file."""

from dataclasses import replace
from functools import cache

from engine import reasons
from engine.evidence import (
    AudioStream,
    Character,
    Continuity,
    Evidence,
    Media,
    Part,
    Quality,
    Scene,
    Speaker,
    Transcript,
    Turn,
    VideoStream,
)
from engine.interval import Interval, union
from engine.order import Order, parse_order
from engine.rules import load
from engine.rules.case import Case, sale_date
from engine.rules.hearing import Hearing
from engine.rules.operators.base import Context, Outcome, Said, Situation
from engine.rules.operators.catalogue import by_key
from engine.rules.orders import OrderView
from engine.rules.ruleset import RuleSet

HD = VideoStream(1280, 720, 25.0, "h264")
SOUND = AudioStream(16000, 1, "aac")


@cache
def rules() -> RuleSet:
    return load("face_to_face")


def part(name="a.mp4", duration=100.0, offset=0.0, video=HD, audio=SOUND, sha256="ab"):
    return Part(name, sha256, 1, "mp4", duration, offset, video, audio)


def turn(start, end, speaker):
    return Turn(Interval(start, end), speaker)


def voices(*turns, text=None, sure=1.0, cps=4.0, overlaps=(), unsure=(), likeness=None, probability=0.9):
    """A transcript of turns (start, end, role), one voice per role: each says `text`, or `cps` characters a second."""
    spoken = []
    for start, end, role in turns:
        said = text or "话" * int((end - start) * cps)
        step = (end - start) / len(said)
        spoken += [
            Character(letter, Interval(start + i * step, start + (i + 1) * step), probability, role, 1.0)
            for i, letter in enumerate(said)
        ]
    roles = dict.fromkeys(role for _, _, role in turns)
    speakers = [
        Speaker(role, role, 0.2 if role in unsure else sure, sum(e - s for s, e, r in turns if r == role), "")
        for role in roles
    ]
    return Transcript(
        characters=tuple(sorted(spoken, key=lambda one: one.interval)),
        utterances=(),
        speakers=tuple(speakers),
        turns=tuple(turn(*one) for one in turns),
        speech=union(Interval(start, end) for start, end, _ in turns),
        overlaps=tuple(Interval(*one) for one in overlaps),
        likeness=likeness,
    )


def session(transcript=None, scene=None, sound=None, picture=None, parts=None, stages=(), **continuity):
    """Evidence; by default 100 s of film in one file."""
    parts = parts or (part(),)
    end = max(one.interval.end for one in parts)
    quality = Quality(sound, picture, Continuity(**continuity))
    return Evidence(Media(tuple(parts), end), transcript, scene, quality, tuple(stages))


def heard_only(evidence: Evidence) -> Evidence:
    """The same without a picture."""
    parts = tuple(replace(one, video=None) for one in evidence.media.parts)
    return replace(evidence, media=replace(evidence.media, parts=parts), scene=None)


def scene(*people, judged=((0.0, 100.0),), too_small=(), **fields) -> Scene:
    spans = tuple(Interval(*one) for one in judged)
    return Scene(people, (), (Interval(0.0, 100.0),), spans, tuple(Interval(*one) for one in too_small), **fields)


def said(item, start, end, until=None):
    return {item: (Said(item, Interval(start, end), until),)}


def look(written, evidence=None, order=None, said=None, items=None, context=None, product=None) -> Outcome:
    """What the operator `written` ({key: parameters}) comes to. Its sentence is rendered in both languages."""
    ((key, parameters),) = written.items()
    given = order if isinstance(order, Order) else parse_order(order or {})
    evidence = evidence or session()
    day = sale_date(given.recorded_at.date() if given.recorded_at else None, None)
    view = OrderView(given, day, given.products[product] if product is not None else None)
    settings = rules().settings
    hearing = Hearing(
        evidence.transcript or Transcript((), (), (), (), ()),
        rules().vocabulary,
        settings.role_floor,
        settings.clause_pause_s,
        settings.sentence_pause_s,
    )
    case = Case(evidence, rules(), view, hearing)
    situation = Situation(case, view, said or {}, items or {}, context or Context())
    outcome = by_key()[key].model_validate(parameters).look(situation)
    assert outcome.ruling is not None
    for language in ("zh", "en"):
        reasons.text(outcome.ruling.code, language, **outcome.ruling.details)
    return outcome


def told(outcome: Outcome) -> tuple[str, str]:
    """State and reason code."""
    assert outcome.ruling is not None
    return outcome.state, outcome.ruling.code


def sentence(outcome: Outcome) -> str:
    assert outcome.ruling is not None
    return outcome.ruling.sentence
