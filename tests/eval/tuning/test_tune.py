"""Thresholds chosen on one split and measured on the other, by judging stored evidence again."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from engine.errors import MingjianError
from eval.backtest.judging import Backtest
from eval.tuning.outcomes import Outcomes
from eval.tuning.point import Point, Threshold
from eval.tuning.settings import Range, TuningOptions, load_options
from eval.tuning.tune import Tuned, tune
from eval.tuning.writing import as_data, load_point, write
from tests.eval.tuning.runs import LEFT_OUT, SAID, Case, cases, rules, write_run

MARGIN = Threshold("settings", "confirm_margin")
SNR = Threshold("settings", "min_snr_db")


def options(**changes: object) -> TuningOptions:
    small = TuningOptions(
        ranges=(Range(MARGIN, (-10.0, -8.0, -6.0, -4.0)), Range(SNR, (8.0, 15.0))),
        budget=0.01, by="value", objective="needless", least_gain=3, most_moves=6, least_sessions=4,
    )  # fmt: skip
    return replace(small, **changes)  # type: ignore[arg-type]


def tuned(tmp_path: Path, made: list[Case], **changes: object) -> Tuned:
    run = tmp_path / "run"
    if not run.exists():
        write_run(tmp_path, rules(tmp_path), made)
    return tune(run, options(**changes))


@pytest.fixture
def sessions() -> list[Case]:
    return [*cases("tuning", 6, 4), *cases("test", 5, 4)]


def counts(outcomes: Outcomes) -> tuple[int, int]:
    return outcomes.against.false_clear.right, outcomes.against.needless.right


def test_the_point_that_spares_clean_sessions_and_lets_nothing_through(tmp_path, sessions):
    found = tuned(tmp_path, sessions)
    assert found.present == {MARGIN: -6.0, SNR: 10.0}
    assert found.chosen.values == ((MARGIN, -8.0),)
    assert [counts(one.outcomes) for one in found.found.moves] == [(0, 6), (0, 0)]
    assert (counts(found.tested.before), counts(found.tested.after)) == ((0, 5), (0, 0))
    assert (found.tested.paired.spared, found.tested.paired.let_through) == (5, 0)
    assert (found.within_budget, found.held, found.looks, found.unlike) == (True, True, 0, 0)
    assert found.sources == {"tuning": {"synthetic": 10}, "test": {"synthetic": 9}}


def test_the_curve_around_the_chosen_point_shows_what_the_threshold_costs(tmp_path, sessions):
    found = tuned(tmp_path, sessions)
    curve = next(one for one in found.found.curves if one.threshold == MARGIN)
    assert [(one.value, *counts(one.outcomes), one.chosen) for one in curve.points] == [
        (-10.0, 4, 0, False), (-8.0, 0, 0, True), (-6.0, 0, 6, False), (-4.0, 0, 6, False),
    ]  # fmt: skip


@pytest.mark.parametrize(("by", "budget", "chosen"), [("value", 0.0, -8.0), ("value", 1.0, -8.0), ("upper", 0.5, -8.0)])
def test_what_has_to_keep_to_the_budget(tmp_path, sessions, by, budget, chosen):
    found = tuned(tmp_path, sessions, by=by, budget=budget)
    assert dict(found.chosen.values) == {MARGIN: chosen}
    assert found.within_budget


def test_a_budget_too_small_to_be_proved_says_how_many_sessions_it_takes(tmp_path, sessions):
    found = tuned(tmp_path, sessions, by="upper", budget=0.01)
    assert not found.within_budget
    assert found.needed == 381
    assert found.chosen.values == ()
    write(found, tmp_path / "out")
    assert "381" in (tmp_path / "out" / "operating-point.yaml").read_text(encoding="utf-8")


def test_recall_moves_the_other_way(tmp_path):
    lax = [*cases("tuning", 4, 6, said=-3.0, unsaid=-5.0), *cases("test", 4, 4, said=-3.0, unsaid=-5.0)]
    found = tuned(tmp_path, lax, objective="recall", budget=1.0)
    assert dict(found.chosen.values) == {MARGIN: -4.0}
    assert found.found.chosen.outcomes.against.caught.value == 1.0


def test_outside_the_budget_the_search_goes_towards_it(tmp_path):
    lax = [*cases("tuning", 4, 6, said=-3.0, unsaid=-5.0), *cases("test", 4, 4, said=-3.0, unsaid=-5.0)]
    found = tuned(tmp_path, lax)
    assert dict(found.chosen.values) == {MARGIN: -4.0}
    assert found.tested.paired.caught == 4


def test_a_gain_that_chance_would_give_moves_nothing(tmp_path):
    made = [*cases("tuning", 2, 4), *(Case(f"x{n}", "tuning", False, SAID) for n in range(3)), *cases("test", 4, 4)]
    assert tuned(tmp_path, made).chosen == Point()
    assert tuned(tmp_path, made, least_gain=2).chosen != Point()


def test_the_test_split_has_no_say_in_the_choice(tmp_path):
    """On the test split another value would be better: the choice must not know."""
    made = [*cases("tuning", 6, 4), *cases("test", 5, 4, said=-9.5, unsaid=-11.0)]
    found = tuned(tmp_path, made)
    assert dict(found.chosen.values) == {MARGIN: -8.0}
    assert counts(found.tested.after) == (0, 5)


def test_a_budget_kept_to_by_chance_does_not_hold_on_the_test_split(tmp_path):
    found = tuned(tmp_path, [*cases("tuning", 6, 4), *cases("test", 5, 4, unsaid=-7.5)])
    assert found.within_budget
    assert not found.held
    assert found.tested.paired.let_through == 4
    write(found, tmp_path / "out")
    assert "没有守住" in (tmp_path / "out" / "operating-point.yaml").read_text(encoding="utf-8")


def test_every_look_at_the_test_split_with_another_choice_is_counted(tmp_path, sessions):
    assert tuned(tmp_path, sessions).looks == 0
    assert tuned(tmp_path, sessions).looks == 0
    assert tuned(tmp_path, sessions, least_gain=100).looks == 1
    assert tuned(tmp_path, sessions).looks == 1


def test_too_few_labelled_sessions_are_refused_split_by_split(tmp_path):
    with pytest.raises(MingjianError) as caught:
        tuned(tmp_path, [*cases("tuning", 6, 2), *cases("test", 6, 6), Case("u", "tuning", None)])
    assert caught.value.code == "tuning_unfit"
    assert "tuning 只有 2 个违规会话（至少 4 个）" in caught.value.zh
    assert "tuning has 2 violating sessions (at least 4 are needed)" in caught.value.en
    assert "test" not in caught.value.en


def test_a_recording_in_both_splits_is_refused(tmp_path, sessions):
    both = [replace(one, media="a" * 64) if one.name in ("tuning-c0", "test-c0") else one for one in sessions]
    with pytest.raises(MingjianError, match="1 session"):
        tuned(tmp_path, both)
    assert not (tmp_path / "run" / "tuning-looks.jsonl").exists()


def test_failed_gate_and_unlabelled_sessions_have_no_part(tmp_path, sessions):
    extra = [Case("broken", "tuning", True, failed=True), Case("gate", "gate", True), Case("open", "test", None)]
    found = tuned(tmp_path, [*sessions, *extra])
    assert found.found.chosen.outcomes.sessions == 10
    assert found.tested.after.sessions == 9


def test_sources_are_told_apart(tmp_path, sessions):
    real = [replace(one, source="real") if one.name.startswith("test-c") else one for one in sessions]
    found = tuned(tmp_path, real)
    assert {name: after.sessions for name, (_, after) in found.tested.by_source.items()} == {"real": 5, "synthetic": 4}


def test_several_processes_come_to_the_same(tmp_path, sessions):
    alone = tuned(tmp_path, sessions)
    assert as_data(replace(tuned(tmp_path, sessions, jobs=2), options=alone.options)) == as_data(alone)


def test_the_proposal_is_read_back_and_judges_as_measured(tmp_path, sessions):
    found = tuned(tmp_path, sessions)
    write(found, tmp_path / "out")
    point = load_point(tmp_path / "out" / "operating-point.yaml")
    assert point == found.chosen
    plain, moved = (Backtest.opened(tmp_path / "small.yaml", None, one) for one in (None, point))
    assert moved.ruleset.settings.confirm_margin == -8.0
    assert moved.ruleset.sha256 != plain.ruleset.sha256
    session = tmp_path / "run" / "sessions" / "test-c0"
    assert [test.judge(session, "x").new for test in (plain, moved)] == ["flagged", "clear"]
    figures = json.loads((tmp_path / "out" / "tuning.json").read_text(encoding="utf-8"))
    assert figures["summary"]["measured_on"]["proposed"]["needless"] == {
        "value": 0.0, "low": 0.0, "high": pytest.approx(0.4345, abs=1e-4), "hits": 0, "of": 5,
    }  # fmt: skip


def test_missed_sessions_that_cannot_be_read_are_told(tmp_path, sessions):
    write_run(tmp_path, rules(tmp_path), sessions)
    (tmp_path / "run" / "sessions" / "tuning-c0" / "evidence.json.gz").write_bytes(b"broken")
    found = tune(tmp_path / "run", options())
    assert len(found.faults) == 1
    assert found.faults[0].startswith("tuning-c0")
    assert found.found.chosen.outcomes.sessions == 9


def test_rules_that_changed_since_the_run_are_told(tmp_path, sessions):
    write_run(tmp_path, rules(tmp_path), [*sessions, Case("left", "tuning", True, LEFT_OUT)])
    rules(tmp_path, "合同")
    found = tune(tmp_path / "run", options())
    assert found.unlike > 0


FAULTS = {
    "a misspelt threshold": ({"settings": {"min_snr": [1]}}, "min_snr"),
    "one that does nothing": ({"settings": {"window_s": [30]}}, "window_s"),
    "a measured figure": ({"settings": {"detector_recall": [0.9]}}, "detector_recall"),
    "no value": ({"answers": {"edge_s": []}}, "edge_s"),
    "a budget above one": ({"budget": {"false_clear": 2, "by": "upper"}}, "false_clear"),
    "an unknown field": ({"seed": 1}, "seed"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_faults_of_the_settings_name_their_line(tmp_path, name):
    given, what = FAULTS[name]
    whole = {
        "schema": 1, "budget": {"false_clear": 0.01, "by": "upper"}, "objective": "needless", "least_gain": 1,
        "most_moves": 1, "least_sessions": 1,
    }  # fmt: skip
    path = tmp_path / "tuning.yaml"
    path.write_text(yaml.safe_dump(whole | given), encoding="utf-8")
    with pytest.raises(MingjianError) as caught:
        load_options(path)
    assert caught.value.code == "tuning_faults"
    assert what in str(caught.value)
    assert "tuning.yaml:" in str(caught.value)


def test_the_shipped_settings_name_thresholds_that_judge():
    shipped = load_options()
    assert len(shipped.ranges) >= 10
    assert shipped.with_only(("min_snr_db",)).ranges == (next(one for one in shipped.ranges if one.threshold == SNR),)
    with pytest.raises(MingjianError, match="min_snr"):
        shipped.with_only(("min_snr",))


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("schema: 1\nkind: operating_point\nsettings: {confirm_margin: high}\n", "confirm_margin"),
        ("schema: 1\nkind: operating_point\nsettings: {window_s: 3}\n", "window_s"),
        ("schema: 1\nkind: something\n", "kind"),
        ("[", "YAML"),
    ],
)
def test_faults_of_a_proposal(tmp_path, text, what):
    path = tmp_path / "point.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(MingjianError) as caught:
        load_point(path)
    assert caught.value.code == "point_faults"
    assert what in str(caught.value)


@pytest.mark.parametrize("point", [{SNR: float("nan")}, {Threshold("settings", "role_floor"): 2.0},
                                   {Threshold("answers", "edge_s"): -1.0}])  # fmt: skip
def test_a_value_that_the_rules_would_not_take(tmp_path, point):
    with pytest.raises(MingjianError) as caught:
        Backtest.opened(rules(tmp_path), None, Point.of(point))
    assert caught.value.code == "point_faults"
