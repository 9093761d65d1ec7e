"""Texts of rule sets, for the routes that read, draft and try them."""

import re

from engine.errors import MingjianError
from engine.rules import RuleSet, names
from engine.rules.source import Fault
from engine.rules.texts import built_in, id_of, read_text
from engine.store import rulesets
from engine.store.rulesets import NewText, RuleSetText
from engine.store.store import Store


def text_of(store: Store, name: str, version: int | None) -> tuple[RuleSetText | None, str]:
    """The version of a rule set, or what is in force. Raises MingjianError `not_found`."""
    with store.database.reading() as s:
        row = rulesets.get(s, name, version) if version is not None else rulesets.in_force(s, name)
        newest = next(iter(rulesets.history(s, name)), None) if row is None and name not in names() else None
    if row is not None or newest is not None:
        found = row or newest
        assert found is not None  # noqa: S101  one of them is
        return found, found.text
    text = built_in(name)
    if text is None:
        raise MingjianError("not_found", thing="ruleset", id=name)
    return None, text


def ruleset_of(name: str, text: str) -> RuleSet:
    """The rule set of a text that is to judge. Raises MingjianError `ruleset_faults`."""
    ruleset, faults = read_text(name, text)
    wrong = [*faults, *wrong_name(name, text)]
    if ruleset is None or wrong:
        raise MingjianError("ruleset_faults", count=len(wrong), faults="\n".join(map(str, wrong)))
    return ruleset


def name_of(text: str) -> str:
    """The id of a text. Raises MingjianError `ruleset_faults` where it has none: nobody knows what it is a draft of."""
    found = id_of(text)
    if found is None or not re.fullmatch(r"[a-z][a-z0-9_]{0,99}", found):
        fault = Fault("ruleset", 1, 1, "id", "读不出规则集的 id", "the id of the rule set cannot be read")
        raise MingjianError("ruleset_faults", count=1, faults=str(fault))
    return found


def same_name(name: str, text: str) -> None:
    """Raises MingjianError `ruleset_faults` for a text that calls itself something else."""
    wrong = wrong_name(name, text)
    if wrong:
        raise MingjianError("ruleset_faults", count=1, faults=str(wrong[0]))


def wrong_name(name: str, text: str) -> list[Fault]:
    """The fault of a text that calls itself something else."""
    found = id_of(text)
    if found in (None, name):
        return []
    return [Fault(name, 1, 1, "id", f"id 应为“{name}”，实为“{found}”", f"the id must be {name!r}, found {found!r}")]


def new_text(name: str, text: str, note: str | None) -> NewText:
    """A text to be kept, faults and all."""
    ruleset, _ = read_text(name, text)
    return NewText(name, text, ruleset.sha256 if ruleset else None, note)
