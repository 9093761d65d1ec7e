"""Passwords: argon2id hashes, a bounded number of them computed at once, and one time for names known and unknown."""

import threading
from functools import cached_property

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from api.http.problems import Fault, Refusal

AT_ONCE = 4
"""Each hash takes 64 MiB: more at a time would let strangers fill the memory."""
LONGEST = 256
FEWEST_DIFFERENT = 5


class Passwords:
    """Makes and checks hashes (argon2id, RFC 9106's second recommendation: 64 MiB, 3 passes, 4 lanes)."""

    def __init__(self, shortest: int, at_once: int = AT_ONCE) -> None:
        self.shortest = shortest
        self._hasher = PasswordHasher()
        self._room = threading.BoundedSemaphore(at_once)

    @cached_property
    def _nobody(self) -> str:
        return self._hasher.hash("of nobody")

    def hash(self, password: str) -> str:
        """The hash to be stored."""
        with self._room:
            return self._hasher.hash(password)

    def fits(self, stored: str | None, password: str) -> bool:
        """Whether `password` is the one of `stored`. Without a stored hash it takes as long, and is never right."""
        with self._room:
            try:
                right = self._hasher.verify(stored or self._nobody, password[: LONGEST + 1])
            except (VerificationError, InvalidHashError):
                return False
        return right and stored is not None

    def is_outdated(self, stored: str) -> bool:
        """Whether `stored` was made with weaker parameters than those in force."""
        return self._hasher.check_needs_rehash(stored)

    def check(self, name: str, password: str, field: str = "body.password") -> None:
        """Raises Refusal `request_invalid` for a password that is too easy to guess."""
        fault = self._fault(name, password)
        if fault is not None:
            raise Refusal("request_invalid", detail=fault, faults=[Fault(field, fault)])

    def _fault(self, name: str, password: str) -> str | None:
        if not self.shortest <= len(password) <= LONGEST:
            return f"密码须为 {self.shortest} 至 {LONGEST} 个字符 / {self.shortest} to {LONGEST} characters are needed"
        if len(set(password)) < FEWEST_DIFFERENT:
            return f"密码至少要有 {FEWEST_DIFFERENT} 种字符 / {FEWEST_DIFFERENT} different characters at least"
        if len(name) >= 4 and name.lower() in password.lower():
            return "密码不能包含用户名 / it must not contain the name"
        return None
