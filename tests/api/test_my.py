"""Customers see their own records and no others; branches see findings and no media."""

import json
from datetime import timedelta
from typing import Any

from tests.api.conftest import House, bearer
from tests.api.judged import CLIP, SALE_ORDER, judged
from tests.api.test_packet import PRIVATE, files_of, reads_as_handed_out
from tests.api.test_reviews import confirming, decided, get, opened, post
from tests.store.conftest import sqlite_template  # noqa: F401

OFFICER = {"role": "compliance", "name": "officer"}


def person(**changes: Any) -> dict[str, Any]:
    return {**SALE_ORDER["policyholder"], **changes}


def link(house: House, session: str, **more: Any) -> dict[str, Any]:
    found: dict[str, Any] = post(house, "/v1/customer-links", {"session_id": session, **more}, expect=201, **OFFICER)
    return found


def let_in(house: House, session: str) -> dict[str, str]:
    answer = house.client.post("/v1/my/login", json={"secret": link(house, session)["secret"]})
    assert answer.status_code == 200
    return bearer(answer.json()["token"])


def test_a_customer_finds_all_records_of_their_own_and_no_others(house: House) -> None:
    sale = judged(house.store, house.clock(), salt="1", policy_no="P1")
    call = judged(house.store, house.clock.forward(hours=1), salt="2", policy_no="P2")
    other = judged(
        house.store, house.clock(), salt="3", policy_no="P3",
        policyholder=person(name="赵四", id_number="61010419800501004X", phone="13700137000"),
    )  # fmt: skip
    headers = let_in(house, sale.id)
    found = house.client.get("/v1/my/records", headers=headers).json()["items"]
    assert [one["id"] for one in found] == [call.id, sale.id]
    assert found[0]["insurer"] == "远山人寿保险公司"
    for path in ("", "/record.zip"):
        assert house.client.get(f"/v1/my/records/{other.id}{path}", headers=headers).status_code == 404
    assert house.client.get(f"/v1/sessions/{other.id}/media/0", headers=headers).status_code == 404
    assert house.client.get(f"/v1/sessions/{sale.id}/media/0", headers=headers).status_code == 200


def test_a_record_shows_its_words_masked_and_not_what_was_made_of_it(house: House) -> None:
    row = judged(house.store, house.clock())
    found = house.client.get(f"/v1/my/records/{row.id}", headers=let_in(house, row.id))
    assert "犹豫期" in found.text
    assert "verdict" not in found.text
    for private in PRIVATE:
        assert private not in found.text


def test_a_record_can_be_taken_away_whole_and_signed(house: House) -> None:
    row = judged(house.store, house.clock())
    answer = house.client.get(f"/v1/my/records/{row.id}/record.zip", headers=let_in(house, row.id))
    files = files_of(answer.content)
    assert reads_as_handed_out(files)
    assert "inspection.json" not in files
    assert "trail.json" not in files
    recording = [name for name in files if name.startswith("recording/")]
    manifest = json.loads(files["manifest.json"])
    assert manifest["kind"] == "record"
    listed = {one["path"]: one["sha256"] for one in manifest["files"]}
    assert [listed[name] for name in recording] == [one["sha256"] for one in manifest["recordings"]]


def test_a_record_downloads_by_an_address_of_its_own_for_some_minutes(house: House) -> None:
    row = judged(house.store, house.clock())
    headers = let_in(house, row.id)
    made = house.client.post(f"/v1/my/records/{row.id}/link", headers=headers)
    assert made.status_code == 201
    url = made.json()["url"]
    assert house.client.get(url).content[:2] == b"PK"
    assert house.client.get(url.replace(row.id, "0" * 32)).status_code == 401
    assert house.client.get(url.replace("record.zip", "record.zip/")).status_code in (401, 404)
    house.clock.now += timedelta(minutes=6)
    assert house.client.get(url).status_code == 401
    actions = [one["action"] for one in get(house, "/v1/audit", role="auditor")["items"]]
    assert "customer.export" in actions


def test_a_link_works_once_and_not_for_ever(house: House) -> None:
    row = judged(house.store, house.clock())
    secret = link(house, row.id)["secret"]
    assert house.client.post("/v1/my/login", json={"secret": secret}).status_code == 200
    assert house.client.post("/v1/my/login", json={"secret": secret}).json()["code"] == "link_unusable"
    late = link(house, row.id, days=1)["secret"]
    house.clock.forward(days=1, seconds=1)
    assert house.client.post("/v1/my/login", json={"secret": late}).status_code == 401
    made = link(house, row.id)
    taken_back = house.client.delete(f"/v1/customer-links/{made['id']}", headers=house.headers(**OFFICER))  # type: ignore[arg-type]
    assert taken_back.status_code == 200
    assert house.client.post("/v1/my/login", json={"secret": made["secret"]}).status_code == 401
    assert house.client.post("/v1/my/login", json={"secret": "guessed"}).status_code == 401
    assert "secret" not in get(house, f"/v1/customer-links?session={row.id}", **OFFICER)["items"][0]


