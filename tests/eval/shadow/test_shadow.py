"""A team's results beside the machine's: agreement, misses on both sides, minutes, and what could not be compared."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from engine.errors import MingjianError
from engine.inspection import Finding, Inspection, Item, to_json
from eval.shadow import Agreement, lines, shadow
from tests.eval.tuning.runs import SAID, Case, cases, rules, write_run
from tests.store.inspected import inspection, item

QUOTE = Finding(12.0, 14.5, "agent", "犹豫期是十天", "十五天", "text", 0.9, clip="clips/a.mp4")


def found(*items: Item, **changes: object) -> Inspection:
    return replace(inspection(items=items), **changes)  # type: ignore[arg-type]


def period(verdict: str = "fail") -> Item:
    return replace(item("dr_cooling_off", verdict), evidence=(QUOTE,))  # type: ignore[arg-type]


def cover(verdict: str = "pass", **changes: object) -> Item:
    return replace(item("dr_period", verdict, title="保险期间"), **changes)  # type: ignore[arg-type]


@pytest.fixture
def results(tmp_path: Path) -> Path:
    """Four sessions, named by their folders; the media of each by its name."""
    root = tmp_path / "results"
    made = {
        "s1": found(period("fail"), cover("pass")),
        "s2": found(period("pass"), cover("pass"), verdict="clear"),
        "s3": found(period("review"), cover("inconclusive")),
        "s4": found(period("pass"), cover("pass"), verdict="clear"),
    }
    for name, one in made.items():
        (root / name).mkdir(parents=True)
        part = replace(one.recording.parts[0], name=f"{name}.MP4")
        one = replace(one, recording=replace(one.recording, parts=(part,)), order={"policy_no": f"P-{name}"})
        (root / name / "inspection.json").write_bytes(to_json(one))
    return root


def table(folder: Path, *rows: str, head: str = "会话,项目,结果,用时,质检员") -> Path:
    path = folder / "team.csv"
    path.write_text("\n".join((head, *rows, "")), encoding="utf-8")
    return path


ROWS = (
    "s1,犹豫期,不合格,2,赵", "s1,保险期间,不合格,1,赵", "s2,犹豫期,合格,2,钱", "s2,dr_period,合格,1,钱",
    "s3,犹豫期,不合格,3,赵", "s3,保险期间,合格,3,赵", "s4,犹豫期,听不清,2,钱", "s4,保险期间,合格,2,钱",
)  # fmt: skip


def test_misses_on_both_sides_and_what_the_machine_leaves_open(results, tmp_path):
    agreed = shadow(table(tmp_path, *ROWS), results)
    sums = agreed.all_items
    assert (sums.compared, sums.count("machine_missed"), sums.count("human_missed"), sums.count("machine_asks")) == (
        7, 1, 0, 1,
    )  # fmt: skip
    assert sums.count("human_unsure") == 1
    assert sums.decided.cells == (1, 1, 0, 3)
    assert sums.raised.cells == (2, 1, 1, 3)
    assert agreed.status == 0
    assert (sums.minutes, sums.timed) == (16.0, 8)
    assert agreed.items["dr_cooling_off"].minutes_each == 2.25
    assert {name: one.compared for name, one in agreed.reviewers.items()} == {"赵": 4, "钱": 3}


def test_a_disagreement_names_what_the_machine_rests_on(results, tmp_path):
    rows = [*ROWS, "s1,犹豫期,合格,2,孙"]
    alone = shadow(table(tmp_path, "s1,犹豫期,合格,2,孙"), results)
    (one,) = alone.disagreements
    assert (one.kind, one.session, one.item, one.human, one.machine, one.line) == (
        "human_missed", "s1", "dr_cooling_off", "pass", "fail", 2,
    )  # fmt: skip
    assert (one.quote, one.start, one.end, one.clip) == ("犹豫期是十天", 12.0, 14.5, "clips/a.mp4")
    assert one.reason
    agreed = shadow(table(tmp_path, *rows), results)
    assert [one.kind for one in agreed.disagreements] == ["machine_missed", "machine_asks"]


def test_where_people_differ_it_stands_against_neither(results, tmp_path):
    agreed = shadow(table(tmp_path, "s1,犹豫期,合格,2,孙", "s1,犹豫期,不合格,2,赵", "s2,犹豫期,合格,1,孙"), results)
    assert agreed.all_items.compared == 1
    assert (agreed.people.split, agreed.people.judges.answers) == (1, 1)
    assert agreed.all_items.minutes == 5.0


def test_verdicts_on_whole_sessions_given_or_drawn_from_the_items(results, tmp_path):
    given = shadow(table(tmp_path, "s1,整体,不合格,5,赵", "s2,整体,问题件,5,赵"), results)
    assert (given.sessions.compared, given.sessions.count("machine_missed"), given.derived) == (2, 1, 0)
    drawn = shadow(table(tmp_path, *ROWS), results)
    assert (drawn.sessions.compared, drawn.derived) == (3, 3)
    assert drawn.sessions.raised.cells == (2, 0, 0, 1)


@pytest.mark.parametrize(
    ("column", "value"), [("文件名", "x/s1.mp4"), ("文件名", "S1"), ("保单号", "p-S1"), ("会话", "S1")]
)
def test_sessions_are_found_by_any_of_their_names(results, tmp_path, column, value):
    agreed = shadow(table(tmp_path, f"{value},犹豫期,不合格", head=f"{column},项目,结果"), results)
    assert agreed.all_items.pairs == {("fail", "fail"): 1}


def test_what_cannot_be_compared_is_told_and_never_guessed(results, tmp_path):
    (results / "s5").mkdir()
    twin = (results / "s4" / "inspection.json").read_bytes()
    (results / "s5" / "inspection.json").write_bytes(twin)
    (results / "s6").mkdir()
    (results / "s6" / "inspection.json").write_text("{}")
    rows = (
        "P-s4,犹豫期,合格",
        "P-none,犹豫期,合格",
        "P-s1,不存在的项目,合格",
        "P-s1,险,合格",
        "P-s1,犹豫,不合格",
        "P-s2,犹豫期,也许",
    )
    agreed = shadow(table(tmp_path, *rows, head="保单号,项目,结果"), results)
    assert (agreed.ambiguous, agreed.unmatched, agreed.compared_sessions) == (1, 1, 1)
    assert agreed.all_items.pairs == {("fail", "fail"): 1}
    assert agreed.status == 2
    text = "\n".join(lines(agreed))
    for words in ("对应多个会话", "没有对应的机检结果", "不存在的项目", "“险”", "也许", "s6"):
        assert words in text


def test_people_are_not_taken_for_the_truth_unless_declared(results, tmp_path):
    plain = "\n".join(lines(shadow(table(tmp_path, *ROWS), results)))
    assert "不当作标准答案" in plain
    assert "recall" not in plain
    declared = shadow(table(tmp_path, *ROWS), results, human_is_truth=True)
    assert "recall" in "\n".join(lines(declared))
    assert (declared.all_items.caught.right, declared.all_items.caught.total) == (2, 3)


def test_the_files_hold_every_disagreement_and_escape_what_people_wrote(results, tmp_path):
    rows = [*ROWS[:-1], "s4,保险期间,不合格,2,<img src=x onerror=alert(1)>"]
    shadow(table(tmp_path, *rows), results, out=tmp_path / "out")
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "<img" not in page
    assert "不当作标准答案" in page
    assert "default-src &#39;none&#39;" in page
    kept = [json.loads(line) for line in (tmp_path / "out" / "disagreements.jsonl").read_bytes().splitlines()]
    assert [one["kind"] for one in kept] == ["machine_missed", "machine_asks", "machine_missed"]
    figures = json.loads((tmp_path / "out" / "shadow.json").read_text(encoding="utf-8"))
    assert figures["all_items"]["machine_missed"] == 2
    assert (tmp_path / "out" / "shadow.json").stat().st_mode & 0o077 == 0


def test_a_run_is_compared_like_a_folder(tmp_path):
    made = [*cases("test", 1, 1), Case("good", "test", False, SAID), Case("broken", "test", True, failed=True)]
    run = write_run(tmp_path, rules(tmp_path), made)
    path = table(tmp_path, "good,保险期间,合格", "broken,保险期间,合格", "test-v0,保险期间,合格", head="会话,项目,结果")
    agreed = shadow(path, run)
    assert agreed.all_items.pairs == {("pass", "pass"): 1, ("pass", "review"): 1}
    assert agreed.unmatched == 1


def test_session_times_count_once(results, tmp_path):
    rows = ("s1,犹豫期,不合格,8", "s1,保险期间,合格,8", "s2,犹豫期,合格,4")
    agreed = shadow(table(tmp_path, *rows, head="会话,项目,结果,会话用时"), results)
    assert (agreed.session_minutes, agreed.timed_sessions) == (12.0, 2)
    assert agreed.all_items.timed == 0


def test_nothing_to_compare_with(tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(MingjianError) as caught:
        shadow(table(tmp_path, *ROWS), tmp_path / "empty")
    assert caught.value.code == "no_results"


def test_an_agreement_of_nothing_is_no_agreement():
    empty = Agreement("x", 0)
    assert empty.status == 2
    assert empty.all_items.decided.kappa() is None
