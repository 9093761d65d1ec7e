"""Which part each voice plays: agent, customer, insured, system, from what it says and whom it answers.

A channel map of the order comes first; content can then only contradict it. Without content that speaks for a role, the
role stays `unknown`: a wrong role would turn an answer of one person into the consent of another.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from math import exp
from pathlib import Path

import yaml

from engine.evidence import Role
from engine.speech.attribute import Draft
from engine.speech.settings import RoleSettings

TERMS = Path(__file__).resolve().parents[2] / "configs" / "speech" / "roles.yaml"
LONGEST_QUESTION = 120
LONGEST_SCRAP = 5
PUNCTUATION = re.compile(r"[^\w]+$")


@dataclass(frozen=True, slots=True)
class Hints:
    """What is known of the voices beforehand.

    `roles` gives the role of a speaker by id (from the channel map or enrolment), `sources` how it is known, in
    Chinese. `insured_is_customer`: the policyholder insures himself; None when unknown.
    """

    roles: Mapping[str, Role] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)
    insured_is_customer: bool | None = None


@dataclass(frozen=True, slots=True)
class Assigned:
    """The role of one voice, how sure (0..1), and why, in Chinese."""

    role: Role
    confidence: float
    why: str


@dataclass(frozen=True, slots=True)
class _Term:
    points: float
    pattern: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class _Terms:
    agent: tuple[_Term, ...]
    customer: tuple[_Term, ...]
    system: tuple[_Term, ...]
    addressed_to_insured: tuple[re.Pattern[str], ...]
    question: tuple[re.Pattern[str], ...]


@dataclass(slots=True)
class _Profile:
    """What one voice said: points per role, answers given to the agent's questions, and quotes."""

    agent: float = 0.0
    customer: float = 0.0
    system: float = 0.0
    answers: int = 0
    answers_as_insured: int = 0
    characters: int = 0
    agent_quote: str = ""
    answer_quote: str = ""
    system_quote: str = ""


def assign(
    drafts: Sequence[Draft], speakers: Sequence[str], hints: Hints | None = None, settings: RoleSettings | None = None
) -> dict[str, Assigned]:
    """The role of every speaker in `speakers`, from the utterances of the whole session in time order."""
    hints, settings = hints or Hints(), settings or RoleSettings()
    profiles = _profiles(drafts, speakers)
    by_content = _from_content(drafts, profiles, hints, settings)
    return {name: _settled(name, by_content[name], hints, settings) for name in speakers}


def _settled(name: str, content: Assigned, hints: Hints, settings: RoleSettings) -> Assigned:
    """Content, or what was known beforehand; with little confidence where the two contradict each other."""
    known = hints.roles.get(name)
    if known is None:
        return content
    source = hints.sources.get(name, "订单已指定")
    if content.role == "agent" and known in ("customer", "insured"):
        return Assigned(known, settings.contradicted, f"{source}，但内容像销售人员：{content.why}")
    return Assigned(known, settings.map_trust, source)


def _profiles(drafts: Sequence[Draft], speakers: Sequence[str]) -> dict[str, _Profile]:
    terms = _terms()
    profiles = {name: _Profile() for name in speakers}
    for draft in drafts:
        profile = profiles.get(draft.speaker or "")
        if profile is None:
            continue
        text = PUNCTUATION.sub("", draft.text)
        agent = _points(text, terms.agent)
        system = _points(text, terms.system)
        profile.agent += agent
        profile.system += system
        profile.customer += _points(text, terms.customer)
        profile.characters += draft.last - draft.first
        if agent and not profile.agent_quote:
            profile.agent_quote = draft.text
        if system and not profile.system_quote:
            profile.system_quote = draft.text
    return profiles


def _points(text: str, terms: Sequence[_Term]) -> float:
    return sum(term.points for term in terms if term.pattern.search(text))


def _from_content(
    drafts: Sequence[Draft], profiles: dict[str, _Profile], hints: Hints, settings: RoleSettings
) -> dict[str, Assigned]:
    found: dict[str, Assigned] = {}
    for name, profile in profiles.items():
        if profile.system >= settings.system_points and profile.system > max(profile.agent, profile.customer) / 2:
            sure = _confidence(profile.system, settings)
            found[name] = Assigned("system", sure, f"机器播报用语：“{_short(profile.system_quote)}”")
    agent = _agent(profiles, found, settings)
    if agent is not None:
        profile = profiles[agent]
        rival = max((other.agent for name, other in profiles.items() if name != agent), default=0.0)
        sure = _confidence(profile.agent - rival, settings)
        why = f"讲解、询问和销售身份用语 {profile.agent:.0f} 分，如“{_short(profile.agent_quote)}”"
        found[agent] = Assigned("agent", sure, why)
        _count_answers(drafts, profiles, agent, settings)
    for name, profile in profiles.items():
        if name not in found:
            found[name] = _second_agent(profile, agent, settings) or _listener(profile, agent, hints, settings)
    return found


