"""Who is in the frame when, as far as the picture tells: for sure, by number, or perhaps.

Only time in which a face could be judged counts. A person whose role the sound did not tell may be anybody; where as
many people are in the frame as are wanted, they are taken for them, with a note.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from engine.evidence import Person, Role, Scene
from engine.inspection import Note
from engine.interval import Interval, intersect, subtract, total, union
from engine.rules.case import Case
from engine.rules.judgement import Ruling, note
from engine.rules.operators.anchors import unsaid
from engine.rules.operators.base import Operator, Outcome, Situation
from engine.rules.operators.outcomes import not_applicable, not_measured, unknown
from engine.rules.operators.params import ItemId
from engine.rules.sights import VISION_STAGE

PAIR: tuple[Role, ...] = ("agent", "customer")


class OverPicture(Operator):
    """Base of operators that look at a part of the session: while `item` is said and answered, or from the beginning of
    `window_from_item` to the last answer or the end. Neither: the whole session.
    """

    item: ItemId | None = None
    window_from_item: ItemId | None = None
    to: Literal["last_answer", "end"] = "end"

    def anchors(self) -> tuple[str, ...]:
        return tuple(one for one in (self.item, self.window_from_item) if one is not None)

    def window(self, situation: Situation) -> tuple[Interval, ...] | Outcome:
        """The spans to look at, or what holds where an anchor was not said."""
        lost = [item for item in self.anchors() if not situation.said.get(item)]
        if lost:
            return unsaid(situation, lost)
        spans: tuple[Interval, ...] = (situation.case.whole,)
        if self.item is not None:
            said = situation.said[self.item]
            spans = union(Interval(one.interval.start, one.answered_until or one.interval.end) for one in said)
        if self.window_from_item is not None:
            begin = situation.said[self.window_from_item][0].interval.start
            answers = [one.answered_until for said in situation.said.values() for one in said if one.answered_until]
            end = (
                max(answers, default=situation.case.whole.end) if self.to == "last_answer" else situation.case.whole.end
            )
            spans = intersect(spans, [Interval(begin, max(begin, end))])
        return spans


def unseen(case: Case) -> Outcome | None:
    """Why there is no picture to be judged, or None when there is."""
    if not case.evidence.media.has_video:
        return not_applicable("no_picture")
    stage = case.evidence.stage(VISION_STAGE)
    if case.evidence.scene is None or (stage is not None and stage.status == "failed"):
        return unknown(Ruling("inconclusive", "stage_lost", {"stage": VISION_STAGE}))
    return None


def scene_of(case: Case) -> Scene | Outcome:
    """The scene, or why there is none to be judged."""
    lost = unseen(case)
    if lost is not None:
        return lost
    return case.evidence.scene or not_measured("画面")


@dataclass(frozen=True, slots=True)
class Company:
    """Who is in the frame during `interval`: the roles that are sure, and the number of people who may be anybody."""

    interval: Interval
    roles: frozenset[Role]
    untold: int

    def holds(self, wanted: Collection[Role]) -> bool:
        """Whether people not told may stand for those of `wanted` that are not seen for sure."""
        return sum(role not in self.roles for role in wanted) <= self.untold


def sure(person: Person, role_floor: float) -> bool:
    """Whether it is told who this is."""
    return person.role != "unknown" and person.confidence >= role_floor


def surely(scene: Scene, role: Role, case: Case) -> tuple[Person, ...]:
    """The people who surely play `role`."""
    return tuple(one for one in scene.people if one.role == role and sure(one, case.settings.role_floor))


def companies(scene: Scene, role_floor: float) -> tuple[Company, ...]:
    """The session in stretches between which somebody comes or goes; without those that show nobody."""
    events = sorted(
        (edge, change, number)
        for number, person in enumerate(scene.people)
        for span in union(person.intervals)
        for edge, change in ((span.start, 1), (span.end, -1))
    )
    found = []
    present: set[int] = set()
    for (time, change, number), (following, _, _) in pairwise([*events, (float("inf"), 0, -1)]):
        if change > 0:
            present.add(number)
        else:
            present.discard(number)
        if following > time and present:
            people = [scene.people[one] for one in sorted(present)]
            told = [one for one in people if sure(one, role_floor)]
            roles = frozenset(one.role for one in told)
            found.append(Company(Interval(time, following), roles, len(people) - len(told)))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Seen:
    """Time in which something is seen: `surely`, taking as many people as wanted for them (`counted`), and at most
    (`perhaps`). Each holds the one before.
    """

    surely: tuple[Interval, ...]
    counted: tuple[Interval, ...]
    perhaps: tuple[Interval, ...]

    def notes(self, judged: Collection[Interval]) -> tuple[Note, ...]:
        """That people were only counted, where that is so."""
        counted = total(intersect(self.counted, judged)) > total(intersect(self.surely, judged))
        return (note("faces_counted"),) if counted else ()


def face_of(scene: Scene, role: Role, role_floor: float) -> Seen:
    """When the face of `role` is seen."""
    expected = PAIR if role in PAIR else (*PAIR, role)
    here = companies(scene, role_floor)
    return Seen(
        _when(here, lambda one: role in one.roles),
        _when(here, lambda one: role in one.roles or (one.untold > 0 and one.holds(expected))),
        _when(here, lambda one: role in one.roles or one.untold > 0),
    )


def faces_of(scene: Scene, roles: Collection[Role], role_floor: float) -> Seen:
    """When the faces of all `roles` are seen at once."""
    here = companies(scene, role_floor)
    counted = _when(here, lambda one: one.holds(roles))
    return Seen(_when(here, lambda one: one.roles.issuperset(roles)), counted, counted)


def _when(here: Collection[Company], holds: Callable[[Company], bool]) -> tuple[Interval, ...]:
    return union(one.interval for one in here if holds(one))


def usable(scene: Scene, window: Collection[Interval], seen: Collection[Interval]) -> tuple[Interval, ...]:
    """The part of `window` that says something: judged, and not lost to faces that are too small."""
    return subtract(intersect(window, scene.judged), subtract(scene.too_small, seen))


def too_little(case: Case, scene: Scene, window: Collection[Interval], judged: Collection[Interval]) -> Outcome | None:
    """Why so little could be `judged` of `window` that nothing follows, or None when it was enough."""
    length = total(window)
    share = total(judged) / length if length else 0.0
    if share >= case.settings.picture_floor and total(judged) > 0:
        return None
    bright = total(intersect(window, scene.judged)) / length if length else 0.0
    code = "faces_too_small" if bright >= case.settings.picture_floor else "picture_unjudgeable"
    return unknown(Ruling("inconclusive", code, {"share": f"{share:.0%}"}), window=hull(window))


def hull(window: Collection[Interval]) -> Interval | None:
    """From the first start to the last end; None for nothing."""
    if not window:
        return None
    return Interval(min(one.start for one in window), max(one.end for one in window))
