"""Who is calling, as every route and the log know him."""

from dataclasses import dataclass

from api.settings import Role

READING = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that change nothing."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is calling. `name` is what the store knows people and tokens by: never shared by a person and a program.

    `scopes` narrow the role (`sessions:read`); none narrows nothing. `person`: a user, or a token of one, so that two
    names are two people.
    """

    id: str
    name: str
    role: Role
    person: bool
    branch: str | None = None
    staff_no: str | None = None
    customer_key: str | None = None
    scopes: frozenset[str] = frozenset()

    def may(self, scope: str) -> bool:
        """Whether the scopes let through what `scope` names."""
        return not self.scopes or scope in self.scopes or f"{scope.partition(':')[0]}:*" in self.scopes
