"""Views of recordings, counted so that the audit log holds each once: a player asks for one file many times."""

import threading
from datetime import datetime, timedelta


class Views:
    """Which views were written to the audit log a moment ago."""

    EVERY = timedelta(minutes=10)
    MOST = 10_000

    def __init__(self) -> None:
        self._seen: dict[tuple[str, str], datetime] = {}
        self._lock = threading.Lock()

    def is_new(self, who: str, what: str, at: datetime) -> bool:
        """Whether this view is another one than the last of the same person and file."""
        with self._lock:
            last = self._seen.get((who, what))
            if last is not None and timedelta(0) <= at - last < self.EVERY:
                return False
            if len(self._seen) >= self.MOST:
                self._seen = {key: when for key, when in self._seen.items() if at - when < self.EVERY}
            if len(self._seen) < self.MOST:
                self._seen[(who, what)] = at
            return True
