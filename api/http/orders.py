"""The order that comes with a recording: read whole, with every fault named."""

from typing import Any

from pydantic import ValidationError

from api.http.gate import check_json
from api.http.problems import Fault, Refusal
from engine.errors import MingjianError
from engine.order import LARGEST_ORDER_BYTES, Order

MOST_FAULTS = 100


def order_of(values: Any, field: str = "body.order") -> Order:
    """The order made of JSON values. Raises Refusal `order_unreadable` with all faults."""
    try:
        return Order.model_validate(values)
    except ValidationError as error:
        found = error.errors(include_input=False, include_url=False)[:MOST_FAULTS]
        faults = [Fault(".".join((field, *map(str, one["loc"]))), str(one["msg"])) for one in found]
        detail = "; ".join(f"{one.field}: {one.message}" for one in faults[:5])
        raise Refusal("order_unreadable", path=field, detail=detail, faults=faults) from error
    except (RecursionError, ValueError) as error:
        raise MingjianError("order_unreadable", path=field, detail="nested too deeply") from error


def order_in(text: bytes, field: str = "order") -> Order:
    """The order in a JSON text; none is an empty one. Raises MingjianError `order_unreadable`, `request_invalid`."""
    if len(text) > LARGEST_ORDER_BYTES:
        raise MingjianError("too_large", limit=LARGEST_ORDER_BYTES)
    return order_of(check_json(text) if text.strip() else {}, field)
