"""Signing in through an identity provider."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.api.conftest import House, web
from tests.api.provider import CLIENT, SECRET, Provider


@pytest.fixture(scope="module")
def running() -> Iterator[Provider]:
    found = Provider()
    yield found
    found.stop()


@pytest.fixture
def provider(running: Provider) -> Provider:
    running.claims = {"sub": "1001", "preferred_username": "王芳", "roles": ["qc-reviewers"]}
    running.changes, running.algorithm, running.signing = {}, "RS256", running.key
    return running


@pytest.fixture
def server(provider: Provider) -> dict[str, Any]:
    return {
        "oidc": {
            "issuer": provider.issuer,
            "client_id": CLIENT,
            "client_secret": SECRET,
            "roles": {"qc-leads": "senior_reviewer", "qc-reviewers": "reviewer"},
            "branch_claim": "org.branch",
            "staff_no_claim": "employee",
        }
    }


@pytest.fixture(autouse=True)
def today(house: House) -> None:
    house.clock.now = datetime.now(UTC)


def begin(house: House, after: str = "/") -> str:
    answer = house.client.get("/v1/oidc/login", params={"next": after}, follow_redirects=False)
    assert answer.status_code == 302, answer.text
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "path=/v1/oidc" in cookie
    return answer.headers["location"]


def come_back(house: House, told: dict[str, str]) -> Any:
    return house.client.get("/v1/oidc/callback", params=told, follow_redirects=False)


def sign_in(house: House, provider: Provider, after: str = "/") -> Any:
    return come_back(house, provider.sign_in(begin(house, after)))


def test_a_person_signs_in_with_the_role_of_their_claim(house: House, provider: Provider) -> None:
    provider.claims |= {"org": {"branch": "西安分公司"}, "employee": "A007"}
    answer = sign_in(house, provider, "/queue?mine=1")
    assert (answer.status_code, answer.headers["location"]) == (303, "/queue?mine=1")
    me = house.client.get("/v1/me").json()
    assert (me["name"], me["role"], me["branch"], me["staff_no"]) == ("王芳", "reviewer", "西安分公司", "A007")
    assert me["csrf"]
    assert house.client.post("/v1/logout", headers={"X-CSRF-Token": me["csrf"]}).status_code == 204


def test_a_role_that_was_changed_there_is_changed_here(house: House, provider: Provider) -> None:
    sign_in(house, provider)
    provider.claims["roles"] = ["qc-reviewers", "qc-leads"]
    sign_in(house, provider)
    assert house.client.get("/v1/me").json()["role"] == "senior_reviewer"
    users = house.client.get("/v1/users", headers=house.headers("administrator")).json()["items"]
    assert len([one for one in users if one["external"]]) == 1


def test_who_has_no_role_there_does_not_get_in(house: House, provider: Provider) -> None:
    provider.claims["roles"] = ["canteen"]
    assert sign_in(house, provider).json()["code"] == "login_failed"
    assert house.client.get("/v1/me").status_code == 401


def test_who_was_put_out_of_use_here_stays_out(house: House, provider: Provider) -> None:
    sign_in(house, provider)
    headers = house.headers("administrator")
    users = house.client.get("/v1/users", headers=headers).json()["items"]
    me = next(one for one in users if one["external"])
    house.client.cookies.clear()
    house.client.put(f"/v1/users/{me['id']}", headers=headers, json={"role": "reviewer", "active": False})
    assert sign_in(house, provider).status_code == 401


def test_a_name_that_is_taken_here_is_not_taken_over(house: House, provider: Provider) -> None:
    house.user("王芳", "administrator", "correct horse battery")
    answer = sign_in(house, provider)
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")


@pytest.mark.parametrize(
    "changes",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"aud": "another"},
        {"aud": [CLIENT, "another"]},
        {"iss": web("evil.example")},
        {"exp": int(time.time()) - 3600},
        {"exp": None},
        {"sub": None},
    ],
    ids=str,
)
def test_a_wrong_id_token_opens_nothing(house: House, provider: Provider, changes: dict[str, Any]) -> None:
    provider.changes = changes
    assert sign_in(house, provider).json()["code"] == "login_failed"
    assert house.client.get("/v1/me").status_code == 401


def test_an_id_token_of_another_key_opens_nothing(house: House, provider: Provider) -> None:
    provider.signing = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    assert sign_in(house, provider).json()["code"] == "login_failed"


@pytest.mark.parametrize(("algorithm", "key"), [("none", None), ("HS256", "x" * 64)])
def test_an_id_token_that_anybody_could_make_opens_nothing(
    house: House, provider: Provider, algorithm: str, key: Any
) -> None:
    provider.algorithm, provider.signing = algorithm, key
    assert sign_in(house, provider).json()["code"] == "login_failed"


def test_an_answer_fits_only_the_browser_that_asked(house: House, provider: Provider) -> None:
    told = provider.sign_in(begin(house))
    house.client.cookies.clear()
    assert come_back(house, told).status_code == 401
    victim = begin(house)
    assert victim
    assert come_back(house, told).status_code == 401, "the attacker's code in the victim's browser"


@pytest.mark.parametrize("told", [{}, {"code": "x"}, {"state": "x"}, {"code": "x", "state": "x"}])
def test_an_answer_that_nobody_asked_for_opens_nothing(house: House, told: dict[str, str]) -> None:
    begin(house)
    assert come_back(house, told).status_code == 401


def test_a_code_is_good_once(house: House, provider: Provider) -> None:
    told = provider.sign_in(begin(house))
    cookie = house.client.cookies["mingjian-oidc"]
    assert come_back(house, told).status_code == 303
    house.client.cookies.clear()
    house.client.cookies.set("mingjian-oidc", cookie)
    assert come_back(house, told).status_code == 401


def test_an_answer_that_comes_too_late_opens_nothing(house: House, provider: Provider) -> None:
    told = provider.sign_in(begin(house))
    house.clock.forward(minutes=11)
    assert come_back(house, told).status_code == 401


@pytest.mark.parametrize(
    "after", [web("evil.example"), "//evil.example", "/\\evil.example", "javascript:alert(1)", "/a\\b", "\n/x"]
)
def test_nobody_is_led_elsewhere_after_signing_in(house: House, provider: Provider, after: str) -> None:
    assert sign_in(house, provider, after).headers["location"] == "/"


class TestAway:
    @pytest.fixture
    def server(self) -> dict[str, Any]:
        return {"oidc": {"issuer": "http://127.0.0.1:9", "client_id": CLIENT, "roles": {}}}

    def test_a_provider_that_does_not_answer_is_told_as_such(self, house: House) -> None:
        answer = house.client.get("/v1/oidc/login", follow_redirects=False)
        assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")


class TestNone:
    @pytest.fixture
    def server(self) -> dict[str, Any]:
        return {}

    def test_without_a_provider_there_is_no_such_path(self, house: House) -> None:
        for path in ("/v1/oidc/login", "/v1/oidc/callback"):
            assert house.client.get(path).status_code == 404
