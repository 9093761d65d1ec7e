"""Two readings side by side."""

import pytest

from engine.evidence import Character
from engine.interval import Interval
from engine.speech.alternatives import differences


def said(text: str) -> list[Character]:
    return [Character(letter, Interval(float(n), n + 1.0), 0.9) for n, letter in enumerate(text)]


@pytest.mark.parametrize(
    ("heard", "other", "expected"),
    [
        ("这份宝贝超出", "这份保费超出", [("宝贝", "保费", 2.0, 4.0)]),
        ("您容时收明了", "您如实说明了", [("容时收", "如实说", 1.0, 4.0)]),
        ("宝贝总贝费", "保费总额费", [("宝贝总贝", "保费总额", 0.0, 4.0)]),  # one character alike does not part them
        ("请您签名", "请您亲笔签名", [("您", "您亲笔", 1.0, 2.0)]),  # what is more stands with the character before
        ("请您那签名", "请您签名", [("那", "", 2.0, 3.0)]),
        ("请您签名", "请您签名", []),
        ("", "请您签名", []),
    ],
)
def test_differences(heard, other, expected):
    found = differences(said(heard), said(other))
    assert [(one.heard, one.text, one.span.start, one.span.end) for one in found] == expected
