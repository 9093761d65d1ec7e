"""Wordings written into a rule set's text, where people read them; everything else in the text stays as it was."""

from collections.abc import Mapping
from typing import Any

import yaml

SECTION = "wordings"
WIDTH = 110


def with_wording(text: str, rule: str, concept: str, phrase: str) -> str:
    """`text` with one more wording of a concept of `rule`; the same text where it has it already.

    The section `wordings` is written anew, at the end of the text where there is none. Raises ValueError for a text
    that is no rule set.

    >>> print(with_wording("id: one\\n", "dr_one", "期间", "有半个月反悔"), end="")
    id: one
    <BLANKLINE>
    wordings:
      dr_one:
        期间: [有半个月反悔]
    """
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        data = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ValueError("no YAML") from error
    if not isinstance(root, yaml.MappingNode) or not isinstance(data, dict):
        raise ValueError("no rule set")
    known = data.get(SECTION)
    wordings = {name: dict(one) for name, one in known.items()} if isinstance(known, dict) else {}
    listed = list(wordings.setdefault(rule, {}).get(concept, []))
    if phrase in listed:
        return text
    wordings[rule][concept] = [*listed, phrase]
    block = _written(wordings)
    for key, value in root.value:
        if key.value == SECTION:
            return text[: key.start_mark.index] + block + _rest_after(text, _end_of(value))
    return text.rstrip("\n") + "\n\n" + block


def _written(wordings: Mapping[str, Any]) -> str:
    lines = [f"{SECTION}:"]
    for rule, concepts in wordings.items():
        lines.append(f"  {rule}:")
        for concept, phrases in concepts.items():
            entry = yaml.safe_dump(
                {concept: phrases}, allow_unicode=True, sort_keys=False, width=WIDTH, default_flow_style=None
            )
            lines += [f"    {line}" for line in entry.splitlines()]
    return "\n".join(lines) + "\n"


def _end_of(node: yaml.Node) -> int:
    """Where the last thing written of `node` ends; a block's own mark lies behind the comments that follow it."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return _end_of(last[1] if isinstance(last, tuple) else last)
    return int(node.end_mark.index)


def _rest_after(text: str, end: int) -> str:
    """What follows the line that `end` lies in."""
    line_end = text.find("\n", end)
    return "" if line_end < 0 else text[line_end + 1 :]
