"""Acoustic confirmation: context and margins with a scripted recogniser, and the sign of the margin on real speech."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pytest

from engine.evidence import Character, Transcript
from engine.interval import Interval
from engine.media.audio import Audio, from_samples
from engine.speech.activity import detect
from engine.speech.confirm import confirm
from engine.speech.recognizer import Hypothesis, ScoredToken
from engine.speech.transcribe import transcribe

RATE = 16000


@dataclass(frozen=True)
class Asked:
    span: Interval
    heard: str
    wanted: str


class Scripted:
    """Gives every text the score that `scores` finds for a part of it; keeps the texts and windows it was asked."""

    name, identity, longest_window = "scripted", "abc", 30.0
    at_once = 1

    def __init__(self, scores: dict[str, float]) -> None:
        self._scores = scores
        self.texts: list[str] = []
        self.seconds = 0.0

    def recognize(self, windows: Sequence[np.ndarray], *, careful: bool = False) -> tuple[Hypothesis, ...]:
        raise NotImplementedError

    def score(self, window: np.ndarray, texts: Sequence[str]) -> tuple[tuple[ScoredToken, ...], ...]:
        self.texts += texts
        self.seconds = len(window) / RATE
        scores = (next((score for part, score in self._scores.items() if part in text), -50.0) for text in texts)
        return tuple((ScoredToken(text, score),) for text, score in zip(texts, scores, strict=True))


def characters(text: str, start: float, step: float = 0.25) -> tuple[Character, ...]:
    return tuple(Character(c, Interval(start + i * step, start + (i + 1) * step), 0.9) for i, c in enumerate(text))


def transcript(*parts: tuple[Character, ...]) -> Transcript:
    return Transcript(tuple(one for part in parts for one in part), (), (), (), ())


SILENT: Audio = from_samples(np.zeros((1, 30 * RATE), dtype=np.float32), RATE)
SAID = transcript(characters("请您亲比千名", 2.0), characters("好的", 4.5), characters("下面我们看一下保险责任", 6.0))


def test_both_texts_are_scored_in_the_same_context_reaching_into_the_next_speech() -> None:
    recognizer = Scripted({"亲比千名": -18.0, "亲笔签名": -18.5})
    found = confirm([Asked(Interval(2.5, 3.5), "亲比千名", "亲笔签名")], SILENT, SAID, recognizer)
    assert [one.margin for one in found] == [-0.5]
    assert found[0].model == "abc"
    heard, wanted = recognizer.texts
    assert heard.replace("亲比千名", "亲笔签名") == wanted
    assert heard.startswith("请您")
    assert "好的" in heard
    assert "下面我们" in heard


def test_letters_that_sound_the_same_may_be_spelled_as_they_were_heard() -> None:
    """How often the network read a spelling does not decide: the better one counts."""
    card = transcript(characters("这是我的职业中", 2.0), characters("您看一下", 4.5))
    recognizer = Scripted({"职业中": -18.0, "职业证": -17.0, "执业证": -27.0})
    found = confirm([Asked(Interval(3.0, 3.75), "职业中", "执业证")], SILENT, card, recognizer)
    assert [(one.wanted, one.margin) for one in found] == [("执业证", 1.0)]


def test_a_negation_is_asked_about_in_its_own_letters_alone() -> None:
    recognizer = Scripted({})
    confirm([Asked(Interval(4.4, 5.1), "好的", "不的")], SILENT, SAID, recognizer)
    assert len(recognizer.texts) == 2


def test_a_word_inside_a_reply_is_replaced_and_the_rest_of_it_kept() -> None:
    recognizer = Scripted({"不好": -9.0, "好的": -4.0})
    confirm([Asked(Interval(4.4, 5.1), "好", "不好")], SILENT, SAID, recognizer)
    assert "不好的" in recognizer.texts[1]


def test_what_cannot_be_asked_stays_unanswered() -> None:
    recognizer = Scripted({})
    questions = [
        Asked(Interval(20.0, 21.0), "亲比千名", "亲笔签名"),  # nothing recognised there
        Asked(Interval(2.5, 3.5), "十五天", "二十天"),  # not what was recognised there
        Asked(Interval(7.0, 9.0), "责任", "责任人"),  # one text begins with the other, and nothing follows
    ]
    assert confirm(questions, SILENT, SAID, recognizer) == ()
    assert recognizer.texts == []


def test_noisy_sound_is_asked_with_and_without_its_noise_and_the_mean_counts() -> None:
    class Hard(Scripted):
        """Believes the wanted words 4 nats more in the second sound than in the first."""

        def score(self, window: np.ndarray, texts: Sequence[str]) -> tuple[tuple[ScoredToken, ...], ...]:
            self.sounds = [*getattr(self, "sounds", []), window]
            more = 4.0 * (len(self.sounds) - 1)
            return tuple((ScoredToken(text, -20.0 + ("亲笔" in text) * more),) for text in texts)

    time = np.arange(30 * RATE) / RATE
    hiss = np.random.default_rng(3).standard_normal(len(time)) * 0.02
    speech = (Interval(2.0, 3.5), Interval(4.5, 5.0), Interval(6.0, 8.8))
    speaking = sum((one.start <= time) & (one.end > time) for one in speech)
    noisy = from_samples((0.1 * np.sin(2 * np.pi * 200 * time) * speaking + hiss).astype(np.float32)[None], RATE)
    recognizer = Hard({})
    asked = [Asked(Interval(2.5, 3.5), "亲比千名", "亲笔签名")]
    (answer,) = confirm(asked, noisy, replace(SAID, speech=speech), recognizer)
    assert answer.margin == pytest.approx(2.0)
    first, second = recognizer.sounds
    assert np.square(second).mean() < np.square(first).mean()


@pytest.mark.parametrize(
    ("heard", "wanted"), [("不清楚", "清楚"), ("不清楚", "很清楚"), ("有的时候", "没有时候"), ("知道", "不知道")]
)
def test_on_real_speech_what_was_said_beats_what_was_not(
    heard: str, wanted: str, clip: object, detector: object, recognizer: object
) -> None:
    spoken = clip("mandarin_single/FireRedASR__TEST_NET_Y0000000000_-KTKHdZ2fb8_S00000.wav")
    following = clip("mandarin_single/FireRedASR__BAC009S0764W0121.wav")
    sound = np.concatenate([spoken, np.zeros(RATE // 2, dtype=np.float32), following])
    audio = from_samples(sound[None], RATE)
    found = transcribe(sound, detect(sound, detector), recognizer).characters
    text = "".join(one.text for one in found)
    assert heard in text
    first = text.index(heard)
    span = Interval(found[first].interval.start, found[first + len(heard) - 1].interval.end)
    answers = confirm([Asked(span, heard, wanted)], audio, transcript(found), recognizer)
    assert answers[0].margin < -1.0
    back = confirm([Asked(span, heard, heard)], audio, transcript(found), recognizer)
    assert back[0].margin == 0.0


TWICE = transcript(characters("请您融时告知，没有融时告知的", 2.0), characters("下面我们看一下保险责任", 8.0))


def test_a_word_misheard_alike_nearby_is_taken_for_the_same_word() -> None:
    recognizer = Scripted({"融时": -6.0, "没有如实": -4.0})
    found = confirm([Asked(Interval(2.5, 3.0), "融时", "如实")], SILENT, TWICE, recognizer)
    assert [one.margin for one in found] == [2.0]
    assert "融时" not in recognizer.texts[1]


@pytest.mark.parametrize(("heard", "wanted"), [("告知", "不告知"), ("知", "道")])
def test_a_negation_and_a_single_letter_are_replaced_in_their_own_place_only(heard: str, wanted: str) -> None:
    recognizer = Scripted({})
    confirm([Asked(Interval(3.0, 3.5), heard, wanted)], SILENT, TWICE, recognizer)
    assert recognizer.texts[1] == recognizer.texts[0].replace(heard, wanted, 1)
