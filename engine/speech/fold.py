"""Traditional to simplified Chinese, as recognisers mix both in one sentence."""

import re
from functools import cache
from typing import Any

ASPECT = re.compile("(?<![名显原土专编论遗巨译昭卓])著(?![名作述者录书称])")
"""著 where mainland writing has 着 (跟著 for 跟着): the converter keeps it, for 著名 is written so everywhere."""


@cache
def _converter() -> Any:
    from opencc import OpenCC

    return OpenCC("t2s")


def simplified(text: str) -> str:
    """`text` in simplified characters.

    >>> simplified("犹豫期為十五天，您清楚嗎？")
    '犹豫期为十五天，您清楚吗？'
    >>> simplified("跟著我說，是顯著的")
    '跟着我说，是显著的'
    """
    return ASPECT.sub("着", str(_converter().convert(text)))
