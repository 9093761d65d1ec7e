"""Reviews from the queue to the final judgement, through the interface, on sessions that were really judged."""

from typing import Any
from urllib.parse import quote

import pytest

from engine.store import events, quotas, review_rows, reviews, tickets
from engine.store.reviews import NewReview
from engine.store.tickets import TicketFilters
from tests.api.conftest import House
from tests.api.judged import judged
from tests.store.conftest import sqlite_template  # noqa: F401


def get(house: House, path: str, role: Any = "reviewer", **who: Any) -> Any:
    answer = house.client.get(path, headers=house.headers(role, **who))
    assert answer.status_code == 200, answer.text
    return answer.json()


def post(house: House, path: str, body: Any = None, role: Any = "reviewer", expect: int = 200, **who: Any) -> Any:
    answer = house.client.post(path, headers=house.headers(role, **who), json={} if body is None else body)
    assert answer.status_code == expect, answer.text
    return answer.json()


def opened(house: House, **changes: Any) -> dict[str, Any]:
    """The review of a newly judged session, as the queue shows it."""
    judged(house.store, house.clock(), **changes)
    found: dict[str, Any] = get(house, "/v1/queue")["items"][0]
    return found


def confirming(review: dict[str, Any], version: int, outcome: str = "整改", **more: Any) -> dict[str, Any]:
    findings = [
        {"item": one["item"], "product_index": one["product_index"], "decision": "confirm"}
        for one in review["findings"]
    ]
    return {"version": version, "findings": findings, "outcome": outcome, "seconds_spent": 60.0, **more}


def overturning(review: dict[str, Any], version: int, **more: Any) -> dict[str, Any]:
    body = confirming(review, version, "合格", **more)
    for one in body["findings"]:
        one.update(decision="overturn", reason="misheard")
    return body


def decided(house: House, outcome: str = "整改") -> dict[str, Any]:
    review = opened(house)
    claimed = post(house, f"/v1/reviews/{review['id']}/claim")
    body = confirming(claimed, claimed["review"]["version"], outcome)
    found: dict[str, Any] = post(house, f"/v1/reviews/{review['id']}/decide", body)
    return found


def test_a_flagged_session_waits_in_the_queue_with_its_findings(house: House) -> None:
    row = judged(house.store, house.clock())
    page = get(house, "/v1/queue")
    assert [one["session_id"] for one in page["items"]] == [row.id]
    assert "dr_period" in [one["item"] for one in page["items"][0]["findings"]]
    assert page["items"][0]["severity"] == 0
    assert page["counts"]["open"] == 1


def test_confirmed_misselling_goes_to_people_who_do_not_sell(house: House) -> None:
    found = decided(house, "不合格")
    with house.store.database.reading() as s:
        rows = tickets.page(s, TicketFilters(session_id=found["session"]["id"]), house.clock()).rows
    assert {one.kind for one in rows} == {"rectify", "missell"}


def test_the_queue_goes_by_the_time_left_and_then_by_severity(house: House) -> None:
    late = judged(house.store, house.clock(), salt="1", issued_at="2026-11-12T09:00:00+08:00", policy_no="P1")
    soon = judged(house.store, house.clock(), salt="2", issued_at="2026-11-09T09:00:00+08:00", policy_no="P2")
    items = get(house, "/v1/queue")["items"]
    assert [one["session_id"] for one in items] == [soon.id, late.id]
    assert items[0]["left"] < items[1]["left"]
    first = get(house, "/v1/queue?limit=1")
    second = get(house, f"/v1/queue?limit=1&cursor={first['next']}")
    assert [one["session_id"] for one in first["items"] + second["items"]] == [soon.id, late.id]
    assert second["next"] is None


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("branch=西安分公司", 1), ("branch=别处", 0), ("scenario=face_to_face", 1), ("scenario=callback", 0),
        ("item=dr_period", 1), ("item=dr_consent", 0), ("state=open", 1), ("state=decided", 0), ("mine=true", 0),
        ("policy_no=P2026-7", 1), ("due=overdue", 0), ("due=week", 1), ("reason=flagged", 1), ("reason=quota", 0),
    ],
)  # fmt: skip
def test_the_queue_can_be_narrowed(house: House, asked: str, found: int) -> None:
    judged(house.store, house.clock())
    assert len(get(house, f"/v1/queue?{asked}")["items"]) == found


