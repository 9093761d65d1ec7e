"""The words of a rule set file, checked field by field. `engine.rules.compiling` turns them into what evaluation uses.

A phrase is what people say, matched on folded text and on toneless pinyin. `…` inside a phrase stands for up to six
other
characters (`……` for twelve), `|` separates alternatives of the part it stands in: 是|属于…保险产品|保险合同.
"""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from engine.inspection import Severity, Verdict
from engine.language.answers import AnswerResult
from engine.order import Channel, Scenario

Speaking = Literal["agent", "system"]
Answering = Literal["customer", "insured"]
Polarity = Literal["affirm", "deny", "deny_soft", "any"]
Reaction = Literal["pass", "fail", "review", "refused", "asked", "silent"]
Force = Literal["required", "cautious_reading", "practice"]
Phrase = Annotated[str, Field(min_length=1)]
Phrases = tuple[Phrase, ...]
Share = Annotated[float, Field(ge=0, le=1)]
Seconds = Annotated[float, Field(gt=0)]
LEAST_RECALL = 0.95
Recall = Annotated[float, Field(ge=LEAST_RECALL, le=1)]
"""What a detector must find at least before its "not seen" can fail anything."""

Detector = Literal["face", "mouth", "paper", "writing", "voice"]
Sign = Literal["other_product", "hearsay", "questioned", "left_out", "made_good", "unreal"]
Doubt = Literal["negated", "contrary", "taken_back", "other_question"] | Sign


class Part(BaseModel):
    """Base of all parts of a rule set: immutable, unknown fields are faults."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class NumberPart(Part):
    """A spoken number followed by one of `unit`; without unit only from `bare_from` on.

    `near`: one of these phrases stands within `near_chars` characters of it. `not_near`: a figure nearer to one of
    these words than to the item's own (`near`, else the first concept's) is another duty's.
    """

    unit: Annotated[Phrases, Field(min_length=1)]
    bare_from: int | None = None
    near: Phrases = ()
    near_chars: Annotated[int, Field(gt=0)] = 10
    not_near: Phrases = ()
    below: int | None = None


class ConceptPart(Part):
    """One thing that has to be said: any of the phrases, a number, a regular expression, or a choice.

    `except`: a hit that lies inside one of these phrases is no hit. `equals`: field of the order that the number,
    choice or
    name must agree with. `similar`: the order field's own text is what has to be said, homophones allowed.
    `if_said`: of a fact, silence about it is no finding. `may_be_negated`: a negation before it is no doubt.
    """

    concept: Annotated[str, Field(min_length=1)]
    any: Phrases = ()
    except_: Annotated[Phrases, Field(alias="except")] = ()
    regex: Phrases = ()
    number: NumberPart | None = None
    choices: dict[str, Phrases] = {}
    similar: str | None = None
    equals: str | None = None
    if_said: bool = False
    may_be_negated: bool = False
    pinyin: bool = True
    applies_if: str | None = None

    @model_validator(mode="after")
    def _says_something(self) -> "ConceptPart":
        if not (self.any or self.regex or self.number or self.choices or self.similar):
            raise ValueError(
                "要有 any、number、choices、regex 或 similar 之一 / needs any, number, choices, regex or similar"
            )
        if self.equals and not (self.number or self.choices):
            raise ValueError("equals 要和 number 或 choices 一起用 / equals needs number or choices")
        return self


class ExpectWhenPart(Part):
    """`any` of these phrases in the question turns the polarity that is expected."""

    any: Annotated[Phrases, Field(min_length=1)]
    expect: Polarity


class StatedPart(Part):
    """A fact that the answer may state instead of a yes, where one of `asked` stands in the question. `field` of the
    order is what it is compared with, `as` what kind of fact it is.
    """

    field: Annotated[str, Field(min_length=1)]
    as_: Annotated[Literal["birth_date", "id_number", "name", "address"], Field(alias="as")]
    asked: Annotated[Phrases, Field(min_length=1)]


class ExamplePart(Part):
    """A small dialogue with its verdict. `answer` is the customer's reply, `order` the application data."""

    say: Annotated[str, Field(min_length=1)]
    answer: str | None = None
    order: dict[str, Any] = {}
    verdict: Verdict


