"""Signing in and out, locks, forged writes, tokens that end."""

import time

import pytest

from tests.api.conftest import House, bearer, web

PASSWORD = "correct horse battery"  # noqa: S105
WRONG = "wrong horse battery"


def log_in(house: House, name: str = "alice", password: str = PASSWORD) -> dict[str, str]:
    answer = house.client.post("/v1/login", json={"name": name, "password": password})
    assert answer.status_code == 200, answer.text
    return {"X-CSRF-Token": answer.json()["csrf"]}


def test_a_browser_signs_in_and_out(house: House) -> None:
    house.user("alice", "reviewer", PASSWORD, branch="西安")
    mark = log_in(house)
    me = house.client.get("/v1/me").json()
    assert (me["name"], me["role"], me["branch"], me["csrf"]) == ("alice", "reviewer", "西安", mark["X-CSRF-Token"])
    assert house.client.post("/v1/logout", headers=mark).status_code == 204
    assert house.client.get("/v1/me").status_code == 401


def test_the_cookie_is_kept_from_scripts_and_other_sites(house: House) -> None:
    house.user("alice", "reviewer", PASSWORD)
    answer = house.client.post("/v1/login", json={"name": "alice", "password": PASSWORD})
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert "secure" not in cookie  # http on this machine only; test_settings.py has the others
    secret = house.client.cookies["mingjian"]
    with house.store.database.engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT hash FROM login").scalars().all()
    assert len(rows) == 1
    assert secret not in rows[0]


def test_a_log_in_ends_after_its_time(house: House) -> None:
    house.user("alice", "reviewer", PASSWORD)
    log_in(house)
    house.clock.forward(hours=11)
    assert house.client.get("/v1/me").status_code == 200
    house.clock.forward(hours=2)
    assert house.client.get("/v1/me").status_code == 401


@pytest.mark.parametrize("name", ["alice", "nobody", "gone"])
def test_every_refusal_says_the_same(house: House, name: str) -> None:
    house.user("alice", "reviewer", PASSWORD)
    house.user("gone", "reviewer")  # comes by the identity provider only
    answer = house.client.post("/v1/login", json={"name": name, "password": WRONG})
    assert answer.status_code == 401
    body = answer.json()
    assert (body["code"], body["number"]) == ("login_failed", "MJ812")


def test_an_unknown_name_takes_as_long_as_a_wrong_password(house: House) -> None:
    house.user("alice", "reviewer", PASSWORD)

    def seconds(name: str) -> float:
        began = time.perf_counter()
        house.client.post("/v1/login", json={"name": name, "password": WRONG})
        return time.perf_counter() - began

    seconds("nobody")  # the first one computes the hash that unknown names are held against
    known, unknown = min(seconds("alice") for _ in range(3)), min(seconds("nobody") for _ in range(3))
    assert 0.4 < unknown / known < 2.5


def test_a_name_is_locked_after_failures_and_longer_each_time(house: House) -> None:
    house.user("alice", "reviewer", PASSWORD)

    def attempt(password: str) -> int:
        return house.client.post("/v1/login", json={"name": "alice", "password": password}).status_code

    for _ in range(5):
        assert attempt(WRONG) == 401
    assert attempt(PASSWORD) == 401, "locked: the right password does not help"
    house.clock.forward(seconds=31)
    assert attempt(WRONG) == 401
    house.clock.forward(seconds=31)
    assert attempt(PASSWORD) == 401, "the second lock lasts twice as long"
    house.clock.forward(seconds=30)
    assert attempt(PASSWORD) == 200
    for _ in range(4):
        attempt(WRONG)
    assert attempt(PASSWORD) == 200, "a good log-in forgets failures"


def test_guesses_while_locked_do_not_prolong_the_lock(house: House) -> None:
    house.user("alice", "reviewer", PASSWORD)
    for _ in range(12):
        house.client.post("/v1/login", json={"name": "alice", "password": WRONG})
    house.clock.forward(seconds=31)
    log_in(house)


class TestLimits:
    @pytest.fixture
    def server(self) -> dict[str, object]:
        return {"rates": {"logins": 3, "per_caller": 5, "per_address": 1000, "refused": 4}}

    def test_log_ins_from_one_address_are_limited(self, house: House) -> None:
        codes = [house.client.post("/v1/login", json={"name": "x", "password": WRONG}).status_code for _ in range(6)]
        assert codes[:3] == [401] * 3
        assert 429 in codes[3:]

    def test_requests_of_one_caller_are_limited_and_told_when_to_come_back(self, house: House) -> None:
        headers = bearer(house.program("auditor"))
        answers = [house.client.get("/v1/users", headers=headers) for _ in range(9)]
        assert [one.status_code for one in answers[:5]] == [200] * 5
        assert answers[-1].status_code == 429
        assert 1 <= int(answers[-1].headers["retry-after"]) <= 60
        other = bearer(house.program("auditor"))
        assert house.client.get("/v1/users", headers=other).status_code == 200

    def test_guessing_tokens_is_limited(self, house: House) -> None:
        codes = [house.client.get("/v1/me", headers=bearer(f"mj_{n}")).status_code for n in range(8)]
        assert codes[:4] == [401] * 4
        assert codes[-1] == 429


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 403),
        ({"X-CSRF-Token": "made-up"}, 403),
        ({"mark": "own", "Origin": web("evil.example")}, 403),
        ({"mark": "own", "Sec-Fetch-Site": "cross-site"}, 403),
        ({"mark": "own", "Sec-Fetch-Site": "same-site"}, 403),
        ({"mark": "own", "Origin": "http://127.0.0.1:8000"}, 201),
        ({"mark": "own"}, 201),
    ],
)
def test_a_write_by_cookie_needs_the_mark_of_our_own_page(house: House, headers: dict[str, str], status: int) -> None:
    house.user("root", "administrator", PASSWORD)
    mark = log_in(house, "root")
    sent = {name: value for name, value in headers.items() if name != "mark"}
    if "mark" in headers:
        sent |= mark
    answer = house.client.post("/v1/users", headers=sent, json={"name": "bob", "role": "reviewer"})
    assert answer.status_code == status, answer.text
    if status == 403:
        assert answer.json()["code"] == "forgery"


