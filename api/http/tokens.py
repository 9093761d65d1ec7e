"""Keys of programs: made by administrators, shown once, limited in time and in what they open."""

from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Path
from pydantic import BaseModel, ConfigDict, Field

from api.http.access import Kept, Now, Trail, allow, audited
from api.http.caller import Caller
from api.http.lists import DEFAULT_LIMIT, Cursor, Limit, Listed
from api.http.problems import declares
from api.settings import Role
from engine.store import api_tokens

router = APIRouter(prefix="/v1/tokens", tags=["令牌 / tokens"])
Administrator = Annotated[Caller, Depends(allow("administrator"))]
Reader = Annotated[Caller, Depends(allow("administrator", "auditor"))]
TokenId = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]
Scope = Annotated[str, Field(pattern=r"^[a-z][a-z-]*:(read|write|\*)$")]
LONGEST_DAYS = 730


class TokenIn(BaseModel):
    """A key to be made. `scopes` such as `uploads:write`; none: all that the role may. `user_id`: it acts for a person
    and has that person's role, whatever `role` says."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[\w.\- ]+$")]
    role: Role
    scopes: Annotated[list[Scope], Field(max_length=50)] = []
    days: Annotated[int, Field(ge=1, le=LONGEST_DAYS)] = 90
    user_id: Annotated[str | None, Field(pattern=r"^[0-9a-f]{32}$")] = None
    branch: Annotated[str | None, Field(max_length=200)] = None
    customer_key: Annotated[str | None, Field(pattern=r"^[0-9a-f]{64}$")] = None


class TokenOut(BaseModel):
    """A key, without its secret."""

    id: str
    name: str
    user_id: str | None
    role: Role
    branch: str | None
    scopes: list[str]
    created_by: str
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    last_used_at: datetime | None


class TokenMade(TokenOut):
    """A new key. `token` is shown this once."""

    token: str


@router.get("", response_model=Listed[TokenOut], responses=declares("cursor_unreadable"))
def list_tokens(_caller: Reader, store: Kept, cursor: Cursor = None, limit: Limit = DEFAULT_LIMIT) -> object:
    """全部令牌 / All keys."""
    with store.database.reading() as s:
        page = api_tokens.page(s, cursor, limit)
    return {"items": page.rows, "next": page.cursor}


@router.post("", response_model=TokenMade, status_code=201, responses=declares("not_found"))
def add_token(
    body: TokenIn,
    caller: Administrator,
    store: Kept,
    at: Now,
    trail: Annotated[Trail, Depends(audited("token.add"))],
) -> TokenMade:
    """新建令牌；只显示一次 / Make a key; it is shown once."""
    new = api_tokens.NewToken(
        name=body.name,
        role=body.role,
        created_by=caller.name,
        expires_at=at + timedelta(days=body.days),
        scopes=tuple(sorted(set(body.scopes))),
        user_id=body.user_id,
        branch=body.branch,
        customer_key=body.customer_key,
    )
    with store.database.writing() as s:
        row, secret = api_tokens.add(s, new, at)
        trail.within(s, caller.name, f"token/{row.id}", name=row.name, role=row.role, scopes=list(row.scopes))
    return TokenMade(**{name: getattr(row, name) for name in TokenOut.model_fields}, token=secret)


@router.delete("/{token_id}", response_model=TokenOut, responses=declares("not_found"))
def revoke_token(
    token_id: TokenId,
    caller: Administrator,
    store: Kept,
    at: Now,
    trail: Annotated[Trail, Depends(audited("token.revoke"))],
) -> object:
    """收回令牌，立即失效 / Take a key back; it opens nothing from now on."""
    with store.database.writing() as s:
        row = api_tokens.revoke(s, token_id, at)
        trail.within(s, caller.name, f"token/{row.id}", name=row.name)
    return row
