"""What the terminal says of an inspection: a word alone proves little, so the utterance around it is shown."""

import io
from dataclasses import replace
from pathlib import Path

import pytest

from api.cli.findings import LONGEST_QUOTE, show
from engine.inspection import Finding, Inspection, UtteranceSummary
from tests.report import sample


def said(text: str, quote: str) -> Inspection:
    """A sale in which only `text` is said, with one failed item whose evidence is `quote`."""
    plain = sample.inspection()
    wrong = next(one for one in plain.items if one.verdict == "fail")
    finding = Finding(start=1.2, end=1.4, role="agent", quote=quote, matched=quote, how="text", score=1.0)
    utterance = replace(plain.utterances[0], start=1.0, end=9.0, text=text)
    assert isinstance(utterance, UtteranceSummary)
    return replace(plain, utterances=(utterance,), items=(replace(wrong, evidence=(finding,)),))


def told(inspection: Inspection) -> str:
    out = io.StringIO()
    show(inspection, Path("out"), out)
    return out.getvalue()


def test_the_whole_utterance_is_quoted() -> None:
    assert "00:01.2  「如果您中途退保，只能退还现金价值。」" in told(said("如果您中途退保，只能退还现金价值。", "还"))


@pytest.mark.parametrize(
    ("before", "after", "starts", "ends"),
    [
        (200, 200, "「……", "……」"),
        (0, 200, "「退", "……」"),
        (200, 0, "「……", "退」"),
        (LONGEST_QUOTE - 1, 0, "「前", "退」"),
    ],
)
def test_of_a_long_one_what_stands_around_the_words(before: int, after: int, starts: str, ends: str) -> None:
    line = next(one for one in told(said("前" * before + "退" + "后" * after, "退")).splitlines() if "「" in one)
    quoted = line[line.index("「") :]
    assert quoted.startswith(starts)
    assert quoted.endswith(ends)
    assert "退" in quoted
    assert len(quoted.strip("「」…")) == LONGEST_QUOTE
