"""Stored sessions judged by another rule set, without their media.

Where only the sound could tell, the item is `pending_media` (engine/rules/replay.py): such a session has to be
inspected again. Where it is known by which rules a session was judged, and nothing that differs from these can be heard
in it, its verdicts stay as they are (engine/rules/difference.py).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from engine.errors import MingjianError
from engine.evidence import Evidence
from engine.evidence.file import unpack
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
from eval.backtest.stored import Stored, Truth, fault_of
from eval.metrics.items import item_key
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
            stored = from_json(inspection)
            evidence = unpack(packed)
            stayed = self._stays(stored, evidence)
            if stayed:
                items, verdict = stored.items, stored.verdict
            else:
                judgement, decision = self.decide(stored, evidence)
                items, verdict = judgement.items, decision.verdict
        except (OSError, ValueError, MingjianError) as error:
            return Judged(Session(name, fault=fault_of(error)), truth=truth)
        changed = () if stayed else tuple(changes(stored, items))
        session = Session(name, stored.verdict, verdict, changed)
        labels = truth.items if truth else {}
        old, new = (verdicts(stored.items), verdicts(items)) if labels else ({}, {})
        labelled = tuple(Labelled(label, old.get(key), new.get(key)) for key, label in labels.items())
        return Judged(session, tuple(_verdicts(stored, items)), labelled, truth, stayed)

    def _stays(self, stored: Inspection, evidence: Evidence) -> bool:
        """Whether the session was judged by `since`, by this engine and policy and without a person's corrections, and
        nothing that differs from it can be heard.
        """
        if self.since is None or self._difference is None or stored.ruleset.sha256 != self.since.sha256:
            return False
        if stored.policy.sha256 != self.policy.sha256 or stored.engine.version != VERSION:
            return False
        if any(one.code == "corrected_by_hand" for one in stored.notes):
            return False
        return not self._difference.heard_in(evidence)

    @cached_property
    def _difference(self) -> Difference | None:
        return difference(self.since, self.ruleset) if self.since is not None else None

    def decide(self, stored: Inspection, evidence: Evidence) -> tuple[Judgement, Decision]:
        """The judgement of one session and what the policy makes of it. Raises MingjianError `order_unreadable`."""
        order = parse_order(stored.order, INSPECTION_FILE)
        judgement = replay(evidence, self.ruleset, order)
        return judgement, decide(judgement, self.policy, evidence, order)


def verdicts(items: tuple[Item, ...]) -> dict[str, Verdict]:
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
