"""Turn checked parts of a rule set file into what evaluation uses, and collect the faults that only show there."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import partial
from typing import TypeVar

import regex

from engine.inspection import Basis, Kind
from engine.language.answers import compile_book
from engine.language.folding import fold
from engine.rules import phrases
from engine.rules.check_schema import CheckPart
from engine.rules.conditions import Condition
from engine.rules.conditions import parse as parse_condition
from engine.rules.files import ParameterPart
from engine.rules.operators.language_model import LanguageChoice
from engine.rules.operators.trees import Placed, TreeReader
from engine.rules.orders import PARAMETER, known_path
from engine.rules.patterns import compiled
from engine.rules.phrases import Phrase
from engine.rules.ruleset import (
    Answers,
    Check,
    Concept,
    Disclosure,
    Forbidden,
    Head,
    NumberWanted,
    Parameter,
    Stated,
    Visual,
)
from engine.rules.schema import (
    AnswersPart,
    ClausesPart,
    ConceptPart,
    DisclosurePart,
    ForbiddenPart,
    NumberPart,
    RulePart,
    SettingsPart,
    StatedPart,
    VisualPart,
)
from engine.rules.source import Fault, Location, Source

CLAUSE = re.compile(r"^(?P<key>[A-Z0-9]+)-(?P<article>\d+)(?:-(?P<item>\d+))?(?P<paragraph>[a-c])?$")
PARAGRAPHS = {"a": "", "b": "第二段（新型产品）", "c": "第二段（健康保险）"}
ONLY_REVIEW = (
    "语言模型只能提示人工查看：写在 report 里，verdict 为 review，不能放在 none_of 下",
    "a language model can only raise review: under report, with verdict review, not below none_of",
)
Built = TypeVar("Built")


class Compiler:
    """Compiles the rules of one source; `faults` fills up on the way, in the order met."""

    def __init__(
        self, source: Source, clauses: ClausesPart, settings: SettingsPart, parameters: Collection[str] = ()
    ) -> None:
        self.faults: list[Fault] = []
        self.phrases: list[Phrase] = []
        self._source = source
        self._clauses = clauses
        self._settings = settings
        self._parameters = parameters
        self._topic: tuple[str, ...] = ()

    def disclosure(self, part: DisclosurePart, at: Location) -> Disclosure:
        about_product = _about_product(part.must + part.should + part.facts)
        self._topic = part.must[0].any
        return Disclosure(
            head=self._head(part, at, "disclosure", about_product),
            says=part.says,
            answered_by=part.answered_by,
            window_s=part.window_s or self._settings.window_s,
            must=self._concepts(part.must, (*at, "must")),
            should=self._concepts(part.should, (*at, "should")),
            facts=self._concepts(part.facts, (*at, "facts")),
            unless=self._phrases(part.unless, (*at, "unless")),
            asks=part.ack == "required",
            expect=part.expect,
            expect_when=tuple(
                (self._phrases(when.any, (*at, "expect_when", i, "any")), when.expect)
                for i, when in enumerate(part.expect_when)
            ),
            summary=part.summary,
            optional=part.optional,
            examples=part.examples,
            may=part.may,
            stated=self._stated(part.stated, (*at, "stated")),
        )

    def _stated(self, parts: Iterable[StatedPart], at: Location) -> tuple[Stated, ...]:
        made = []
        for i, part in enumerate(parts):
            if not known_path(part.field):
                self._fault((*at, i, "field"), *_no_field(part.field))
            made.append(Stated(part.field, part.as_, self._phrases(part.asked, (*at, i, "asked"))))
        return tuple(made)

    def forbidden(self, part: ForbiddenPart, at: Location) -> Forbidden:
        return Forbidden(
            head=self._head(part, at, "forbidden"),
            says=part.says,
            phrases=self._phrases(part.any, (*at, "any")),
            patterns=self._patterns(part.regex, (*at, "regex")),
            exceptions=self._phrases(part.except_, (*at, "except")),
            unless=self._phrases(part.unless, (*at, "unless")),
            guard_scope=part.guard_scope,
            examples=part.examples,
        )

    def visual(self, part: VisualPart, at: Location) -> Visual:
        return Visual(self._head(part, at, "visual"), part)

    def parameters(self, parts: Mapping[str, ParameterPart]) -> tuple[Parameter, ...]:
        return tuple(
            Parameter(name, part.options, part.default, tuple(self._switches(name, part)))
            for name, part in parts.items()
        )

    def _switches(self, name: str, part: ParameterPart) -> Iterator[tuple[str, Condition]]:
        for i, when in enumerate(part.when):
            condition = self._condition(when.if_, ("parameters", name, "when", i, "if"))
            if condition is not None:
                yield when.value, condition

    def check(
        self, part: CheckPart, at: Location, disclosures: Collection[str], before: Collection[str]
    ) -> Check | None:
        """A check, or None where its condition is faulty. `before`: ids of all rules judged before it."""
        reader = TreeReader(self._source)
        key, data = ("report", part.report) if part.report is not None else ("require", part.require)
        condition = reader.read(data, (*at, key))
        self.faults += reader.faults
        for one in reader.placed:
            self._operator(one, disclosures)
            if isinstance(one.operator, LanguageChoice) and (key, part.verdict, one.negated) != (
                "report",
                "review",
                False,
            ):
                self._fault(one.at, *ONLY_REVIEW)
        for i, rule in enumerate(part.requires):
            if rule not in before:
                self._fault((*at, "requires", i), *_no_rule_before(rule))
        about_product = any(one.about_product for one in reader.placed)
        head = self._head(part, at, part.kind, about_product)
        if condition is None:
            return None
        return Check(
            head,
            part.requires,
            condition,
            key == "report",
            part.verdict,
            part.missing_anchor,
            part.guards,
            part.examples,
            part.recall,
            part.min_recall,
        )

    def _operator(self, placed: Placed, disclosures: Collection[str]) -> None:
        for text in placed.operator.phrases():
            phrase = self._tried(placed.place_of(text), partial(phrases.parse, text))
            if phrase is not None:
                self.phrases.append(phrase)
        for item in placed.operator.anchors():
            if item not in disclosures:
                self._fault(placed.place_of(item), f"没有编号为“{item}”的说明项", f"no disclosure with the id {item!r}")

    def _head(self, part: RulePart, at: Location, kind: Kind, about_product: bool = False) -> Head:
        condition = self._condition(part.applies_if, (*at, "applies_if"))
        if part.valid_from and part.valid_to and part.valid_to < part.valid_from:
            self._fault((*at, "valid_to"), "valid_to 早于 valid_from", "valid_to lies before valid_from")
        return Head(
            id=part.id,
            title=part.title,
            kind=kind,
            severity=part.severity,
            basis=tuple(
                basis for i, key in enumerate(part.basis) if (basis := self._basis(key, (*at, "basis", i))) is not None
            ),
            scenarios=part.scenarios,
            channels=part.channels,
            regions=part.regions,
            applies_if=condition,
            per_product=part.per_product or about_product or bool(condition and condition.about_products),
            valid_from=part.valid_from,
            valid_to=part.valid_to,
            fix=part.fix,
        )

    def _concepts(self, parts: Iterable[ConceptPart], at: Location) -> tuple[Concept, ...]:
        return tuple(self._concept(part, (*at, i)) for i, part in enumerate(parts))

    def _concept(self, part: ConceptPart, at: Location) -> Concept:
        for name, path in (("equals", part.equals), ("similar", part.similar)):
            if path and not known_path(path):
                self._fault((*at, name), *_no_field(path))
        return Concept(
            name=part.concept,
            phrases=self._phrases(part.any, (*at, "any"), part.pinyin),
            exceptions=self._phrases(part.except_, (*at, "except")),
            patterns=self._patterns(part.regex, (*at, "regex")),
            number=self._number(part.number, (*at, "number")) if part.number else None,
            choices=tuple(
                (name, self._phrases(texts, (*at, "choices", name), part.pinyin))
                for name, texts in part.choices.items()
            ),
            similar=part.similar,
            equals=part.equals,
            applies_if=self._condition(part.applies_if, (*at, "applies_if")),
            if_said=part.if_said,
            may_be_negated=part.may_be_negated,
        )

    def _number(self, part: NumberPart, at: Location) -> NumberWanted:
        units = tuple(sorted((fold(unit) for unit in part.unit), key=len, reverse=True))
        return NumberWanted(
            units,
            part.bare_from,
            self._phrases(part.near, (*at, "near")),
            part.near_chars,
            part.below,
            topic=self._phrases(self._topic if part.not_near else (), at),
            rivals=self._phrases(part.not_near, (*at, "not_near")),
        )

    def _phrases(self, texts: Iterable[str], at: Location, by_sound: bool = True) -> tuple[Phrase, ...]:
        made = (self._tried((*at, i), partial(phrases.parse, text, by_sound)) for i, text in enumerate(texts))
        kept = tuple(phrase for phrase in made if phrase is not None)
        self.phrases.extend(kept)
        return kept

    def _patterns(self, texts: Iterable[str], at: Location) -> tuple[regex.Pattern[str], ...]:
        kept = []
        for i, text in enumerate(texts):
            try:
                kept.append(compiled(text))
            except regex.error as error:
                self._fault((*at, i), f"正则表达式有误：{error}", f"broken regular expression: {error}")
        return tuple(kept)

    def _condition(self, text: str | None, at: Location) -> Condition | None:
        condition = None if text is None else self._tried(at, lambda: parse_condition(text))
        for path in condition.paths if condition else ():
            name = path.removeprefix(PARAMETER)
            if path.startswith(PARAMETER) and name not in self._parameters:
                self._fault(at, f"规则集没有参数“{name}”", f"the rule set has no parameter {name!r}")
        return condition

    def _tried(self, at: Location, make: Callable[[], Built]) -> Built | None:
        try:
            return make()
        except ValueError as error:
            zh, _, en = str(error).partition(" / ")
            self._fault(at, zh, en or zh)
            return None

    def _basis(self, key: str, at: Location) -> Basis | None:
        if key in self._clauses.facts:
            return Basis(key, self._clauses.facts[key], "")
        match = CLAUSE.match(key)
        instrument = self._clauses.instruments.get(match["key"]) if match else None
        if match is None or instrument is None:
            self._fault(at, f"条款库里没有“{key}”", f"no clause {key!r} in configs/clauses.yaml")
            return None
        number = f"（{instrument.number}）" if instrument.number else ""
        return Basis(key, f"《{instrument.title}》{number}", _article(match))

    def _fault(self, at: Location, zh: str, en: str) -> None:
        self.faults.append(self._source.fault(at, zh, en))


def _no_field(path: str) -> tuple[str, str]:
    return f"订单里没有字段“{path}”", f"the order has no field {path!r}"


def _no_rule_before(rule: str) -> tuple[str, str]:
    return (
        f"在它之前没有编号为“{rule}”的规则",
        f"no rule with the id {rule!r} stands before this one",
    )


def _about_product(parts: Iterable[ConceptPart]) -> bool:
    paths = (path for part in parts for path in (part.equals, part.similar) if path)
    return any(path.startswith("product.") for path in paths)


def _article(match: re.Match[str]) -> str:
    item = f"第{match['item']}项" if match["item"] else ""
    return f"第{match['article']}条{item}{PARAGRAPHS.get(match['paragraph'] or 'a', '')}"


def compile_answers(part: AnswersPart) -> Answers:
    """Answers, compiled. Raises regex.error for a broken pattern."""
    return Answers(
        book=compile_book(
            [one.name for one in part.classes],
            {one.name: (one.result, one.any, one.strip) for one in part.classes},
            part.echoes,
            part.homophones,
        ),
        max_wait_s=part.window.max_wait_s,
        overlap_s=part.window.overlap_s,
        join_s=part.window.join_s,
        comma_pause_s=part.text.comma_pause_s,
        min_confidence=part.text.min_confidence,
        edge_s=part.text.edge_s,
        negations=frozenset(part.text.negations),
        confirm=part.confirm,
        verdicts=part.verdicts,
    )