class ExamplesPart(Part):
    """Sentences that pass the rule and sentences that fail it. A good answer is supplied where the rule asks for
    one.
    """

    pass_: Annotated[Phrases, Field(alias="pass")] = ()
    fail: Phrases = ()
    other: tuple[ExamplePart, ...] = ()


class RulePart(Part):
    """What every rule states about itself. `replaces`: the rule of this id is left out where this one is included."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    title: Annotated[str, Field(min_length=1)]
    basis: Annotated[tuple[str, ...], Field(min_length=1)]
    severity: Severity
    force: Force = "required"
    scenarios: tuple[Scenario, ...] = ()
    channels: tuple[Channel, ...] = ()
    regions: tuple[str, ...] = ()
    applies_if: str | None = None
    per_product: bool = False
    valid_from: date | None = None
    valid_to: date | None = None
    replaces: str | None = None
    fix: str | None = None
    note: str | None = None


class DisclosurePart(RulePart):
    """Something that must be said, and answered where `ack` asks for it.

    `must`: concepts, all within `window_s`. `unless`: negations that cancel the concepts of their clause. `should`:
    concepts
    whose absence a person looks at. `facts`: values compared with the order where the order has them. `summary`: one
    yes may
    acknowledge this item together with those before it. `stated`: facts that an answer may state.
    `may`: signs of doubt (doubt_schema) that do not matter here.
    """

    says: tuple[Speaking, ...] = ("agent", "system")
    answered_by: Answering = "customer"
    window_s: Seconds | None = None
    must: Annotated[tuple[ConceptPart, ...], Field(min_length=1)]
    should: tuple[ConceptPart, ...] = ()
    facts: tuple[ConceptPart, ...] = ()
    unless: Phrases = ()
    ack: Literal["none", "required"] = "none"
    expect: Polarity = "affirm"
    expect_when: tuple[ExpectWhenPart, ...] = ()
    stated: tuple[StatedPart, ...] = ()
    summary: bool = False
    optional: bool = False
    may: tuple[Doubt, ...] = ()
    examples: ExamplesPart = ExamplesPart()


class ForbiddenPart(RulePart):
    """Something that must not be said. `unless`: guards that cancel a hit of the same clause or sentence."""

    says: tuple[Speaking, ...] = ("agent",)
    any: Phrases = ()
    regex: Phrases = ()
    except_: Annotated[Phrases, Field(alias="except")] = ()
    unless: Phrases = ()
    guard_scope: Literal["clause", "sentence"] = "clause"
    examples: ExamplesPart = ExamplesPart()

    @model_validator(mode="after")
    def _forbids_something(self) -> "ForbiddenPart":
        if not (self.any or self.regex):
            raise ValueError("要有 any 或 regex / needs any or regex")
        return self


class LevelPart(Part):
    """A level of the metric: shares `below` this."""

    below: Share


class FailLevelPart(LevelPart):
    """The level that fails. `min_recall`: it counts only where the detector finds at least this share (`recall`)."""

    min_recall: Recall = LEAST_RECALL


class VisualWindowPart(Part):
    """From the disclosure `from` to the last answer (or the end). `missing_anchor`: what holds when `from` was never
    said.
    """

    from_: Annotated[str, Field(alias="from")]
    to: Literal["last_answer", "end"] = "end"
    missing_anchor: Literal["inconclusive", "whole", "not_applicable", "fail"] = "inconclusive"


class VisualPart(RulePart):
    """Something that must be seen, as a share of time. Levels are looked at from `fail` to `warn`; none reached is a
    pass. `recall`: what the detector finds under the conditions of this rule, where that was measured; else the
    settings' `detector_recall`.
    """

    metric: Literal["same_frame"]
    window: VisualWindowPart | None = None
    warn: LevelPart | None = None
    review: LevelPart | None = None
    fail: FailLevelPart | None = None
    recall: Share | None = None


class SettingsPart(Part):
    """Figures shared by all rules of the set; every one can be changed here.

    `coverage_floor`: least share of speech with text for an absence to count; `picture_floor`: least share of the
    window in which faces could be judged. `role_floor`: a voice with a less certain role is doubtful. `min_snr_db`,
    `min_confidence`: below either, an absence cannot be judged. `confirm_margin`: least acoustic margin that confirms a
    near match. `negation_margin`: a yes whose negation scores above it is unclear. `sure_probability`: where every
    character was recognised with at least this, no other word is guessed at. `name_share`, `name_doubt`: similarity
    from which a spoken name is the order's name, and from which a person must look. `number_confidence`: a number
    recognised with less is not compared, a person looks. `mouth_floor`: from which probability on it counts what the
    picture tells of who speaks.

    `miss_reach_s`: so far around the nearest miss of an item the same guards hold: speech without text, noise, overlap,
    unsure recognition and doubtful voices there make it inconclusive; `max_overlap` and `max_doubtful` are the largest
    shares of speech for that.
    """

    window_s: Seconds = 60.0
    coverage_floor: Share = 0.8
    picture_floor: Share = 0.5
    role_floor: Share = 0.5
    min_snr_db: float = 10.0
    min_confidence: Share = 0.5
    miss_reach_s: Seconds = 5.0
    max_overlap: Share = 0.3
    max_doubtful: Share = 0.5
    confirm_margin: float = -6.0
    negation_margin: float = -3.0
    sure_probability: Share = 0.93
    name_share: Share = 0.8
    name_doubt: Share = 0.6
    number_confidence: Share = 0.6
    clause_pause_s: Seconds = 0.25
    sentence_pause_s: Seconds = 1.0
    guard_window_chars: Annotated[int, Field(gt=0)] = 14
    pattern_seconds: Annotated[float, Field(gt=0, le=10)] = 0.25
    mouth_floor: Share = 0.9
    detector_recall: dict[Detector, Share] = {}


class AnswerWindowPart(Part):
    """How long, and how early, an answer may come."""

    max_wait_s: Seconds
    overlap_s: Annotated[float, Field(ge=0)]
    join_s: Seconds


class AnswerTextPart(Part):
    """How an answer is written before it is classified.

    `negations`: one of these, said by another voice less than `edge_s` seconds before a yes, makes it unclear: it may
    be the answer's own first word, given to the wrong voice.
    """

    comma_pause_s: Seconds
    min_confidence: Share
    edge_s: Seconds = 0.0
    negations: Phrases = ()


class AnswerClassPart(Part):
    """One class of answers."""

    name: str
    result: AnswerResult
    strip: bool = False
    any: Annotated[Phrases, Field(min_length=1)]


class ConfirmPart(Part):
    """Which answers are checked against the sound, and against which negation.

    A yes that was hardly recognised counts where none of its negations scores above `unsure_margin` (nats). An answer
    that merely resembles one of `guesses` counts as that yes where the sound supports it by `guess_margin` and each of
    its negations scores less by `unsure_margin`.
    """

    severity: tuple[Severity, ...]
    unsure_margin: float = -6.0
    guess_margin: float = -6.0
    guesses: Phrases = ()
    pairs: tuple[tuple[str, str], ...]


class AnswersPart(Part):
    """configs/language/answers.yaml"""

    schema_: Annotated[Literal[1], Field(alias="schema")]
    window: AnswerWindowPart
    text: AnswerTextPart
    echoes: Phrases = ()
    homophones: Phrases = ()
    classes: Annotated[tuple[AnswerClassPart, ...], Field(min_length=1)]
    confirm: ConfirmPart
    verdicts: dict[Polarity, dict[AnswerResult, Reaction]]


class ClausePart(Part):
    """One instrument: `title` and number, `articles` by name where the clause key needs words."""

    title: str
    number: str = ""
    effective: date | None = None
    status: str = ""


class ClausesPart(Part):
    """configs/clauses.yaml"""

    schema_: Annotated[Literal[1], Field(alias="schema")]
    instruments: dict[str, ClausePart]
    facts: dict[str, str] = {}


class ConfusionsPart(Part):
    """configs/language/confusions.yaml. `other_words`: words of their own that merely sound like a phrase's word."""

    schema_: Annotated[Literal[1], Field(alias="schema")]
    other_words: dict[str, Phrases]
