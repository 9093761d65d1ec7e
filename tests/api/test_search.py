"""Search through the interface: hits with their times and places, filters, masks by role."""

from urllib.parse import quote

from tests.api.conftest import House
from tests.api.judged import judged
from tests.api.test_reviews import get
from tests.store.conftest import sqlite_template  # noqa: F401


def test_words_are_found_with_their_place_and_time(house: House) -> None:
    row = judged(house.store, house.clock())
    found = get(house, f"/v1/search?q={quote('犹豫期')}")["items"]
    assert [one["session_id"] for one in found] == [row.id]
    hit = found[0]["hits"][0]
    start, end = hit["spans"][0]
    assert hit["text"][start:end] == "犹豫期"
    assert hit["role"] == "agent"
    assert hit["end"] > hit["start"] > 0


def test_filters_narrow_what_is_found(house: House) -> None:
    judged(house.store, house.clock())
    words = quote("犹豫期")
    assert get(house, f"/v1/search?q={words}&branch={quote('西安分公司')}")["items"]
    assert not get(house, f"/v1/search?q={words}&branch={quote('别处')}")["items"]
    assert get(house, f"/v1/search?q={words}&item=dr_period&item_verdict=fail")["items"]
    assert not get(house, f"/v1/search?q={words}&verdict=clear")["items"]


def test_people_are_found_by_number_without_the_number_being_kept(house: House) -> None:
    row = judged(house.store, house.clock())
    for asked in ("person_id=610104198005010023", "person_phone=136-7123-4568"):
        assert [one["session_id"] for one in get(house, f"/v1/search?{asked}")["items"]] == [row.id]
    assert not get(house, "/v1/search?person_phone=13700137000")["items"]
    assert not get(house, "/v1/search?person_id=%20")["items"]


def test_who_need_not_know_sees_masks_and_every_search_is_in_the_log(house: House) -> None:
    judged(house.store, house.clock())
    words = f"/v1/search?q={quote('您的手机')}"
    assert "13671234568" in get(house, words)["items"][0]["hits"][0]["text"]
    masked = get(house, words, role="auditor")["items"][0]["hits"][0]
    assert "13671234568" not in masked["text"]
    assert "王小芳" not in masked["text"]
    start, end = masked["spans"][0]
    assert masked["text"][start:end] == "您的手机"
    actions = [one["action"] for one in get(house, "/v1/audit", role="auditor")["items"]]
    assert actions.count("search") == 2


def test_without_words_everything_that_passes_is_listed_in_pages(house: House) -> None:
    rows = [judged(house.store, house.clock.forward(seconds=1), salt=str(i), policy_no=f"P{i}") for i in range(3)]
    first = get(house, "/v1/search?limit=2")
    second = get(house, f"/v1/search?limit=2&cursor={first['next']}")
    assert [one["session_id"] for one in first["items"] + second["items"]] == [row.id for row in reversed(rows)]
