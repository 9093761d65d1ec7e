"""Rule sets in the browser: read as plain language, drafted, checked, tried on past sessions, published by two
people."""

from dataclasses import asdict
from datetime import datetime
from difflib import unified_diff
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query
from pydantic import BaseModel, ConfigDict, Field

from api.http.access import Kept, Now, Trail, allow, audited
from api.http.backtests import BacktestOut, tried
from api.http.caller import Caller
from api.http.problems import declares
from api.http.ruleset_texts import name_of, new_text, ruleset_of, same_name, text_of, wrong_name
from engine.errors import MingjianError
from engine.report.rules import PlainRule, plain
from engine.rules import RuleSet, load, names
from engine.rules.examples import Outcome, judge_example, run
from engine.rules.policy import load_policy
from engine.rules.ruleset import Disclosure, Forbidden
from engine.rules.schema import ExamplePart
from engine.rules.source import Fault
from engine.rules.texts import LARGEST_BYTES, built_in, id_of, included, read_text
from engine.store import rulesets
from engine.store.rulesets import RuleSetText
from engine.store.store import Store

router = APIRouter(prefix="/v1/rulesets", tags=["规则 / rule sets"])

Reader = Annotated[Caller, Depends(allow("compliance", "reviewer", "senior_reviewer", "auditor", "administrator"))]
Author = Annotated[Caller, Depends(allow("compliance"))]
Publisher = Annotated[Caller, Depends(allow("compliance", person=True))]
Name = Annotated[str, Path(pattern=r"^[a-z][a-z0-9_]{0,99}$")]
Number = Annotated[int, Path(ge=1, le=2**31 - 1)]
Version = Annotated[int | None, Query(ge=1, le=2**31 - 1, description="without it: what is in force")]
Text = Annotated[str, Field(min_length=1, max_length=LARGEST_BYTES)]
Note = Annotated[str | None, Field(max_length=2000)]
SHIPPED = "builtin"
MOST_SHOWN = 50


class Body(BaseModel):
    """Base of what is sent: unknown names are faults."""

    model_config = ConfigDict(extra="forbid")


class DraftIn(Body):
    """A rule set's text; its own `id` says which rule set it is a version of."""

    text: Text
    note: Note = None


class ReviseIn(DraftIn):
    """Another text for a draft. `base`: SHA-256 of the text it takes the place of."""

    base: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class TriedIn(Body):
    """What is to be tried: a text, or a version that is kept; without either what is in force."""

    text: Annotated[str | None, Field(min_length=1, max_length=LARGEST_BYTES)] = None
    version: Annotated[int | None, Field(ge=1, le=2**31 - 1)] = None


class ValidateIn(TriedIn):
    """`examples`: run the examples inside it too. `all_examples`: tell also of those that fit."""

    examples: bool = True
    all_examples: bool = False


class SayIn(TriedIn):
    """A sentence as if the salesperson had said it, judged by one rule; with the customer's answer (none: a good one,
    where the rule asks for one)."""

    rule: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,99}$")]
    say: Annotated[str, Field(min_length=1, max_length=2000)]
    answer: Annotated[str | None, Field(min_length=1, max_length=500)] = None


class BacktestIn(TriedIn):
    """How many sessions at a time, and where the last time ended."""

    limit: Annotated[int, Field(ge=1, le=50)] = 20
    cursor: Annotated[str | None, Field(max_length=500)] = None


class PublishIn(Body):
    """The version to be proposed by its author, or approved by another person."""

    version: Annotated[int, Field(ge=1, le=2**31 - 1)]


class VersionOut(BaseModel):
    """One version, without its text. `state`: draft | proposed | published | withdrawn."""

    ruleset: str
    version: int
    sha256: str
    ruleset_sha256: str | None
    state: str
    note: str | None
    made_by: str
    made_at: datetime
    proposed_by: str | None
    proposed_at: datetime | None
    approved_by: str | None
    approved_at: datetime | None
    in_force: bool = False


class Known(BaseModel):
    """A rule set that can be chosen. `source`: builtin | published | draft; `version`: what the text calls itself."""

    id: str
    title: str | None
    version: str | None
    sha256: str | None
    source: str
    number: int | None
    scenarios: list[str]
    rules: int
    newest: list[VersionOut]


