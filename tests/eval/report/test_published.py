"""What is committed of a run, and the pages made from it."""

from collections import Counter
from dataclasses import replace

import pytest

from eval.report import documents, published
from eval.report.__main__ import FOLDER, ROOT
from eval.report.gathering import gather
from eval.report.published_words import ROWS


@pytest.fixture(scope="module")
def figures(errors):
    return published.published(errors, gather(errors.sessions(), most_cases=0))


@pytest.fixture
def root(tmp_path):
    """A project whose pages have places for the figures."""
    (tmp_path / "docs").mkdir()
    places = "\n".join(f"{documents.BEGIN.format(name)}\n{documents.END.format(name)}" for name in documents.PARTS)
    for _, name in documents.PAGES:
        (tmp_path / "docs" / name).write_text(f"# before\n{places}\nafter\n")
    for language, name in documents.READMES:
        (tmp_path / name).write_text(f"| a | 1 |\n{ROWS[language]}old | 0 |\n| b | 2 |\n")
    return tmp_path


def test_what_is_written_is_read_back(errors, figures, tmp_path):
    told = tuple(published.sessions(errors))
    published.write(tmp_path, figures, iter(told))
    assert published.read(tmp_path) == figures
    assert tuple(published.read_sessions(tmp_path)) == told


def test_figures_can_be_counted_again_from_the_sessions(errors, figures):
    told = [one for one in published.sessions(errors) if one.id != "real-clean" and one.verdict]
    got = Counter((one.violating, one.verdict == "clear") for one in told)
    false_clear, needless = figures.figure("false_clear"), figures.figure("needless_flag")
    assert (false_clear.upper, false_clear.lower) == (got[True, True], got[True, True] + got[True, False])
    assert (needless.upper, needless.lower) == (got[False, False], got[False, True] + got[False, False])
    assert figures.violating == false_clear.lower > 0


def test_no_folder_of_the_machine_and_no_word_is_committed(errors, figures, tmp_path):
    published.write(tmp_path, figures, published.sessions(errors))
    text = "".join(path.read_text() for path in tmp_path.iterdir())
    said = [one.text for result in errors.sessions() if result.inspection for one in result.inspection.utterances]
    assert said
    assert not [words for words in (str(errors.folder.parent), *said) if words in text]


def test_a_run_that_is_not_finished_is_not_published(errors):
    unfinished = replace(errors, meta=replace(errors.meta, finished=False))
    with pytest.raises(ValueError, match="finished"):
        published.published(unfinished, gather(errors.sessions(), most_cases=0))


def test_pages_are_written_and_what_people_wrote_stays(figures, root):
    documents.write(root, figures)
    once = {path: path.read_text() for path in root.rglob("*.md")}
    for _, name in documents.PAGES:
        page = (root / "docs" / name).read_text()
        assert page.startswith("# before\n")
        assert page.endswith("after\n")
        assert figures.made.program[:12] in page
        assert "0.0%" in page or "50.0%" in page
    for language, name in documents.READMES:
        first, written, last, _ = (root / name).read_text().split("\n")
        assert (first, last) == ("| a | 1 |", "| b | 2 |")
        assert written == documents.row(figures, language)
    documents.write(root, figures)
    assert {path: path.read_text() for path in root.rglob("*.md")} == once


@pytest.mark.parametrize("name", ["docs/evaluation.md", "README.zh-CN.md"])
def test_a_page_without_a_place_is_refused_before_anything_is_written(figures, root, name):
    (root / name).write_text("nothing here\n")
    before = {path: path.read_text() for path in root.rglob("*.md")}
    with pytest.raises(ValueError, match="needs"):
        documents.write(root, figures)
    assert {path: path.read_text() for path in root.rglob("*.md")} == before


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [("false_clear", 0.0, "met"), ("false_clear", 0.02, "missed"), ("critical_f1", 0.96, "met"),
     ("critical_f1", 0.5, "missed"), ("needless_flag", 0.2, "met")],
)  # fmt: skip
def test_targets_are_told_met_or_missed(figures, name, value, expected):
    some = next(one for one in figures.headline if one.id == name)
    quiet = published.Slice(*documents.CLEAN, 1, (replace(some, value=value),))
    page = documents.PARTS["synthetic"](replace(figures, slices=(quiet,)), "en")
    (line,) = [line for line in page.splitlines() if line.startswith(f"| {some.en}, ")]
    assert expected in line


def test_the_projects_pages_say_what_is_committed():
    figures = published.read(ROOT / FOLDER)
    for folder, pages, put in (
        (ROOT / "docs", documents.PAGES, documents.filled),
        (ROOT, documents.READMES, documents.with_row),
    ):
        for language, name in pages:
            page = (folder / name).read_text(encoding="utf-8")
            assert put(page, figures, language) == page, name


def test_the_committed_sessions_add_up_to_the_committed_figures():
    figures, told = published.read(ROOT / FOLDER), tuple(published.read_sessions(ROOT / FOLDER))
    got = Counter((one.violating, one.verdict == "clear") for one in told)
    false_clear, needless = figures.figure("false_clear"), figures.figure("needless_flag")
    assert len(told) == figures.sessions + figures.failed
    assert (false_clear.upper, false_clear.lower) == (got[True, True], got[True, True] + got[True, False])
    assert (needless.upper, needless.lower) == (got[False, False], got[False, True] + got[False, False])
