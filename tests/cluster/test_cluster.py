"""Jobs through Ray: the same verdict as on one core, and nothing lost when processes die, stop or are told to."""

import json
from pathlib import Path
from typing import Any

import pytest

from engine.inspection import Inspection, to_json
from engine.order import parse_order
from engine.pipeline import inspect_media
from engine.report.output import EVIDENCE_FILE
from engine.store import events, inspections, jobs
from engine.store.jobs import NewJob
from tests.cluster.house import House, kill, now, settings_of, until
from tests.cluster.recordings import film, short

pytestmark = [pytest.mark.timeout(900), pytest.mark.usefixtures("ray_here")]

ONE = {"least": 0, "most": 1, "cpus": 1}
POOLS: dict[str, Any] = {"layout": "pools"} | dict.fromkeys(("speech", "diarization", "vision", "finish"), ONE)


def told(inspection: Inspection) -> dict[str, Any]:
    """What an inspection says, without what differs from run to run: times, and the clips that only files have."""
    found: dict[str, Any] = json.loads(to_json(inspection))
    found["stages"] = [
        {name: value for name, value in stage.items() if name != "seconds"}
        for stage in found["stages"]
        if stage["name"] != "report"
    ]
    for item in found["items"]:
        for finding in item["evidence"]:
            finding["clip"] = finding["frame"] = None
    for paper in (found["scene"] or {}).get("papers", ()):
        paper["crop"] = None
    return {name: value for name, value in found.items() if name not in ("created_at", "timings")}


def test_cluster_and_command_line_say_the_same(house: House, tmp_path: Path) -> None:
    path = film(tmp_path / "sale.mp4", 8.0)
    session = house.add(path, scenario="face_to_face")
    again = house.add(path, 1, scenario="face_to_face")
    alone = told(inspect_media(path, order=parse_order({"scenario": "face_to_face", "policy_no": "P0"})).inspection)
    with house.dispatching() as dispatcher:
        until(lambda: house.session(session).state == "inspected" and house.session(again).state == "inspected")
        assert dispatcher.ended["failed"] == 0
    assert told(house.result(session)) == alone
    with house.store.database.reading() as s:
        kinds = [event.kind for event in events.after(s, 0, session_id=session, limit=100)]
        files = inspections.files(s, house.inspected(session)[0].id)
    assert kinds[0] == "queued"
    assert "stage" in kinds
    assert "inspected" in kinds
    assert "report.html" in files
    assert EVIDENCE_FILE not in files
    assert house.orphans() == ()


def test_pools_of_workers_say_the_same(house: House, tmp_path: Path) -> None:
    path = film(tmp_path / "sale.mp4", 8.0)
    session = house.add(path, scenario="face_to_face")
    alone = told(inspect_media(path, order=parse_order({"scenario": "face_to_face", "policy_no": "P0"})).inspection)
    with house.dispatching(settings_of(house.settings.store.folder, **POOLS)):
        until(lambda: house.session(session).state == "inspected")
        pools = {name.rsplit("/")[-1].split("-")[0] for name in until(lambda: house.workers())}
    assert told(house.result(session)) == alone
    assert pools == {"speech", "diarization", "vision", "finish"}
    stages = {stage.name: stage.seconds for stage in house.result(session).stages}
    assert stages["vision"] < 1.0  # found done: the heavy stages were the pools'


def test_a_file_that_kills_workers_is_set_aside_and_the_others_go_on(house: House, tmp_path: Path) -> None:
    poison, sound = house.add(short(tmp_path, 0), 0), house.add(short(tmp_path, 1), 1)
    killed: list[int] = []

    def strike() -> bool:
        if house.job(poison).state == "leased":
            for pid in house.workers().values():
                if pid not in killed:
                    killed.append(pid)
                    kill(pid)
        return house.job(poison).state == "quarantined"

    with house.dispatching() as dispatcher:
        until(strike)
        until(lambda: house.session(sound).state == "inspected")
        until(lambda: dispatcher.ended["died"] == 2)
    job = house.job(poison)
    assert (job.deaths, job.error_code) == (2, "worker_died")
    assert job.error
    assert house.session(poison).state == "quarantined"
    assert house.inspected(poison) == ()
    assert len(house.inspected(sound)) == 1
    assert house.orphans() == ()


