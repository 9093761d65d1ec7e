"""What all lists have in common: how they are asked for, and how they answer."""

from typing import Annotated, Generic, TypeVar

from fastapi import Query
from pydantic import BaseModel

Item = TypeVar("Item")

Cursor = Annotated[str | None, Query(max_length=500, description="`next` of the page before")]
Limit = Annotated[int, Query(ge=1, le=200, description="rows of a page")]
DEFAULT_LIMIT = 50


class Listed(BaseModel, Generic[Item]):
    """A page of a list. `next`: the cursor of the next page; null at the end."""

    items: list[Item]
    next: str | None = None
