"""What another rule set would have made of sessions inspected before: which verdicts flip, and on which words.

Stored results are judged again from their evidence, without the media. Where only the sound could tell, the item is
`pending_media` (engine/rules/replay.py) and counted apart: such a session has to be inspected again.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import ValidationError

from engine.errors import MingjianError
from engine.evidence_file import unpack
from engine.inspection import Inspection, Item, SessionVerdict, Verdict, from_json
from engine.order import parse_order
from engine.report.output import EVIDENCE_FILE, INSPECTION_FILE
from engine.rules import RuleSet, load
from engine.rules.policy import Policy, decide, load_policy
from engine.rules.replay import PENDING, replay


@dataclass(frozen=True, slots=True)
class Change:
    """One item that came to another verdict. `old` is None where the item is new, `new` where it is gone.

    `quote` and its times are of the words the verdict rests on now, else of those it rested on; None without any.
    """

    item: str
    product_index: int | None
    title: str
    old: Verdict | None
    new: Verdict | None
    reason_code: str
    reason: str
    quote: str | None = None
    start: float | None = None
    end: float | None = None
    clip: str | None = None

    @property
    def pending(self) -> bool:
        """Whether only the sound can tell."""
        return self.reason_code == PENDING

    @property
    def flip(self) -> bool:
        """Whether an item of both rule sets came to another verdict."""
        return self.old is not None and self.new is not None and not self.pending


@dataclass(frozen=True, slots=True)
class Session:
    """One stored session judged again. `fault` says why it could not be; nothing else is set then."""

    folder: str
    old: SessionVerdict | None = None
    new: SessionVerdict | None = None
    changes: tuple[Change, ...] = ()
    fault: str | None = None


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over sessions. `flips`: items by (old, new) verdict. `faults`: folders that could not be read."""

    sessions: int
    session_flips: int
    flips: dict[tuple[Verdict, Verdict], int]
    pending: int
    added: int
    removed: int
    faults: int

    @property
    def status(self) -> int:
        """0 nothing flips, 1 something does, 2 nothing or not everything could be judged."""
        if self.faults or not self.sessions:
            return 2
        return int(bool(self.session_flips or self.flips or self.pending))


def folders(root: Path) -> Iterator[Path]:
    """Every folder below `root` (itself included) that holds a result, in order of its path."""
    return (file.parent for file in sorted(root.rglob(INSPECTION_FILE)))


@dataclass(frozen=True, slots=True)
class Backtest:
    """A rule set and a policy to judge stored sessions by."""

    ruleset: RuleSet
    policy: Policy

    @classmethod
    def opened(cls, ruleset: str | Path, policy: str | Path | None = None) -> "Backtest":
        """The rule set and policy of these names or files; by default the policy that the rule set names.

        Raises MingjianError for what is unknown or has faults.
        """
        rules = load(ruleset)
        return cls(rules, load_policy(policy or rules.policy))

    def judge(self, folder: Path, name: str) -> Session:
        """One stored session, called `name` in the result."""
        return self.judge_bytes(
            lambda: ((folder / INSPECTION_FILE).read_bytes(), (folder / EVIDENCE_FILE).read_bytes()), name
        )

    def judge_bytes(self, read_both: Callable[[], tuple[bytes, bytes]], name: str) -> Session:
        """The same for an inspection and its evidence that lie anywhere; what cannot be read is the session's
        `fault`."""
        try:
            inspection, packed = read_both()
            stored = from_json(inspection)
            evidence = unpack(packed)
            order = parse_order(stored.order, INSPECTION_FILE)
        except (OSError, ValueError, MingjianError) as error:
            return Session(name, fault=_one_line(error))
        judgement = replay(evidence, self.ruleset, order)
        decision = decide(judgement, self.policy, evidence, order)
        return Session(name, stored.verdict, decision.verdict, tuple(_changes(stored, judgement.items)))


def total(sessions: Iterable[Session]) -> Totals:
    """Sums over `sessions`."""
    judged = session_flips = pending = added = removed = faults = 0
    flips: dict[tuple[Verdict, Verdict], int] = {}
    for session in sessions:
        if session.fault is not None:
            faults += 1
            continue
        judged += 1
        session_flips += session.old != session.new
        for change in session.changes:
            if change.old is None:
                added += 1
            elif change.new is None:
                removed += 1
            elif change.pending:
                pending += 1
            else:
                flips[change.old, change.new] = flips.get((change.old, change.new), 0) + 1
    return Totals(judged, session_flips, flips, pending, added, removed, faults)


def _changes(stored: Inspection, items: Iterable[Item]) -> Iterator[Change]:
    before = {(item.id, item.product_index): item for item in stored.items}
    for item in items:
        old = before.pop((item.id, item.product_index), None)
        if old is None or old.verdict != item.verdict:
            yield _change(old, item)
    for gone in before.values():
        yield _change(gone, None)


def _change(old: Item | None, new: Item | None) -> Change:
    item = new or old
    if item is None:
        raise ValueError("a change has at least one side")
    quoted = next((one for side in (new, old) if side for one in side.evidence if one.quote), None)
    answer = item.answer
    change = Change(
        item=item.id,
        product_index=item.product_index,
        title=item.title,
        old=old.verdict if old else None,
        new=new.verdict if new else None,
        reason_code=item.reason_code,
        reason=item.reason,
        clip=next((one.clip for side in (old, new) if side for one in side.evidence if one.clip), None),
    )
    if quoted is not None:
        return _at(change, quoted.quote, quoted.start, quoted.end)
    return _at(change, answer.quote, answer.start, answer.end) if answer else change


def _at(change: Change, quote: str | None, start: float | None, end: float | None) -> Change:
    return replace(change, quote=quote, start=start, end=end)


def _one_line(error: Exception) -> str:
    """What is wrong, without quoting what a session says."""
    if isinstance(error, MingjianError):
        return str(error)
    if isinstance(error, FileNotFoundError):
        return f"缺少 {Path(error.filename).name} / {Path(error.filename).name} is missing"
    if isinstance(error, ValidationError):
        first = error.errors(include_input=False, include_url=False)[0]
        return f"{'.'.join(map(str, first['loc'][:4]))}: {first['msg']}"
    return f"{type(error).__name__}: {error}".splitlines()[0]
