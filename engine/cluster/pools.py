"""Pools of workers: lent for one task at a time to whoever is most urgent, replaced when they die or have grown old."""

import heapq
import itertools
import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import ray
from ray.exceptions import GetTimeoutError, RayError

from engine.cluster.actors import hire
from engine.cluster.joining import nodes
from engine.cluster.settings import PoolSettings
from engine.cluster.tasks import State
from engine.errors import MingjianError
from engine.settings import Settings

log = logging.getLogger(__name__)

POOLS = ("whole", "speech", "diarization", "vision", "ocr", "finish")
ANSWER_S = 10.0
"""How long a living worker may take to say how it is."""
MOST_FAILED_STARTS = 3

Stopping = Callable[[], bool]


class Interrupted(Exception):
    """Whoever waited was told to stop."""


@dataclass(eq=False)
class Hand:
    """A worker of a pool. `state` is what it said last, None until it has said anything; `dead` once it gave no answer
    or was ended; `asked` is the first question, which it answers when it has started."""

    pool: str
    actor: Any
    asked: Any
    state: State | None = None
    dead: bool = False
    hired: float = field(default_factory=time.monotonic)
    idle_since: float = field(default_factory=time.monotonic)

    def end(self) -> None:
        """End the process at once."""
        self.dead = True
        with suppress(RayError, ValueError):
            ray.kill(self.actor)


class Pool:
    """Workers of one kind. Only those that have started are lent: one that finds no room holds nobody up while another
    is free."""

    def __init__(self, name: str, settings: Settings) -> None:
        self.name = name
        self._settings = settings
        self._limits: PoolSettings = getattr(settings.cluster, name)
        self._changed = threading.Condition()
        self._hands: list[Hand] = []
        self._idle: list[Hand] = []
        self._starting: list[Hand] = []
        self._waiting: list[tuple[datetime, int]] = []
        self._numbers = itertools.count()
        self._failed_starts = 0

    @property
    def most(self) -> int:
        """How many workers there may be."""
        return most_of(self._limits)

    def hands(self) -> tuple[Hand, ...]:
        """Every worker there is."""
        with self._changed:
            return tuple(self._hands)

    @contextmanager
    def lend(self, urgency: datetime, stopping: Stopping) -> Iterator[Hand]:
        """A living worker for the length of the block; the most urgent of those who wait gets the next.

        Raises Interrupted when `stopping` says so, MingjianError `cluster_no_room` when none can be had.
        """
        hand = self._found(urgency, stopping)
        try:
            yield hand
        finally:
            self._take_back(hand)

    def tend(self) -> None:
        """Keep as many as there must be at least, unless none will start: then the next job tries again. Let those go
        that have nothing to do."""
        with self._changed:
            self._greet()
            for hand in [one for one in self._idle if one.dead]:
                self._discard(hand)
            while len(self._hands) < min(self._limits.least, self.most) and self._failed_starts < MOST_FAILED_STARTS:
                self._hire()
            long_idle = time.monotonic() - self._settings.cluster.idle_s
            for hand in [one for one in self._idle if one.idle_since < long_idle]:
                if len(self._hands) > self._limits.least:
                    self._discard(hand)

    def close(self) -> None:
        """End every worker."""
        with self._changed:
            for hand in list(self._hands):
                self._discard(hand)

    def _found(self, urgency: datetime, stopping: Stopping) -> Hand:
        if self.most == 0:
            raise MingjianError("cluster_no_room", pool=self.name, seconds=0)
        while True:
            hand = self._next(urgency, stopping)
            if self._is_awake(hand):
                return hand
            log.warning("a worker of %s was found dead", self.name)
            self._take_back(hand)

    def _next(self, urgency: datetime, stopping: Stopping) -> Hand:
        place = (urgency, next(self._numbers))
        began = time.monotonic()
        with self._changed:
            heapq.heappush(self._waiting, place)
            try:
                while not stopping():
                    self._greet()
                    if self._waiting[0] == place:
                        if self._idle:
                            return self._idle.pop()
                        if self._is_hopeless():
                            self._failed_starts = 0
                            waited = round(time.monotonic() - began)
                            raise MingjianError("cluster_no_room", pool=self.name, seconds=waited)
                        if len(self._hands) < self.most and len(self._starting) < len(self._waiting):
                            self._hire()
                    self._changed.wait(self._settings.cluster.poll_s)
                raise Interrupted
            finally:
                self._waiting.remove(place)
                heapq.heapify(self._waiting)
                self._changed.notify_all()

    def _greet(self) -> None:
        """Those that have started are free now; those that died over it, or take too long, go."""
        too_long = time.monotonic() - self._settings.cluster.start_s
        for hand in list(self._starting):
            if ray.wait([hand.asked], timeout=0)[0]:
                try:
                    hand.state = ray.get(hand.asked)
                except RayError:
                    log.warning("a worker of %s did not start", self.name)
                    self._failed_starts += 1
                    self._discard(hand)
                else:
                    self._failed_starts = 0
                    hand.idle_since = time.monotonic()
                    self._starting.remove(hand)
                    self._idle.append(hand)
            elif hand.hired < too_long:
                log.warning("a worker of %s found no room", self.name)
                self._failed_starts = MOST_FAILED_STARTS
                self._discard(hand)

    def _is_hopeless(self) -> bool:
        """Whether nothing starts, and nobody is at work who might become free."""
        return self._failed_starts >= MOST_FAILED_STARTS and len(self._hands) == len(self._starting)

    def _is_awake(self, hand: Hand) -> bool:
        """Whether a worker that was free answers."""
        if state_of(hand) is None:
            hand.end()
        return not hand.dead

    def _take_back(self, hand: Hand) -> None:
        cluster = self._settings.cluster
        state = hand.state
        if state is not None and not hand.dead:
            state = hand.state = state_of(hand) or state
        old = state is not None and (state.done >= cluster.recycle_after or state.memory > cluster.recycle_memory)
        with self._changed:
            if hand.dead or old:
                self._discard(hand)
            else:
                hand.idle_since = time.monotonic()
                self._idle.append(hand)
            self._changed.notify_all()

    def _hire(self) -> None:
        actor = hire(self._settings.on_cores(self._limits.cpus), _fitting(self._limits))
        hand = Hand(self.name, actor, actor.state.remote())
        self._hands.append(hand)
        self._starting.append(hand)

    def _discard(self, hand: Hand) -> None:
        hand.end()
        self._hands = [one for one in self._hands if one is not hand]
        self._idle = [one for one in self._idle if one is not hand]
        self._starting = [one for one in self._starting if one is not hand]


def state_of(hand: Hand, task_id: str | None = None) -> State | None:
    """How a worker is; None where it does not say in time. Marks it dead where it is."""
    try:
        hand.state = ray.get(hand.actor.state.remote(task_id), timeout=ANSWER_S)
    except GetTimeoutError:
        return None
    except RayError:
        hand.dead = True
        return None
    return hand.state


def most_of(limits: PoolSettings) -> int:
    """How many workers of a pool there may be, on the cores that Ray has now."""
    if limits.most is not None:
        return limits.most
    return max(1, int(sum(node.cpus for node in nodes()) // limits.cpus)) if limits.cpus else 1


def _fitting(limits: PoolSettings) -> PoolSettings:
    """What a worker is reckoned to need, no more cores than the largest machine has."""
    largest = max((node.cpus for node in nodes()), default=0.0)
    return limits.model_copy(update={"cpus": min(limits.cpus, largest)}) if largest else limits
