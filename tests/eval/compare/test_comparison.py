"""Sessions compared by hand: what flips, what regresses and by which rule, and the baseline that keeps no words."""

import json
from pathlib import Path

import pytest

from engine.errors import MingjianError
from engine.inspection import Finding, Item, SessionVerdict, Verdict, Window
from eval.compare import as_data, compare_sessions, load_tolerance, read_baseline, table
from eval.compare.baseline import baseline_bytes
from eval.compare.flips import Gathering, flips
from eval.compare.pairing import Pair, pairs
from eval.compare.sessions import Judged
from eval.compare.tolerance import TOLERANCE, Limit, Tolerance
from eval.corpus.manifest import Labels

FAILS, PASSES = Labels(items={"a": "fail"}, verdict="flagged"), Labels(items={"a": "pass"}, verdict="clear")
SAID = "您退保没有损失"


def words(verdict: Verdict) -> Item:
    proof = (Finding(3.0, 5.0, "agent", SAID, "没有损失", "text", 1.0),)
    return Item("a", "退保", "disclosure", "critical", verdict, "理由", "heard", Window(0, 9, 1), evidence=proof)


def session(name: str, verdict: SessionVerdict | None, item: Verdict, labels: Labels, cer: float = 0.1) -> Judged:
    clear = verdict == "clear"
    sums: dict[str, tuple[float, float]] = {"failed": (float(verdict is None), 1.0), "cer": (100 * cer, 100.0)}
    if verdict is not None and labels.violating is True:
        sums["false_clear"] = (float(clear), 1.0)
    if verdict is not None and labels.violating is False:
        sums["needless_flag"] = (float(not clear), 1.0)
    return Judged(name, "synthetic", verdict, {"a": item}, sums, labels, {"a": words(item)})


def good(count: int = 20) -> list[Judged]:
    """Half of the sessions violate and are flagged, half are clean and clear."""
    return [
        session(f"s{n:02}", "flagged", "fail", FAILS) if n % 2 else session(f"s{n:02}", "clear", "pass", PASSES)
        for n in range(count)
    ]


def limits(**figures: Limit) -> Tolerance:
    return Tolerance(significance=0.05, figures=figures)


def replaced(sessions: list[Judged], **others: Judged) -> list[Judged]:
    return [others.get(one.id, one) for one in sessions]


def test_the_same_run_twice_is_no_regression() -> None:
    found = compare_sessions(good(), good(), load_tolerance(profile="gate"), whole=True)
    assert not found.regressed
    assert {one.standing for one in found.differences} == {"same"}
    assert {one.p for one in found.differences} == {1.0}
    assert found.listed == ()
    assert "通过" in table(found)


def test_one_more_false_clear_is_refused_although_it_may_be_chance() -> None:
    worse = replaced(good(), s01=session("s01", "clear", "pass", FAILS))
    found = compare_sessions(good(), worse, limits(false_clear=Limit(budget=0.0)), whole=True)
    (regression,) = found.regressions
    assert (regression.id, regression.why, regression.p) == ("false_clear", "budget", 1.0)
    assert (regression.worse, regression.better) == (1, 0)
    assert found.flips.false_clears == 1
    first, second = found.listed[:2]
    assert first.item is None
    assert first.false_clear
    assert (second.item, second.before, second.after, second.direction) == ("a", "fail", "pass", "worse")
    assert (second.quote, second.start, second.end) == (SAID, 3.0, 5.0)
    assert "漏放 FALSE CLEAR" in table(found)
    assert SAID in table(found)


def test_the_way_back_is_an_improvement() -> None:
    worse = replaced(good(), s01=session("s01", "clear", "pass", FAILS))
    found = compare_sessions(worse, good(), load_tolerance(profile="gate"), whole=True)
    assert not found.regressed
    assert {one.direction for one in found.listed} == {"better"}


@pytest.mark.parametrize(("flagged", "regressed"), [(1, False), (5, False), (6, True), (8, True)])
def test_without_a_budget_only_what_is_not_chance_is_refused(flagged: int, regressed: bool) -> None:
    """Of n sessions that all change for the worse, McNemar's p is 2 / 2^n: below 0.05 from six on."""
    names = [f"s{2 * n:02}" for n in range(flagged)]
    worse = replaced(good(), **{name: session(name, "flagged", "review", PASSES) for name in names})
    found = compare_sessions(good(), worse, limits(needless_flag=Limit(tolerance=0.05)), whole=True)
    assert found.regressed is regressed
    assert found.flips.sessions == {"worse": flagged}


def test_a_significant_change_within_the_tolerance_is_let_in() -> None:
    worse = [session(one.id, one.verdict, one.items["a"], one.labels, cer=0.102) for one in good()]
    for tolerance, standing in ((0.003, "worse"), (0.001, "regressed")):
        found = compare_sessions(good(), worse, limits(cer=Limit(tolerance=tolerance)), whole=True)
        assert next(one.standing for one in found.differences if one.id == "cer") == standing
    assert not compare_sessions(good(), worse, limits(), whole=True).regressed


def test_a_figure_that_can_no_longer_be_counted_is_refused() -> None:
    silent = [Judged(one.id, one.source, one.verdict, one.items, {"failed": (0.0, 1.0)}, one.labels) for one in good()]
    found = compare_sessions(good(), silent, limits(cer=Limit()), whole=True)
    assert [(one.id, one.why) for one in found.regressions] == [("cer", "vanished")]


