"""The secret of a store, and what is derived from it: keys of people, and seals.

People are looked up by keyed hash, so that neither numbers nor their plain hashes (which could be tried out: there are
few phone numbers) stand in an index.
"""

import hashlib
import hmac
import os
import re
import secrets
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from engine.errors import MingjianError
from engine.language.folding import fold
from engine.rules.identity import plain_phone

SECRET_BYTES = 32

PersonKind = Literal["id", "phone"]


@dataclass(frozen=True)
class Keys:
    """What is derived from one secret. Two stores with the same secret make the same keys."""

    secret: bytes = field(repr=False)

    def derived(self, purpose: str) -> bytes:
        """A key of 32 bytes for one purpose; knowing it tells nothing of the others."""
        return hmac.digest(self.secret, purpose.encode(), "sha256")

    def seal(self, purpose: str, text: str) -> str:
        """HMAC-SHA256 of `text`, in hex."""
        return hmac.new(self.derived(purpose), text.encode(), hashlib.sha256).hexdigest()

    def person(self, kind: PersonKind, number: str | None) -> str | None:
        """The key of a person by an ID number or a phone, however it is written; None where there is none.

        >>> keys = Keys(b"secret")
        >>> keys.person("phone", "+86 138-0013-8000") == keys.person("phone", "13800138000")
        True
        """
        plain = plain_phone(number or "") if kind == "phone" else plain_number(number or "")
        return self.seal(f"person.{kind}", plain) if plain else None

    @property
    def mark(self) -> str:
        """By which the secret is known again."""
        return self.seal("mark", "mingjian")


def plain_number(text: str) -> str:
    """An ID number in capitals, without blanks and dashes.

    >>> plain_number("11010519491231002x")
    '11010519491231002X'
    """
    return re.sub(r"[^0-9A-Za-z]", "", fold(text)).upper()


def load_keys(path: Path) -> Keys:
    """The keys of the secret in a file, which is made when there is none.

    Raises MingjianError `keys_unreadable` when it cannot be read or made, or holds too little.
    """
    try:
        if not path.exists():
            _make(path)
        secret = path.read_bytes()
    except OSError as error:
        raise MingjianError("keys_unreadable", path=path, detail=error.strerror or error) from error
    if len(secret) < SECRET_BYTES:
        raise MingjianError("keys_unreadable", path=path, detail=f"< {SECRET_BYTES} bytes")
    return Keys(secret)


def _make(path: Path) -> None:
    """Write a new secret; where two processes do so at once, the first one's stays."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent)  # readable by its owner alone
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(SECRET_BYTES))
            file.flush()
            os.fsync(file.fileno())
        Path(path).hardlink_to(name)
    except FileExistsError:
        pass
    finally:
        Path(name).unlink(missing_ok=True)
