"""The evaluator of speakers, on cases whose result is known."""

import pytest

from engine.evidence import Character, Role, Speaker, Transcript, Turn
from engine.interval import Interval
from eval.metrics.counts import Share
from eval.metrics.session import SpeechFigures, measure_speech
from eval.metrics.speakers import diarization_errors, jaccard_errors, naming, role_accuracy, short_answers
from eval.synth.truth import TrueSpeaker, TrueTurn, Truth


def true_turn(line: int, speaker: str, start: float, end: float, text: str = "清楚") -> TrueTurn:
    role: Role = "agent" if speaker == "A" else "customer"
    return TrueTurn(line, speaker, role, Interval(start, end), text, text)


SAID = (
    true_turn(0, "A", 0.0, 10.0, "您明白犹豫期吗"),
    true_turn(1, "B", 11.0, 11.6),
    true_turn(2, "A", 12.0, 20.0, "好的"),
)
TRUTH = Truth("t", "t.wav", 21.0, (TrueSpeaker("A", "agent", "male"), TrueSpeaker("B", "customer", "female")), SAID)
RIGHT = (
    Turn(Interval(0.0, 10.0), "S1"),
    Turn(Interval(11.0, 11.6), "S2"),
    Turn(Interval(12.0, 20.0), "S1"),
)
MERGED = (Turn(Interval(0.0, 10.0), "S1"), Turn(Interval(11.0, 20.0), "S1"))


def transcript(turns: tuple[Turn, ...], words: list[tuple[str, float, float, str | None]], *roles: str) -> Transcript:
    return Transcript(
        characters=tuple(Character(text, Interval(start, end), 0.9, who) for text, start, end, who in words),
        utterances=(),
        speakers=tuple(Speaker(f"S{n}", role, 0.9, 1.0, "") for n, role in enumerate(roles, 1)),  # type: ignore[arg-type]
        turns=turns,
        speech=tuple(turn.interval for turn in turns),
    )


def test_perfect_turns_cost_nothing() -> None:
    found = diarization_errors(SAID, RIGHT, 21.0, collar=0.0)
    assert found.total == pytest.approx(18.6)
    assert found.rate == 0


def test_each_kind_of_error_is_counted() -> None:
    heard = (
        Turn(Interval(0.0, 8.0), "S1"),
        Turn(Interval(11.0, 11.6), "S1"),
        Turn(Interval(12.0, 20.5), "S1"),
    )
    found = diarization_errors(SAID, heard, 21.0, collar=0.0)
    assert found.missed == pytest.approx(2.0)
    assert found.confusion == pytest.approx(0.6)
    assert found.false_alarm == pytest.approx(0.5)
    assert found.rate == pytest.approx(3.1 / 18.6)


def test_the_collar_lies_on_each_side_of_a_boundary() -> None:
    late = (Turn(Interval(0.24, 10.24), "S1"), *RIGHT[1:])
    assert diarization_errors(SAID, late, 21.0, collar=0.25).rate == 0
    later = (Turn(Interval(0.35, 10.0), "S1"), *RIGHT[1:])
    assert diarization_errors(SAID, later, 21.0, collar=0.25).missed == pytest.approx(0.1)


def test_overlapped_speech_counts_for_both() -> None:
    said = (true_turn(0, "A", 0.0, 10.0), true_turn(1, "B", 4.0, 6.0))
    found = diarization_errors(said, (Turn(Interval(0.0, 10.0), "S1"),), 10.0, collar=0.0)
    assert (found.total, found.missed) == (pytest.approx(12.0), pytest.approx(2.0))


def test_silence_is_no_error_and_invention_is() -> None:
    assert diarization_errors((), (), 5.0).rate == 0
    assert diarization_errors((), (Turn(Interval(1.0, 2.0), "S1"),), 5.0).rate == float("inf")


def test_voices_are_named_one_to_one() -> None:
    assert naming(SAID, RIGHT) == {"S1": "A", "S2": "B"}
    assert naming(SAID, MERGED) == {"S1": "A"}
    stranger = (*RIGHT, Turn(Interval(20.5, 20.9), "S3"))
    assert naming(SAID, stranger) == {"S1": "A", "S2": "B"}
    assert naming((), RIGHT) == {}


