"""Spoken figures: whose they are when several stand together, and which of them only look like the value.

In 宽限期六十天，犹豫期十五天 each figure is of the word it stands nearest to; 不是十五天 and 十到十五天 do not say
fifteen days.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from engine.rules.doubt_schema import Doubts
from engine.rules.spoken import Stream

FOLLOWING = 3  # letters that a word behind a figure counts as farther away: 犹豫期十五天宽限期六十天
JOINED = "的之"  # ... unless it is joined to it: 十五天的犹豫期
OTHER_CLAUSE = 6  # letters that a clause between counts for
LONGEST_PREFIX = 8

Span = tuple[int, int]


def belongs_elsewhere(stream: Stream, start: int, end: int, own: Sequence[Span], rivals: Sequence[Span]) -> bool:
    """Whether the figure at letters `start` to `end` stands nearer to one of `rivals` than to any of `own`."""
    if not rivals:
        return False
    ours = min((_distance(stream, start, end, word) for word in own), default=len(stream.text))
    return min(_distance(stream, start, end, word) for word in rivals) < ours


def distance(stream: Stream, start: int, end: int, words: Sequence[Span]) -> int | None:
    """How far the figure stands from the nearest of `words`; None where there is none."""
    return min((_distance(stream, start, end, word) for word in words), default=None)


def _distance(stream: Stream, start: int, end: int, word: Span) -> int:
    """Letters between a figure and a word, with what a clause between and a place behind the figure count for."""
    if word[1] <= start:
        return start - word[1] + OTHER_CLAUSE * _clauses_between(stream, word[1], start)
    if word[0] < end:
        return 0
    linked = stream.text[end : word[0]].endswith(tuple(JOINED))
    return word[0] - end + OTHER_CLAUSE * _clauses_between(stream, end, word[0]) + (0 if linked else FOLLOWING)


def _clauses_between(stream: Stream, left: int, right: int) -> int:
    return bisect_right(stream.clause_starts, right) - bisect_left(stream.clause_starts, left)


def is_value(doubts: Doubts, stream: Stream, start: int, end: int) -> bool:
    """Whether the figure at letters `start` to `end` (with its unit) is said to be the value: not 不是十五天, and no
    bound of a range.
    """
    left, _ = stream.around(start, start + 1, stream.clause_starts, LONGEST_PREFIX)
    before = stream.text[left:start]
    if doubts.not_meant.search(before) or doubts.range_before.search(before):
        return False
    return doubts.range_after.match(stream.text, end) is None


def same_clause(stream: Stream, one: Span, other: Span) -> bool:
    """Whether two places lie in one clause."""
    return _same_piece(stream, stream.clause_starts, one, other)


def same_sentence(stream: Stream, one: Span, other: Span) -> bool:
    """Whether two places lie in one sentence."""
    return _same_piece(stream, stream.sentence_starts, one, other)


def _same_piece(stream: Stream, starts: Sequence[int], one: Span, other: Span) -> bool:
    left, right = stream.around(one[0], one[1], starts, len(stream.text))
    return left <= other[0] and other[1] <= right
