"""What is said aloud: the examples inside the rule sets, and the list of answers.

Each is one exchange: somebody asks or explains, the other answers. A fixed tenth of each group is the sample that is
spoken and judged in every test run.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field

from engine.inspection import AnswerClass
from engine.rules import RuleSet
from engine.rules.examples import good_answer
from engine.rules.ruleset import Disclosure, Forbidden

ANSWERS = Path(__file__).with_name("answers.yaml")
RULESETS = ("face_to_face", "remote", "bank", "telesales", "callback")
"""A sentence that stands in several is judged by the first."""

TENTH = 10

Kind = Literal["disclosure", "near_miss", "forbidden", "compliant", "answer"]
"""`disclosure` must pass its item and `near_miss` must not; `forbidden` must be found and `compliant` must not."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """`ask` by the seller and `reply` by the customer; '' where the customer keeps silent.

    `rule` (with its rule set) judges an example; `answer` is the true class of an answer.
    """

    kind: Kind
    ask: str
    reply: str
    ruleset: str = ""
    rule: str = ""
    answer: AnswerClass | None = None

    @property
    def stratum(self) -> str:
        """The group of which a tenth is taken."""
        return f"{self.kind} {self.answer or ''}"


def examples(rulesets: Iterable[RuleSet]) -> tuple[Exchange, ...]:
    """Every passing and failing sentence of the rule sets' disclosures and forbidden expressions, each once.

    A disclosure that asks for an acknowledgment gets a good answer. Left out are examples with an answer or an order
    of their own: they test answers and comparisons, not how phrases are heard.
    """
    found: dict[tuple[str, str], Exchange] = {}
    for ruleset in rulesets:
        for exchange in _examples(ruleset):
            found.setdefault((exchange.rule, exchange.ask), exchange)
    return tuple(found.values())


def _examples(ruleset: RuleSet) -> Iterator[Exchange]:
    spoken: tuple[Disclosure | Forbidden, ...] = (*ruleset.disclosures, *ruleset.forbidden)
    for rule in spoken:
        kinds: tuple[Kind, Kind] = ("disclosure", "near_miss") if isinstance(rule, Disclosure) else (
            "compliant", "forbidden"
        )  # fmt: skip
        for kind, sentences in zip(kinds, (rule.examples.pass_, rule.examples.fail), strict=True):
            for say in sentences:
                reply = good_answer(rule, say) if isinstance(rule, Disclosure) and rule.asks else ""
                yield Exchange(kind, say, reply or "", ruleset.id, rule.head.id)


class _Group(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    answer: Annotated[AnswerClass, Field(alias="class")]
    after: str
    say: tuple[str, ...]


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    schema_: Annotated[Literal[1], Field(alias="schema")]
    questions: dict[str, tuple[str, ...]]
    answers: tuple[_Group, ...]


def answers(path: Path = ANSWERS) -> tuple[Exchange, ...]:
    """The answers of `answers.yaml`, each after one of the questions of its group in turn.

    Raises pydantic.ValidationError for a faulty file, KeyError for a group without questions.
    """
    listed = _File.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    return tuple(
        Exchange("answer", question, say, answer=group.answer)
        for group in listed.answers
        for say, question in zip(group.say, cycle(listed.questions[group.after]), strict=False)
    )


def tenth(exchanges: Sequence[Exchange]) -> tuple[Exchange, ...]:
    """A fixed tenth of every group, at least one of each: those whose text has the smallest hash."""
    strata: dict[str, list[Exchange]] = {}
    for exchange in exchanges:
        strata.setdefault(exchange.stratum, []).append(exchange)
    chosen: set[Exchange] = set()
    for members in strata.values():
        members.sort(key=_draw)
        chosen.update(members[: max(1, round(len(members) / TENTH))])
    return tuple(exchange for exchange in exchanges if exchange in chosen)


def _draw(exchange: Exchange) -> str:
    return hashlib.sha256(f"{exchange.rule}\n{exchange.ask}\n{exchange.reply}".encode()).hexdigest()
