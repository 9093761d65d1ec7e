"""The ladder of worse recordings: what each step does to the sound, and that labels and order stay."""

from pathlib import Path

import numpy as np
import pytest

from engine.errors import MingjianError
from engine.interval import Interval
from eval.corpus import ladder
from eval.corpus.ladder import LADDER, apply, degrade, speech_level, steps_of, unavailable
from eval.corpus.manifest import LabelledTurn, Labels, Recording
from eval.corpus.sounds import Samples, read_sound, write_flac
from eval.corpus.writing import write_corpus

RATE = 16000


def tone(seconds: float = 1.5, rate: int = RATE) -> Samples:
    """Something like speech: bursts of a buzz with pauses between them."""
    time = np.arange(round(seconds * rate)) / rate
    buzz = sum(np.sin(2 * np.pi * 150 * n * time) / n for n in range(1, 12))
    return np.asarray(0.15 * buzz * (np.sin(2 * np.pi * 2.5 * time) > -0.3), np.float32)[None, :]


@pytest.mark.parametrize("name", [one for one in LADDER if not one.startswith("babble")])
def test_every_step_keeps_the_length_and_changes_the_sound(name: str) -> None:
    (step,) = steps_of([name])
    if step.family in unavailable():
        pytest.skip(unavailable()[step.family])
    sound = np.vstack([tone(), 0.5 * tone()])
    changed, rate = apply(step, sound, RATE, "a")
    assert changed.shape == (2, round(sound.shape[1] * rate / RATE))
    assert np.abs(changed).max() <= 1.0
    again, _ = apply(step, sound, RATE, "a")
    assert np.array_equal(changed, again)
    if rate == RATE:
        assert not np.allclose(changed, sound, atol=1e-4)


@pytest.mark.parametrize("level", [20, 10, 5])
def test_noise_lies_as_far_below_the_speech_as_asked(level: int) -> None:
    sound = tone(4.0)
    (step,) = steps_of([f"white:{level}"])
    changed, _ = apply(step, sound, RATE, "a")
    scale = float((changed * sound).sum() / np.square(sound).sum())
    noise = changed - scale * sound
    ratio = 20 * np.log10(scale * speech_level(sound, RATE) / float(np.sqrt(np.square(noise).mean())))
    assert ratio == pytest.approx(level, abs=0.6)
    other, _ = apply(step, sound, RATE, "b")
    assert not np.array_equal(changed, other)


def test_codecs_carry_the_voice_through() -> None:
    sound = tone(2.0)
    for name in ("g711-mu", "g711-a", "opus:12"):
        changed, rate = apply(steps_of([name])[0], sound, RATE, "a")
        power = np.abs(np.fft.rfft(changed[0]))
        strongest = np.argmax(power) * rate / len(changed[0])
        assert strongest == pytest.approx(150, abs=8), name


@pytest.mark.parametrize(
    "name", ["white", "white:99", "amr-nb:5", "opus:64", "g711-mu:8", "mp3:32", "reverb:-1", "white:x"]
)
def test_unknown_steps_are_told(name: str) -> None:
    with pytest.raises(MingjianError) as raised:
        steps_of([name])
    assert raised.value.code == "degrade_unknown"


@pytest.fixture
def one(tmp_path: Path) -> Recording:
    folder = tmp_path / "corpus"
    folder.mkdir()
    write_flac(folder / "a.flac", tone(), RATE)
    (folder / "a.order.json").write_text('{"scenario": "telesales"}')
    labels = Labels(items={"dr_period": "fail"}, turns=(LabelledTurn("A", Interval(0, 1)),))
    return Recording(
        "a", (folder / "a.flac",), folder / "a.order.json", "telesales", labels, "test", "synthetic", {"codec": "none"}
    )


def test_labels_are_carried_over_and_conditions_say_what_was_done(one: Recording, tmp_path: Path) -> None:
    corpus = write_corpus(tmp_path / "corpus", "c", [one])
    twice = degrade(corpus, tmp_path / "once", ["white:10", "g711-mu"])
    assert [(made.id, made.conditions.get("noise"), made.conditions["codec"]) for made in twice.recordings] == [
        ("a.g711-mu", None, "g711-mu"),
        ("a.white-10", "white 10 dB", "none"),
    ]
    for made in twice.recordings:
        assert (made.labels, made.split, made.source, made.ruleset) == (one.labels, "test", "synthetic", "telesales")
        assert made.order is not None
        assert made.order.read_text() == '{"scenario": "telesales"}'
        sound, _ = read_sound(made.media[0])
        assert sound.shape[0] == 1
    chained = degrade(twice, tmp_path / "twice", ["reverb:0.3"])
    assert {made.conditions["codec"] for made in chained.recordings} == {"none", "g711-mu"}
    assert {made.conditions["reverb"] for made in chained.recordings} == {"0.3 s"}


def test_the_same_corpus_gives_the_same_bytes(one: Recording, tmp_path: Path) -> None:
    corpus = write_corpus(tmp_path / "corpus", "c", [one])
    first = degrade(corpus, tmp_path / "x", ["white:10", "opus:6"], name="d")
    second = degrade(corpus, tmp_path / "y", ["white:10", "opus:6"], name="d")
    for left, right in zip(first.recordings, second.recordings, strict=True):
        assert left.media[0].read_bytes() == right.media[0].read_bytes()
    assert first.digest == second.digest


def test_what_cannot_be_made_here_is_said(one: Recording, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ladder, "CODECS", {**ladder.CODECS, "amr-nb": ladder.Codec("no_such_codec", "amr", 8000, 8000)})
    monkeypatch.setattr(ladder, "LADDER", ("g711-a", "amr-nb:12.2"))
    assert "amr-nb" in unavailable()
    corpus = write_corpus(tmp_path / "corpus", "c", [one])
    made = degrade(corpus, tmp_path / "d", ladder.LADDER)
    assert [recording.id for recording in made.recordings] == ["a.g711-a"]
    assert "amr-nb:12.2" in (tmp_path / "d" / "datasheet.md").read_text("utf-8")
    with pytest.raises(MingjianError) as raised:
        degrade(corpus, tmp_path / "e", ["amr-nb:12.2"])
    assert raised.value.code == "degrade_unavailable"


def test_what_is_no_sound_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(b"no sound at all")
    with pytest.raises(MingjianError) as raised:
        read_sound(path)
    assert raised.value.code == "media_not_media"
