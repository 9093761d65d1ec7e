"""A back-test in words and as JSON values."""

from collections.abc import Iterator
from typing import Any

from eval.backtest.outcome import Backtested
from eval.backtest.sums import AgainstLabels, ItemSums
from eval.metrics.counts import Share

SHARES: dict[str, tuple[str, str]] = {
    "false_clear": ("漏放率（违规会话被判通过）", "false-clear rate"),
    "needless": ("误报率（合规会话被标记）", "needless-flag rate"),
    "caught": ("违规项目报出率", "item recall"),
    "accused": ("合格项目误报率", "items in order that were raised"),
}


SOURCES = {"real": "真实 real", "synthetic": "合成 synthetic"}


def share(one: Share) -> dict[str, Any]:
    """A share with its counts and its interval at 95 % (Wilson); without a value where nothing was counted."""
    low, high = one.interval()
    value = round(one.value, 6) if one.total else None
    return {"value": value, "low": round(low, 6), "high": round(high, 6), "hits": one.right, "of": one.total}


def shares(found: AgainstLabels) -> dict[str, Any]:
    """All figures against labels."""
    return {name: share(getattr(found, name)) for name in SHARES}


def as_data(found: Backtested) -> dict[str, Any]:
    """All sums as JSON values."""
    sums = found.sums
    return {
        "schema": 1,
        "against": found.root.name,
        "ruleset": {"id": found.ruleset, "version": found.version, "sha256": found.sha256},
        "policy": found.policy,
        "thresholds": {str(one): value for one, value in found.point.values},
        "sessions": sums.sessions,
        "unreadable": sums.faults,
        "sources": dict(sorted(sums.sources.items())),
        "session_verdicts": [
            {"old": old, "new": new, "sessions": count} for (old, new), count in sorted(sums.verdicts.items())
        ],
        "session_flips": sums.session_flips,
        "pending_sessions": sums.pending_sessions,
        "unmeasured_sessions": sums.unmeasured_sessions,
        "stayed_sessions": sums.stayed,
        "items": {name: _item(one) for name, one in sorted(sums.items.items())},
        "labelled": {
            "before": shares(sums.before),
            "after": shares(sums.after),
            "by_source": {
                source: {"before": shares(before), "after": shares(after)}
                for source, (before, after) in sorted(sums.by_source.items())
            },
            "violations_let_through": sums.gone,
            "violations_caught": sums.gained,
        }
        if sums.labelled
        else None,
    }


def _item(one: ItemSums) -> dict[str, Any]:
    ordered = sorted(one.pairs.items(), key=lambda pair: (pair[0][0] or "", pair[0][1] or ""))
    return {
        "title": one.title,
        "verdicts": [{"old": old, "new": new, "count": count} for (old, new), count in ordered],
        "flipped": one.flipped,
        "pending": one.pending,
        "unmeasured": one.unmeasured,
    }


def told(one: Share) -> str:
    """A share in words: 1.2 % (0.4 – 3.5 %; 3/250)."""
    if not one.total:
        return "—"
    low, high = one.interval()
    return f"{one.value:.1%}（{low:.1%} – {high:.1%}；{one.right}/{one.total}）"


def lines(found: Backtested) -> Iterator[str]:
    """The result for a terminal: what flips, by session and by item, and what that does to the labelled figures."""
    sums = found.sums
    yield (
        f"{sums.sessions} 个会话，{sums.session_flips} 个结论变化；{sums.pending_sessions} 个需听原声；"
        f"{sums.faults} 个无法判断 / {sums.sessions} session(s), {sums.session_flips} verdict(s) flip; "
        f"{sums.pending_sessions} need the sound; {sums.faults} could not be judged"
    )
    if sums.stayed:
        yield (
            f"{sums.stayed} 个会话里听不到改动的话，结论照旧，没有重判"
            f" / in {sums.stayed} session(s) nothing of the change is heard: their verdicts stay"
        )
    if sums.unmeasured_sessions:
        yield (
            f"{sums.unmeasured_sessions} 个会话缺新规则要的测量，有项目因此无法判定：请重新质检"
            f" / {sums.unmeasured_sessions} session(s) lack what new rules measure, and have items left open for that:"
            " inspect them again"
        )
    for (old, new), count in sorted(sums.verdicts.items()):
        if old != new:
            yield f"  {old} -> {new}  {count}"
    for name, one in sorted(sums.items.items(), key=lambda item: (-item[1].flipped, item[0])):
        if one.flipped or one.pending or one.unmeasured:
            counts = f"{one.flipped} 个变化，{one.pending} 个需听原声，{one.unmeasured} 个没有测过"
            yield f"  {name} {one.title}：{counts} / flips, pending, not measured"
    if sums.labelled:
        for source, (before, after) in sorted(sums.by_source.items()):
            if before.counted:
                yield f"有标注的会话：{SOURCES.get(source, source)} {sums.sources[source]} / labelled sessions:"
                for name, (zh, en) in SHARES.items():
                    yield f"  {zh} / {en}：{told(getattr(before, name))} -> {told(getattr(after, name))}"
        if sums.gone or sums.gained:
            yield f"  违规会话：新漏 {sums.gone}，新查出 {sums.gained} / violations let through, newly caught"
