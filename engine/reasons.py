"""Why something was judged, degraded or noted as it was: every `reason_code` and note code, in Chinese and English.

>>> text("disclosure_missing")
'没有听到这项说明。'
>>> text("order_field_missing", "en", fields="premium")
'The order lacks: premium.'
"""

from typing import Literal

REASONS: dict[str, tuple[str, str]] = {}


def text(code: str, language: Literal["zh", "en"] = "zh", **details: object) -> str:
    """The sentence behind `code`. Raises KeyError for an unknown code or a missing detail."""
    chinese, english = REASONS[code]
    return (chinese if language == "zh" else english).format(**details)
