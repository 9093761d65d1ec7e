"""Who is calling: a program by its token, a person by the cookie of a log-in.

A cookie alone may only read. Whoever writes with one proves with `X-CSRF-Token` that the page is ours: the mark is
given at log-in and by /v1/me, to scripts of the same origin only. A token is sent on purpose and needs none.
"""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from starlette.requests import HTTPConnection, Request
from starlette.responses import Response

from api.http.caller import READING, Caller
from api.http.rates import Rates
from api.keys import Keys
from api.settings import ServerSettings
from engine.errors import MingjianError
from engine.store import api_tokens, users

if TYPE_CHECKING:
    from engine.store.store import Store

MARK_HEADER = "x-csrf-token"
MARK = "csrf"
SAME_SITE = frozenset({"same-origin", "none"})


class Doorman:
    """Knows callers by what they show."""

    def __init__(
        self, store: "Store", keys: Keys, server: ServerSettings, rates: Rates, clock: Callable[[], datetime]
    ) -> None:
        self._store = store
        self._keys = keys
        self._server = server
        self._rates = rates
        self._clock = clock
        self.cookie = "__Host-mingjian" if server.secure_cookie else "mingjian"

    def caller(self, request: Request) -> Caller:
        """Who sent the request; looked up once for each. Raises MingjianError `not_signed_in`, `forgery`,
        `too_many_requests`."""
        found: Caller | None = getattr(request.state, "caller", None)
        if found is None:
            found = self._identify(request)
            self._rates.count("per_caller", found.id)
            request.state.caller = found
        return found

    def _identify(self, request: Request) -> Caller:
        address = address_of(request)
        self._rates.check("refused", address)
        secret = _bearer(request)
        if secret is not None:
            found = self._by_token(secret)
        else:
            cookie = request.cookies.get(self.cookie)
            found = self._by_cookie(cookie, request) if cookie else None
            if cookie is None:
                raise MingjianError("not_signed_in")
        if found is None:
            self._rates.count("refused", address)
            raise MingjianError("not_signed_in")
        return found

    def _by_token(self, secret: str) -> Caller | None:
        if not secret.startswith(api_tokens.PREFIX):
            return None
        at = self._clock()
        with self._store.database.reading() as s:
            found = api_tokens.find(s, secret, at)
        if found is None:
            return None
        token, user = found
        if api_tokens.is_use_stale(token, at):
            with self._store.database.writing() as s:
                api_tokens.note_use(s, token.id, at)
        scopes = frozenset(token.scopes)
        return of_user(user, token.id, scopes) if user else of_program(token, scopes)

    def by_id(self, caller_id: str) -> Caller | None:
        """The caller whom a signed link names, as they are now; None for one who may not come in any more."""
        at = self._clock()
        with self._store.database.reading() as s:
            user = users.get(s, caller_id)
            token = None if user else api_tokens.get(s, caller_id)
            if token is not None and token.user_id is not None:
                user = users.get(s, token.user_id)
        if token is not None and (token.revoked_at is not None or token.expires_at <= at):
            return None
        if user is not None:
            return of_user(user, caller_id, frozenset(token.scopes if token else ())) if user.active else None
        return of_program(token, frozenset(token.scopes)) if token else None

    def _by_cookie(self, cookie: str, request: Request) -> Caller | None:
        hashed = api_tokens.hash_of(cookie)
        with self._store.database.reading() as s:
            found = users.login(s, hashed, self._clock())
        if found is None:
            return None
        request.state.login, user = found
        if request.method not in READING:
            self._refuse_forgery(request, hashed)
        return of_user(user, user.id)

    def _refuse_forgery(self, request: Request, cookie_hash: str) -> None:
        mark = request.headers.get(MARK_HEADER, "")
        origin = request.headers.get("origin")
        site = request.headers.get("sec-fetch-site", "same-origin")
        foreign = site not in SAME_SITE or (origin is not None and origin not in self._origins(request))
        if foreign or not self._keys.verify(MARK, cookie_hash, mark):
            raise MingjianError("forgery")

    def _origins(self, request: Request) -> set[str]:
        """Where our own pages come from: the public address; on this machine whatever name it was called by."""
        own = {self._server.origin}
        if self._server.public is None:
            own.add(f"{request.url.scheme}://{request.headers.get('host', '')}")
        return own

    def sign_in(self, user: users.UserRow, response: Response) -> str:
        """Opens a log-in, sets its cookie, and returns the mark that writes need."""
        secret = api_tokens.make_secret()
        hashed = api_tokens.hash_of(secret)
        at, lasts = self._clock(), self._server.login.lasts
        with self._store.database.writing() as s:
            users.open_login(s, user.id, hashed, at, datetime.fromtimestamp(at.timestamp() + lasts, at.tzinfo))
        response.set_cookie(self.cookie, secret, max_age=lasts, **self._cookie())
        return self._keys.sign(MARK, hashed)

    def sign_out(self, request: Request, response: Response) -> None:
        """Ends the log-in of this browser."""
        login: str | None = getattr(request.state, "login", None)
        if login is not None:
            with self._store.database.writing() as s:
                users.end_login(s, login, self._clock())
        response.delete_cookie(self.cookie, **self._cookie())

    def mark_of(self, request: Request) -> str | None:
        """The mark of the log-in that the request came with; None for a token."""
        cookie = request.cookies.get(self.cookie)
        signed_in = getattr(request.state, "login", None) is not None
        return self._keys.sign(MARK, api_tokens.hash_of(cookie)) if cookie and signed_in else None

    def _cookie(self) -> dict[str, Any]:
        return {
            "path": "/",
            "httponly": True,
            "secure": self._server.secure_cookie,
            "samesite": "strict",
        }


def of_user(user: users.UserRow, caller_id: str, scopes: frozenset[str] = frozenset()) -> Caller:
    """A person as caller."""
    return Caller(
        id=caller_id,
        name=user.name,
        role=user.role,  # type: ignore[arg-type]  # the store takes no other roles
        person=True,
        branch=user.branch,
        staff_no=user.staff_no,
        customer_key=user.customer_key,
        scopes=scopes,
    )


def of_program(token: api_tokens.TokenRow, scopes: frozenset[str]) -> Caller:
    """A program as caller. Its name has a sign that no person's has."""
    return Caller(
        id=token.id,
        name=f"token:{token.name}#{token.id[-8:]}",
        role=token.role,  # type: ignore[arg-type]
        person=False,
        branch=token.branch,
        customer_key=token.customer_key,
        scopes=scopes,
    )


def address_of(connection: HTTPConnection) -> str:
    """The network address that asks, as the gate found it."""
    found: str = getattr(connection.state, "address", "unknown")
    return found


def _bearer(request: Request) -> str | None:
    scheme, _, secret = request.headers.get("authorization", "").partition(" ")
    return secret.strip() if scheme.lower() == "bearer" else None
