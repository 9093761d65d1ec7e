"""All figures of a run: what labels allow is measured, what they do not is not, and everything adds up."""

from functools import reduce
from operator import add

import pytest

from engine.evidence import Character, Speaker, Transcript, Turn
from engine.interval import Interval
from eval.corpus.manifest import LabelledTurn, LabelledUtterance, Labels, Recording, Source
from eval.metrics.figures import DEFINITIONS, Figure, as_data
from eval.metrics.run import RunFigures, headline, measure
from tests.eval.metrics.making import evidence, inspection, item

CHARACTERS = tuple(
    Character(text, Interval(start, start + 0.3), 0.9, who)
    for text, start, who in (
        ("您", 1.0, "S1"),
        ("清", 1.4, "S1"),
        ("楚", 1.8, "S1"),
        ("青", 3.0, "S2"),
        ("楚", 3.3, "S2"),
    )
)
HEARD = Transcript(
    CHARACTERS,
    (),
    (Speaker("S1", "agent", 0.9, 2.0, ""), Speaker("S2", "customer", 0.8, 1.0, "")),
    (Turn(Interval(1.0, 2.2), "S1"), Turn(Interval(3.0, 3.7), "S2")),
    (Interval(1.0, 4.0),),
)
UTTERANCES = (
    LabelledUtterance("您清楚？", "agent", "A", Interval(1.0, 2.2)),
    LabelledUtterance("清楚。", "customer", "B", Interval(3.0, 3.7)),
)


def recording(name: str, labels: Labels, source: Source = "synthetic") -> Recording:
    return Recording(name, (), None, None, labels, "test", source)


def told(figures: RunFigures) -> dict[str, Figure]:
    return {one.id: one for one in headline(figures)}


def test_everything_labelled_is_measured() -> None:
    labels = Labels(UTTERANCES, None, {"a": "fail", "b": "pass"}, "flagged")
    got = inspection("clear", item("a", "pass"), item("b", "pass"))
    found = told(measure(recording("r", labels), got, evidence(HEARD)))
    assert found["cer"].value == pytest.approx(1 / 5)
    assert found["cp_cer"].value == found["role_cer"].value == pytest.approx(1 / 5)
    assert found["der"].value == pytest.approx(0)
    assert (found["role_accuracy"].upper, found["role_accuracy"].lower) == (2, 2)
    assert found["short_attributed"].value == 1
    assert found["false_clear"].value == 1
    assert found["false_clear"].how == "wilson"
    assert found["critical_cleared"].value == 1
    assert found["minutes_share"].value < 1
    assert {one.source for one in found.values()} == {"synthetic"}
    assert not {"needless_flag", "presence_f1", "fault_f1", "digit_error"} & set(found)


@pytest.mark.parametrize(
    ("labels", "there", "not_there"),
    [
        (Labels(), {"failed", "minutes"}, {"cer", "der", "false_clear", "item_recall"}),
        (
            Labels(utterances=(LabelledUtterance("您清楚清楚"),)),
            {"cer"},
            {"cp_cer", "role_cer", "der", "role_accuracy"},
        ),
        (
            Labels(utterances=tuple(LabelledUtterance(one.text, one.role) for one in UTTERANCES)),
            {"cer", "cp_cer", "role_cer"},
            {"der", "role_accuracy", "short_attributed"},
        ),
        (
            Labels(turns=(LabelledTurn("x", Interval(1.0, 2.2)), LabelledTurn("y", Interval(3.0, 3.7)))),
            {"der", "jer", "short_attributed"},
            {"cer", "cp_cer", "role_accuracy"},
        ),
        (Labels(verdict="clear"), {"needless_flag", "session_agreement"}, {"false_clear", "item_recall"}),
    ],
)
def test_what_is_not_labelled_is_not_scored(labels: Labels, there: set[str], not_there: set[str]) -> None:
    found = told(measure(recording("r", labels), inspection("clear"), evidence(HEARD)))
    assert there <= set(found)
    assert not not_there & set(found)


def test_labelled_as_silent_is_not_the_same_as_not_labelled() -> None:
    silent = measure(recording("r", Labels(utterances=(), turns=())), inspection("clear"), evidence(HEARD))
    assert silent.synthetic.measures.speech.text.inserted == 5
    assert silent.synthetic.measures.speech.diarization.false_alarm == pytest.approx(1.9)
    unknown = measure(recording("r", Labels()), inspection("clear"), evidence(HEARD))
    assert unknown.synthetic.measures.speech.text.inserted == 0


def test_a_session_without_sound_heard_nothing() -> None:
    found = told(measure(recording("r", Labels(UTTERANCES)), inspection("unusable"), evidence(None)))
    assert found["cer"].value == 1
    assert found["der"].value == 1


def test_a_session_that_failed_is_counted_as_such() -> None:
    found = told(measure(recording("r", Labels(UTTERANCES, items={"a": "fail"})), None, None))
    assert found["failed"].value == 1
    assert "false_clear" not in found
    assert "cer" not in found


def test_figures_add_up_and_sources_stay_apart() -> None:
    flagged = inspection("flagged", item("a", "fail"), flagged=1)
    labels = Labels(UTTERANCES, None, {"a": "fail"}, "flagged")
    parts = [measure(recording(f"r{n}", labels), flagged, evidence(HEARD)) for n in range(4)]
    parts.append(measure(recording("real", labels, "real"), inspection("clear", item("a", "pass")), evidence(HEARD)))
    forward, backward = reduce(add, parts, RunFigures.zero()), reduce(add, parts[::-1], RunFigures.zero())
    assert headline(forward) == headline(backward)
    assert forward.synthetic.sessions == 4
    by_source = {(one.id, one.source): one for one in headline(forward)}
    assert by_source["false_clear", "real"].value == 1
    assert by_source["false_clear", "synthetic"].value == 0
    assert by_source["cer", "synthetic"].value == pytest.approx(1 / 5)
    assert by_source["cer", "synthetic"].low == by_source["cer", "synthetic"].high == pytest.approx(1 / 5)
    assert headline(RunFigures.zero()) == []


@pytest.mark.parametrize("sessions", [2, 40])
def test_where_all_went_well_some_doubt_is_left(sessions: int) -> None:
    got = inspection("flagged", item("a", "fail"), item("b", "fail"), flagged=2)
    labels = Labels(UTTERANCES, None, {"a": "fail", "b": "fail"}, "flagged")
    parts = [measure(recording(f"r{n}", labels), got, evidence(HEARD)) for n in range(sessions)]
    found = told(reduce(add, parts))
    count = 2 * sessions
    assert (found["item_recall"].low, found["item_recall"].high) == (
        pytest.approx(count / (count + 1.959964**2), abs=1e-3),
        1.0,
    )
    assert found["item_recall"].low < found["item_f1"].low < 1
    assert found["item_f1"].high == 1
    assert {found[one].how for one in ("item_recall", "item_f1")} == {"wider"}


def test_one_session_alone_gives_sums_no_interval() -> None:
    found = told(measure(recording("r", Labels(UTTERANCES)), inspection("clear"), evidence(HEARD)))
    assert (found["cer"].low, found["cer"].high) == (None, None)
    assert found["role_accuracy"].low < 1


def test_figures_are_json_values() -> None:
    (first, *_) = as_data(headline(measure(recording("r", Labels()), inspection("clear"), evidence())))
    assert first["id"] == "failed"
    assert first["source"] == "synthetic"
    assert len({one.id for one in DEFINITIONS}) == len(DEFINITIONS)
