"""Rendered documents before a camera: which titles are found at which size, blur and angle, and none where none is.

Every trial is a short film of a room with two people in which one document is held; it goes the whole way, from the
search for text-like places to the title. A trial counts as readable where the characters of its title are at least
`READABLE_PX` high in the frame, foreshortening taken off, and the blur is at most `READABLE_BLUR` of that height: what
a person reads without guessing. The others are measured and reported, and are no fault.
"""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile
from math import cos, radians
from pathlib import Path

import numpy as np

from engine.evidence import PaperKind
from engine.interval import Interval
from engine.media.session import open_session
from engine.media.settings import MediaSettings
from engine.vision.paper_settings import PaperLimits
from engine.vision.papers import Papers, read_papers
from engine.vision.writing import find_acts
from eval.benchmarks import copying
from eval.benchmarks.figures import Figure
from eval.benchmarks.stage import FPS, Stage, glances
from eval.metrics.counts import Share
from eval.synth.desk import sheet_of
from eval.synth.papers import TITLE_PX
from eval.synth.script import HeldPaper
from models.palm_detector import PalmDetector
from models.text_reader import TextReader

TARGET = 0.95
READABLE_PX = 13.0
"""Height, in pixels of the frame, from which on the characters of a title are read without guessing."""

READABLE_BLUR = 0.12
"""Width of the blur (standard deviation), as a share of that height, up to which they still are."""

SEED = 61
SECONDS = 3.0
WIDTHS = (200, 320, 480)
BLURS = (0.0, 1.2, 3.0)
ANGLES = ((0.0, 0.0), (12.0, 0.0), (0.0, 35.0), (0.0, 55.0))
"""Turned in the picture, and about the upright axis, in degrees."""

TITLES: tuple[tuple[str, PaperKind, str], ...] = (
    ("人身保险投保提示书", "paper", "投保提示书"),
    ("远山安康终身寿险保险条款", "paper", "保险条款"),
    ("免除保险人责任条款的说明书", "paper", "责任免除说明书"),
    ("分红型产品说明书", "paper", "产品说明书"),
    ("保险销售人员执业证", "card", "执业证"),
    ("电子投保单", "screen", "投保单"),
)
LINES = ("第一条 本合同由保险单及所附条款构成。", "第二条 凡出生满二十八日的人均可投保。", "第三条 我们承担下列责任。",
         "第四条 自合同生效日零时起算。")  # fmt: skip
CARD_LINES = ("姓名：李静", "工号：10235", "有效期至：2028年05月31日")

LONGEST_FILM = 10.0
"""So much of a recording without papers is looked at."""

SIGNATURES = ("王秀兰", "赵桂芳", "李明")


@dataclass(frozen=True, slots=True)
class Trial:
    """One document in one pose."""

    title: str
    kind: PaperKind
    known_as: str
    width_px: int
    blur: float
    angle: float
    tilt: float

    @property
    def character_px(self) -> float:
        """Height of the title's characters in the frame; foreshortened where that is less."""
        held = HeldPaper.model_validate({"title": self.title, "kind": self.kind, "from": 0.0})
        sheet = sheet_of(held)
        height, width = sheet.image.shape[:2]
        size = min(TITLE_PX[(width, height)], width * 0.88 / len(self.title))
        return float(size * self.width_px / width * cos(radians(self.tilt)))

    @property
    def readable(self) -> bool:
        """Whether a person reads the title without guessing."""
        return self.character_px >= READABLE_PX and self.blur <= READABLE_BLUR * self.character_px


def measure(field: Path | None, trials: int) -> list[Figure]:
    """Titles of `trials` poses, drawn evenly from all; signatures; the sentence copied by hand; and titles invented in
    films without papers.
    """
    limits = PaperLimits()
    with TextReader() as reader, PalmDetector() as palms:
        return [
            *_titles(poses(trials), reader, limits),
            *_signatures(reader, palms, limits),
            *copying.measure(reader, palms, limits),
            *_invented(field, reader, limits),
        ]


def poses(trials: int) -> list[Trial]:
    """`trials` of all documents x sizes x blurs x angles, drawn by lot, the same every time."""
    every = [
        Trial(title, kind, known_as, width, blur, angle, tilt)
        for width in WIDTHS
        for blur in BLURS
        for angle, tilt in ANGLES
        for title, kind, known_as in TITLES
    ]
    chosen = np.random.default_rng(SEED).permutation(len(every))[:trials]
    return [every[place] for place in sorted(chosen.tolist())]


