"""One line of the catalogue of errors."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the catalogue. `zh` and `en` are format strings over the error's details."""

    number: str
    zh: str
    en: str
