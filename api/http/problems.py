"""Errors as problem details (RFC 9457): a code, Chinese and English, and the status that machines go by.

A route declares what can go wrong with `declares("not_found", "conflict")`; what can go wrong everywhere (no
credentials, too many requests, a broken request) is declared once for all by api/http/openapi.py.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse

from api.http.context import request_id
from engine.errors import CATALOGUE, MingjianError

MEDIA_TYPE = "application/problem+json"
CHECKSUM_MISMATCH = 460  # of the tus protocol

STATUS: dict[str, int] = {
    "not_signed_in": 401,
    "login_failed": 401,
    "not_allowed": 403,
    "forgery": 403,
    "not_found": 404,
    "conflict": 409,
    "idempotency_running": 409,
    "upload_offset": 409,
    "upload_gone": 410,
    "too_large": 413,
    "upload_refused": 415,
    "range_unfit": 416,
    "request_invalid": 422,
    "idempotency_reused": 422,
    "order_unreadable": 422,
    "correction_unfit": 422,
    "ruleset_unknown": 422,
    "ruleset_faults": 422,
    "policy_unknown": 422,
    "policy_faults": 422,
    "webhook_refused": 422,
    "cursor_unreadable": 422,
    "value_unfit": 422,
    "blob_missing": 404,
    "store_unavailable": 503,
    "blobs_unavailable": 503,
    "chat_unreadable": 422,
    "upload_busy": 423,
    "too_many_requests": 429,
    "upload_mismatch": CHECKSUM_MISMATCH,
    "storage_full": 507,
    "output_full": 507,
    "review_unknown": 404,
    "review_changed": 409,
    "review_taken": 409,
    "review_state": 409,
    "review_own_sale": 403,
    "review_second_person": 403,
    "review_incomplete": 422,
    "appeal_late": 409,
    "appeal_file_refused": 422,
    "wording_unfit": 422,
    "wording_state": 409,
    "draft_changed": 409,
    "not_inspected": 409,
    "ruleset_version_state": 409,
    "ruleset_second_person": 403,
    "ruleset_examples": 422,
    "link_unusable": 401,
    "customer_unknown": 409,
    "customer_shared": 409,
    "packet_unfit": 422,
    "period_unfit": 422,
    "callback_event": 409,
    "ticket_event": 409,
    "overdue_reason_missing": 422,
    "ticket_not_sales": 403,
    "purge_refused": 409,
    "purge_needs_second": 403,
    "purge_state": 409,
    "path_unknown": 404,
    "method_unknown": 405,
    "protocol_unfit": 412,
    "header_too_large": 431,
    "unavailable": 503,
    "server_failed": 500,
}
"""Status of every error that can leave the HTTP interface; one that is not here is a fault of ours (500)."""

ANYWHERE = ("request_invalid", "too_many_requests", "header_too_large", "store_unavailable", "server_failed")
WHERE_SIGNED_IN = ("not_signed_in", "not_allowed")


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a request: where (`body.order.products.0.premium`), and what."""

    field: str
    message: str


class Refusal(MingjianError):
    """An error of the catalogue with what only HTTP knows of it: single faults, and headers of the answer."""

    def __init__(
        self, code: str, *, faults: Sequence[Fault] = (), headers: Mapping[str, str] | None = None, **details: object
    ) -> None:
        super().__init__(code, **details)
        self.faults = tuple(faults)
        self.headers = dict(headers or {})


def status_of(code: str) -> int:
    """The HTTP status of an error of the catalogue."""
    return STATUS.get(code, HTTPStatus.INTERNAL_SERVER_ERROR)


def problem(error: MingjianError, language: str = "zh") -> dict[str, Any]:
    """The problem details of an error. `detail` is in `language`, `zh` and `en` are always there."""
    content: dict[str, Any] = {
        "type": f"urn:mingjian:error:{error.number}",
        "title": error.code.replace("_", " "),
        "status": status_of(error.code),
        "detail": error.en if language == "en" else error.zh,
        "code": error.code,
        "number": error.number,
        "zh": error.zh,
        "en": error.en,
        "instance": f"urn:mingjian:request:{request_id.get()}",
    }
    faults = getattr(error, "faults", ())
    if faults:
        content["errors"] = [{"field": one.field, "message": one.message} for one in faults]
    return {**getattr(error, "extra", {}), **content}


def answer(error: MingjianError, language: str = "zh") -> JSONResponse:
    """The response that tells of an error."""
    headers = {"Cache-Control": "no-store", **getattr(error, "headers", {})}
    if error.code == "not_signed_in":
        headers.setdefault("WWW-Authenticate", 'Bearer realm="mingjian"')
    return JSONResponse(
        problem(error, language), status_code=status_of(error.code), headers=headers, media_type=MEDIA_TYPE
    )


def language_of(request: Request) -> str:
    """`en` for somebody who asks for English before Chinese, else `zh`."""
    wanted = request.headers.get("accept-language", "").lower()
    first = next((one for one in ("en", "zh") if one in wanted), "zh")
    return "en" if first == "en" and ("zh" not in wanted or wanted.index("en") < wanted.index("zh")) else "zh"


def declares(*codes: str) -> dict[int | str, dict[str, Any]]:
    """`responses=` of a route: the errors it can give, by status, each with its example."""
    found: dict[int | str, dict[str, Any]] = {}
    for status, group in _by_status(codes).items():
        found[status] = {
            "description": " / ".join(group),
            "content": {
                MEDIA_TYPE: {
                    "schema": {"$ref": "#/components/schemas/Problem"},
                    "examples": {code: {"value": _example(code)} for code in group},
                }
            },
        }
    return found


def _by_status(codes: Iterable[str]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for code in codes:
        found.setdefault(status_of(code), []).append(code)
    return found


def _example(code: str) -> dict[str, Any]:
    entry = CATALOGUE[code]
    return {
        "type": f"urn:mingjian:error:{entry.number}",
        "title": code.replace("_", " "),
        "status": status_of(code),
        "detail": entry.zh,
        "code": code,
        "number": entry.number,
        "zh": entry.zh,
        "en": entry.en,
        "instance": "urn:mingjian:request:…",
    }
