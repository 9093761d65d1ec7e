"""Ten spoken call-backs, heard by the real engine once and kept as evidence, so that damage can be judged in seconds.

`python -m tests.eval.compare.calls` speaks and hears them again and writes tests/data/compare/calls.json.gz.
"""

import gzip
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from engine.evidence import Evidence
from engine.inspection import Inspection, SessionVerdict, Verdict
from eval.corpus.manifest import LabelledTurn, LabelledUtterance, Labels, Recording
from eval.synth.script import Script
from eval.synth.truth import Truth

STORED = Path(__file__).resolve().parents[2] / "data" / "compare" / "calls.json.gz"

ORDER: dict[str, Any] = {
    "scenario": "callback",
    "channel": "agency",
    "recorded_at": "2026-11-10T10:00:00+08:00",
    "receipt_signed_at": "2026-11-02T09:00:00+08:00",
    "policyholder": {"birth_date": "1978-05-01"},
    "products": [
        {
            "design_type": "分红型",
            "line": "life",
            "premium": "12000",
            "payment_mode": "年交",
            "payment_years": 10,
            "cover": {"kind": "whole_life"},
            "cooling_off_days": 15,
        }
    ],
}

CALL: dict[str, tuple[str, str]] = {
    "fu_identity": ("您好，请问您是投保人王秀兰女士本人吗？", "是的，我是。"),
    "fu_bought": ("您近期购买了我们公司的一份分红型终身寿险，是您自己买的吗？", "是的，是我买的。"),
    "fu_policy_received": ("请问保险合同您收到了吗，回执是您本人签的吗？", "收到了，是我签的。"),
    "fu_self_sign": ("投保单和提示书上是您和被保险人本人亲笔签名的吗？", "是的，本人签的。"),
    "fu_read_docs": ("产品说明书和投保提示书您看过吗，内容都了解吗？", "都了解。"),
    "fu_liability": ("保险责任、责任免除和保险期间您都清楚吗？", "清楚。"),
    "fu_payment": ("您选择的是年交，每年交一万两千元，一共交十年，对吗？", "对的。"),
    "fu_uncertain": ("分红是不确定的，这一点您知道吗？", "我知道。"),
    "fu_cooling_off": ("您签收合同次日起有十五天犹豫期，期间可以全额退保，您知道吗？", "知道。"),
    "fu_surrender": ("犹豫期后退保可能有损失，您了解吗？", "我了解。"),
    "fu_dual_record": ("投保时您是否接受了录音录像，录像里说的是您的真实意思吗？", "是的，是真实的。"),
    "fu_truthful": ("投保单上的健康告知，是您按实际情况如实填写的吗？", "是的，如实填的。"),
}

Change = dict[str, tuple[str, str] | None]


@dataclass(frozen=True, slots=True)
class Planted:
    """One call: who speaks, how it sounds, and the one item that is wrong, if any (None: left out)."""

    id: str
    voices: tuple[str, str]
    change: tuple[str, tuple[str, str] | None] | None = None
    noise_db: float | None = None
    telephone: bool = True


PLANTED = (
    Planted("call-01-clean", ("female", "male"), telephone=False),
    Planted("call-02-clean", ("male_high", "female"), telephone=False),
    Planted("call-03-clean", ("female_young", "male_elderly"), noise_db=20),
    Planted("call-04-clean", ("male_low", "female"), telephone=False),
    Planted("call-05-clean", ("female_low", "male_high"), telephone=False),
    Planted("call-06-no-cooling-off", ("female", "male"), ("fu_cooling_off", None)),
    Planted("call-07-not-clear", ("male", "female"), ("fu_liability", (CALL["fu_liability"][0], "不太清楚。"))),
    Planted(
        "call-08-other-days",
        ("female_young", "male"),
        ("fu_cooling_off", ("您签收合同次日起有二十天犹豫期，期间可以全额退保，您知道吗？", "知道。")),
    ),
    Planted(
        "call-09-signed-by-another",
        ("male_high", "female_elderly"),
        ("fu_self_sign", (CALL["fu_self_sign"][0], "不是，业务员签的。")),
    ),
    Planted(
        "call-10-no-loss",
        ("female_low", "male_low"),
        ("fu_surrender", ("犹豫期后您随时可以退出，不用担心，您了解吗？", "我了解。")),
    ),
)


