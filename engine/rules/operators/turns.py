"""The conversation as turns: who spoke from when to when, whatever was recognised of it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from engine.evidence import Role
from engine.inspection import Finding
from engine.interval import Interval
from engine.rules.case import Case
from engine.rules.replies import Reply
from engine.rules.spoken import Spoken, mean

SELLERS: tuple[Role, ...] = ("agent", "system")
ANSWERING: tuple[Role, ...] = ("customer", "insured")


@dataclass(frozen=True, slots=True)
class Spell:
    """A stretch in which one side speaks: characters of its voices with none of another side between them."""

    spoken: tuple[Spoken, ...]

    @property
    def interval(self) -> Interval:
        return Interval(self.spoken[0].interval.start, max(one.interval.end for one in self.spoken))

    @property
    def quote(self) -> str:
        return "".join(one.text + one.mark for one in self.spoken)

    @property
    def role(self) -> Role:
        return self.spoken[0].role

    def finding(self, matched: str) -> Finding:
        span = self.interval
        probability = round(mean(one.probability for one in self.spoken), 4)
        return Finding(round(span.start, 3), round(span.end, 3), self.role, self.quote, matched, "text", probability)


def replies(case: Case, sure: bool = True) -> tuple[Reply, ...]:
    """What the customer's side said, as replies in order of time; not `sure`: what voices in doubt said."""
    if not sure:
        return case.conversation.replies(ANSWERING, sure=False)
    own = (one for role in ANSWERING for one in case.conversation.replies((role,)))
    return tuple(sorted(own, key=lambda one: one.interval))


def spells(case: Case, sides: Sequence[Collection[Role]]) -> list[tuple[int, Spell]]:
    """The conversation as spells with the number of their side, in order. Doubtful voices and other roles end a spell
    and are left out.
    """
    side_of = {role: i for i, roles in reversed(list(enumerate(sides))) for role in roles}
    found: list[tuple[int, Spell]] = []
    run: list[Spoken] = []
    running: int | None = None
    for one in case.hearing.spoken:
        side = side_of.get(one.role) if one.sure else None
        if side != running and run and running is not None:
            found.append((running, Spell(tuple(run))))
            run = []
        running = side
        if side is not None:
            run.append(one)
    if run and running is not None:
        found.append((running, Spell(tuple(run))))
    return found
