"""Ed25519 signatures, and how a key is known again."""

import hashlib

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

from engine.errors import MingjianError


class Signer:
    """A private key made of 32 secret bytes. The same bytes make the same key, and the same text the same signature."""

    def __init__(self, secret: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(secret)

    def sign(self, content: bytes) -> bytes:
        """The signature, 64 bytes."""
        return self._key.sign(content)

    @property
    def public_pem(self) -> bytes:
        """The public key in PEM form."""
        return self._key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def fingerprint_of(public_pem: bytes) -> str:
    """By which people compare public keys: SHA-256 of the raw key, in hex. Raises MingjianError `packet_unfit`."""
    raw = _public(public_pem).public_bytes(Encoding.Raw, PublicFormat.Raw)
    return hashlib.sha256(raw).hexdigest()


def is_signed(content: bytes, signature: bytes, public_pem: bytes) -> bool:
    """Whether the owner of the key signed this content. Raises MingjianError `packet_unfit` for what is no key."""
    try:
        _public(public_pem).verify(signature, content)
    except InvalidSignature:
        return False
    return True


def _public(pem: bytes) -> Ed25519PublicKey:
    try:
        key = load_pem_public_key(pem)
    except ValueError as error:
        raise MingjianError("packet_unfit", detail="公钥无法读取 / the public key cannot be read") from error
    if not isinstance(key, Ed25519PublicKey):
        raise MingjianError("packet_unfit", detail="公钥不是 Ed25519 / the public key is not Ed25519")
    return key
