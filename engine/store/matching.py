"""Sessions by the names that people outside use: an id, a policy number, the name of a file."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session as Transaction

from engine.store.tables import Inspection, Part, Session

Named = Literal["session", "policy_no", "file"]
AT_ONCE = 2000
"""Names in one question: databases bound what a statement may hold."""


@dataclass(frozen=True, slots=True)
class NamedRow:
    """A session with its newest inspection, by one of its names in lower case. `result`: the blob of the inspection."""

    name: str
    session_id: str
    result: str


def named(s: Transaction, kind: Named, names: Iterable[str]) -> Iterator[NamedRow]:
    """Inspected sessions that bear one of `names`, without regard to case; a file also by its name without suffix.

    A name may be borne by several sessions: each comes once for each of its names.
    """
    wanted = sorted({name.lower() for name in names})
    if kind == "file":
        yield from _by_file(s, frozenset(wanted)) if wanted else ()
        return
    for begin in range(0, len(wanted), AT_ONCE):
        chunk = wanted[begin : begin + AT_ONCE]
        name: Any = Session.id if kind == "session" else func.lower(Session.policy_no)
        for found, session_id, result in s.execute(_inspected(name).where(name.in_(chunk))):
            yield NamedRow(str(found), session_id, result)


def _by_file(s: Transaction, wanted: frozenset[str]) -> Iterator[NamedRow]:
    """File names have no index and suffixes of all kinds: every one is looked at, a thousand at a time."""
    query = _inspected(Part.file_name).join(Part, Part.session_id == Session.id)
    for written, session_id, result in s.execute(query.execution_options(yield_per=1000)):
        name = str(written).lower()
        for one in dict.fromkeys((name, name.rpartition(".")[0])):
            if one in wanted:
                yield NamedRow(one, session_id, result)


def _inspected(name: Any) -> Select[Any]:
    """The name, the session and its newest result, of all that have one."""
    return (
        select(name, Session.id, Inspection.result)
        .select_from(Session)
        .join(Inspection, Inspection.id == Session.inspection_id)
        .where(Session.state != "purged")
        .order_by(Session.id)
    )
