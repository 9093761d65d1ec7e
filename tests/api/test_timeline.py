"""What the page of a session draws: characters with their times, who is heard; by role, and without a verdict."""

import base64
from typing import Any

from api.http.timeline import timing_of
from engine.evidence import Character, Transcript, Utterance
from engine.interval import Interval
from engine.store import review_rows
from tests.api.conftest import House
from tests.api.judged import judged
from tests.api.made import session


def get(house: House, path: str, role: Any, **more: Any) -> Any:
    return house.client.get(path, headers=house.headers(role, **more))


def test_each_character_has_its_place_in_the_text_and_its_time() -> None:
    spoken = [("有", 10.0), ("犹", 10.2), ("豫", 10.4), ("。", 10.6), ("期", 10.6)]
    characters = tuple(Character(text, Interval(at, at + 0.2), 0.9, "S1") for text, at in spoken)
    said = Utterance(1, Interval(10.0, 11.0), "S1", "agent", "有，犹豫。期", 0.9, 0, 5)
    heard = Transcript(characters, (said,), (), (), ())
    assert timing_of(said, heard) == [0, 1, 0, 200, 2, 1, 200, 200, 3, 1, 400, 200, 5, 1, 600, 200]


def test_the_conversation_with_its_voices_and_the_rules_without_their_verdicts(house: House) -> None:
    row = judged(house.store, house.clock())
    found = get(house, f"/v1/sessions/{row.id}/timeline", "reviewer").json()
    assert found["version"] == 1
    assert found["nominal"] is True
    assert [one["kind"] for one in found["parts"]] == ["chat"]
    assert {one["role"] for one in found["voices"]} == {"agent", "customer"}
    assert any("王小芳" in one["text"] for one in found["lines"])
    assert all(len(one["timing"]) % 4 == 0 for one in found["lines"])
    assert {"id", "title", "kind", "severity"} == set(found["rules"][0])
    sound = get(house, f"/v1/sessions/{row.id}/waveform", "reviewer").json()
    assert (sound["length"], sound["parties"]) == (0, [])


def test_an_auditor_sees_it_masked_and_a_seller_not_at_all(house: House) -> None:
    row = judged(house.store, house.clock())
    path = f"/v1/sessions/{row.id}/timeline"
    text = get(house, path, "auditor").text
    assert "13671234568" not in text
    assert "王小芳" not in text
    assert get(house, path, "reviewer", name="seller", staff_no=row.agent_no).status_code == 403
    assert get(house, f"/v1/sessions/{row.id}/waveform", "reviewer", name="seller").status_code == 403
    assert get(house, path, "branch", branch=row.branch).status_code == 403


def test_a_view_of_it_stands_in_the_audit_log(house: House) -> None:
    row = judged(house.store, house.clock())
    get(house, f"/v1/sessions/{row.id}/timeline", "reviewer")
    lines = get(house, "/v1/audit?action=timeline.view", "auditor").json()["items"]
    assert [one["actor"] for one in lines] == ["reviewer"]


def test_corrections_show_and_say_that_they_are_a_persons(house: House) -> None:
    row = judged(house.store, house.clock())
    path = f"/v1/sessions/{row.id}"
    line = get(house, f"{path}/timeline", "reviewer").json()["lines"][1]
    body = {"base": 1, "corrections": [{"kind": "words", "utterance": line["id"], "text": "换了一句话。"}]}
    done = house.client.post(f"{path}/corrections", json=body, headers=house.headers("reviewer"))
    assert done.status_code == 201
    after = get(house, f"{path}/timeline", "reviewer").json()["lines"][1]
    assert (after["text"], after["human"]) == ("换了一句话。", True)
    before = get(house, f"{path}/timeline?version=1", "reviewer").json()["lines"][1]
    assert before["text"] == line["text"]


def test_sound_that_cannot_be_decoded_makes_an_empty_waveform(house: House) -> None:
    row = session(house.store, house.clock(), b"no recording")
    answer = get(house, f"/v1/sessions/{row.id}/waveform", "reviewer")
    assert answer.status_code == 200
    assert base64.b64decode(answer.json()["rest"]) == b""


def test_who_reviews_and_how_much_they_have(house: House) -> None:
    house.headers("reviewer")
    row = judged(house.store, house.clock())
    with house.store.database.reading() as s:
        review = review_rows.of_session(s, row.id)[0].review.id
    claimed = house.client.post(f"/v1/reviews/{review}/claim", headers=house.headers("reviewer"), json={})
    assert claimed.status_code == 200
    items = get(house, "/v1/reviews/reviewers", "senior_reviewer").json()["items"]
    assert [(one["name"], one["claimed"], one["assigned"]) for one in items] == [
        ("reviewer", 1, 0),
        ("senior_reviewer", 0, 0),
    ]
    house.clock.forward(hours=2)
    items = get(house, "/v1/reviews/reviewers", "senior_reviewer").json()["items"]
    assert (items[0]["claimed"], items[0]["assigned"]) == (0, 1)
