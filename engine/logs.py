"""Logs as JSON lines: when, how bad, who says it, under which request and job, and no personal data.

Code here logs ids and codes, never what a session says. Because libraries log too, every line is masked once more: ID
numbers, phones, cards, e-mail addresses, keys, and values named password, token or secret. Of an error only its kind
and place are told: its text may quote a statement with people's data in it.
"""

import json
import logging
import re
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import IO, Any

from engine.report.mask import Masker

job_id: ContextVar[str | None] = ContextVar("job_id", default=None)
"""The job that this thread of work is about."""

HIDDEN = "***"
LONGEST = 2000
MOST_FRAMES = 12
STANDARD = frozenset(logging.LogRecord("", 0, "", 0, "", None, None).__dict__) | {"message", "asctime", "taskName"}
CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
EMAIL = re.compile(r"[A-Za-z0-9._%+\-]{1,64}@[A-Za-z0-9.\-]{1,253}\.[A-Za-z]{2,}")
KEY = re.compile(r"(?<![A-Za-z0-9_])(?:mj_[A-Za-z0-9_\-]{16,}|ey[A-Za-z0-9_\-]{10,}\.[A-Za-z0-9_\-]+\.[A-Za-z0-9_\-]*)")
BEARER = re.compile(r"(?i)\b(bearer|basic)\s+[A-Za-z0-9+/=._~\-]{6,}")
NAMED = re.compile(
    r"(?i)([\"']?\b[\w\-]*(?:password|passwd|secret|token|api[_-]?key|authorization|cookie|signature|csrf)[\w\-]*[\"']?\s*[:=]\s*)"
    r"(\"[^\"]*\"|'[^']*'|[^\s,;&}\])]+)"
)
IN_ADDRESS = re.compile(r"(?i)\b([a-z][a-z0-9+.\-]*://)[^/\s:@]+:[^/\s@]+@")
GROUPED = re.compile(r"(?<![0-9A-Za-z])[0-9](?:[ \-.]?[0-9]){10,18}(?:[ \-.]?[Xx])?(?![0-9A-Za-z])")
MOBILE = re.compile(r"(?<![0-9])1[3-9][0-9]{9}(?![0-9])")
WORD = re.compile(r"[0-9A-Za-z]{12,}")
IDENTIFIER = re.compile(r"[0-9a-f]{16,64}")
MASKER = Masker()

Context = Callable[[], dict[str, str | None]]


def masked(text: str) -> str:
    """`text` without personal data and secrets, on one line.

    >>> masked("call 13800138000, token=abc123")
    'call 138****8000, token=***'
    """
    text = CONTROL.sub(" ", text[:LONGEST])
    text = IN_ADDRESS.sub(rf"\1{HIDDEN}@", text)
    text = BEARER.sub(rf"\1 {HIDDEN}", text)
    text = NAMED.sub(rf"\1{HIDDEN}", text)
    text = KEY.sub(HIDDEN, text)
    text = EMAIL.sub(HIDDEN, text)
    text = GROUPED.sub(lambda run: MASKER.text(re.sub(r"[ \-.]", "", run.group())), text)
    return WORD.sub(_without_mobile, MASKER.text(text))


def _without_mobile(word: re.Match[str]) -> str:
    """Digits between letters may be somebody's number, but not those of an identifier."""
    whole = word.group()
    return whole if IDENTIFIER.fullmatch(whole) else MOBILE.sub(HIDDEN, whole)


class JsonLines(logging.Formatter):
    """A record as one line of JSON. `context` adds what belongs to the work at hand (request_id)."""

    def __init__(self, context: Context | None = None) -> None:
        super().__init__()
        self._context = context

    def format(self, record: logging.LogRecord) -> str:
        """The line. It never fails: a record that cannot be formatted says so."""
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": masked(_message(record)),
            "job_id": job_id.get(),
            **(self._context() if self._context else {}),
        }
        line |= {name: _plain(value) for name, value in record.__dict__.items() if name not in STANDARD}
        if record.exc_info and record.exc_info[1] is not None:
            line["error"] = _error(record.exc_info[1])
        return json.dumps({name: value for name, value in line.items() if value is not None}, ensure_ascii=False)


def _message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except Exception:  # noqa: BLE001  a wrong format string must not lose the line
        return str(record.msg)


def _plain(value: object) -> object:
    return value if value is None or isinstance(value, bool | int | float) else masked(str(value))


def _error(error: BaseException) -> dict[str, Any]:
    """Kind, code and place of an error, and of what caused it."""
    frames = traceback.extract_tb(error.__traceback__)[-MOST_FRAMES:]
    told: dict[str, Any] = {
        "kind": f"{type(error).__module__}.{type(error).__qualname__}",
        "code": getattr(error, "code", None) if isinstance(getattr(error, "code", None), str) else None,
        "at": [f"{_below(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames],
    }
    if error.__cause__ is not None:
        told["cause"] = f"{type(error.__cause__).__module__}.{type(error.__cause__).__qualname__}"
    return {name: value for name, value in told.items() if value}


def _below(filename: str) -> str:
    """The last parts of a path: where it lies on this machine is nobody's business."""
    return "/".join(filename.replace("\\", "/").split("/")[-3:])


def set_up_json_logs(level: str = "INFO", context: Context | None = None, stream: IO[str] | None = None) -> None:
    """Send all logs of this process to `stream` (standard error) as JSON lines, those of libraries from warnings on."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonLines(context))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    for name in ("engine", "models", "eval", "api"):
        logging.getLogger(name).setLevel(level)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        found = logging.getLogger(name)
        found.handlers.clear()
        found.propagate = True
    logging.captureWarnings(True)
    logging.raiseExceptions = False


@contextmanager
def working_on(job: str) -> Iterator[None]:
    """Log lines inside the block name this job."""
    mark = job_id.set(job)
    try:
        yield
    finally:
        job_id.reset(mark)
