"""Statistics: every number agrees with the list of sessions it links to."""

import csv
import io
from typing import Any

import pytest

from engine.store import quotas, reviews, tickets
from engine.store.reviews import NewReview
from engine.store.tickets import NewEvent, NewTicket
from tests.api.conftest import House
from tests.api.judged import judged
from tests.api.test_reviews import confirming, get, overturning, post
from tests.store.conftest import sqlite_template  # noqa: F401

MONTH = "since=2026-11-01&until=2026-11-30"


@pytest.fixture
def month(house: House) -> House:
    """Three sessions of two branches, one of them recorded again, two reviewed, one call-back."""
    first = judged(house.store, house.clock(), salt="1", policy_no="P1")
    house.clock.forward(hours=1)
    other = {"name": "陈明", "staff_no": "B002", "org": "咸阳分公司"}
    judged(house.store, house.clock(), salt="2", policy_no="P2", agent=other)
    house.clock.forward(hours=1)
    judged(house.store, house.clock(), salt="3", policy_no="P1", retry_of=first.id)
    queue = get(house, "/v1/queue")["items"]
    for review, make in ((queue[0], confirming), (queue[1], overturning)):
        claimed = post(house, f"/v1/reviews/{review['id']}/claim")
        body = make(claimed, claimed["review"]["version"])
        post(house, f"/v1/reviews/{review['id']}/decide", body)
    with house.store.database.writing() as s:
        ticket = tickets.open_ticket(s, NewTicket("callback", policy_no="P1", session_id=first.id), house.clock())
        tickets.add_event(s, ticket.id, NewEvent("standard", "caller", house.clock()), house.clock())
    return house


