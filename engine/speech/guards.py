"""Telling heard text from invented text: loops, subtitle credits, text where nobody speaks.

Networks trained on subtitles fill silence, music and mumbling with what subtitles say there. Each guard looks at one
sign of it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from engine.speech.recognizer import Hypothesis, Piece
from engine.speech.settings import RecognitionSettings

INVENTIONS = Path(__file__).resolve().parents[2] / "configs" / "speech" / "inventions.yaml"


@dataclass(frozen=True, slots=True)
class Loop:
    """Pieces `first` to `last` (exclusive) repeat one unit of `length` pieces."""

    first: int
    last: int
    length: int

    @property
    def count(self) -> int:
        return (self.last - self.first) // self.length


def find_loop(units: Sequence[str], settings: RecognitionSettings) -> Loop | None:
    """The longest stretch that says one unit over and over as a machine does and people do not.

    People say 对对对 and 好的好的; five in a row of anything, or a sentence twice without a breath, is a loop.
    """
    best: Loop | None = None
    for length in range(1, len(units) // 2 + 1):
        first = 0
        while first + 2 * length <= len(units):
            last = first + length
            while last < len(units) and units[last] == units[last - length]:
                last += 1
            count = (last - first) // length
            enough = settings.loop_repeats if length < settings.loop_sentence else 2
            if count >= enough and (best is None or count * length > best.last - best.first):
                best = Loop(first, first + count * length, length)
            first = max(first + 1, last - length + 1)
    return best


def without_loop(pieces: Sequence[Piece], settings: RecognitionSettings) -> tuple[Piece, ...]:
    """The pieces with every loop reduced to its first round."""
    kept = list(pieces)
    while (loop := find_loop([piece.text for piece in kept], settings)) is not None:
        del kept[loop.first + loop.length : loop.last]
    return tuple(kept)


def is_doubtful(hypothesis: Hypothesis, speech_seconds: float, settings: RecognitionSettings) -> bool:
    """Whether the text should be decoded again in smaller windows."""
    units = [piece.text for piece in hypothesis.pieces]
    return (
        hypothesis.avg_logprob < settings.least_logprob
        or hypothesis.compression > settings.most_compression
        or len(units) > settings.most_characters_per_second * max(speech_seconds, 1.0)
        or find_loop(units, settings) is not None
    )


def is_silence(hypothesis: Hypothesis, settings: RecognitionSettings) -> bool:
    """Whether the network itself doubts that anybody speaks and is unsure of its text."""
    return hypothesis.no_speech > settings.most_no_speech and hypothesis.avg_logprob < settings.silence_logprob


def without_inventions(pieces: Sequence[Piece]) -> tuple[Piece, ...]:
    """The pieces without known inventions, such as credits of subtitles; what is left of a line with one is dropped
    whole.
    """
    text = "".join(piece.text for piece in pieces)
    starts = []
    position = 0
    for piece in pieces:
        starts.append(position)
        position += len(piece.text)
    struck = [match.span() for pattern in _inventions() for match in pattern.finditer(text)]
    return tuple(
        piece
        for piece, start in zip(pieces, starts, strict=True)
        if not any(first <= start < last for first, last in struck)
    )


@cache
def _inventions() -> tuple[re.Pattern[str], ...]:
    """Patterns over simplified Chinese text."""
    lines = yaml.safe_load(INVENTIONS.read_text(encoding="utf-8"))["inventions"]
    return tuple(re.compile(line, re.IGNORECASE) for line in lines)
