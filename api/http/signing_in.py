"""Signing in and out with a password, and who one is."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session as Transaction

from api.http.access import ROLES, Now, Served, Trail, allow, audited
from api.http.caller import Caller
from api.http.context import request_id
from api.http.doorman import address_of
from api.http.problems import declares
from api.service import Service
from api.settings import Role
from engine.errors import MingjianError
from engine.store import audit, users

router = APIRouter(prefix="/v1", tags=["登录 / signing in"])
Password = Annotated[str, Field(min_length=1, max_length=256)]


class Credentials(BaseModel):
    """Name and password."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(min_length=1, max_length=200)]
    password: Password


class Me(BaseModel):
    """Who is calling, and what may be done. `csrf`: to be sent as X-CSRF-Token with every write of a browser."""

    name: str
    role: Role
    person: bool
    branch: str | None
    staff_no: str | None
    scopes: list[str]
    csrf: str | None = None


class NewPassword(BaseModel):
    """The password in use and the one to come."""

    model_config = ConfigDict(extra="forbid")

    current: Password
    password: Password


class Ways(BaseModel):
    """How people can sign in here: by password, through the organisation's identity provider (/v1/oidc/login)."""

    password: bool
    oidc: bool


@router.get("/login", response_model=Ways)
def ways(served: Served) -> Ways:
    """可用的登录方式 / How one can sign in."""
    return Ways(password=True, oidc=served.server.oidc is not None)


@router.post("/login", response_model=Me, responses=declares("login_failed", "too_many_requests", "conflict"))
def log_in(body: Credentials, request: Request, response: Response, served: Served, at: Now) -> Me:
    """登录；浏览器得到 HttpOnly Cookie / Sign in; the browser gets a cookie that scripts cannot read."""
    service: Service = served
    service.rates.count("logins", address_of(request))
    user = _checked(service, body)
    with service.store.database.writing() as s:
        audit.append(s, user.name, "login", f"user/{user.id}", {"with": "password"}, at, request_id=request_id.get())
    mark = service.doorman.sign_in(user, response)
    return _me_of(user, mark)


def _checked(service: Service, body: Credentials) -> users.UserRow:
    """The person whose password it is. Every refusal looks and takes the same: wrong, unknown, locked, out of use."""
    now = service.clock()
    with service.store.database.reading() as s:
        found = users.credentials(s, body.name)
    right = service.passwords.fits(found.password_hash if found else None, body.password)
    if found is None:
        raise MingjianError("login_failed")
    locked = found.user.locked_until is not None and found.user.locked_until > now
    if right and found.user.active and not locked:
        _accept(service, found, body.password)
        return found.user
    if not locked:
        with service.store.database.writing() as s:
            _note_failure(s, service, found.user)
    raise MingjianError("login_failed")


def _accept(service: Service, found: users.Credentials, password: str) -> None:
    renewed = None
    if found.password_hash and service.passwords.is_outdated(found.password_hash):
        renewed = service.passwords.hash(password)
    if renewed or found.failures:
        with service.store.database.writing() as s:
            users.note_success(s, found.user.id)
            if renewed:
                users.set_password(s, found.user.id, renewed)


def _note_failure(s: Transaction, service: Service, user: users.UserRow) -> None:
    rules = service.server.login
    lock = users.Lock(rules.failures, timedelta(seconds=rules.lock), timedelta(seconds=rules.longest_lock))
    now = service.clock()
    until = users.note_failure(s, user.id, lock, now)
    if until is not None:
        detail = {"until": until.isoformat()}
        audit.append(s, user.name, "login.locked", f"user/{user.id}", detail, now, request_id=request_id.get())


@router.post("/logout", status_code=204)
def log_out(
    request: Request,
    response: Response,
    _caller: Annotated[Caller, Depends(allow(*ROLES, scope="me:write"))],
    served: Served,
) -> None:
    """退出登录 / Sign this browser out."""
    served.doorman.sign_out(request, response)


@router.get("/me", response_model=Me)
def me(request: Request, caller: Annotated[Caller, Depends(allow(*ROLES))], served: Served) -> Me:
    """当前身份 / Who is calling."""
    return Me(
        name=caller.name,
        role=caller.role,
        person=caller.person,
        branch=caller.branch,
        staff_no=caller.staff_no,
        scopes=sorted(caller.scopes),
        csrf=served.doorman.mark_of(request),
    )


@router.post("/me/password", status_code=204, responses=declares("login_failed"))
def change_password(
    body: NewPassword,
    request: Request,
    caller: Annotated[Caller, Depends(allow(*ROLES, scope="me:write", person=True))],
    served: Served,
    trail: Annotated[Trail, Depends(audited("password.change"))],
) -> None:
    """修改自己的密码；其他浏览器的登录随之失效 / Change one's own password; other browsers are signed out."""
    service: Service = served
    service.rates.count("logins", address_of(request))
    user = _checked(service, Credentials(name=caller.name, password=body.current))
    service.passwords.check(user.name, body.password)
    hashed = service.passwords.hash(body.password)
    with service.store.database.writing() as s:
        users.set_password(s, user.id, hashed)
        users.end_logins(s, user.id, getattr(request.state, "login", None))
        trail.within(s, caller.name, f"user/{user.id}")


def _me_of(user: users.UserRow, mark: str) -> Me:
    return Me(
        name=user.name,
        role=user.role,  # type: ignore[arg-type]  # the store takes no other roles
        person=True,
        branch=user.branch,
        staff_no=user.staff_no,
        scopes=[],
        csrf=mark,
    )