def test_missing_recordings_are_refused_where_both_ran_over_the_same() -> None:
    for whole in (True, False):
        found = compare_sessions(good(), good()[:-2], limits(), whole=whole)
        assert (found.paired, found.missing, found.added) == (18, 2, 0)
        assert found.regressed is whole
    assert not compare_sessions(good()[:-2], good(), limits(), whole=True).regressed


def test_a_session_that_failed_flips_for_the_worse_and_has_no_items() -> None:
    (flip,) = flips(Pair(session("s", "flagged", "fail", FAILS), session("s", None, "fail", FAILS)))
    assert (flip.before, flip.after, flip.direction) == ("flagged", "failed", "worse")


@pytest.mark.parametrize(
    ("label", "before", "after", "direction"),
    [
        ("fail", "fail", "pass", "worse"),
        ("fail", "fail", "inconclusive", "worse"),
        ("fail", "inconclusive", "review", "better"),
        ("fail", "pass", "not_applicable", "neither"),
        ("pass", "pass", "review", "worse"),
        ("pass", "review", "inconclusive", "neither"),
        ("pass", "fail", "pass", "better"),
        ("not_applicable", "not_applicable", "pass", "neither"),
        ("review", "review", "pass", "unlabelled"),
    ],
)
def test_the_direction_of_a_flip(label: Verdict, before: Verdict, after: Verdict, direction: str) -> None:
    labels = Labels(items={"a": label})
    (flip,) = flips(Pair(session("s", "flagged", before, labels), session("s", "flagged", after, labels)))
    assert flip.direction == direction


def test_only_the_worst_flips_are_kept_and_all_are_counted() -> None:
    gathering = Gathering(most=2)
    for n in range(9):
        labels = FAILS if n == 7 else PASSES
        after = "pass" if n == 7 else "review"
        gathering.add(Pair(session(f"s{n}", "flagged", "fail", labels), session(f"s{n}", "flagged", after, labels)))
    found = gathering.gathered()
    assert len(found.listed) == 2
    assert found.listed[0].recording == "s7"
    assert found.items == {"better": 8, "worse": 1}


def test_runs_are_paired_in_step_and_disorder_is_told() -> None:
    left, right = good(4), [one for one in good(6) if one.id != "s01"]
    found = [(pair.before and pair.before.id, pair.after and pair.after.id) for pair in pairs(left, right)]
    assert found == [
        ("s00", "s00"), ("s01", None), ("s02", "s02"), ("s03", "s03"), (None, "s04"), (None, "s05"),
    ]  # fmt: skip
    with pytest.raises(ValueError, match="out of order"):
        list(pairs(good(3)[::-1], good(3)))


def test_a_baseline_has_numbers_and_no_words(tmp_path: Path) -> None:
    path = tmp_path / "baseline.jsonl"
    path.write_bytes(baseline_bytes("digest", good()))
    text = path.read_text(encoding="utf-8")
    assert baseline_bytes("digest", good()) == path.read_bytes()
    assert SAID not in text
    assert "退保" not in text
    stored = read_baseline(path)
    assert stored.corpus == "digest"
    assert [one.id for one in stored.sessions] == [one.id for one in good()]
    assert not compare_sessions(stored.sessions, good(), load_tolerance(profile="gate"), whole=True).regressed
    worse = replaced(good(), s01=session("s01", "clear", "pass", FAILS))
    found = compare_sessions(stored.sessions, worse, load_tolerance(profile="gate"), whole=True)
    assert {one.id for one in found.regressions} == {"false_clear"}
    assert found.listed[1].quote == SAID


@pytest.mark.parametrize("content", [b"", b"[]", b"\xff\xfe", b'{"schema":2,"corpus":"x","engine":"1"}'])
def test_a_baseline_that_is_none_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "baseline.jsonl"
    path.write_bytes(content)
    with pytest.raises(MingjianError) as told:
        read_baseline(path)
    assert told.value.code == "baseline_unreadable"
    path.write_bytes(baseline_bytes("digest", good()) + b'{"id":"../x"}\n')
    with pytest.raises(MingjianError):
        read_baseline(path)


@pytest.mark.parametrize(
    ("old", "new"),
    [("significance: 0.05", "significance: 2"), ("false_clear:", "false_cleared:"), ("budget: 0.002", "budget: -1")],
)
def test_faults_of_a_tolerance_file_are_told(tmp_path: Path, old: str, new: str) -> None:
    text = TOLERANCE.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "tolerance.yaml"
    path.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(MingjianError) as told:
        load_tolerance(path)
    assert told.value.code == "tolerance_faults"


def test_a_rise_of_false_clears_is_budgeted_in_both_profiles() -> None:
    for limit in (load_tolerance(profile=one).figures["false_clear"] for one in ("compare", "gate")):
        assert limit.budget is not None
        assert limit.budget <= 0.002


def test_all_of_it_is_json() -> None:
    worse = replaced(good(), s01=session("s01", "clear", "pass", FAILS))
    data = json.loads(json.dumps(as_data(compare_sessions(good(), worse, load_tolerance(), whole=True))))
    assert data["regressed"] is True
    assert data["flips"]["listed"][0]["false_clear"] is True
    assert {one["source"] for one in data["figures"]} == {"synthetic"}
