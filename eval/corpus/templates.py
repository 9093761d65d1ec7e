"""What synthetic sessions are made of, read from configs/eval and checked: phrases, scenarios, and shares of faults."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, Self, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from engine.errors import MingjianError
from engine.evidence import PaperKind
from engine.order import Channel, DesignType, Scenario
from eval.corpus.manifest import Split
from eval.synth.voices import VOICES

CONFIGS = Path(__file__).resolve().parents[2] / "configs" / "eval"
LARGEST_FILE_BYTES = 4 * 1024 * 1024

Fault = Literal[
    "none",
    "missing",
    "near_miss",
    "wrong_number",
    "denial",
    "no_answer",
    "other_person",
    "forbidden",
    "negated",
    "weak_answer",
    "wrong_order",
]
Picture = Literal[
    "none", "left_frame", "dark", "black", "freeze", "blur", "third_person", "cut", "offset", "dropout", "hum"
]
Sex = Literal["女", "男"]
Extent = Literal["whole", "brief"]
Condition = Literal["clean", "noise", "telephone", "overlap"]
Number = Literal["premium", "years", "days", "period", "waiting"]
Kind = Literal["accident", "life", "annuity", "health", "dividend"]
Tag = Literal["single", "regular", "accident", "life", "annuity", "health", "dividend", "bank", "dual_recorded"]

Phrases = Annotated[tuple[str, ...], Field(min_length=2)]
Weight = Annotated[int, Field(ge=0, le=1000)]
Seconds = Annotated[float, Field(ge=0, le=30)]
Chosen = TypeVar("Chosen")


class Section(BaseModel):
    """Base of all parts: immutable; a field nobody knows is a fault."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Instead(Section):
    """What is said instead of an item. `also`: items that this violates besides."""

    say: str
    answer: str | None = None
    also: tuple[str, ...] = ()


class ItemPhrases(Section):
    """Wordings of one item, by kind of sale, and what may go wrong with it."""

    say: dict[str, Phrases]
    answer: str | None = None
    near: tuple[str | Instead, ...] = ()
    near_answer: str | None = None
    negated: tuple[str | Instead, ...] = ()
    numbers: tuple[Number, ...] = ()
    kept_in: tuple[Tag, ...] = ()
    """Kinds of sale in which other items say as much: it is never left out there."""

    def wordings(self, tags: Sequence[str]) -> tuple[str, ...]:
        """Those of the first kind in the file that fits `tags`, else the default ones."""
        return next((one for key, one in self.say.items() if key in tags), self.say.get("default", ()))

    def instead(self, given: str | Instead, near: bool) -> Instead:
        """A phrase said instead of the item, with the group its answer is drawn from."""
        answer = self.near_answer or self.answer if near else self.answer
        return (
            Instead(say=given, answer=answer)
            if isinstance(given, str)
            else given.model_copy(update={"answer": given.answer or answer})
        )


class Closing(Section):
    """How a session ends."""

    agent: Phrases
    customer: Phrases


class Bank(Section):
    """All phrases. Of each list every other entry belongs to the tuning split, the rest to the test split."""

    schema_: Annotated[Literal[1], Field(alias="schema")]
    items: dict[str, ItemPhrases]
    answers: dict[str, Phrases]
    denials: dict[str, Phrases]
    weak: dict[str, Phrases]
    reactions: Phrases
    others: dict[str, Phrases]
    forbidden: dict[str, Phrases]
    closing: Closing

    @model_validator(mode="after")
    def _groups_are_there(self) -> Self:
        faults = [
            f"items.{name}: no answers called {group!r}"
            for name, item in self.items.items()
            for group in (item.answer, item.near_answer)
            if group and group not in self.answers
        ]
        faults += [f"denials.{name}: no such answers" for name in self.denials if name not in self.answers]
        faults += [f"others.{name}: no such answers" for name in self.others if name not in self.answers]
        faults += [] if "default" in self.weak else ["weak: no default"]
        faults += [f"items.{name}: nothing to say" for name, item in self.items.items() if not item.say]
        if faults:
            raise ValueError("; ".join(faults))
        return self


