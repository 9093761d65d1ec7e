"""Two readings of the same sound laid side by side."""

from collections.abc import Sequence

from engine.evidence import Alternative, Character
from engine.interval import Interval
from engine.language.folding import fold

BRIDGED = 1
"""Characters alike between two differences that are taken as one."""


def differences(heard: Sequence[Character], other: Sequence[Character]) -> list[Alternative]:
    """Where `other` reads differently, by the shortest edit script. What it has more stands with the character before
    it, so that no alternative stands at nothing.
    """
    from rapidfuzz.distance import Levenshtein

    ours, theirs = ([fold(one.text) for one in side] for side in (heard, other))
    runs: list[tuple[int, int, int, int]] = []
    for step in Levenshtein.opcodes(ours, theirs):
        if step.tag == "equal":
            continue
        first, last, begin, end = step.src_start, step.src_end, step.dest_start, step.dest_end
        if runs and first - runs[-1][1] <= BRIDGED:
            runs[-1] = runs[-1][0], last, runs[-1][2], end
        else:
            runs.append((first, last, begin, end))
    found = []
    for first, last, begin, end in runs:
        if first == last and first and begin:
            first, begin = first - 1, begin - 1
        if first < last:
            span = Interval(heard[first].interval.start, max(one.interval.end for one in heard[first:last]))
            found.append(Alternative(span, "".join(ours[first:last]), "".join(theirs[begin:end])))
    return found
