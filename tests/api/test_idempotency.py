"""`Idempotency-Key`: done once, answered the same."""

import threading
from typing import Any

import pytest

from api.tidying import tidy
from tests.api.conftest import House
from tests.api.sending import TUS, metadata

KEY = {"Idempotency-Key": "k-1"}


def add(house: House, headers: dict[str, str], name: str = "bob") -> Any:
    return house.client.post("/v1/users", headers=headers, json={"name": name, "role": "branch"})


def test_the_same_request_is_done_once(house: House) -> None:
    headers = {**house.headers("administrator"), **KEY}
    one, two = add(house, headers), add(house, headers)
    assert (one.status_code, two.status_code) == (201, 201)
    assert one.json() == two.json()
    assert "idempotent-replay" not in one.headers
    assert two.headers["idempotent-replay"] == "true"


def test_another_request_with_the_same_key_is_refused(house: House) -> None:
    headers = {**house.headers("administrator"), **KEY}
    add(house, headers)
    answer = add(house, headers, "carol")
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_reused")


def test_a_key_belongs_to_its_caller(house: House) -> None:
    one = {**house.headers("administrator"), **KEY}
    other = {**house.headers("administrator", name="second"), **KEY}
    assert add(house, one).status_code == 201
    assert add(house, other).status_code == 409, "the name is taken: it was not answered from memory"


def test_what_was_refused_may_be_sent_again(house: House) -> None:
    headers = {**house.headers("administrator"), **KEY}
    house.user("bob", "branch")
    assert add(house, headers).status_code == 409
    with house.store.database.writing() as s:
        s.connection().exec_driver_sql("DELETE FROM user WHERE name = 'bob'")
    assert add(house, headers).status_code == 201


def test_a_second_request_that_comes_meanwhile_waits_its_turn(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    headers = {**house.headers("administrator"), **KEY}
    inside, go_on = threading.Event(), threading.Event()
    hashing = house.service.passwords.hash

    def slowly(password: str) -> str:
        inside.set()
        go_on.wait(10)
        return hashing(password)

    monkeypatch.setattr(house.service.passwords, "hash", slowly)
    body = {"name": "bob", "role": "branch", "password": "a long passphrase"}
    answers: list[Any] = []
    first = threading.Thread(target=lambda: answers.append(house.client.post("/v1/users", headers=headers, json=body)))
    first.start()
    assert inside.wait(10)
    second = house.client.post("/v1/users", headers=headers, json=body)
    assert (second.status_code, second.json()["code"]) == (409, "idempotency_running")
    go_on.set()
    first.join()
    assert answers[0].status_code == 201
    assert house.client.post("/v1/users", headers=headers, json=body).json() == answers[0].json()


def test_a_key_whose_process_died_is_free_again(house: House) -> None:
    headers = {**house.headers("administrator"), **KEY}
    add(house, headers)
    with house.store.database.writing() as s:
        s.connection().exec_driver_sql("UPDATE idempotency SET status = NULL")
        s.connection().exec_driver_sql("DELETE FROM user WHERE name = 'bob'")
    assert add(house, headers).status_code == 409
    house.clock.forward(minutes=11)
    assert add(house, headers).status_code == 201


def test_a_secret_in_an_answer_is_not_readable_in_the_database(house: House) -> None:
    headers = {**house.headers("administrator"), **KEY}
    body = {"name": "up", "role": "uploader"}
    secret = house.client.post("/v1/tokens", headers=headers, json=body).json()["token"]
    assert house.client.post("/v1/tokens", headers=headers, json=body).json()["token"] == secret
    folder = house.settings.store.folder
    files = [path.read_bytes() for path in folder.glob("mingjian.db*")]
    assert files
    assert not any(secret.encode() in content for content in files)


def test_an_upload_is_begun_once(house: House) -> None:
    headers = {**house.headers("uploader"), **TUS, **KEY, "Upload-Length": "5", "Upload-Metadata": metadata(b"12345")}
    one, two = (house.client.post("/v1/uploads", headers=headers) for _ in range(2))
    assert one.headers["location"] == two.headers["location"]


def test_answers_are_forgotten(house: House) -> None:
    headers = {**house.headers("administrator"), **KEY}
    add(house, headers)
    tidy(house.store, house.settings, house.clock.forward(hours=25))
    assert add(house, headers, "carol").status_code == 201


@pytest.mark.parametrize("key", ["", " ", "a b", "x" * 256, "é"])
def test_a_key_that_is_none_is_refused(house: House, key: str) -> None:
    headers = {**house.headers("administrator"), "Idempotency-Key": key.encode("latin-1")}
    answer = house.client.post("/v1/users", headers=headers, json={"name": "bob", "role": "branch"})  # type: ignore[arg-type]
    assert (answer.status_code, answer.json()["code"]) == (422, "request_invalid")
