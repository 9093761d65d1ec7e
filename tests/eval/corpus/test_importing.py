"""Labels of other tools: each format read, merged into a corpus, and refused with every fault where it is broken."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import MingjianError
from engine.interval import Interval
from eval.corpus.field import import_field
from eval.corpus.importing import id_of, import_labels
from eval.corpus.labelling import role_of
from eval.corpus.labelstudio import read_labelstudio
from eval.corpus.manifest import LabelledTurn
from eval.corpus.rttm import read_rttm
from eval.corpus.textgrid import parse, read_textgrid
from eval.corpus.transcript import read_transcript

LONG = """File type = "ooTextFile"
Object class = "TextGrid"

xmin = 0
xmax = 4.5
tiers? <exists>
size = 2
item []:
    item [1]:
        class = "IntervalTier"
        name = "销售"
        xmin = 0
        xmax = 4.5
        intervals: size = 2
        intervals [1]:
            xmin = 0
            xmax = 2.25
            text = "您说""清楚""吗？"
        intervals [2]:
            xmin = 2.25
            xmax = 4.5
            text = ""
    item [2]:
        class = "TextTier"
        name = "marks"
        xmin = 0
        xmax = 4.5
        points: size = 1
        points [1]:
            number = 1.5
            mark = "x"
"""
SHORT = """"ooTextFile"
"TextGrid"

