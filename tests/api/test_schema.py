"""The OpenAPI document against the application: nothing that fits it, or does not, breaks the server."""

from collections.abc import Callable
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.specs.openapi.checks import (
    response_schema_conformance,
    status_code_conformance,
)

from tests.api.conftest import House
from tests.api.made import inspected, session

ENDLESS = {("GET", "/v1/events"), ("GET", "/v1/sessions/{session_id}/events")}
LATER = {("POST", "/v1/logout")}
CHECKS: list[Callable[..., Any]] = [status_code_conformance, response_schema_conformance]
PATIENCE_S = 300
AWAY = 503
"""Said on purpose and declared: something the server needs is not there."""
ROLES = ("administrator", "compliance", "senior_reviewer", "uploader", "branch", "customer")


@schemathesis.serializer("application/offset+octet-stream")
def _piece(_context: Any, value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()


def operations(house: House) -> list[Any]:
    schema = schemathesis.openapi.from_asgi("/openapi.json", house.app)
    found = []
    for one in schema.get_all_operations():
        operation = one.ok()
        if (operation.method.upper(), operation.path) not in ENDLESS | LATER:
            found.append(operation)
    return found


def run(house: House, examples: int) -> None:
    """Every operation with generated requests, by people of several roles; ids are sometimes those that are there."""
    rows = [inspected(house.store, house.clock()), session(house.store, house.clock(), b"1", policy_no="P1")]
    tokens = [house.headers(role, customer_key="0" * 64, branch="西安分公司") for role in ROLES]  # type: ignore[arg-type]
    faults = []
    for operation in operations(house):
        chosen = st.tuples(
            operation.as_strategy(), st.sampled_from(tokens), st.sampled_from([None, *[row.id for row in rows]])
        )

        @given(chosen)
        @settings(
            max_examples=examples,
            deadline=None,
            derandomize=True,
            database=None,
            phases=(Phase.explicit, Phase.generate),
            suppress_health_check=list(HealthCheck),
        )
        def check(given_one: tuple[Any, dict[str, str], str | None]) -> None:
            case, headers, known = given_one
            if known is not None and "session_id" in (case.path_parameters or {}):
                case.path_parameters["session_id"] = known
            answer = case.call(headers=headers, timeout=PATIENCE_S)
            assert answer.status_code < 500 or answer.status_code == AWAY, answer.text
            case.validate_response(answer, checks=CHECKS)

        try:
            check()
        except Exception as error:  # noqa: BLE001  every operation is tried, then all faults are told
            faults.append(f"{operation.method.upper()} {operation.path}: {_told(error)}")
    assert not faults, "\n".join(faults)


def _told(error: BaseException) -> str:
    inner = getattr(error, "exceptions", ())
    return "; ".join([str(error)[:1500], *(_told(one) for one in inner[:3])])


def test_generated_requests_break_nothing(house: House) -> None:
    run(house, 2)


@pytest.mark.full
@pytest.mark.timeout(3600)
def test_many_generated_requests_break_nothing(house: House) -> None:
    run(house, 150)
