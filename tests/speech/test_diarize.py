"""Who speaks when: stretches and voices with scripted networks, and real voices spliced to dialogues."""

import time
from collections.abc import Sequence

import numpy as np
import pytest

from engine.interval import Interval, intersect, total
from engine.speech.activity import detect
from engine.speech.diarize import Diarization, DiarizationModels, diarize
from engine.speech.settings import DiarizationSettings
from engine.speech.stretches import Stretch, find_stretches
from engine.speech.voices import embed, group

RATE = 16000
SETTINGS = DiarizationSettings()


class Windows:
    """A segmentation network that hears voice n in `spoken[n]`, under another name in every window, as networks do."""

    window, frame, first = 5.0, 0.05, 0.025

    def __init__(self, *spoken: Sequence[Interval]) -> None:
        self._spoken = spoken

    def activities(self, _: np.ndarray, starts: np.ndarray) -> np.ndarray:
        found = np.zeros((len(starts), 100, 3), dtype=np.float32)
        for row, start in enumerate(starts):
            times = start + self.first + np.arange(100) * self.frame
            for voice, spans in enumerate(self._spoken):
                heard = np.any([(times >= one.start) & (times < one.end) for one in spans], axis=0)
                found[row, :, (voice + row) % 3] = np.where(heard, 0.95, 0.02)
        return found


def test_names_are_carried_from_window_to_window() -> None:
    agent, customer = [Interval(0.5, 4.0), Interval(5.0, 8.0)], [Interval(4.2, 4.7), Interval(8.3, 9.0)]
    speech = (*agent, *customer)
    sound = np.zeros(10 * RATE, dtype=np.float32)
    found = find_stretches(sound, speech, Windows(agent, customer), SETTINGS)
    assert [one.interval.start for one in found] == pytest.approx([0.5, 4.2, 5.0, 8.3], abs=0.06)
    tracks = [one.track for one in found]
    assert tracks[0] == tracks[2] != tracks[1] == tracks[3]


def test_an_interruption_overlaps_and_an_echo_does_not() -> None:
    sound = np.zeros(10 * RATE, dtype=np.float32)
    long = [Interval(1.0, 6.0)]
    both = find_stretches(sound, long, Windows(long, [Interval(3.0, 3.5)]), SETTINGS)
    assert [len(one.alone) for one in both] == [2, 0]
    echo = find_stretches(sound, long, Windows(long, [Interval(5.5, 6.0)]), SETTINGS)
    assert total(intersect([echo[0].interval], [echo[1].interval])) == 0


def test_speech_that_no_track_claims_is_still_given_to_one() -> None:
    sound = np.zeros(10 * RATE, dtype=np.float32)
    speech = [Interval(1.0, 2.0), Interval(4.0, 4.4)]
    found = find_stretches(sound, speech, Windows([Interval(1.0, 2.0)]), SETTINGS)
    assert total(one.interval for one in found) == pytest.approx(total(speech), abs=0.1)


def test_a_short_answer_between_pauses_is_one_voices() -> None:
    """The network wavers inside the answer; the same waver in longer speech is a change of the voice."""
    sound = np.zeros(12 * RATE, dtype=np.float32)
    answer, longer = Interval(3.0, 3.9), Interval(6.0, 9.0)
    speech = [Interval(0.5, 2.5), answer, longer]
    first, second = [speech[0], Interval(3.0, 3.3), Interval(6.0, 8.0)], [Interval(3.3, 3.9), Interval(8.0, 9.0)]
    found = find_stretches(sound, speech, Windows(first, second), SETTINGS)
    assert [one.interval for one in found if one.interval.overlap(answer)] == [answer]
    assert len({one.track for one in found if one.interval.overlap(longer)}) == 2


class Exchange(Windows):
    """Two voices in turn, two seconds each, who end in each other's first words, for as long as one likes."""

    def __init__(self) -> None:
        super().__init__()

    def activities(self, _: np.ndarray, starts: np.ndarray) -> np.ndarray:
        times = (starts[:, None] + self.first + np.arange(100) * self.frame) % 4.0
        heard = np.stack([times < 2.2, (times >= 2.0) | (times < 0.2), np.zeros_like(times, dtype=bool)], axis=2)
        return np.where(heard, 0.95, 0.02).astype(np.float32)


def test_hours_take_hours_times_what_one_takes() -> None:
    """Every piece held against every other would take an hour for two hours of sound."""
    sound = np.zeros(RATE, dtype=np.float32)
    speech = [Interval(start, start + 3.9) for start in range(0, 7200, 4)]
    began = time.process_time()
    found = find_stretches(sound, speech, Exchange(), SETTINGS)
    assert time.process_time() - began < 30.0
    assert len(found) >= 2 * len(speech)
    assert len({one.track for one in found}) == 2