@dataclass(frozen=True, slots=True)
class Heard:
    """A call with its labels, as it was inspected."""

    id: str
    labels: Labels
    inspection: Inspection
    evidence: Evidence

    def recording(self, folder: Path) -> Recording:
        """The call in a corpus at `folder`."""
        media = (folder / f"{self.id}.wav",)
        return Recording(self.id, media, None, "callback", self.labels, "gate", "synthetic", {"scenario": "callback"})


def stored() -> tuple[Heard, ...]:
    """The kept calls, in order of their ids."""
    return _adapter().validate_json(gzip.decompress(STORED.read_bytes()))


@cache
def _adapter() -> TypeAdapter[tuple[Heard, ...]]:
    return TypeAdapter(tuple[Heard, ...])


def script(planted: Planted) -> Script:
    """What is said in a call, and how it sounds."""
    lines = []
    for item, usual in CALL.items():
        said = planted.change[1] if planted.change and planted.change[0] == item else usual
        if said is not None:
            lines += [{"by": "A", "say": said[0]}, {"by": "B", "say": said[1]}]
    lines.append({"by": "A", "say": "好的，感谢您的配合，再见。"})
    sound: dict[str, Any] = {"rate": 8000, "telephone": True} if planted.telephone else {}
    if planted.noise_db is not None:
        sound["noise"] = [{"kind": "white", "snr_db": planted.noise_db}]
    agent, customer = planted.voices
    return Script.model_validate(
        {
            "id": planted.id,
            "seed": 100 + PLANTED.index(planted),
            "speakers": {"A": {"voice": agent, "role": "agent"}, "B": {"voice": customer, "role": "customer"}},
            "lines": lines,
            "sound": sound,
            "order": ORDER,
        }
    )


def labels(planted: Planted, truth: Truth) -> Labels:
    """What a careful person would judge, and what was said."""
    wrong = planted.change[0] if planted.change else None
    items: dict[str, Verdict] = {item: "fail" if item == wrong else "pass" for item in CALL}
    verdict: SessionVerdict = "flagged" if wrong else "clear"
    said = tuple(LabelledUtterance(one.text, one.role, one.speaker, one.interval) for one in truth.turns)
    turns = tuple(LabelledTurn(one.speaker, one.interval) for one in truth.turns)
    return Labels(said, turns, items, verdict)


def heard() -> Iterator[Heard]:
    """Speak every call and inspect it with the real networks."""
    from engine.networks import Networks
    from engine.order import read_order
    from engine.pipeline import examine, open_recording
    from engine.settings import load_settings
    from eval.synth.session import synthesize

    settings = load_settings()
    with Networks(settings) as networks, tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        for planted in PLANTED:
            truth = synthesize(script(planted), folder)
            with open_recording([folder / truth.media], folder / "work", settings) as session:
                order = read_order(folder / f"{planted.id}.order.json")
                result = examine(session, networks, settings=settings, order=order, ruleset="callback")
            unclocked = replace(result.inspection, created_at="2026-11-22T00:00:00+00:00")
            yield Heard(planted.id, labels(planted, truth), unclocked, result.evidence)


if __name__ == "__main__":
    STORED.parent.mkdir(parents=True, exist_ok=True)
    calls = tuple(heard())
    STORED.write_bytes(gzip.compress(_adapter().dump_json(calls, by_alias=True), mtime=0))
    for call in calls:
        wrong = [f"{one.id}={one.verdict}({one.reason_code})" for one in call.inspection.items
                 if one.verdict not in ("pass", "not_applicable")]  # fmt: skip
        print(call.id, call.labels.verdict, call.inspection.verdict, *wrong)
