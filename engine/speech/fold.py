"""Traditional to simplified Chinese, as recognisers mix both in one sentence."""

from functools import cache
from typing import Any


@cache
def _converter() -> Any:
    from opencc import OpenCC

    return OpenCC("t2s")


def simplified(text: str) -> str:
    """`text` in simplified characters.

    >>> simplified("犹豫期為十五天，您清楚嗎？")
    '犹豫期为十五天，您清楚吗？'
    """
    return str(_converter().convert(text))
