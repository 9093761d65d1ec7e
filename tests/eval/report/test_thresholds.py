"""The threshold curve: sums of sessions, from what the engine does now to everything in front of a person."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from engine.inspection import Inspection, SessionVerdict
from eval.report.thresholds import Thresholds, weakest
from tests.report import sample

PLAIN = sample.inspection(video=False)
SESSIONS = st.lists(
    st.tuples(st.sampled_from((True, False, None)), st.sampled_from(("clear", "flagged")), st.floats(0, 1)), max_size=12
)


def session(verdict: SessionVerdict, confidence: float) -> Inspection:
    """A session whose only critical item passed with `confidence`."""
    item = replace(PLAIN.items[0], verdict="pass", severity="critical", confidence=confidence)
    return replace(PLAIN, verdict=verdict, items=(item,))


def total(sessions: list[tuple[bool | None, SessionVerdict, float]]) -> Thresholds:
    return sum(
        (Thresholds.of(violating, session(verdict, confidence)) for violating, verdict, confidence in sessions),
        Thresholds.zero(),
    )


@given(SESSIONS, SESSIONS)
def test_sums_are_those_of_all_sessions(first: list, second: list) -> None:  # type: ignore[type-arg]
    assert total(first) + total(second) == total([*first, *second])


@given(SESSIONS)
def test_the_curve_begins_at_the_rates_in_force_and_only_trades_one_for_the_other(sessions: list) -> None:  # type: ignore[type-arg]
    points = list(total(sessions).curve())
    violating = [verdict for truth, verdict, _ in sessions if truth is True]
    clean = [verdict for truth, verdict, _ in sessions if truth is False]
    assert (points[0].false_clear.right, points[0].false_clear.total) == (violating.count("clear"), len(violating))
    assert (points[0].needless_flag.right, points[0].needless_flag.total) == (clean.count("flagged"), len(clean))
    assert points[-1].false_clear.right == 0
    assert points[-1].needless_flag.right == len(clean)
    missed = [one.false_clear.right for one in points]
    flagged = [one.needless_flag.right for one in points]
    assert missed == sorted(missed, reverse=True)
    assert flagged == sorted(flagged)


def test_only_what_would_have_flagged_the_session_counts() -> None:
    low = replace(PLAIN.items[0], verdict="pass", severity="low", confidence=0.1)
    high = replace(PLAIN.items[0], verdict="pass", severity="high", confidence=0.7)
    assert weakest(replace(PLAIN, items=(low, high))) == 0.7
    assert weakest(replace(PLAIN, items=(low,))) == 1.0
