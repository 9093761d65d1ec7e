"""What changes where a stored session is judged by other rules: item by item, with the words it rests on."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from engine.inspection import Inspection, Item, SessionVerdict, Verdict
from engine.rules.replay import PENDING

Key = tuple[str, int | None]


@dataclass(frozen=True, slots=True)
class Change:
    """One item that came to another verdict. `old` is None where the item is new, `new` where it is gone.

    `quote` and its times are of the words the verdict rests on now, else of those it rested on; None without any.
    """

    item: str
    product_index: int | None
    title: str
    old: Verdict | None
    new: Verdict | None
    reason_code: str
    reason: str
    quote: str | None = None
    start: float | None = None
    end: float | None = None
    clip: str | None = None

    @property
    def pending(self) -> bool:
        """Whether only the sound can tell."""
        return self.reason_code == PENDING

    @property
    def flip(self) -> bool:
        """Whether an item of both rule sets came to another verdict."""
        return self.old is not None and self.new is not None and not self.pending


@dataclass(frozen=True, slots=True)
class Session:
    """One stored session judged again. `fault` says why it could not be; nothing else is set then."""

    folder: str
    old: SessionVerdict | None = None
    new: SessionVerdict | None = None
    changes: tuple[Change, ...] = ()
    fault: str | None = None


def changes(stored: Inspection, items: Iterable[Item]) -> Iterator[Change]:
    """Every item of either side whose verdict differs; those that are gone come last."""
    before: dict[Key, Item] = {(item.id, item.product_index): item for item in stored.items}
    for item in items:
        old = before.pop((item.id, item.product_index), None)
        if old is None or old.verdict != item.verdict:
            yield _change(old, item)
    for gone in before.values():
        yield _change(gone, None)


def _change(old: Item | None, new: Item | None) -> Change:
    item = new or old
    if item is None:
        raise ValueError("a change has at least one side")
    quoted = next((one for side in (new, old) if side for one in side.evidence if one.quote), None)
    answer = item.answer
    change = Change(
        item=item.id,
        product_index=item.product_index,
        title=item.title,
        old=old.verdict if old else None,
        new=new.verdict if new else None,
        reason_code=item.reason_code,
        reason=item.reason,
        clip=next((one.clip for side in (old, new) if side for one in side.evidence if one.clip), None),
    )
    if quoted is not None:
        return _at(change, quoted.quote, quoted.start, quoted.end)
    return _at(change, answer.quote, answer.start, answer.end) if answer else change


def _at(change: Change, quote: str | None, start: float | None, end: float | None) -> Change:
    return replace(change, quote=quote, start=start, end=end)