0
4.5
<exists>
2
"IntervalTier"
"销售"
0
4.5
2
0
2.25
"您说""清楚""吗？"
2.25
4.5
""
"TextTier"
"marks"
0
4.5
1
1.5
"x"
"""


@pytest.mark.parametrize(("text", "encoding"), [(LONG, "utf-8"), (SHORT, "utf-8"), (LONG, "utf-16")])
def test_both_forms_of_textgrid(tmp_path: Path, text: str, encoding: str) -> None:
    path = tmp_path / "call.TextGrid"
    path.write_bytes(text.encode(encoding))
    (found,) = read_textgrid(path)
    assert found.stem == "call"
    assert found.labels.turns == (LabelledTurn("销售", Interval(0, 2.25)),)
    (utterance,) = found.labels.utterances or ()
    assert (utterance.text, utterance.role, utterance.interval) == ('您说"清楚"吗？', "agent", Interval(0, 2.25))


@given(st.text(max_size=200) | st.text(alphabet='"0123456789.<exist>\n ooTextFileGrd', max_size=300))
@settings(max_examples=150, deadline=None)
def test_textgrid_reader_ends_on_anything(text: str) -> None:
    for given_text in (text, '"ooTextFile"\n"TextGrid"\n0\n1\n<exists>\n' + text):
        try:
            parse(given_text)
        except ValueError:
            continue


def test_a_count_beyond_reason_is_refused() -> None:
    with pytest.raises(ValueError, match="个数"):
        parse('"ooTextFile"\n"TextGrid"\n0\n1\n<exists>\n1e300\n')


def test_rttm(tmp_path: Path) -> None:
    path = tmp_path / "all.rttm"
    path.write_text(
        ";; comment\nSPEAKER call 1 2.0 1.5 <NA> <NA> B <NA> <NA>\nSPEAKER call 1 0.5 1.0 <NA> <NA> A <NA> <NA>\n"
        "SPKR-INFO call 1 <NA> <NA> <NA> unknown A <NA>\nSPEAKER two 1 0 1 <NA> <NA> A <NA> <NA>\n"
    )
    call, two = read_rttm(path)
    assert (call.stem, two.stem) == ("call", "two")
    assert call.labels.turns == (LabelledTurn("A", Interval(0.5, 1.5)), LabelledTurn("B", Interval(2.0, 3.5)))
    path.write_text("SPEAKER call 1 x 1 <NA> <NA> A\nSPEAKER call 1 1 -2 <NA> <NA> A\nSPEAKER call\n")
    with pytest.raises(MingjianError) as raised:
        read_rttm(path)
    assert [f"all.rttm:{n}" in str(raised.value.details["detail"]) for n in (1, 2, 3)] == [True] * 3


def test_plain_transcripts(tmp_path: Path) -> None:
    path = tmp_path / "call.txt"
    path.write_text(
        "﻿# 注释\n[00:12.5-00:15.0] 销售：您清楚吗？\n客户2: 清楚。\n\n这一句没有人名。\n[00:20] 旁人：好。\n", "utf-8"
    )
    (found,) = read_transcript(path)
    lines = [(one.role, one.text, one.interval) for one in found.labels.utterances or ()]
    assert lines == [
        ("agent", "您清楚吗？", Interval(12.5, 15.0)),
        ("customer", "清楚。", None),
        (None, "这一句没有人名。", None),
        ("other", "好。", None),
    ]


def region(id_: str, kind: str, name: str = "label", **value: object) -> dict[str, object]:
    return {"id": id_, "type": kind, "from_name": name, "value": value}


def task(result: list[object], **changes: object) -> dict[str, object]:
    annotation = {"result": result, **changes}
    return {"data": {"audio": "/data/upload/1/0a1b2c3d-call.wav?x=1"}, "annotations": [annotation]}


def test_label_studio(tmp_path: Path) -> None:
    path = tmp_path / "export.json"
    result = [
        region("r1", "labels", start=1.0, end=2.0, labels=["客户"]),
        region("r1", "textarea", start=1.0, end=2.0, text=["清楚。"]),
        region("r2", "labels", start=0.0, end=0.5, labels=["fault:dark"]),
        region("r3", "labels", start=0.0, end=5.0, labels=["presence:customer"]),
        region("c1", "choices", "dr_cooling_off", choices=["fail"]),
        region("c2", "choices", "verdict", choices=["flagged"]),
    ]
    path.write_text(json.dumps([task(result), task([], was_cancelled=True)]), "utf-8")
    (found,) = read_labelstudio(path)
    labels = found.labels
    assert found.stem == "call"
    assert labels.utterances is not None
    assert [(one.text, one.role) for one in labels.utterances] == [("清楚。", "customer")]
    assert (labels.items, labels.verdict, labels.violating) == ({"dr_cooling_off": "fail"}, "flagged", True)
    assert labels.faults is not None
    assert labels.presence is not None
    assert (labels.faults[0].kind, labels.presence[0].who) == ("dark", "customer")


@pytest.mark.parametrize(
    "content",
    ["{", "[1]", '{"data": 1}', json.dumps([task([region("c", "choices", "x", choices=["bad"])])]), "[" * 5000],
)
def test_broken_exports_are_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "export.json"
    path.write_text(content, "utf-8")
    with pytest.raises(MingjianError) as raised:
        read_labelstudio(path)
    assert raised.value.code == "labels_unreadable"


def test_labels_of_several_tools_come_together(tmp_path: Path) -> None:
    media, out = tmp_path / "media", tmp_path / "corpus"
    media.mkdir()
    for stem in ("call", "录音 一"):
        (media / f"{stem}.wav").write_bytes(b"RIFF")
    (media / "call.order.json").write_text('{"scenario": "telesales"}')
    texts = tmp_path / "texts"
    texts.mkdir()
    (texts / "call.txt").write_text("客户：清楚。\n", "utf-8")
    (texts / "录音 一.txt").write_text("客户：好。\n", "utf-8")
    first = import_labels("transcript", texts, media, out, scenario="telesales")
    assert [one.id for one in first.recordings] == sorted(["call", id_of("录音 一")])
    rttm = tmp_path / "all.rttm"
    rttm.write_text("SPEAKER call 1 0.5 1.0 <NA> <NA> A <NA> <NA>\n")
    (call, *_) = (one for one in import_labels("rttm", rttm, None, out).recordings if one.id == "call")
    assert call.labels.turns == (LabelledTurn("A", Interval(0.5, 1.5)),)
    assert call.labels.utterances is not None
    assert call.labels.utterances[0].text == "清楚。"
    assert call.order is not None
    assert call.media[0].is_relative_to(out)
    rttm.write_text("SPEAKER stranger 1 0.5 1.0 <NA> <NA> A <NA> <NA>\n")
    with pytest.raises(MingjianError, match="stranger"):
        import_labels("rttm", rttm, media, out)


@pytest.mark.parametrize(
    ("word", "role"), [("客户", "customer"), ("坐席 2", "agent"), ("Agent_1", "agent"), ("S1", None)]
)
def test_names_of_speakers(word: str, role: str | None) -> None:
    assert role_of(word) == role


@given(st.text(min_size=1, max_size=40))
def test_every_stem_has_an_id_that_can_name_a_folder(stem: str) -> None:
    found = id_of(stem)
    assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,127}", found)


HEADER = "file\tkind\tformat\tduration_s\ttranscript\ttranscript_source\tnotes\n"


def test_only_known_chinese_transcripts_of_the_field_count(tmp_path: Path) -> None:
    rows = [
        "a.wav\tsingle\tpcm_s16le 8000Hz 1ch\t2.5\t我想问一下\trepo text\tknown corpus",
        "b.wav\tsingle\tpcm_s16le 16000Hz 1ch\t2\t不知道\tmachine draft, unverified\t",
        "c.wav\tsingle\tmp3 24000Hz 1ch\t2\thello there\trepo text\t",
        "d.wav\tsingle\tmp3 24000Hz 1ch\t2\t欢迎\trepo text\tprobably SYNTHETIC speech",
    ]
    for name in "abcd":
        (tmp_path / f"{name}.wav").write_bytes(b"RIFF")
    index = tmp_path / "index.tsv"
    index.write_text(HEADER + "\n".join(rows) + "\n", "utf-8")
    corpus = import_field(index, tmp_path / "out")
    assert [(one.id, one.source) for one in corpus.recordings] == [("a", "real"), ("d", "synthetic")]
    assert corpus.recordings[0].conditions["band"] == "narrow"
    index.write_text(HEADER + "../x.wav\tsingle\t\t\t你好\trepo\t\n", "utf-8")
    with pytest.raises(MingjianError, match="outside"):
        import_field(index, tmp_path / "out2")
