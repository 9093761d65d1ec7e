"""A recogniser that remembers: the same sound is recognised and the same text scored once, however often it is judged.

Recognition is most of the cost of the spoken test, and attribution, rules and confirmation change far more often than
the network that hears.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from engine.artifacts import Artifacts, fingerprint
from engine.speech.recognizer import Hypothesis, Recognizer, Samples, ScoredToken


@dataclass(frozen=True, slots=True)
class Remembering:
    """`recognizer` with everything it said kept under `kept`."""

    recognizer: Recognizer
    kept: Artifacts

    @property
    def name(self) -> str:
        return self.recognizer.name

    @property
    def identity(self) -> str:
        return self.recognizer.identity

    @property
    def longest_window(self) -> float:
        return self.recognizer.longest_window

    @property
    def at_once(self) -> int:
        return self.recognizer.at_once

    def recognize(self, windows: Sequence[Samples], *, careful: bool = False) -> tuple[Hypothesis, ...]:
        """As the recogniser; a batch is remembered as a whole, because windows in it share their padding."""
        key = fingerprint("recognize", self.identity, careful, [_hash(window) for window in windows])
        return self.kept.recall(
            tuple[Hypothesis, ...], key, lambda: self.recognizer.recognize(windows, careful=careful), lambda _: True
        )

    def score(self, window: Samples, texts: Sequence[str]) -> tuple[tuple[ScoredToken, ...], ...]:
        """As the recogniser."""
        key = fingerprint("score", self.identity, _hash(window), list(texts))
        return self.kept.recall(
            tuple[tuple[ScoredToken, ...], ...], key, lambda: self.recognizer.score(window, texts), lambda _: True
        )


def _hash(window: Samples) -> str:
    return hashlib.sha256(window.tobytes()).hexdigest()
