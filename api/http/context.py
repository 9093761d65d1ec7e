"""What belongs to the request at hand, for log lines, the audit log and problem details."""

from contextvars import ContextVar

request_id: ContextVar[str] = ContextVar("request_id", default="-")
"""The identifier of the request, given back in X-Request-ID. `-` outside of one."""