def figures(found: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {one["id"]: one for one in found["overall"]}


def listed(house: House, link: str) -> list[str]:
    """Every session behind a link, page by page."""
    found: list[str] = []
    cursor = None
    while True:
        page = get(house, f"{link}&limit=1" + (f"&cursor={cursor}" if cursor else ""), role="compliance")
        found += [one["id"] for one in page["items"]]
        cursor = page["next"]
        if cursor is None:
            return found


def test_the_numbers_are_those_of_what_happened(month: House) -> None:
    found = figures(get(month, f"/v1/statistics/summary?{MONTH}", role="compliance"))
    told = {name: (one["hits"], one["of"]) for name, one in found.items()}
    assert told["inspected"] == (3, 3)
    assert told["flagged"] == (3, 3)
    assert told["first_pass"] == (1, 2)
    assert told["repeated"] == (1, 3)
    assert told["passed"] == (1, 2)
    assert told["callback_reached"] == (1, 1)
    assert found["first_pass"]["value"] == 0.5
    assert 0 < found["first_pass"]["low"] < 0.5 < found["first_pass"]["high"] < 1
    assert found["review_seconds"]["value"] == 60.0
    assert found["to_verdict"]["of"] == 3


@pytest.mark.parametrize("by", ["day", "week", "month", "branch", "agent", "scenario"])
def test_every_number_lists_its_sessions(month: House, by: str) -> None:
    found = get(month, f"/v1/statistics/summary?{MONTH}&by={by}", role="compliance")
    groups = [found["overall"], *(row["figures"] for row in found["rows"])]
    means = {one["id"] for one in found["measures"] if one["unit"] == "seconds"} | {"review_share"}
    checked = 0
    for group in groups:
        for one in group:
            if one["id"] not in means and one["of"]:
                of_tickets = one["id"].startswith("handled")  # a session may have several tickets: it is listed once
                for link, count in ((one["sessions"], one["hits"]), (one["sessions_of"], one["of"])):
                    found_there = len(listed(month, link))
                    assert found_there == count or (of_tickets and 0 < found_there <= count), one
                checked += 1
    assert checked >= 20


def test_groups_add_up_to_the_whole(month: House) -> None:
    whole = figures(get(month, f"/v1/statistics/summary?{MONTH}", role="compliance"))
    for by in ("day", "branch", "agent"):
        rows = get(month, f"/v1/statistics/summary?{MONTH}&by={by}", role="compliance")["rows"]
        for name in ("inspected", "repeated", "first_pass", "passed"):
            parts = [one for row in rows for one in row["figures"] if one["id"] == name]
            assert sum(one["hits"] for one in parts) == whole[name]["hits"]
            assert sum(one["of"] for one in parts) == whole[name]["of"]


def test_items_tell_what_people_made_of_them(month: House) -> None:
    found = {one["item"]: one for one in get(month, f"/v1/statistics/items?{MONTH}", role="compliance")["items"]}
    item = found["dr_period"]
    assert (item["sessions"], item["fail"], item["confirmed"], item["overturned"]) == (3, 3, 1, 1)
    assert (item["precision"], item["fail_precision"], item["overturn_rate"]) == (0.5, 0.5, 0.5)
    for part, count in (("flagged", 3), ("confirmed", 1), ("overturned", 1), ("cannot_tell", 0), ("missed", 0)):
        assert len(listed(month, item["links"][part])) == count


def test_reviewers_and_their_time(month: House) -> None:
    found = get(month, f"/v1/statistics/reviewers?{MONTH}", role="compliance")["items"]
    assert [(one["name"], one["reviews"], one["seconds"]) for one in found] == [("reviewer", 2, 60.0)]
    assert len(listed(month, found[0]["sessions"])) == 2


def test_blind_samples_estimate_what_the_machine_misses(house: House) -> None:
    for number in range(4):
        row = judged(house.store, house.clock(), salt=str(number), policy_no=f"P{number}")
        with house.store.database.writing() as s:
            new = NewReview(row.id, row.inspection_id or "", house.clock(), reason=quotas.BLIND)
            made = reviews.open_review(s, new, house.clock())
        version = post(house, f"/v1/reviews/{made.id}/claim")["review"]["version"]
        missed = [{"item": "fb_guarantee", "start": 1.0, "end": 2.0}] if number == 0 else []
        body = {"version": version, "outcome": "整改" if missed else "合格", "missed": missed}
        post(house, f"/v1/reviews/{made.id}/decide", body)
    found = get(house, f"/v1/statistics/sampling?{MONTH}", role="compliance")
    assert (found["sampled"], found["missed"], found["share"]) == (4, 1, 0.25)
    assert found["low"] == pytest.approx(0.0456, abs=1e-4)
    assert found["high"] == pytest.approx(0.6994, abs=1e-4)
    assert len(listed(house, found["sessions"])) == 4
    assert found["unnamed"] == 0
    rules = {one["item"]: one for one in found["items"]}
    assert (rules["fb_guarantee"]["sampled"], rules["fb_guarantee"]["missed"]) == (4, 1)
    assert rules["fb_guarantee"]["high"] == pytest.approx(0.6994, abs=1e-4)
    assert (rules["dr_cooling_off"]["sampled"], rules["dr_cooling_off"]["missed"]) == (4, 0)
    month = get(house, "/v1/statistics/monthly?month=2026-11", role="compliance")
    assert month["rule_misses"][0]["item"] == "fb_guarantee"
    headers = house.headers("compliance")
    for form in ("csv", "html"):
        text = house.client.get(f"/v1/statistics/monthly?month=2026-11&format={form}", headers=headers).text
        assert "盲抽" in text
        assert "fb_guarantee" in text


def test_a_branch_counts_its_own_only(month: House) -> None:
    mine = get(month, f"/v1/statistics/summary?{MONTH}&branch=别处", role="branch", name="xian", branch="西安分公司")
    assert figures(mine)["inspected"]["of"] == 2
    assert "branch=%E8%A5%BF" in figures(mine)["inspected"]["sessions"]
    none = get(month, f"/v1/statistics/summary?{MONTH}", role="branch", name="nowhere")
    assert figures(none)["inspected"]["of"] == 0


def test_the_month_as_json_table_and_page(month: House) -> None:
    path = "/v1/statistics/monthly?month=2026-11"
    report = get(month, path, role="compliance")
    assert report["overall"]["figures"]["inspected"]["hits"] == 3
    assert report["previous"]["figures"]["inspected"]["of"] == 0
    assert {row["name"] for row in report["branches"]} == {"西安分公司", "咸阳分公司"}
    headers = month.headers("compliance")
    table = month.client.get(f"{path}&format=csv", headers=headers)
    assert table.content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(table.content.decode("utf-8-sig"))))
    assert ["合计", "", "一次合格率", "0.5", "1.0", "2.0", "share"] in rows
    page = month.client.get(f"{path}&format=html", headers=headers)
    assert "质检月报" in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "<script" not in page.text


def test_a_table_has_no_formulas_and_a_page_no_markup_of_others(house: House) -> None:
    agent = {"name": "x", "staff_no": "=cmd()", "org": "<img src=x onerror=alert(1)>"}
    judged(house.store, house.clock(), agent=agent)
    headers = house.headers("compliance")
    table = house.client.get("/v1/statistics/monthly?month=2026-11&format=csv", headers=headers).text
    assert ",=cmd()" not in table
    assert "'=cmd()" in table
    page = house.client.get("/v1/statistics/monthly?month=2026-11&format=html", headers=headers).text
    assert "<img" not in page


@pytest.mark.parametrize(
    "asked", ["summary?since=2026-11-30&until=2026-11-01", "summary?since=2020-01-01&until=2026-01-01&by=day"]
)
def test_a_period_that_is_none_is_refused(house: House, asked: str) -> None:
    answer = house.client.get(f"/v1/statistics/{asked}", headers=house.headers("compliance"))
    assert (answer.status_code, answer.json()["code"]) == (422, "period_unfit")
