"""What stands in a rule set file and in a part that several of them share, beside the rules themselves.

A rule set draws its rules from parts (`include`), leaves some out (`without`), changes single fields of others
(`override`), adds wordings to concepts of others (`wordings`) and has rules of its own. `engine.rules.composing` puts
them together.
"""

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from engine.inspection import Kind
from engine.order import Scenario
from engine.rules.schema import Part, SettingsPart

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Text = Annotated[str, Field(min_length=1)]
SECTIONS = ("disclosures", "forbidden", "visual", "checks")


class ParameterWhenPart(Part):
    """The parameter has this value where the condition on the order holds."""

    value: str
    if_: Annotated[Text, Field(alias="if")]


class ParameterPart(Part):
    """A switch of the rule set. The order's own `parameters` win, then the first `when` that holds, then `default`."""

    title: Text
    options: Annotated[tuple[Text, ...], Field(min_length=2)]
    default: str
    when: tuple[ParameterWhenPart, ...] = ()

    @model_validator(mode="after")
    def _knows_its_values(self) -> "ParameterPart":
        for value in (self.default, *(one.value for one in self.when)):
            if value not in self.options:
                raise ValueError(f"“{value}”不在 options 里 / {value!r} is none of the options")
        return self


class SpecialCustomerPart(Part):
    """What a customer with such a need cannot be asked to do aloud or by eye: all rules of `kinds`, and `items`, but
    not `except`. Such a rule never fails: a person looks instead.
    """

    title: Text
    kinds: tuple[Kind, ...] = ()
    items: tuple[str, ...] = ()
    except_: Annotated[tuple[str, ...], Field(alias="except")] = ()


class SharedPart(Part):
    """Sections that rule sets and parts have in common. Lists of rules are checked one by one, so that one broken
    rule hides no other.
    """

    schema_: Annotated[Literal[1], Field(alias="schema")]
    title: Text
    note: str | None = None
    include: tuple[Text, ...] = ()
    special_customers: dict[Name, SpecialCustomerPart] = Field(default_factory=dict)
    disclosures: tuple[Any, ...] = ()
    forbidden: tuple[Any, ...] = ()
    visual: tuple[Any, ...] = ()
    checks: tuple[Any, ...] = ()


class PartFilePart(SharedPart):
    """A part: rules on one subject that rule sets include."""

    part: Name
    settings: dict[str, Any] = Field(default_factory=dict)


class RuleSetPart(SharedPart):
    """A rule set file. `policy` names the policy that turns its items into the verdict on a session."""

    id: Name
    version: Text
    scenarios: Annotated[tuple[Scenario, ...], Field(min_length=1)]
    policy: Name = "default"
    without: tuple[str, ...] = ()
    override: dict[str, dict[str, Any]] = Field(default_factory=dict)
    wordings: dict[str, dict[str, tuple[Text, ...]]] = Field(default_factory=dict)
    parameters: dict[Name, ParameterPart] = Field(default_factory=dict)
    settings: SettingsPart = SettingsPart()
