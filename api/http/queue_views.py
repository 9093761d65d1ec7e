"""Views of the queue that somebody keeps: the same at every desk they sit down at."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from api.http.access import Kept, Now
from api.http.problems import declares
from api.http.reviewing import Reading
from engine.store import queue_views
from engine.store.queue_views import ViewRow

router = APIRouter(prefix="/v1/me/views", tags=["复核 / reviews"])
ViewId = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]
Value = Annotated[str | None, Field(max_length=200)]


class ViewFilters(BaseModel):
    """What the queue is asked for, by the names of `GET /v1/queue`."""

    model_config = ConfigDict(extra="forbid")

    state: Value = None
    due: Value = None
    mine: Value = None
    policy_no: Value = None
    agent: Value = None
    branch: Value = None
    scenario: Value = None
    reason: Value = None
    item: Value = None
    assignee: Value = None


class ViewIn(BaseModel):
    """A view to be kept; one of the same name is replaced."""

    model_config = ConfigDict(extra="forbid")

    name: Name
    filters: ViewFilters


class ViewOut(BaseModel):
    """A kept view."""

    id: str
    name: str
    filters: dict[str, str]
    saved_at: datetime


class Views(BaseModel):
    """The caller's views."""

    items: list[ViewOut]


@router.get("")
def list_views(caller: Reading, store: Kept) -> Views:
    """自己保存的视图 / The caller's views."""
    with store.database.reading() as s:
        return Views(items=[_shown(one) for one in queue_views.of(s, caller.name)])


@router.post("", status_code=201, responses=declares("conflict"))
def keep_view(body: ViewIn, caller: Reading, store: Kept, at: Now) -> ViewOut:
    """保存视图；同名的被替换 / Keep a view; one of the same name is replaced."""
    filters = {name: value for name, value in body.filters.model_dump().items() if value}
    with store.database.writing() as s:
        return _shown(queue_views.keep(s, caller.name, body.name, filters, at))


@router.delete("/{view_id}", status_code=204, responses=declares("not_found"))
def drop_view(view_id: ViewId, caller: Reading, store: Kept) -> None:
    """删除视图 / Forget a view."""
    with store.database.writing() as s:
        queue_views.drop(s, caller.name, view_id)


def _shown(view: ViewRow) -> ViewOut:
    return ViewOut(id=view.id, name=view.name, filters=dict(view.filters), saved_at=view.saved_at)
