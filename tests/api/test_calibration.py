"""Agreement of independent reviews, drift, coaching, what waits; and that second reviews are made blindly."""

from datetime import timedelta
from typing import Any

import pytest

from engine.calibration import Share
from engine.duties.data import duties
from engine.duties.quotas import draw_double
from engine.rounds import make_rounds
from engine.store import quotas, review_rows, reviews
from engine.store.reviews import NewReview
from tests.api.conftest import House
from tests.api.judged import judged
from tests.api.test_reviews import confirming, get, overturning, post
from tests.store.conftest import sqlite_template  # noqa: F401

MONTH = "since=2026-11-01&until=2026-11-30"
OFFICER: dict[str, Any] = {"role": "compliance", "name": "officer"}


def twice(house: House, number: int, agree: bool) -> str:
    """A session reviewed by ann, and independently by bob; the session."""
    row = judged(house.store, house.clock(), salt=str(number), policy_no=f"P{number}")
    first = next(one for one in get(house, "/v1/queue", name="ann")["items"] if one["session_id"] == row.id)
    claimed = post(house, f"/v1/reviews/{first['id']}/claim", name="ann")
    post(house, f"/v1/reviews/{first['id']}/decide", confirming(claimed, claimed["review"]["version"]), name="ann")
    with house.store.database.writing() as s:
        assert quotas.note_doubles(s, (row.id,), house.clock() + timedelta(days=5), house.clock()) == 1
    double = next(one for one in get(house, "/v1/queue", name="bob")["items"] if one["session_id"] == row.id)
    claimed = post(house, f"/v1/reviews/{double['id']}/claim", name="bob")
    make = confirming if agree else overturning
    post(house, f"/v1/reviews/{double['id']}/decide", make(claimed, claimed["review"]["version"]), name="bob")
    return row.id


def test_agreement_kappa_and_the_pairs_behind_them(house: House) -> None:
    ids = [twice(house, number, agree=number > 0) for number in range(3)]
    found = get(house, f"/v1/statistics/calibration?{MONTH}", **OFFICER)
    assert (found["agreement"]["pairs"], found["agreement"]["agreed"]) == (3, 2)
    assert [one["session_id"] for one in found["pairs"] if not one["agreed"]] == [ids[0]]
    assert found["periods"][-1]["agreement"]["pairs"] == 3
    people = {one["name"]: one for one in found["reviewers"]}
    assert people["ann"]["confirmed"]["value"] == 1.0
    assert people["bob"]["confirmed"]["value"] == pytest.approx(2 / 3)
    assert people["bob"]["others"]["value"] == 1.0
    listed = get(house, people["ann"]["sessions"], **OFFICER)["items"]
    assert {one["id"] for one in listed} == set(ids)


def test_a_second_reviewer_does_not_know_what_the_first_decided(house: House) -> None:
    row = judged(house.store, house.clock())
    first = get(house, "/v1/queue", name="ann")["items"][0]
    claimed = post(house, f"/v1/reviews/{first['id']}/claim", name="ann")
    body = confirming(claimed, claimed["review"]["version"], note="首审意见")
    post(house, f"/v1/reviews/{first['id']}/decide", body, name="ann")
    with house.store.database.writing() as s:
        quotas.note_doubles(s, (row.id,), house.clock(), house.clock())
    shown = get(house, "/v1/queue", name="bob")["items"]
    assert [one["reason"] for one in shown] == ["flagged"]
    assert get(house, "/v1/queue?reason=flagged", name="bob")["items"] == shown
    listed = get(house, f"/v1/reviews?session={row.id}", name="bob")["items"]
    assert {one["outcome"] for one in listed} == {None}
    assert {one["reason"] for one in listed} == {"flagged"}
    own = get(house, f"/v1/reviews?session={row.id}", name="ann")["items"]
    assert "整改" in {one["outcome"] for one in own}
    office = get(house, f"/v1/reviews?session={row.id}", **OFFICER)["items"]
    assert {one["reason"] for one in office} == {"flagged", "double"}
    assert "整改" in {one["outcome"] for one in office}


