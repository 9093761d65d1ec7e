"""A JSON Schema of rule files, for editors that complete and check YAML while it is written.

It is made from the same models that loading uses. What only loading can tell (clauses, order fields, patterns, ids of
other rules) stays with `mingjian rules check`.
"""

from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue, models_json_schema
from pydantic_core.core_schema import BeforeValidatorFunctionSchema

from engine.rules.check_schema import CheckPart
from engine.rules.files import SECTIONS, PartFilePart, RuleSetPart
from engine.rules.operators.catalogue import by_key
from engine.rules.operators.logic import JOINTS
from engine.rules.schema import DisclosurePart, ForbiddenPart, Part, RulePart, SettingsPart, VisualPart

TITLE = "明鉴规则集与部分 / Mingjian rule sets and parts"
RULES: tuple[type[RulePart], ...] = (DisclosurePart, ForbiddenPart, VisualPart, CheckPart)
CONDITION = "Condition"

Schema = dict[str, Any]


class _OneOrSeveral(GenerateJsonSchema):
    """Where a list may be written as its only member, the schema says so: that is what validators before a list do."""

    def function_before_schema(self, schema: BeforeValidatorFunctionSchema) -> JsonSchemaValue:
        listed = super().function_before_schema(schema)
        return {"anyOf": [listed, listed["items"]]} if listed.get("type") == "array" and "items" in listed else listed


def rules_schema() -> Schema:
    """The schema of a rule set file or of a part."""
    operators = tuple(by_key().values())
    models: tuple[type[Part], ...] = (RuleSetPart, PartFilePart, SettingsPart, *RULES, *operators)
    chosen, whole = models_json_schema(
        [(model, "validation") for model in models],
        by_alias=True,
        ref_template="#/$defs/{model}",
        schema_generator=_OneOrSeveral,
    )
    defs: Schema = whole["$defs"]
    name_of = {model: str(reference["$ref"]).rpartition("/")[2] for (model, _), reference in chosen.items()}
    for container in (RuleSetPart, PartFilePart):
        properties = defs[name_of[container]]["properties"]
        for section, rule in zip(SECTIONS, RULES, strict=True):
            properties[section] = {"type": "array", "items": {"$ref": f"#/$defs/{name_of[rule]}"}}
    defs[name_of[PartFilePart]]["properties"]["settings"] = {"$ref": f"#/$defs/{name_of[SettingsPart]}"}
    for field in ("report", "require"):
        defs[name_of[CheckPart]]["properties"][field] = {"$ref": f"#/$defs/{CONDITION}"}
    defs[CONDITION] = _condition({operator.key: name_of[operator] for operator in operators}, defs)
    return {
        "$schema": GenerateJsonSchema.schema_dialect,
        "title": TITLE,
        "if": {"required": ["part"]},
        "then": {"$ref": f"#/$defs/{name_of[PartFilePart]}"},
        "else": {"$ref": f"#/$defs/{name_of[RuleSetPart]}"},
        "$defs": defs,
    }


def _condition(operators: dict[str, str], defs: Schema) -> Schema:
    """One key: a way of joining conditions, or an operator with its parameters (none where it needs none)."""
    several: Schema = {"type": "array", "minItems": 1, "items": {"$ref": f"#/$defs/{CONDITION}"}}
    properties: Schema = {joint: several for joint in JOINTS if joint != "at_least"}
    properties["at_least"] = {
        "type": "object",
        "properties": {"n": {"type": "integer", "minimum": 1}, "of": several},
        "required": ["n", "of"],
        "additionalProperties": False,
    }
    for key, name in sorted(operators.items()):
        parameters: Schema = {"$ref": f"#/$defs/{name}"}
        properties[key] = parameters if defs[name].get("required") else {"anyOf": [parameters, {"type": "null"}]}
    return {
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
        "minProperties": 1,
        "maxProperties": 1,
    }