class Catalogue(BaseModel):
    """Every rule set."""

    items: list[Known]


class PartOut(BaseModel):
    """A part that comes with the program and is included."""

    name: str
    text: str


class RuleSetOut(BaseModel):
    """A rule set: its text, and in plain language. `rules` is empty and `faults` is not while the text has faults."""

    id: str
    title: str | None
    version: str | None
    sha256: str | None
    source: str
    number: int | None
    state: str | None
    text: str
    text_sha256: str | None
    parts: list[PartOut]
    rules: list[PlainRule]
    faults: list[Fault]


class ExampleOut(BaseModel):
    """An example that does not come to what it says."""

    rule: str
    say: str
    expected: str
    found: str
    reason: str
    ok: bool = False


class ConceptOut(BaseModel):
    """One thing the rule asks for, and whether it was heard in the sentence."""

    name: str
    found: bool
    quote: str | None


class SaidOut(BaseModel):
    """What the rule makes of a sentence."""

    rule: str
    title: str
    verdict: str
    reason: str
    reason_code: str
    concepts: list[ConceptOut]
    matched: list[str]
    answer: str | None


class Checked(BaseModel):
    """What is wrong with a rule set: every fault at once with its place; examples that do not fit (`failing`), and all
    of them where that was asked for (`outcomes`)."""

    ok: bool
    id: str | None
    sha256: str | None
    faults: list[Fault]
    examples: int
    failing: list[ExampleOut]
    outcomes: list[ExampleOut] = []


class DiffOut(BaseModel):
    """What differs between two versions: line by line, and which rules."""

    lines: list[str]
    added: list[str]
    removed: list[str]
    changed: list[str]


@router.get("", response_model=Catalogue)
def catalogue(_caller: Reader, store: Kept) -> Catalogue:
    """全部规则集 / Every rule set, those that come with the program and those published here."""
    with store.database.reading() as s:
        newest = rulesets.newest(s)
    written: dict[str, list[RuleSetText]] = {}
    for row in newest:
        written.setdefault(row.ruleset, []).append(row)
    return Catalogue(items=[_known(name, written.get(name, [])) for name in sorted({*names(), *written})])


@router.post("", response_model=VersionOut, status_code=201, responses=declares("ruleset_faults"))
def draft(
    body: DraftIn,
    caller: Author,
    store: Kept,
    at: Now,
    trail: Annotated[Trail, Depends(audited("ruleset.draft"))],
) -> VersionOut:
    """新建草稿；有错误也可以保存 / Keep a draft, faults and all."""
    name = name_of(body.text)
    with store.database.writing() as s:
        row = rulesets.add(s, new_text(name, body.text, body.note), caller.name, at)
        trail.within(s, caller.name, f"ruleset/{name}/{row.version}", sha256=row.sha256)
    return _version(row)


@router.get("/{ruleset_id}", response_model=RuleSetOut, responses=declares("not_found"))
def get_ruleset(ruleset_id: Name, _caller: Reader, store: Kept, version: Version = None) -> RuleSetOut:
    """一个规则集：原文和普通文字 / A rule set, its text and in plain language."""
    row, text = text_of(store, ruleset_id, version)
    ruleset, faults = read_text(ruleset_id, text)
    return RuleSetOut(
        id=ruleset_id,
        title=ruleset.title if ruleset else None,
        version=ruleset.version if ruleset else None,
        sha256=ruleset.sha256 if ruleset else None,
        source=row.state if row else SHIPPED,
        number=row.version if row else None,
        state=row.state if row else None,
        text=text,
        text_sha256=row.sha256 if row else None,
        parts=[PartOut(name=name, text=part) for name, part in included(text)],
        rules=list(plain(ruleset)) if ruleset else [],
        faults=list(faults),
    )


@router.put(
    "/{ruleset_id}/versions/{number}",
    response_model=VersionOut,
    responses=declares("not_found", "ruleset_version_state", "conflict", "ruleset_faults"),
)
def revise(
    ruleset_id: Name,
    number: Number,
    body: ReviseIn,
    caller: Author,
    store: Kept,
    at: Now,
    trail: Annotated[Trail, Depends(audited("ruleset.draft"))],
) -> VersionOut:
    """修改草稿 / Change a draft."""
    same_name(ruleset_id, body.text)
    with store.database.writing() as s:
        row = rulesets.revise(s, number, new_text(ruleset_id, body.text, body.note), body.base, caller.name, at)
        trail.within(s, caller.name, f"ruleset/{ruleset_id}/{number}", sha256=row.sha256)
    return _version(row)


