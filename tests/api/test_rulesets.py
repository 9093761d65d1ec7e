"""Rule sets in the browser: read, drafted, checked, tried on past sessions, published by two people."""

from typing import Any

import pytest

from engine.revising import ruleset_of
from engine.rules.texts import built_in
from tests.api.conftest import House
from tests.api.judged import judged
from tests.api.test_reviews import get, post
from tests.store.conftest import sqlite_template  # noqa: F401

TEXT = """\
schema: 1
id: short_call
version: "1"
title: 简短电话
scenarios: [telesales]
disclosures:
  - id: dr_hotline
    title: 客服电话
    severity: high
    basis: [practice]
    must:
      - {concept: 电话, any: [客服电话]}
    examples:
      pass: [我们的客服电话在合同首页。]
      fail: [没有别的事了。]
"""
AUTHOR = {"role": "compliance", "name": "author"}
SECOND = {"role": "compliance", "name": "second"}


def draft(house: House, text: str = TEXT, expect: int = 201, **who: Any) -> Any:
    return post(house, "/v1/rulesets", {"text": text}, expect=expect, **(who or AUTHOR))


def test_the_rule_sets_that_come_with_the_program_are_listed_and_told_in_plain_words(house: House) -> None:
    items = {one["id"]: one for one in get(house, "/v1/rulesets")["items"]}
    assert {"face_to_face", "remote", "bank", "telesales", "callback"} <= items.keys()
    assert items["callback"]["source"] == "builtin"
    shown = get(house, "/v1/rulesets/callback")
    assert shown["text"] == built_in("callback")
    assert [one["name"] for one in shown["parts"]]
    rule = next(one for one in shown["rules"] if one["id"] == "fu_identity")
    assert any("核实" in line for line in rule["says"])
    assert rule["basis"]


def test_every_fault_is_told_with_its_place(house: House) -> None:
    text = TEXT.replace("severity: high", "severity: hgih").replace("title: 客服电话", "titel: 客服电话")
    found = post(house, "/v1/rulesets/short_call/validate", {"text": text}, **AUTHOR)
    assert found["ok"] is False
    assert {(one["where"], one["line"]) for one in found["faults"]} >= {
        ("disclosures[0].severity", 9),
        ("disclosures[0].titel", 8),
    }
    assert all(one["column"] > 1 for one in found["faults"])


def test_examples_that_do_not_fit_are_told(house: House) -> None:
    text = TEXT.replace("没有别的事了。", "有事请打客服电话。")
    found = post(house, "/v1/rulesets/short_call/validate", {"text": text}, **AUTHOR)
    assert (found["ok"], found["faults"], found["examples"]) == (False, [], 2)
    assert found["failing"][0] | {"reason": ""} == {
        "rule": "dr_hotline", "say": "有事请打客服电话。", "expected": "fail", "found": "pass", "reason": "",
        "ok": False,
    }  # fmt: skip
    assert post(house, "/v1/rulesets/short_call/validate", {"text": TEXT}, **AUTHOR)["ok"] is True


@pytest.mark.parametrize(
    "text",
    [
        "a: &a [x,x,x,x,x,x,x,x,x,x]\n"
        + "".join(f"{chr(98 + i)}: &{chr(98 + i)} [{','.join(['*' + chr(97 + i)] * 10)}]\n" for i in range(9)),
        "a: " + "[" * 5000,
        "a: &a [*a]",
        TEXT.replace("any: [客服电话]", "regex: ['((a{1000}){1000}){1000}']"),
        TEXT.replace("any: [客服电话]", "regex: ['" + "(" * 900 + "a" + ")" * 900 + "']"),
        TEXT + "include: [/etc/passwd, ../../../etc/passwd, parts/../../settings.yaml]\n",
        TEXT + "settings: {pattern_seconds: 100000}\n",
        "\x01\x02",
        "!!python/object/apply:os.system [id]",
    ],
    ids=["aliases", "depth", "cycle", "repeats", "groups", "include", "slow", "control", "python"],
)
def test_a_hostile_text_is_a_faulty_one(house: House, text: str) -> None:
    found = post(house, "/v1/rulesets/short_call/validate", {"text": text}, **AUTHOR)
    assert found["ok"] is False
    assert found["faults"]
    assert "root:" not in str(found)