class When(Section):
    """An item said only in sales of one of these kinds."""

    item: str
    when: tuple[Tag, ...] = ()


class AnyOrder(Section):
    """Groups of items whose order does not matter."""

    any_order: tuple[tuple[str | When, ...], ...]


class PartOf(Section):
    """A stretch of items shared by several scenarios."""

    part: str


Step = str | When | AnyOrder | PartOf


class WrongOrder(Section):
    """How the order of steps is violated: `late` said after `after`, against the rule `rule`."""

    rule: str
    late: str
    after: str


class ScenarioTemplate(Section):
    """One scenario. `call`: made by telephone, with one voice per channel in every other session."""

    channels: Annotated[tuple[Channel, ...], Field(min_length=1)]
    steps: tuple[Step, ...]
    wrong_order: WrongOrder
    forbidden: Annotated[tuple[str, ...], Field(min_length=1)]
    call: bool = False


class InsurerTemplate(Section):
    """An insurer that does not exist."""

    name: str
    short_name: str


class AgentTemplate(Section):
    """A salesperson who does not exist."""

    name: str
    staff_no: str


class ProductTemplate(Section):
    """One kind of product. Without `cover_years` it covers the whole life; premiums in yuan."""

    kind: Kind
    weight: Weight
    names: Phrases
    line: Literal["life", "health", "medical", "accident", "annuity"]
    design_type: DesignType = "普通型"
    cover_years: tuple[int, ...] = ()
    waiting_days: tuple[int, ...] = ()
    modes: tuple[Literal["single", "regular"], ...]
    premiums: Phrases
    coverage: Phrases


class Scenarios(Section):
    """Scenarios, and the people, companies and products in them."""

    schema_: Annotated[Literal[1], Field(alias="schema")]
    parts: dict[str, tuple[Step, ...]] = {}
    left_out_when_brief: tuple[str, ...] = ()
    scenarios: dict[Scenario, ScenarioTemplate]
    insurers: tuple[InsurerTemplate, ...]
    banks: tuple[str, ...]
    surnames: tuple[str, ...]
    given_names: dict[Sex, tuple[str, ...]]
    agents: tuple[AgentTemplate, ...]
    products: tuple[ProductTemplate, ...]
    payment_years: tuple[int, ...]
    cooling_off_days: tuple[int, ...]
    exclusions: Phrases

    def steps(self, scenario: Scenario) -> Iterator[str | When | AnyOrder]:
        """The steps of a scenario, shared stretches filled in."""
        for step in self.scenarios[scenario].steps:
            if isinstance(step, PartOf):
                yield from (one for one in self.parts[step.part] if not isinstance(one, PartOf))
            else:
                yield step

    @model_validator(mode="after")
    def _parts_are_there(self) -> Self:
        wanted = {step.part for one in self.scenarios.values() for step in one.steps if isinstance(step, PartOf)}
        if wanted - set(self.parts):
            raise ValueError(f"no such parts: {sorted(wanted - set(self.parts))}")
        return self


class Sheet(Section):
    """A paper or card held into the picture: its words have slots, `y` is its middle (share of the frame). `proves`:
    the items that pass by it; `signed`: the customer signs it. Without `scenarios` it belongs into all."""

    title: Annotated[str, Field(max_length=40)]
    kind: PaperKind = "paper"
    lines: tuple[Annotated[str, Field(max_length=200)], ...] = ()
    proves: tuple[str, ...] = ()
    signed: bool = False
    scenarios: tuple[Scenario, ...] = ()
    width_px: Annotated[int, Field(ge=40, le=3000)] = 420
    y: Annotated[float, Field(ge=0, le=1)] = 0.95


