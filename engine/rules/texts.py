"""Rule sets that come as text: written in a browser, kept in the store. The same checks as for files, and a size limit.

What such a text includes comes from the rule sets that ship with the engine, never from anywhere else.
"""

import tempfile
from functools import lru_cache
from pathlib import Path

from engine.errors import MingjianError
from engine.rules.loading import RULESETS, names, read_ruleset
from engine.rules.ruleset import RuleSet
from engine.rules.source import Fault, parse

LARGEST_BYTES = 512 * 1024
KEPT = 8
"""Rule sets kept compiled: compiling one takes a third of a second."""


@lru_cache(maxsize=KEPT)
def read_text(name: str, text: str) -> tuple[RuleSet | None, tuple[Fault, ...]]:
    """The rule set of `text`, which is called `name` in faults, or None with all faults that keep it from being one."""
    content = text.encode("utf-8", "surrogatepass")
    if len(content) > LARGEST_BYTES:
        zh, en = f"超过 {LARGEST_BYTES} 字节", f"larger than {LARGEST_BYTES} bytes"
        return None, (Fault(name, 1, 1, "", zh, en),)
    with tempfile.TemporaryDirectory(prefix="mingjian-") as folder:
        path = Path(folder) / "ruleset.yaml"
        path.write_bytes(content)
        ruleset, faults = read_ruleset(path)
    return ruleset, tuple(_called(name, path.name, fault) for fault in faults)


def load_text(name: str, text: str) -> RuleSet:
    """The rule set of `text`. Raises MingjianError `ruleset_faults` listing every fault of it."""
    ruleset, faults = read_text(name, text)
    if ruleset is None:
        raise MingjianError("ruleset_faults", count=len(faults), faults="\n".join(map(str, faults)))
    return ruleset


def id_of(text: str) -> str | None:
    """The id that a rule set's text gives itself, as far as it can be read."""
    data = parse("ruleset", text[:LARGEST_BYTES].encode("utf-8", "surrogatepass")).data
    found = data.get("id") if isinstance(data, dict) else None
    return found if isinstance(found, str) else None


def built_in(name: str) -> str | None:
    """The text of a rule set that comes with the engine; None where there is none of that name."""
    return (RULESETS / f"{name}.yaml").read_text(encoding="utf-8") if name in names() else None


def included(text: str) -> tuple[tuple[str, str], ...]:
    """Names and texts of the parts that a rule set's text draws on, and those they draw on, each once, in order."""
    found: dict[str, str] = {}
    waiting = [text]
    while waiting:
        data = parse("ruleset", waiting.pop(0).encode("utf-8", "surrogatepass")).data
        listed = data.get("include") if isinstance(data, dict) else None
        for entry in listed if isinstance(listed, list) else ():
            path = (RULESETS / str(entry)).resolve()
            if path.is_relative_to(RULESETS) and path.is_file() and str(entry) not in found:
                found[str(entry)] = path.read_text(encoding="utf-8")
                waiting.append(found[str(entry)])
    return tuple(found.items())


def _called(name: str, file: str, fault: Fault) -> Fault:
    if fault.file != file:
        return fault
    return Fault(name, fault.line, fault.column, fault.where, fault.zh, fault.en)
