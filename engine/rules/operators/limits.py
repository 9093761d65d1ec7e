"""Limits as operators take them from rule files."""

from typing import Annotated

from pydantic import Field

Positive = Annotated[float, Field(gt=0)]
NotNegative = Annotated[float, Field(ge=0)]
Cosine = Annotated[float, Field(ge=-1, le=1)]


def needs(*given: object, names: str) -> None:
    """Raise ValueError (Chinese / English) where none of the parameters `names` was given."""
    if all(one is None for one in given):
        raise ValueError(f"要有 {names} 之一 / needs one of {names}")
