"""The server's secret, and the keys made of it: for signing links and sealing what it keeps for others.

It comes from the environment (MINGJIAN_SERVER__SECRET), from a file that is named (`server.secret_file`), or lies as
keys/server.key in the store's folder. Every purpose has a key of its own, so that none can stand in for another.
"""

import base64
import binascii
import hashlib
import hmac
import os
import secrets
import stat
from pathlib import Path

from api.settings import ServerSettings
from engine.errors import MingjianError
from engine.settings import Settings

KEY_BYTES = 32
SHORTEST = 32
"""Characters of a secret that somebody chose."""
FEWEST_DIFFERENT = 10
"""Different characters in it: fewer is a pattern, not a secret."""
NONCE_BYTES = 12
PRIVATE_FILE, PRIVATE_FOLDER = 0o600, 0o700
OTHERS = stat.S_IRWXG | stat.S_IRWXO
EXAMPLES = ("changeme", "change-me", "secret", "password", "example", "mingjian", "12345678", "abcdefgh")


class Keys:
    """Keys derived from one secret."""

    def __init__(self, secret: bytes) -> None:
        self._root = hmac.new(b"mingjian", secret, hashlib.sha256).digest()

    def derive(self, purpose: str) -> bytes:
        """32 bytes for `purpose` alone (HKDF with SHA-256, RFC 5869, one block)."""
        return hmac.new(self._root, purpose.encode() + b"\x01", hashlib.sha256).digest()

    def sign(self, purpose: str, text: str) -> str:
        """The mark of `text`: 43 characters that go into an address or a header."""
        mark = hmac.new(self.derive(purpose), text.encode(), hashlib.sha256).digest()
        return base64.urlsafe_b64encode(mark).decode().rstrip("=")

    def verify(self, purpose: str, text: str, mark: str) -> bool:
        """Whether `mark` is that of `text`; takes as long for a wrong one."""
        return hmac.compare_digest(self.sign(purpose, text).encode(), mark.encode("utf-8", "replace"))

    def seal(self, purpose: str, content: bytes) -> bytes:
        """`content` encrypted and protected against change (AES-256-GCM), with its nonce in front."""
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        nonce = secrets.token_bytes(NONCE_BYTES)
        return nonce + AESGCM(self.derive(purpose)).encrypt(nonce, content, purpose.encode())

    def unseal(self, purpose: str, sealed: bytes) -> bytes | None:
        """What was sealed; None where it was changed or sealed with another secret."""
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        try:
            return AESGCM(self.derive(purpose)).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], purpose.encode())
        except (InvalidTag, ValueError):
            return None

    def seal_text(self, purpose: str, text: str) -> str:
        """`seal` for texts."""
        return base64.urlsafe_b64encode(self.seal(purpose, text.encode())).decode()

    def unseal_text(self, purpose: str, sealed: str) -> str | None:
        """`unseal` for texts."""
        try:
            content = self.unseal(purpose, base64.b64decode(sealed, altchars=b"-_", validate=True))
        except (binascii.Error, ValueError):
            return None
        return None if content is None else content.decode()


def load_keys(settings: Settings, server: ServerSettings) -> Keys:
    """The keys in force. On a server for this machine alone a missing key file is made; any other needs a secret that
    somebody has set.

    Raises MingjianError `server_unsafe` where there is no secret, a weak one, or a file that others can read.
    """
    if server.secret is not None:
        return Keys(_strong(server.secret.get_secret_value(), "MINGJIAN_SERVER__SECRET"))
    path = server.secret_file or settings.store.folder / "keys" / "server.key"
    makes = server.is_local and server.public is None and server.secret_file is None
    return Keys(_strong(_read(path, make=makes), str(path)))


def _strong(text: str, source: str) -> bytes:
    text = text.strip()
    if len(text) < SHORTEST or len(set(text)) < FEWEST_DIFFERENT:
        raise MingjianError("server_unsafe", detail=f"{source}: < {SHORTEST} random characters")
    folded = text.lower()
    if any(one in folded for one in EXAMPLES):
        raise MingjianError("server_unsafe", detail=f"{source}: an example, not a secret")
    return text.encode()


def _read(path: Path, *, make: bool) -> str:
    if make:
        _make(path)
    try:
        if path.stat().st_mode & OTHERS:
            raise MingjianError("server_unsafe", detail=f"{path}: others can read it (chmod 600)")
        return path.read_text(encoding="ascii")
    except FileNotFoundError as error:
        raise MingjianError("server_unsafe", detail=f"{path}: missing; set MINGJIAN_SERVER__SECRET") from error
    except (OSError, ValueError) as error:
        raise MingjianError("server_unsafe", detail=f"{path}: {error}") from error


def _make(path: Path) -> None:
    """A new key file, whole from its first moment: two processes that start at once end with the same one."""
    if path.exists():
        return
    path.parent.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
