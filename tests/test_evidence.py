"""Evidence survives storage, and its own measures hold."""

from engine.evidence import (
    Character,
    Evidence,
    Media,
    Person,
    Quality,
    Scene,
    Speaker,
    StageReport,
    Transcript,
    Turn,
    Utterance,
    pack,
    unpack,
)
from engine.interval import Interval


def a_transcript() -> Transcript:
    characters = tuple(Character(c, Interval(i, i + 0.2), 0.9, "S1", 1.0) for i, c in enumerate("清楚"))
    return Transcript(
        characters=characters,
        utterances=(Utterance(1, Interval(0, 1.2), "S1", "customer", "清楚。", 0.9, 0, 2),),
        speakers=(Speaker("S1", "customer", 0.8, 1.2, "只有一人说话"),),
        turns=(Turn(Interval(0, 1.2), "S1"),),
        speech=(Interval(0, 1.2), Interval(10, 12)),
    )


def test_packed_evidence_reads_back_equal_and_packs_to_the_same_bytes() -> None:
    evidence = Evidence(Media((), 12.0), a_transcript(), None, Quality(), (StageReport("transcribe", "ok", None, 1.5),))
    assert unpack(pack(evidence)) == evidence
    assert pack(unpack(pack(evidence))) == pack(evidence)


def test_speech_without_text_lowers_the_coverage() -> None:
    transcript = a_transcript()
    assert transcript.text_coverage(Interval(0, 1.2)) == 1.0
    assert transcript.text_coverage(Interval(10, 12)) == 0.0
    assert transcript.text_coverage(Interval(5, 6)) == 1.0, "nobody spoke there"


def test_role_of_an_unknown_voice_is_unknown() -> None:
    assert a_transcript().role_of("S1") == "customer"
    assert a_transcript().role_of(None) == "unknown"


def test_same_frame_counts_judged_time_only() -> None:
    first = Person("F1", "unknown", 0.0, (Interval(0, 10),), (), "")
    second = Person("F2", "unknown", 0.0, (Interval(4, 8),), (), "")
    whole = (Interval(0, 10),)
    scene = Scene((first, second), (), whole, whole)
    assert scene.together() == (Interval(4, 8),)
    assert scene.same_frame_share() == 0.4
    assert Scene((first, second), (), whole, (Interval(4, 8),)).same_frame_share() == 1.0
    assert Scene((first, second), (), whole, ()).same_frame_share() == 0.0
