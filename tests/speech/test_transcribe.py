"""Recognition: times, second tries and guards with a scripted recogniser; accuracy and silence with the real one."""

import csv
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import jiwer
import numpy as np
import pytest

from engine.interval import Interval
from engine.speech.activity import detect
from engine.speech.fold import simplified
from engine.speech.recognizer import Hypothesis, Piece, ScoredToken
from engine.speech.settings import RecognitionSettings
from engine.speech.transcribe import Recognition, transcribe

RATE = 16000


class Scripted:
    """Hears what `script` says for the number of a call; later calls hear nothing. Keeps the length of every window,
    and how many came at a time."""

    name, identity, longest_window = "scripted", "0", 30.0
    at_once = 1

    def __init__(self, *script: Hypothesis) -> None:
        self._script = list(script)
        self.seconds: list[float] = []
        self.batches: list[int] = []

    def recognize(self, windows: Sequence[np.ndarray], **_: bool) -> tuple[Hypothesis, ...]:
        self.seconds += [len(window) / RATE for window in windows]
        self.batches.append(len(windows))
        return tuple(self._script.pop(0) if self._script else said("", 0.0) for _ in windows)

    def score(self, window: np.ndarray, texts: Sequence[str]) -> tuple[tuple[ScoredToken, ...], ...]:
        raise NotImplementedError


def said(text: str, start: float, *, step: float = 0.2, probability: float = 0.9, **doubts: float) -> Hypothesis:
    """A hypothesis with its characters `step` seconds apart from `start` on."""
    pieces = tuple(Piece(c, start + i * step, start + (i + 1) * step, probability) for i, c in enumerate(text))
    values = {"avg_logprob": -0.2, "no_speech": 0.0, "compression": 1.1, "mandarin": 1.0} | doubts
    return Hypothesis(pieces, **values)


def text(recognition: Recognition) -> str:
    return "".join(one.character.text + one.mark for one in recognition.heard)


SOUND = np.zeros(30 * RATE, dtype=np.float32)


def test_characters_get_session_times_and_punctuation_is_none_of_them() -> None:
    ahead = RecognitionSettings().lead
    heard = transcribe(SOUND, [Interval(10.0, 11.0)], Scripted(said("同意。", 0.3 - ahead, step=0.25)))
    assert [one.text for one in heard.characters] == ["同", "意"]
    assert text(heard) == "同意。"
    assert heard.characters[0].interval.start == pytest.approx(10.0)
    assert heard.status == "ok"


def test_traditional_characters_are_folded() -> None:
    heard = transcribe(SOUND, [Interval(1.0, 4.0)], Scripted(said("猶豫期內您清楚嗎", 0.3)))
    assert text(heard) == "犹豫期内您清楚吗"


def test_text_in_a_pause_goes_to_the_speech_beside_it_or_is_dropped() -> None:
    speech = [Interval(1.0, 2.0), Interval(6.0, 7.0)]
    near = transcribe(SOUND, speech, Scripted(said("好", 1.35, step=0.1)))
    assert near.characters[0].interval.end == pytest.approx(2.0)
    silent = np.concatenate([SOUND, SOUND])
    far = transcribe(silent, [Interval(1.0, 1.2)], Scripted(said("好", 5.0)))
    assert all(one.interval.end <= 1.2 for one in far.characters)


def test_the_first_character_after_a_pause_belongs_to_the_speech_after_it() -> None:
    """我不知道 was cut to 知道: its first characters, timed early, went to the question before the pause."""
    pieces = (
        *said("清楚吗", 0.3 + 0.4).pieces, Piece("不", 1.2, 1.6, 0.9), *said("知道", 1.6).pieces
    )  # fmt: skip
    speech = [Interval(10.0, 11.1), Interval(11.5, 12.3)]
    heard = transcribe(SOUND, speech, Scripted(replace(said("", 0.0), pieces=pieces)))
    assert "".join(one.text for one in heard.characters if one.interval.start >= 11.5) == "不知道"


ASKED_AND_ANSWERED = [Interval(1.0, 2.0), Interval(3.0, 3.4)]
ASKED = said("您清楚吗", 0.3)


