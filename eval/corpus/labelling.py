"""Label files of other tools read into labels: what they have in common. Every file is untrusted and bounded."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from engine.errors import MingjianError
from engine.evidence import Role
from engine.interval import Interval
from eval.corpus.manifest import Labels

LARGEST_BYTES = 64 * 1024 * 1024
MOST_FAULTS = 200
LONGEST_S = 7 * 24 * 3600.0
ENCODINGS = ("utf-8-sig", "utf-16")

ROLE_WORDS: dict[Role, tuple[str, ...]] = {
    "agent": ("agent", "seller", "sales", "销售", "销售人员", "业务员", "代理人", "坐席", "客服", "客户经理", "回访员"),
    "customer": ("customer", "client", "caller", "客户", "投保人", "顾客"),
    "insured": ("insured", "被保险人", "被保人"),
    "system": ("system", "robot", "系统", "机器人", "播报"),
    "other": ("other", "其他", "其他人", "旁人", "家属"),
}
ROLES: dict[str, Role] = {word: role for role, words in ROLE_WORDS.items() for word in words}


@dataclass(frozen=True, slots=True)
class Labelled:
    """What one label file says of one recording. `stem` is the name of its media file without suffix."""

    stem: str
    labels: Labels


def role_of(word: str) -> Role | None:
    """The role a speaker's name stands for: 客户, agent, 坐席2 ...; None for any other name."""
    return ROLES.get(re.sub(r"[\s_\-]*\d*$", "", word.strip()).lower())


def read_text(path: Path) -> str:
    """The text of a label file. Raises MingjianError `labels_unreadable` where it is missing, too large or no text."""
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise unreadable(path, [f"> {LARGEST_BYTES} bytes"])
        data = path.read_bytes()
    except OSError as error:
        raise unreadable(path, [str(error.strerror or error)]) from error
    encoding = ENCODINGS[1] if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ENCODINGS[0]
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise unreadable(path, [f"{error.reason} @ {error.start}"]) from error


def unreadable(path: Path, faults: Sequence[str]) -> MingjianError:
    """The error that names all faults of a label file."""
    shown = [*faults[:MOST_FAULTS], *(["…"] if len(faults) > MOST_FAULTS else [])]
    return MingjianError("labels_unreadable", path=path.name, detail="\n".join(shown))


def interval(start: float, end: float) -> Interval:
    """A span of a label file. Raises ValueError for one that no recording can have."""
    if not 0 <= start <= end <= LONGEST_S:
        raise ValueError(f"{start}..{end} s")
    return Interval(start, end)


def merged(known: Labels, added: Labels) -> Labels:
    """`known` with what `added` labels; items are joined one by one, all else is replaced as a whole."""
    items = {**(known.items or {}), **(added.items or {})} if known.items or added.items is not None else known.items
    return replace(
        known,
        **{
            name: getattr(added, name)
            for name in ("utterances", "turns", "verdict", "presence", "faults")
            if getattr(added, name) is not None
        },
        items=items,
    )