def test_workers_are_replaced_after_their_time(house: House, tmp_path: Path) -> None:
    sessions = [house.add(short(tmp_path, number), number) for number in range(2)]
    seen: set[int] = set()

    def done() -> bool:
        seen.update(house.workers().values())
        return all(house.session(one).state == "inspected" for one in sessions)

    with house.dispatching(settings_of(house.settings.store.folder, recycle_after=1)):
        until(done)
    assert len(seen) >= 2


def test_a_worker_without_room_holds_nobody_up_while_another_is_free(house: House, tmp_path: Path) -> None:
    sessions = [house.add(short(tmp_path, number), number) for number in range(3)]
    no_room_for_the_second = {"least": 2, "most": 2, "cpus": 5}
    with house.dispatching(settings_of(house.settings.store.folder, whole=no_room_for_the_second)) as dispatcher:
        until(lambda: all(house.session(one).state == "inspected" for one in sessions), 300)
        assert dispatcher.ended["returned"] == 0


def test_where_no_worker_has_room_the_work_waits_and_loses_no_attempt(house: House, tmp_path: Path) -> None:
    session = house.add(short(tmp_path, 0))
    nowhere = {"least": 0, "most": 1, "cpus": 1, "memory": 1024**5}
    with house.dispatching(settings_of(house.settings.store.folder, whole=nowhere, start_s=1.0)) as dispatcher:
        until(lambda: dispatcher.ended["returned"] >= 2)
    job = house.job(session)
    assert (job.state, job.attempts, job.deaths) == ("queued", 0, 0)


def test_work_is_cancelled_while_it_runs(house: House, tmp_path: Path) -> None:
    session = house.add(film(tmp_path / "sale.mp4", 40.0))
    with house.dispatching():
        until(lambda: house.job(session).progress)
        with house.store.database.writing() as s:
            jobs.cancel(s, house.job(session).id, now())
        until(lambda: house.job(session).state == "cancelled")
    assert house.session(session).state == "cancelled"
    assert house.inspected(session) == ()
    assert house.orphans() == ()


def test_who_leaves_gives_back_what_is_not_done(house: House, tmp_path: Path) -> None:
    session = house.add(film(tmp_path / "sale.mp4", 40.0))
    with house.dispatching(settings_of(house.settings.store.folder, drain_s=0.1)):
        until(lambda: house.job(session).progress)
    job = house.job(session)
    assert (job.state, job.attempts, job.deaths) == ("queued", 0, 0)
    assert house.session(session).state == "queued"


def test_a_result_that_comes_too_late_is_not_taken(house: House, tmp_path: Path) -> None:
    session = house.add(short(tmp_path, 0))
    with house.dispatching() as dispatcher:
        until(lambda: house.job(session).state == "leased")
        with house.store.database.writing() as s:  # another one takes it, as if this lease had run out
            jobs.bury(s, dispatcher.name, now())
            other = jobs.lease(s, "another", now(), 3600)
            while other is None:
                other = jobs.lease(s, "another", now().replace(year=now().year + 1), 3600)
        until(lambda: dispatcher.ended["lost"] == 1)
    assert house.inspected(session) == ()
    assert house.job(session).worker == "another"


def test_stored_evidence_is_judged_again_by_other_rules(house: House, tmp_path: Path) -> None:
    session = house.add(short(tmp_path, 0))
    with house.dispatching():
        until(lambda: house.session(session).state == "inspected")
        with house.store.database.writing() as s:
            jobs.enqueue(s, NewJob(session, "rejudge", {"ruleset": "callback"}, now()), now())
        until(lambda: len(house.inspected(session)) == 2)
    first, second = house.inspected(session)
    assert (first.ruleset, second.ruleset) == ("telesales", "callback")
    assert first.evidence == second.evidence
    assert house.orphans() == ()


def test_what_browsers_cannot_play_is_copied_after_the_verdict(house: House, tmp_path: Path) -> None:
    from engine.store import sessions

    film(tmp_path / "sale.mp4", 4.0)
    import av

    path = tmp_path / "sale.mkv"
    with av.open(str(tmp_path / "sale.mp4")) as source, av.open(str(path), "w") as target:
        copies = {one.index: target.add_stream_from_template(one) for one in source.streams}
        for packet in source.demux():
            if packet.dts is not None:
                packet.stream = copies[packet.stream.index]
                target.mux(packet)
    session = house.add(path)
    with house.dispatching():
        until(lambda: house.session(session).state == "inspected")
        until(house.settled)
    with house.store.database.reading() as s:
        (part,) = sessions.parts(s, session)
    assert part.rendition is not None
    assert house.store.blobs.check(part.rendition)
    assert house.job(session, "render").state == "done"
