"""Mingjian 明鉴: inspects recordings of insurance sales.

>>> import engine
>>> inspection = engine.inspect("sale.mp4")  # doctest: +SKIP
>>> inspection.verdict  # doctest: +SKIP
'flagged'
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from engine.inspection import Inspection
    from engine.order import Order
    from engine.progress import Progress
    from engine.settings import Settings

__all__ = ["inspect"]


def inspect(
    media: "str | Path | Sequence[str | Path]",
    *,
    order: "Order | Mapping[str, Any] | str | Path | None" = None,
    ruleset: "str | Path | None" = None,
    settings: "Settings | None" = None,
    progress: "Progress | None" = None,
) -> "Inspection":
    """Inspect one recording, or the parts of one session in their order.

    `order` is an order, its JSON values, or the path of its file. Raises MingjianError for what a person must mend: a
    file that
    is no media, an order that cannot be read, an unknown rule set, missing weights.
    """
    from engine.pipeline import inspect_media

    return inspect_media(media, order=order, ruleset=ruleset, settings=settings, progress=progress).inspection
