"""The heavy stages done ahead, in pieces and in any order, come to what one pass comes to, bit by bit."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from engine.ahead import Ahead, Outline
from engine.artifacts import Artifacts
from engine.evidence.file import pack
from engine.inspection import to_json
from engine.media.session import open_session
from engine.networks import Networks
from engine.order import Order
from engine.pipeline import Result, examine
from engine.settings import Settings
from tests.cluster.recordings import film


def small_pieces(folder: Path | None) -> Settings:
    """Settings that cut half a minute into several groups and views."""
    found = Settings(artifacts=str(folder) if folder else None)
    speech = replace(found.speech, recognition=replace(found.speech.recognition, window=5.0, batch=1))
    return found.model_copy(update={"speech": speech, "media": replace(found.media, view_s=6.0)})


@pytest.fixture(scope="module")
def networks() -> Iterator[Networks]:
    with Networks(small_pieces(None)) as opened:
        yield opened


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return film(tmp_path_factory.mktemp("media") / "long.mp4", 9.0, times=2)


@pytest.fixture(scope="module")
def whole(recording: Path, networks: Networks, tmp_path_factory: pytest.TempPathFactory) -> Result:
    return inspected(recording, networks, small_pieces(None), tmp_path_factory.mktemp("whole"))


def inspected(path: Path, networks: Networks, settings: Settings, work: Path) -> Result:
    with open_session([path], work, settings.media) as session:
        return examine(session, networks, settings=settings, ruleset="face_to_face")


def told(result: Result) -> dict[str, Any]:
    """The inspection without what differs from run to run."""
    found: dict[str, Any] = json.loads(to_json(result.inspection))
    for stage in found["stages"]:
        del stage["seconds"]
    return {name: value for name, value in found.items() if name not in ("created_at", "timings")}


def untimed(result: Result) -> bytes:
    evidence = result.evidence
    return pack(replace(evidence, stages=tuple(replace(stage, seconds=0.0) for stage in evidence.stages)))


def ahead(path: Path, networks: Networks, settings: Settings, work: Path, piece: str, number: int) -> Outline:
    """One piece, in a session of its own, as a worker does it."""
    with open_session([path], work, settings.media) as session:
        found = Ahead(session, networks, settings, Order())
        match piece:
            case "listen":
                found.listen([number])
            case "voices":
                found.tell_apart()
            case "look":
                found.look([number])
        return found.outline()


def test_pieces_in_any_order_come_to_what_one_pass_comes_to(
    recording: Path, networks: Networks, whole: Result, tmp_path: Path
) -> None:
    settings = small_pieces(tmp_path / "kept")
    outline = ahead(recording, networks, settings, tmp_path / "w", "nothing", 0)
    assert outline.groups >= 2
    assert outline.views >= 3
    assert outline.voices
    for number in reversed(range(outline.views)):
        ahead(recording, networks, settings, tmp_path / "w", "look", number)
    ahead(recording, networks, settings, tmp_path / "w", "voices", 0)
    for number in reversed(range(outline.groups)):
        ahead(recording, networks, settings, tmp_path / "w", "listen", number)
    done = sorted(path.name for path in (tmp_path / "kept").rglob("*.gz"))
    assert len(done) == outline.views + outline.groups + 2  # and the voices, and where somebody speaks
    finished = inspected(recording, networks, settings, tmp_path / "w")
    assert told(finished) == told(whole)
    assert untimed(finished) == untimed(whole)
    more = {path.name for path in (tmp_path / "kept").rglob("*.gz")} - set(done)
    # The text put together of its groups, and what only the whole survey or the words choose (moments, papers, mouths),
    # and what the sound was asked: nothing heavy twice.
    assert len(more) == 5


def test_some_pieces_alone_are_no_less_right(
    recording: Path, networks: Networks, whole: Result, tmp_path: Path
) -> None:
    settings = small_pieces(tmp_path / "kept")
    ahead(recording, networks, settings, tmp_path / "w", "look", 1)
    ahead(recording, networks, settings, tmp_path / "w", "listen", 0)
    assert told(inspected(recording, networks, settings, tmp_path / "w")) == told(whole)


def test_work_ahead_needs_a_place_for_what_it_finds(recording: Path, networks: Networks, tmp_path: Path) -> None:
    with (
        open_session([recording], tmp_path) as session,
        pytest.raises(ValueError, match="artifacts"),
    ):
        Ahead(session, networks, small_pieces(None), Order())


def test_artifacts_lie_on_any_storage(tmp_path: Path) -> None:
    place = f"file://{tmp_path}/remote"
    calls: list[int] = []

    def compute() -> tuple[int, ...]:
        calls.append(1)
        return (1, 2)

    for _ in range(2):
        assert Artifacts(place).recall(tuple[int, ...], "k" * 64, compute, lambda _: True) == (1, 2)
    assert calls == [1]
