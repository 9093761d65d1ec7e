"""The risk sentence copied by hand before the camera: what the whole way says of it, from film to rule.

A sheet with the printed sentence lies on the table, the copy comes into being under a moving hand, and the sheet is
held up, still, for two seconds. Copied in full and legibly it should pass; whatever else happens must not: a part left
out, another sentence, nothing but the print, a name, or a copy too small or too blurred to be read.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass

from engine.evidence import Act
from engine.rules.operators.papers import HandCopy
from engine.vision.paper_settings import PaperLimits
from engine.vision.papers import read_papers
from engine.vision.writing import find_acts
from eval.benchmarks.figures import Figure
from eval.benchmarks.stage import FPS, Stage, glances
from eval.metrics.counts import Share
from models.palm_detector import PalmDetector
from models.text_reader import TextReader

SENTENCE = "本人已阅读保险条款、产品说明书和投保提示书，了解本产品的特点和保单利益的不确定性。"
RULE = HandCopy(text=SENTENCE, min_overlap=0.6)
"""As in configs/rulesets/parts/shown.yaml."""

PRINT = (
    "尊敬的客户：人身保险产品具有一定的专业性和复杂性，请您认真阅读。",
    "一、请您确认保险机构的合法资格。",
    "二、请您根据实际保险需求选择产品。",
    "三、请您详细了解条款内容。",
    "请抄录以下语句：" + SENTENCE,
)
LEFT_OUT = ("保险条款、", "产品说明书和", "和保单利益的不确定性")
OTHER = "今天天气很好我和家人一起去公园散步回家以后吃饭看电视然后休息"
STYLES: tuple[int, ...] = (0, 1, 2)
NEAR = ((420, 640), (300, 420))
"""Widths of the sheet on the table and held up, in pixels of a 720p frame."""

BEGIN, SECONDS, REST, UP = 1.5, 8.0, 1.5, 2.8
"""When the writing begins, how long it takes, what follows before the sheet is held up, and for how long it is."""


@dataclass(frozen=True, slots=True)
class Copy:
    """One film: what is written (nothing: ""), in which hand, how wide the sheet is on the table and held up (None: it
    is not), its blur, and how it is turned and foreshortened.
    """

    text: str
    style: int = 0
    width: int = 420
    up: int | None = 640
    blur: float = 0.0
    angle: float = 0.0
    tilt: float = 0.0
    seconds: float = SECONDS


@dataclass(frozen=True, slots=True)
class Seen:
    """What was made of a film: the acts of writing, and whether the rule passes."""

    acts: tuple[Act, ...]
    passes: bool
    overlap: float


def stage(copy: Copy) -> Stage:
    """The film."""
    up_at = BEGIN + copy.seconds + REST
    writing = [{"text": copy.text, "kind": "copying", "from": BEGIN, "seconds": copy.seconds, "style": copy.style}]
    paper: dict[str, object] = {
        "title": "人身保险投保提示书", "lines": PRINT, "from": 0.0, "until": up_at + UP, "y": 0.72, "blur": copy.blur,
        "width_px": copy.width, "angle": copy.angle, "tilt": copy.tilt, "writing": writing if copy.text else [],
    }  # fmt: skip
    if copy.up is not None:
        paper["raised"] = {
            "after_s": up_at, "width_px": copy.up, "blur": copy.blur, "angle": -copy.angle / 2, "tilt": -copy.tilt / 2,
        }  # fmt: skip
    return Stage(up_at + UP + 0.2, [paper])


def inspect(copy: Copy, reader: TextReader, palms: PalmDetector, limits: PaperLimits) -> Seen:
    """The film looked at, read and judged."""
    shown = stage(copy)
    seen = list(glances((shown.at(n / FPS) for n in range(int(shown.seconds * FPS))), limits))
    places = read_papers(seen, shown.at, reader, limits, shown.seconds, lambda _done, _total: None).places
    acts = find_acts(places, shown.at, reader, lambda: palms, limits, shown.seconds)
    copied = [one for one in acts if one.kind == RULE.act]
    overlap = max((RULE.overlap(one.text) for one in copied), default=0.0)
    return Seen(acts, bool(copied) and RULE.judged(copied).state == "hit", overlap)


def films() -> Iterator[tuple[str, bool, Copy]]:
    """Every film: its kind, whether it should pass, and what is in it."""
    for style in STYLES:
        for width, up in NEAR:
            yield "copied in full", True, Copy(SENTENCE, style, width, up)
        yield "copied in full, turned and foreshortened", True, Copy(SENTENCE, style, angle=8.0, tilt=25.0)
        yield "copied in full, not held up", True, Copy(SENTENCE, style, up=None)
        yield "a part left out", False, Copy(SENTENCE.replace(LEFT_OUT[style], ""), style)
        yield "a part left out", False, Copy(SENTENCE.replace(LEFT_OUT[style], ""), style, 300, 420)
        yield "the 不 left out", False, Copy(SENTENCE.replace("不", ""), style)
        yield "another sentence", False, Copy(OTHER, style)
        yield "a name, no copy", False, Copy("王秀兰", style, seconds=2.0)
        yield "too small", False, Copy(SENTENCE, style, 140, 180)
        yield "too blurred", False, Copy(SENTENCE, style, 320, 320, blur=2.2)
    for width, up in NEAR:
        yield "printed only", False, Copy("", 0, width, up)
        yield "printed only", False, Copy("", 0, width, up, angle=8.0, tilt=25.0)


def measure(reader: TextReader, palms: PalmDetector, limits: PaperLimits) -> Iterator[Figure]:
    """How many films of each kind pass, and whether a sentence that nobody can read is ever called a signature."""
    passed: dict[tuple[str, bool], Share] = {}
    overlaps: list[float] = []
    signed = 0
    for kind, good, copy in films():
        print(f"  {kind} {copy.width} px", file=sys.stderr)
        seen = inspect(copy, reader, palms, limits)
        passed[kind, good] = passed.get((kind, good), Share.zero()) + Share(int(seen.passes), 1)
        overlaps += [seen.overlap] if good else []
        signed += len(copy.text) > limits.copy_least_chars and any(one.kind == "signing" for one in seen.acts)
    for (kind, good), share in passed.items():
        note = f"{share.right}/{share.total} pass"
        if good:
            yield Figure(f"copying: {kind}", share.value, "", note=note)
        else:
            yield Figure(f"copying: {kind}", float(share.right), "", 0.0, "at_most", note)
    mean = sum(overlaps) / len(overlaps)
    yield Figure("copying: characters read of full copies", mean, "", note=f"at least {min(overlaps):.2f}; a font's")
    yield Figure("copying: sentences taken for signatures", float(signed), "", 0.0, "at_most")
