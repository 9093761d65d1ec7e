"""Tickets, keeping, quotas, health and measures through the interface: who may, what happens, what is told."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from engine.rounds import make_rounds
from engine.store import events, heartbeats
from tests.api.conftest import House
from tests.store.duties import CALL, DENIED, inspected

CALLED = {"scenario": "callback", "channel": "callback", "recorded_at": "2026-11-10T10:00:00+08:00"}
PEOPLE: dict[str, dict[str, str]] = {
    "branch": {"branch": "西安分公司"}, "far": {"branch": "昆明分公司"}, "seller": {"staff_no": "A001"},
}  # fmt: skip


def sent(house: House, method: str, path: str, who: str = "compliance", role: Any = None, **more: Any) -> Any:
    headers = house.headers(role or who, name=who, **PEOPLE.get(who, {}))
    return house.client.request(method, path, headers=headers, **more)


def done(house: House, method: str, path: str, who: str = "compliance", role: Any = None, **more: Any) -> Any:
    answer = sent(house, method, path, who, role, **more)
    assert answer.status_code in (200, 201), answer.text
    return answer.json()


def refused(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


@pytest.fixture
def session(house: House, tmp_path):
    return inspected(house.store, tmp_path, house.clock())


@pytest.fixture
def ticket(house: House, session) -> dict[str, Any]:
    found: dict[str, Any] = done(house, "POST", "/v1/tickets", json={"kind": "rectify", "session_id": session.id})
    return found


# ------------------------------------------------------------------ tickets


def test_a_ticket_is_opened_worked_on_and_closed(house: House, ticket) -> None:
    assert (ticket["title"], ticket["basis"], ticket["standing"]) == ("待整改", "R54-10", "正常")
    assert ticket["can_happen"] == ["rerecorded", "mended", "withdrawn"]
    path = f"/v1/tickets/{ticket['id']}"
    found = done(house, "POST", f"{path}/events", "branch", json={"event": "mended", "note": "补交材料"})
    assert (found["state"], found["events"][0]["made_by"]) == ("rerecorded", "branch")
    closed = done(house, "POST", f"{path}/close", json={"event": "accepted"})
    assert closed["closed_at"] is not None
    assert closed["can_happen"] == []
    assert done(house, "GET", path, "auditor")["events"][1]["event"] == "accepted"


def test_a_branch_sees_its_own_tickets_and_decides_nothing(house: House, ticket) -> None:
    path = f"/v1/tickets/{ticket['id']}"
    assert [one["id"] for one in done(house, "GET", "/v1/tickets", "branch")["items"]] == [ticket["id"]]
    assert done(house, "GET", "/v1/tickets?branch=西安分公司", "far", "branch")["items"] == []
    assert refused(sent(house, "GET", path, "far", "branch")) == (404, "not_found")
    done(house, "POST", f"{path}/events", "branch", json={"event": "mended"})
    assert refused(sent(house, "POST", f"{path}/events", "branch", json={"event": "accepted"})) == (403, "not_allowed")


def test_mis_selling_is_kept_from_sales_and_from_the_seller(house: House, session) -> None:
    found = done(house, "POST", "/v1/tickets", json={"kind": "missell", "session_id": session.id})
    path = f"/v1/tickets/{found['id']}"
    event = {"json": {"event": "withdrawn"}}
    assert refused(sent(house, "POST", f"{path}/events", "branch", **event)) == (403, "ticket_not_sales")
    assert refused(sent(house, "POST", f"{path}/events", "seller", "reviewer", **event)) == (403, "ticket_not_sales")
    house.user("back", "branch", branch="西安分公司")
    house.user("zhou", "reviewer")
    assert refused(sent(house, "POST", f"{path}/assign", json={"assignee": "back"})) == (403, "ticket_not_sales")
    assert refused(sent(house, "POST", f"{path}/assign", json={"assignee": "nobody"})) == (404, "not_found")
    assert done(house, "POST", f"{path}/assign", json={"assignee": "zhou"})["assignee"] == "zhou"


def test_a_late_step_needs_its_reason_and_the_list_shows_it(house: House, ticket) -> None:
    house.clock.forward(days=25)
    (late,) = done(house, "GET", "/v1/tickets?overdue=true")["items"]
    assert late["standing"] == "超时"
    path = f"/v1/tickets/{ticket['id']}/events"
    assert refused(sent(house, "POST", path, json={"event": "mended"})) == (422, "overdue_reason_missing")
    assert done(house, "POST", path, json={"event": "mended", "overdue_reason": "客户在外地"})["overdue_reason"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"event": "settled"}, (409, "ticket_event")),
        ({"event": "mended", "at": "2099-01-01T00:00:00+08:00"}, (422, "request_invalid")),
        ({"event": "mended", "at": "2026-11-22T00:00:00"}, (422, "request_invalid")),
        ({"event": "mended", "session_id": "0" * 32}, (404, "not_found")),
        ({"event": "void", "voids": "0" * 32}, (404, "not_found")),
        ({"event": "mended; DROP"}, (422, "request_invalid")),
    ],
)
def test_events_that_make_no_sense_are_refused(house: House, ticket, body, code) -> None:
    assert refused(sent(house, "POST", f"/v1/tickets/{ticket['id']}/events", json=body)) == code


def test_reviewers_cannot_take_back_what_happened(house: House, ticket) -> None:
    path = f"/v1/tickets/{ticket['id']}/events"
    found = done(house, "POST", path, "reviewer", json={"event": "mended"})
    void = {"json": {"event": "void", "voids": found["events"][0]["id"]}}
    assert refused(sent(house, "POST", path, "reviewer", **void)) == (403, "not_allowed")
    assert done(house, "POST", path, "senior_reviewer", **void)["state"] == "open"


def test_a_call_back_goes_its_whole_way(house: House, session, tmp_path) -> None:
    make_rounds(house.store, house.clock())
    (ticket,) = done(house, "GET", "/v1/tickets?kind=callback")["items"]
    path = f"/v1/tickets/{ticket['id']}/events"
    states = []
    for event in ("no_answer", "appointment", "wrong_number"):
        body = {"event": event, "overdue_reason": "演练"}
        if event == "appointment":
            body["agreed"] = "2026-11-30"
        states.append(done(house, "POST", path, "reviewer", json=body)["state"])
    states.append(done(house, "POST", path, "branch", json={"event": "handed_back", "overdue_reason": "x"})["state"])
    assert states == ["calling", "calling", "verify", "recall"]
    inspected(house.store, tmp_path, house.clock(), CALL, content=b"call", **CALLED)


def test_due_tickets_are_told_as_events(house: House, ticket) -> None:
    due = datetime.fromisoformat(ticket["due_at"])
    for now in (due - timedelta(days=2), due + timedelta(seconds=1)):
        make_rounds(house.store, now)
    with house.store.database.reading() as s:
        told = [one.data["overdue"] for one in events.after(s, 0) if _is_due(one, ticket)]
    assert told == [False, True]


def _is_due(event: Any, ticket: dict[str, Any]) -> bool:
    return event.kind == "ticket.due" and event.data["ticket_id"] == ticket["id"]


# ------------------------------------------------------------------ keeping


def test_dates_of_a_contract_move_everything_due(house: House, session) -> None:
    body = {"receipt_signed_at": "2026-11-20T09:00:00+08:00"}
    done(house, "PUT", "/v1/policies/P1/dates", "uploader", json=body)
    assert done(house, "GET", "/v1/policies/P1/dates", "auditor")["told_by"] == "uploader"
    shown = done(house, "GET", f"/v1/sessions/{session.id}", "reviewer")
    assert shown["due_at"].startswith("2026-12-05")
    assert refused(sent(house, "GET", "/v1/policies/unknown/dates")) == (404, "not_found")


def test_a_session_is_removed_by_two_people_when_its_time_has_come(house: House, session) -> None:
    done(house, "PUT", "/v1/policies/P1/dates", json={"contract_ended_at": "2026-11-21T00:00:00+08:00"})
    wish = {"json": {"session_id": session.id, "note": "到期"}}
    assert refused(sent(house, "POST", "/v1/keeping/purges", **wish)) == (409, "purge_refused")
    kept = done(house, "GET", f"/v1/keeping/sessions/{session.id}", "auditor")
    assert (kept["may_go"], kept["obstacles"][0]["code"]) == (False, "kept_by_rule")
    done(house, "PUT", "/v1/policies/P1/dates", json={"contract_ended_at": "2016-11-20T00:00:00+08:00"})
    assert done(house, "GET", "/v1/keeping/candidates")["items"][0]["session_id"] == session.id
    purge = done(house, "POST", "/v1/keeping/purges", **wish)
    path = f"/v1/keeping/purges/{purge['id']}/approve"
    assert refused(sent(house, "POST", path)) == (403, "purge_needs_second")
    assert done(house, "POST", path, "administrator")["state"] == "done"
    assert refused(sent(house, "GET", f"/v1/sessions/{session.id}")) == (404, "not_found")
    assert [one["state"] for one in done(house, "GET", "/v1/keeping/purges?state=done")["items"]] == ["done"]


def test_a_program_cannot_approve_a_removal(house: House) -> None:
    headers = {"Authorization": f"Bearer {house.program('administrator')}"}
    answer = house.client.post(f"/v1/keeping/purges/{'0' * 32}/approve", headers=headers)
    assert refused(answer) == (403, "not_allowed")


def test_a_hold_is_placed_and_ends_two_years_after_the_dispute(house: House, session) -> None:
    hold = done(house, "POST", f"/v1/keeping/sessions/{session.id}/holds", json={"reason": "投诉 001"})
    listed = done(house, "GET", "/v1/keeping/holds")["items"]
    assert [(one["id"], one["session_id"], one["reason"]) for one in listed] == [(hold["id"], session.id, "投诉 001")]
    late = {"json": {"ended_at": "2027-01-01T00:00:00+08:00"}}
    assert refused(sent(house, "POST", f"/v1/keeping/holds/{hold['id']}/end", **late)) == (422, "request_invalid")
    ended = {"json": {"ended_at": "2026-11-21T00:00:00+08:00"}}
    assert done(house, "POST", f"/v1/keeping/holds/{hold['id']}/end", **ended)["ends_after"].startswith("2028-11-21")
    assert refused(sent(house, "POST", f"/v1/keeping/holds/{hold['id']}/end", **ended)) == (409, "conflict")


def test_a_number_that_refused_must_not_be_called_for_six_months(house: House) -> None:
    phone = {"phone": "138 0013 8000"}
    assert done(house, "POST", "/v1/refusals/check", json=phone)["may_call"] is True
    done(house, "POST", "/v1/refusals", json=phone)
    assert done(house, "POST", "/v1/refusals/check", json={"phone": "+8613800138000"})["may_call"] is False
    house.clock.forward(days=182)
    assert house.clock().date().isoformat() == "2027-05-23"
    assert refused(sent(house, "POST", "/v1/refusals/check", json=phone))[1] == "not_signed_in"  # the key ran out


# ------------------------------------------------------------------ quotas and consistency


def test_quotas_tell_what_is_missing(house: House, session) -> None:
    found = done(house, "GET", "/v1/quotas?period=2026-11", "auditor")
    (row,) = found["coverage"]
    assert (row["quota"], row["sold"], row["required"], row["done"], row["shortfall"]) == ("q_art6_1", 1, 1, 0, 1)
    assert found["miss_rate"]["share"] is None
    assert done(house, "GET", "/v1/quotas?period=2025-01")["coverage"] == []
    assert refused(sent(house, "GET", "/v1/quotas?period=2026-13")) == (422, "request_invalid")


def test_contradictions_are_shown_with_both_sides_masked_for_those_who_do_not_review(
    house: House, session, tmp_path
) -> None:
    named = (*DENIED[:1], ("customer", "不是，王芳的业务员代我签的。"), *DENIED[2:])
    call = inspected(house.store, tmp_path, house.clock(), named, content=b"call", **CALLED)
    make_rounds(house.store, house.clock())
    (found,) = done(house, "GET", f"/v1/sessions/{session.id}/consistency", "reviewer")["items"]
    assert (found["check"], found["verdict"], found["session_id"]) == ("cs_signature", "review", call.id)
    assert [one["source"] for one in found["sides"]] == ["sale", "callback"]
    assert "王芳" in found["sides"][1]["text"]
    (masked,) = done(house, "GET", f"/v1/sessions/{session.id}/consistency", "branch")["items"]
    assert "王芳" not in masked["sides"][1]["text"] + masked["reason"]


# ------------------------------------------------------------------ health


def test_health_readiness_and_the_dispatchers_pulse(house: House) -> None:
    assert house.client.get("/healthz").json() == {"status": "ok"}
    assert house.client.get("/readyz").json()["status"] == "degraded"
    assert house.client.get("/readyz?strict=true").status_code == 503
    with house.store.database.writing() as s:
        heartbeats.beat(s, "node-1", "dispatcher", {"rss_bytes": 123456789}, house.clock())
    assert house.client.get("/readyz?strict=true").json()["status"] == "ok"
    house.clock.forward(seconds=120)
    assert house.client.get("/readyz").json()["dispatcher"] == "absent"


def test_a_store_that_is_gone_is_not_ready_but_the_process_lives(house: House) -> None:
    folder = house.settings.store.folder
    (folder / "mingjian.db").rename(folder / "away.db")
    (folder / "mingjian.db").mkdir()
    house.store.close()
    answer = house.client.get("/readyz")
    assert (answer.status_code, answer.json()["database"]) == (503, "failed")
    assert house.client.get("/healthz").status_code == 200
    (folder / "mingjian.db").rmdir()
    (folder / "away.db").rename(folder / "mingjian.db")
    assert house.client.get("/readyz").status_code == 200


def test_measures_speak_of_queue_stages_requests_and_memory(house: House, tmp_path) -> None:
    scrape = {"Authorization": f"Bearer {house.program('auditor', scopes=('metrics:read',))}"}
    house.client.get("/metrics", headers=scrape)
    inspected(house.store, tmp_path, house.clock())
    with house.store.database.writing() as s:
        heartbeats.beat(s, "node-1", "dispatcher", {"rss_bytes": 123456789}, house.clock.forward(seconds=30))
    house.client.get("/v1/sessions/" + "0" * 32)
    text = house.client.get("/metrics", headers=scrape).text
    for line in (
        "mingjian_store_up 1.0",
        'mingjian_jobs{kind="inspect",state="done"} 1.0',
        'mingjian_inspections{verdict="flagged"} 1.0',
        'mingjian_stage_seconds_bucket{le="10.0",stage="transcribe"} 1.0',
        'mingjian_process_memory_bytes{kind="dispatcher",name="node-1"} 1.23456789e+08',
        'route="/v1/sessions/{session_id}",status="401"',
        "mingjian_disk_free_bytes",
    ):
        assert line in text, line
    assert "0" * 32 not in text
    assert house.client.get("/metrics").status_code == 401