class Film(Section):
    """A small picture: pixels, frames per second, the height of faces from forehead to chin, and what is shown in it
    one after the other; to sign takes `signing_s`. `designs`: the products of which nothing more must be shown."""

    width: Annotated[int, Field(ge=64, le=3840, multiple_of=2)]
    height: Annotated[int, Field(ge=64, le=2160, multiple_of=2)]
    fps: Annotated[int, Field(ge=1, le=60)]
    face_px: Annotated[int, Field(ge=16, le=600)]
    designs: tuple[DesignType, ...]
    signing_s: Annotated[float, Field(gt=0, le=30)] = 2.0
    sheets: tuple[Sheet, ...] = ()


class Shares(Section):
    """What a corpus is made of: shares of faults and conditions, voices, pauses in seconds, levels in dB."""

    schema_: Annotated[Literal[1], Field(alias="schema")]
    faults: dict[Fault, Weight]
    pictures: dict[Picture, Weight]
    film: Film
    conditions: dict[Condition, Weight]
    extents: dict[Extent, Weight]
    noise_snr_db: Annotated[float, Field(ge=-10, le=60)]
    overlap_gap_s: Annotated[float, Field(ge=-5, le=0)]
    overlap_share: Annotated[float, Field(ge=0, le=1)]
    voices: dict[Sex, Annotated[tuple[str, ...], Field(min_length=2)]]
    same_sex_every: Annotated[int, Field(ge=1)]
    others_answer: tuple[Annotated[int, Field(ge=1)], Annotated[int, Field(ge=1)]]
    gap_s: tuple[Seconds, Seconds]
    no_answer_gap_s: Seconds
    splits: dict[Split, Weight]

    @model_validator(mode="after")
    def _usable(self) -> Self:
        strangers = sorted({voice for voices in self.voices.values() for voice in voices} - set(VOICES))
        if strangers:
            raise ValueError(f"unknown voices {strangers}; there are {', '.join(VOICES)}")
        for name in ("faults", "conditions", "extents", "splits"):
            if not sum(getattr(self, name).values()):
                raise ValueError(f"{name}: all shares are zero")
        return self


Read = TypeVar("Read", bound=Section)


def read(path: Path, model: type[Read]) -> Read:
    """A checked file of templates. Raises MingjianError `corpus_plan` with every fault."""
    try:
        if path.stat().st_size > LARGEST_FILE_BYTES:
            raise MingjianError("corpus_plan", path=path.name, detail=f"> {LARGEST_FILE_BYTES} bytes")
        return model.model_validate(yaml.safe_load(path.read_text(encoding="utf-8-sig")))
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise MingjianError("corpus_plan", path=path.name, detail=faults) from error
    except (OSError, ValueError, yaml.YAMLError, RecursionError) as error:
        raise MingjianError("corpus_plan", path=path.name, detail=" ".join(str(error).split())) from error


@cache
def bank() -> Bank:
    """The phrases of configs/eval."""
    return read(CONFIGS / "phrases.yaml", Bank)


@cache
def scenarios() -> Scenarios:
    """The scenarios of configs/eval."""
    return read(CONFIGS / "scenarios.yaml", Scenarios)


@cache
def shares() -> Shares:
    """The usual make-up of a corpus, of configs/eval."""
    return read(CONFIGS / "corpus.yaml", Shares)


def of_split(phrases: Sequence[Chosen], split: Split) -> Sequence[Chosen]:
    """The entries of a list that sessions of `split` may use: every other one, so that no phrase is in two splits.

    >>> of_split("abcd", "tuning"), of_split("abcd", "test"), of_split("abcd", "gate")
    ('ac', 'bd', 'abcd')
    """
    if split == "gate" or len(phrases) < 2:
        return phrases
    return phrases[0::2] if split == "tuning" else phrases[1::2]


def weights_of(given: Mapping[Chosen, int]) -> list[Chosen]:
    """The names of a mapping of weights whose weight is not zero, in the file's order."""
    return [name for name, weight in given.items() if weight]
