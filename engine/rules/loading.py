"""Load rule sets by name or path. Every fault of a file is found at once, with its line and column."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from hashlib import sha256
from itertools import chain
from pathlib import Path
from typing import TypeVar

import regex
from pydantic import BaseModel, ValidationError

from engine.errors import MingjianError
from engine.inspection import Kind
from engine.rules.check_schema import CheckPart
from engine.rules.compiling import Compiler, compile_answers
from engine.rules.composing import compose
from engine.rules.doubt_schema import Doubts, DoubtsPart, compile_doubts
from engine.rules.files import RuleSetPart, SpecialCustomerPart
from engine.rules.phrases import Vocabulary
from engine.rules.ruleset import Answers, Easing, RuleSet
from engine.rules.schema import (
    AnswersPart,
    ClausesPart,
    ConfusionsPart,
    DisclosurePart,
    ForbiddenPart,
    RulePart,
    SettingsPart,
    VisualPart,
)
from engine.rules.source import Fault, Location, Source, faults_of, read

CONFIGS = Path(__file__).resolve().parents[2] / "configs"
RULESETS = CONFIGS / "rulesets"
ANSWERS = CONFIGS / "language" / "answers.yaml"
CONFUSIONS = CONFIGS / "language" / "confusions.yaml"
DOUBTS = CONFIGS / "language" / "doubts.yaml"
CLAUSES = CONFIGS / "clauses.yaml"

STAND_INS: dict[str, object] = {
    "title": "？",
    "basis": ("practice",),
    "severity": "low",
    "kind": "order",
    "metric": "same_frame",
    "must": ({"concept": "？", "any": ("某",)},),
}

Section = TypeVar("Section", bound=BaseModel)
Rule = TypeVar("Rule", bound=RulePart)


def names() -> tuple[str, ...]:
    """Names of the rule sets that come with the engine."""
    return tuple(sorted(path.stem for path in RULESETS.glob("*.yaml")))


def path_of(name_or_path: str | Path) -> Path:
    """File of a rule set. Raises MingjianError `ruleset_unknown` when there is none."""
    path = Path(name_or_path)
    if path.suffix in (".yaml", ".yml") and path.is_file():
        return path
    named = RULESETS / f"{name_or_path}.yaml"
    if str(name_or_path) in names():
        return named
    raise MingjianError("ruleset_unknown", name=name_or_path, known="、".join(names()))


def load(name_or_path: str | Path) -> RuleSet:
    """The rule set called `name_or_path`, or in the file of that path.

    Raises MingjianError `ruleset_unknown`, or `ruleset_faults` listing every fault of the file.
    """
    ruleset, faults = read_ruleset(path_of(name_or_path))
    if ruleset is None:
        raise MingjianError("ruleset_faults", count=len(faults), faults="\n".join(map(str, faults)))
    return ruleset


def check(path: Path) -> tuple[Fault, ...]:
    """All faults of a rule set file, in order of their place."""
    return read_ruleset(path)[1]


@cache
def _shared(path: Path, model: type[Section]) -> tuple[Section, bytes]:
    """Data that all rule sets draw on. Raises MingjianError `ruleset_faults` when it is broken."""
    source = read(path)
    part, faults = _validated(source, (), model, source.data)
    if part is None or source.faults:
        found = (*source.faults, *faults)
        raise MingjianError("ruleset_faults", count=len(found), faults="\n".join(map(str, found)))
    return part, source.content


@cache
def answers() -> Answers:
    """How answers are classified and judged."""
    part = _shared(ANSWERS, AnswersPart)[0]
    try:
        return compile_answers(part)
    except regex.error as error:
        raise MingjianError("ruleset_faults", count=1, faults=f"{ANSWERS.name}: {error}") from error


@cache
def doubts() -> Doubts:
    """What makes words that were heard not count."""
    try:
        return compile_doubts(_shared(DOUBTS, DoubtsPart)[0])
    except regex.error as error:
        raise MingjianError("ruleset_faults", count=1, faults=f"{DOUBTS.name}: {error}") from error


def read_ruleset(path: Path) -> tuple[RuleSet | None, tuple[Fault, ...]]:
    """The rule set of a file, or None with all faults that keep it from being one."""
    source = compose(path, RULESETS)
    if source.data is None:
        return None, source.faults
    whole, faults = _validated(source, (), RuleSetPart, source.data)
    raw = source.data if isinstance(source.data, dict) else {}
    settings = whole.settings if whole else SettingsPart()
    clauses, clause_bytes = _shared(CLAUSES, ClausesPart)
    confusions, confusion_bytes = _shared(CONFUSIONS, ConfusionsPart)
    switches = raw.get("parameters")
    compiler = Compiler(source, clauses, settings, tuple(switches) if isinstance(switches, dict) else ())
    disclosures = list(_rules(source, raw, "disclosures", DisclosurePart, faults))
    forbidden = list(_rules(source, raw, "forbidden", ForbiddenPart, faults))
    visual = list(_rules(source, raw, "visual", VisualPart, faults))
    checks = list(_rules(source, raw, "checks", CheckPart, faults))
    compiled = (
        tuple(compiler.disclosure(part, at) for part, at in disclosures),
        tuple(compiler.forbidden(part, at) for part, at in forbidden),
        tuple(compiler.visual(part, at) for part, at in visual),
    )
    spoken = {part.id for part, _ in disclosures}
    before = [part.id for part, _ in chain(disclosures, forbidden, visual, checks)]
    first = len(before) - len(checks)
    tried = [compiler.check(part, at, spoken, before[: first + i]) for i, (part, at) in enumerate(checks)]
    checked = tuple(check for check in tried if check is not None)
    parameters = compiler.parameters(whole.parameters) if whole else ()
    kinds = {rule.head.id: rule.head.kind for section in (*compiled, checked) for rule in section}
    easings = _easings(source, whole.special_customers, kinds, faults) if whole else ()
    faults += [*source.faults, *compiler.faults, *_doubles(source, chain(disclosures, forbidden, visual, checks))]
    faults += _lost_anchors(source, visual, spoken)
    if faults or whole is None:
        return None, tuple(sorted(set(faults), key=lambda f: (f.file != path.name, f)))
    digest = sha256()
    shared = _shared(ANSWERS, AnswersPart)[1], _shared(DOUBTS, DoubtsPart)[1]
    for content in (source.content, clause_bytes, confusion_bytes, *shared):
        digest.update(sha256(content).digest())
    ruleset = RuleSet(
        whole.id, whole.version, whole.title, digest.hexdigest(), whole.scenarios, settings, answers(), *compiled,
        vocabulary=Vocabulary(compiler.phrases, confusions.other_words), policy=whole.policy,
        parameters=parameters, easings=easings, checks=checked, doubts=doubts(),
    )  # fmt: skip
    return ruleset, ()


def _easings(
    source: Source, parts: Mapping[str, SpecialCustomerPart], kinds: Mapping[str, Kind], faults: list[Fault]
) -> tuple[Easing, ...]:
    """What special customers are not held to; unknown ids are added to `faults`."""
    made = []
    for need, part in parts.items():
        for field, ids in (("items", part.items), ("except", part.except_)):
            for i, one in enumerate(ids):
                if one not in kinds:
                    at = ("special_customers", need, field, i)
                    faults.append(source.fault(at, f"没有编号为“{one}”的规则", f"no rule with the id {one!r}"))
        chosen = {name for name, kind in kinds.items() if kind in part.kinds} | set(part.items)
        made.append(Easing(need, part.title, frozenset(chosen - set(part.except_))))
    return tuple(made)


def _validated(source: Source, at: Location, model: type[Section], data: object) -> tuple[Section | None, list[Fault]]:
    try:
        return model.model_validate(data), []
    except ValidationError as error:
        return None, list(faults_of(source, at, error.errors()))


def _rules(
    source: Source, raw: dict[str, object], section: str, model: type[Rule], faults: list[Fault]
) -> Iterator[tuple[Rule, Location]]:
    """Rules of one section; the faults of those that are not well formed are added to `faults`.

    Of a faulty rule comes what is left without its faulty fields, so that the faults of the others are found too.
    """
    found = raw.get(section, [])
    for index, data in enumerate(found if isinstance(found, list) else []):
        try:
            yield model.model_validate(data), (section, index)
        except ValidationError as error:
            faults += faults_of(source, (section, index), error.errors())
            rest = _rest(model, data, {str(one["loc"][0]) for one in error.errors() if one["loc"]}, index)
            if rest is not None:
                yield rest, (section, index)


def _rest(model: type[Rule], data: object, faulty: set[str], index: int) -> Rule | None:
    """What is left of a rule without its `faulty` fields, with stand-ins for those it cannot do without."""
    if not isinstance(data, dict):
        return None
    stand_ins = {name: value for name, value in STAND_INS.items() if name in model.model_fields}
    kept = {key: value for key, value in data.items() if key not in faulty}
    try:
        return model.model_validate({**stand_ins, "id": f"rule_{index}", **kept})
    except ValidationError:
        return None


def _doubles(source: Source, rules: Iterable[tuple[RulePart, Location]]) -> Iterator[Fault]:
    seen: set[str] = set()
    for part, at in rules:
        if part.id in seen:
            yield source.fault((*at, "id"), f"编号“{part.id}”重复", f"duplicate id {part.id!r}")
        seen.add(part.id)


def _lost_anchors(source: Source, visual: Iterable[tuple[VisualPart, Location]], known: set[str]) -> Iterator[Fault]:
    for part, at in visual:
        if part.window and part.window.from_ not in known:
            where = (*at, "window", "from")
            anchor = part.window.from_
            yield source.fault(where, f"没有编号为“{anchor}”的说明项", f"no disclosure with the id {anchor!r}")
