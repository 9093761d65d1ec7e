"""A person's corrections laid over the evidence, and judged at once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.corrections import RoleOf, SpeakerOf, Swap, Words, apply, parse
from engine.errors import MingjianError
from engine.order import Order
from engine.rules import evaluate, load
from engine.rules.rehearsal import Line, rehearse
from tests.rules.conftest import ORDER, item_of

ASK = "您今天购买的是一款保险产品，您明白吗？"


def judged(evidence, name="dr_is_insurance"):
    return item_of(evaluate(evidence, load("face_to_face"), Order.model_validate(ORDER)), name)


def session(*lines):
    return rehearse([Line(role, text) for role, text in lines])


def test_a_misheard_word_is_put_right_and_keeps_its_time():
    machine = session(("agent", ASK), ("customer", "明天。"))
    mended = apply(machine, [Words(utterance=2, text="明白。")])
    assert judged(machine).reason_code == "answer_unclear"
    assert judged(mended).verdict == "pass"
    old, new = machine.transcript.characters, mended.transcript.characters
    assert [one.interval for one in new] == [one.interval for one in old]
    assert mended.transcript.corrected == (old[-1].interval,)
    assert (new[-1].text, new[-1].probability) == ("白", 1.0)
    assert machine.transcript.characters[-1].text == "天", "the machine's layer stays"


def test_findings_on_corrected_words_are_a_person_s():
    machine = session(("agent", "您今天购买的是一款理财，您明白吗？"), ("customer", "明白。"))
    mended = apply(machine, [Words(utterance=1, text=ASK)])
    assert judged(machine).verdict == "fail"
    item = judged(mended)
    assert item.verdict == "pass"
    assert [one.how for one in item.evidence] == ["human"]


def test_what_was_left_out_counts_where_it_belongs():
    machine = session(("agent", "您今天购买的是一款保产品，您明白吗？"), ("customer", "明白。"))
    mended = apply(machine, [Words(utterance=1, text=ASK)])
    assert judged(machine).verdict == "fail"
    assert (judged(mended).verdict, judged(mended).evidence[0].how) == ("pass", "human")
    assert {one.how for one in judged(apply(mended, [Words(utterance=2, text="不明白。")])).evidence} == {"human"}


def test_later_utterances_move_with_their_characters():
    machine = session(("agent", "这是一款产品。"), ("customer", "好。"), ("agent", ASK), ("customer", "明白。"))
    mended = apply(machine, [Words(utterance=1, text="这是一款终身寿险产品。"), Words(utterance=2, text="")])
    heard = mended.transcript
    for one in heard.utterances:
        written = "".join(c.text for c in heard.characters[one.first : one.last])
        assert written == one.text.replace("，", "").replace("。", "").replace("？", "")
    assert judged(mended).verdict == "pass"


def test_an_utterance_given_to_another_voice():
    machine = session(("agent", ASK), ("agent", "明白。"), ("customer", "你好。"))
    mended = apply(machine, [SpeakerOf(utterance=2, speaker="customer")])
    assert judged(mended).verdict == "pass"
    answer = mended.transcript.utterances[1]
    assert answer.role == "customer"
    assert [t.speaker for t in mended.transcript.turns if t.interval.overlap(answer.interval)] == ["customer"]
    assert mended.transcript.corrected == (answer.interval,)


def test_a_yes_that_a_person_heard_is_not_asked_of_the_sound():
    machine = session(("agent", ASK), ("customer", "明天。"))
    mended = apply(machine, [Words(utterance=2, text="明白。")])
    requests = evaluate(mended, load("face_to_face"), Order.model_validate(ORDER)).requests
    assert [one for one in requests if one.heard == "明白"] == []


@pytest.mark.parametrize(
    "corrections",
    [
        [Swap(first="customer", second="agent")],
        [RoleOf(speaker="customer", role="agent"), RoleOf(speaker="agent", role="customer")],
    ],
)
def test_roles_the_wrong_way_round(corrections):
    wrong = session(("customer", ASK), ("agent", "明白。"))
    right = apply(wrong, corrections)
    assert judged(wrong).verdict == "fail"
    assert judged(right).verdict == "pass"
    assert {one.why for one in right.transcript.speakers} == {"人工更正"}
    assert [one.role for one in right.transcript.utterances] == ["agent", "customer"]


@pytest.mark.parametrize(
    "values",
    [
        [{"kind": "words", "utterance": 9, "text": "明白"}],
        [{"kind": "speaker", "utterance": 1, "speaker": "S9"}],
        [{"kind": "role", "speaker": "S9", "role": "agent"}],
        [{"kind": "role", "speaker": "agent", "role": "boss"}],
        [{"kind": "words", "utterance": 1}],
        [{"kind": "louder"}],
        "words",
    ],
)
def test_what_does_not_fit_is_refused(values):
    machine = session(("agent", ASK))
    with pytest.raises(MingjianError, match="MJ801"):
        apply(machine, parse(values))


def test_corrections_are_read_from_json():
    assert parse([{"kind": "words", "utterance": 1, "text": "好"}, {"kind": "swap", "first": "A", "second": "B"}]) == (
        Words(utterance=1, text="好"),
        Swap(first="A", second="B"),
    )


@given(st.text(alphabet="明白清楚不的，。 ok12", max_size=12), st.text(alphabet="明白清楚不的，。 ok12", max_size=12))
def test_any_rewording_reads_back_and_stays_within_the_utterance(before, after):
    machine = session(("agent", "好的" + before), ("customer", "嗯"))
    mended = apply(machine, [Words(utterance=1, text=after)]).transcript
    said = mended.utterances[0]
    span = machine.transcript.utterances[0].interval
    inside = mended.characters[said.first : said.last]
    assert "".join(one.text for one in inside) == "".join(c for c in after if c not in "，。 ")
    assert all(span.start <= one.interval.start <= one.interval.end <= span.end for one in inside)
    assert [one.interval.start for one in inside] == sorted(one.interval.start for one in inside)
    assert mended.characters[said.last :][0].text == "嗯"
