"""What a list or a search of sessions may be asked for."""

from typing import Annotated

from fastapi import Depends, Query
from pydantic import AwareDatetime

from api.http.session_models import State, Tag, Verdict
from engine.store.filters import SessionFilters

Word = Annotated[str | None, Query(max_length=200)]


def _asked_for(
    state: Annotated[list[State] | None, Query()] = None,
    verdict: Annotated[list[Verdict] | None, Query()] = None,
    tag: Annotated[list[Tag] | None, Query(max_length=10)] = None,
    policy_no: Word = None,
    outcome: Word = None,
    branch: Word = None,
    agent_no: Word = None,
    agent_name: Word = None,
    scenario: Word = None,
    channel: Word = None,
    region: Word = None,
    product: Word = None,
    ruleset: Word = None,
    trigger: Word = None,
    created_by: Word = None,
    retry_of: Word = None,
    item: Word = None,
    item_verdict: Word = None,
    created_from: AwareDatetime | None = None,
    created_until: AwareDatetime | None = None,
    recorded_from: AwareDatetime | None = None,
    recorded_until: AwareDatetime | None = None,
    due_until: AwareDatetime | None = None,
) -> SessionFilters:
    return SessionFilters(
        state=tuple(state or ()),
        verdict=tuple(verdict or ()),
        tags=tuple(tag or ()),
        policy_no=policy_no,
        outcome=outcome,
        branch=branch,
        agent_no=agent_no,
        agent_name=agent_name,
        scenario=scenario,
        channel=channel,
        region=region,
        product=product,
        ruleset=ruleset,
        trigger=trigger,
        created_by=created_by,
        retry_of=retry_of,
        item=item,
        item_verdict=item_verdict,
        created_from=created_from,
        created_until=created_until,
        recorded_from=recorded_from,
        recorded_until=recorded_until,
        due_until=due_until,
    )


Asked = Annotated[SessionFilters, Depends(_asked_for)]
"""The filters of the query: a wish. `visibility.narrowed` cuts it down to what is the caller's to see."""
