"""The console's own description of what the server sends (src/api/types.ts) against the OpenAPI document."""

import re

import pytest

from api.app import create_app
from engine.settings import Settings
from tests.console.driving import CONSOLE

INTERFACE = re.compile(r"^export interface (\w+) \{\n(.*?)^\}", re.MULTILINE | re.DOTALL)
FIELD = re.compile(r"^  (\w+)\??:", re.MULTILINE)
OTHERWISE = {
    "Paper": "PaperSummary",
    "ReviewSession": "api__http__review_models__Session",
    "SaidHit": "HitOut",
    "SaidSession": "FoundOut",
}
"""Interfaces whose schema is called something else."""
NO_SCHEMA = {"Listed", "Evidence", "Item", "Inspection"}
"""Of the inspection's own contract, or put together here."""


@pytest.fixture(scope="module")
def schemas() -> dict[str, dict[str, object]]:
    found: dict[str, dict[str, object]] = create_app(Settings()).openapi()["components"]["schemas"]
    return found


def interfaces() -> dict[str, set[str]]:
    text = (CONSOLE / "src" / "api" / "types.ts").read_text(encoding="utf-8")
    return {name: set(FIELD.findall(body)) for name, body in INTERFACE.findall(text)}


def test_what_the_console_reads_is_what_the_server_sends(schemas: dict[str, dict[str, object]]) -> None:
    wrong = {}
    for name, fields in interfaces().items():
        schema = schemas.get(OTHERWISE.get(name, name))
        if name in NO_SCHEMA or schema is None:
            assert name in NO_SCHEMA, f"no schema is called {name}"
            continue
        missing = fields - set(schema["properties"])  # type: ignore[call-overload]
        if missing:
            wrong[name] = missing
    assert wrong == {}


def test_no_address_stands_in_the_lock_of_the_console() -> None:
    for name in ("package.json", "package-lock.json", ".npmrc"):
        assert "://" not in (CONSOLE / name).read_text(encoding="utf-8")
