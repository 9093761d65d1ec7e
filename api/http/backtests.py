"""A rule set tried on past sessions, one page of them at a time: which verdicts would flip."""

from functools import partial

from pydantic import BaseModel

from engine.rules import RuleSet
from engine.rules.policy import load_policy
from engine.store import rulesets
from engine.store.rulesets import JudgedRow
from engine.store.store import Store
from eval.backtest import Backtest, Session, total


class Flip(BaseModel):
    """How many items went from one verdict to another."""

    old: str
    new: str
    items: int


class BacktestTotals(BaseModel):
    """Sums over the sessions of this page."""

    sessions: int
    session_flips: int
    flips: list[Flip]
    pending: int
    added: int
    removed: int
    faults: int


class BacktestOut(BaseModel):
    """What a rule set would have made of past sessions. `next`: where to go on."""

    items: list[Session]
    totals: BacktestTotals
    next: str | None


def tried(store: Store, name: str, rules: RuleSet, cursor: str | None, limit: int) -> BacktestOut:
    """What `rules` make of sessions that the rule set `name` judged. Raises MingjianError `cursor_unreadable`,
    `policy_unknown`."""
    test = Backtest(rules, load_policy(rules.policy))
    with store.database.reading() as s:
        page = rulesets.judged_by(s, name, cursor, limit)
    judged = [test.judge_bytes(partial(_both, store, row), row.session_id) for row in page.rows]
    sums = total(judged)
    flips = [Flip(old=old, new=new, items=count) for (old, new), count in sorted(sums.flips.items())]
    totals = {name: getattr(sums, name) for name in BacktestTotals.model_fields if name != "flips"}
    return BacktestOut(items=judged, totals=BacktestTotals(**totals, flips=flips), next=page.cursor)


def _both(store: Store, row: JudgedRow) -> tuple[bytes, bytes]:
    with store.blobs.open(row.result) as result, store.blobs.open(row.evidence) as evidence:
        return result.read(), evidence.read()