def _titles(trials: Sequence[Trial], reader: TextReader, limits: PaperLimits) -> Iterator[Figure]:
    readable, other, wrong = Share.zero(), Share.zero(), 0
    by_width = {width: Share.zero() for width in WIDTHS}
    for trial in trials:
        print(f"  {trial.title} {trial.width_px} px", file=sys.stderr)
        found = _read(Stage(SECONDS, [_held(trial)]), reader, limits)
        titles = {one.title for one in found.papers if one.title}
        hit = Share(int(trial.known_as in titles), 1)
        wrong += len(titles - {trial.known_as})
        if trial.readable:
            readable += hit
            by_width[trial.width_px] += hit
        else:
            other += hit
    sizes = ", ".join(f"{width} px {one.right}/{one.total}" for width, one in by_width.items())
    told = f"{readable.right}/{readable.total}; {sizes}"
    yield Figure("titles found, readable", readable.value, "", TARGET, "at_least", told)
    yield Figure("titles found, hardly readable", other.value, "", note=f"{other.right}/{other.total}")
    yield Figure("titles taken for others", float(wrong), "", 0.0, "at_most", f"{len(trials)} films")


def _held(trial: Trial) -> dict[str, object]:
    lines = CARD_LINES if trial.kind == "card" else LINES
    return {
        "title": trial.title, "kind": trial.kind, "lines": list(lines), "from": 0.0, "until": SECONDS, "x": 0.52,
        "y": 0.6, "width_px": trial.width_px, "blur": trial.blur, "angle": trial.angle, "tilt": trial.tilt,
    }  # fmt: skip


def _read(stage: Stage, reader: TextReader, limits: PaperLimits) -> Papers:
    seen = list(glances((stage.at(n / FPS) for n in range(int(stage.seconds * FPS))), limits))
    return read_papers(seen, stage.at, reader, limits, stage.seconds, lambda _done, _total: None)


def _signatures(reader: TextReader, palms: PalmDetector, limits: PaperLimits) -> Iterator[Figure]:
    """Signatures written on documents of three sizes, and documents that are held as long without one."""
    seen, named, quiet = Share.zero(), Share.zero(), Share.zero()
    for width in (320, 420, 560):
        for number, name in enumerate(SIGNATURES):
            for signs in (True, False):
                writing = [{"text": name, "from": 2.0, "seconds": 1.5, "hand": number != 1}] if signs else []
                paper = {"title": TITLES[number][0], "lines": list(LINES), "from": 0.0, "until": 6.0, "x": 0.52,
                         "y": 0.85, "width_px": width, "writing": writing}  # fmt: skip
                stage = Stage(6.0, [paper])
                places = _read(stage, reader, limits).places
                acts = find_acts(places, stage.at, reader, lambda: palms, limits, stage.seconds)
                if not signs:
                    quiet += Share(int(not acts), 1)
                    continue
                hit = bool(acts) and acts[0].interval.overlap(Interval(2.0, 3.5)) > 0
                seen += Share(int(hit), 1)
                named += Share(int(hit and acts[0].text == name), 1)
    yield Figure("signatures seen being written", seen.value, "", note=f"{seen.right}/{seen.total}, close-ups only")
    yield Figure("their names read", named.value, "", note=f"{named.right}/{named.total}, drawn with a font")
    yield Figure("papers held that nobody signs", quiet.value, "", TARGET, "at_least", f"{quiet.right}/{quiet.total}")


def _invented(field: Path | None, reader: TextReader, limits: PaperLimits) -> Iterator[Figure]:
    """Titles and clocks found in the recordings of `field`, which show none."""
    invented, films = 0, 0
    for path in sorted(field.iterdir()) if field else ():
        with open_session([path], path.parent, MediaSettings()) as session:
            if session.media.has_video and session.media.duration >= 1.0:
                seconds = min(session.media.duration, LONGEST_FILM)
                frames = takewhile(lambda frame: frame.time < LONGEST_FILM, session.frames(FPS))
                seen = list(glances(frames, limits))
                found = read_papers(seen, session.frame_at, reader, limits, seconds, lambda _done, _total: None)
                invented += len({one.title for one in found.papers if one.title}) + bool(found.clocks)
                films += 1
    if films:
        yield Figure("titles or clocks in films without any", float(invented), "", 0.0, "at_most", f"{films} films")
