"""Orders: lenient about what is missing or unknown, strict about what is broken."""

import json
from decimal import Decimal
from pathlib import Path

import pytest

from engine.errors import MingjianError
from engine.order import Order, read_order


def write(folder: Path, content: str | bytes) -> Path:
    path = folder / "a.order.json"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def test_unknown_fields_are_kept_and_absent_ones_stay_absent(tmp_path: Path) -> None:
    given = {"policy_no": "P1", "branch": {"code": 7}, "products": [{"premium": "10000", "plan": "B"}]}
    order = read_order(write(tmp_path, json.dumps(given)))
    assert order.as_given() == given
    assert order.products[0].premium == Decimal("10000")
    assert order.policyholder.name is None


def test_a_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    assert read_order(write(tmp_path, b"\xef\xbb\xbf{}")) == Order()


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ("{", "Expecting property name"),
        ("[]", "order"),
        ("[" * 100_000, "recursion"),
        (b"\xff\xfe\x00", "utf-8"),
        ('{"products": [{"premium": "一万"}]}', "products.0.premium"),
        ('{"scenario": "beach"}', "scenario"),
        ('{"recorded_at": "yesterday"}', "recorded_at"),
    ],
)
def test_a_broken_order_is_one_coded_error_that_names_the_fault(
    tmp_path: Path, content: str | bytes, named: str
) -> None:
    with pytest.raises(MingjianError) as caught:
        read_order(write(tmp_path, content))
    assert caught.value.code == "order_unreadable"
    assert named in caught.value.en


def test_a_missing_order_is_named(tmp_path: Path) -> None:
    with pytest.raises(MingjianError, match="MJ201"):
        read_order(tmp_path / "none.json")
