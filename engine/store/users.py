"""People: who they are here, whether their password fits, and their browsers' log-ins."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.orm import Session as Transaction

from engine.errors import MingjianError
from engine.store import cursors, tables
from engine.store.cursors import Page
from engine.store.ids import new_id

ADMINISTRATOR = "administrator"


@dataclass(frozen=True, slots=True)
class UserRow:
    """A person. `external`: comes from the organisation's identity provider."""

    id: str
    name: str
    role: str
    active: bool
    staff_no: str | None
    branch: str | None
    customer_key: str | None
    external: bool
    has_password: bool
    locked_until: datetime | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class NewUser:
    """A person to be added. `password_hash`: argon2; `oidc_subject`: issuer and subject at the identity provider."""

    name: str
    role: str
    password_hash: str | None = None
    oidc_subject: str | None = None
    staff_no: str | None = None
    branch: str | None = None
    customer_key: str | None = None


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a log-in is checked against."""

    user: UserRow
    password_hash: str | None
    failures: int


@dataclass(frozen=True, slots=True)
class Lock:
    """After `failures` wrong passwords in a row a name is locked for `first`, doubled by every further one."""

    failures: int
    first: timedelta
    longest: timedelta

    def until(self, failures: int, now: datetime) -> datetime | None:
        """How long a name with so many failures is locked; None: not at all."""
        over = failures - self.failures
        if over < 0:
            return None
        return now + min(self.longest, self.first * (1 << min(over, 20)))


def add(s: Transaction, user: NewUser, now: datetime) -> UserRow:
    """A new person. Raises MingjianError `conflict` where the name or the subject is taken."""
    if _one(s, func.lower(tables.User.name) == user.name.lower()):
        raise MingjianError("conflict", detail=f"{user.name}: 用户名已存在 / this name is taken")
    if user.oidc_subject and by_subject(s, user.oidc_subject):
        raise MingjianError("conflict", detail=f"{user.name}: 已有账号 / this person has an account")
    row = tables.User(
        id=new_id(),
        name=user.name,
        role=user.role,
        password_hash=user.password_hash,
        oidc_subject=user.oidc_subject,
        staff_no=user.staff_no,
        branch=user.branch,
        customer_key=user.customer_key,
        active=True,
        failed_logins=0,
        created_at=now,
    )
    s.add(row)
    s.flush()
    return _row(row)


def get(s: Transaction, user_id: str) -> UserRow | None:
    """The person with this id."""
    row = s.get(tables.User, user_id)
    return _row(row) if row else None


def by_name(s: Transaction, name: str) -> UserRow | None:
    """The person with this name, however it is capitalised."""
    row = _one(s, func.lower(tables.User.name) == name.lower())
    return _row(row) if row else None


def by_subject(s: Transaction, subject: str) -> UserRow | None:
    """The person whom the identity provider knows as `subject`."""
    row = _one(s, tables.User.oidc_subject == subject)
    return _row(row) if row else None


def page(s: Transaction, cursor: str | None, limit: int) -> Page[UserRow]:
    """People by name."""
    query = select(tables.User).order_by(tables.User.name).limit(limit + 1)
    if cursor is not None:
        (after,) = cursors.read(cursor, str)
        query = query.where(tables.User.name > after)
    rows = tuple(_row(one) for one in s.scalars(query))
    return Page(rows[:limit], cursors.write(rows[limit - 1].name) if len(rows) > limit else None)


def change(
    s: Transaction,
    user_id: str,
    *,
    role: str,
    active: bool,
    staff_no: str | None,
    branch: str | None,
    customer_key: str | None,
) -> UserRow:
    """Sets what an administrator may set; whoever is put out of use is signed out everywhere.

    Raises MingjianError `not_found`, and `conflict` where no administrator would be left.
    """
    row = s.get(tables.User, user_id)
    if row is None:
        raise MingjianError("not_found", thing="user", id=user_id)
    if row.active and row.role == ADMINISTRATOR and not (active and role == ADMINISTRATOR):
        _refuse_last_administrator(s, user_id)
    if not active or role != row.role:
        end_logins(s, user_id, None)
    row.role, row.active = role, active
    row.staff_no, row.branch, row.customer_key = staff_no, branch, customer_key
    s.flush()
    return _row(row)


def _refuse_last_administrator(s: Transaction, user_id: str) -> None:
    others = select(func.count()).select_from(tables.User)
    others = others.where(tables.User.role == ADMINISTRATOR, tables.User.active, tables.User.id != user_id)
    if not s.scalar(others):
        raise MingjianError("conflict", detail="至少保留一位管理员 / an administrator must remain")


def set_password(s: Transaction, user_id: str, password_hash: str) -> None:
    """A new password; the lock of the old one ends."""
    s.execute(
        update(tables.User)
        .where(tables.User.id == user_id)
        .values(password_hash=password_hash, failed_logins=0, locked_until=None)
    )


def credentials(s: Transaction, name: str) -> Credentials | None:
    """What a log-in under this name is checked against."""
    row = _one(s, func.lower(tables.User.name) == name.lower())
    return Credentials(_row(row), row.password_hash, row.failed_logins) if row else None


def note_failure(s: Transaction, user_id: str, lock: Lock, now: datetime) -> datetime | None:
    """Counts a wrong password; returns until when the name is locked now."""
    row = s.get(tables.User, user_id, with_for_update=True)
    if row is None:
        return None
    row.failed_logins += 1
    row.locked_until = lock.until(row.failed_logins, now)
    return row.locked_until


def note_success(s: Transaction, user_id: str) -> None:
    """Forgets earlier wrong passwords."""
    s.execute(update(tables.User).where(tables.User.id == user_id).values(failed_logins=0, locked_until=None))


def open_login(s: Transaction, user_id: str, cookie_hash: str, now: datetime, expires_at: datetime) -> str:
    """A browser signs in; returns the log-in's id."""
    login_id = new_id()
    s.add(tables.Login(id=login_id, user_id=user_id, hash=cookie_hash, created_at=now, expires_at=expires_at))
    return login_id


