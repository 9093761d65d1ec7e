"""A salesperson's enrolled voice is found again in a session, with the real networks."""

import wave
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from engine.evidence import Speaker, Transcript, Turn
from engine.interval import Interval
from engine.known_voices import compare_voices
from engine.media.audio import Audio
from engine.media.session import open_session
from engine.networks import Networks
from engine.settings import Settings, load_settings
from eval.synth.truth import Truth, load

STAFF_NO = "10235"
SAMPLE_S = 40.0
"""The sample is cut from the session's first seconds, and the session is compared from then on."""


@pytest.fixture(scope="module")
def networks() -> Iterator[Networks]:
    with Networks(load_settings()) as opened:
        yield opened


@pytest.fixture(scope="module")
def truth(root: Path) -> Truth:
    return load(root / "eval" / "synth" / "demo" / "clean.truth.json")


@pytest.fixture(scope="module")
def audio(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Audio]:
    folder = tmp_path_factory.mktemp("session")
    with open_session([root / "eval" / "synth" / "demo" / "clean.mp4"], folder) as session:
        found = session.audio()
        assert found is not None
        yield found


@pytest.fixture(scope="module")
def transcript(truth: Truth) -> Transcript:
    turns = tuple(Turn(turn.interval, turn.speaker) for turn in truth.turns if turn.interval.start > SAMPLE_S)
    speakers = tuple(Speaker(one.id, "unknown", 0.0, 1.0, "") for one in truth.speakers)
    return Transcript((), (), speakers, turns, ())


def enrol(folder: Path, audio: Audio, spans: list[Interval]) -> Settings:
    """Settings with the voice heard in `spans` as the sample of STAFF_NO."""
    sound = np.concatenate([audio.excerpt(span) for span in spans])
    with wave.open(str(folder / f"{STAFF_NO}.wav"), "wb") as file:
        file.setparams((1, 2, audio.rate, len(sound), "NONE", ""))
        file.writeframes((sound * 32767).astype("<i2").tobytes())
    return load_settings().model_copy(update={"enrolment": folder})


@pytest.mark.parametrize("enrolled", ["A", "B"])
def test_the_enrolled_voice_is_found_again(
    enrolled: str, tmp_path: Path, audio: Audio, truth: Truth, transcript: Transcript, networks: Networks
) -> None:
    spans = [turn.interval for turn in truth.turns if turn.speaker == enrolled and turn.interval.end < SAMPLE_S]
    settings = enrol(tmp_path, audio, spans)
    found = compare_voices(transcript, audio.mono(), networks, settings, STAFF_NO)
    assert found.hints.roles == {enrolled: "agent"}
    assert "声音样本" in found.hints.sources[enrolled]
    assert found.verdict == ("ok", None)


def test_without_a_sample_voices_are_compared_among_themselves_only(
    audio: Audio, transcript: Transcript, networks: Networks, tmp_path: Path
) -> None:
    settings = load_settings().model_copy(update={"enrolment": tmp_path})
    found = compare_voices(transcript, audio.mono(), networks, settings, STAFF_NO)
    (pair,) = found.likeness
    assert (pair.speaker, pair.other, pair.enrolled) == ("A", "B", False)
    assert pair.similarity < settings.speech.enrolment.least_similarity
    assert (found.hints.roles, found.verdict) == ({}, ("ok", None))


@pytest.mark.parametrize("content", [b"", b"no sound at all"])
def test_a_sample_that_is_none_is_told_and_stops_nothing(
    content: bytes, audio: Audio, transcript: Transcript, networks: Networks, tmp_path: Path
) -> None:
    (tmp_path / f"{STAFF_NO}.wav").write_bytes(content)
    settings = load_settings().model_copy(update={"enrolment": tmp_path})
    found = compare_voices(transcript, audio.mono(), networks, settings, STAFF_NO)
    assert found.verdict == ("degraded", "enrolment_unusable")
    assert len(found.likeness) == 1
