"""The words of configs/language/doubts.yaml, checked field by field and compiled.

All patterns are regular expressions on folded text without punctuation; the alternatives of a list are tried as one.
"""

from dataclasses import dataclass, field
from typing import Annotated, Literal

import regex
from pydantic import Field

from engine.rules.patterns import compiled
from engine.rules.schema import Part, Phrases, Seconds, Sign

NOTHING = compiled("(?!)")


class NegatedPart(Part):
    """Negations `before` a concept's words (at most `gap_chars` letters between) or right `after` them, in one clause.

    `except`: a match that lies inside one of these is no negation.
    """

    before: Phrases = ()
    after: Phrases = ()
    gap_chars: Annotated[int, Field(ge=0)] = 3
    except_: Annotated[Phrases, Field(alias="except")] = ()


class SignPart(Part):
    """A sign stands before a concept in its sentence, or `after` it too. `unless`: words between that lift it."""

    any: Annotated[Phrases, Field(min_length=1)]
    unless: Phrases = ()
    after: bool = False


class ConfirmingPart(Part):
    """What makes a question one for confirmation; `except`: what shows that it is about something else."""

    any: Phrases = ()
    except_: Annotated[Phrases, Field(alias="except")] = ()


class ContraryPart(Part):
    """`except`: what, in the sentence that says the opposite, shows that it is of something else."""

    except_: Annotated[Phrases, Field(alias="except")] = ()


class FiguresPart(Part):
    """`not_meant`: right before a figure, says that it is not the value. The other two make it a bound of a range."""

    not_meant: Phrases = ()
    range_before: str = "(?!)"
    range_after: str = "(?!)"


class DoubtsPart(Part):
    """configs/language/doubts.yaml. `reach_chars`: how far a sign stands from a concept at most; `taken_back_s`: how
    many seconds a correction reaches back.
    """

    schema_: Annotated[Literal[1], Field(alias="schema")]
    reach_chars: Annotated[int, Field(gt=0)]
    taken_back_s: Seconds
    negated: NegatedPart = NegatedPart()
    signs: dict[Sign, SignPart] = Field(default={})
    contrary: ContraryPart = ContraryPart()
    taken_back: Phrases = ()
    confirming: ConfirmingPart = ConfirmingPart()
    figures: FiguresPart = FiguresPart()


@dataclass(frozen=True, slots=True)
class SignPatterns:
    """schema: SignPart, compiled."""

    any: regex.Pattern[str]
    unless: regex.Pattern[str]
    after: bool


@dataclass(frozen=True, slots=True)
class Doubts:
    """configs/language/doubts.yaml, compiled. The default doubts nothing."""

    reach: int = 0
    taken_back_s: float = 0.0
    negation: regex.Pattern[str] = NOTHING
    negation_after: regex.Pattern[str] = NOTHING
    negation_gap: int = 0
    no_negation: regex.Pattern[str] = NOTHING
    signs: dict[Sign, SignPatterns] = field(default_factory=dict)
    not_contrary: regex.Pattern[str] = NOTHING
    taken_back: regex.Pattern[str] = NOTHING
    confirming: regex.Pattern[str] = NOTHING
    not_confirming: regex.Pattern[str] = NOTHING
    not_meant: regex.Pattern[str] = NOTHING
    range_before: regex.Pattern[str] = NOTHING
    range_after: regex.Pattern[str] = NOTHING


def compile_doubts(part: DoubtsPart) -> Doubts:
    """Doubts, compiled. Raises regex.error for a broken pattern."""
    return Doubts(
        reach=part.reach_chars,
        taken_back_s=part.taken_back_s,
        negation=_any(part.negated.before),
        negation_after=_any(part.negated.after),
        negation_gap=part.negated.gap_chars,
        no_negation=_any(part.negated.except_),
        signs={name: SignPatterns(_any(sign.any), _any(sign.unless), sign.after) for name, sign in part.signs.items()},
        not_contrary=_any(part.contrary.except_),
        taken_back=_any(part.taken_back),
        confirming=_any(part.confirming.any),
        not_confirming=_any(part.confirming.except_),
        not_meant=compiled(f"(?:{'|'.join(part.figures.not_meant)})$") if part.figures.not_meant else NOTHING,
        range_before=compiled(part.figures.range_before),
        range_after=compiled(part.figures.range_after),
    )


def _any(texts: Phrases) -> regex.Pattern[str]:
    return compiled("|".join(f"(?:{text})" for text in texts)) if texts else NOTHING
