"""Operators over what is held or done before the camera: cards, papers, signing, copying by hand, a clock.

Each hits when it was seen, so that it stands under `require`. Where nobody looked for papers (`Scene.read` is None) the
outcome is unknown; "not seen" is a miss only where enough of the picture could be read.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from itertools import groupby, pairwise
from typing import Annotated, ClassVar

from pydantic import BeforeValidator, Field
from rapidfuzz.distance import LCSseq
from rapidfuzz.fuzz import partial_ratio

from engine.evidence import Act, ActKind, ClockReading, Paper, PaperKind, Scene
from engine.inspection import Finding, Note
from engine.interval import Interval, coverage, intersect, total
from engine.language.folding import bare, fold
from engine.rules.case import Case
from engine.rules.judgement import Ruling, note
from engine.rules.operators.base import Operator, Outcome, Situation
from engine.rules.operators.faces import hull, scene_of
from engine.rules.operators.limits import NotNegative
from engine.rules.operators.outcomes import (
    clock,
    figure,
    hit,
    miss,
    not_applicable,
    not_measured,
    percent,
    span_finding,
    unknown,
)
from engine.rules.operators.params import OrderPath
from engine.rules.schema import Detector, Seconds, Share

Texts = Annotated[
    tuple[Annotated[str, Field(min_length=1)], ...],
    BeforeValidator(lambda value: (value,) if isinstance(value, str) else value),
    Field(min_length=1),
]
CARDS: tuple[PaperKind, ...] = ("card", "screen")


def _plain(text: str) -> str:
    return bare(fold(text))


def _readings(case: Case) -> Scene | Outcome:
    """The scene with its papers; or why nothing was read."""
    scene = scene_of(case)
    if isinstance(scene, Outcome):
        return scene
    return not_measured("画面文字") if scene.read is None else scene


def _unless_unread(case: Case, scene: Scene, missed: Outcome) -> Outcome:
    """`missed` where enough of the picture was read, else unknown."""
    share = coverage(case.whole, intersect(scene.read or (), scene.judged))
    if share < case.settings.picture_floor:
        return unknown(Ruling("inconclusive", "picture_unjudgeable", {"share": percent(share)}))
    return missed


def paper_finding(paper: Paper, matched: str) -> Finding:
    """A paper as evidence: when it was shown, and where it was when it was read."""
    score = 1.0 if paper.legibility is None else paper.legibility
    return span_finding(
        paper.interval, matched, quote=paper.title, how="ocr", score=score, at=paper.seen, box=paper.box
    )


class CardShown(Operator):
    """A card that shows one of `words` is held into the picture for `min_s` seconds.

    `any_paper`: on whatever the words stand, not on cards and screens alone.
    """

    key: ClassVar[str] = "card_shown"
    detector: ClassVar[Detector | None] = "paper"
    words: Texts
    min_s: Seconds
    any_paper: bool = False

    def look(self, situation: Situation) -> Outcome:
        scene = _readings(situation.case)
        if isinstance(scene, Outcome):
            return scene
        shown = [one for one in scene.papers if (self.any_paper or one.kind in CARDS) and self._word(one)]
        seconds = total(one.interval for one in shown)
        if seconds >= self.min_s:
            findings = [paper_finding(one, self._word(one)) for one in shown]
            return hit("card_shown", findings, words=self._word(shown[0]), seconds=figure(seconds))
        if shown:
            return miss("shown_briefly", title=self._word(shown[0]), seconds=figure(seconds), limit=figure(self.min_s))
        return _unless_unread(situation.case, scene, miss("card_not_seen", words="、".join(self.words)))

    def _word(self, paper: Paper) -> str:
        """The first of the words that the paper shows; empty for none."""
        text = _plain(paper.title + paper.text)
        return next((word for word in self.words if _plain(word) in text), "")


class DocTitle(Operator):
    """A paper whose title is `text` (one of several) is shown for `min_s` seconds.

    Titles agree from `min_similarity` on, because single characters are misread.
    """

    key: ClassVar[str] = "doc_title"
    detector: ClassVar[Detector | None] = "paper"
    text: Texts
    min_s: Seconds
    min_similarity: Share = 0.85

    def look(self, situation: Situation) -> Outcome:
        scene = _readings(situation.case)
        if isinstance(scene, Outcome):
            return scene
        shown = [(one, like) for one in scene.papers if (like := self.likeness(one.title)) >= self.min_similarity]
        seconds = total(one.interval for one, _ in shown)
        if seconds >= self.min_s:
            findings = [paper_finding(one, one.title) for one, _ in shown]
            return hit("doc_shown", findings, title=shown[0][0].title, seconds=figure(seconds))
        if shown:
            title = shown[0][0].title
            return miss("shown_briefly", title=title, seconds=figure(seconds), limit=figure(self.min_s))
        return _unless_unread(situation.case, scene, miss("doc_not_seen", title="、".join(self.text)))

    def likeness(self, title: str) -> float:
        """How alike `title` and the likest of the wanted ones are, 0..1."""
        return max(title_likeness(wanted, title) for wanted in self.text)


def title_likeness(wanted: str, title: str) -> float:
    """How much of the wanted title `title` holds, 0..1. A title shorter than the wanted one holds no more than its
    share.
    """
    first, second = _plain(wanted), _plain(title)
    if not first or not second:
        return 0.0
    return float(partial_ratio(first, second)) / 100 * min(1.0, len(second) / len(first))


class _Written(Operator):
    """Base of operators over acts of writing."""

    act: ClassVar[ActKind]

    def acts(self, case: Case) -> tuple[Scene, list[Act]] | Outcome:
        scene = scene_of(case)
        if isinstance(scene, Outcome):
            return scene
        if scene.acts is None:
            return not_measured("签字、抄写动作")
        return scene, [one for one in scene.acts if one.kind == self.act]


class Signing(_Written):
    """Somebody signs the paper `doc` before the camera for `min_s` seconds.

    `name_ocr`: the order's field that holds the name. One that cannot be read is a note, one that differs a miss.
    """

    key: ClassVar[str] = "signing"
    detector: ClassVar[Detector | None] = "writing"
    act: ClassVar[ActKind] = "signing"
    doc: Texts
    min_s: Seconds
    min_similarity: Share = 0.85
    name_ocr: OrderPath | None = None

    def look(self, situation: Situation) -> Outcome:
        found = self.acts(situation.case)
        if isinstance(found, Outcome):
            return found
        scene, signings = found
        long = [one for one in signings if one.interval.duration >= self.min_s]
        here = [one for one in long if self._signs(one)]
        findings = [_act_finding(one, "签字") for one in here or long]
        title = "、".join(self.doc)
        if here:
            return self._named(situation, here, findings, title)
        if any(not one.document for one in long):
            return unknown(Ruling("review", "signed_doc_unknown", {"title": title}), findings)
        return _unless_unread(situation.case, scene, miss("signing_not_seen", title=title))

    def _signs(self, act: Act) -> bool:
        return any(title_likeness(one, act.document) >= self.min_similarity for one in self.doc)

    def _named(self, situation: Situation, here: Sequence[Act], findings: list[Finding], title: str) -> Outcome:
        wanted = situation.view.value(self.name_ocr) if self.name_ocr else None
        notes: tuple[Note, ...] = ()
        if self.name_ocr is not None:
            read = [one.text for one in here if one.text]
            if wanted is None:
                notes = (note("not_compared", name="签名人"),)
            elif not read:
                notes = (note("signature_unreadable", title=title),)
            elif not any(_plain(str(wanted)) in _plain(text) for text in read):
                return miss("signature_differs", findings, title=title)
        return hit("signed", findings, notes=notes, title=title)


STRETCH_CHARS = 8
"""A clause is about so long: whether one was left out is told in stretches of it."""

TURNING = "不没未无非"
"""Without one of these a sentence says the opposite."""


class HandCopy(_Written):
    """The sentence `text` is copied by hand: `min_overlap` of its characters can be read back in order, and of every
    stretch of it too. Single characters are misread anywhere; a clause that is missing is missing in one place.
    """

    key: ClassVar[str] = "hand_copy"
    detector: ClassVar[Detector | None] = "writing"
    act: ClassVar[ActKind] = "copying"
    text: Annotated[str, Field(min_length=1)]
    min_overlap: Share
    min_s: NotNegative = 0.0

    def look(self, situation: Situation) -> Outcome:
        found = self.acts(situation.case)
        if isinstance(found, Outcome):
            return found
        scene, copied = found
        long = [one for one in copied if one.interval.duration >= self.min_s]
        return self.judged(long) if long else _unless_unread(situation.case, scene, miss("copy_not_seen"))

    def judged(self, copied: Sequence[Act]) -> Outcome:
        """What the best of one or more copies says."""
        best = max(copied, key=lambda one: self.overlap(one.text))
        share, least = self.overlap(best.text), self.least_overlap(best.text)
        findings = [_act_finding(best, f"抄写，读出 {percent(share)}{self._unread(best.text)}")]
        if not best.text or (least >= self.min_overlap and self._turned(best.text)):
            return unknown(Ruling("review", "copy_unreadable"), findings)
        if least >= self.min_overlap:
            return hit("copied", findings, share=percent(share))
        return miss("copied_partly", findings, share=percent(least, self.min_overlap), limit=percent(self.min_overlap))

    def overlap(self, text: str) -> float:
        """Share (0..1) of the wanted characters that `text` holds in the same order."""
        read = self._read(text)
        return sum(read) / len(read) if read else 0.0

    def least_overlap(self, text: str) -> float:
        """That of the stretch of the wanted sentence of which least is there; no more than that of all."""
        read = self._read(text)
        last = max(1, len(read) - STRETCH_CHARS + 1)
        stretches = [read[start : start + STRETCH_CHARS] for start in range(last)]
        return min([self.overlap(text), *(sum(one) / len(one) for one in stretches if one)])

    def _read(self, text: str) -> list[bool]:
        """For each of the wanted characters, whether `text` holds it."""
        wanted = _plain(self.text)
        found = [False] * len(wanted)
        for step in LCSseq.opcodes(wanted, _plain(text)):
            if step.tag == "equal":
                found[step.src_start : step.src_end] = [True] * (step.src_end - step.src_start)
        return found

    def _turned(self, text: str) -> bool:
        """Whether a character is missing without which the sentence says the opposite."""
        return any(one in TURNING and not read for one, read in zip(_plain(self.text), self._read(text), strict=True))

    def _unread(self, text: str) -> str:
        """The longest piece of the wanted sentence that `text` does not hold, in words; empty for single characters."""
        pieces = groupby(zip(_plain(self.text), self._read(text), strict=True), key=lambda one: one[1])
        missing = ["".join(one for one, _ in piece) for read, piece in pieces if not read]
        longest = max(missing, key=len, default="")
        return f"，没有读到“{longest}”" if text and (len(longest) > 1 or longest in TURNING) and longest else ""


def _act_finding(act: Act, matched: str) -> Finding:
    return span_finding(act.interval, matched, quote=act.document, how="ocr", score=act.score, at=act.seen, box=act.box)


class ClockOcr(Operator):
    """A clock in the picture was read twice or more, never runs back, and goes with the recording: in the time between
    the first and the last reading it drifts by no more than `max_drift_s` seconds.
    """

    key: ClassVar[str] = "clock_ocr"
    detector: ClassVar[Detector | None] = "paper"
    max_drift_s: Seconds

    def look(self, situation: Situation) -> Outcome:
        read = _clock(situation.case)
        if isinstance(read, Outcome):
            return read
        return miss("clock_missing") if len(read) < 2 else _wrong(read, self.max_drift_s) or _goes(read)


class ClockWrong(Operator):
    """The clock in the picture runs back, or drifts from the recording by more than `max_drift_s` seconds. Without a
    clock there is nothing to judge.
    """

    key: ClassVar[str] = "clock_wrong"
    max_drift_s: Seconds

    def look(self, situation: Situation) -> Outcome:
        read = _clock(situation.case)
        if isinstance(read, Outcome):
            return read
        if len(read) < 2:
            return not_applicable("clock_missing")
        wrong = _wrong(read, self.max_drift_s)
        return replace(wrong, state="hit") if wrong else replace(_goes(read), state="miss")


def _clock(case: Case) -> list[tuple[ClockReading, datetime]] | Outcome:
    """The readings in order of time; or why there are none."""
    scene = scene_of(case)
    if isinstance(scene, Outcome):
        return scene
    if scene.clocks is None:
        return not_measured("画面时间")
    return [(one, datetime.fromisoformat(one.reads)) for one in sorted(scene.clocks, key=lambda one: one.time)]


def _wrong(read: Sequence[tuple[ClockReading, datetime]], max_drift_s: float) -> Outcome | None:
    """A miss that says what is wrong with the clock; None where nothing is."""
    for (before, earlier), (after, later) in pairwise(read):
        if later < earlier:
            return miss("clock_runs_back", [_reading(before), _reading(after)], at=clock(after.time))
    (first, begun), (last, ended) = read[0], read[-1]
    drift = abs((ended - begun).total_seconds() - (last.time - first.time))
    if drift <= max_drift_s:
        return None
    seconds, limit = figure(drift, max_drift_s), figure(max_drift_s)
    return miss("clock_drifts", [_reading(first), _reading(last)], seconds=seconds, limit=limit)


def _goes(read: Sequence[tuple[ClockReading, datetime]]) -> Outcome:
    (first, _), (last, _) = read[0], read[-1]
    span = hull([Interval(first.time, last.time)])
    return hit("clock_goes", [_reading(first), _reading(last)], window=span, first=first.reads, last=last.reads)


def _reading(reading: ClockReading) -> Finding:
    return span_finding(Interval(reading.time, reading.time), reading.reads, quote=reading.reads, how="ocr")


OPERATORS = (CardShown, DocTitle, Signing, HandCopy, ClockOcr, ClockWrong)