def login(s: Transaction, cookie_hash: str, now: datetime) -> tuple[str, UserRow] | None:
    """The log-in's id and the person behind a cookie; None where it has ended or the person is out of use."""
    found = s.execute(
        select(tables.Login.id, tables.User)
        .join(tables.User, tables.User.id == tables.Login.user_id)
        .where(
            tables.Login.hash == cookie_hash,
            tables.Login.ended_at.is_(None),
            tables.Login.expires_at > now,
            tables.User.active,
        )
    ).one_or_none()
    return (found[0], _row(found[1])) if found else None


def end_login(s: Transaction, login_id: str, now: datetime) -> None:
    """Signs one browser out."""
    s.execute(update(tables.Login).where(tables.Login.id == login_id).values(ended_at=now))


def end_logins(s: Transaction, user_id: str, except_id: str | None) -> None:
    """Signs a person out everywhere, but for the log-in `except_id`."""
    query = delete(tables.Login).where(tables.Login.user_id == user_id)
    s.execute(query.where(tables.Login.id != except_id) if except_id else query)


def forget_logins(s: Transaction, before: datetime) -> int:
    """Removes log-ins that ran out before then; returns how many."""
    return s.execute(delete(tables.Login).where(tables.Login.expires_at < before)).rowcount  # type: ignore[attr-defined,no-any-return]


def _one(s: Transaction, condition: ColumnElement[bool]) -> tables.User | None:
    return s.scalars(select(tables.User).where(condition)).one_or_none()


def _row(row: tables.User) -> UserRow:
    return UserRow(
        id=row.id,
        name=row.name,
        role=row.role,
        active=row.active,
        staff_no=row.staff_no,
        branch=row.branch,
        customer_key=row.customer_key,
        external=row.oidc_subject is not None,
        has_password=row.password_hash is not None,
        locked_until=row.locked_until,
        created_at=row.created_at,
    )