def test_the_sound_of_hours_is_not_cut_out_all_at_once() -> None:
    sound = np.linspace(0.0, 1.0, 1000 * RATE // 10, dtype=np.float32)
    stretches = [Stretch(Interval(at / 10, at / 10 + 0.1), 0, ()) for at in range(1000)]
    given: list[int] = []

    class Levels:
        def vectors(self, sounds: Sequence[np.ndarray]) -> np.ndarray:
            given.append(len(sounds))
            return np.array([[one.mean()] for one in sounds], dtype=np.float32)

    levels = embed(sound, stretches, Levels())[:, 0]
    assert levels == pytest.approx([(at + 0.5) / 1000 for at in range(1000)], abs=1e-4)
    assert max(given) < len(stretches) == sum(given)


def test_two_who_answer_at_once_stay_two() -> None:
    sound = np.zeros(10 * RATE, dtype=np.float32)
    together = Interval(3.0, 4.0)
    found = find_stretches(sound, [together], Windows([together], [Interval(3.3, 3.8)]), SETTINGS)
    assert len({one.track for one in found}) == 2


def stretch(start: float, seconds: float, track: int) -> Stretch:
    interval = Interval(start, start + seconds)
    return Stretch(interval, track, (interval,))


def vectors(angles: Sequence[float]) -> np.ndarray:
    """Unit vectors in a plane; voices are directions."""
    return np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)


def test_a_short_answer_follows_the_change_that_is_heard() -> None:
    parts = [stretch(i * 3.0, 2.4 if i % 2 == 0 else 2.0, i % 2) for i in range(12)]
    angles = [0.0 if i % 2 == 0 else 1.0 for i in range(12)]
    angles[7] = 0.49  # half way between both voices
    found = group(parts, vectors(angles), None, SETTINGS)
    assert found.count == 2
    assert found.labels[7] == found.labels[5]
    assert found.confidence[7] < found.confidence[5]


def test_one_voice_with_its_ordinary_spread_stays_one() -> None:
    spread = np.random.default_rng(5).normal(0, 0.15, 20)
    assert group([stretch(i * 3.0, 2.0, 0) for i in range(20)], vectors(spread), None, SETTINGS).count == 1


def turns(found: Diarization, span: tuple[float, float]) -> str:
    """The speaker heard longest in `span`."""
    seconds: dict[str, float] = {}
    for one in found.turns:
        shared = one.turn.interval.overlap(Interval(*span))
        seconds[one.turn.speaker] = seconds.get(one.turn.speaker, 0.0) + shared
    return max(seconds, key=lambda name: seconds[name])


def dialogue(clip: object, *names: str) -> tuple[list[np.ndarray], list[int]]:
    """Turns of 3 s, 0.7 s, 2.5 s and 0.8 s in changing voices."""
    voices = [clip(f"mandarin_single/{name}") for name in names]
    parts, who, position = [], [], [0.3] * len(voices)
    for number, seconds in enumerate([3.0, 0.7, 2.5, 0.8, 2.8, 1.5, 2.0, 0.7]):
        voice = number % len(voices)
        start = round(position[voice] * RATE)
        parts.append(voices[voice][start : start + round(seconds * RATE)])
        who.append(voice)
        position[voice] += seconds
    return parts, who


@pytest.mark.parametrize(
    "names",
    [
        ("MOSS-TTSD__pod_f_enhanced.wav", "MOSS-TTSD__pod_m_enhanced.wav"),
        ("FireRedTTS2__zh_S1.flac", "MOSS-TTSD__zh_spk2_moon.wav"),
        ("JoyGen__xinwen_34s_16k.wav", "MuseTalk__sun.wav"),
    ],
)
@pytest.mark.parametrize("known", [True, False])
def test_real_voices_are_told_apart_and_short_turns_go_to_the_right_one(
    names: tuple[str, ...],
    known: bool,
    clip: object,
    spliced: object,
    detector: object,
    voice_models: DiarizationModels,
) -> None:
    parts, who = dialogue(clip, *names)
    sound, spans = spliced(parts)
    found = diarize(sound, detect(sound, detector), voice_models, 2 if known else None)
    assert len(found.voices) == 2
    speakers = [turns(found, span) for span in spans]
    assert speakers == [f"S{voice + 1}" for voice in who]


def test_one_real_voice_is_one_speaker(
    clip: object, spliced: object, detector: object, voice_models: DiarizationModels
) -> None:
    sound = clip("mandarin_single/MOSS-TTSD__pod_m_enhanced.wav")
    found = diarize(sound, detect(sound, detector), voice_models)
    assert [voice.id for voice in found.voices] == ["S1"]
    assert found.overlaps == ()


def test_nobody_speaking_gives_no_voice(voice_models: DiarizationModels) -> None:
    found = diarize(np.zeros(5 * RATE, dtype=np.float32), (), voice_models)
    assert (found.turns, found.voices, found.status) == ((), (), "ok")


def test_every_second_of_speech_belongs_to_somebody(
    clip: object, spliced: object, detector: object, voice_models: DiarizationModels
) -> None:
    parts, _ = dialogue(clip, "FireRedTTS2__zh_S1.flac", "FireRedTTS2__zh_S2.flac")
    sound, _ = spliced(parts)
    speech = detect(sound, detector)
    found = diarize(sound, speech, voice_models, 2)
    covered = total(intersect(speech, (one.turn.interval for one in found.turns)))
    assert covered >= 0.99 * total(speech)
    assert found == diarize(sound, speech, voice_models, 2)