def test_an_endless_pattern_is_stopped(house: House) -> None:
    text = TEXT.replace("any: [客服电话]", "regex: ['(一|一一)+二']").replace("没有别的事了。", "一" * 60)
    found = post(house, "/v1/rulesets/short_call/validate", {"text": text}, **AUTHOR)
    assert "一" * 60 in [one["say"] for one in found["failing"]]


def test_too_long_a_text_is_refused(house: House) -> None:
    answer = house.client.post(
        "/v1/rulesets/short_call/validate",
        headers=house.headers(**AUTHOR),
        json={"text": "x" * 600_000},  # type: ignore[arg-type]
    )
    assert answer.status_code == 422


def test_publishing_needs_a_second_person(house: House) -> None:
    made = draft(house)
    assert (made["state"], made["version"]) == ("draft", 1)
    body = {"version": 1}
    assert post(house, "/v1/rulesets/short_call/publish", body, **AUTHOR)["state"] == "proposed"
    refused = post(house, "/v1/rulesets/short_call/publish", body, expect=403, **AUTHOR)
    assert refused["code"] == "ruleset_second_person"
    published = post(house, "/v1/rulesets/short_call/publish", body, **SECOND)
    assert (published["state"], published["approved_by"], published["in_force"]) == ("published", "second", True)
    assert ruleset_of(house.store, "short_call").title == "简短电话"
    assert get(house, "/v1/rulesets/short_call")["source"] == "published"


def test_a_draft_is_changed_by_one_hand_at_a_time_and_only_while_it_is_a_draft(house: House) -> None:
    made = draft(house)
    path = "/v1/rulesets/short_call/versions/1"

    def put(text: str, base: str) -> Any:
        return house.client.put(path, headers=house.headers(**AUTHOR), json={"text": text, "base": base})  # type: ignore[arg-type]

    changed = put(TEXT.replace('"1"', '"2"'), made["sha256"])
    assert changed.status_code == 200
    assert put(TEXT, made["sha256"]).json()["code"] == "conflict"
    post(house, "/v1/rulesets/short_call/publish", {"version": 1}, **AUTHOR)
    assert put(TEXT, changed.json()["sha256"]).json()["code"] == "ruleset_version_state"


def test_what_has_faults_or_failing_examples_is_not_published(house: House) -> None:
    draft(house, TEXT.replace("severity: high", "severity: hgih"))
    refused = post(house, "/v1/rulesets/short_call/publish", {"version": 1}, expect=422, **AUTHOR)
    assert refused["code"] == "ruleset_faults"
    draft(house, TEXT.replace("没有别的事了。", "有事请打客服电话。"))
    refused = post(house, "/v1/rulesets/short_call/publish", {"version": 2}, expect=422, **AUTHOR)
    assert refused["code"] == "ruleset_examples"


def test_a_published_version_can_be_taken_back(house: House) -> None:
    draft(house)
    post(house, "/v1/rulesets/short_call/publish", {"version": 1}, **AUTHOR)
    post(house, "/v1/rulesets/short_call/publish", {"version": 1}, **SECOND)
    post(house, "/v1/rulesets/short_call/withdraw", {"version": 1}, **SECOND)
    history = get(house, "/v1/rulesets/short_call/history")
    assert [(one["state"], one["in_force"]) for one in history] == [("withdrawn", False)]


def test_a_shipped_rule_set_edited_here_takes_its_place_and_shows_what_changed(house: House) -> None:
    text = (built_in("callback") or "").replace("title:", "title: 改过的", 1)
    assert "改过的" in text
    draft(house, text)
    difference = get(house, "/v1/rulesets/callback/diff?old=0&new=1")
    assert [line for line in difference["lines"] if line.startswith("+title")]
    assert (difference["added"], difference["removed"]) == ([], [])


def test_past_sessions_show_which_verdicts_would_flip(house: House) -> None:
    row = judged(house.store, house.clock())
    same = post(house, "/v1/rulesets/face_to_face/backtest", {}, **AUTHOR)
    assert (same["totals"]["sessions"], same["totals"]["flips"], same["next"]) == (1, [], None)
    text = (built_in("face_to_face") or "") + "\nwithout: [dr_period, dr_grace_period]\n"
    other = post(house, "/v1/rulesets/face_to_face/backtest", {"text": text}, **AUTHOR)
    gone = {one["item"] for one in other["items"][0]["changes"] if one["new"] is None}
    assert (other["items"][0]["folder"], gone) == (row.id, {"dr_period", "dr_grace_period"})
