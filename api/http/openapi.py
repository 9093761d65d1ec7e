"""The OpenAPI document: every route with the roles and scope it asks for, and every error it can give."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from api.http.access import Permission, scope_of
from api.http.problems import ANYWHERE, MEDIA_TYPE, WHERE_SIGNED_IN, declares
from engine.version import VERSION

PROBLEM = {
    "type": "object",
    "title": "Problem",
    "description": "RFC 9457. `code` names the error for machines; `zh` and `en` say it to people.",
    "required": ["type", "title", "status", "detail", "code", "number", "zh", "en", "instance"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string"},
        "number": {"type": "string"},
        "zh": {"type": "string"},
        "en": {"type": "string"},
        "instance": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "message"],
                "properties": {"field": {"type": "string"}, "message": {"type": "string"}},
            },
        },
    },
}
SECURITY = {
    "token": {"type": "http", "scheme": "bearer", "description": "`Authorization: Bearer mj_…`"},
    "login": {
        "type": "apiKey",
        "in": "cookie",
        "name": "mingjian",
        "description": "The cookie of POST /v1/login; writes also need the header X-CSRF-Token.",
    },
}
KEY_PARAMETER = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "The same request with the same key is done once and gets the same answer.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
}
ON_KEYS = ("idempotency_reused", "idempotency_running")
WITH_BODY = frozenset({"POST", "PUT", "PATCH"})


def document_of(app: FastAPI, routers: Sequence[APIRouter]) -> Callable[[], dict[str, Any]]:
    """The function that FastAPI asks for its document."""

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _document(app, routers)
        return app.openapi_schema

    return document


def _document(app: FastAPI, routers: Sequence[APIRouter]) -> dict[str, Any]:
    found = get_openapi(
        title=app.title,
        version=VERSION,
        openapi_version="3.1.0",
        description="双录与回访录音的质检 / Inspection of recorded insurance sales. Times in seconds, dates ISO 8601.",
        routes=app.routes,
    )
    parts = found.setdefault("components", {})
    parts.setdefault("schemas", {})["Problem"] = PROBLEM
    for name in ("HTTPValidationError", "ValidationError"):
        parts["schemas"].pop(name, None)
    parts["securitySchemes"] = SECURITY
    for route in api_routes(routers):
        for method in route.methods or ():
            operation = found["paths"].get(route.path_format, {}).get(method.lower())
            if operation is not None:
                _complete(operation, route, method)
    return found


def api_routes(routers: Iterable[APIRouter]) -> Iterator[APIRoute]:
    """The routes of the document."""
    for router in routers:
        for route in router.routes:
            if isinstance(route, APIRoute) and route.include_in_schema:
                yield route


def permission_of(route: APIRoute) -> Permission | None:
    """What the route asks of its caller; None for a route that anybody may use."""
    return _permission(route.dependant)


def _permission(dependant: Dependant) -> Permission | None:
    if isinstance(dependant.call, Permission):
        return dependant.call
    found = (_permission(one) for one in dependant.dependencies)
    return next((one for one in found if one is not None), None)


def _complete(operation: dict[str, Any], route: APIRoute, method: str) -> None:
    codes = list(ANYWHERE)
    permission = permission_of(route)
    if permission is not None:
        codes.extend(WHERE_SIGNED_IN)
        operation["security"] = [{"token": []}, {"login": []}]
        operation["x-roles"] = list(permission.roles)
        operation["x-scope"] = permission.scope or scope_of(method, route.path)
        if method not in ("GET", "HEAD", "OPTIONS"):
            codes.append("forgery")
    if method in WITH_BODY:
        codes.append("too_large")
    if method == "POST" and permission is not None:
        codes.extend(ON_KEYS)
        operation.setdefault("parameters", []).append(KEY_PARAMETER)
    _declare(operation["responses"], codes)


def _declare(responses: dict[str, Any], codes: list[str]) -> None:
    """Adds what can go wrong everywhere to what the route declared itself."""
    if _is_fastapis(responses.get("422")):
        del responses["422"]
    for status, response in declares(*codes).items():
        present = responses.get(str(status))
        if present is None:
            responses[str(status)] = response
            continue
        content = present.setdefault("content", {}).setdefault(MEDIA_TYPE, response["content"][MEDIA_TYPE])
        content.setdefault("examples", {}).update(response["content"][MEDIA_TYPE]["examples"])
        present["description"] = " / ".join(content["examples"])


def _is_fastapis(response: dict[str, Any] | None) -> bool:
    return response is not None and "application/json" in response.get("content", {})
