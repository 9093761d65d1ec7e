"""What the pages on stored results share: the house style, the way shares and counts are written, curves.

Pages run no script and load nothing from elsewhere; whatever a session or a table says is escaped.
"""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from engine.report import words
from eval.metrics.counts import Share
from eval.report.drawing import Series, Value, steps_chart


def render(template: str, values: Mapping[str, Any]) -> str:
    """A page of this package's templates."""
    style = _style()
    made = {"style": Markup(style), "policy": _policy(style), "words": words}  # noqa: S704 - the project's own files
    return _environment().get_template(template).render({**made, **values})


def curve(names: Sequence[str], lines: Sequence[tuple[str, str, Sequence[Share]]], title: str) -> Markup:
    """Shares with their intervals at named steps; each line as (label, style a | b, shares)."""
    series = [Series(label, style, [_value(one) for one in shares]) for label, style, shares in lines]
    return Markup(steps_chart(names, series, title))  # noqa: S704 - eval/report/drawing.py escapes its texts


def _value(one: Share) -> Value | None:
    return Value(one.value, *one.interval()) if one.total else None


def percent(share: float | None) -> str:
    """A share in per cent.

    >>> percent(0.0125), percent(None)
    ('1.3 %', '—')
    """
    return "—" if share is None else f"{share * 100:.1f} %"


def share_text(one: Share) -> str:
    """A share alone; a dash where nothing was counted."""
    return percent(one.value if one.total else None)


def bounds_text(one: Share) -> str:
    """Its interval at 95 % and its counts."""
    low, high = one.interval()
    return f"{percent(low)} – {percent(high)} · {one.right}/{one.total}" if one.total else "0/0"


def verdict_text(verdict: str | None) -> str:
    """A verdict of an item or a session in Chinese; a dash where there is none."""
    if verdict is None:
        return "—"
    for known in (words.VERDICT, words.SESSION_VERDICT):
        for name, word in known.items():
            if name == verdict:
                return word.zh
    return verdict


def clock(seconds: float | None) -> str:
    """A time in the recording; nothing where it is not known."""
    return "" if seconds is None else words.clock(seconds)


@cache
def _style() -> str:
    """The style of inspection reports and of evaluation reports."""
    house = (files("engine.report") / "templates" / "report.css").read_text(encoding="utf-8")
    return house + (files("eval.report") / "templates" / "run.css").read_text(encoding="utf-8")


def _policy(style: str) -> str:
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("eval.backtest"),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(share=share_text, bounds=bounds_text, verdict=verdict_text, clock=clock, percent=percent)
    return environment