def test_a_share_of_reviewed_sessions_is_drawn_for_a_second_review(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    sampling = duties().sampling.model_copy(update={"double_share": 1.0, "blind_share": 0.0})
    monkeypatch.setattr("engine.rounds.duties", lambda: duties().model_copy(update={"sampling": sampling}))
    row = judged(house.store, house.clock())
    first = get(house, "/v1/queue")["items"][0]
    claimed = post(house, f"/v1/reviews/{first['id']}/claim")
    post(house, f"/v1/reviews/{first['id']}/decide", confirming(claimed, claimed["review"]["version"]))
    for _ in range(2):
        house.clock.forward(minutes=11)
        make_rounds(house.store, house.clock())
    with house.store.database.reading() as s:
        reasons = [one.review.reason for one in review_rows.of_session(s, row.id)]
    assert reasons.count("double") == 1


def test_the_draw_is_a_share_and_always_the_same() -> None:
    ids = [f"{number:032x}" for number in range(2000)]
    sampling = duties().sampling
    drawn = draw_double(ids, sampling)
    assert drawn == draw_double(reversed(ids), sampling)[::-1]
    assert 0.5 * sampling.double_share < len(drawn) / len(ids) < 1.6 * sampling.double_share


def test_shares_differ_where_their_intervals_do_not_touch() -> None:
    assert Share(95, 100).differs(Share(60, 100))
    assert not Share(3, 4).differs(Share(1, 4))
    assert not Share(0, 0).differs(Share(1, 1))


def test_coaching_names_what_goes_wrong_and_whether_it_gets_better(house: House) -> None:
    house.clock.forward(days=-40)
    judged(house.store, house.clock(), salt="0", policy_no="P0")
    house.clock.forward(days=40)
    judged(house.store, house.clock(), salt="1", policy_no="P1")
    judged(house.store, house.clock(), salt="2", policy_no="P2")
    other = {"name": "陈明", "staff_no": "B002", "org": "咸阳分公司"}
    judged(house.store, house.clock(), salt="3", policy_no="P3", agent=other)
    found = get(house, f"/v1/statistics/coaching?{MONTH}&by=branch", **OFFICER)["items"]
    assert [one["name"] for one in found] == ["西安分公司", "咸阳分公司"]
    item = next(one for one in found[0]["items"] if one["item"] == "dr_period")
    assert (item["now"], item["before"]) == (2, 1)
    assert len(get(house, item["sessions"], **OFFICER)["items"]) == 2
    assert sum(one["of"] for one in found[0]["trend"]) == 2
    assert found[0]["flagged_before"] == 1.0
    agents = get(house, f"/v1/statistics/coaching?{MONTH}&by=agent", **OFFICER)["items"]
    assert {(one["name"], one["title"]) for one in agents} == {("A001", "李静"), ("B002", "陈明")}
    mine = get(house, f"/v1/statistics/coaching?{MONTH}", role="branch", name="xianyang", branch="咸阳分公司")
    assert [one["name"] for one in mine["items"]] == ["咸阳分公司"]


def test_what_waits_is_told_by_due_day_person_and_reason(house: House) -> None:
    row = judged(house.store, house.clock())
    review = get(house, "/v1/queue", name="ann")["items"][0]
    post(house, f"/v1/reviews/{review['id']}/claim", name="ann")
    with house.store.database.writing() as s:
        late = NewReview(row.id, row.inspection_id or "", house.clock() - timedelta(days=1), reason=quotas.BLIND)
        reviews.open_review(s, late, house.clock())
    found = get(house, "/v1/statistics/workload", **OFFICER)
    assert (found["overall"]["pending"], found["overall"]["overdue"]) == (2, 1)
    assert {one["name"]: one["pending"] for one in found["people"]} == {"ann": 1, None: 1}
    assert {one["name"] for one in found["reasons"]} == {"flagged", "sample"}
    whole = found["overall"]
    assert whole["overdue"] + whole["today"] + whole["week"] + whole["later"] == whole["pending"]


def test_every_number_of_a_quota_lists_its_sessions(house: House) -> None:
    for number in range(3):
        judged(house.store, house.clock(), salt=str(number), policy_no=f"P{number}", channel="bank")
    rows = get(house, "/v1/quotas?period=2026-11", **OFFICER)["coverage"]
    rows = rows or get(house, "/v1/quotas", **OFFICER)["coverage"]
    checked = 0
    for row in rows:
        for part in ("sold", "done", "late", "undated", "waiting", "lost"):
            params = {name: row[name] for name in ("quota", "insurer", "branch", "period")} | {"part": part}
            answer = house.client.get("/v1/quotas/sessions", params=params, headers=house.headers(**OFFICER))
            assert len(answer.json()["items"]) == row[part]
            checked += row[part]
    assert checked > 0 or not rows
    unknown = {"quota": "none", "insurer": "-", "branch": "-"}
    answer = house.client.get("/v1/quotas/sessions", params=unknown, headers=house.headers(**OFFICER))
    assert answer.status_code == 404
