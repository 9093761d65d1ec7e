"""The page on a back-test."""

from eval.backtest.outcome import MOST_KEPT, Backtested, weight, worth_telling
from eval.backtest.pages import render
from eval.backtest.telling import SHARES

COLUMNS = ("pass", "fail", "review", "inconclusive", "not_applicable")
KINDS = ("false_clear", "needless_flag", "item", "failed", "item")
"""How each weight of a changed session is drawn, by the kinds of evaluation reports."""


def page(found: Backtested) -> str:
    """A back-test as one HTML page."""
    sums = found.sums
    items = sorted(sums.items.items(), key=lambda one: (-one[1].flipped, -one[1].pending, one[0]))
    values = {
        "found": found,
        "verdicts": sorted(sums.verdicts.items(), key=lambda one: (one[0][0] == one[0][1], -one[1], one[0])),
        "shares": SHARES,
        "items": items,
        "columns": COLUMNS,
        "most": MOST_KEPT,
        "weight": weight,
        "worth": worth_telling,
        "kinds": KINDS,
    }
    return render("backtest.html", values)
