"""Signing in through the organisation's identity provider: authorization code with PKCE, state and nonce."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import RedirectResponse, Response

from api.http.access import Now, Served
from api.http.context import request_id
from api.http.doorman import address_of
from api.http.problems import declares
from api.single_sign_on import STATE_COOKIE, STATE_S, SingleSignOn
from engine.errors import MingjianError
from engine.store import audit

router = APIRouter(prefix="/v1/oidc", tags=["登录 / signing in"])
PATH = "/v1/oidc"


@router.get("/login", status_code=302, responses=declares("path_unknown", "unavailable"))
def begin(
    request: Request,
    served: Served,
    next: Annotated[str, Query(max_length=500)] = "/",
) -> Response:
    """转到统一身份认证 / Go to the identity provider."""
    provider = _provider(served, request)
    served.rates.count("logins", address_of(request))
    address, sealed = provider.begin(_own_path(next))
    response = RedirectResponse(address, status_code=302)
    response.set_cookie(
        STATE_COOKIE,
        sealed,
        max_age=STATE_S,
        path=PATH,
        httponly=True,
        secure=served.server.secure_cookie,
        samesite="lax",  # the provider sends the browser back from its own pages
    )
    return response


@router.get("/callback", status_code=303, responses=declares("path_unknown", "login_failed", "unavailable", "conflict"))
def complete(
    request: Request,
    served: Served,
    at: Now,
    code: Annotated[str | None, Query(max_length=4000)] = None,
    state: Annotated[str | None, Query(max_length=200)] = None,
) -> Response:
    """从统一身份认证返回 / Come back from the identity provider."""
    provider = _provider(served, request)
    served.rates.count("logins", address_of(request))
    sealed = request.cookies.get(STATE_COOKIE)
    if not code or not state or not sealed:
        raise MingjianError("login_failed")
    user, after = provider.complete(code, state, sealed, at)
    with served.store.database.writing() as s:
        audit.append(s, user.name, "login", f"user/{user.id}", {"with": "oidc"}, at, request_id=request_id.get())
    response = RedirectResponse(after, status_code=303)
    served.doorman.sign_in(user, response)
    response.delete_cookie(STATE_COOKIE, path=PATH)
    return response


def _provider(served: Served, request: Request) -> SingleSignOn:
    if served.server.oidc is None:
        raise MingjianError("path_unknown", path=request.url.path)
    return SingleSignOn(served.store, served.keys, served.server, served.clock)


def _own_path(address: str) -> str:
    """A path of our own pages: nobody is led elsewhere after signing in."""
    is_own = address.startswith("/") and not address.startswith(("//", "/\\")) and address.isprintable()
    return address if is_own and "\\" not in address else "/"
