"""A paraphrase that a review confirmed: proposed, tried on past sessions, taken into a draft, published by two."""

from typing import Any

import pytest

from tests.api.conftest import House
from tests.api.test_reviews import get, opened, overturning, post
from tests.store.conftest import sqlite_template  # noqa: F401

OFFICER: dict[str, Any] = {"role": "compliance", "name": "officer"}
SECOND: dict[str, Any] = {"role": "compliance", "name": "second"}
CHIEF: dict[str, Any] = {"role": "senior_reviewer", "name": "chief"}


def paraphrased(house: House, item: str = "dr_period") -> dict[str, Any]:
    """A decided review in which `item` was said in other words."""
    review = opened(house)
    claimed = post(house, f"/v1/reviews/{review['id']}/claim")
    body = overturning(claimed, claimed["review"]["version"])
    for one in body["findings"]:
        if one["item"] == item:
            one.update(reason="said_otherwise", note="说的是“一共要存十年”")
    found: dict[str, Any] = post(house, f"/v1/reviews/{review['id']}/decide", body)
    return found


def found_one(house: House) -> dict[str, Any]:
    page = get(house, "/v1/wordings?state=found", **OFFICER)
    assert len(page["items"]) == 1
    found: dict[str, Any] = get(house, f"/v1/wordings/{page['items'][0]['id']}", **OFFICER)
    return found


def propose(house: House, wording: dict[str, Any], text: str = "一共要存十年", expect: int = 200, **more: Any) -> Any:
    body = {"concept": wording["concepts"][0]["name"], "text": text, **more}
    answer = house.client.put(f"/v1/wordings/{wording['id']}", headers=house.headers(**OFFICER), json=body)
    assert answer.status_code == expect, answer.text
    return answer.json()


def test_a_confirmed_paraphrase_waits_to_be_put_into_words(house: House) -> None:
    paraphrased(house)
    found = found_one(house)
    assert (found["item"], found["found_by"], found["state"]) == ("dr_period", "reviewer", "found")
    assert "一共要存十年" in found["note"]
    assert found["title"] != found["item"]
    assert found["concepts"][0]["phrases"]
    assert found["lines"]
    assert found["fault"] is None
    assert get(house, "/v1/wordings", **OFFICER)["counts"]["found"] == 1


def test_it_becomes_a_wording_of_a_draft_with_its_back_test(house: House) -> None:
    paraphrased(house)
    found = found_one(house)
    path = f"/v1/wordings/{found['id']}"
    assert post(house, f"{path}/backtest", expect=409, **OFFICER)["code"] == "wording_state"
    proposed = propose(house, found)
    assert (proposed["state"], proposed["proposed_by"]) == ("proposed", "officer")
    tried = post(house, f"{path}/backtest", {"limit": 1}, **CHIEF)
    assert (tried["wording"]["trial"]["sessions"], tried["wording"]["trial"]["done"]) == (1, True)
    accepted = post(house, f"{path}/accept", **OFFICER)
    ruleset, version = accepted["wording"]["ruleset"], accepted["version"]
    draft = get(house, f"/v1/rulesets/{ruleset}?version={version}", **OFFICER)
    assert (draft["state"], draft["faults"]) == ("draft", [])
    assert "一共要存十年" in draft["text"]
    rule = next(one for one in draft["rules"] if one["id"] == "dr_period")
    assert rule["says"]
    publish = {"version": version}
    assert post(house, f"/v1/rulesets/{ruleset}/publish", publish, **OFFICER)["state"] == "proposed"
    assert post(house, f"/v1/rulesets/{ruleset}/publish", publish, expect=403, **OFFICER)["code"] == (
        "ruleset_second_person"
    )
    assert post(house, f"/v1/rulesets/{ruleset}/publish", publish, **SECOND)["state"] == "published"
    assert propose(house, found, expect=409)["code"] == "wording_state"


def test_two_wordings_go_into_one_draft(house: House) -> None:
    paraphrased(house)
    found = found_one(house)
    propose(house, found)
    first = post(house, f"/v1/wordings/{found['id']}/accept", **OFFICER)
    house.clock.forward(minutes=1)
    review = opened(house, salt="2", policy_no="P2")
    claimed = post(house, f"/v1/reviews/{review['id']}/claim")
    body = overturning(claimed, claimed["review"]["version"])
    for one in body["findings"]:
        one.update(reason="said_otherwise")
    post(house, f"/v1/reviews/{review['id']}/decide", body)
    waiting = get(house, "/v1/wordings?state=found", **OFFICER)["items"]
    other = next(one for one in waiting if one["item"] == "dr_is_insurance")
    other = get(house, f"/v1/wordings/{other['id']}", **OFFICER)
    propose(house, other, "这就是一份保障合同呀")
    second = post(house, f"/v1/wordings/{other['id']}/accept", {"version": first["version"]}, **OFFICER)
    assert second["version"] == first["version"]
    text = get(house, f"/v1/rulesets/{other['ruleset']}?version={first['version']}", **OFFICER)["text"]
    assert "一共要存十年" in text
    assert "这就是一份保障合同呀" in text


@pytest.mark.parametrize(
    ("change", "names"),
    [({"concept": "没有这个"}, "没有这个"), ({"text": "||"}, "")],
)
def test_a_wording_has_to_fit_its_rule(house: House, change: dict[str, Any], names: str) -> None:
    paraphrased(house)
    refused = propose(house, found_one(house), expect=422, **change)
    assert refused["code"] == "wording_unfit"
    assert names in refused["zh"]


def test_a_wording_that_the_rule_knows_is_no_new_one(house: House) -> None:
    paraphrased(house)
    found = found_one(house)
    assert propose(house, found, found["concepts"][0]["phrases"][0], expect=422)["code"] == "wording_unfit"


def test_a_final_judgement_takes_back_what_the_first_had_found(house: House) -> None:
    decided = paraphrased(house)
    body = overturning(decided, decided["review"]["version"])
    post(house, f"/v1/reviews/{decided['review']['id']}/final", body, **CHIEF)
    page = get(house, "/v1/wordings", **OFFICER)
    assert page["counts"] == {"found": 0, "proposed": 0, "accepted": 0, "rejected": 1}
    path = f"/v1/wordings/{page['items'][0]['id']}/reject"
    assert post(house, path, expect=409, **OFFICER)["code"] == "wording_state"


def test_another_reason_proposes_nothing(house: House) -> None:
    review = opened(house)
    claimed = post(house, f"/v1/reviews/{review['id']}/claim")
    post(house, f"/v1/reviews/{review['id']}/decide", overturning(claimed, claimed["review"]["version"]))
    assert get(house, "/v1/wordings", **OFFICER)["items"] == []


def test_a_sentence_is_judged_by_one_rule(house: House) -> None:
    said = {"rule": "dr_period", "say": "您这份保险交费期间是十年，保障期间是三十年，您清楚吗？", "answer": "不清楚。"}
    found = post(house, "/v1/rulesets/face_to_face/say", said)
    assert found["title"]
    assert found["answer"] == "不清楚。"
    assert found["verdict"] in ("fail", "review")
    assert post(house, "/v1/rulesets/face_to_face/say", {**said, "rule": "dr_none"}, expect=404)["code"] == "not_found"


def test_all_examples_are_told_where_they_are_asked_for(house: House) -> None:
    checked = post(house, "/v1/rulesets/telesales/validate", {"all_examples": True}, **OFFICER)
    assert checked["ok"]
    assert len(checked["outcomes"]) == checked["examples"] > 0
    assert all(one["ok"] for one in checked["outcomes"])
