"""Heard exchanges judged in four ways: by their text alone, with pinyin, with distance, and with the sound's answers.

An example is judged by its own rule and nothing else, as inside the rule set; once for what was said (no answer
asked), once as the whole item with its spoken answer.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from engine.evidence import Evidence
from engine.inspection import AnswerClass, Item, Verdict
from engine.order import Order
from engine.rules import Request, RuleSet, evaluate, load
from engine.rules.examples import alone
from engine.rules.phrases import Level
from engine.rules.ruleset import Disclosure, Forbidden
from eval.spoken.hear import Heard, excerpt
from eval.spoken.sentences import Exchange
from eval.spoken.speak import Session

ASKED = Path(__file__).with_name("asked.yaml")

Way = Literal["text", "pinyin", "distance", "confirmed"]
WAYS: dict[Way, tuple[Level, ...]] = {
    "text": ("text",),
    "pinyin": ("text", "pinyin"),
    "distance": ("text", "pinyin", "near"),
    "confirmed": ("text", "pinyin", "near"),
}
"""Levels of hits that are looked for. `distance` takes a near hit as said; `confirmed` asks the sound."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One exchange judged in one way. `item` is the whole item with its answer, `verdict` and `reason` are of what was
    said alone; `answer` is the class of the reply.
    """

    exchange: Exchange
    take: str
    noisy: bool
    way: Way
    verdict: Verdict
    reason: str
    item: Verdict
    answer: AnswerClass | None
    text: str

    @property
    def found(self) -> bool:
        """Whether the disclosure, or the forbidden expression, was taken as said."""
        if self.exchange.kind in ("forbidden", "compliant"):
            return self.verdict in ("fail", "review")
        return self.verdict == "pass" or (self.way == "distance" and self.reason == "heard_nearly")


class Bench:
    """The rule sets that judge, each limited to the levels of a way."""

    def __init__(self, rulesets: Iterable[RuleSet]) -> None:
        asked = load(ASKED)
        self.rulesets = tuple(rulesets)
        self._rulesets = {ruleset.id: ruleset for ruleset in (*self.rulesets, asked)}
        self._asked = asked.id

    def knows(self, session: Session) -> bool:
        """Whether the rules of a stored session still exist."""
        rules = {(ruleset.id, rule.head.id) for ruleset in self.rulesets for rule in _spoken(ruleset)}
        return all(not one.rule or (one.ruleset, one.rule) in rules for one in session.exchanges)

    def requests(self, heard: Heard) -> Iterator[Request]:
        """What the sound of a session is asked."""
        for place, exchange in enumerate(heard.session.exchanges):
            ruleset = self._rule(exchange, "confirmed")
            yield from evaluate(_in_their_roles(excerpt(heard, place), ruleset), ruleset, Order()).requests

    def judge(self, heard: Heard, ways: Sequence[Way] = tuple(WAYS)) -> Iterator[Outcome]:
        """Every exchange of a session, in every way."""
        for place, exchange in enumerate(heard.session.exchanges):
            evidence = excerpt(heard, place)
            for way in ways:
                yield self._outcome(heard, exchange, evidence, way)

    def _outcome(self, heard: Heard, exchange: Exchange, evidence: Evidence, way: Way) -> Outcome:
        ruleset = self._rule(exchange, way)
        evidence = _in_their_roles(evidence, ruleset)
        transcript = evidence.transcript
        text = " ".join(f"{one.role}: {one.text}" for one in transcript.utterances) if transcript else ""
        if transcript and way != "confirmed":
            evidence = replace(evidence, transcript=replace(transcript, confirmations=()))
        whole = _judged(evidence, ruleset)
        said = _judged(evidence, _unanswered(ruleset))
        answer = whole.answer.classification if whole.answer else None
        take, noisy = heard.session.take.name, heard.session.noisy
        return Outcome(exchange, take, noisy, way, said.verdict, said.reason_code, whole.verdict, answer, text)

    def _rule(self, exchange: Exchange, way: Way) -> RuleSet:
        """The one rule that judges the exchange, hearing only what the way hears."""
        ruleset = self._rulesets[exchange.ruleset or self._asked]
        rule = next(one for one in _spoken(ruleset) if one.head.id == (exchange.rule or self._asked))
        single = alone(ruleset, rule)
        answers = single.answers
        if way == "text":
            answers = replace(answers, book=replace(answers.book, homophones=()))
        return replace(single, vocabulary=single.vocabulary.limited(WAYS[way]), answers=answers)


def _judged(evidence: Evidence, ruleset: RuleSet) -> Item:
    return evaluate(evidence, ruleset, Order()).items[0]


def _unanswered(ruleset: RuleSet) -> RuleSet:
    """The rule set with disclosures that need no answer."""
    return replace(ruleset, disclosures=tuple(replace(one, asks=False) for one in ruleset.disclosures))


def _spoken(ruleset: RuleSet) -> tuple[Disclosure | Forbidden, ...]:
    return (*ruleset.disclosures, *ruleset.forbidden)


def _in_their_roles(evidence: Evidence, ruleset: RuleSet) -> Evidence:
    """The evidence with the roles that the one rule speaks of: the insured answers where the insured is asked."""
    rule, transcript = _spoken(ruleset)[0], evidence.transcript
    if transcript is None or not isinstance(rule, Disclosure) or rule.answered_by == "customer":
        return evidence
    speakers = (replace(one, role=rule.answered_by) if one.role == "customer" else one for one in transcript.speakers)
    return replace(evidence, transcript=replace(transcript, speakers=tuple(speakers)))