@pytest.mark.parametrize(
    ("turns", "roles", "expected"),
    [
        (RIGHT, ("agent", "customer"), Share(2, 2)),
        (RIGHT, ("customer", "agent"), Share(0, 2)),
        (RIGHT, ("agent", "unknown"), Share(1, 2)),
        (MERGED, ("agent",), Share(1, 2)),
    ],
)
def test_roles(turns: tuple[Turn, ...], roles: tuple[str, ...], expected: Share) -> None:
    heard = transcript(turns, [], *roles)
    assert role_accuracy({"A": "agent", "B": "customer"}, heard.speakers, naming(SAID, turns)) == expected


@pytest.mark.parametrize(
    ("turns", "words", "attributed", "worded"),
    [
        (RIGHT, [("清", 11.0, 11.3, "S2"), ("楚", 11.3, 11.6, "S2")], 1, 1),
        (RIGHT, [("清", 11.0, 11.3, "S1"), ("楚", 11.3, 11.6, "S1")], 0, 1),
        (RIGHT, [("吗", 9.0, 11.1, "S1"), ("清", 11.1, 11.4, "S2")], 1, 1),
        (RIGHT, [], 1, 0),
        (MERGED, [], 0, 0),
        (RIGHT, [("清", 11.0, 11.6, None)], 1, 0),
    ],
)
def test_a_short_answer_belongs_to_the_voice_of_its_text(
    turns: tuple[Turn, ...], words: list[tuple[str, float, float, str | None]], attributed: int, worded: int
) -> None:
    found = short_answers(SAID, transcript(turns, words), naming(SAID, turns))
    assert (found.attributed, found.worded) == (Share(attributed, 1), Share(worded, 1))


def test_all_figures_of_a_session() -> None:
    words: list[tuple[str, float, float, str | None]] = [
        (text, 1.0 + n, 1.5 + n, "S1") for n, text in enumerate("您明白犹豫期吗")
    ]
    words += [("清", 11.0, 11.3, "S2"), ("处", 11.3, 11.6, "S2"), ("好", 13.0, 13.5, "S1"), ("的", 14.0, 14.5, "S1")]
    found = measure_speech(TRUTH, transcript(RIGHT, words, "agent", "customer"))
    assert found.diarization.rate == 0
    assert (found.roles, found.short.attributed) == (Share(2, 2), Share(1, 1))
    assert found.text.errors == found.by_speaker.errors == found.by_role.errors == 1
    assert found.jaccard.rate == pytest.approx(0)
    doubled = found + found + SpeechFigures.zero()
    assert doubled.text.rate == found.text.rate
    assert doubled.roles == Share(4, 4)


def test_every_speaker_counts_alike_in_the_jaccard_error_rate() -> None:
    """A has 18 of the 19 s of the voice named after her; B is lost, which is all of his."""
    heard = (Turn(Interval(0.0, 10.0), "S1"), Turn(Interval(11.0, 20.0), "S1"))
    found = jaccard_errors(SAID, heard, 21.0)
    assert found.speakers == 2
    assert found.error == pytest.approx((19 - 18) / 19 + 1)
    assert found.rate == pytest.approx((1 / 19 + 1) / 2)


def test_text_of_the_wrong_role_counts_although_the_voices_are_told_apart() -> None:
    words: list[tuple[str, float, float, str | None]] = [("清", 11.0, 11.3, "S2"), ("楚", 11.3, 11.6, "S2")]
    said = (SAID[1],)
    truth = Truth("t", "t.wav", 21.0, TRUTH.speakers, said)
    right = measure_speech(truth, transcript((Turn(Interval(11.0, 11.6), "S2"),), words, "agent", "customer"))
    swapped = measure_speech(truth, transcript((Turn(Interval(11.0, 11.6), "S2"),), words, "customer", "agent"))
    assert (right.by_speaker.errors, right.by_role.errors) == (0, 0)
    assert (swapped.by_speaker.errors, swapped.by_role.errors) == (0, 4)
    assert swapped.by_role.rate == 2
