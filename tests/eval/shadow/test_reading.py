"""A team's table as people write it: what is read, and what is told."""

from pathlib import Path

import pytest

from engine.errors import MingjianError
from eval.shadow.reading import Decision, Decisions, Locator, read_decisions
from eval.shadow.words import minutes, vocabulary


def read(folder: Path, content: str | bytes, name: str = "results.csv") -> Decisions:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_decisions(path)


def told(found: Decisions) -> list[tuple[str, str | None, str]]:
    return [(one.locator.value, one.item, one.verdict) for one in found.decisions]


CHINESE = "会话编号,质检项目,质检结果,用时（分钟）,质检员\nA1,犹豫期,不合格,2.5,赵\nA1,保险期间,合格,1,赵\n"


def test_a_row_for_each_item(tmp_path):
    found = read(tmp_path, CHINESE)
    assert found.decisions[0] == Decision(2, Locator("session", "a1"), "犹豫期", "fail", "赵", 2.5)
    assert told(found) == [("a1", "犹豫期", "fail"), ("a1", "保险期间", "pass")]
    assert (found.faults.count, found.items_as_columns) == (0, False)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_in_whatever_encoding_a_spreadsheet_writes(tmp_path, encoding):
    assert told(read(tmp_path, CHINESE.encode(encoding)))[0] == ("a1", "犹豫期", "fail")


@pytest.mark.parametrize("mark", [";", "\t", "|", "，"])
def test_with_whatever_stands_between_cells(tmp_path, mark):
    assert len(read(tmp_path, CHINESE.replace(",", mark)).decisions) == 2


def test_json_lines_and_a_json_list(tmp_path):
    lines = (
        '{"session": "A1", "item": "dr_period", "verdict": "fail", "minutes": 3}\n{"file": "b.mp4", "passed": true}\n'
    )
    assert told(read(tmp_path, lines, "r.jsonl")) == [("a1", "dr_period", "fail"), ("b.mp4", None, "pass")]
    assert told(read(tmp_path, f"[{','.join(lines.splitlines())}]", "r.json")) == told(read(tmp_path, lines, "r.jsonl"))


def test_a_row_for_each_session_with_items_as_columns(tmp_path):
    text = "文件名,犹豫期,保险期间,整体结论,备注\n D:\\双录\\a.mp4 ,√,×,不合格,客户很急\nb.mp4,合格,/,合格,\n"
    found = read(tmp_path, text)
    assert told(found) == [
        ("a.mp4", "犹豫期", "pass"), ("a.mp4", "保险期间", "fail"), ("a.mp4", None, "fail"),
        ("b.mp4", "犹豫期", "pass"), ("b.mp4", None, "pass"),
    ]  # fmt: skip
    assert found.items_as_columns
    assert found.ignored == ("备注",)


@pytest.mark.parametrize(
    ("heading", "cell", "verdict"),
    [
        ("结果", "合格", "pass"), ("结果", " 合 格 ", "pass"), ("结果", "不合格", "fail"), ("結果", "違規", "fail"),
        ("verdict", "PASS", "pass"), ("verdict", "cannot tell", "unsure"), ("结论", "听不清", "unsure"),
        ("结论", "不适用", "not_applicable"), ("是否合格", "是", "pass"), ("是否合格", "否", "fail"),
        ("是否违规", "是", "fail"), ("是否违规", "否", "pass"), ("violation", "N", "pass"), ("passed", "0", "fail"),
    ],
)  # fmt: skip
def test_words_for_verdicts(tmp_path, heading, cell, verdict):
    assert told(read(tmp_path, f"会话,项目,{heading}\nA,x,{cell}\n")) == [("a", "x", verdict)]


@pytest.mark.parametrize("cell", ["是", "yes", "1", "不 详", "合格?吗", ""])
def test_what_is_no_known_verdict_is_never_a_pass(tmp_path, cell):
    with pytest.raises(MingjianError) as caught:
        read(tmp_path, f"会话,项目,结果\nA,x,{cell}\n")
    assert caught.value.code == "decisions_invalid"


def test_all_faults_are_told_at_once_and_the_rest_is_used(tmp_path):
    text = "会话,项目,结果,用时\nA,x,合格,2\nB,x,还行,2\n,x,合格,2\nC,x,合格,很久\nD,x,合格,2,多,出\n\nE,整体,不合格,\n"
    found = read(tmp_path, text)
    assert [(one.locator.value, one.verdict, one.minutes) for one in found.decisions] == [
        ("a", "pass", 2.0), ("c", "pass", None), ("e", "fail", None),
    ]  # fmt: skip
    assert found.decisions[-1].item is None
    assert [fault.partition("：")[0] for fault in found.faults.told] == [f"results.csv:{line}" for line in (3, 4, 5, 6)]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n\n",
        "会话,项目,结果\n",
        "项目,结果\nx,合格\n",
        "会话,备注\nA,很好\n",
        '{"session": 1}\n{broken\n',
        "[1, 2]",
        "[{]",
    ],
)  # fmt: skip
def test_a_table_without_anything_to_use(tmp_path, text):
    with pytest.raises(MingjianError) as caught:
        read(tmp_path, text)
    assert caught.value.code == "decisions_invalid"
    assert "results.csv:" in str(caught.value)


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"\x81\x20\xff\xff", b"a,b\n\x00\x00\xfe"])
def test_what_is_no_text(tmp_path, content):
    with pytest.raises(MingjianError) as caught:
        read(tmp_path, content)
    assert caught.value.code in ("decisions_unreadable", "decisions_invalid")


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(MingjianError) as caught:
        read_decisions(tmp_path / "none.csv")
    assert caught.value.code == "decisions_unreadable"


def test_two_columns_of_one_name_and_overlong_cells_are_told(tmp_path):
    found = read(tmp_path, f"会话,结果,结果\nA,合格,合格\nB,合格,{'x' * 3000}\n")
    assert [fault.partition("：")[0] for fault in found.faults.told] == ["results.csv:1", "results.csv:3"]


@pytest.mark.parametrize(
    ("text", "unit", "found"),
    [
        ("2.5", 1, 2.5), ("90", 1 / 60, 1.5), ("3分20秒", 1, 10 / 3), ("１分钟", 1, 1.0), ("45秒", 1, 0.75),
        ("3:20", 1, 10 / 3), ("1:00:30", 1, 60.5), ("1小时5分", 1, 65.0), ("2 min", 1, 2.0), ("", 1, None),
        ("-3", 1, None), ("很久", 1, None), ("99999", 1, None), ("nan", 1, None), ("1e9", 1, None),
    ],
)  # fmt: skip
def test_times(text, unit, found):
    assert minutes(text, unit) == (None if found is None else pytest.approx(found))


def test_no_word_means_two_things():
    words = vocabulary()
    assert not set(words.verdicts) & set(words.answers)
