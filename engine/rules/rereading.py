"""What another reading of noisy sound says, laid over what was recognised (Transcript.alternatives).

A word found in the other reading is a guess about the place where it would stand: it counts only when the sound itself
supports it there (acoustic confirmation).
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace

from engine.evidence import Alternative
from engine.rules.spoken import Stream

ROUNDING_S = 1e-6


@dataclass(frozen=True, slots=True)
class Rereading:
    """`stream` with the other reading wherever there is one, `heard` the text as recognised. Letter i of the stream
    stands for letters `firsts[i]` to `lasts[i]` (exclusive) of it; letters of one difference stand for the same.
    """

    stream: Stream
    heard: str
    firsts: Sequence[int]
    lasts: Sequence[int]

    def place_of(self, start: int, end: int, wanted: str) -> tuple[int, int, str] | None:
        """Where letters `start` to `end` (exclusive) of it stand in the stream as recognised, and what would stand
        there with `wanted` in their place; None where both readings are the same. A difference is taken as a whole.
        """
        first, last = start, end
        while first and self.firsts[first - 1] == self.firsts[first]:
            first -= 1
        while last < len(self.firsts) and self.firsts[last] == self.firsts[last - 1]:
            last += 1
        text = self.stream.text
        whole = text[first:start] + wanted + text[end:last]
        place = self.firsts[first], self.lasts[last - 1]
        return None if whole == self.heard[slice(*place)] else (*place, whole)


def reread(stream: Stream, alternatives: Sequence[Alternative]) -> Rereading | None:
    """The other reading of `stream`; None where there is none. An alternative to words that the stream does not have
    there (another voice said them, or a person corrected them) is left out.
    """
    text: list[str] = []
    firsts: list[int] = []
    lasts: list[int] = []

    def kept(begin: int, end: int) -> None:
        text.append(stream.text[begin:end])
        firsts.extend(range(begin, end))
        lasts.extend(range(begin + 1, end + 1))

    at = 0
    for one in alternatives:
        first = bisect_left(stream.begins, one.span.start - ROUNDING_S)
        last = first + len(one.heard)
        if first < at or not one.heard or not stream.text.startswith(one.heard, first):
            continue
        if stream.ending(first, last) > one.span.end + ROUNDING_S:
            continue
        kept(at, first)
        text.append(one.text)
        firsts.extend([first] * len(one.text))
        lasts.extend([last] * len(one.text))
        at = last
    if not at:
        return None
    kept(at, len(stream.text))
    return Rereading(_stream(stream, "".join(text), firsts, lasts), stream.text, firsts, lasts)


def _stream(stream: Stream, text: str, firsts: Sequence[int], lasts: Sequence[int]) -> Stream:
    def moved(starts: Sequence[int]) -> list[int]:
        return sorted({bisect_left(firsts, start) for start in starts})

    return replace(
        stream,
        text=text,
        places=[stream.places[first] for first in firsts],
        begins=[stream.begins[first] for first in firsts],
        ends=[stream.ends[last - 1] for last in lasts],
        clause_starts=moved(stream.clause_starts),
        sentence_starts=moved(stream.sentence_starts),
    )