def test_a_claim_keeps_others_away_until_it_runs_out(house: House) -> None:
    review = opened(house)
    path = f"/v1/reviews/{review['id']}/claim"
    assert post(house, path, name="ann")["review"]["assignee"] == "ann"
    refused = post(house, path, name="bob", expect=409)
    assert (refused["code"], "ann" in refused["zh"]) == ("review_taken", True)
    house.clock.forward(minutes=20)
    post(house, f"/v1/reviews/{review['id']}/heartbeat", name="ann")
    house.clock.forward(minutes=20)
    post(house, path, name="bob", expect=409)
    house.clock.forward(minutes=31)
    assert get(house, "/v1/queue")["items"][0]["state"] == "open"
    assert post(house, path, name="bob")["review"]["assignee"] == "bob"
    assert post(house, f"/v1/reviews/{review['id']}/heartbeat", name="ann", expect=409)["code"] == "review_taken"


def test_a_released_review_can_be_taken_by_anybody(house: House) -> None:
    review = opened(house)
    post(house, f"/v1/reviews/{review['id']}/claim", name="ann")
    post(house, f"/v1/reviews/{review['id']}/release", {"seconds_spent": 12.5}, name="ann")
    after = post(house, f"/v1/reviews/{review['id']}/claim", name="bob")
    assert after["review"]["seconds_spent"] == 12.5


def test_who_decides_on_an_older_version_is_told_what_changed(house: House) -> None:
    review = opened(house)
    claimed = post(house, f"/v1/reviews/{review['id']}/claim", name="ann")
    stale = claimed["review"]["version"]
    house.clock.forward(minutes=40)
    again = post(house, f"/v1/reviews/{review['id']}/claim", name="bob")
    refused = post(house, f"/v1/reviews/{review['id']}/decide", confirming(claimed, stale), name="ann", expect=409)
    assert refused["code"] == "review_changed"
    assert refused["current"]["version"] == again["review"]["version"]
    assert [(one["action"], one["made_by"]) for one in refused["changes"]] == [("claimed", "bob")]


def test_a_decision_stands_opens_its_ticket_and_is_told(house: House) -> None:
    found = decided(house)
    assert (found["review"]["state"], found["review"]["outcome"]) == ("decided", "整改")
    assert {one["decision"] for one in found["decisions"]} == {"confirm"}
    assert {one["machine_verdict"] for one in found["decisions"]} <= {"fail", "review", "inconclusive"}
    session = found["session"]["id"]
    with house.store.database.reading() as s:
        opened_tickets = tickets.page(s, TicketFilters(session_id=session), house.clock()).rows
        kinds = [one.kind for one in events.after(s, 0, session)]
    assert "rectify" in [one.kind for one in opened_tickets]
    assert "review.decided" in kinds
    refused = post(
        house, f"/v1/reviews/{found['review']['id']}/decide", confirming(found, found["review"]["version"]), expect=409
    )
    assert refused["code"] == "review_state"


@pytest.mark.parametrize(
    ("change", "names"),
    [
        ({"findings": []}, "dr_period"),
        ({"outcome": "合格"}, "合格"),
        ({"missed": [{"item": "fb_guarantee", "start": 5000.0, "end": 6000.0}]}, "fb_guarantee"),
    ],
)
def test_a_decision_must_be_whole(house: House, change: dict[str, Any], names: str) -> None:
    review = opened(house)
    claimed = post(house, f"/v1/reviews/{review['id']}/claim")
    body = confirming(claimed, claimed["review"]["version"]) | change
    refused = post(house, f"/v1/reviews/{review['id']}/decide", body, expect=422)
    assert (refused["code"], names in refused["zh"]) == ("review_incomplete", True)


def test_an_overturned_finding_needs_a_reason_that_fits(house: House) -> None:
    review = opened(house)
    claimed = post(house, f"/v1/reviews/{review['id']}/claim")
    body = overturning(claimed, claimed["review"]["version"])
    path = f"/v1/reviews/{review['id']}/decide"
    for reason in (None, "sound_unclear", "nonsense"):
        body["findings"][0]["reason"] = reason
        assert post(house, path, body, expect=422)["code"] == "review_incomplete"
    body["findings"][0].update(reason="other", note=" ")
    assert post(house, path, body, expect=422)["code"] == "review_incomplete"
    body["findings"][0]["note"] = "客户点头并说清楚"
    assert post(house, path, body)["review"]["outcome"] == "合格"


def test_nobody_reviews_a_sale_of_their_own(house: House) -> None:
    review = opened(house)
    seller = {"name": "seller", "staff_no": "A001"}
    assert get(house, "/v1/queue", **seller)["items"] == []
    refused = post(house, f"/v1/reviews/{review['id']}/claim", expect=403, **seller)
    assert refused["code"] == "review_own_sale"


