"""Stored sessions judged by another rule set, without their media.

Where only the sound could tell, the item is `pending_media` (engine/rules/replay.py): such a session has to be
inspected again. Where it is known by which rules a session was judged, and nothing that differs from these can be heard
in it, its verdicts stay as they are (engine/rules/difference.py).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from engine.errors import MingjianError
from engine.evidence import Evidence
from engine.evidence.file import unpack, unpack_transcript
from engine.inspection import Inspection, Item, SessionVerdict, Verdict, from_json
from engine.order import parse_order
from engine.report.output import INSPECTION_FILE
from engine.rules import RuleSet, load
from engine.rules.difference import Difference, difference
from engine.rules.judgement import Judgement
from engine.rules.policy import Decision, Policy, decide, load_policy
from engine.rules.replay import PENDING, replay
from engine.version import VERSION
from eval.backtest.changes import Session, changes
from eval.backtest.standing import Standing, read_standing
from eval.backtest.stored import Stored, Truth, fault_of
from eval.metrics.items import Ruled, item_key
from eval.metrics.items import verdicts as worst_verdicts
from eval.tuning.point import Point

NOT_MEASURED = "not_measured"


@dataclass(frozen=True, slots=True)
class Verdicts:
    """One item before and after. `pending`: only the sound can tell. `unmeasured`: left open because the rule asks for
    what had not been measured when the session was inspected.
    """

    item: str
    title: str
    old: Verdict | None
    new: Verdict | None
    pending: bool = False
    unmeasured: bool = False


@dataclass(frozen=True, slots=True)
class Labelled:
    """What is truly so of an item, and what it was before and after; None where there was no such item."""

    truth: Verdict
    old: Verdict | None
    new: Verdict | None


@dataclass(frozen=True, slots=True)
class Judged:
    """One stored session judged again: what changed, every item's verdicts, and those of labelled items beside their
    labels. `stayed`: nothing that differs between both rule sets is heard in it, so that nothing was judged."""

    session: Session
    items: tuple[Verdicts, ...] = ()
    labelled: tuple[Labelled, ...] = ()
    truth: Truth | None = None
    stayed: bool = False

    @property
    def old(self) -> SessionVerdict | None:
        return self.session.old

    @property
    def new(self) -> SessionVerdict | None:
        return self.session.new


@dataclass(frozen=True)
class Backtest:
    """A rule set and a policy to judge stored sessions by. `since`: the rules that judged them, where that is known;
    a session that others judged is judged in full.
    """

    ruleset: RuleSet
    policy: Policy
    since: RuleSet | None = None

    @classmethod
    def opened(
        cls,
        ruleset: str | Path,
        policy: str | Path | None = None,
        point: Point | None = None,
        since: str | Path | None = None,
    ) -> "Backtest":
        """The rule set and policy of these names or files; by default the policy that the rule set names. `point`:
        with these thresholds. `since`: the rule set by which the sessions were judged.

        Raises MingjianError for what is unknown or has faults.
        """
        rules = load(ruleset)
        chosen = load_policy(policy or rules.policy)
        return cls(point.applied(rules) if point else rules, chosen, load(since) if since else None)

    def judge(self, folder: Path, name: str) -> Session:
        """One stored session, called `name` in the result."""
        return self.judge_stored(Stored(name, folder)).session

    def judge_stored(self, stored: Stored) -> Judged:
        """One stored session with all its items, against its labels where it has some."""
        if stored.failed is not None:
            return Judged(Session(stored.name, fault=stored.failed), truth=stored.truth)
        both = lambda: (stored.inspection_bytes(), stored.evidence_bytes())  # noqa: E731  read inside, where faults are told
        return self._judged(both, stored.name, stored.truth)

    def judge_bytes(self, read_both: Callable[[], tuple[bytes, bytes]], name: str) -> Session:
        """The same for an inspection and its evidence that lie anywhere; what cannot be read is the session's
        `fault`."""
        return self._judged(read_both, name, None).session

    def _judged(self, read_both: Callable[[], tuple[bytes, bytes]], name: str, truth: Truth | None) -> Judged:
        try:
            inspection, packed = read_both()
            standing = self._standing(inspection, packed)
            if standing is not None:
                return _stayed(name, standing, truth)
            stored = from_json(inspection)
            judgement, decision = self.decide(stored, unpack(packed))
        except (OSError, ValueError, MingjianError) as error:
            return Judged(Session(name, fault=fault_of(error)), truth=truth)
        items = judgement.items
        session = Session(name, stored.verdict, decision.verdict, tuple(changes(stored, items)))
        return Judged(session, tuple(_verdicts(stored, items)), _labelled(truth, stored.items, items), truth)

    def _standing(self, inspection: bytes, packed: bytes) -> Standing | None:
        """What the session came to, where that stands: it was judged by `since`, by this engine and policy and without
        a person's corrections, and nothing that differs from it can be heard.
        """
        if self.since is None or self._difference is None:
            return None
        standing = read_standing(inspection)
        if standing.ruleset.sha256 != self.since.sha256 or standing.policy.sha256 != self.policy.sha256:
            return None
        if standing.engine.version != VERSION or any(one.code == "corrected_by_hand" for one in standing.notes):
            return None
        return None if self._difference.heard_in(unpack_transcript(packed)) else standing

    @cached_property
    def _difference(self) -> Difference | None:
        return difference(self.since, self.ruleset) if self.since is not None else None

    def decide(self, stored: Inspection, evidence: Evidence) -> tuple[Judgement, Decision]:
        """The judgement of one session and what the policy makes of it. Raises MingjianError `order_unreadable`."""
        order = parse_order(stored.order, INSPECTION_FILE)
        judgement = replay(evidence, self.ruleset, order)
        return judgement, decide(judgement, self.policy, evidence, order)


def _stayed(name: str, standing: Standing, truth: Truth | None) -> Judged:
    session = Session(name, standing.verdict, standing.verdict)
    items = tuple(Verdicts(one.id, one.title, one.verdict, one.verdict) for one in standing.items)
    return Judged(session, items, _labelled(truth, standing.items, standing.items), truth, stayed=True)


def _labelled(truth: Truth | None, before: Sequence[Ruled], after: Sequence[Ruled]) -> tuple[Labelled, ...]:
    if truth is None or not truth.items:
        return ()
    old, new = verdicts(before), verdicts(after)
    return tuple(Labelled(label, old.get(key), new.get(key)) for key, label in truth.items.items())


def verdicts(items: Sequence[Ruled]) -> dict[str, Verdict]:
    """Verdicts as labels name them: by rule (the worst of all products), and by rule and product."""
    return {item_key(item): item.verdict for item in items} | worst_verdicts(items)


def _verdicts(stored: Inspection, items: tuple[Item, ...]) -> Iterator[Verdicts]:
    before = {(item.id, item.product_index): item for item in stored.items}
    for item in items:
        old = before.pop((item.id, item.product_index), None)
        verdict = old.verdict if old else None
        unmeasured = item.reason_code == NOT_MEASURED and verdict != item.verdict
        yield Verdicts(item.id, item.title, verdict, item.verdict, item.reason_code == PENDING, unmeasured)
    for item in before.values():
        yield Verdicts(item.id, item.title, item.verdict, None)
