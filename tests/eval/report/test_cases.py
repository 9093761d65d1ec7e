"""Which errors are shown: the gravest first, a bounded number in full, every one counted."""

from dataclasses import replace
from pathlib import Path

import pytest

from engine.inspection import SessionVerdict, Verdict
from eval.corpus.manifest import Labels, Recording
from eval.metrics.items import item_key, verdicts
from eval.report.cases import Cases, Wrong, wrong_items
from eval.runs import SessionResult
from eval.runs.results import Failure, Outcome
from tests.report import sample

PLAIN = sample.inspection(video=False)
CONSENT = PLAIN.items[0]


def result(
    name: str,
    got: Verdict,
    expected: Verdict | None,
    verdict: SessionVerdict = "flagged",
    truth: SessionVerdict | None = "flagged",
    product: int | None = None,
) -> SessionResult:
    """A session with one item."""
    item = replace(CONSENT, verdict=got, product_index=product)
    inspection = replace(PLAIN, verdict=verdict, items=(item,))
    labels = Labels(items={item_key(item): expected} if expected else None, verdict=truth)
    recording = Recording(name, (Path("a.wav"),), None, None, labels, "test", "synthetic")
    found = {item_key(item): got} | verdicts(inspection.items)
    return SessionResult(recording, inspection, Outcome("f", verdict, found, "small", 60.0, 1.0), Path(name))


@pytest.mark.parametrize(
    ("expected", "got", "wrong"),
    [
        ("fail", "pass", "missed"),
        ("fail", "not_applicable", "missed"),
        ("fail", "inconclusive", "open"),
        ("fail", "review", None),  # a person sees it
        ("fail", "fail", None),
        ("pass", "fail", "needless"),
        ("pass", "review", "needless"),
        ("pass", "inconclusive", "open"),
        ("pass", "not_applicable", "scope"),
        ("not_applicable", "pass", "scope"),
        ("review", "fail", None),  # a careful person could not decide either
        ("inconclusive", "pass", None),
    ],
)
@pytest.mark.parametrize("product", [None, 0])
def test_what_is_wrong_with_an_item(expected: Verdict, got: Verdict, wrong: Wrong | None, product: int | None) -> None:
    found = [one.wrong for one in wrong_items(result("a", got, expected, product=product))]
    assert found == ([wrong] if wrong else [])


def test_an_unlabelled_item_is_wrong_only_where_it_flags_a_clean_session() -> None:
    assert [one.wrong for one in wrong_items(result("a", "fail", None, truth="clear"))] == ["needless"]
    assert list(wrong_items(result("a", "fail", None, truth=None))) == []
    assert list(wrong_items(result("a", "fail", None, "clear", truth="clear"))) == []


def test_an_item_that_no_rule_set_has_is_missed() -> None:
    session = result("a", "pass", "pass")
    labels = replace(session.recording.labels, items={"dr_gone": "fail"})
    session = replace(session, recording=replace(session.recording, labels=labels))
    (found,) = wrong_items(session)
    assert (found.id, found.wrong, found.item) == ("dr_gone", "missed", None)


def test_the_gravest_are_kept_and_all_are_counted() -> None:
    cases = Cases(most=3)
    for number in range(5):
        cases.add(result(f"item-{number}", "inconclusive", "pass"))
        cases.add(result(f"needless-{number}", "fail", "pass", "flagged", "clear"))
    for number in range(2):
        cases.add(result(f"missed-{number}", "pass", "fail", "clear"))
    cases.add(result("right", "pass", "pass", "clear", "clear"))
    failed = replace(result("failed", "pass", "pass"), inspection=None)
    outcome = replace(failed.outcome, error=Failure("media_empty", "x"), verdict=None)
    cases.add(replace(failed, outcome=outcome))
    assert [one.kind for one in cases.kept] == ["false_clear", "false_clear", "needless_flag"]
    assert cases.counts == {"false_clear": 2, "needless_flag": 5, "failed": 1, "item": 5}
    assert cases.wrongs == {"missed": 2, "needless": 5, "open": 5, "scope": 0}
    assert len(cases.named) == 10
    assert cases.uncounted == 0


def test_which_are_kept_does_not_depend_on_their_order() -> None:
    sessions = [result(f"s{number}", "fail", "pass", "flagged", "clear") for number in range(20)]
    kept = []
    for order in (sessions, sessions[::-1]):
        cases = Cases(most=4)
        for one in order:
            cases.add(one)
        kept.append([one.recording.id for one in cases.kept])
    assert kept[0] == kept[1]
