"""People: administrators add them, change them, put them out of use. Nobody is removed: the audit log names them."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Path
from pydantic import BaseModel, ConfigDict, Field

from api.http.access import Kept, Now, Served, Trail, allow, audited
from api.http.caller import Caller
from api.http.lists import DEFAULT_LIMIT, Cursor, Limit, Listed
from api.http.problems import declares
from api.settings import Role
from engine.errors import MingjianError
from engine.store import users

router = APIRouter(prefix="/v1/users", tags=["用户 / users"])
Administrator = Annotated[Caller, Depends(allow("administrator"))]
Reader = Annotated[Caller, Depends(allow("administrator", "auditor"))]
UserId = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]
UserName = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[\w.@\-]+$")]
Text = Annotated[str | None, Field(max_length=100)]
Password = Annotated[str, Field(min_length=1, max_length=256)]
Key = Annotated[str | None, Field(pattern=r"^[0-9a-f]{64}$", description="whose records a customer sees")]


class UserChange(BaseModel):
    """What an administrator may set."""

    model_config = ConfigDict(extra="forbid")

    role: Role
    active: bool = True
    staff_no: Text = None
    branch: Text = None
    customer_key: Key = None


class UserIn(UserChange):
    """A person to be added. Without a password only the identity provider lets them in."""

    name: UserName
    password: Password | None = None


class UserOut(BaseModel):
    """A person."""

    id: str
    name: str
    role: Role
    active: bool
    staff_no: str | None
    branch: str | None
    customer_key: str | None
    external: bool
    has_password: bool
    locked_until: datetime | None
    created_at: datetime


class PasswordIn(BaseModel):
    """A password that an administrator sets for somebody who has lost theirs."""

    model_config = ConfigDict(extra="forbid")

    password: Password


@router.get("", response_model=Listed[UserOut], responses=declares("cursor_unreadable"))
def list_users(_caller: Reader, store: Kept, cursor: Cursor = None, limit: Limit = DEFAULT_LIMIT) -> object:
    """全部用户 / Everybody."""
    with store.database.reading() as s:
        page = users.page(s, cursor, limit)
    return {"items": page.rows, "next": page.cursor}


@router.post("", response_model=UserOut, status_code=201, responses=declares("conflict"))
def add_user(
    body: UserIn,
    caller: Administrator,
    served: Served,
    at: Now,
    trail: Annotated[Trail, Depends(audited("user.add"))],
) -> object:
    """新增用户 / Add somebody."""
    hashed = None
    if body.password is not None:
        served.passwords.check(body.name, body.password)
        hashed = served.passwords.hash(body.password)
    new = users.NewUser(
        name=body.name,
        role=body.role,
        password_hash=hashed,
        staff_no=body.staff_no,
        branch=body.branch,
        customer_key=body.customer_key,
    )
    with served.store.database.writing() as s:
        row = users.add(s, new, at)
        trail.within(s, caller.name, f"user/{row.id}", name=row.name, role=row.role)
    return row


@router.get("/{user_id}", response_model=UserOut, responses=declares("not_found"))
def get_user(user_id: UserId, _caller: Reader, store: Kept) -> object:
    """一位用户 / One of them."""
    with store.database.reading() as s:
        row = users.get(s, user_id)
    if row is None:
        raise MingjianError("not_found", thing="user", id=user_id)
    return row


@router.put("/{user_id}", response_model=UserOut, responses=declares("not_found", "conflict"))
def change_user(
    user_id: UserId,
    body: UserChange,
    caller: Administrator,
    store: Kept,
    trail: Annotated[Trail, Depends(audited("user.change"))],
) -> object:
    """修改用户；角色变更或停用时立即退出其所有登录 / Change somebody; another role or none ends their log-ins."""
    with store.database.writing() as s:
        row = users.change(s, user_id, **body.model_dump())
        trail.within(s, caller.name, f"user/{row.id}", role=row.role, active=row.active)
    return row


@router.post("/{user_id}/password", status_code=204, responses=declares("not_found"))
def set_password(
    user_id: UserId,
    body: PasswordIn,
    caller: Administrator,
    served: Served,
    trail: Annotated[Trail, Depends(audited("password.reset"))],
) -> None:
    """重设用户密码 / Give somebody a new password."""
    with served.store.database.reading() as s:
        row = users.get(s, user_id)
    if row is None:
        raise MingjianError("not_found", thing="user", id=user_id)
    served.passwords.check(row.name, body.password)
    hashed = served.passwords.hash(body.password)
    with served.store.database.writing() as s:
        users.set_password(s, user_id, hashed)
        users.end_logins(s, user_id, None)
        trail.within(s, caller.name, f"user/{user_id}")
