"""Titles, names, numbers and dates out of lines of text."""

import pytest

from engine.vision.documents import Line, documents, find_title, is_screen, title_likeness
from engine.vision.paper_fields import LONG_TERM, fields_of, stamp_of
from engine.vision.paper_settings import PaperLimits

LIMITS = PaperLimits()


def line(text, top=0.0, height=20.0):
    return Line(text, 0.99, 10.0, top, len(text) * height, height)


def sheet(title, *body):
    return [line(title, 0.0, 30.0), *(line(text, 50.0 + 30 * n, 16.0) for n, text in enumerate(body))]


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("人身保险投保提示书", "投保提示书"),
        ("人身保险投保提示节", "投保提示书"),  # one character misread
        ("远山人寿保险股份有限公司投保提示书", "投保提示书"),
        ("远山安康终身寿险保险条款", "保险条款"),
        ("保险条款（2024年版）", "保险条款"),
        ("远山福满满年金保险（分红型）产品说明书", "产品说明书"),
        ("免除保险人责任条款的说明书", "责任免除说明书"),
        ("责任免除说明書", "责任免除说明书"),
        ("投保单", "投保单"),
        ("人身保险投保书", "投保单"),
        ("居民身份证", "居民身份证"),
        ("保险销售人员执业证", "执业证"),
        ("投保弹", None),  # short titles must be read without a mistake
        ("请您在投保单上签名", None),
        ("请您认真阅读保险条款。", "保险条款"),
        ("保险条款，请您仔细看", None),
        ("投保人签名", None),
        ("", None),
    ],
)
def test_titles(text, title):
    if text == "请您认真阅读保险条款。":
        # alone it could be a headline; in the body of a sheet it is too small for one
        lines = sheet("客户须知", *["一、" + "说明" * 5] * 3, text)
        assert find_title(lines, LIMITS) is None
        return
    found = find_title([line(text)], LIMITS)
    assert (found.title if found else None) == title


def test_a_broken_title_is_joined():
    lines = [line("免除保险人责任条款", 0.0), line("的书面说明", 24.0)]
    found = find_title(lines, LIMITS)
    assert found is not None
    assert found.title == "责任免除说明书"


def test_the_front_of_an_identity_card_is_told_without_a_title():
    lines = [line("姓名 王秀英", 0), line("性别 女 民族 汉", 30), line("公民身份号码 11010519491231002X", 60)]
    found = find_title(lines, LIMITS)
    assert found is not None
    assert (found.title, found.kind) == ("居民身份证", "card")


def test_buttons_make_it_an_electronic_document():
    lines = sheet("电子投保单", "产品名称", "保险金额", "交费期间", "我已阅读并同意 下一步")
    found = find_title(lines, LIMITS)
    assert is_screen(lines)
    assert found is not None
    assert (found.title, found.kind) == ("投保单", "screen")


def test_no_wording_belongs_to_two_papers():
    wordings = [wording for one in documents().papers for wording in one.also]
    assert len(wordings) == len(set(wordings))
    assert all(title_likeness(one, one, LIMITS) == 1.0 for one in wordings)


def test_a_licence_gives_name_number_and_validity_over_a_broken_line():
    card = [line("保险销售人员执业证", 0, 26), line("姓名：李静", 30), line("执业证编号：000001610100", 60),
            line("00002026000001", 90), line("有效期至：2028年05月31日", 120)]  # fmt: skip
    assert [(one.name, one.value) for one in fields_of(card)] == [
        ("name", "李静"),
        ("licence_no", "00000161010000002026000001"),
        ("valid_until", "2028-05-31"),
    ]


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("公民身份号码 11010519491231002x", {"id_number": "11010519491231002X"}),
        ("有效期限 2015.03.02-2035.03.02", {"valid_from": "2015-03-02", "valid_until": "2035-03-02"}),
        ("有效期限2015.03.02-长期", {"valid_from": "2015-03-02", "valid_until": LONG_TERM}),
        ("有效期至 2028-13-45", {}),
        ("工号：10235", {"staff_no": "10235"}),
        ("电话 13800138000", {}),
    ],
)
def test_fields(text, fields):
    assert {one.name: one.value for one in fields_of([line(text)])} == fields


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("2026-11-02 10:12:05", "2026-11-02T10:12:05"),
        ("2026年11月02日 星期一 10:12:05", "2026-11-02T10:12:05"),
        ("2026/11/0210：12：05", "2026-11-02T10:12:05"),
        ("2026-11-02 10:72:05", None),
        ("10:12:05", None),
    ],
)
def test_stamps(text, shown):
    read = stamp_of(text)
    assert (read.isoformat() if read else None) == shown
