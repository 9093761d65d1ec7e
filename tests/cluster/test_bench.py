"""What a worker does, without Ray: whatever goes wrong becomes an answer, and no name leads out of its folder."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.cluster.bench import Bench
from engine.cluster.course import _shared
from engine.cluster.dispatcher import is_dead_here, own_name
from engine.cluster.limits import resident
from engine.cluster.tasks import Fault, File, Inspect, Made, Pieces, Plan, Recording, Render, Rules, Stopped
from engine.inspection import from_json
from engine.report.output import EVIDENCE_FILE, INSPECTION_FILE
from engine.rules.texts import built_in
from engine.settings import Settings
from engine.store.blobs import Blobs
from tests.cluster.recordings import short

TALK = [
    {"role": "agent", "text": "您好，我是安康人寿的业务员，现在为您录音，您同意吗？"},
    {"role": "customer", "text": "同意。"},
]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(store={"folder": tmp_path / "data"})


@pytest.fixture
def bench(settings: Settings) -> Iterator[Bench]:
    with Bench(settings) as opened:
        yield opened


@pytest.fixture
def chat(settings: Settings, tmp_path: Path) -> str:
    """A blob that holds a text record."""
    path = tmp_path / "talk.json"
    path.write_text(json.dumps({"utterances": TALK}), encoding="utf-8")
    return Blobs(settings.store).put(path).sha256


def inspect(blob: str, name: str = "talk.json", rules: Rules | None = None) -> Inspect:
    return Inspect(Recording((File(blob, name),), {"scenario": "telesales"}), rules or Rules())


def test_products_wait_until_they_are_stored(bench: Bench, settings: Settings, chat: str) -> None:
    made = bench.work("t1", inspect(chat))
    assert isinstance(made, Made)
    blobs = Blobs(settings.store)
    result, evidence = made.named(INSPECTION_FILE), made.named(EVIDENCE_FILE)
    assert not blobs.exists(result.sha256)
    assert bench.store("t1") is None
    assert blobs.size(result.sha256) == result.bytes
    assert blobs.check(evidence.sha256)
    with blobs.open(result.sha256) as file:
        assert from_json(file.read()).ruleset.id == "telesales"
    assert bench.state().done == 1


def test_what_is_dropped_leaves_nothing(bench: Bench, settings: Settings, chat: str) -> None:
    bench.work("t1", inspect(chat))
    bench.drop("t1")
    place = next((settings.store.folder / "work").iterdir())
    assert list(place.iterdir()) == []
    assert [blob.sha256 for blob in Blobs(settings.store).all()] == [chat]


@pytest.mark.parametrize(
    "name",
    ["../../../etc/passwd.json", "/etc/passwd.json", "..\\..\\x.json", ".json", "a/b/talk.json", "长" * 200 + ".json"],
)
def test_no_file_name_leads_out_of_the_folder(bench: Bench, chat: str, name: str) -> None:
    made = bench.work("t1", inspect(chat, name))
    assert isinstance(made, Made | Fault)
    if isinstance(made, Fault):
        assert made.code.startswith("media_")
    else:
        assert all(not one.path.startswith(("/", "..")) for one in made.products)


@pytest.mark.parametrize(
    ("task", "code", "passing"),
    [
        (inspect("0" * 64), "blob_missing", False),
        (inspect("0" * 63 + "/"), "blob_missing", False),
        (Render(((0, File("0" * 64, "a.mp4")),)), "blob_missing", False),
    ],
)
def test_faults_are_answers(bench: Bench, task: Inspect, code: str, passing: bool) -> None:
    answer = bench.work("t1", task)
    assert isinstance(answer, Fault)
    assert (answer.code, answer.passing) == (code, passing)


def test_a_file_that_is_no_recording_is_a_fault(bench: Bench, settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_bytes(b"nothing of the kind")
    blob = Blobs(settings.store).put(tmp_path / "a.mp4").sha256
    answer = bench.work("t1", inspect(blob, "a.mp4"))
    assert isinstance(answer, Fault)
    assert answer.code == "media_not_media"
    assert not answer.passing


def test_content_that_is_not_what_its_name_says_is_a_fault(bench: Bench, settings: Settings, chat: str) -> None:
    path = settings.store.folder / "blobs" / chat[:2] / chat
    path.write_text(json.dumps({"utterances": TALK[:1]}), encoding="utf-8")
    answer = bench.work("t1", inspect(chat))
    assert isinstance(answer, Fault)
    assert answer.code == "blob_corrupt"


def test_rule_sets_that_people_published_come_first(bench: Bench, settings: Settings, chat: str) -> None:
    text = built_in("telesales")
    assert text is not None
    changed = text.replace("version:", "version: published-", 1) if "version:" in text else text
    first, second = (
        bench.work("t1", inspect(chat)),
        bench.work("t2", inspect(chat, rules=Rules(published=(("telesales", changed),)))),
    )
    assert isinstance(first, Made)
    assert isinstance(second, Made)
    assert first.named(INSPECTION_FILE).sha256 != second.named(INSPECTION_FILE).sha256
    unknown = bench.work("t3", inspect(chat, rules=Rules(ruleset="nobody")))
    assert isinstance(unknown, Fault)
    assert unknown.code == "ruleset_unknown"


def test_a_task_that_was_cancelled_before_it_began_stops(bench: Bench, chat: str) -> None:
    bench.cancel("t1")
    assert isinstance(bench.work("t1", inspect(chat)), Stopped)
    assert isinstance(bench.work("t2", inspect(chat)), Made)


def test_a_text_record_has_no_pieces(bench: Bench, chat: str) -> None:
    assert bench.work("t1", Plan(Recording((File(chat, "talk.json"),)))) == Pieces(pytest.approx(6, abs=6), 0, False, 0)


def test_what_plays_needs_no_copy(bench: Bench, settings: Settings, tmp_path: Path) -> None:
    blob = Blobs(settings.store).put(short(tmp_path, 0)).sha256
    made = bench.work("t1", Render(((0, File(blob, "a.wav")),)))
    assert made == Made()


def test_folders_of_dead_processes_go(settings: Settings) -> None:
    whole = settings.store.folder / "work"
    whole.mkdir(parents=True)
    (whole / "999999999-gone").mkdir()
    (whole / f"{os.getpid()}-ours").mkdir()
    with Bench(settings):
        assert sorted(path.name.split("-")[0] for path in whole.iterdir()) == [str(os.getpid())] * 2


CONFINED = """
from engine.cluster.limits import confine
confine(1024**3)
try:
    bytearray(2 * 1024**3)
except MemoryError:
    print("refused")
import resource
print(resource.getrlimit(resource.RLIMIT_CORE))
"""


def test_a_process_gets_no_more_memory_than_it_may_have(root: Path) -> None:
    done = subprocess.run([sys.executable, "-c", CONFINED], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[:2] == ["refused", "(0, 0)"]


def test_memory_of_a_process_is_seen() -> None:
    assert resident() > 1024**2
    assert resident(999_999_999) == 0


def test_a_name_tells_whether_its_process_lives() -> None:
    assert not is_dead_here(own_name())
    host, _, _ = own_name().partition(":")
    assert is_dead_here(f"{host}:999999999:5")
    assert is_dead_here(f"{host}:{os.getpid()}:0")
    assert not is_dead_here("another-machine:1:5")


@pytest.mark.parametrize(("count", "hands"), [(0, 2), (1, 2), (5, 2), (7, 3), (3, 8), (4, 0)])
def test_numbers_are_shared_among_hands(count: int, hands: int) -> None:
    shares = _shared(count, hands)
    assert [number for share in shares for number in share] == (list(range(count)) if hands else [])
    assert len(shares) <= max(hands, 0)
    assert all(shares)
    assert not shares or max(map(len, shares)) - min(map(len, shares)) <= 1
