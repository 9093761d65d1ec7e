"""Evidence of an appeal: handed in by the branch, seen by those who judge it, and by nobody else."""

from typing import Any

import pytest

from engine.store import blob_rows
from tests.api.conftest import House
from tests.api.test_reviews import decided, get, overturning, post
from tests.store.conftest import sqlite_template  # noqa: F401

BRANCH: dict[str, Any] = {"role": "branch", "name": "xian", "branch": "西安分公司"}
CHIEF: dict[str, Any] = {"role": "senior_reviewer", "name": "chief"}
PICTURE = b"\x89PNG\r\n\x1a\n" + b"picture"
KIND = "image/png"


def appealed(house: House) -> dict[str, Any]:
    found = decided(house)
    body = {"text": "客户当场听清了", "items": ["dr_period"]}
    review = post(house, f"/v1/reviews/{found['review']['id']}/appeal", body, **BRANCH)
    return {"found": found, "path": f"/v1/reviews/{review['id']}", "version": review["version"]}


def hand_in(
    house: House,
    path: str,
    content: bytes = PICTURE,
    kind: str = KIND,
    who: dict[str, Any] | None = None,
    name: str = "签名页.png",
) -> Any:
    headers = {**house.headers(**(who or BRANCH)), "Content-Type": kind}
    return house.client.post(f"{path}/appeal/files", params={"name": name}, headers=headers, content=content)


def test_evidence_reaches_who_judges_and_the_branch_itself(house: House) -> None:
    made = appealed(house)
    answer = hand_in(house, made["path"], name="..\\..\\签名页.png")
    assert (answer.status_code, answer.json()["name"]) == (201, "签名页.png")
    shown = get(house, made["path"], **CHIEF)["appeals"][0]["files"]
    assert [(one["name"], one["media_type"], one["bytes"]) for one in shown] == [("签名页.png", KIND, len(PICTURE))]
    mine = get(house, "/v1/branch/findings", **BRANCH)["items"][0]["reviews"][0]["appeals"][0]["files"]
    assert mine[0]["id"] == shown[0]["id"]
    where = f"{made['path']}/appeal/files/{shown[0]['id']}"
    for who in (CHIEF, BRANCH):
        file = house.client.get(where, headers=house.headers(**who))
        assert (file.status_code, file.content, file.headers["content-type"]) == (200, PICTURE, KIND)
        assert "sandbox" in file.headers["content-security-policy"]
    other = house.headers("branch", name="other", branch="别处")
    assert house.client.get(where, headers=other).status_code == 404
    seller = house.headers("reviewer", name="seller", staff_no="A001")
    assert house.client.get(where, headers=seller).status_code == 403
    actions = [one["action"] for one in get(house, "/v1/audit", role="auditor")["items"]]
    assert {"appeal.file", "appeal.file.view"} <= set(actions)


def test_the_content_is_kept_as_long_as_the_appeal(house: House) -> None:
    made = appealed(house)
    hand_in(house, made["path"])
    house.clock.forward(days=3)
    house.store.collect_garbage(house.clock())
    file = get(house, made["path"], **CHIEF)["appeals"][0]["files"][0]
    content = house.client.get(f"{made['path']}/appeal/files/{file['id']}", headers=house.headers(**CHIEF))
    assert content.content == PICTURE
    with house.store.database.reading() as s:
        assert blob_rows.referred() is not None
        assert any(one.bytes == len(PICTURE) for one in blob_rows.known(s))


@pytest.mark.parametrize(
    ("content", "kind"),
    [(b"<svg onload='alert(1)'/>", "image/svg+xml"), (b"<html>", "image/png"), (PICTURE, "text/html"), (b"", KIND)],
)
def test_only_pictures_and_papers_are_taken(house: House, content: bytes, kind: str) -> None:
    made = appealed(house)
    answer = hand_in(house, made["path"], content, kind)
    assert (answer.status_code, answer.json()["code"]) == (422, "appeal_file_refused")


def test_not_more_files_than_the_policy_allows(house: House) -> None:
    made = appealed(house)
    codes = [hand_in(house, made["path"], PICTURE + bytes([number])).status_code for number in range(11)]
    assert codes == [201] * 10 + [422]


def test_nothing_is_handed_in_without_an_open_appeal_of_ones_own(house: House) -> None:
    found = decided(house)
    path = f"/v1/reviews/{found['review']['id']}"
    assert hand_in(house, path).json()["code"] == "review_state"
    review = post(house, f"{path}/appeal", {"text": "请复听"}, **BRANCH)
    colleague = {"role": "branch", "name": "colleague", "branch": "西安分公司"}
    assert hand_in(house, path, who=colleague).json()["code"] == "review_state"
    stranger = {"role": "branch", "name": "stranger", "branch": "别处"}
    assert hand_in(house, path, who=stranger).status_code == 404
    body = overturning(found, review["version"]) | {"appeal": "rejected", "note": "原声不清"}
    post(house, f"{path}/final", body, **CHIEF)
    assert hand_in(house, path).json()["code"] == "review_state"
