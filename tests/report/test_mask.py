"""Personal data hidden by shape and by what the order knows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.report.mask import Masker, mask_evidence
from tests.report import sample


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("电话13800138000。", "电话138****8000。"),
        ("电话138 0013 8000。", "电话138 **** 8000。"),
        ("幺三八零零幺三八零零零对吧", "幺三八****八零零零对吧"),
        ("幺三八，零零幺三，八零零零", "幺三八，****，八零零零"),
        ("１３８００１３８０００", "１３８****８０００"),
        ("身份证610102195803041234", "身份证610***********1234"),
        ("身份证61010219580304123X,", "身份证610***********123X,"),
        ("卡号6222 0212 3456 7890 123", "卡号622* **** **** ***0 123"),
        ("座机029-88886666", "座机029-****6666"),
        ("热线4008123456", "热线400***3456"),
    ],
)
def test_numbers_are_hidden_written_and_spoken(text: str, masked: str) -> None:
    assert Masker().text(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "每年交一万二千元，交十年，保险期间三十年。",
        "犹豫期十五天，2026年11月02日生效。",
        "保额1000000元，保费12000元，共10期。",
        "工号幺零二三。",
        "保单号P20261102000718。",
        "5f0c2f6f3f1c9f3f0b1e6d7a8c9b0a1d2e3f405162738495a6b7c8d9e0f1a2b3",
        "第一，第二，第三，一二三四五六七。",
    ],
)
def test_amounts_dates_and_identifiers_stay(text: str) -> None:
    assert Masker().text(text) == text


def test_the_order_tells_names_and_numbers() -> None:
    masker = Masker.for_order(sample.ORDER)
    assert masker.text("张建国先生，我是李明。") == "张**先生，我是李明。"
    masked = masker.order(sample.ORDER)
    assert masked["policyholder"] == {
        "name": "张**",
        "id_number": "610***********1234",
        "birth_date": "**********",
        "phone": "138****8000",
        "address": "********",
    }
    assert masked["agent"] == {**sample.ORDER["agent"], "phone": "139****9000"}
    assert masked["extra"]["bank_card"] == "622************0123"
    assert masked["products"] == sample.ORDER["products"]
    assert masked["policy_no"] == sample.ORDER["policy_no"]


def test_numbers_stored_as_json_numbers_are_hidden() -> None:
    assert Masker().order({"policyholder": {"phone": 13800138000}, "x": [13900139000]}) == {
        "policyholder": {"phone": "138****8000"},
        "x": ["139****9000"],
    }


@pytest.mark.parametrize("order", [{"policyholder": None}, {"policyholder": "text"}, {"insured": {"name": ""}}, {}])
def test_odd_orders_are_no_trouble(order: dict[str, object]) -> None:
    assert Masker.for_order(order).order(order) == order


@given(st.text(alphabet="0123456789一二三四五六七八九零幺张建国 ，-xXａ１*", max_size=60))
def test_masking_keeps_the_length_and_is_stable(text: str) -> None:
    masker = Masker.for_order(sample.ORDER)
    once = masker.text(text)
    assert len(once) == len(text)
    assert masker.text(once) == once


def test_characters_are_masked_across_their_bounds() -> None:
    before = sample.evidence()
    after = mask_evidence(before, Masker.for_order(sample.ORDER))
    assert before.transcript is not None
    assert after.transcript is not None
    assert [one.interval for one in after.transcript.characters] == [
        one.interval for one in before.transcript.characters
    ]
    assert "幺三八****八零零零" in "".join(one.text for one in after.transcript.characters)
