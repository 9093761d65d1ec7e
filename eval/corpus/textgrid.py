"""Praat TextGrid, long and short form: a tier for each speaker, its intervals what was said.

Praat reads free-standing numbers, quoted strings and flags and ignores all else; so does this reader, which thereby
knows both forms. Tiers of points are passed over.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from engine.interval import Interval
from eval.corpus.labelling import Labelled, interval, read_text, role_of, unreadable
from eval.corpus.manifest import LabelledTurn, LabelledUtterance, Labels

TOKEN = re.compile(
    r'"((?:[^"]|"")*)"|<(exists|absent)>|(?<!\S)([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)(?!\S)', re.ASCII
)
COMMENT = re.compile(r"^\s*!.*$", re.MULTILINE)
MOST_INTERVALS = 1_000_000
MOST_TIERS = 1_000


@dataclass(frozen=True, slots=True)
class Tier:
    """One tier of intervals: name, and what is written in each interval that is not empty."""

    name: str
    spans: tuple[tuple[Interval, str], ...]


def read_textgrid(path: Path) -> tuple[Labelled, ...]:
    """Utterances and turns of the recording with the file's own stem. Raises MingjianError `labels_unreadable`."""
    try:
        tiers = parse(read_text(path))
    except ValueError as error:
        raise unreadable(path, [str(error)]) from error
    spoken = sorted(
        ((span, tier.name, text) for tier in tiers for span, text in tier.spans), key=lambda one: (one[0], one[1])
    )
    labels = Labels(
        utterances=tuple(LabelledUtterance(text, role_of(name), name, span) for span, name, text in spoken),
        turns=tuple(LabelledTurn(name, span) for span, name, _ in spoken),
    )
    return (Labelled(path.stem, labels),)


def parse(text: str) -> tuple[Tier, ...]:
    """The interval tiers of a TextGrid. Raises ValueError for what is none, and where it ends too early."""
    tokens = _Tokens(COMMENT.sub("", text))
    head = (tokens.string(), tokens.string())
    if head != ("ooTextFile", "TextGrid"):
        raise ValueError(f"不是 TextGrid：{head}；not a TextGrid")
    tokens.number(), tokens.number()
    if tokens.flag() != "exists":
        return ()
    return tuple(one for one in (_tier(tokens) for _ in range(tokens.count(MOST_TIERS))) if one is not None)


def _tier(tokens: "_Tokens") -> Tier | None:
    kind, name = tokens.string(), tokens.string()
    tokens.number(), tokens.number()
    count = tokens.count(MOST_INTERVALS)
    if kind == "TextTier":
        for _ in range(count):
            tokens.number(), tokens.string()
        return None
    if kind != "IntervalTier":
        raise ValueError(f"不认识的层：{kind!r}；unknown kind of tier")
    spans = []
    for _ in range(count):
        span, said = interval(tokens.number(), tokens.number()), tokens.string().strip()
        if said:
            spans.append((span, said))
    return Tier(name.strip() or "?", tuple(spans))


class _Tokens:
    """The free-standing values of a text file of Praat, one after the other."""

    def __init__(self, text: str) -> None:
        self._found: Iterator[re.Match[str]] = TOKEN.finditer(text)

    def string(self) -> str:
        """The next value, a string."""
        return self._next(1, "string").replace('""', '"')

    def number(self) -> float:
        """The next value, a number."""
        return float(self._next(3, "number"))

    def flag(self) -> str:
        """The next value, `exists` or `absent`."""
        return self._next(2, "flag")

    def count(self, most: int) -> int:
        """The next value, a number of things."""
        given = self.number()
        if given != int(given) or not 0 <= given <= most:
            raise ValueError(f"个数不对：{given:g}；not a number of things")
        return int(given)

    def _next(self, group: int, kind: str) -> str:
        found = next(self._found, None)
        if found is None:
            raise ValueError("文件不完整；it ends too early")
        value = found.group(group)
        if value is None:
            raise ValueError(f"应为 {kind}，实为 {found.group()[:40]}；expected a {kind}")
        return str(value)
