"""The rounds of the house, made every minute or so: what falls due, what was drawn, what does not agree.

Every part looks at what the store holds and does what is missing, so that rounds made twice, or by two processes, or
after a long pause, come to the same. One part that fails hinders no other.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from engine.aftermath import Comparing, after_reviews
from engine.duties.data import duties
from engine.duties.days import CHINA, civil_day
from engine.duties.quotas import draw, draw_blind, draw_double, given_out
from engine.errors import MingjianError
from engine.settings import Settings
from engine.store import callbacks, heartbeats, policies, quotas, tickets
from engine.store.store import Store

LOG = logging.getLogger(__name__)
QUOTA_MONTHS = 3
"""Months of sale whose quotas are looked after: cooling-off periods are shorter."""
DRAW_EVERY = timedelta(minutes=10)
SILENT_AFTER = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Rounds:
    """What one round did: sessions compared, findings made, tickets opened or moved, samples drawn, dues told."""

    compared: int = 0
    findings: int = 0
    tickets: int = 0
    drawn: int = 0
    told: int = 0
    failed: tuple[str, ...] = ()


def duty(store: Store, settings: Settings, now: datetime) -> None:
    """The rounds, as housekeeping calls them."""
    make_rounds(store, now, settings)


def make_rounds(store: Store, now: datetime, settings: Settings | None = None) -> Rounds:
    """One round at `now`. Parts that fail are named in the result and logged without what they were about."""
    failed: list[str] = []

    def part(name: str, work: Callable[[], int]) -> int:
        try:
            return work()
        except MingjianError as error:
            LOG.warning("round %s failed: %s", name, error.code)
        except Exception as error:  # noqa: BLE001  one part must not end the others; its message may quote a session
            LOG.error("round %s failed: %s", name, type(error).__name__)
        failed.append(name)
        return 0

    comparing = Comparing(store, now, keeps_voices=_keeps_voices(settings))
    compared = part("compare", comparing.all)
    moved = part("reviewed", lambda: after_reviews(store, now))
    drawn = part("draw", lambda: _draw(store, now))
    told = part("due", lambda: _tell_due(store, now))
    part("forget", lambda: _forget(store, now))
    named = (*failed, *(f"compare {one}" for one in comparing.failed))
    return Rounds(compared, comparing.findings, comparing.tickets + moved, drawn, told, named)


def _keeps_voices(settings: Settings | None) -> bool:
    return settings is not None and settings.speech.enrolment.keep_voices


def _tell_due(store: Store, now: datetime) -> int:
    with store.database.writing() as s:
        return tickets.tell_due(s, now)


def _forget(store: Store, now: datetime) -> int:
    with store.database.writing() as s:
        policies.forget_refusals(s, now)
        heartbeats.forget(s, now - SILENT_AFTER)
    return 0


def _draw(store: Store, now: datetime) -> int:
    """Draw what quotas ask for; not more often than `DRAW_EVERY`."""
    rules, today = duties(), civil_day(now)
    with store.database.reading() as s:
        last = callbacks.last_draw(s)
        if last is not None and now - last < DRAW_EVERY:
            return 0
        first = now.astimezone(CHINA).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        for _ in range(QUOTA_MONTHS - 1):
            first = (first - timedelta(days=1)).replace(day=1)
        cases = quotas.sold_cases(s, rules.sampling, first, now + timedelta(days=1))
        blind = quotas.blind_candidates(draw_blind(cases, rules.sampling), s)
        cases = given_out(cases, blind)
        since = now - timedelta(days=rules.sampling.double_days)
        doubles = draw_double(quotas.double_candidates(s, since), rules.sampling)
    drawn = 0
    for quota in rules.quotas:
        chosen = draw(quota, cases, rules.sampling, today)
        with store.database.writing() as s:
            drawn += quotas.note_drawn(s, quota.id, chosen, now)
    with store.database.writing() as s:
        drawn += quotas.note_drawn(s, quotas.BLIND, blind, now)
        drawn += quotas.note_doubles(s, doubles, now + timedelta(days=rules.sampling.double_days), now)
        callbacks.note_draw(s, now)
    return drawn
