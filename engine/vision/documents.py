"""The papers that are known by their titles, from configs/papers.yaml, and how a title is told from lines of text."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field

from engine.evidence import PaperKind
from engine.language.folding import bare, fold
from engine.vision.paper_settings import PaperLimits

DOCUMENTS = Path(__file__).resolve().parents[2] / "configs" / "papers.yaml"

EXACT_CHARS = 4
"""Titles of so few characters must be read without a mistake: 投保单 is nearly 投保书, and half of much else."""

SENTENCE_MARKS = frozenset("，。；！？,;!?")
LONGEST_TITLE = 34
AFTER_TITLE = 10
"""A number or a year of edition may follow a title: so many characters at most, in brackets or not."""

Text = Annotated[str, Field(min_length=2)]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Document(_Frozen):
    """A paper or card: the name used in results, its wordings in print, and words that tell it without a title."""

    title: Text
    kind: Literal["paper", "card"]
    also: tuple[Text, ...]
    marks: tuple[Text, ...] = ()


class Documents(_Frozen):
    """All of them, and the words that show an electronic document."""

    version: Annotated[int, Field(alias="schema")] = 1
    papers: tuple[Document, ...]
    screen_words: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a sheet: its text, how surely it was read (0..1), and its place in pixels of the frame. `corners`: of
    the line itself, which may slant, clockwise from the top left; () where they are not known.
    """

    text: str
    score: float
    left: float
    top: float
    width: float
    height: float
    corners: tuple[tuple[float, float], ...] = ()

    @property
    def bottom(self) -> float:
        return self.top + self.height

    @property
    def right(self) -> float:
        return self.left + self.width


@dataclass(frozen=True, slots=True)
class Titled:
    """A title found: the name of the paper, the wording it has, how much of it was read (0..1), and in which line."""

    title: str
    kind: PaperKind
    wording: str
    likeness: float
    line: Line


def read_documents(path: Path) -> Documents:
    """Read such a file. Raises pydantic.ValidationError for a fault in it, OSError for none."""
    return Documents.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))


@cache
def documents() -> Documents:
    """The project's own."""
    return read_documents(DOCUMENTS)


@cache
def documents_sha256() -> str:
    """Identity of the file, for fingerprints of what was read."""
    return sha256(DOCUMENTS.read_bytes()).hexdigest()


def find_title(
    lines: Sequence[Line], limits: PaperLimits, known: Documents | None = None, heights: Sequence[float] = ()
) -> Titled | None:
    """The title of the sheet with these `lines`, the one of which most characters were read; None without any.

    `heights` are those of all lines of the sheet, also of those that were not read.
    """
    catalogue = known or documents()
    usual = median(heights or [one.height for one in lines]) if lines else 0.0
    found: list[tuple[float, float, Titled]] = []
    sheet = len(heights or lines) >= limits.sheet_lines
    for line in [*lines, *_joined(lines)]:
        printed_large = not sheet or line.height >= limits.title_height * usual
        for document in catalogue.papers:
            if document.kind == "paper" and not printed_large:
                continue
            for wording in document.also:
                likeness = title_likeness(wording, line.text, limits)
                if likeness is not None:
                    titled = Titled(document.title, document.kind, wording, round(likeness, 4), line)
                    found.append((likeness * len(wording), likeness, titled))
            if any(_plain(mark) in _plain(line.text) for mark in document.marks):
                found.append((float(EXACT_CHARS), 1.0, Titled(document.title, document.kind, "", 1.0, line)))
    if not found:
        return None
    best = max(found, key=lambda one: (one[0], one[1], -one[2].line.top))[2]
    return best if best.kind == "card" or not is_screen(lines, catalogue) else _on_screen(best)


def is_screen(lines: Sequence[Line], known: Documents | None = None) -> bool:
    """Whether the lines are those of an electronic document: it has buttons."""
    words = [_plain(word) for word in (known or documents()).screen_words]
    return any(word in _plain(line.text) for line in lines for word in words)


def title_likeness(wording: str, text: str, limits: PaperLimits) -> float | None:
    """How much of the title `wording` the line `text` holds, where that line is one: it ends in the title, perhaps with
    a number after it, and is no sentence. None where it is not.
    """
    from rapidfuzz.fuzz import partial_ratio_alignment

    wanted, line = _plain(wording), _plain(text)
    if len(line) > LONGEST_TITLE or any(mark in SENTENCE_MARKS for mark in text.strip("。，,. ")):
        return None
    if len(wanted) <= EXACT_CHARS:
        at = line.rfind(wanted)
        return 1.0 if at >= 0 and _ends(line[at + len(wanted) :], wanted, line, limits) else None
    aligned = partial_ratio_alignment(wanted, line)
    if aligned is None or len(line) < limits.title_likeness * len(wanted):
        return None
    likeness = aligned.score / 100 * min(1.0, len(line) / len(wanted))
    if likeness < limits.title_likeness or not _ends(line[aligned.dest_end :], wanted, line, limits):
        return None
    return float(likeness)


def _ends(after: str, wanted: str, line: str, limits: PaperLimits) -> bool:
    """Whether what follows the title belongs to it: nothing, or a number or edition in a line not much longer."""
    if len(after) <= 1:
        return True
    short = len(after) <= AFTER_TITLE and len(line) <= limits.title_room * len(wanted)
    return short and any(one.isdigit() for one in after)


def _joined(lines: Sequence[Line]) -> list[Line]:
    """Lines of one size right below each other as one: long titles are broken."""
    found = []
    ordered = sorted(lines, key=lambda one: one.top)
    for first, second in pairwise(ordered):
        alike = 0.75 <= first.height / max(second.height, 1e-6) <= 1.33
        beneath = -0.3 * first.height <= second.top - first.bottom <= 1.2 * first.height
        across = min(first.right, second.right) - max(first.left, second.left)
        if alike and beneath and across > 0:
            left, right = min(first.left, second.left), max(first.right, second.right)
            height = min(first.height, second.height)
            score = min(first.score, second.score)
            found.append(Line(first.text + second.text, score, left, first.top, right - left, height))
    return found


def _on_screen(titled: Titled) -> Titled:
    return Titled(titled.title, "screen", titled.wording, titled.likeness, titled.line)


def _plain(text: str) -> str:
    return bare(fold(text))
