"""Papers in the result: boxes on key frames, their pictures, and nothing of a card where data are hidden."""

from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from engine.evidence import Box, Paper, PaperField
from engine.inspection import PaperSummary, SceneSummary
from engine.interval import Interval
from engine.report.clips import BOX_COLOUR, ClipSettings, to_jpeg
from engine.report.crops import cut_papers, inside
from engine.summary import scene as summarise
from tests.report import sample
from tests.rules.operators.measuring import scene

SETTINGS = ClipSettings()
BOX = (0.25, 0.5, 0.5, 0.25)


@dataclass
class Still:
    """Footage that shows one picture all the time."""

    image: np.ndarray

    def frame_at(self, time: float) -> "Still":  # noqa: ARG002
        return self

    def cut(self, interval: Interval, target: Path) -> Path:  # noqa: ARG002
        raise AssertionError("no clip is wanted")


@pytest.fixture
def footage() -> Still:
    picture = np.full((400, 800, 3), 200, np.uint8)
    picture[200:300, 200:600] = (10, 120, 10)
    return Still(picture)


def shown(*papers: PaperSummary):
    return replace(sample.inspection(), scene=SceneSummary((), None, papers))


def test_each_paper_gets_its_picture(footage: Still, tmp_path: Path) -> None:
    papers = (PaperSummary(1.0, 2.0, "投保提示书", "", "paper", 0.9, 1.5, BOX), PaperSummary(3.0, 4.0, "", ""))
    cut = cut_papers(shown(*papers), footage, tmp_path, SETTINGS)
    assert cut.scene is not None
    first, second = cut.scene.papers
    assert second.crop is None
    assert first.crop == "frames/paper-01.jpg"
    picture = cv2.imread(str(tmp_path / first.crop))
    assert picture.shape[1] / picture.shape[0] == pytest.approx(4.0, abs=0.1)
    assert picture.mean(axis=(0, 1)) == pytest.approx((10, 120, 10), abs=8)


def test_cards_are_left_out_where_personal_data_are_hidden(footage: Still, tmp_path: Path) -> None:
    papers = tuple(PaperSummary(1.0, 2.0, "证", "", kind, 0.9, 1.5, BOX) for kind in ("card", "paper"))
    cut = cut_papers(shown(*papers), footage, tmp_path, SETTINGS, with_cards=False)
    assert cut.scene is not None
    assert [one.crop for one in cut.scene.papers] == [None, "frames/paper-02.jpg"]


def test_a_box_outside_the_picture_has_no_picture() -> None:
    image = np.zeros((10, 10, 3), np.uint8)
    assert inside(image, (1.2, 0.0, 0.5, 0.5)) is None
    assert inside(image, (0.5, 0.5, 2.0, 2.0)).shape == (5, 5, 3)


def test_boxes_are_drawn_on_key_frames() -> None:
    plain = np.full((200, 400, 3), 255, np.uint8)
    data = np.frombuffer(to_jpeg(plain, SETTINGS, [BOX]), np.uint8)
    drawn = cv2.cvtColor(cv2.imdecode(data, cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB)
    assert np.abs(drawn[100, 150:250].astype(int) - BOX_COLOUR).mean() < 60
    assert drawn[50, 50].min() > 240
    assert plain.min() == 255


def test_names_and_numbers_of_cards_are_hidden_in_the_result() -> None:
    card = Paper(
        Interval(1.0, 4.0), "居民身份证", "姓名王秀兰\n公民身份号码11010519491231002X", "card",
        (PaperField("name", "王秀兰"), PaperField("id_number", "11010519491231002X")), 0.9, Box(*BOX), 2.0,
    )  # fmt: skip
    found = summarise(scene(papers=(card,)))
    assert found is not None
    (told,) = found.papers
    assert "王秀兰" not in told.text
    assert "11010519491231002X" not in told.text
    assert told.text.startswith("姓名王**")
    assert (told.kind, told.box, told.seen) == ("card", BOX, 2.0)