def test_the_mark_of_one_log_in_opens_no_other(house: House) -> None:
    house.user("root", "administrator", PASSWORD)
    old = log_in(house, "root")
    log_in(house, "root")
    answer = house.client.post("/v1/users", headers=old, json={"name": "bob", "role": "reviewer"})
    assert answer.status_code == 403


def test_a_new_password_ends_other_log_ins(house: House) -> None:
    house.user("alice", "reviewer", PASSWORD)
    log_in(house)
    elsewhere = dict(house.client.cookies)
    house.client.cookies.clear()
    mark = log_in(house)
    change = {"current": PASSWORD, "password": "another long passphrase"}
    assert house.client.post("/v1/me/password", headers=mark, json={**change, "current": WRONG}).status_code == 401
    easy = house.client.post("/v1/me/password", headers=mark, json={**change, "password": "short"})
    assert easy.status_code == 422
    assert house.client.post("/v1/me/password", headers=mark, json=change).status_code == 204
    assert house.client.get("/v1/me").status_code == 200
    house.client.cookies.clear()
    house.client.cookies.update(elsewhere)
    assert house.client.get("/v1/me").status_code == 401


def test_a_token_ends_when_revoked_or_over(house: House) -> None:
    administrator = house.headers("administrator")
    made = house.client.post("/v1/tokens", headers=administrator, json={"name": "up", "role": "auditor", "days": 3})
    secret = made.json()["token"]
    assert secret.startswith("mj_")
    with house.store.database.engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT * FROM token").all()
    assert not any(secret in str(value) for row in rows for value in row)
    assert house.client.get("/v1/me", headers=bearer(secret)).json()["person"] is False
    house.client.delete(f"/v1/tokens/{made.json()['id']}", headers=administrator)
    assert house.client.get("/v1/me", headers=bearer(secret)).status_code == 401
    other = house.program("auditor", days=3)
    house.clock.forward(days=3, seconds=1)
    assert house.client.get("/v1/me", headers=bearer(other)).status_code == 401


def test_a_person_put_out_of_use_is_out_everywhere_at_once(house: House) -> None:
    administrator = house.headers("administrator")
    alice = house.user("alice", "reviewer", PASSWORD)
    token = house.token_of(alice)
    log_in(house)
    body = {"role": "reviewer", "active": False}
    assert house.client.put(f"/v1/users/{alice.id}", headers=administrator, json=body).status_code == 200
    assert house.client.get("/v1/me").status_code == 401
    assert house.client.get("/v1/me", headers=bearer(token)).status_code == 401


def test_a_persons_token_follows_the_persons_role(house: House) -> None:
    administrator = house.headers("administrator")
    alice = house.user("alice", "reviewer")
    token = house.token_of(alice)
    house.client.put(f"/v1/users/{alice.id}", headers=administrator, json={"role": "branch"})
    assert house.client.get("/v1/me", headers=bearer(token)).json()["role"] == "branch"


def test_the_last_administrator_stays(house: House) -> None:
    headers = house.headers("administrator")
    me = house.client.get("/v1/users", headers=headers).json()["items"][0]
    answer = house.client.put(f"/v1/users/{me['id']}", headers=headers, json={"role": "reviewer"})
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")


def test_names_differ_by_more_than_capitals_and_look_like_no_program(house: House) -> None:
    headers = house.headers("administrator")
    assert house.client.post("/v1/users", headers=headers, json={"name": "Bob", "role": "branch"}).status_code == 201
    again = house.client.post("/v1/users", headers=headers, json={"name": "bob", "role": "branch"})
    assert again.status_code == 409
    for name in ("token:up#1", "a b", "a\nb", ""):
        answer = house.client.post("/v1/users", headers=headers, json={"name": name, "role": "branch"})
        assert answer.status_code == 422, name


def test_there_is_no_default_account(house: House) -> None:
    with house.store.database.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM user").scalar() == 0


def test_log_ins_stand_in_the_audit_log(house: House) -> None:
    house.user("alice", "reviewer", PASSWORD)
    log_in(house)
    for _ in range(5):
        house.client.post("/v1/login", json={"name": "alice", "password": WRONG})
    with house.store.database.engine.connect() as connection:
        lines = connection.exec_driver_sql("SELECT actor, action FROM audit ORDER BY number").all()
    assert [tuple(one) for one in lines] == [("alice", "login"), ("alice", "login.locked")]
