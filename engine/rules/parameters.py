"""The switches of a rule set: what the order says, else what the order's dates lead to, else the default."""

from collections.abc import Sequence

from engine.inspection import Note
from engine.rules.judgement import note
from engine.rules.orders import OrderView
from engine.rules.ruleset import Parameter


def settle(parameters: Sequence[Parameter], view: OrderView) -> tuple[dict[str, str], tuple[Note, ...]]:
    """The value of every parameter for this order, and notes on values of the order that are no options."""
    values: dict[str, str] = {}
    notes: list[Note] = []
    for parameter in parameters:
        given = view.order.parameters.get(parameter.name)
        if given in parameter.options:
            values[parameter.name] = given
            continue
        if given is not None:
            options = "、".join(parameter.options)
            notes.append(note("parameter_unknown", name=parameter.name, value=given, options=options))
        met = (value for value, condition in parameter.when if condition.holds(view).value is True)
        values[parameter.name] = next(met, parameter.default)
    return values, tuple(notes)