def test_a_visit_ends_soon(house: House) -> None:
    row = judged(house.store, house.clock())
    headers = let_in(house, row.id)
    house.clock.now += timedelta(minutes=31)
    assert house.client.get("/v1/my/records", headers=headers).status_code == 401


def test_a_phone_of_several_people_opens_nothing(house: House) -> None:
    phone_only = person(id_number=None)
    row = judged(house.store, house.clock(), salt="1", policyholder=phone_only)
    headers = let_in(house, row.id)
    assert len(house.client.get("/v1/my/records", headers=headers).json()["items"]) == 1
    for number, name in (("610104198005010023", "甲乙"), ("61010419800501004X", "丙丁")):
        judged(
            house.store, house.clock(), salt=number, policy_no=name, policyholder=person(name=name, id_number=number)
        )
    assert house.client.get("/v1/my/records", headers=headers).json()["items"] == []
    assert house.client.get(f"/v1/my/records/{row.id}", headers=headers).status_code == 404
    refused = post(house, "/v1/customer-links", {"session_id": row.id}, expect=409, **OFFICER)
    assert refused["code"] == "customer_shared"


def test_without_number_and_phone_nobody_can_tell_whose_it_is(house: House) -> None:
    row = judged(house.store, house.clock(), policyholder=person(id_number=None, phone=None))
    assert (
        post(house, "/v1/customer-links", {"session_id": row.id}, expect=409, **OFFICER)["code"] == "customer_unknown"
    )


def test_every_look_of_a_customer_is_in_the_log(house: House) -> None:
    row = judged(house.store, house.clock())
    headers = let_in(house, row.id)
    house.client.get("/v1/my/records", headers=headers)
    house.client.get(f"/v1/my/records/{row.id}", headers=headers)
    house.client.get(f"/v1/my/records/{row.id}/record.zip", headers=headers)
    actions = [one["action"] for one in get(house, "/v1/audit", role="auditor")["items"]]
    assert actions[:5] == ["customer.export", "customer.view", "customer.view", "customer.login", "customer.link"]


def test_a_branch_sees_findings_quotes_and_hints_of_its_own_sales_without_media(house: House) -> None:
    row = judged(house.store, house.clock())
    judged(house.store, house.clock(), salt="2", policy_no="P9", agent={"name": "陈明", "org": "咸阳分公司"})
    branch = {"role": "branch", "name": "xian", "branch": "西安分公司"}
    answer = house.client.get("/v1/branch/findings", headers=house.headers(**branch))  # type: ignore[arg-type]
    items = answer.json()["items"]
    assert [one["session_id"] for one in items] == [row.id]
    finding = next(one for one in items[0]["findings"] if one["item"] == "dr_period")
    assert finding["quotes"]
    assert finding["answer"] == "不清楚。"
    assert finding["fix"]
    assert CLIP not in answer.text
    for private in PRIVATE:
        assert private not in answer.text
    for path in (f"/v1/sessions/{row.id}/media/0", f"/v1/sessions/{row.id}/files/{CLIP}"):
        assert house.client.get(path, headers=house.headers(**branch)).status_code == 403  # type: ignore[arg-type]


def test_a_branch_follows_its_appeal(house: House) -> None:
    found = decided(house)
    branch = {"role": "branch", "name": "xian", "branch": "西安分公司"}
    seen = get(house, "/v1/branch/findings", **branch)["items"][0]
    assert seen["reviews"][0]["may_appeal"] is True
    assert [one["decision"] for one in seen["findings"] if one["item"] == "dr_period"] == ["confirm"]
    assert seen["tickets"][0]["kind"] == "rectify"
    post(house, f"/v1/reviews/{found['review']['id']}/appeal", {"text": "请复听"}, **branch)
    after = get(house, f"/v1/branch/findings?session={found['session']['id']}", **branch)["items"][0]["reviews"][0]
    assert (after["state"], after["may_appeal"], after["appeals"][0]["text"]) == ("appealed", False, "请复听")


def test_samples_stay_between_their_reviewers(house: House) -> None:
    review = opened(house)
    claimed = post(house, f"/v1/reviews/{review['id']}/claim")
    branch = {"role": "branch", "name": "xian", "branch": "西安分公司"}
    shown = get(house, "/v1/branch/findings", **branch)["items"][0]["reviews"][0]
    assert shown["state"] == "open"
    assert "reviewer" not in json.dumps(shown)
    body = confirming(claimed, claimed["review"]["version"])
    post(house, f"/v1/reviews/{review['id']}/decide", body)
