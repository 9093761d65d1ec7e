"""A session made of files that have arrived: the one way in for forms, uploads and watched folders."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session as Transaction

from api.file_names import kind_of
from engine.errors import MingjianError
from engine.order import Order
from engine.rules import names as rulesets_shipped
from engine.rules.policy import policy_names
from engine.store import rulesets, sessions
from engine.store.sessions import NewPart, NewSession, SessionRow
from engine.store.store import Store


@dataclass(frozen=True, slots=True)
class Piece:
    """A file among the blobs, by the name it came with."""

    file_name: str
    blob: str


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for besides the files. `policy`: which findings flag a session."""

    order: Order
    ruleset: str | None = None
    policy: str | None = None
    tags: tuple[str, ...] = ()
    retry_of: str | None = None


def check(store: Store, wish: Wish) -> None:
    """Raises MingjianError `ruleset_unknown`, `policy_unknown` before anything is stored."""
    if wish.ruleset is not None and wish.ruleset not in rulesets_shipped():
        with store.database.reading() as s:
            published = rulesets.in_force(s, wish.ruleset)
        if published is None:
            raise MingjianError("ruleset_unknown", name=wish.ruleset, known="、".join(rulesets_shipped()))
    if wish.policy is not None and wish.policy not in policy_names():
        raise MingjianError("policy_unknown", name=wish.policy, known="、".join(policy_names()))


def make(s: Transaction, pieces: Sequence[Piece], wish: Wish, created_by: str, now: datetime) -> SessionRow:
    """The session, queued for inspection; the one that is there where it is the same.

    Raises MingjianError `chat_mixed` for a text record among recordings, `value_unfit`.
    """
    kinds = [kind_of(piece.file_name) for piece in pieces]
    if len(set(kinds)) > 1:
        chat = pieces[kinds.index("chat")]
        raise MingjianError("chat_mixed", path=chat.file_name)
    parts = tuple(NewPart(piece.file_name, piece.blob, kind) for piece, kind in zip(pieces, kinds, strict=True))
    parameters = (("policy", wish.policy),) if wish.policy else ()
    new = NewSession(
        parts=parts,
        order=wish.order,
        created_by=created_by,
        ruleset=wish.ruleset,
        tags=wish.tags,
        retry_of=wish.retry_of,
        parameters=parameters,
    )
    return sessions.create(s, new, now)
