"""OpenID Connect: what is asked of the identity provider, and what its answer makes of a person here.

The browser carries state, nonce and PKCE verifier in a sealed cookie, so that any process can finish what another
began, and an answer fits only the browser that asked. Roles come from a claim, anew at every log-in: somebody whose
claim grants none has none.
"""

import hmac
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import httpx2  # what Authlib's client is built on
import jwt
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.httpx_client import OAuth2Client

from api.keys import Keys
from api.settings import OidcSettings, Role, ServerSettings
from engine.errors import MingjianError
from engine.store import users
from engine.store.store import Store
from engine.store.users import NewUser, UserRow

STATE_COOKIE = "mingjian-oidc"
STATE_S = 600
PURPOSE = "oidc"
CALLBACK = "/v1/oidc/callback"
TIMEOUT_S = 10.0
LARGEST_ANSWER = 1024 * 1024
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""Signatures by a key of the provider's. `none`, and those by a shared secret, are not among them."""
LEEWAY_S = 60
LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class Asked:
    """What a log-in began with."""

    state: str
    nonce: str
    verifier: str
    after: str
    until: float


@dataclass(frozen=True)
class SingleSignOn:
    """The organisation's identity provider."""

    store: Store
    keys: Keys
    server: ServerSettings
    clock: Callable[[], datetime]

    @property
    def _settings(self) -> OidcSettings:
        if self.server.oidc is None:
            raise MingjianError("unavailable", detail="OIDC")
        return self.server.oidc

    def begin(self, after: str) -> tuple[str, str]:
        """The provider's address to go to, and the sealed cookie that will be needed on return."""
        until = self.clock().timestamp() + STATE_S
        asked = Asked(secrets.token_urlsafe(32), secrets.token_urlsafe(32), secrets.token_urlsafe(48), after, until)
        with self._client() as client:
            told = self._configuration(client)
            address, _ = client.create_authorization_url(
                told["authorization_endpoint"], state=asked.state, code_verifier=asked.verifier, nonce=asked.nonce
            )
        values = [asked.state, asked.nonce, asked.verifier, asked.after, asked.until]
        return str(address), self.keys.seal_text(PURPOSE, json.dumps(values))

    def complete(self, code: str, state: str, sealed: str, now: datetime) -> tuple[UserRow, str]:
        """The person who has signed in, and where they wanted to go. Raises MingjianError `login_failed`,
        `unavailable`, `conflict`."""
        asked = self._unsealed(sealed, state)
        try:
            with self._client() as client:
                told = self._configuration(client)
                token = client.fetch_token(
                    told["token_endpoint"], code=code, code_verifier=asked.verifier, grant_type="authorization_code"
                )
                keys = self._json(client, told["jwks_uri"])
            claims = self._claims(str(token["id_token"]), keys, asked)
        except (AuthlibBaseError, jwt.PyJWTError, KeyError, ValueError) as error:
            raise MingjianError("login_failed") from error
        except httpx2.HTTPError as error:
            raise MingjianError("unavailable", detail="OIDC") from error
        return self._person(claims, now), asked.after

    def _unsealed(self, sealed: str, state: str) -> Asked:
        text = self.keys.unseal_text(PURPOSE, sealed)
        if text is None:
            raise MingjianError("login_failed")
        asked = Asked(*json.loads(text))
        if asked.until < self.clock().timestamp() or not hmac.compare_digest(asked.state.encode(), state.encode()):
            raise MingjianError("login_failed")
        return asked

    def _client(self) -> OAuth2Client:
        settings = self._settings
        secret = settings.client_secret
        return OAuth2Client(
            client_id=settings.client_id,
            client_secret=secret.get_secret_value() if secret else None,
            token_endpoint_auth_method="client_secret_basic" if secret else "none",
            scope=" ".join(settings.scopes),
            redirect_uri=self.server.origin + CALLBACK,
            code_challenge_method="S256",
            timeout=TIMEOUT_S,
            trust_env=False,
        )

    def _configuration(self, client: OAuth2Client) -> dict[str, Any]:
        """What the provider says of itself. Raises MingjianError `unavailable`."""
        try:
            told = self._json(client, f"{self._settings.issuer}/.well-known/openid-configuration")
        except (httpx2.HTTPError, ValueError) as error:
            raise MingjianError("unavailable", detail="OIDC") from error
        needed = ("authorization_endpoint", "token_endpoint", "jwks_uri")
        if str(told.get("issuer", "")).rstrip("/") != self._settings.issuer or not all(told.get(one) for one in needed):
            raise MingjianError("unavailable", detail="OIDC: issuer")
        return told

    def _json(self, client: OAuth2Client, address: str) -> dict[str, Any]:
        response = client.request("GET", address, withhold_token=True)
        response.raise_for_status()
        if len(response.content) > LARGEST_ANSWER:
            raise ValueError("too large")
        found = response.json()
        if not isinstance(found, dict):
            raise ValueError("no object")
        return found

    def _claims(self, id_token: str, keys: dict[str, Any], asked: Asked) -> dict[str, Any]:
        """The checked claims of an id token. Raises jwt.PyJWTError, ValueError."""
        header = jwt.get_unverified_header(id_token)
        known = jwt.PyJWKSet.from_dict(keys).keys
        fitting = [one for one in known if header.get("kid") is None or one.key_id == header["kid"]]
        if not fitting or header.get("alg") not in ALGORITHMS:
            raise ValueError("no such key")
        claims: dict[str, Any] = jwt.decode(
            id_token,
            fitting[0],
            algorithms=list(ALGORITHMS),
            audience=self._settings.client_id,
            issuer=self._settings.issuer,
            leeway=LEEWAY_S,
            options={"require": ["exp", "iat", "sub", "aud", "iss", "nonce"]},
        )
        if not hmac.compare_digest(str(claims["nonce"]).encode(), asked.nonce.encode()):
            raise ValueError("nonce")
        audience = claims["aud"]
        if isinstance(audience, list) and len(audience) > 1 and claims.get("azp") != self._settings.client_id:
            raise ValueError("azp")
        return claims

    def _person(self, claims: dict[str, Any], now: datetime) -> UserRow:
        """The person's account, made at their first log-in, with the role that their claims give them now."""
        settings = self._settings
        role = self._role(claims)
        if role is None:
            raise MingjianError("login_failed")
        subject = f"{settings.issuer}|{claims['sub']}"[:300]
        branch, staff_no = _text(claims, settings.branch_claim), _text(claims, settings.staff_no_claim)
        with self.store.database.writing() as s:
            known = users.by_subject(s, subject)
            if known is None:
                name = (_text(claims, settings.name_claim) or str(claims["sub"]))[:LONGEST_NAME].replace(":", "_")
                new = NewUser(name=name, role=role, oidc_subject=subject, branch=branch, staff_no=staff_no)
                return users.add(s, new, now)
            if not known.active:
                raise MingjianError("login_failed")
            wanted = replace(
                known,
                role=role,
                branch=branch if settings.branch_claim else known.branch,
                staff_no=staff_no if settings.staff_no_claim else known.staff_no,
            )
            if wanted == known:
                return known
            return users.change(
                s,
                known.id,
                role=wanted.role,
                active=True,
                staff_no=wanted.staff_no,
                branch=wanted.branch,
                customer_key=known.customer_key,
            )

    def _role(self, claims: dict[str, Any]) -> Role | None:
        found = _value(claims, self._settings.role_claim)
        names = {str(one) for one in found} if isinstance(found, list) else {str(found)}
        return next((role for name, role in self._settings.roles.items() if name in names), None)


def _value(claims: dict[str, Any], path: str) -> Any:
    found: Any = claims
    for step in path.split("."):
        found = found.get(step) if isinstance(found, dict) else None
    return found


def _text(claims: dict[str, Any], path: str | None) -> str | None:
    found = _value(claims, path) if path else None
    return str(found)[:LONGEST_NAME] if found not in (None, "") else None
