"""Every route against every role: the table, the document and what the server does say the same."""

import re
from typing import Any

import pytest

from api.http.access import ROLES
from tests.api.conftest import House, bearer
from tests.api.roles import TABLE

METHODS = ("get", "head", "post", "put", "patch", "delete", "options")
STREAMS = {("GET", "/v1/events")}
"""Answers that do not end."""
NO_ID = "0" * 32


def operations(house: House) -> dict[tuple[str, str], dict[str, Any]]:
    paths = house.app.openapi()["paths"]
    return {
        (method.upper(), path): paths[path][method] for path in paths for method in METHODS if method in paths[path]
    }


def test_every_route_is_in_the_table_and_every_line_is_a_route(house: House) -> None:
    assert set(operations(house)) == set(TABLE)


def test_the_document_names_the_roles_of_the_table(house: House) -> None:
    for route, operation in operations(house).items():
        wanted = TABLE.get(route)
        assert sorted(operation.get("x-roles", [])) == sorted(wanted or ()), route
        assert ("security" in operation) == (wanted is not None), route


def _address(path: str, operation: dict[str, Any]) -> str:
    for parameter in operation.get("parameters", []):
        if parameter["in"] == "path":
            schema = parameter["schema"]
            value = "1" if schema.get("type") in ("integer", "number") else NO_ID
            path = path.replace("{" + parameter["name"] + "}", value)
    return path


@pytest.mark.parametrize("role", ROLES)
def test_a_role_is_refused_where_the_table_does_not_let_it_in(house: House, role: Any) -> None:
    headers = {**house.headers(role), "Tus-Resumable": "1.0.0"}
    wrong = []
    for (method, path), operation in operations(house).items():
        allowed = TABLE.get((method, path))
        if allowed is None or ((method, path) in STREAMS and role in allowed):
            continue
        answer = house.client.request(method, _address(path, operation), headers=headers)
        refused = answer.status_code == 403
        if refused == (role in allowed):
            wrong.append((method, path, answer.status_code))
    assert not wrong


def test_nobody_gets_in_without_signing_in(house: House) -> None:
    for (method, path), operation in operations(house).items():
        if TABLE.get((method, path)) is not None:
            answer = house.client.request(method, _address(path, operation))
            assert answer.status_code == 401, (method, path)
            assert "Bearer" in answer.headers["www-authenticate"]


def test_a_token_opens_only_what_its_scopes_name(house: House) -> None:
    headers = bearer(house.program("administrator", scopes=("users:read",)))
    assert house.client.get("/v1/users", headers=headers).status_code == 200
    assert house.client.post("/v1/users", headers=headers, json={}).status_code == 403
    assert house.client.get("/v1/tokens", headers=headers).status_code == 403
    assert house.client.get("/v1/sessions", headers=headers).status_code == 403


def test_every_declared_scope_is_well_formed(house: House) -> None:
    for route, operation in operations(house).items():
        if "x-roles" in operation:
            assert re.fullmatch(r"[a-z][a-z-]*:(read|write)", operation["x-scope"]), route
