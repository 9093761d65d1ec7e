"""What was truly said, from labels and from synthetic truths alike."""

from engine.interval import Interval
from eval.corpus.manifest import LabelledTurn, LabelledUtterance, Labels
from eval.metrics.reference import SaidLine, Stretch, of_labels, of_truth
from eval.synth.truth import TrueSpeaker, TrueTurn, Truth

FIRST = LabelledUtterance("您清楚吗？", "agent", "A", Interval(0.0, 2.0))
SECOND = LabelledUtterance("清楚。", "customer", "B", Interval(2.5, 3.0))


def test_labels_and_truth_of_the_same_session_are_the_same_reference() -> None:
    turns = tuple(
        TrueTurn(n, one.speaker, one.role, one.interval, one.text, one.text) for n, one in enumerate((FIRST, SECOND))
    )
    speakers = (TrueSpeaker("A", "agent", "male"), TrueSpeaker("B", "customer", "female"))
    truth, labels = of_truth(Truth("t", "t.wav", 4.0, speakers, turns)), of_labels(Labels((FIRST, SECOND)))
    assert truth.lines == labels.lines
    assert truth.roles == labels.roles == {"A": "agent", "B": "customer"}
    assert [(one.speaker, one.interval) for one in truth.turns or ()] == [
        (one.speaker, one.interval) for one in labels.turns or ()
    ]


def test_lines_with_times_come_in_the_order_they_began() -> None:
    assert of_labels(Labels((SECOND, FIRST))).text == "您清楚吗？清楚。"
    untimed = Labels((LabelledUtterance("乙"), LabelledUtterance("甲")))
    assert of_labels(untimed).text == "乙甲"


def test_turns_are_the_labelled_ones_where_there_are_some() -> None:
    turns = (LabelledTurn("x", Interval(0.0, 9.0)),)
    assert of_labels(Labels((FIRST,), turns)).turns == turns
    assert of_labels(Labels((FIRST,), ())).turns == ()
    assert of_labels(Labels((FIRST, SECOND))).turns == (
        Stretch("A", Interval(0.0, 2.0)),
        Stretch("B", Interval(2.5, 3.0)),
    )
    assert of_labels(Labels((FIRST, LabelledUtterance("好", "customer")))).turns is None


def test_a_role_stands_for_a_name_that_is_not_known() -> None:
    found = of_labels(Labels((LabelledUtterance("好", "customer"), LabelledUtterance("嗯", "insured"))))
    assert found.named
    assert found.in_roles
    assert found.by_speaker() == found.by_role() == {"customer": "好", "insured": "嗯"}
    nobody = of_labels(Labels((LabelledUtterance("好"),)))
    assert not nobody.named
    assert not nobody.in_roles


def test_unknown_and_silent_differ() -> None:
    assert of_labels(Labels()).lines is None
    assert not of_labels(Labels()).named
    silent = of_labels(Labels(()))
    assert silent.lines == silent.turns == ()
    assert silent.named
    assert SaidLine("") not in (silent.lines or ())
