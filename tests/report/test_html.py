"""The report: one file, safe with hostile text, complete in its links, true to scale."""

import base64
import hashlib
import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest

from engine.inspection import Inspection, Note, SceneSummary
from engine.interval import Interval
from engine.report import view
from engine.report.html import render
from engine.report.timeline import draw
from tests.report import sample

HOSTILE = '<script>alert("1")</script><img src=x onerror=alert(1)>\'"&</style>'
VOID = {"meta", "br", "img", "input", "link", "hr"}
INSIDE_SVG = {"path", "circle", "rect", "line"}


class Page(HTMLParser):
    """Elements with their attributes; complains of tags that do not match."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in INSIDE_SVG
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def all(self, name: str) -> list[str]:
        """Values of the attribute `name`."""
        return [attrs[name] or "" for _, attrs in self.elements if name in attrs]


@pytest.fixture(scope="module")
def page(written: tuple[Inspection, Path]) -> Page:
    return Page((written[1] / "report.html").read_text())


def test_it_is_one_well_formed_chinese_page(page: Page) -> None:
    assert ("html", {"lang": "zh-CN"}) in page.elements
    headings = [int(tag[1]) for tag, _ in page.elements if re.fullmatch(r"h\d", tag)]
    assert headings[0] == 1
    assert headings.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(headings))


def test_ids_are_unique_and_every_link_leads_somewhere(page: Page) -> None:
    ids = page.all("id")
    assert len(ids) == len(set(ids))
    targets = page.all("href") + [f"#{name}" for name in page.all("aria-labelledby") + page.all("for")]
    assert len(targets) > 100
    assert {target[1:] for target in targets} <= set(ids)


def test_nothing_is_loaded_from_elsewhere(page: Page, written: tuple[Inspection, Path]) -> None:
    text = (written[1] / "report.html").read_text()
    assert not re.search(r"(?:https?:)?//[\w.-]+\.\w", re.sub(r"data:[^\"]+", "", text))
    assert all(source.startswith("data:") for source in page.all("src"))
    assert not page.all("style")
    assert not [name for _, attrs in page.elements for name in attrs if name.startswith("on")]


def test_its_policy_allows_its_own_style_and_script_only(page: Page, written: tuple[Inspection, Path]) -> None:
    text = (written[1] / "report.html").read_text()
    policy = next(
        attrs["content"] for _, attrs in page.elements if attrs.get("http-equiv") == "Content-Security-Policy"
    )
    assert policy
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    for tag in ("style", "script"):
        body = re.search(rf"<{tag}>(.*?)</{tag}>", text, re.S)
        assert body
        digest = base64.b64encode(hashlib.sha256(body.group(1).encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy


def test_every_item_utterance_and_clip_is_there(page: Page) -> None:
    ids = set(page.all("id"))
    assert {f"item-{number + 1}" for number in range(len(sample.items()))} <= ids
    assert {f"u{number + 1}" for number in range(len(sample.LINES))} <= ids
    text = "".join(page.words)
    for item in sample.items():
        assert item.title in text
        assert item.reason in text
        assert not item.fix or item.fix in text
    for _, _, line, _ in sample.LINES:
        assert line in text
    assert sum(tag == "video" for tag, _ in page.elements) > 10


def test_the_conclusion_is_said_in_words(page: Page) -> None:
    text = "".join(page.words)
    for words in ("需人工复核", "37.5", "问题件", "违规承诺", "不合格", "待复核", "无法判定", "2 个项目需要人工复核"):
        assert words in text


def test_the_timeline_shows_whose_mouth_speaks_and_who_is_not_there_live(written: tuple[Inspection, Path]) -> None:
    text = (written[1] / "report.html").read_text()
    for words in ("投保人口型在动（0.97）", "画外发言", "有声音，画面中无人开口", "投保人画面静止（非实时）"):
        assert words in text, words


def hostile() -> Inspection:
    """The sample with markup wherever text comes from outside."""
    plain = sample.inspection()
    item = plain.items[6]
    finding = replace(item.evidence[0], quote=HOSTILE, matched=HOSTILE)
    concept = replace(item.concepts[0], name=HOSTILE, quote=HOSTILE, value=HOSTILE)
    assert item.answer is not None
    bad = replace(
        item,
        title=HOSTILE,
        reason=HOSTILE,
        fix=HOSTILE,
        evidence=(finding,),
        concepts=(concept,),
        answer=replace(item.answer, quote=HOSTILE),
        notes=(Note("x", HOSTILE),),
    )
    part = replace(plain.recording.parts[0], name=HOSTILE)
    return replace(
        plain,
        recording=replace(plain.recording, parts=(part,)),
        items=(bad,),
        utterances=(replace(plain.utterances[0], text=HOSTILE), *plain.utterances[1:]),
        order={"policy_no": HOSTILE, "products": [HOSTILE, {"full_name": HOSTILE}], "agent": [HOSTILE]},
        notes=(Note("x", HOSTILE),),
        reasons=(Note("x", HOSTILE),),
        engine=replace(plain.engine, parameters={HOSTILE: HOSTILE}),
    )


def test_hostile_text_stays_text(tmp_path: Path) -> None:
    text = render(hostile(), tmp_path)
    page = Page(text)
    assert sum(tag == "script" for tag, _ in page.elements) == 2
    assert not [attrs for _, attrs in page.elements if "onerror" in attrs]
    assert "<script>alert" not in text
    assert HOSTILE in "".join(page.words)


def test_files_beyond_the_budget_are_linked_and_counted(written: tuple[Inspection, Path]) -> None:
    inspection, folder = written
    text = render(inspection, folder, embedded_bytes=40_000)
    sources = Page(text).all("src")
    linked = {source for source in sources if not source.startswith("data:")}
    assert linked
    assert all((folder / source).is_file() for source in linked)
    assert f"另有 {len(linked)} 个" in text
    assert len(text) < 40_000 + len(render(inspection, folder, embedded_bytes=0))


@pytest.mark.parametrize("change", ["nothing", "no_picture", "no_items", "no_words", "no_order", "empty"])
def test_poor_recordings_still_make_a_report(tmp_path: Path, change: str) -> None:
    plain = sample.inspection()
    changes: dict[str, dict[str, object]] = {
        "nothing": {},
        "no_picture": {"scene": None},
        "no_items": {"items": ()},
        "no_words": {"utterances": (), "speakers": ()},
        "no_order": {"order": {}},
        "empty": {
            "items": (), "utterances": (), "speakers": (), "scene": SceneSummary(), "quality": {}, "notes": (),
            "stages": (),
            "recording": replace(plain.recording, parts=(), duration=0.0), "verdict": "unusable", "reasons": (),
        },
    }  # fmt: skip
    Page(render(replace(plain, **changes[change]), tmp_path))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("quote", "matched", "hit"),
    [
        ("您签收合同以后有一个由于期。", "犹豫期", "由于期"),
        ("请您亲比千名。", "亲笔签名", "亲比千名"),
        ("我们每年保证有收益", "保证有收益", "保证有收益"),
        ("今天天气不错", "犹豫期", None),
        ("好", "犹豫期", None),
        ("", "犹豫期", None),
    ],
)
def test_the_matched_part_of_a_quote_is_marked(quote: str, matched: str, hit: str | None) -> None:
    item = sample.items()[10]
    finding = replace(sample.spoken(5.0), quote=quote, matched=matched)
    alone = replace(sample.inspection(), items=(replace(item, evidence=(finding,)),), utterances=())
    pieces = view.cards(alone)[0].quotes[0].pieces
    assert "".join(piece.text for piece in pieces) == quote
    assert [piece.text for piece in pieces if piece.hit] == ([hit] if hit else [])


def test_words_of_one_utterance_are_quoted_together_in_their_sentence() -> None:
    inspection = sample.inspection()
    sentence = next(one for one in inspection.utterances if len(one.text) > 12)
    words = (sentence.text[:2], sentence.text[6:9])
    findings = tuple(
        replace(
            sample.spoken(sentence.start), start=sentence.start, end=sentence.end, quote=word, matched=word, score=score
        )
        for word, score in zip(words, (1.0, 0.7), strict=True)
    )
    item = replace(sample.items()[10], evidence=findings)
    (quote,) = view.cards(replace(inspection, items=(item,)))[0].quotes
    assert "".join(piece.text for piece in quote.pieces) == sentence.text
    assert [piece.text for piece in quote.pieces if piece.hit] == list(words)
    assert quote.weakest.score == 0.7


def test_the_timeline_is_to_scale() -> None:
    inspection = sample.inspection()
    drawing = draw(inspection, {index: index + 1 for index in range(len(inspection.items))})
    span = drawing.right - drawing.left
    for lane in drawing.lanes[:2]:
        for bar in lane.bars:
            assert bar.x == pytest.approx(drawing.left + span * bar.time / sample.DURATION, abs=0.02)
    agent = [Interval(one.start, one.end) for one in inspection.utterances if one.role == "agent"]
    assert [bar.width for bar in drawing.lanes[0].bars] == pytest.approx(
        [span * one.duration / sample.DURATION for one in agent], abs=0.03
    )
    assert all(drawing.left <= mark.x <= drawing.right and mark.y < drawing.height for mark in drawing.marks)


def test_marks_never_cover_each_other() -> None:
    inspection = sample.inspection()
    same = tuple(replace(inspection.items[0], id=f"i{number}") for number in range(30))
    drawing = draw(replace(inspection, items=same), {number: number + 1 for number in range(30)})
    places = [(mark.x, mark.y) for mark in drawing.marks]
    assert len(places) == 30
    for number, one in enumerate(places):
        for other in places[:number]:
            assert max(abs(one[0] - other[0]), abs(one[1] - other[1])) >= 2 * drawing.radius


def test_a_long_call_stays_drawable() -> None:
    inspection = sample.inspection()
    one = inspection.utterances[1]
    many = tuple(replace(one, id=number + 1, start=number * 1.0, end=number + 0.4) for number in range(7200))
    long = replace(inspection, utterances=many, recording=replace(inspection.recording, duration=7200.0))
    lane = draw(long, {}).lanes[0]
    assert len(lane.bars) <= 800
    assert all(bar.width >= 1 for bar in lane.bars)