@router.post("/{ruleset_id}/validate", response_model=Checked, responses=declares("not_found"))
def validate(ruleset_id: Name, body: ValidateIn, _caller: Author, store: Kept) -> Checked:
    """校验：一次列出全部错误和位置，并运行示例 / Every fault with its place, and the examples."""
    text = body.text or text_of(store, ruleset_id, body.version)[1]
    ruleset, faults = read_text(ruleset_id, text)
    outcomes = list(run(ruleset)) if ruleset and body.examples else []
    failing = [one for one in outcomes if not one.ok]
    wrong = [*faults, *wrong_name(ruleset_id, text)]
    return Checked(
        ok=not wrong and not failing,
        id=id_of(text),
        sha256=ruleset.sha256 if ruleset else None,
        faults=wrong,
        examples=len(outcomes),
        failing=[_example(one) for one in failing[:MOST_SHOWN]],
        outcomes=[_example(one) for one in outcomes] if body.all_examples else [],
    )


@router.post("/{ruleset_id}/say", response_model=SaidOut, responses=declares("not_found", "ruleset_faults"))
def say(ruleset_id: Name, body: SayIn, _caller: Reader, store: Kept) -> SaidOut:
    """试一句话：某条规则会怎么判 / Try a sentence: what one rule makes of it."""
    rules = ruleset_of(ruleset_id, body.text or text_of(store, ruleset_id, body.version)[1])
    spoken: tuple[Disclosure | Forbidden, ...] = (*rules.disclosures, *rules.forbidden)
    rule = next((one for one in spoken if one.head.id == body.rule), None)
    if rule is None:
        raise MingjianError("not_found", thing="rule", id=body.rule)
    example = ExamplePart(say=body.say, answer=body.answer, verdict="pass")
    item = judge_example(rules, rule, example).item
    return SaidOut(
        rule=item.id,
        title=item.title,
        verdict=item.verdict,
        reason=item.reason,
        reason_code=item.reason_code,
        concepts=[ConceptOut(name=one.name, found=one.found, quote=one.quote) for one in item.concepts],
        matched=list(dict.fromkeys(one.matched for one in item.evidence if one.matched)),
        answer=item.answer.quote if item.answer else None,
    )


@router.post(
    "/{ruleset_id}/backtest",
    response_model=BacktestOut,
    responses=declares("not_found", "ruleset_faults", "cursor_unreadable", "policy_unknown"),
)
def backtest(
    ruleset_id: Name,
    body: BacktestIn,
    caller: Author,
    store: Kept,
    trail: Annotated[Trail, Depends(audited("ruleset.backtest"))],
) -> BacktestOut:
    """用它重判以往的会话，看哪些结论会变 / Judge past sessions by it: which verdicts flip. One page at a time."""
    rules = ruleset_of(ruleset_id, body.text or text_of(store, ruleset_id, body.version)[1])
    found = tried(store, ruleset_id, rules, body.cursor, body.limit)
    trail.write(caller.name, f"ruleset/{ruleset_id}", sessions=[one.folder for one in found.items])
    return found


@router.post(
    "/{ruleset_id}/publish",
    response_model=VersionOut,
    responses=declares(
        "not_found", "ruleset_version_state", "ruleset_second_person", "ruleset_faults", "ruleset_examples"
    ),
)
def publish(
    ruleset_id: Name,
    body: PublishIn,
    caller: Publisher,
    store: Kept,
    at: Now,
    trail: Annotated[Trail, Depends(audited("ruleset.publish"))],
) -> VersionOut:
    """发布：第一个人提交，第二个人批准 / The first person proposes a draft, a second one approves it."""
    row, text = text_of(store, ruleset_id, body.version)
    rules = ruleset_of(ruleset_id, text)
    load_policy(rules.policy)
    _fits_its_examples(rules)
    with store.database.writing() as s:
        act = rulesets.propose if row is not None and row.state == "draft" else rulesets.publish
        row = act(s, ruleset_id, body.version, caller.name, at)
        trail.within(s, caller.name, f"ruleset/{ruleset_id}/{body.version}", state=row.state, sha256=row.sha256)
    return _version(row, in_force=row.state == "published")


