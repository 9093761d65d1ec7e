"""The JSON Schema for editors: all shipped files fit it, and what loading refuses for its shape does not."""

import json
import re
from copy import deepcopy
from datetime import date
from operator import ge, gt, le, lt
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from api.cli.rules import app
from engine.rules.json_schema import rules_schema
from engine.rules.loading import RULESETS

FILES = sorted([*RULESETS.glob("*.yaml"), *(RULESETS / "parts").glob("*.yaml")])
TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "integer": int, "number": (int, float)}
IGNORED = {"title", "description", "default", "format", "$defs", "$schema", "examples"}


def faults(schema, value, root, at="") -> list[str]:
    """Where `value` does not fit `schema`. Knows the keywords that the schema uses and refuses to meet another."""
    found: list[str] = []
    for keyword, wanted in schema.items():
        match keyword:
            case "$ref":
                found += faults(root["$defs"][wanted.rpartition("/")[2]], value, root, at)
            case "anyOf" | "oneOf":
                if not any(not faults(one, value, root, at) for one in wanted):
                    found.append(f"{at}: fits none")
            case "if":
                branch = "else" if faults(wanted, value, root, at) else "then"
                found += faults(schema[branch], value, root, at)
            case "then" | "else":
                pass
            case "type":
                kind = type(value) is bool if wanted == "boolean" else isinstance(value, TYPES.get(wanted, type(None)))
                if not kind or (wanted in ("integer", "number") and isinstance(value, bool)):
                    found.append(f"{at}: no {wanted}")
            case "const" | "enum":
                if value not in (wanted if keyword == "enum" else [wanted]):
                    found.append(f"{at}: {value!r}")
            case "properties":
                for name, inner in wanted.items():
                    if isinstance(value, dict) and name in value:
                        found += faults(inner, value[name], root, f"{at}.{name}")
            case "required":
                found += [f"{at}: no {name}" for name in wanted if isinstance(value, dict) and name not in value]
            case "additionalProperties":
                others = set(value) - set(schema.get("properties", {})) if isinstance(value, dict) else set()
                for name in sorted(others):
                    found += [f"{at}.{name}"] if wanted is False else []
                    found += faults(wanted, value[name], root, f"{at}.{name}") if isinstance(wanted, dict) else []
            case "propertyNames" | "patternProperties":
                names = {"pattern": next(iter(wanted))} if keyword == "patternProperties" else wanted
                for name in value if isinstance(value, dict) else ():
                    found += faults(names, name, root, f"{at}.{name}")
                    if keyword == "patternProperties":
                        found += faults(next(iter(wanted.values())), value[name], root, f"{at}.{name}")
            case "items":
                for index, one in enumerate(value if isinstance(value, list) else ()):
                    found += faults(wanted, one, root, f"{at}[{index}]") if isinstance(wanted, dict) else []
            case "prefixItems":
                for index, (inner, one) in enumerate(
                    zip(wanted, value if isinstance(value, list) else (), strict=False)
                ):
                    found += faults(inner, one, root, f"{at}[{index}]")
            case "pattern":
                if isinstance(value, str) and not re.search(wanted, value):
                    found.append(f"{at}: {value!r}")
            case "minLength" | "minItems" | "minProperties":
                if isinstance(value, str | list | dict) and len(value) < wanted:
                    found.append(f"{at}: too short")
            case "maxLength" | "maxItems" | "maxProperties":
                if isinstance(value, str | list | dict) and len(value) > wanted:
                    found.append(f"{at}: too long")
            case "minimum" | "exclusiveMinimum" | "maximum" | "exclusiveMaximum":
                compare = {"minimum": ge, "exclusiveMinimum": gt, "maximum": le, "exclusiveMaximum": lt}[keyword]
                if isinstance(value, int | float) and not compare(value, wanted):
                    found.append(f"{at}: {value}")
            case _:
                assert keyword in IGNORED, f"keyword {keyword!r} is not understood"
    return found


def plain(value):
    """YAML data as an editor sees it: dates are text."""
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    return value.isoformat() if isinstance(value, date) else value


def data_of(path: Path):
    return plain(yaml.safe_load(path.read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def schema():
    return rules_schema()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_shipped_file_fits(schema, path):
    assert faults(schema, data_of(path), schema) == []


PLANTED = [
    (("disclosures", 0, "severity"), "urgent"),
    (("disclosures", 0, "colour"), "red"),
    (("disclosures", 0, "must"), []),
    (("disclosures", 0, "must", 0, "number"), {"units": ["天"]}),
    (("disclosures", 0, "says"), ["robot"]),
    (("disclosures", 0, "window_s"), 0),
    (("disclosures", 0, "id"), "Dr-1"),
    (("disclosures", 0, "examples"), {"passes": ["好"]}),
    (("schema",), 2),
    (("forbidden",), "none"),
    (("include",), [1]),
    (("checks",), [{"id": "cv_x", "report": {"no_such_operator": {}}}]),
]


@pytest.mark.parametrize(("at", "value"), PLANTED)
def test_what_is_misspelt_does_not_fit(schema, at, value):
    data = deepcopy(data_of(RULESETS / "parts" / "opening.yaml"))
    here = data
    for key in at[:-1]:
        here = here[key]
    here[at[-1]] = value
    assert faults(schema, data, schema)


@pytest.mark.parametrize(
    ("condition", "fits"),
    [
        ({"keyword": {"any": ["录音"]}}, True),
        ({"all_of": [{"keyword": {"any": ["录音"]}}, {"none_of": [{"keyword": {"any": ["录像"]}}]}]}, True),
        ({"at_least": {"n": 2, "of": [{"keyword": {"any": ["录音"]}}]}}, True),
        ({"keyword": {"words": ["录音"]}}, False),
        ({"all_of": []}, False),
        ({"at_least": {"n": 0, "of": [{"keyword": {"any": ["录音"]}}]}}, False),
        ({"keyword": {"any": ["录音"]}, "none_of": []}, False),
    ],
)
def test_conditions_of_checks_are_known_to_it(schema, condition, fits):
    check = {"id": "cv_x", "title": "查", "basis": ["practice"], "severity": "low", "kind": "conversation"}
    part = {"schema": 1, "part": "x", "title": "查", "checks": [{**check, "report": condition}]}
    assert (faults(schema, part, schema) == []) is fits


def test_the_command_line_prints_it(schema):
    result = CliRunner().invoke(app, ["schema"])
    assert result.exit_code == 0
    assert json.loads(result.output) == schema
