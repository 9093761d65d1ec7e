"""An agreement in words and as JSON values."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from eval.backtest.telling import share, told
from eval.shadow.agreement import Agreement, Disagreement, Sums
from eval.shadow.kappa import Estimate

DISAGREEMENTS_FILE = "disagreements.jsonl"
STANCE = (
    "人工结果不当作标准答案：人也会漏。分歧请两边都听原声再定。",
    "People's results are not taken for the truth: people miss things too. Where the two differ, listen to both.",
)
DECLARED = (
    "按要求以人工结果为准：下面的报出率和准确率以此为前提。",
    "People's results were declared to be right: recall and precision below hold only if they are.",
)


def line_of(one: Disagreement) -> bytes:
    """A disagreement as one JSON line."""
    return json.dumps(asdict(one), ensure_ascii=False).encode() + b"\n"


def as_data(found: Agreement) -> dict[str, Any]:
    """All sums as JSON values."""
    return {
        "schema": 1,
        "file": found.file,
        "rows": found.rows,
        "human_is_truth": found.human_is_truth,
        "sessions_compared": found.compared_sessions,
        "sessions_unmatched": found.unmatched,
        "sessions_ambiguous": found.ambiguous,
        "session_minutes": _mean(found.session_minutes, found.timed_sessions),
        "items": {name: {"title": found.titles.get(name, name), **_sums(one)} for name, one in ordered(found.items)},
        "all_items": _sums(found.all_items),
        "sessions": {**_sums(found.sessions), "derived_from_items": found.derived},
        "reviewers": {name: _sums(one) for name, one in ordered(found.reviewers)},
        "between_people": {
            "pairs": found.people.judges.answers,
            "agreed": found.people.judges.agreed,
            "kappa": _estimate(found.people.judges.kappa()),
            "judged_differently": found.people.split,
        },
        "disagreements": found.disagreeing,
        "ignored_columns": list(found.ignored),
        "unknown_items": dict(found.unknown_items.most_common()),
        "faults": found.faults,
        "fault_count": found.fault_count,
    }


def ordered(sums: dict[str, Sums]) -> list[tuple[str, Sums]]:
    """By what the machine missed, then by how much was compared."""
    return sorted(sums.items(), key=lambda one: (-one[1].count("machine_missed"), -one[1].compared, one[0]))


def _sums(one: Sums) -> dict[str, Any]:
    return {
        "pairs": [
            {"human": human, "machine": machine, "count": count}
            for (human, machine), count in sorted(one.pairs.items())
        ],
        "compared": one.compared,
        "machine_missed": one.count("machine_missed"),
        "human_missed": one.count("human_missed"),
        "machine_asks": one.count("machine_asks"),
        "human_unsure": one.count("human_unsure"),
        "decided": _judges(one.decided),
        "raised": _judges(one.raised),
        "caught": share(one.caught),
        "confirmed": share(one.confirmed),
        "minutes": _mean(one.minutes, one.timed),
    }


def _judges(one: Any) -> dict[str, Any]:
    return {
        "answers": one.answers,
        "agreement": _estimate(one.agreement()),
        "kappa": _estimate(one.kappa()),
        "pabak": _estimate(one.pabak()),
    }


def _estimate(one: Estimate | None) -> dict[str, float] | None:
    return None if one is None else dict(zip(("value", "low", "high"), (round(part, 6) for part in one), strict=True))


def _mean(total: float, count: int) -> dict[str, Any]:
    return {"total": round(total, 3), "count": count, "mean": round(total / count, 3) if count else None}


def estimate(one: Estimate | None) -> str:
    """0.62（0.51 – 0.73）"""
    return "—" if one is None else f"{one[0]:.2f}（{one[1]:.2f} – {one[2]:.2f}）"


def lines(found: Agreement) -> Iterator[str]:
    """The result for a terminal."""
    zh, en = DECLARED if found.human_is_truth else STANCE
    yield f"{zh} / {en}"
    yield (
        f"{found.rows} 行，对照 {found.compared_sessions} 个会话；"
        f"没有机检结果 {found.unmatched}，对应多个会话 {found.ambiguous}"
        f" / {found.rows} row(s), {found.compared_sessions} session(s) compared; without a result {found.unmatched},"
        f" with several {found.ambiguous}"
    )
    for name, one in (("项目 / items", found.all_items), ("会话 / sessions", found.sessions)):
        if one.compared:
            yield from _told(name, one, found.human_is_truth)
    people = found.people.judges
    if people.answers:
        yield f"人与人：kappa {estimate(people.kappa())}，不一致 {found.people.split} / between people"
    if found.timed_sessions:
        yield f"每个会话 {found.session_minutes / found.timed_sessions:.1f} 分钟 / minutes a session"
    for item, one in ordered(found.items):
        if one.count("machine_missed") or one.count("human_missed"):
            yield (
                f"  {item} {found.titles.get(item, '')}：机检漏 {one.count('machine_missed')}，"
                f"人工漏 {one.count('human_missed')}，kappa {estimate(one.decided.kappa())}"
                " / missed by machine, by people"
            )
    for fault in found.faults:
        yield f"! {fault}"
    if found.fault_count > len(found.faults):
        rest = found.fault_count - len(found.faults)
        yield f"! 还有 {rest} 处 / {rest} more"


def _told(name: str, one: Sums, human_is_truth: bool) -> Iterator[str]:
    yield (
        f"{name}：{one.compared} 个；机检判过而人工判不合格 {one.count('machine_missed')}，"
        f"机检判不合格而人工判过 {one.count('human_missed')}，机检待人看而人工判过 {one.count('machine_asks')}"
        f" / compared; machine passed what people failed, machine failed what people passed, machine asks"
    )
    yield (
        f"  两边都有结论 / both decided {one.decided.answers}：一致 agreement {estimate(one.decided.agreement())}"
        f"  kappa {estimate(one.decided.kappa())}  PABAK {estimate(one.decided.pabak())}"
    )
    raised = one.raised
    yield (
        f"  发现问题 / problem raised {raised.answers}：kappa {estimate(raised.kappa())}"
        f"  PABAK {estimate(raised.pabak())}"
    )
    if human_is_truth:
        yield f"  报出率 recall {told(one.caught)}  不合格判定的准确率 precision {told(one.confirmed)}"
    if one.minutes_each is not None:
        yield f"  人工每个 {one.minutes_each:.1f} 分钟 / minutes each by people"
