"""Regular expressions of rule sets, compiled. Whoever wrote them may have meant harm: what would fill the memory when
it is compiled is refused here; what would never end when it is searched is stopped by a time limit there
(`pattern_seconds`)."""

from functools import cache

import regex

LONGEST = 2000
MOST_STEPS = 50_000
"""Steps of a compiled pattern, every counted repeat written out. (a{1000}){1000} has a million and takes 280 MB."""


@cache
def compiled(text: str) -> regex.Pattern[str]:
    """A regular expression. Raises regex.error for a broken one, and for one that is too large."""
    if len(text) > LONGEST:
        raise regex.error(f"longer than {LONGEST} characters")
    if steps(text) > MOST_STEPS:
        raise regex.error(f"repeats come to more than {MOST_STEPS} steps")
    try:
        return regex.compile(text)
    except RecursionError as error:
        raise regex.error("nested too deeply") from error


def steps(text: str) -> int:
    """How long a pattern is with its counted repeats written out; an upper bound for groups and classes.

    >>> steps("a{3}b"), steps("(ab{10}){10}"), steps("[a-z]+")
    (4, 110, 2)
    """
    groups = [0]  # steps of each open group so far
    last = 0  # steps of what a repeat would repeat
    at = 0
    while at < len(text):
        sign = text[at]
        if sign == "{" and (repeat := regex.match(r"\{(\d*)(?:,\d*)?\}", text, pos=at)):
            times = max(1, int(repeat[1] or 1))
            groups[-1] += last * (times - 1)
            last *= times
            at = repeat.end()
            continue
        if sign == "(":
            groups.append(0)
            last = 0
        elif sign == ")" and len(groups) > 1:
            last = max(1, groups.pop())
            groups[-1] += last
        else:
            at = _end_of_class(text, at) if sign == "[" else at + (sign == "\\")
            last = 1
            groups[-1] += 1
        at += 1
    return sum(groups)


def _end_of_class(text: str, at: int) -> int:
    """Where the class that begins at `at` ends."""
    end = regex.match(r"\[\^?\]?(?:\\.|[^\]\\])*\]?", text, pos=at)
    return end.end() - 1 if end else at
