"""What the stages of a recording find together, with the real networks."""

import wave
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from engine.evidence import Transcript
from engine.gather import Gathering
from engine.interval import Interval
from engine.media.session import open_session
from engine.networks import Networks
from engine.order import Order
from engine.progress import Stoppable, silent
from engine.settings import load_settings
from engine.stages import Stages
from eval.synth.truth import Truth, load

LENGTH_S = 88.0
ANSWER = 7  # 明白，这是保险。
ELSEWHERE = Interval(12.12, 17.4)  # the salesperson's voice


@pytest.fixture(scope="module")
def demo(root: Path) -> Path:
    return root / "eval" / "synth" / "demo" / "clean.mp4"


@pytest.fixture(scope="module")
def truth(demo: Path) -> Truth:
    return load(demo.with_suffix(".truth.json"))


@pytest.fixture(scope="module")
def sound(demo: Path, tmp_path_factory: pytest.TempPathFactory) -> np.ndarray:
    with open_session([demo], tmp_path_factory.mktemp("demo")) as session:
        found = session.audio()
        assert found is not None
        return found.mono()[: round(LENGTH_S * found.rate)]


@pytest.fixture(scope="module")
def networks() -> Iterator[Networks]:
    with Networks(load_settings()) as opened:
        yield opened


def call(folder: Path, channels: list[np.ndarray]) -> Path:
    """A call with a channel for each party."""
    path = folder / "call.wav"
    with wave.open(str(path), "wb") as file:
        file.setparams((2, 2, 16000, len(channels[0]), "NONE", ""))
        file.writeframes((np.stack(channels, axis=1) * 32767).astype("<i2").tobytes())
    return path


def heard(path: Path, folder: Path, networks: Networks) -> Transcript:
    order = Order.model_validate({"scenario": "callback"})
    with open_session([path], folder) as session:
        gathering = Gathering(session, networks, load_settings(), order, Stages(), Stoppable(silent))
        transcript = gathering.evidence(("audio", "activity", "transcribe", "attribute", "voices", "sound")).transcript
    assert transcript is not None
    return transcript


@pytest.mark.parametrize("by_another", [True, False])
def test_an_answer_in_another_voice_on_the_customer_s_channel_is_found(
    by_another: bool, tmp_path: Path, sound: np.ndarray, truth: Truth, networks: Networks
) -> None:
    parties = [np.zeros_like(sound), np.zeros_like(sound)]
    for turn in truth.turns:
        span = slice(round(turn.interval.start * 16000), round(turn.interval.end * 16000))
        parties[turn.role == "customer"][span] = sound[span]
    answered = truth.turns[ANSWER].interval
    if by_another:
        begin = round(answered.start * 16000)
        piece = sound[round(ELSEWHERE.start * 16000) :][: round(ELSEWHERE.duration * 16000)]
        parties[1][begin : begin + len(piece)] = piece
        parties[0][begin : begin + len(piece)] = 0
    strangers = heard(call(tmp_path, parties), tmp_path, networks).strangers
    assert [one.role for one in strangers] == ["customer"] * by_another
    assert all(one.span & answered for one in strangers)