def _agent(profiles: Mapping[str, _Profile], taken: Mapping[str, Assigned], settings: RoleSettings) -> str | None:
    """The voice that speaks most like a salesperson, if any does clearly."""
    free = {name: profile for name, profile in profiles.items() if name not in taken}
    if not free:
        return None
    best = max(free, key=lambda name: free[name].agent)
    return best if free[best].agent >= settings.agent_points else None


def _count_answers(
    drafts: Sequence[Draft], profiles: Mapping[str, _Profile], agent: str, settings: RoleSettings
) -> None:
    """Counts everybody's answers to the agent's questions, those to questions put to the insured apart."""
    for draft, to_insured in answers(drafts, agent, settings):
        profile = profiles.get(draft.speaker or "")
        if profile is not None:
            profile.answers += 1
            profile.answers_as_insured += to_insured
            profile.answer_quote = profile.answer_quote or draft.text


def answers(drafts: Sequence[Draft], agent: str, settings: RoleSettings) -> Iterator[tuple[Draft, bool]]:
    """What others said first after each question of the agent, and whether the question was put to the insured.

    A scrap in the agent's own voice right after the question counts too: so short an utterance is easily given to the
    wrong voice.
    """
    terms = _terms()
    asked_at: float | None = None
    to_insured = False
    said = ""
    for draft in drafts:
        question = any(pattern.search(draft.text) for pattern in terms.question)
        scrap = asked_at is not None and draft.last - draft.first <= LONGEST_SCRAP and not question
        if draft.speaker == agent and not scrap:
            said = (said + draft.text)[-LONGEST_QUESTION:]
            asked_at = draft.interval.end if question else None
            to_insured = any(pattern.search(said) for pattern in terms.addressed_to_insured)
            continue
        said = ""
        if asked_at is not None and draft.interval.start - asked_at <= settings.answer_wait:
            yield draft, to_insured
        asked_at = None


def _second_agent(profile: _Profile, agent: str | None, settings: RoleSettings) -> Assigned | None:
    """The role of a voice that speaks like a salesperson beside another: a colleague, or the same person's voice heard
    as two. None for one that answers more than it explains.
    """
    answering = profile.customer + 2 * profile.answers
    if agent is None or profile.agent < settings.agent_points or profile.agent < settings.agent_lead * answering:
        return None
    sure = _confidence(profile.agent - answering, settings)
    return Assigned("agent", sure, f"也说讲解和询问用语，{profile.agent:.0f} 分，如“{_short(profile.agent_quote)}”")


def _listener(profile: _Profile, agent: str | None, hints: Hints, settings: RoleSettings) -> Assigned:
    """The role of a voice that is neither agent nor machine."""
    if agent is None:
        if profile.customer > 0 and profile.characters > 0 and profile.agent == 0:
            weak = min(0.6, _confidence(profile.customer, settings))
            return Assigned("customer", weak, "只有应答用语，没有听到销售人员")
        return Assigned("unknown", 0.0, "内容不足以判断角色")
    if profile.answers == 0:
        if profile.customer > 0:
            return Assigned("customer", 0.5, "有应答用语，但不是紧接销售人员的提问")
        return Assigned("unknown", 0.0, "没有回答过销售人员的提问，内容不足以判断角色")
    quote = _short(profile.answer_quote)
    share = profile.answers_as_insured / profile.answers
    if share > settings.insured_share and not hints.insured_is_customer:
        sure = _confidence(2 * profile.answers_as_insured, settings)
        return Assigned("insured", sure, f"回答了向被保险人提出的问题 {profile.answers_as_insured} 次，如“{quote}”")
    sure = _confidence(profile.customer + 2 * profile.answers - profile.agent, settings)
    return Assigned("customer", sure, f"回答销售人员提问 {profile.answers} 次，如“{quote}”")


def _confidence(points: float, settings: RoleSettings) -> float:
    """Points as a probability: 0.5 for none, never above `settings.highest`."""
    return round(min(settings.highest, 1 / (1 + exp(-settings.steepness * max(0.0, points)))), 3)


def _short(text: str) -> str:
    return text if len(text) <= 24 else text[:24] + "…"


@cache
def _terms() -> _Terms:
    raw = yaml.safe_load(TERMS.read_text(encoding="utf-8"))

    def scored(name: str) -> tuple[_Term, ...]:
        return tuple(_Term(float(group["points"]), re.compile(one)) for group in raw[name] for one in group["any"])

    def plain(name: str) -> tuple[re.Pattern[str], ...]:
        return tuple(re.compile(one) for one in raw[name])

    return _Terms(
        agent=scored("agent"),
        customer=scored("customer"),
        system=scored("system"),
        addressed_to_insured=plain("addressed_to_insured"),
        question=plain("question"),
    )
