"""A comparison for people, as a table, and for programs, as JSON values."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any
from unicodedata import east_asian_width

from eval.compare.comparison import Comparison, Difference, Standing, Why
from eval.compare.flips import Direction, Flip
from eval.metrics.figures import Unit

SHOWN_FLIPS = 20

STANDINGS: Mapping[Standing, str] = {
    "same": "不变 same",
    "better": "变好 better",
    "worse": "变差，可容忍 worse, tolerated",
    "regressed": "退步 REGRESSED",
}
NO_LIMIT = "变差，未设限 worse, no limit set"
REASONS: Mapping[Why, str] = {
    "budget": "超出预算 beyond its budget",
    "significant": "显著 significant",
    "vanished": "不再有数据 nothing counted any more",
}
DIRECTIONS: Mapping[Direction, str] = {
    "worse": "变差 worse",
    "better": "变好 better",
    "neither": "同样 neither",
    "unlabelled": "未标注 unlabelled",
}
SOURCES = {"real": "真实录音 real recordings", "synthetic": "合成录音 synthetic recordings"}


def table(comparison: Comparison, flips: int = SHOWN_FLIPS) -> str:
    """Figures before and after, source by source, then the worst `flips`, then whether the change is refused."""
    lines = [
        f"{comparison.paired} 段录音两次都有 recordings in both，{comparison.missing} 段缺少 missing，"
        f"{comparison.added} 段新增 added"
    ]
    for source, title in SOURCES.items():
        rows = [one for one in comparison.differences if one.source == source]
        if rows:
            lines += ["", title, *_aligned(_heading(), *map(_cells, rows))]
    lines += ["", *_flips(comparison, flips), "", _conclusion(comparison)]
    return "\n".join(lines)


def as_data(comparison: Comparison) -> dict[str, Any]:
    """All of it as JSON values, the listed flips included."""
    return {
        "regressed": comparison.regressed,
        "paired": comparison.paired,
        "missing": comparison.missing,
        "added": comparison.added,
        "lacking": comparison.lacking,
        "figures": [_difference(one) for one in comparison.differences],
        "flips": {
            "sessions": dict(comparison.flips.sessions),
            "items": dict(comparison.flips.items),
            "false_clears": comparison.flips.false_clears,
            "listed": [asdict(one) for one in comparison.listed],
        },
        "tolerance": comparison.tolerance.model_dump(mode="json"),
    }


def _difference(one: Difference) -> dict[str, Any]:
    values = {name: getattr(one, name) for name in Difference.__slots__}
    return values | {"limit": one.limit.model_dump(mode="json") if one.limit else None}


def _heading() -> tuple[str, ...]:
    return "指标 figure", "之前 before", "之后 after", "变化 change", "95 %", "p", "结论 verdict"


def _cells(one: Difference) -> tuple[str, ...]:
    verdict = STANDINGS[one.standing] + (f"：{REASONS[one.why]}" if one.why else "")
    if one.standing == "worse" and one.limit is None:
        verdict = NO_LIMIT
    spread = (
        "" if one.low is None or one.high is None else f"{_signed(one.low, one.unit)} … {_signed(one.high, one.unit)}"
    )
    p = "" if one.p is None else f"{one.p:.3f}"
    return (
        f"{one.zh} {one.en}",
        _told(one.before, one.unit),
        _told(one.after, one.unit),
        "" if one.change is None else _signed(one.change, one.unit),
        spread,
        p,
        verdict,
    )


def _told(value: float | None, unit: Unit) -> str:
    if value is None:
        return "—"
    return f"{value * 100:.2f} %" if unit == "share" else f"{value:.3f}"


def _signed(value: float, unit: Unit) -> str:
    return f"{value * 100:+.2f}" if unit == "share" else f"{value:+.3f}"


def _aligned(*rows: tuple[str, ...]) -> Iterable[str]:
    widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True))
        yield "  " + "  ".join(cells).rstrip()


def _width(text: str) -> int:
    """Columns that a terminal needs."""
    return sum(2 if east_asian_width(one) in "WF" else 1 for one in text)


def _flips(comparison: Comparison, most: int) -> Iterable[str]:
    for name, counts in (("会话 sessions", comparison.flips.sessions), ("项目 items", comparison.flips.items)):
        told = "，".join(f"{DIRECTIONS[one]} {counts[one]}" for one in DIRECTIONS if counts.get(one))
        yield f"结论变化 flips，{name}：{told or '无 none'}"
    listed = comparison.listed[:most]
    yield from (f"  {_flip(one)}" for one in listed)
    others = sum(comparison.flips.sessions.values()) + sum(comparison.flips.items.values()) - len(listed)
    if others and listed:
        yield f"  ……另有 {others} 处 and {others} more"


def _flip(flip: Flip) -> str:
    name = flip.item or ("漏放 FALSE CLEAR" if flip.false_clear else "会话 session")
    told = f"{flip.recording}  {name}  {flip.before} -> {flip.after}  {DIRECTIONS[flip.direction]}"
    if flip.expected is not None:
        told += f"（应为 expected {flip.expected}）"
    if flip.quote:
        told += f"  “{flip.quote}”" + (f" {flip.start:.1f}–{flip.end:.1f} s" if flip.start and flip.end else "")
    return told


def _conclusion(comparison: Comparison) -> str:
    if not comparison.regressed:
        return "通过：没有超出容差的退步。 / Passed: no regression beyond what is tolerated."
    faults = [f"{one.zh} {one.en}" for one in comparison.regressions]
    if comparison.lacking:
        faults.append(f"缺少 {comparison.missing} 段录音 {comparison.missing} recordings are missing")
    return f"拒绝：{'；'.join(faults)} / REFUSED"
