"""What people have done on the stage before a browser comes: claims, decisions, an appeal, a final judgement."""

from dataclasses import dataclass
from typing import Any

import httpx

TOKENS = (
    ("核心业务系统", ["uploads:write", "sessions:write", "sessions:read"]),
    ("电销平台", ["recordings:write"]),
)
"""Programs that send recordings."""


@dataclass(frozen=True)
class Person:
    """Somebody who has signed in, as a browser does."""

    client: httpx.Client

    def get(self, path: str, **query: Any) -> Any:
        answer = self.client.get(path, params=query)
        answer.raise_for_status()
        return answer.json()

    def post(self, path: str, body: Any = None) -> Any:
        answer = self.client.post(path, json={} if body is None else body)
        answer.raise_for_status()
        return answer.json()


def signed_in(address: str, name: str, password: str) -> Person:
    """A person of the stage."""
    client = httpx.Client(base_url=address, trust_env=False, timeout=60)
    answer = client.post("/v1/login", json={"name": name, "password": password})
    answer.raise_for_status()
    client.headers["X-CSRF-Token"] = answer.json()["csrf"]
    return Person(client)


def decided(person: Person, review: str, outcome: str, *, call: str = "confirm", reason: str | None = None) -> Any:
    """A review claimed and decided, every finding alike."""
    found = person.post(f"/v1/reviews/{review}/claim")
    findings = [
        {"item": one["item"], "product_index": one["product_index"], "decision": call, "reason": reason}
        for one in found["findings"]
    ]
    body = {"version": found["review"]["version"], "findings": findings, "outcome": outcome, "seconds_spent": 74.0}
    return person.post(f"/v1/reviews/{review}/decide", body)


def play(address: str, password: str, reviews: dict[str, str]) -> dict[str, str]:
    """A morning of work. Gives what pages are opened with: `appealed`, a review that waits for its final
    judgement; `taken`, one that another reviewer is at; `begun`, one with a draft."""
    first = signed_in(address, "赵敏", password)
    second = signed_in(address, "钱进", password)
    branch = signed_in(address, "西安机构", password)
    by_policy = list(reviews.values())
    appealed, passed, failed, taken = by_policy[1], by_policy[6], by_policy[7], by_policy[2]
    decided(first, appealed, "整改", reason="heard")
    decided(second, passed, "合格", call="overturn", reason="said_otherwise")
    decided(second, failed, "不合格", reason="heard")
    branch.post(
        f"/v1/reviews/{appealed}/appeal",
        {"text": "销售人员说的是历史演示利率，已出示利益演示表，并非承诺收益。", "items": ["fb_guarantee"]},
    )
    second.post(f"/v1/reviews/{taken}/claim")
    begun = by_policy[3]
    first.post(f"/v1/reviews/{begun}/claim")
    ruling = {"decision": "overturn", "reason": None, "note": ""}
    draft = {"rulings": {"dr_exclusion": ruling}, "missed": [{"item": "fb_guarantee", "start": 58.2, "end": 63.4}]}
    first.client.put(f"/v1/reviews/{begun}/draft", json={"content": draft}).raise_for_status()
    office = signed_in(address, "吴管理", password)
    for name, scopes in TOKENS:
        office.post("/v1/tokens", {"name": name, "role": "uploader", "scopes": scopes, "days": 180})
    session = first.get(f"/v1/reviews/{appealed}")["session"]["id"]
    begun_session = first.get(f"/v1/reviews/{begun}")["session"]["id"]
    return {
        "appealed": appealed, "appealed_session": session, "taken": taken, "begun": begun,
        "begun_session": begun_session,
    }  # fmt: skip
