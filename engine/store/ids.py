"""Identifiers of rows: unique everywhere, and in the order of their making."""

import secrets
import time

LENGTH = 32


def new_id() -> str:
    """32 hex digits: 48 bits of the time in milliseconds, then 80 random ones. Sorting by it sorts by age."""
    return f"{time.time_ns() // 1_000_000:012x}{secrets.token_hex(10)}"
