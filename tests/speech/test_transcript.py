"""Text and voices put together: who said each character, utterances, channels, the rare insured."""

import pytest

from engine.evidence import Character, Turn
from engine.interval import Interval
from engine.order import SpeakerHints
from engine.speech.attribute import written
from engine.speech.diarize import Diarization, Voice, VoiceTurn, overlaps
from engine.speech.settings import SpeechSettings
from engine.speech.transcribe import Heard, Recognition
from engine.speech.transcript import Line, assemble


def heard(text: str, start: float, step: float = 0.2) -> tuple[Heard, ...]:
    """Characters `step` seconds apart; punctuation is attached to the character before it."""
    found: list[Heard] = []
    for one in text:
        if one.isalnum():
            at = start + len(found) * step
            found.append(Heard(Character(one, Interval(at, at + step), 0.9)))
        else:
            found[-1] = Heard(found[-1].character, found[-1].mark + one)
    return tuple(found)


def voices(*turns: tuple[float, float, str], likeness: float = 0.9) -> Diarization:
    made = tuple(VoiceTurn(Turn(Interval(a, b), who), 0.95, likeness) for a, b, who in turns)
    names = sorted({who for _, _, who in turns})
    return Diarization(made, tuple(Voice(name, 1.0, False) for name in names), overlaps(made), "ok")


def line(*parts: tuple[Heard, ...], channel: int | None = None) -> Line:
    characters = tuple(one for part in parts for one in part)
    speech = tuple(Interval(part[0].character.interval.start, part[-1].character.interval.end) for part in parts)
    return Line(channel, speech, Recognition(characters, 1.0, "ok"))


def test_a_short_answer_between_two_turns_keeps_its_own_speaker() -> None:
    text = line(heard("您清楚吗", 0.0), heard("清楚", 1.0), heard("好下一项", 1.6))
    found = assemble([text], voices((0.0, 0.85, "S1"), (0.95, 1.45, "S2"), (1.55, 2.5, "S1")))
    assert [(one.speaker, one.text) for one in found.utterances] == [
        ("S1", "您清楚吗"),
        ("S2", "清楚"),
        ("S1", "好下一项"),
    ]
    assert found.characters[4].speaker_confidence == pytest.approx(0.95)


def test_where_two_speak_at_once_confidence_falls() -> None:
    found = assemble([line(heard("您清楚吗", 0.0))], voices((0.0, 0.9, "S1"), (0.5, 0.9, "S2")))
    assert {one.speaker for one in found.characters} == {"S1"}
    assert found.characters[-1].speaker_confidence < found.characters[0].speaker_confidence
    assert found.overlaps == (Interval(0.5, 0.9),)


def test_text_far_from_any_turn_has_no_speaker() -> None:
    found = assemble([line(heard("好", 5.0))], voices((0.0, 0.9, "S1")))
    assert found.characters[0].speaker is None
    assert found.utterances[0].role == "unknown"


def test_utterances_are_cut_at_pauses_and_ends_of_sentences_and_cover_all_characters() -> None:
    parts = (heard("您好。我是", 0.0), heard("小李", 0.9), heard("再见", 3.0))
    found = assemble([line(*parts)], voices((0.0, 4.0, "S1")))
    assert [one.text for one in found.utterances] == ["您好。", "我是小李", "再见"]
    assert [(one.first, one.last) for one in found.utterances] == [(0, 2), (2, 6), (6, 8)]
    assert [one.id for one in found.utterances] == [1, 2, 3]


def test_text_is_written_with_full_width_marks_and_spaces_between_latin_words() -> None:
    words = [
        Heard(Character(text, Interval(i, i + 1), 0.9), mark)
        for i, (text, mark) in enumerate([("OK", ""), ("bye", ","), ("15", ""), ("天", "?")])
    ]
    assert written(words) == "OK bye，15天？"


def test_channels_are_parties() -> None:
    agent = line(heard("我是安心人寿保险公司的代理人", 0.0), heard("您清楚吗", 4.0), channel=0)
    customer = line(heard("清楚", 5.0), channel=1)
    hints = SpeakerHints(channels={"0": "agent", "1": "customer"})
    found = assemble([agent, customer], None, hints)
    assert [(one.id, one.role) for one in found.speakers] == [("S1", "agent"), ("S2", "customer")]
    assert "第 1 声道" in found.speakers[1].why
    assert {one.speaker_confidence for one in found.characters} == {1.0}
    assert [one.role for one in found.utterances] == ["agent", "agent", "customer"]


def test_channels_without_a_map_get_roles_from_content() -> None:
    agent = line(heard("我是安心人寿保险公司的代理人", 0.0), heard("您清楚吗？", 4.0), channel=1)
    found = assemble([line(heard("清楚", 5.0), channel=0), agent], None)
    assert [(one.id, one.role) for one in found.speakers] == [("S1", "agent"), ("S2", "customer")]


def test_without_voices_the_text_stays_and_nobody_said_it() -> None:
    found = assemble([line(heard("您清楚吗", 0.0))], None)
    assert "".join(one.text for one in found.characters) == "您清楚吗"
    assert {one.speaker for one in found.characters} == {None}
    assert found.speakers == ()


def test_nobody_spoke() -> None:
    found = assemble([Line(None, (), Recognition((), 1.0, "ok"))], Diarization((), (), (), "ok"))
    assert (found.characters, found.utterances, found.speakers) == ((), (), ())
    assert found.text_coverage() == 1.0


SALE = (
    heard("我是安心人寿保险公司的代理人。", 0.0),
    heard("您清楚吗？", 4.0),
    heard("清楚", 5.2),
    heard("请问被保险人，您同意吗？", 6.0),
    heard("可以", 8.5),
)


def sale_voices(likeness: float) -> Diarization:
    known = voices((0.0, 4.9, "S1"), (5.1, 5.7, "S2"), (6.0, 8.2, "S1"))
    last = VoiceTurn(Turn(Interval(8.4, 9.0), "S2"), 0.9, likeness)
    return Diarization((*known.turns, last), known.voices, (), "ok")


def test_a_strange_voice_that_answers_for_the_insured_is_the_insured() -> None:
    found = assemble([line(*SALE)], sale_voices(0.6))
    assert [(one.id, one.role) for one in found.speakers] == [("S1", "agent"), ("S2", "customer"), ("S3", "insured")]
    assert found.utterances[-1].speaker == "S3"
    assert [turn.speaker for turn in found.turns] == ["S1", "S2", "S1", "S3"]


@pytest.mark.parametrize(("likeness", "same"), [(0.9, None), (0.6, True)])
def test_a_voice_like_the_customers_or_a_customer_who_insures_himself_stays_one(
    likeness: float, same: bool | None
) -> None:
    found = assemble([line(*SALE)], sale_voices(likeness), insured_is_customer=same)
    assert [one.id for one in found.speakers] == ["S1", "S2"]


def test_a_ghost_is_said_to_be_one() -> None:
    known = voices((0.0, 0.9, "S1"), (1.0, 1.4, "S2"))
    ghost = Diarization(known.turns, (known.voices[0], Voice("S2", 0.4, True)), (), "degraded", "ghost_speaker")
    found = assemble([line(heard("您清楚吗", 0.0), heard("清楚", 1.0))], ghost)
    assert "可能不是另一个人" in found.speakers[1].why
    assert found.speakers[1].confidence <= SpeechSettings().roles.ghost_trust
