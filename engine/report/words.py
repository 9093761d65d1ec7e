"""How results are worded for people: Chinese first, English second, and the order in which things are shown."""

from dataclasses import dataclass

from engine.evidence import PaperKind, Role, StageStatus
from engine.inspection import AnswerClass, How, Kind, SessionVerdict, Severity, Verdict


@dataclass(frozen=True, slots=True)
class Word:
    """A term in both languages."""

    zh: str
    en: str


SESSION_VERDICT: dict[SessionVerdict, Word] = {
    "clear": Word("通过", "Clear"),
    "flagged": Word("需人工复核", "Flagged for review"),
    "unusable": Word("无法判定，需重录", "Unusable, record again"),
}
VERDICT: dict[Verdict, Word] = {
    "fail": Word("不合格", "Fail"),
    "review": Word("待复核", "Review"),
    "inconclusive": Word("无法判定", "Inconclusive"),
    "pass": Word("合格", "Pass"),
    "not_applicable": Word("不适用", "Not applicable"),
}
VERDICT_SIGN: dict[Verdict, str] = {"fail": "✕", "review": "?", "inconclusive": "…", "pass": "✓", "not_applicable": "–"}
SEVERITY: dict[Severity, Word] = {
    "critical": Word("严重", "critical"),
    "high": Word("高", "high"),
    "medium": Word("中", "medium"),
    "low": Word("低", "low"),
}
KIND: dict[Kind, Word] = {
    "disclosure": Word("告知", "disclosure"),
    "forbidden": Word("禁语", "forbidden"),
    "fact": Word("事实核对", "fact"),
    "sequence": Word("顺序", "sequence"),
    "conversation": Word("对话", "conversation"),
    "visual": Word("画面", "visual"),
    "quality": Word("质量", "quality"),
    "order": Word("订单", "order"),
    "consistency": Word("一致性", "consistency"),
}
ROLE: dict[Role, Word] = {
    "agent": Word("销售人员", "agent"),
    "customer": Word("投保人", "customer"),
    "insured": Word("被保险人", "insured"),
    "system": Word("系统播报", "system voice"),
    "other": Word("其他人", "other"),
    "unknown": Word("未识别", "unknown"),
}
ANSWER: dict[AnswerClass, Word] = {
    "affirm": Word("肯定", "affirms"),
    "deny": Word("否定", "denies"),
    "not_understood": Word("没听懂", "not understood"),
    "refusal": Word("拒绝", "refuses"),
    "weak": Word("含糊应答", "weak"),
    "asked_back": Word("反问", "asks back"),
    "unclear": Word("不明确", "unclear"),
    "none": Word("没有回答", "no answer"),
}
HOW: dict[How, Word] = {
    "text": Word("文字匹配", "text"),
    "pinyin": Word("拼音匹配", "pinyin"),
    "acoustic": Word("声学核验", "acoustic"),
    "ocr": Word("文字识别（画面）", "OCR"),
    "face": Word("人脸", "face"),
    "signal": Word("信号测量", "signal"),
    "human": Word("人工更正", "human"),
}
STAGE_STATUS: dict[StageStatus, Word] = {
    "ok": Word("完成", "ok"),
    "degraded": Word("降级", "degraded"),
    "failed": Word("失败", "failed"),
    "skipped": Word("跳过", "skipped"),
}
PAPER: dict[PaperKind, Word] = {
    "paper": Word("纸质文件", "paper"),
    "card": Word("证件", "card"),
    "screen": Word("电子文件", "electronic document"),
}
STAGE: dict[str, Word] = {
    "audio": Word("解码声音", "audio"),
    "activity": Word("语音检测", "activity"),
    "transcribe": Word("语音转写", "transcribe"),
    "diarize": Word("说话人分离", "diarize"),
    "attribute": Word("对话归属", "attribute"),
    "voices": Word("声音比对", "voices"),
    "sound": Word("声音质量", "sound"),
    "vision": Word("画面巡检", "vision"),
    "papers": Word("文件与证件", "papers"),
    "people": Word("人物归并", "people"),
    "mouths": Word("口型", "mouths"),
    "identity": Word("人脸与照片比对", "face against photo"),
    "integrity": Word("连续性与音画同步", "continuity and sync"),
    "rules": Word("规则判定", "rules"),
    "confirm": Word("声学核验", "confirm"),
    "report": Word("片段与报告", "report"),
}

VERDICT_RANK: dict[Verdict, int] = {verdict: rank for rank, verdict in enumerate(VERDICT)}
SEVERITY_RANK: dict[Severity, int] = {severity: rank for rank, severity in enumerate(SEVERITY)}


def stage_name(name: str) -> str:
    """Chinese name of a stage; the name itself where none is kept."""
    return STAGE[name].zh if name in STAGE else name


def clock(seconds: float) -> str:
    """`seconds` as minutes and seconds with tenths, hours only where there are any.

    >>> clock(75.25), clock(3725.0)
    ('01:15.2', '1:02:05.0')
    """
    tenths = int(max(0.0, seconds) * 10 + 1e-6)
    minutes, rest = divmod(tenths, 600)
    tail = f"{rest // 10:02d}.{rest % 10}"
    return f"{minutes // 60}:{minutes % 60:02d}:{tail}" if minutes >= 60 else f"{minutes:02d}:{tail}"


def length(seconds: float) -> str:
    """`seconds` in Chinese words.

    >>> length(75.0), length(9.84), length(3725.0)
    ('1 分 15 秒', '9.8 秒', '1 小时 2 分 5 秒')
    """
    if seconds < 60:
        return f"{seconds:.1f} 秒"
    whole = round(seconds)
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    return f"{hours} 小时 {minutes} 分 {rest} 秒" if hours else f"{minutes} 分 {rest} 秒"
