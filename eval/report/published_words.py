"""What the evaluation pages and the README say of a committed run, in both languages."""

from typing import Literal

Language = Literal["en", "zh"]

VALUES: dict[str, tuple[str, str]] = {
    "clean": ("清晰", "clean"),
    "noise": ("白噪声 10 dB", "white noise, 10 dB"),
    "telephone": ("电话频带", "telephone band"),
    "overlap": ("抢答", "answers overlap"),
    "whole": ("全部项目", "every item"),
    "brief": ("关键项和重要项", "critical and high items"),
    "mono": ("单声道", "one channel"),
    "two_channels": ("双声道", "two channels"),
    "none": ("无", "none"),
    "face_to_face": ("面对面", "face to face"),
    "bank": ("银行代销", "bank"),
    "remote": ("远程", "remote"),
    "telesales": ("电话销售", "telesales"),
    "callback": ("回访", "call-back"),
    "female": ("女声", "female"),
    "female_low": ("女声，低", "female, low"),
    "female_young": ("女声，年轻", "female, young"),
    "female_elderly": ("女声，年长", "female, elderly"),
    "male": ("男声", "male"),
    "male_low": ("男声，低", "male, low"),
    "male_high": ("男声，高", "male, high"),
    "male_elderly": ("男声，年长", "male, elderly"),
    "missing": ("缺一项说明", "an item missing"),
    "near_miss": ("说得近似而不合格", "near miss"),
    "wrong_number": ("数字说错", "wrong number"),
    "denial": ("客户否认", "the customer denies"),
    "no_answer": ("没有答复", "no answer"),
    "negated": ("说反了", "said the other way round"),
    "other_person": ("他人代答", "another person answers"),
    "weak_answer": ("答复含糊", "weak answer"),
    "forbidden": ("禁止用语", "forbidden words"),
    "wrong_order": ("次序颠倒", "out of order"),
    "left_frame": ("离开画面", "left the picture"),
    "dark": ("画面太暗", "too dark"),
}
"""Values of conditions, Chinese and English; others are shown as they are."""

TEXTS: dict[Language, dict[str, str]] = {
    "en": {
        "made": "{sessions} synthetic sessions ({hours:.1f} hours; {violating} violating, {clean} clean, {failed} "
        "failed), inspected under the default policy from {began} to {ended} on {processor}, {cores} cores, no GPU. "
        "Engine {engine}, program `{program}`, corpus `{digest}`, Whisper base "
        "int8. Every session, with what it was called and the items that differ, is in "
        "[evaluation/sessions.jsonl](evaluation/sessions.jsonl); the figures are in "
        "[evaluation/figures.json](evaluation/figures.json).",
        "head": "| figure | all | 95 % | counted | better |\n|---|---|---|---|---|",
        "targets_head": "| target, clean sound | value | 95 % | counted | |\n|---|---|---|---|---|",
        "more": "more",
        "less": "less",
        "at_most": "at most {}",
        "at_least": "at least {}",
        "met": "met",
        "missed": "**missed**",
        "slice_head": "| {} | sessions | false-clear | needless-flag | critical recall | critical F1 | item recall "
        "| CER |",
        "items_head": "| item | severity | violated | not violated | precision | recall | left open | cleared |\n"
        "|---|---|---|---|---|---|---|---|",
    },
    "zh": {
        "made": "{sessions} 段合成会话（{hours:.1f} 小时；违规 {violating}，合规 {clean}，未能质检 {failed}），"
        "按默认策略，{began} 至 {ended} 在 {processor}、{cores} 核、无 GPU 的机器上质检。"
        "引擎 {engine}，程序 `{program}`，"
        "语料 `{digest}`，Whisper base int8。每段会话的结论和不一致的项目在 "
        "[evaluation/sessions.jsonl](evaluation/sessions.jsonl)，数字在 "
        "[evaluation/figures.json](evaluation/figures.json)。",
        "head": "| 指标 | 全部 | 95 % 区间 | 计数 | 越 |\n|---|---|---|---|---|",
        "targets_head": "| 目标，清晰录音 | 值 | 95 % 区间 | 计数 | |\n|---|---|---|---|---|",
        "more": "大越好",
        "less": "小越好",
        "at_most": "不高于 {}",
        "at_least": "不低于 {}",
        "met": "达到",
        "missed": "**未达到**",
        "slice_head": "| {} | 会话 | 漏放率 | 误报率 | 关键项报出率 | 关键项 F1 | 项目报出率 | 字错误率 |",
        "items_head": "| 项目 | 严重程度 | 违规 | 合规 | 准确率 | 报出率 | 无法判定 | 放过 |\n"
        "|---|---|---|---|---|---|---|---|",
    },
}

ROWS: dict[Language, str] = {"en": "| synthetic sessions: ", "zh": "| 合成会话："}
"""How the line of a README begins that is written from the run."""

ROW_TEXTS: dict[Language, tuple[str, str]] = {
    "en": (
        "violating ones called clear / clean ones flagged, of {} ([every figure](docs/evaluation.md#results))",
        "{} of {} / {} of {}; in clean sound {} / {}",
    ),
    "zh": (
        "违规的判为通过／合规的被标记，共 {} 段（[全部数字](docs/evaluation.zh-CN.md#结果)）",
        "{}/{} ／ {}/{}；清晰录音 {} ／ {}",
    ),
}
