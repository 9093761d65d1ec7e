"""The committed demo sessions, inspected with the real networks through the command line, as a user would."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from api.cli.main import main
from engine.evidence.file import unpack
from engine.inspection import from_json
from engine.order import read_order
from engine.rules import evaluate, load

SESSIONS = ("clean", "faulty")

pytestmark = pytest.mark.timeout(1800)  # whole inspections, also on a machine that is busy


@dataclass(frozen=True)
class Inspected:
    status: int
    folder: Path
    truth: dict[str, Any]
    media: Path

    @property
    def inspection(self) -> dict[str, Any]:
        return json.loads((self.folder / "inspection.json").read_text(encoding="utf-8"))


def run(root: Path, out: Path, name: str) -> Inspected:
    media = root / "eval" / "synth" / "demo" / f"{name}.mp4"
    status = main(["inspect", str(media), "--out", str(out)])
    truth = json.loads(media.with_suffix(".truth.json").read_text(encoding="utf-8"))
    return Inspected(status, out / name, truth, media)


@pytest.fixture(scope="module")
def inspected(root: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Inspected]:
    out = tmp_path_factory.mktemp("out")
    return {name: run(root, out, name) for name in SESSIONS}


@pytest.mark.parametrize("name", SESSIONS)
def test_every_verdict_equals_the_truth(inspected: dict[str, Inspected], name: str) -> None:
    one = inspected[name]
    found = {item["id"]: item["verdict"] for item in one.inspection["items"]}
    assert {item: found[item] for item in one.truth["items"]} == one.truth["items"]
    assert one.inspection["verdict"] == one.truth["verdict"]
    assert one.status == {"clear": 0, "flagged": 1}[one.truth["verdict"]]


@pytest.mark.parametrize("name", SESSIONS)
def test_every_finding_names_its_proof(inspected: dict[str, Inspected], name: str) -> None:
    one = inspected[name]
    for item in one.inspection["items"]:
        for finding in item["evidence"]:
            assert 0 <= finding["start"] <= finding["end"] <= one.inspection["recording"]["duration"]
        proofs = [finding for finding in item["evidence"] if finding["clip"]]
        assert bool(proofs) == bool(item["evidence"])
        for finding in item["evidence"] if item["kind"] in ("disclosure", "forbidden") else proofs:
            assert (one.folder / finding["clip"]).stat().st_size > 1000
            assert (one.folder / finding["frame"]).stat().st_size > 1000
        if item["kind"] == "disclosure" and item["verdict"] == "pass":
            assert item["evidence"]
            assert item["basis"]


@pytest.mark.parametrize("name", SESSIONS)
def test_speakers_and_people_get_their_roles(inspected: dict[str, Inspected], name: str) -> None:
    inspection = inspected[name].inspection
    assert sorted(one["role"] for one in inspection["speakers"]) == ["agent", "customer"]
    assert len(inspection["scene"]["people"]) == 2
    assert inspection["scene"]["same_frame_share"] > 0.9


@pytest.mark.parametrize("name", SESSIONS)
def test_stored_evidence_gives_the_same_items_without_the_media(inspected: dict[str, Inspected], name: str) -> None:
    one = inspected[name]
    evidence = unpack((one.folder / "evidence.json.gz").read_bytes())
    judged = evaluate(evidence, load("face_to_face"), read_order(one.media.with_suffix(".order.json")))
    again = {item.id: (item.verdict, item.reason, item.confidence) for item in judged.items}
    assert again == {i["id"]: (i["verdict"], i["reason"], i["confidence"]) for i in one.inspection["items"]}


def test_the_result_reads_back(inspected: dict[str, Inspected]) -> None:
    text = (inspected["faulty"].folder / "inspection.json").read_bytes()
    assert from_json(text).verdict == "flagged"


def test_a_second_run_differs_in_times_ids_and_dates_only(
    root: Path, tmp_path: Path, inspected: dict[str, Inspected]
) -> None:
    def settled(inspection: dict[str, Any]) -> dict[str, Any]:
        kept = {key: value for key, value in inspection.items() if key not in ("id", "created_at", "timings")}
        kept["stages"] = [{**stage, "seconds": 0} for stage in kept["stages"]]
        return kept

    again = run(root, tmp_path, "faulty")
    assert settled(again.inspection) == settled(inspected["faulty"].inspection)
    first, second = (one.folder / "evidence.json.gz" for one in (again, inspected["faulty"]))
    assert _without_times(first) == _without_times(second)


def _without_times(path: Path) -> Any:
    from dataclasses import replace

    evidence = unpack(path.read_bytes())
    return replace(evidence, stages=tuple(replace(stage, seconds=0.0) for stage in evidence.stages))
