"""What the engine asks of a recogniser, and the default one over Whisper.

Any network fits that turns windows of sound into characters with times and probabilities (`recognize`) and can say how
well a given text explains a window (`score`). The engine packs speech into windows, guards the text and maps times;
adapters do not.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from models.whisper import Whisper

Samples = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Piece:
    """One character, one Latin word, one number or one punctuation mark; `start` and `end` in seconds from the window's
    start.
    """

    text: str
    start: float
    end: float
    probability: float


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """What a recogniser heard in one window, with its own doubts.

    `avg_logprob` is nats per token; `no_speech` and `mandarin` are probabilities (0..1) that nobody speaks and that
    what is spoken is Chinese; `compression` is how well the text compresses (loops: above 2.4).
    """

    pieces: tuple[Piece, ...]
    avg_logprob: float
    no_speech: float
    compression: float
    mandarin: float

    @property
    def text(self) -> str:
        return "".join(piece.text for piece in self.pieces)


@dataclass(frozen=True, slots=True)
class ScoredToken:
    """One token of a given text with the log-probability (nats) a recogniser gives it."""

    text: str
    logprob: float


class Recognizer(Protocol):
    """Turns sound into text. Windows are mono float32 at 16 kHz, no longer than `longest_window` seconds.

    `identity` is the hash of the weights: it is part of every artifact's fingerprint.
    """

    @property
    def name(self) -> str: ...

    @property
    def identity(self) -> str: ...

    @property
    def longest_window(self) -> float: ...

    @property
    def at_once(self) -> int:
        """How many calls may run side by side; none may change the result of another."""
        ...

    def recognize(self, windows: Sequence[Samples], *, careful: bool = False) -> tuple[Hypothesis, ...]:
        """One hypothesis per window; never biased by a prompt or by expected phrases. `careful` may cost more time."""
        ...

    def score(self, window: Samples, texts: Sequence[str]) -> tuple[tuple[ScoredToken, ...], ...]:
        """How well each text explains the window, token by token."""
        ...


CHINESE = frozenset({"zh", "yue"})


class WhisperRecognizer:
    """The default recogniser. `beam` hypotheses, language fixed to Mandarin; deterministic."""

    def __init__(self, network: "Whisper", *, beam: int = 5, language: str = "zh") -> None:
        from models.whisper import LONGEST_SECONDS, DecodingOptions

        self._network = network
        self._language = language
        self._long = DecodingOptions(beam=beam)
        self._short = DecodingOptions(beam=beam, whole_input=False)
        self._identity: str | None = None
        self.longest_window = LONGEST_SECONDS
        self.at_once = network.workers

    @property
    def name(self) -> str:
        return self._network.name

    @property
    def identity(self) -> str:
        if self._identity is None:
            self._identity = self._network.sha256()
        return self._identity

    def recognize(self, windows: Sequence[Samples], *, careful: bool = False) -> tuple[Hypothesis, ...]:
        options = self._long if careful else self._short
        decoded = self._network.decode(windows, self._language, options)
        return tuple(
            Hypothesis(
                pieces=tuple(Piece(one.text, one.start, one.end, one.probability) for one in window.pieces),
                avg_logprob=window.avg_logprob,
                no_speech=window.no_speech,
                compression=window.compression,
                mandarin=sum(probability for code, probability in window.languages if code in CHINESE),
            )
            for window in decoded
        )

    def score(self, window: Samples, texts: Sequence[str]) -> tuple[tuple[ScoredToken, ...], ...]:
        return tuple(
            tuple(ScoredToken(text, logprob) for text, logprob in tokens)
            for tokens in self._network.score(window, texts, self._language)
        )