def joined(*parts: Hypothesis) -> Hypothesis:
    return replace(parts[0], pieces=tuple(piece for part in parts for piece in part.pieces))


def test_speech_left_without_text_is_tried_after_what_was_said_before_it() -> None:
    recognizer = Scripted(ASKED, joined(ASKED, said("清楚", 1.8, probability=0.6)))
    heard = transcribe(SOUND, ASKED_AND_ANSWERED, recognizer)
    assert text(heard) == "您清楚吗清楚"
    assert recognizer.seconds[1] == pytest.approx(2.6, abs=0.01)
    assert heard.characters[-1].interval.start >= 3.0


def test_no_more_speech_goes_before_it_than_a_window_holds() -> None:
    recognizer = Scripted(said("啊", 0.3), said("啊", 0.3))
    transcribe(SOUND, [Interval(0.0, 2.0), Interval(2.1, 29.5)], recognizer)
    assert max(recognizer.seconds) <= RecognitionSettings().window


def test_speech_left_without_text_is_tried_alone_at_last() -> None:
    nothing = said("", 0.0)
    recognizer = Scripted(ASKED, nothing, nothing, said("清楚", 0.2))
    assert text(transcribe(SOUND, ASKED_AND_ANSWERED, recognizer)) == "您清楚吗清楚"
    assert recognizer.seconds[-1] == pytest.approx(0.7, abs=0.01)


def test_what_is_tried_again_is_tried_together() -> None:
    recognizer = Scripted()
    transcribe(SOUND, [Interval(1.0, 2.0), Interval(4.0, 5.0), Interval(8.0, 9.0)], recognizer)
    assert recognizer.batches == [1, 3, 2, 2]  # all three, the two with speech before them, and both alone
    assert recognizer.seconds[1:4] == sorted(recognizer.seconds[1:4])


@pytest.mark.parametrize(
    "second",
    [
        joined(said("不", 1.8, probability=0.4), said("明白", 2.0)),  # its first character is doubtful
        joined(said("不", 0.9), said("明白", 1.8)),  # it was placed in the question
    ],
)
def test_what_is_heard_at_the_second_try_counts_whole_or_not_at_all(second) -> None:
    recognizer = Scripted(ASKED, joined(ASKED, second))
    assert text(transcribe(SOUND, ASKED_AND_ANSWERED, recognizer)) == "您清楚吗"


def test_a_doubtful_window_is_decoded_again_in_halves() -> None:
    loop = said("保" * 20, 0.3, step=0.1)
    recognizer = Scripted(loop, said("这是一份保险", 0.3), said("我明白了", 0.3))
    heard = transcribe(SOUND, [Interval(1.0, 4.0), Interval(5.0, 7.0)], recognizer)
    assert text(heard) == "这是一份保险我明白了"


def test_a_second_try_must_be_surer_than_a_first() -> None:
    recognizer = Scripted(said("您清楚吗", 0.3), said("书", 0.2, probability=0.05))
    assert text(transcribe(SOUND, [Interval(1.0, 2.0), Interval(3.0, 3.4)], recognizer)) == "您清楚吗"


@pytest.mark.parametrize(
    ("hypothesis", "reason"),
    [
        (said("犹豫期十五天", 0.3, mandarin=0.05), "not_mandarin"),
        (said("谢谢观看", 0.3), "speech_without_text"),
        (said("犹豫期十五天", 0.3, no_speech=0.9, avg_logprob=-0.8), "speech_without_text"),
    ],
)
def test_text_that_was_not_heard_is_left_out_with_a_reason(hypothesis: Hypothesis, reason: str) -> None:
    heard = transcribe(SOUND, [Interval(1.0, 3.0)], Scripted(hypothesis))
    assert heard.heard == ()
    assert (heard.status, heard.reason) == ("degraded", reason)


def test_nobody_speaking_is_no_failure() -> None:
    recognizer = Scripted()
    assert transcribe(SOUND, [], recognizer) == Recognition((), 1.0, "ok")
    assert recognizer.seconds == []


