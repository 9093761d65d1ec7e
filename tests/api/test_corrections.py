"""Corrections of a transcript are judged at once; the machine's layer stays as it was."""

from typing import Any

from engine import revising
from engine.store import inspections, review_rows
from tests.api.conftest import House
from tests.api.judged import judged
from tests.api.test_reviews import confirming, get, opened, post
from tests.store.conftest import sqlite_template  # noqa: F401


def words(house: House, session: str, said: str, text: str) -> dict[str, Any]:
    """A correction of the first answer that reads `said`."""
    utterances = revising.stored(house.store, session).inspection.utterances
    return {"kind": "words", "utterance": next(one.id for one in utterances if one.text == said), "text": text}


def test_a_corrected_answer_changes_the_verdict_of_its_item_and_the_machines_layer_stays(house: House) -> None:
    row = judged(house.store, house.clock())
    body = {"base": 1, "corrections": [words(house, row.id, "不清楚。", "清楚。")]}
    found = post(house, f"/v1/sessions/{row.id}/corrections", body, expect=201)
    assert (found["version"], found["corrections"]) == (2, 1)
    assert {"item": "dr_period", "old": "fail", "new": "pass"}.items() <= next(
        one for one in found["changes"] if one["item"] == "dr_period"
    ).items()
    first = revising.stored(house.store, row.id, 1)
    second = revising.stored(house.store, row.id, 2)
    assert (first.row.correction_id, second.row.evidence) == (None, first.row.evidence)
    assert [one.text for one in first.inspection.utterances] != [one.text for one in second.inspection.utterances]
    item = next(one for one in second.inspection.items if one.id == "dr_period")
    assert item.answer is not None
    assert item.answer.quote == "清楚。"
    assert "corrected_by_hand" in [one.code for one in second.inspection.notes]
    with house.store.database.reading() as s:
        assert set(inspections.files(s, second.row.id)) == set(inspections.files(s, first.row.id))


def test_corrections_add_up_and_can_be_taken_back(house: House) -> None:
    row = judged(house.store, house.clock())
    path = f"/v1/sessions/{row.id}/corrections"
    post(house, path, {"base": 1, "corrections": [words(house, row.id, "不清楚。", "清楚。")]}, expect=201)
    both = post(house, path, {"base": 2, "corrections": [words(house, row.id, "不明白。", "明白。")]}, expect=201)
    assert (both["corrections"], both["before"]) == (2, "flagged")
    undone = post(house, path, {"base": 3, "corrections": [], "instead": True}, expect=201)
    assert undone["corrections"] == 0
    first, last = (revising.stored(house.store, row.id, version).inspection for version in (1, 4))
    assert first.utterances == last.utterances
    verdicts = [[one.verdict for one in found.items if one.kind == "disclosure"] for found in (first, last)]
    assert verdicts[0] == verdicts[1]
    assert len(get(house, path)["items"]) == 3


def test_an_older_base_is_refused(house: House) -> None:
    row = judged(house.store, house.clock())
    path = f"/v1/sessions/{row.id}/corrections"
    body = {"base": 1, "corrections": [words(house, row.id, "不清楚。", "清楚。")]}
    post(house, path, body, expect=201)
    assert post(house, path, body, expect=409)["code"] == "conflict"


def test_what_does_not_fit_the_session_is_refused(house: House) -> None:
    row = judged(house.store, house.clock())
    path = f"/v1/sessions/{row.id}/corrections"
    for wrong in (
        {"kind": "words", "utterance": 9999, "text": "好"},
        {"kind": "role", "speaker": "S9", "role": "agent"},
    ):
        assert post(house, path, {"base": 1, "corrections": [wrong]}, expect=422)["code"] == "correction_unfit"
    assert post(house, path, {"base": 1, "corrections": [{"kind": "words"}]}, expect=422)["code"] == "request_invalid"


def test_nobody_corrects_under_the_hands_of_another_reviewer(house: House) -> None:
    review = opened(house)
    post(house, f"/v1/reviews/{review['id']}/claim", name="ann")
    session = review["session_id"]
    body = {"base": 1, "corrections": [words(house, session, "不清楚。", "清楚。")]}
    refused = post(house, f"/v1/sessions/{session}/corrections", body, name="bob", expect=409)
    assert refused["code"] == "review_taken"
    post(house, f"/v1/sessions/{session}/corrections", body, name="ann", expect=201)
    after = get(house, f"/v1/reviews/{review['id']}", name="ann")
    assert (after["inspection_version"], after["review"]["state"]) == (2, "claimed")
    assert "dr_period" not in [one["item"] for one in after["findings"]]
    assert [one["action"] for one in after["history"]][-1] == "corrected"


def test_a_decision_brings_its_corrections(house: House) -> None:
    review = opened(house)
    claimed = post(house, f"/v1/reviews/{review['id']}/claim")
    body = confirming(claimed, claimed["review"]["version"])
    body["corrections"] = [words(house, review["session_id"], "不清楚。", "清楚。")]
    found = post(house, f"/v1/reviews/{review['id']}/decide", body)
    assert (found["review"]["state"], found["newest_version"]) == ("decided", 2)
    with house.store.database.reading() as s:
        assert len(review_rows.corrections_of(s, review["session_id"])) == 1


def test_sellers_and_programs_correct_nothing(house: House) -> None:
    row = judged(house.store, house.clock())
    body = {"base": 1, "corrections": []}
    path = f"/v1/sessions/{row.id}/corrections"
    assert post(house, path, body, name="seller", staff_no="A001", expect=403)["code"] == "not_allowed"
    headers = {"Authorization": f"Bearer {house.program('reviewer')}"}
    assert house.client.post(path, headers=headers, json=body).status_code == 403
