"""What looks wrong across policies: one phone, one file or one voice where there should be several.

Voices are compared only where a deployment keeps them (opt-in), and like everything here only shown to people.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from engine import reasons
from engine.duties.checks import ConsistencyPart, consistency
from engine.duties.consistency import Disagreement
from engine.rules.identity import masked_phone


@dataclass(frozen=True, slots=True)
class PhoneUse:
    """Who else gave the phone of a session's customer: `customers` counts different people, this one included.

    `agents`: sessions in which it is a salesperson's; `own`: it is the salesperson's of this very sale.
    `insures_self`: the policyholder is that salesperson.
    """

    phone: str
    customers: int
    sessions: tuple[str, ...] = ()
    agents: tuple[str, ...] = ()
    insures_self: bool = False


def judge_phone(session_id: str, use: PhoneUse, checks: ConsistencyPart | None = None) -> tuple[Disagreement, ...]:
    """What is wrong with the phone of a session's customer."""
    part = (checks or consistency()).phones
    shown = masked_phone(use.phone)
    found = []
    if use.customers >= part.from_:
        text = reasons.text("cs_phone_customers", "zh", phone=shown, count=use.customers)
        found.append(Disagreement(part.id, session_id, use.sessions, part.severity, "cs_phone_customers", text))
    if use.agents and not use.insures_self:
        text = reasons.text("cs_phone_agent", "zh", phone=shown)
        others = tuple(one for one in use.agents if one != session_id)
        found.append(Disagreement(part.id, session_id, others, part.severity, "cs_phone_agent", text))
    return tuple(found)


def judge_reuse(
    session_id: str, others: Sequence[str], checks: ConsistencyPart | None = None
) -> tuple[Disagreement, ...]:
    """The same file was given for the policies of other customers, in the sessions `others`."""
    part = (checks or consistency()).reused
    if not others:
        return ()
    text = reasons.text("cs_recording_reused", "zh")
    return (Disagreement(part.id, session_id, tuple(others), part.severity, "cs_recording_reused", text),)


@dataclass(frozen=True, slots=True)
class VoiceOf:
    """A kept voice: `vector` of unit length, `seconds` of speech it was made of. `customer` tells people apart."""

    session_id: str
    role: str
    customer: str | None
    staff_no: str | None
    is_call: bool
    vector: tuple[float, ...]
    seconds: float


def judge_voices(
    mine: Sequence[VoiceOf], others: Iterable[VoiceOf], checks: ConsistencyPart | None = None
) -> tuple[Disagreement, ...]:
    """The voices of one session against those of others: one voice under two customers, or the salesperson's voice
    answering a call-back. The likest of each kind is told."""
    part = (checks or consistency()).voices
    best: dict[str, tuple[float, VoiceOf, VoiceOf]] = {}
    for other in others:
        for one in mine:
            code = _suspicious(one, other)
            if code is None or min(one.seconds, other.seconds) < part.least_seconds:
                continue
            likeness = similarity(one.vector, other.vector)
            if likeness >= part.least_similarity and likeness > best.get(code, (-1.0,))[0]:
                best[code] = (likeness, one, other)
    return tuple(
        Disagreement(
            part.id,
            one.session_id,
            (other.session_id,),
            part.severity,
            code,
            reasons.text(code, "zh", similarity=f"{likeness:.2f}"),
        )
        for code, (likeness, one, other) in sorted(best.items())
    )


def _suspicious(one: VoiceOf, other: VoiceOf) -> str | None:
    if one.session_id == other.session_id or len(one.vector) != len(other.vector):
        return None
    if one.role == other.role == "customer":
        different = one.customer is not None and other.customer is not None and one.customer != other.customer
        return "cs_voice_customers" if different else None
    customer, agent = (one, other) if one.role == "customer" else (other, one)
    if (customer.role, agent.role) == ("customer", "agent") and customer.is_call and not agent.is_call:
        return "cs_voice_agent"
    return None


def similarity(one: Sequence[float], other: Sequence[float]) -> float:
    """The cosine of two vectors of unit length."""
    return sum(a * b for a, b in zip(one, other, strict=True))