def test_progress_never_falls_and_ends_at_one() -> None:
    shares: list[float] = []
    speech = [Interval(i * 30.0, i * 30.0 + 20) for i in range(6)]
    sound = np.zeros(200 * RATE, dtype=np.float32)
    transcribe(sound, speech, Scripted(), progress=lambda _, done, whole: shares.append(done / whole))
    assert shares == sorted(shares)
    assert shares[-1] == 1


def bare(sentence: str) -> str:
    return re.sub(r"[^\w]", "", simplified(sentence)).lower()


@pytest.mark.parametrize(
    "name",
    [
        "FireRedASR__BAC009S0764W0121.wav",
        "FireRedASR__TEST_NET_Y0000000000_-KTKHdZ2fb8_S00000.wav",
        "FunASR__asr_example.wav",
        "MOSS-TTSD__zh_spk2_moon.wav",
    ],
)
def test_clean_mandarin_is_recognised(
    name: str, field: Path, clip: object, detector: object, recognizer: object
) -> None:
    with (field / "index.tsv").open(encoding="utf-8", newline="") as file:
        rows = {row["file"]: row["transcript"] for row in csv.DictReader(file, delimiter="\t")}
    sound = clip(f"mandarin_single/{name}")
    heard = transcribe(sound, detect(sound, detector), recognizer)
    assert jiwer.cer(bare(rows[f"mandarin_single/{name}"]), bare(text(heard))) <= 0.25
    starts = [one.interval.start for one in heard.characters]
    assert starts == sorted(starts)
    assert heard.characters[-1].interval.end <= len(sound) / RATE + 0.1


@pytest.mark.parametrize(
    "name",
    [
        "odd_media/media__silent-black-10s.mp4",
        "odd_media/pyannote-audio__empty.wav",
        "odd_media/ClearerVoice-Studio__noise_ch08_sm006.wav",
        "talking_video/LivePortrait__d6.mp4",
        "talking_video/LivePortrait__d12.mp4",
        "talking_video/face_recognition__short_hamilton_clip.mp4",
    ],
)
def test_silence_noise_and_music_give_no_text(name: str, clip: object, detector: object, recognizer: object) -> None:
    sound = clip(name)
    assert text(transcribe(sound, detect(sound, detector), recognizer)) == ""


def test_another_language_is_said_to_be_one(clip: object, detector: object, recognizer: object) -> None:
    sound = clip("talking_video/video-retalking__2.mp4")
    heard = transcribe(sound, detect(sound, detector), recognizer)
    assert (heard.heard, heard.reason) == ((), "not_mandarin")


def test_the_same_sound_gives_the_same_text(clip: object, detector: object, recognizer: object) -> None:
    sound = clip("mandarin_single/FunASR__asr_example.wav")
    speech = detect(sound, detector)
    assert transcribe(sound, speech, recognizer) == transcribe(sound, speech, recognizer)


def test_a_noisy_window_is_read_twice_and_the_readings_are_laid_side_by_side() -> None:
    time = np.arange(10 * RATE) / RATE
    speaking = (time >= 1.0) & (time < 2.6)
    hiss = np.random.default_rng(3).standard_normal(len(time)) * 0.02
    sound = (0.1 * np.sin(2 * np.pi * 200 * time) * speaking + hiss).astype(np.float32)
    recognizer = Scripted(said("保费总额十万元", 0.3), said("宝贝总额十万元", 0.3))
    heard = transcribe(sound, [Interval(1.0, 2.6)], recognizer)
    assert text(heard) == "保费总额十万元"
    (other,) = heard.alternatives
    assert (other.heard, other.text) == ("保费", "宝贝")
    assert other.span.start == heard.characters[0].interval.start
    assert len(recognizer.seconds) == 2


def test_a_clear_window_is_read_once() -> None:
    recognizer = Scripted(said("保费总额", 0.3), said("宝贝总额", 0.3))
    assert transcribe(SOUND, [Interval(1.0, 2.0)], recognizer).alternatives == ()
    assert len(recognizer.seconds) == 1
