"""Another reading of noisy sound: a guess that counts only when the sound confirms it."""

from dataclasses import replace

import pytest

from engine.evidence import Alternative, Confirmation, Evidence
from engine.interval import Interval
from engine.rules import evaluate
from engine.rules.hearing import Hearing
from engine.rules.phrases import Vocabulary, parse
from engine.rules.rehearsal import Line, rehearse
from engine.rules.rereading import reread
from tests.rules.conftest import item_of

HEARD = "健康告知请您上官填写，如果隐瞒，将来公司可能解除合同，您明白吗？"


def misheard(probability: float = 0.6) -> Evidence:
    """如实 was recognised as 上官, which nothing resembles."""
    return rehearse([Line("agent", HEARD), Line("customer", "明白。")], probability=probability)


def place(evidence: Evidence, words: str) -> Interval:
    text = "".join(one.text for one in evidence.transcript.characters)
    first = text.index(words)
    characters = evidence.transcript.characters[first : first + len(words)]
    return Interval(characters[0].interval.start, characters[-1].interval.end)


def with_other_reading(evidence: Evidence, heard: str, text: str) -> Evidence:
    other = Alternative(place(evidence, heard), heard, text)
    return replace(evidence, transcript=replace(evidence.transcript, alternatives=(other,)))


@pytest.mark.parametrize(
    ("other", "margin", "expected"),
    [
        ("如实", None, ("review", "heard_nearly")),
        ("如实", 2.0, ("pass", "acknowledged")),
        ("如实", -20.0, ("fail", "disclosure_incomplete")),
        ("上关", 2.0, ("fail", "disclosure_incomplete")),
    ],
)
def test_another_reading_counts_only_where_the_sound_confirms_it(ruleset, order, other, margin, expected):
    evidence = with_other_reading(misheard(), "上官", other)
    if margin is not None:
        answers = tuple(
            Confirmation(one.span, one.heard, one.wanted, margin if one.wanted == "如实" else -20.0, "test")
            for one in evaluate(evidence, ruleset, order).requests
        )
        evidence = replace(evidence, transcript=replace(evidence.transcript, confirmations=answers))
    item = item_of(evaluate(evidence, ruleset, order), "dr_truthful")
    assert (item.verdict, item.reason_code) == expected


def test_what_was_recognised_for_sure_is_not_read_otherwise(ruleset, order):
    item = item_of(evaluate(with_other_reading(misheard(0.97), "上官", "如实"), ruleset, order), "dr_truthful")
    assert (item.verdict, item.reason_code) == ("fail", "disclosure_incomplete")


def test_an_alternative_to_words_that_a_person_replaced_is_left_out(ruleset, order):
    evidence = with_other_reading(misheard(), "上官", "如实")
    stale = replace(evidence.transcript.alternatives[0], heard="伤官")
    evidence = replace(evidence, transcript=replace(evidence.transcript, alternatives=(stale,)))
    item = item_of(evaluate(evidence, ruleset, order), "dr_truthful")
    assert (item.verdict, item.reason_code) == ("fail", "disclosure_incomplete")


@pytest.mark.parametrize(
    ("heard", "other", "letters", "expected"),
    [
        ("上官", "如实", "如实", ("上官", "如实")),
        ("上官填", "如实天", "如实", ("上官填", "如实天")),  # a difference is taken as a whole
        ("上官", "如", "如填", ("上官填", "如填")),
        ("请您上官", "如实", "告知如", ("告知请您上官", "告知如实")),
    ],
)
def test_where_a_word_of_the_other_reading_stands(heard, other, letters, expected):
    evidence = with_other_reading(misheard(), heard, other)
    hearing = Hearing(evidence.transcript, Vocabulary([parse("如实")], {}), 0.5, 0.25, 1.0)
    stream = hearing.of(["agent"]).stream
    reading = reread(stream, evidence.transcript.alternatives)
    start = reading.stream.text.index(letters)
    first, last, whole = reading.place_of(start, start + len(letters), letters)
    assert (stream.text[first:last], whole) == expected
    assert reading.place_of(0, 2, "健康") is None
    assert len(reading.stream.text) == len(reading.stream.begins) == len(reading.stream.places)
