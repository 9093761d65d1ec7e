"""Corpora on the disk: reading is the inverse of writing, and every fault is told at its line."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import MingjianError
from engine.interval import Interval
from eval.corpus.loading import load_corpus
from eval.corpus.manifest import FaultSpan, LabelledTurn, LabelledUtterance, Labels, PresenceSpan, Recording
from eval.corpus.writing import write_corpus

SPANS = st.tuples(st.integers(0, 3600), st.integers(0, 600)).map(lambda one: Interval(one[0], one[0] + one[1]))
WORDS = st.text(st.characters(categories=("L", "N")), min_size=1, max_size=8)
VERDICTS = st.sampled_from(["pass", "fail", "review", "inconclusive", "not_applicable"])


def some(of: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    return st.none() | st.lists(of, max_size=3).map(tuple)


LABELS = st.builds(
    Labels,
    utterances=some(
        st.builds(
            LabelledUtterance,
            WORDS,
            st.none() | st.sampled_from(["agent", "customer", "other"]),
            st.none() | WORDS,
            st.none() | SPANS,
        )
    ),
    turns=some(st.builds(LabelledTurn, WORDS, SPANS)),
    items=st.none() | st.dictionaries(st.sampled_from(["dr_payment", "dr_period#1", "fb_guarantee"]), VERDICTS),
    verdict=st.none() | st.sampled_from(["clear", "flagged", "unusable"]),
    presence=some(st.builds(PresenceSpan, WORDS, SPANS)),
    faults=some(st.builds(FaultSpan, WORDS, st.none() | SPANS, st.none() | WORDS)),
)

NOTHING = Labels()


def recording(folder: Path, id_: str, labels: Labels = NOTHING, **changes: object) -> Recording:
    media = folder / f"{id_}.wav"
    media.write_bytes(b"RIFF")
    fields = {"order": None, "ruleset": "telesales", "split": "test", "source": "real", "conditions": {"voice": "male"}}
    return Recording(id=id_, media=(media,), labels=labels, **{**fields, **changes})


@given(LABELS)
@settings(max_examples=60, deadline=None)
def test_what_is_written_is_read_back(tmp_path_factory: pytest.TempPathFactory, labels: Labels) -> None:
    folder = tmp_path_factory.mktemp("corpus")
    written = [recording(folder, "b", labels, duration=12.5), recording(folder, "a")]
    corpus = write_corpus(folder, "both", written)
    assert list(corpus.recordings) == sorted(written, key=lambda one: one.id)
    assert corpus.recordings[0].labels == Labels()
    manifest = (folder / "manifest.jsonl").read_bytes()
    again = write_corpus(folder, "both", reversed(written))
    assert (folder / "manifest.jsonl").read_bytes() == manifest
    assert (again.digest, again.name) == (corpus.digest, "both")


@pytest.mark.parametrize(
    ("labels", "violating"),
    [
        (Labels(), None),
        (Labels(items={}), False),
        (Labels(items={"dr_period": "pass"}), False),
        (Labels(items={"dr_period": "fail"}), True),
        (Labels(items={"dr_period": "review"}), None),
        (Labels(verdict="flagged"), True),
        (Labels(verdict="clear"), False),
        (Labels(verdict="unusable", items={"dr_period": "fail"}), None),
        (Labels(verdict="clear", items={"dr_cash_value": "fail"}), False),
        (Labels(verdict="flagged", items={"dr_period": "review"}), None),
        (Labels(verdict="flagged", items={"dr_period": "fail"}), True),
    ],
)
def test_what_counts_as_a_violation(labels: Labels, violating: bool | None) -> None:
    assert labels.violating is violating


HEAD = {"schema": 1, "name": "c"}
LINE = {"id": "a", "media": ["a.wav"], "split": "test", "source": "real"}


def faults(folder: Path, *lines: object) -> str:
    text = "\n".join(one if isinstance(one, str) else json.dumps(one) for one in lines)
    (folder / "manifest.jsonl").write_text(text + "\n", "utf-8")
    with pytest.raises(MingjianError) as raised:
        load_corpus(folder)
    assert raised.value.code == "corpus_invalid"
    return str(raised.value.details["detail"])


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_bytes(b"RIFF")
    told = faults(
        tmp_path,
        {"schema": 2, "name": "c"},
        LINE,
        {**LINE, "id": "A"},
        "{broken",
        {**LINE, "id": "d", "media": ["none.wav"], "split": "train"},
        {**LINE, "id": "../e", "labels": {"items": {"x": "failed"}, "turns": [{"speaker": "a", "interval": [2, 1]}]}},
        {**LINE, "id": "f", "unknown": 1},
    )
    for line in (
        "manifest.jsonl:1: schema",
        "manifest.jsonl:3: id: 'A'",
        "manifest.jsonl:4: Invalid JSON",
        "manifest.jsonl:5: split",
        "manifest.jsonl:6: id:",
        "manifest.jsonl:6: labels.items.x",
        "manifest.jsonl:6: labels.turns.0.interval",
        "manifest.jsonl:7: unknown",
    ):
        assert line in told


@pytest.mark.parametrize("path", ["../a.wav", "/etc/passwd", "x/../../a.wav", "C:\\a.wav", "a\0.wav", ""])
def test_no_path_leaves_the_folder(tmp_path: Path, path: str) -> None:
    assert "manifest.jsonl:2: media.0" in faults(tmp_path, HEAD, {**LINE, "media": [path]})
    (tmp_path / "a.wav").write_bytes(b"RIFF")
    assert "manifest.jsonl:2: order" in faults(tmp_path, HEAD, {**LINE, "order": path or "none.json"})


def test_a_link_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    outside, folder = tmp_path / "secret.wav", tmp_path / "corpus"
    outside.write_bytes(b"RIFF")
    folder.mkdir()
    (folder / "a.wav").symlink_to(outside)
    assert "a.wav" in faults(folder, HEAD, LINE)


def test_a_corpus_needs_a_manifest_with_a_head(tmp_path: Path) -> None:
    with pytest.raises(MingjianError, match="manifest"):
        load_corpus(tmp_path)
    (tmp_path / "a.wav").write_bytes(b"RIFF")
    assert "manifest.jsonl:1" in faults(tmp_path, LINE)


def test_recordings_are_read_as_they_are_asked_for(tmp_path: Path) -> None:
    corpus = write_corpus(tmp_path, "c", [recording(tmp_path, f"r{n}") for n in range(5)])
    assert [one.id for one in corpus.recordings[1:3]] == ["r1", "r2"]
    assert (len(corpus.recordings), corpus.recordings[-1].id) == (5, "r4")
    (tmp_path / "manifest.jsonl").write_text('{"schema": 1, "name": "other"}\n', "utf-8")
    with pytest.raises(MingjianError, match="changed"):
        list(corpus.recordings)


def test_nothing_outside_the_folder_is_written_into_a_manifest(tmp_path: Path) -> None:
    folder = tmp_path / "corpus"
    folder.mkdir()
    with pytest.raises(MingjianError, match="outside"):
        write_corpus(folder, "c", [recording(tmp_path, "a")])


def test_the_data_sheet_counts_what_is_there(tmp_path: Path) -> None:
    one = recording(tmp_path, "a", Labels(items={"dr_period": "fail"}, verdict="flagged"), duration=1800.0)
    two = recording(tmp_path, "b", Labels(verdict="clear"), duration=1800.0, split="tuning", source="synthetic")
    write_corpus(tmp_path, "c", [one, two], ["没有 AMR"])
    sheet = (tmp_path / "datasheet.md").read_text("utf-8")
    assert "| 测试 / test | 1 | 0.50 | 1 | 0 |" in sheet
    assert "| 合成录音 / synthetic | 1 | 0.50 | 0 | 1 |" in sheet
    assert "| male | 2 | 1.00 | 1 | 1 |" in sheet
    assert "| dr_period | 0 | 1 | 0 | 0 | 0 |" in sheet
    assert "- 没有 AMR" in sheet
    assert str(tmp_path) not in sheet
