"""The page on thresholds: what is proposed, what it does to sessions that had no part in the choice, and the curves."""

from eval.backtest.pages import curve, render
from eval.backtest.telling import SHARES
from eval.tuning.search import Curve
from eval.tuning.tune import Tuned


def page(tuned: Tuned) -> str:
    """A tuning as one HTML page."""
    values = {
        "tuned": tuned,
        "shares": SHARES,
        "proposed": dict(tuned.chosen.values),
        "curves": [(one, drawn(one)) for one in sorted(tuned.found.curves, key=lambda one: -_reach(one))],
    }
    return render("tuning.html", values)


def drawn(one: Curve) -> object:
    """False clears and needless flags over the values of a threshold."""
    names = [f"{point.value:g}{' ●' if point.chosen else ''}" for point in one.points]
    against = [point.outcomes.against for point in one.points]
    lines = (
        ("漏放率 false-clear rate", "b", [each.false_clear for each in against]),
        ("误报率 needless-flag rate", "a", [each.needless for each in against]),
    )
    return curve(names, lines, f"{one.threshold}：阈值与漏放率 / threshold against false-clear rate")


def _reach(one: Curve) -> int:
    """By how many sessions the threshold's values differ: those that do most come first."""
    against = [point.outcomes.against for point in one.points]
    spans = [[each.false_clear.right for each in against], [each.needless.right for each in against]]
    return sum(max(span) - min(span) for span in spans)
