"""Real speech, faces and odd media beside the project: nothing crashes, and nothing unrelated to insurance passes."""

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.errors import MingjianError
from engine.inspection import Inspection
from engine.media.session import open_session
from engine.networks import Networks
from engine.pipeline import examine
from engine.settings import load_settings

KINDS = ("mandarin_single", "mandarin_dialogue", "talking_video", "odd_media", "faces", "documents")
SAMPLE = (
    "mandarin_single/MOSS-TTSD__pod_m_enhanced.wav",
    "mandarin_single/FireRedASR__TEST_NET_Y0000000000_-KTKHdZ2fb8_S00000.wav",
    "mandarin_dialogue/FireRedASR__TEST_MEETING_T0000000001_S00000.wav",
    "talking_video/video-retalking__1.mp4",
    "odd_media/faster-whisper__stereo_diarization.wav",
    "odd_media/FunASR__header_only_46B.wav",
    "odd_media/decord__corrupted.mp4",
)


pytestmark = pytest.mark.timeout(1800)


@pytest.fixture(scope="module")
def networks() -> Iterator[Networks]:
    with Networks(load_settings()) as opened:
        yield opened


def inspect(path: Path, networks: Networks, workdir: Path) -> Inspection | None:
    """The inspection, or None for what one coded error refuses."""
    settings = load_settings()
    try:
        with open_session([path], workdir, settings.media) as session:
            return examine(session, networks, settings=settings, ruleset="face_to_face").inspection
    except MingjianError as error:
        if not error.code.startswith("media_"):
            raise
        return None


def judge(path: Path, networks: Networks, workdir: Path) -> None:
    inspection = inspect(path, networks, workdir)
    if inspection is None:
        return
    passed = [item.id for item in inspection.items if item.kind == "disclosure" and item.verdict == "pass"]
    assert passed == [], path.name
    assert [stage for stage in inspection.stages if stage.status == "failed"] == [], path.name
    assert inspection.verdict != "clear", path.name


@pytest.mark.parametrize("name", SAMPLE)
def test_a_sample_of_the_field(field: Path, networks: Networks, tmp_path: Path, name: str) -> None:
    judge(field / name, networks, tmp_path)


@pytest.mark.full
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("kind", KINDS)
def test_the_whole_field(field: Path, networks: Networks, tmp_path: Path, kind: str) -> None:
    with (field / "index.tsv").open(encoding="utf-8", newline="") as index:
        names = [row["file"] for row in csv.DictReader(index, delimiter="\t", quoting=csv.QUOTE_NONE)]
    for name in names:
        if name.startswith(kind + "/"):
            judge(field / name, networks, tmp_path)
