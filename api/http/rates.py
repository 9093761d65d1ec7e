"""How often somebody may ask. Counted in this process: with several of them a limit holds for each."""

import math
import time

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from api.http.problems import Refusal
from api.settings import RateSettings


class Rates:
    """Counters by what is asked and who asks."""

    def __init__(self, settings: RateSettings) -> None:
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._items = {
            name: RateLimitItemPerMinute(amount, namespace=name) for name, amount in settings.model_dump().items()
        }

    def count(self, kind: str, who: str) -> None:
        """Counts one of `kind` (a field of RateSettings). Raises Refusal `too_many_requests` above the limit."""
        if not self._limiter.hit(self._items[kind], who):
            self._refuse(kind, who)

    def check(self, kind: str, who: str) -> None:
        """Raises Refusal `too_many_requests` where the limit is reached, and counts nothing."""
        if not self._limiter.test(self._items[kind], who):
            self._refuse(kind, who)

    def _refuse(self, kind: str, who: str) -> None:
        reset = self._limiter.get_window_stats(self._items[kind], who).reset_time
        seconds = max(1, math.ceil(reset - time.time()))
        raise Refusal("too_many_requests", seconds=seconds, headers={"Retry-After": str(seconds)})
