"""What the sound was asked once is not asked again, whatever rules ask it."""

import wave
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine.asking import Confirm, asker
from engine.evidence import Character, Transcript
from engine.interval import Interval
from engine.media.session import Session, open_session
from engine.progress import silent
from engine.rules import Request
from engine.settings import Settings, load_settings
from engine.speech.recognizer import ScoredToken

RATE = 16000
SIGNED = Request(Interval(2.5, 3.5), "亲比千名", "亲笔签名")
TERM = Request(Interval(6.0, 7.0), "责任", "职责")
VAIN = Request(Interval(6.0, 7.0), "没有的话", "没有")


class Recognizer:
    """Believes every text alike; `asked` are those it was asked."""

    name, identity, longest_window, at_once = "scripted", "abc", 30.0, 1

    def __init__(self) -> None:
        self.asked: list[str] = []

    def score(self, _window: np.ndarray, texts: Sequence[str]) -> tuple[tuple[ScoredToken, ...], ...]:
        self.asked += texts
        return tuple((ScoredToken(text, -1.0),) for text in texts)


class OneNetwork:
    def __init__(self) -> None:
        self._recognizer = Recognizer()

    def recognizer(self) -> Recognizer:
        return self._recognizer

    @property
    def asked(self) -> list[str]:
        """What was asked since this was last looked at."""
        texts, self._recognizer.asked = self._recognizer.asked, []
        return texts


def said(*parts: tuple[str, float]) -> Transcript:
    letters = [
        Character(letter, Interval(start + 0.25 * place, start + 0.25 * (place + 1)), 0.9)
        for text, start in parts
        for place, letter in enumerate(text)
    ]
    return Transcript(tuple(letters), (), (), (), ())


SAID = said(("请您亲比千名", 2.0), ("下面责任", 5.5), ("谢谢您", 8.0))


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    folder = tmp_path_factory.mktemp("asking")
    with wave.open(str(folder / "a.wav"), "wb") as file:
        file.setparams((1, 2, RATE, 10 * RATE, "NONE", ""))
        file.writeframes(np.random.default_rng(1).integers(-900, 900, 10 * RATE, dtype="<i2").tobytes())
    with open_session([folder / "a.wav"], folder) as opened:
        yield opened


def settings(place: Path | None) -> Settings:
    return load_settings().model_copy(update={"artifacts": str(place) if place else None})


def asking(session: Session, networks: OneNetwork, place: Path | None) -> Confirm:
    confirm = asker(session, networks, settings(place), silent)  # type: ignore[arg-type]
    assert confirm is not None
    return confirm


def test_an_answer_is_kept_and_only_what_is_new_is_asked(session: Session, tmp_path: Path) -> None:
    networks = OneNetwork()
    first = asking(session, networks, tmp_path)((SIGNED, VAIN), SAID)
    assert [one.wanted for one in first] == ["亲笔签名"]
    assert networks.asked
    again = asking(session, networks, tmp_path)
    assert again((VAIN, SIGNED), SAID) == first
    assert networks.asked == []
    assert [one.wanted for one in again((TERM, SIGNED), SAID)] == ["职责", "亲笔签名"]
    assert all("亲笔签名" not in text for text in networks.asked)


def test_other_words_around_it_make_it_another_question(session: Session, tmp_path: Path) -> None:
    networks = OneNetwork()
    asking(session, networks, tmp_path)((SIGNED,), SAID)
    assert networks.asked
    asking(session, networks, tmp_path)((SIGNED,), said(("请您亲比千名", 2.0), ("下面责任", 5.5)))
    assert networks.asked


def test_who_said_it_makes_no_difference(session: Session, tmp_path: Path) -> None:
    networks = OneNetwork()
    asking(session, networks, tmp_path)((SIGNED,), SAID)
    assert networks.asked
    told = replace(SAID, characters=tuple(replace(one, speaker="S1") for one in SAID.characters))
    assert asking(session, networks, tmp_path)((SIGNED,), told)
    assert networks.asked == []


def test_without_a_place_the_sound_is_asked_each_time(session: Session) -> None:
    networks = OneNetwork()
    confirm = asking(session, networks, None)
    for _ in range(2):
        assert confirm((SIGNED,), SAID)
        assert networks.asked


def test_nothing_asks_where_asking_is_off(session: Session) -> None:
    given = settings(None)
    limits = replace(given.speech, confirmation=replace(given.speech.confirmation, enabled=False))
    assert asker(session, OneNetwork(), given.model_copy(update={"speech": limits}), silent) is None  # type: ignore[arg-type]