def test_views_are_kept_for_each_person_and_hold_only_what_the_queue_knows(house: House) -> None:
    made = post(house, "/v1/me/views", {"name": " 西安超期 ", "filters": {"due": "overdue"}}, expect=201, name="ann")
    assert (made["name"], made["filters"]) == ("西安超期", {"due": "overdue"})
    assert get(house, "/v1/me/views", name="ann")["items"] == [made]
    assert get(house, "/v1/me/views", name="bob")["items"] == []
    for wrong in ({"evil": "x"}, {"due": "x" * 201}, {"due": 3}):
        post(house, "/v1/me/views", {"name": "a", "filters": wrong}, expect=422)
    path = f"/v1/me/views/{made['id']}"
    assert house.client.delete(path, headers=house.headers("reviewer", name="bob")).status_code == 404
    assert house.client.delete(path, headers=house.headers("reviewer", name="ann")).status_code == 204
    assert get(house, "/v1/me/views", name="ann")["items"] == []


def test_reviewers_see_each_others_names_and_who_assigns_their_lists(house: House) -> None:
    house.token("reviewer", name="ann")
    named = get(house, "/v1/reviews/reviewers", name="ann")["items"]
    assert named == [{"name": "ann", "role": None, "claimed": None, "assigned": None}]
    counted = get(house, "/v1/reviews/reviewers", "senior_reviewer")["items"]
    assert {"name": "ann", "role": "reviewer", "claimed": 0, "assigned": 0} in counted


def test_a_draft_is_kept_apart_and_two_windows_do_not_overwrite_each_other(house: House) -> None:
    review = opened(house)
    path = f"/v1/reviews/{review['id']}/draft"
    headers = house.headers("reviewer", name="ann")

    def save(content: dict[str, Any], version: int | None) -> Any:
        return house.client.put(path, headers=headers, json={"content": content, "version": version})

    assert save({"outcome": "整改"}, None).json()["version"] == 1
    assert save({"outcome": "补录"}, 1).json()["version"] == 2
    refused = save({"outcome": "合格"}, 1)
    assert (refused.status_code, refused.json()["current"]["content"]) == (409, {"outcome": "补录"})
    assert get(house, path, name="bob") is None
    claimed = post(house, f"/v1/reviews/{review['id']}/claim", name="ann")
    assert claimed["draft"]["content"] == {"outcome": "补录"}
    assert claimed["decisions"] == []
    body = confirming(claimed, claimed["review"]["version"])
    assert post(house, f"/v1/reviews/{review['id']}/decide", body, name="ann")["draft"] is None


def test_a_branch_appeals_and_another_senior_person_judges(house: House) -> None:
    found = decided(house)
    path = f"/v1/reviews/{found['review']['id']}"
    branch = {"role": "branch", "name": "xian", "branch": "西安分公司"}
    assert post(
        house, f"{path}/appeal", {"text": "客户当场听清了"}, role="branch", name="other", branch="别处", expect=404
    )
    appealed = post(house, f"{path}/appeal", {"text": "客户当场听清了", "items": ["dr_period"]}, **branch)
    assert appealed["state"] == "appealed"
    assert get(house, "/v1/queue?state=appealed")["counts"]["appealed"] == 1
    body = overturning(found, appealed["version"])
    senior = {"role": "senior_reviewer", "name": "chief"}
    assert post(house, f"{path}/final", body, expect=403)["code"] == "not_allowed"
    assert post(house, f"{path}/final", body, expect=422, **senior)["code"] == "review_incomplete"
    final = post(house, f"{path}/final", body | {"appeal": "upheld", "note": "原声清楚"}, **senior)
    assert (final["review"]["outcome"], final["review"]["final_outcome"]) == ("整改", "合格")
    assert final["appeals"][0]["state"] == "upheld"
    assert {one["stage"] for one in final["decisions"]} == {"first", "final"}
    with house.store.database.reading() as s:
        rows = tickets.page(s, TicketFilters(session_id=final["session"]["id"]), house.clock()).rows
    assert [one.closed_at is not None for one in rows] == [True, True]
    assert post(house, f"{path}/appeal", {"text": "再来"}, expect=409, **branch)["code"] == "review_state"


def test_the_final_judgement_is_not_by_who_decided_first(house: House) -> None:
    review = opened(house)
    chief = {"role": "senior_reviewer", "name": "chief"}
    claimed = post(house, f"/v1/reviews/{review['id']}/claim", **chief)
    body = confirming(claimed, claimed["review"]["version"])
    found = post(house, f"/v1/reviews/{review['id']}/decide", body, **chief)
    again = confirming(found, found["review"]["version"])
    refused = post(house, f"/v1/reviews/{review['id']}/final", again, expect=403, **chief)
    assert refused["code"] == "review_second_person"
    assert "final" not in found["may"]


def test_an_appeal_comes_in_time_or_not_at_all(house: House) -> None:
    found = decided(house)
    house.clock.forward(days=29)
    refused = post(
        house, f"/v1/reviews/{found['review']['id']}/appeal", {"text": "晚了"},
        role="branch", name="xian", branch="西安分公司", expect=409,
    )  # fmt: skip
    assert refused["code"] == "appeal_late"


