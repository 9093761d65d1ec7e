"""Drawings as inline SVG: shares with their intervals, curves, and reliability diagrams. No script, no outside file.

Numbers become attributes, texts are escaped; colours come from the page's style sheet by class.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT = 460.0, 286.0
LEFT, RIGHT, TOP, BOTTOM = 48.0, 14.0, 12.0, 62.0
TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)
CAP = 4.0
NAMES_IN_A_ROW = 5
SMALLEST_DOT, LARGEST_DOT = 2.5, 5.0
BAR_WIDTH, BAR_HEIGHT = 150.0, 16.0


@dataclass(frozen=True, slots=True)
class Value:
    """A figure with its 95 % bounds, where there are any."""

    value: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Series:
    """One line of a curve: a value for each place on the x axis, None where nothing was counted. `style`: a class."""

    label: str
    style: str
    values: Sequence[Value | None]


def share_bar(one: Value | None, bad: bool) -> str:
    """A share 0..1 as a bar with its interval. `bad`: more of it is worse."""
    if one is None:
        return ""
    inner = BAR_WIDTH - 2
    parts = [
        f'<rect class="track" x="1" y="5" width="{inner}" height="6"/>',
        f'<rect class="{"loss" if bad else "gain"}" x="1" y="5" width="{_n(inner * _unit(one.value))}" height="6"/>',
    ]
    if one.low is not None and one.high is not None:
        left, right = 1 + inner * _unit(one.low), 1 + inner * _unit(one.high)
        parts.append(
            f'<path class="whisker" d="M{_n(left)} 3V13M{_n(left)} 8H{_n(right)}M{_n(right)} 3V13"/>',
        )
    return f'<svg class="bar" viewBox="0 0 {BAR_WIDTH} {BAR_HEIGHT}" aria-hidden="true">{"".join(parts)}</svg>'


def steps_chart(names: Sequence[str], series: Sequence[Series], title: str) -> str:
    """Values at named steps (noise levels), joined by lines, with their intervals."""
    count = max(1, len(names))
    places = [LEFT + (WIDTH - LEFT - RIGHT) * (number + 0.5) / count for number in range(len(names))]
    rows = 2 if len(names) > NAMES_IN_A_ROW else 1
    labels = "".join(
        f'<text class="tick" x="{_n(x)}" y="{HEIGHT - BOTTOM + 16 + 13 * (number % rows)}" text-anchor="middle">'
        f"{escape(name)}</text>"
        for number, (x, name) in enumerate(zip(places, names, strict=True))
    )
    shift = 5.0
    body = []
    for number, one in enumerate(series):
        moved = [x + shift * (number - (len(series) - 1) / 2) for x in places]
        body.append(_line(moved, one, marks=True))
    return _chart(title, _grid() + labels, body, series)


def curve_chart(xs: Sequence[float], series: Sequence[Series], title: str, x_title: str) -> str:
    """Values over a share 0..1."""
    places = [_x(x) for x in xs]
    axis = _grid() + _share_axis() + _x_title(x_title)
    return _chart(title, axis, [_line(places, one, marks=False) for one in series], series)


def reliability_chart(points: Sequence[tuple[float, float, int]], title: str, x_title: str) -> str:
    """Mean confidence against the share that was right; a point's size tells how many there are."""
    most = max((count for _, _, count in points), default=1)
    diagonal = f'<path class="diagonal" d="M{_n(_x(0))} {_n(_y(0))}L{_n(_x(1))} {_n(_y(1))}"/>'
    path = "L".join(f"{_n(_x(confidence))} {_n(_y(right))}" for confidence, right, _ in points)
    dots = "".join(_dot(*point, most) for point in points)
    body = [diagonal, f'<path class="line-a" d="M{path}"/>' if points else "", dots]
    return _chart(title, _grid() + _share_axis() + _x_title(x_title), body, ())


