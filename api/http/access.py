"""What a route asks for: who is calling and whether they may, the store, the time, a line in the audit log.

```python
@router.get("/things")
def things(caller: Annotated[Caller, Depends(allow("reviewer", "auditor"))], store: Kept, at: Now) -> Things: ...
```
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, cast, get_args

from fastapi import Depends, Request
from sqlalchemy.orm import Session as Transaction

from api.http.caller import READING, Caller
from api.http.context import request_id
from api.settings import Role
from engine.errors import MingjianError

if TYPE_CHECKING:
    from api.service import Service
    from engine.store.store import Store

ROLES: tuple[Role, ...] = get_args(Role)


class Permission:
    """The dependency that `allow` makes. The OpenAPI document reads its `roles` and `scope`."""

    def __init__(self, roles: tuple[Role, ...], scope: str | None, person: bool) -> None:
        self.roles = roles
        self.scope = scope
        self.person = person

    def __call__(self, request: Request) -> Caller:
        caller = service(request).doorman.caller(request)
        if caller.role not in self.roles or not caller.may(self.scope_of(request)):
            raise MingjianError("not_allowed")
        if self.person and not caller.person:
            raise MingjianError("not_allowed")
        return caller

    def scope_of(self, request: Request) -> str:
        """What a token must be good for: named, or the resource (first step of the path below /v1) read or written."""
        return self.scope or scope_of(request.method, request.url.path)


def scope_of(method: str, path: str) -> str:
    """The scope of a route that names none: `GET /v1/sessions/1` needs `sessions:read`."""
    steps = path.strip("/").split("/")
    resource = steps[1] if len(steps) > 1 else steps[0]
    return f"{resource}:{'read' if method in READING else 'write'}"


def allow(*roles: Role, scope: str | None = None, person: bool = False) -> Permission:
    """A dependency that gives the Caller, and refuses whoever has none of `roles`, a token without `scope`, and with
    `person` a program: for decisions that need a person."""
    unknown = set(roles) - set(ROLES)
    if unknown or not roles:
        raise ValueError(f"no such roles: {unknown}")
    return Permission(roles, scope, person)


def service(request: Request) -> "Service":
    """What the running server is made of."""
    return cast("Service", request.app.state.service)


def store(request: Request) -> "Store":
    """The store."""
    return service(request).store


def now(request: Request) -> datetime:
    """The time, with its zone."""
    return service(request).clock()


Now = Annotated[datetime, Depends(now)]
Served = Annotated[Any, Depends(service)]
Kept = Annotated[Any, Depends(store)]


@dataclass(frozen=True, slots=True)
class Trail:
    """Writes a route's lines into the audit log. `within` where something is changed: both stand or neither."""

    service: "Service"
    action: str

    def within(self, s: Transaction, actor: str, thing: str, /, **detail: Any) -> None:
        """A line in the transaction `s`."""
        from engine.store import audit

        audit.append(s, actor, self.action, thing, detail, self.service.clock(), request_id=request_id.get())

    def write(self, actor: str, thing: str, /, **detail: Any) -> None:
        """A line of its own, for what was only looked at."""
        with self.service.store.database.writing() as s:
            self.within(s, actor, thing, **detail)


def audited(action: str) -> Callable[[Request], Trail]:
    """A dependency that gives the Trail for `action`, such as `media.view`."""

    def trail(request: Request) -> Trail:
        return Trail(service(request), action)

    return trail