@router.post(
    "/{ruleset_id}/withdraw", response_model=VersionOut, responses=declares("not_found", "ruleset_version_state")
)
def withdraw(
    ruleset_id: Name,
    body: PublishIn,
    caller: Publisher,
    store: Kept,
    trail: Annotated[Trail, Depends(audited("ruleset.withdraw"))],
) -> VersionOut:
    """撤回提交或已发布的版本 / Take back a proposal or a published version."""
    with store.database.writing() as s:
        row = rulesets.withdraw(s, ruleset_id, body.version)
        trail.within(s, caller.name, f"ruleset/{ruleset_id}/{body.version}", state=row.state)
    return _version(row)


@router.get("/{ruleset_id}/history", response_model=list[VersionOut])
def history(ruleset_id: Name, _caller: Reader, store: Kept) -> list[VersionOut]:
    """版本历史 / Every version, the newest first."""
    with store.database.reading() as s:
        rows = rulesets.history(s, ruleset_id)
        current = rulesets.in_force(s, ruleset_id)
    return [_version(row, in_force=current is not None and row.id == current.id) for row in rows]


@router.get("/{ruleset_id}/diff", response_model=DiffOut, responses=declares("not_found"))
def diff(
    ruleset_id: Name,
    _caller: Reader,
    store: Kept,
    old: Annotated[int, Query(ge=0, le=2**31 - 1, description="0: what comes with the program")],
    new: Annotated[int, Query(ge=0, le=2**31 - 1)],
) -> DiffOut:
    """两个版本的差别 / What differs between two versions."""
    texts = [_numbered(store, ruleset_id, number) for number in (old, new)]
    first, second = (one.splitlines() for one in texts)
    lines = unified_diff(first, second, str(old), str(new), lineterm="")
    before, after = (_rules(ruleset_id, one) for one in texts)
    return DiffOut(
        lines=list(lines),
        added=[one for one in after if one not in before],
        removed=[one for one in before if one not in after],
        changed=[one for one in after if one in before and before[one] != after[one]],
    )


def _known(name: str, rows: list[RuleSetText]) -> Known:
    published = next((row for row in rows if row.state == "published"), None)
    shown = published or (None if name in names() else rows[0])
    ruleset = read_text(name, shown.text)[0] if shown else load(name)
    return Known(
        id=name,
        title=ruleset.title if ruleset else None,
        version=ruleset.version if ruleset else None,
        sha256=ruleset.sha256 if ruleset else None,
        source=shown.state if shown else SHIPPED,
        number=shown.version if shown else None,
        scenarios=list(ruleset.scenarios) if ruleset else [],
        rules=len(ruleset.rules) if ruleset else 0,
        newest=[_version(row, in_force=row is published) for row in rows],
    )


def _version(row: RuleSetText, in_force: bool = False) -> VersionOut:
    values = asdict(row)
    return VersionOut(**{name: values[name] for name in VersionOut.model_fields if name in values}, in_force=in_force)


def _numbered(store: Store, name: str, number: int) -> str:
    if number:
        return text_of(store, name, number)[1]
    text = built_in(name)
    if text is None:
        raise MingjianError("not_found", thing="ruleset", id=f"{name}/0")
    return text


def _fits_its_examples(rules: RuleSet) -> None:
    failing = [one for one in run(rules) if not one.ok]
    if failing:
        shown = "；".join(f"{one.rule}：{one.say}" for one in failing[:5])
        raise MingjianError("ruleset_examples", count=len(failing), detail=shown)


def _example(outcome: Outcome) -> ExampleOut:
    return ExampleOut(
        rule=outcome.rule,
        say=outcome.say,
        expected=outcome.expected,
        found=outcome.item.verdict,
        reason=outcome.item.reason,
        ok=outcome.ok,
    )


def _rules(name: str, text: str) -> dict[str, Any]:
    ruleset, _ = read_text(name, text)
    return {one.id: one for one in plain(ruleset)} if ruleset else {}