def test_a_sample_is_reviewed_without_the_machines_verdict(house: House) -> None:
    row = judged(house.store, house.clock())
    with house.store.database.writing() as s:
        made = reviews.open_review(
            s, NewReview(row.id, row.inspection_id or "", house.clock(), reason=quotas.BLIND), house.clock()
        )
    shown = next(one for one in get(house, "/v1/queue")["items"] if one["id"] == made.id)
    assert (shown["reason"], shown["verdict"], shown["findings"]) == ("sample", None, [])
    assert made.id not in [one["id"] for one in get(house, "/v1/queue?item=dr_period")["items"]]
    claimed = post(house, f"/v1/reviews/{made.id}/claim")
    assert (claimed["findings"], claimed["session"]["verdict"]) == ([], None)
    seen = f"/v1/sessions/{row.id}/inspection"
    assert house.client.get(seen, headers=house.headers("reviewer")).status_code == 403
    for listed in ("/v1/sessions", "/v1/sessions?verdict=flagged", "/v1/search", f"/v1/search?q={quote('犹豫期')}"):
        key = "session_id" if "search" in listed else "id"
        assert row.id not in [one[key] for one in get(house, listed)["items"]], listed
        assert row.id in [one[key] for one in get(house, listed, name="another")["items"]], listed
    assert get(house, f"/v1/sessions/{row.id}")["verdict"] is None
    tagged = house.client.put(f"/v1/sessions/{row.id}/tags", headers=house.headers("reviewer"), json={"tags": ["x"]})
    assert (tagged.status_code, tagged.json()["verdict"]) == (200, None)
    body = {"version": claimed["review"]["version"], "findings": [], "outcome": "合格", "seconds_spent": 30}
    assert post(house, f"/v1/reviews/{made.id}/decide", body)["review"]["state"] == "decided"
    assert house.client.get(seen, headers=house.headers("reviewer")).status_code == 200
    told = get(house, f"/v1/reviews?session={row.id}", role="compliance")["items"]
    assert {one["reason"] for one in told} == {"flagged", "blind"}


def test_two_independent_reviews_that_disagree_go_to_a_third_person(house: House) -> None:
    first = opened(house)
    with house.store.database.writing() as s:
        row = review_rows.get(s, first["id"])
        new = NewReview(row.session_id, row.inspection_id, row.due_at, row.severity, reason="double")
        double = reviews.open_review(s, new, house.clock()).id
    claimed = post(house, f"/v1/reviews/{first['id']}/claim", name="ann")
    post(house, f"/v1/reviews/{first['id']}/decide", confirming(claimed, claimed["review"]["version"]), name="ann")
    refused = post(house, f"/v1/reviews/{double}/claim", name="ann", expect=403)
    assert refused["code"] == "review_second_person"
    second = post(house, f"/v1/reviews/{double}/claim", name="bob")
    post(house, f"/v1/reviews/{double}/decide", overturning(second, second["review"]["version"]), name="bob")
    after = get(house, f"/v1/reviews/{first['id']}", role="senior_reviewer", name="chief")
    assert (after["review"]["state"], after["may"]) == ("appealed", ["claim", "final"])


def test_reviews_are_given_out_in_batches(house: House) -> None:
    review = opened(house)
    house.user("ann", "reviewer")
    house.user("seller", "reviewer", staff_no="A001")
    body = {"reviews": [review["id"], "0" * 32], "assignee": "ann"}
    chief = {"role": "senior_reviewer", "name": "chief"}
    done = post(house, "/v1/reviews/assign", body, **chief)["items"]
    assert [one["error"] for one in done] == [None, "review_unknown"]
    refused = post(house, "/v1/reviews/assign", body | {"assignee": "seller"}, **chief)["items"]
    assert refused[0]["error"] == "review_own_sale"
    assert post(house, f"/v1/reviews/{review['id']}/claim", name="bob", expect=409)["code"] == "review_taken"


def test_a_program_decides_nothing(house: House) -> None:
    review = opened(house)
    headers = {"Authorization": f"Bearer {house.program('reviewer')}"}
    answer = house.client.post(f"/v1/reviews/{review['id']}/claim", headers=headers, json={})
    assert answer.status_code == 403


def test_what_was_done_stands_in_the_audit_log(house: House) -> None:
    found = decided(house)
    lines = get(house, "/v1/audit?limit=200", role="auditor")["items"]
    actions = [one["action"] for one in lines if one["actor"] == "reviewer"]
    assert actions[:2] == ["review.decide", "review.claim"]
    assert found["session"]["id"] == lines[[one["action"] for one in lines].index("review.decide")]["detail"]["session"]
    again = get(house, "/v1/audit?action=audit.view", role="auditor")["items"]
    assert [one["actor"] for one in again] == ["auditor"]
    assert get(house, "/v1/audit/verification", role="auditor")["ok"] is True