def _dot(confidence: float, right: float, count: int, most: int) -> str:
    radius = SMALLEST_DOT + LARGEST_DOT * (count / most) ** 0.5
    place = f'cx="{_n(_x(confidence))}" cy="{_n(_y(right))}" r="{_n(radius)}"'
    return f'<circle class="dot-a" {place}><title>{confidence:.2f} → {right:.2f} (n={count})</title></circle>'


def _chart(title: str, axis: str, body: Iterable[str], series: Sequence[Series]) -> str:
    key = "".join(_key(number, one) for number, one in enumerate(series))
    return (
        f'<svg class="chart" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(title, quote=True)}">'
        f"{axis}{''.join(body)}{key}</svg>"
    )


def _key(number: int, one: Series) -> str:
    y = HEIGHT - 8
    x = LEFT + number * (WIDTH - LEFT - RIGHT) / 2
    return (
        f'<path class="line-{one.style}" d="M{_n(x)} {_n(y - 4)}h18"/>'
        f'<text class="key" x="{_n(x + 24)}" y="{_n(y)}">{escape(one.label)}</text>'
    )


def _line(places: Sequence[float], one: Series, marks: bool) -> str:
    known = [(x, value) for x, value in zip(places, one.values, strict=True) if value is not None]
    if not known:
        return ""
    pieces = []
    bounded = [(x, value.low, value.high) for x, value in known if value.low is not None and value.high is not None]
    if marks:
        pieces += [f'<path class="error-{one.style}" d="{_error(x, low, high)}"/>' for x, low, high in bounded]
    elif bounded:
        up = "L".join(f"{_n(x)} {_n(_y(high))}" for x, _, high in bounded)
        down = "L".join(f"{_n(x)} {_n(_y(low))}" for x, low, _ in reversed(bounded))
        pieces.append(f'<path class="band-{one.style}" d="M{up}L{down}Z"/>')
    path = "L".join(f"{_n(x)} {_n(_y(value.value))}" for x, value in known)
    pieces.append(f'<path class="line-{one.style}" d="M{path}"/>')
    if marks:
        pieces += [
            f'<circle class="dot-{one.style}" cx="{_n(x)}" cy="{_n(_y(value.value))}" r="3.4"/>' for x, value in known
        ]
    return "".join(pieces)


def _error(x: float, low: float, high: float) -> str:
    cap = f"h{_n(2 * CAP)}"
    return f"M{_n(x - CAP)} {_n(_y(low))}{cap}m-{_n(CAP)} 0V{_n(_y(high))}m-{_n(CAP)} 0{cap}"


def _grid() -> str:
    return "".join(_rows())


def _rows() -> Iterator[str]:
    for tick in TICKS:
        y = _n(_y(tick))
        yield f'<path class="grid" d="M{LEFT} {y}H{WIDTH - RIGHT}"/>'
        yield f'<text class="tick" x="{LEFT - 8}" y="{_n(_y(tick) + 4)}" text-anchor="end">{tick * 100:.0f} %</text>'


def _share_axis() -> str:
    return "".join(
        f'<text class="tick" x="{_n(_x(tick))}" y="{HEIGHT - BOTTOM + 16}" text-anchor="middle">{tick:g}</text>'
        for tick in TICKS
    )


def _x_title(text: str) -> str:
    x = (LEFT + WIDTH - RIGHT) / 2
    return f'<text class="axis" x="{_n(x)}" y="{HEIGHT - BOTTOM + 33}" text-anchor="middle">{escape(text)}</text>'


def _x(share: float) -> float:
    return LEFT + (WIDTH - LEFT - RIGHT) * _unit(share)


def _y(share: float) -> float:
    return HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * _unit(share)


def _unit(share: float) -> float:
    return min(1.0, max(0.0, share))


def _n(number: float) -> str:
    """A coordinate, short."""
    return f"{number:.2f}".rstrip("0").rstrip(".")
