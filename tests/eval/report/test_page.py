"""The page on a run: whole, self-contained, honest about its data, and with what every error rests on."""

import json
import re
import shutil
import wave
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from engine.report.clips import ClipSettings
from engine.settings import load_settings
from eval.metrics.run import headline
from eval.report import ReportOptions, write_report
from eval.report.cases import Case, WrongItem
from eval.report.footage import show
from eval.report.gathering import gather
from eval.runs import RunFolder, open_run
from tests.eval.report.conftest import HOSTILE
from tests.eval.report.test_cases import result
from tests.eval.runs.made import LEFT_OUT, MISHEARD
from tests.report import sample

VOID = {"meta", "br", "img", "link", "input", "source"}


class Reader(HTMLParser):
    """Notes every tag with its attributes, and tags that are not closed in order."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.crossed: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.crossed.append(tag)


@pytest.fixture(scope="module")
def page(errors: RunFolder) -> str:
    """The report on the run with errors."""
    return write_report(errors).path.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def read(page: str) -> Reader:
    reader = Reader()
    reader.feed(page)
    return reader


def case(page: str, name: str) -> str:
    """What the page says of one error."""
    found = re.search(rf"<article class=\"case[^>]*>\s*<header>\s*<h3>{name}</h3>.*?</article>", page, re.S)
    assert found, name
    return found[0]


def test_the_page_is_whole_and_needs_nothing_from_elsewhere(page: str, read: Reader) -> None:
    assert read.open == []
    assert [tag for tag in read.crossed if tag not in ("rect", "path", "circle")] == []
    assert not {"script", "link", "iframe", "object"} & {tag for tag, _ in read.tags}
    for _, attributes in read.tags:
        assert not any(name.startswith("on") or name == "style" for name in attributes)
        for name in ("src", "href", "poster"):
            value = attributes.get(name) or "#"
            assert value.startswith(("#", "data:", "clips/")), value
    policy = next(a["content"] for tag, a in read.tags if a.get("http-equiv") == "Content-Security-Policy")
    assert policy is not None
    assert policy.startswith("default-src 'none'")
    assert "://" not in page


def test_what_the_corpus_says_is_text_and_nothing_else(page: str) -> None:
    assert HOSTILE not in page
    assert "&lt;script&gt;" in page


def test_every_figure_says_whether_it_is_of_real_or_of_made_recordings(page: str, read: Reader) -> None:
    badges = [a.get("class") for _, a in read.tags if "badge" in (a.get("class") or "")]
    assert {"badge real", "badge synthetic"} == set(badges)
    headline_table = page.partition('id="headline"')[2].partition('id="items"')[0]
    rows = re.findall(r"<tr><td>.*?</tr>", headline_table, re.S)
    assert rows
    assert all('class="badge' in row for row in rows)
    tiles = re.findall(r'<li class="tile">.*?</li>', headline_table, re.S)
    assert all("真实录音" in tile or "合成数据" in tile or "没有标注" in tile for tile in tiles)
    charts = re.findall(r"<figcaption>.*?</figcaption>", page.partition('id="curves"')[2], re.S)
    assert charts


def test_a_false_clear_tells_what_was_heard_and_why_it_passed(page: str) -> None:
    told = case(page, "false-clear")
    assert "k-false_clear" in told
    assert "违规被放过" in told
    assert "<mark>终身</mark>" in told  # what the machine heard
    assert "机器听到" in told
    assert "应为 不合格" in told


def test_a_needless_flag_tells_what_was_truly_said_and_what_was_heard_there(page: str) -> None:
    told = case(page, "needless")
    assert "k-needless_flag" in told
    truth = told.partition('class="truth"')[2].partition("</div>")[0]
    assert "<mark>终身</mark>" in truth
    assert "实际说的" in truth
    heard = told.partition('class="heard"')[2].partition("</div>")[0]
    assert MISHEARD.removesuffix("？") in heard


def test_a_recording_that_failed_says_why(page: str) -> None:
    assert "MJ" in case(page, "broken")


def test_what_is_right_is_no_error(page: str) -> None:
    for name in ("clean", "promised", "missing", "real-clean"):
        assert f"<h3>{name}</h3>" not in page


def test_the_figures_beside_the_page_are_those_of_the_run(errors: RunFolder, page: str) -> None:
    found = {(one["id"], one["source"]): one for one in json.loads((errors.folder / "figures.json").read_bytes())}
    measured = headline(gather(errors.sessions(), 5).total)
    assert {(one.id, one.source) for one in measured} == set(found)
    false_clear = found["false_clear", "synthetic"]
    assert (false_clear["upper"], false_clear["lower"]) == (1, 3)
    assert "33.3 %" in page
    assert found["needless_flag", "real"]["value"] == 0


def test_slices_add_up_to_the_whole(errors: RunFolder) -> None:
    gathered = gather(errors.sessions(), 5)
    for dimension in ("scenario", "noise", "fault", "split"):
        parts = gathered.slices[dimension].values()
        assert sum(one.synthetic.sessions + one.real.sessions for one in parts) == 8
    assert gathered.slices["noise"]["10 dB"].synthetic.measures.verdicts.false_clear.right == 1


def test_few_errors_are_shown_in_full_and_the_others_named(errors: RunFolder, tmp_path: Path) -> None:
    copy = open_run(shutil.copytree(errors.folder, tmp_path / "run"))
    page = write_report(copy, ReportOptions(cases=1)).path.read_text(encoding="utf-8")
    assert "<h3>false-clear</h3>" in page
    assert "<h3>needless</h3>" not in page
    named = page.partition("其余错误")[2]
    assert "needless" in named
    assert "broken" in named


def test_an_unfinished_run_says_so(errors: RunFolder, tmp_path: Path) -> None:
    copy = shutil.copytree(errors.folder, tmp_path / "run")
    stored = json.loads((copy / "run.json").read_bytes())
    (copy / "run.json").write_text(json.dumps(stored | {"finished": False}))
    assert "运行尚未完成" in write_report(open_run(copy), ReportOptions(cases=0)).path.read_text(encoding="utf-8")


def test_a_report_is_for_its_owner_alone(errors: RunFolder, page: str) -> None:
    assert (errors.folder / "report.html").stat().st_mode & 0o077 == 0


def heard(path: Path) -> Case:
    """A session in sound with one wrong item."""
    found = result("call", "pass", "fail", "clear")
    item = sample.inspection(video=False).items[0]
    recording = replace(found.recording, media=(path,))
    inspection = replace(sample.inspection(video=False), items=(item,))
    wrong = WrongItem(item.id, "missed", "fail", "pass", item)
    return Case("false_clear", recording, found.line, inspection, (wrong,))


def tones(path: Path, seconds: int) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(2 * 8000 * seconds))
    return path


def clips(out: Path) -> Iterator[Path]:
    return (out / "clips").rglob("*.m4a")


def test_errors_get_their_clips_and_older_ones_go(tmp_path: Path) -> None:
    (tmp_path / "clips").mkdir()
    (tmp_path / "clips" / "old.m4a").write_bytes(b"old")
    case = heard(tones(tmp_path / "call.wav", 30))
    (shown,) = show([case], tmp_path, load_settings(), ClipSettings(), lambda _done, _total: None)
    assert shown.missing is None
    assert shown.inspection is not None
    clip = shown.inspection.items[0].evidence[0].clip
    assert clip is not None
    assert [tmp_path / clip] == list(clips(tmp_path))
    assert (tmp_path / clip).stat().st_size > 500


def test_a_recording_that_is_gone_costs_only_its_clips(tmp_path: Path) -> None:
    (shown,) = show(
        [heard(tmp_path / "gone.wav")], tmp_path, load_settings(), ClipSettings(), lambda _done, _total: None
    )
    assert shown.missing == "media_not_found"
    assert shown.inspection is not None


def test_the_truth_is_of_the_labels_not_of_the_transcript(page: str) -> None:
    told = case(page, "false-clear")
    assert "实际说的" not in told  # nothing of what was truly said fits the item
    assert LEFT_OUT.removesuffix("？") not in told
