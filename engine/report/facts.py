"""Labelled facts of the recording, the order and the measured quality, as the report lists them."""

from collections.abc import Iterator, Mapping
from typing import Any

from engine.evidence import Part
from engine.inspection import Inspection
from engine.report.words import clock, length

Fact = tuple[str, str]

_CHANNEL = {
    "agency": "个人代理",
    "bank": "银行",
    "concurrent_agency": "兼业代理",
    "broker": "经纪",
    "telesales": "电销",
    "internet": "互联网",
    "callback": "回访",
}
_SCENARIO = {
    "face_to_face": "现场双录",
    "remote": "远程双录",
    "bank": "银行柜面",
    "telesales": "电话销售",
    "callback": "电话回访",
}


def recording_facts(inspection: Inspection) -> list[Fact]:
    """What was recorded, one group of lines per part."""
    media = inspection.recording
    facts = [("时长", length(media.duration))]
    if media.recorded_at:
        facts.append(("容器记录时间", media.recorded_at))
    for part in media.parts:
        name = part.name if len(media.parts) == 1 else f"{part.name}（自 {clock(part.offset)}）"
        facts += [("文件", name), ("格式", _streams(part)), ("SHA-256", part.sha256)]
    return facts


def _streams(part: Part) -> str:
    pieces = [f"{part.container}，{part.bytes / 1e6:.1f} MB"]
    if part.video:
        video = part.video
        pieces.append(f"画面 {video.width}×{video.height}，{video.fps:.4g} 帧/秒，{video.codec}")
    else:
        pieces.append("无画面")
    if part.audio:
        pieces.append(f"声音 {part.audio.rate} Hz，{part.audio.channels} 声道，{part.audio.codec}")
    else:
        pieces.append("无声音")
    return "；".join(pieces)


def order_facts(order: Mapping[str, Any]) -> list[Fact]:
    """What the order says of the sale; fields that are not given are left out."""
    return [(label, text) for label, text in _order_lines(order) if text]


def _order_lines(order: Mapping[str, Any]) -> Iterator[Fact]:
    yield "保单号", _text(order, "policy_no")
    scenario, channel = _text(order, "scenario"), _text(order, "channel")
    yield "场景", _SCENARIO.get(scenario, scenario)
    yield "渠道", _CHANNEL.get(channel, channel)
    yield "地区", _text(order, "region")
    yield "录制时间", _text(order, "recorded_at")
    yield "保险公司", _text(_section(order, "insurer"), "name")
    agent = _section(order, "agent")
    yield "销售人员", _joined(_text(agent, "name"), _text(agent, "org"), _text(agent, "staff_no"))
    for key, label in (("policyholder", "投保人"), ("insured", "被保险人"), ("guardian", "监护人")):
        person = _section(order, key)
        same = "同投保人" if person.get("same_as_policyholder") is True else ""
        yield label, _joined(_text(person, "name"), _text(person, "birth_date"), same)
    products = order.get("products")
    for product in products if isinstance(products, list | tuple) else ():
        if isinstance(product, Mapping):
            yield "产品", _product(product)


def _product(product: Mapping[str, Any]) -> str:
    def counted(key: str, before: str, after: str) -> str:
        return f"{before}{product[key]}{after}" if product.get(key) is not None else ""

    return _joined(
        _text(product, "full_name"),
        _text(product, "design_type"),
        _joined(_text(product, "payment_mode"), counted("premium", "", " 元"), separator=" "),
        counted("payment_years", "交费 ", " 年"),
        counted("cover_years", "保障 ", " 年"),
        counted("cooling_off_days", "犹豫期 ", " 天"),
    )


def _section(order: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    section = order.get(key)
    return section if isinstance(section, Mapping) else {}


def _text(section: Mapping[str, Any], key: str) -> str:
    value = section.get(key)
    return "" if value is None else str(value)


def _joined(*texts: str, separator: str = "，") -> str:
    return separator.join(text for text in texts if text)


_MEASURES: dict[str, dict[str, tuple[str, str]]] = {
    "sound": {
        "level_db": ("语音电平", "db"),
        "noise_db": ("背景噪声", "db"),
        "snr_db": ("信噪比", "db"),
        "clipped_share": ("削波占比", "share"),
        "silent_share": ("静音占比", "share"),
        "dropouts": ("声音中断", "spans"),
        "holes": ("声音断续", "spans"),
        "clipped": ("声音削顶", "spans"),
        "bandwidth_hz": ("声音频带上限（赫兹）", "number"),
    },
    "picture": {
        "luma": ("平均亮度（0–255）", "number"),
        "sharpness": ("清晰度", "number"),
        "dark_share": ("过暗占比", "share"),
        "blurred_share": ("模糊占比", "share"),
        "black": ("黑屏", "spans"),
        "frozen": ("定格", "spans"),
        "dim": ("光线过暗", "spans"),
        "bright": ("曝光过度", "spans"),
        "soft": ("模糊失焦", "spans"),
        "covered": ("镜头遮挡", "spans"),
        "turned": ("画面需转正（度）", "number"),
    },
    "continuity": {
        "gaps": ("时间戳跳变", "spans"),
        "decode_errors": ("解码错误", "count"),
        "truncated": ("文件提前结束", "flag"),
        "picture_cuts": ("画面突变", "times"),
        "stalls": ("画面卡顿", "spans"),
        "lost_packets": ("丢失的声音数据包", "count"),
        "edits": ("编辑痕迹", "words"),
        "declared": ("文件声明的时长（秒）", "number"),
    },
}
_EDITS = {
    "edit_list": "编辑列表",
    "clock_restarts": "时钟重新开始（拼接）",
    "editing_software": "编辑软件",
    "reencoded": "重新编码（仅提示）",
}
_GROUPS = {"sound": "声音", "picture": "画面", "continuity": "连续性"}


def quality_facts(inspection: Inspection) -> list[tuple[str, list[Fact]]]:
    """Measures by group, with the shares that could be judged; a group without its stream is left out."""
    groups = {name: _measures(name, inspection.quality.get(name)) for name in _MEASURES}
    judged = {
        "sound": ("语音转写覆盖", inspection.coverage.speech),
        "picture": ("画面可判覆盖", inspection.coverage.picture),
    }
    for name, (label, share) in judged.items():
        if share is not None:
            groups[name].insert(0, (label, f"{share * 100:.1f} %"))
    if inspection.scene and inspection.scene.same_frame_share is not None:
        groups["picture"].append(("同框占比", f"{inspection.scene.same_frame_share * 100:.1f} %"))
    return [(_GROUPS[name], facts) for name, facts in groups.items() if facts]


def _measures(group: str, measured: Any) -> list[Fact]:
    if not isinstance(measured, Mapping):
        return []
    return [
        (label, _worded(measured[key], unit))
        for key, (label, unit) in _MEASURES[group].items()
        if key in measured and (measured[key] is not None or unit in ("db", "share"))
    ]


def _worded(value: Any, unit: str) -> str:
    if value is None:
        return "—"
    if unit == "db":
        return f"{value:.1f} dB"
    if unit == "share":
        return f"{value * 100:.1f} %"
    if unit == "spans":
        return "、".join(f"{clock(one['start'])}–{clock(one['end'])}" for one in value[:8]) or "无"
    if unit == "times":
        return "、".join(clock(one) for one in value[:8]) or "无"
    if unit == "words":
        return "、".join(_EDITS.get(one, one) for one in value) or "无"
    if unit == "flag":
        return "是" if value else "否"
    return f"{value:.0f}"
