"""The data sheet of a corpus: what is in it, in numbers, Chinese first."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from eval.corpus.manifest import Corpus, Labels, Recording

CONDITIONS = {
    "scenario": ("场景", "scenario"),
    "fault": ("植入的问题", "planted fault"),
    "voice": ("客户音色", "customer's voice"),
    "agent_voice": ("销售人员音色", "salesperson's voice"),
    "codec": ("编码", "codec"),
    "noise": ("噪声", "noise"),
    "reverb": ("混响", "reverberation"),
    "layout": ("声道", "channels"),
    "length": ("时长", "length"),
    "recording": ("录音条件", "recording condition"),
}
LABELS = {
    "utterances": ("说的话", "utterances"),
    "turns": ("说话时段", "turns"),
    "items": ("各项结果", "item verdicts"),
    "verdict": ("会话结果", "session verdict"),
    "presence": ("谁在画面里", "presence"),
    "faults": ("问题时段", "fault spans"),
}
SPLITS = {"tuning": "调参", "test": "测试", "gate": "门禁"}
SOURCES = {"real": "真实录音", "synthetic": "合成录音"}
VERDICTS = {"clear": "合格", "flagged": "需要人看", "unusable": "无法质检"}
MOST_ROWS = 60
SECONDS_PER_HOUR = 3600.0


@dataclass(slots=True)
class _Count:
    """Recordings, seconds of those whose length is known, and how many violate a duty."""

    recordings: int = 0
    seconds: float = 0.0
    violating: int = 0
    clean: int = 0

    def take(self, recording: Recording) -> None:
        self.recordings += 1
        self.seconds += recording.duration or 0.0
        self.violating += recording.labels.violating is True
        self.clean += recording.labels.violating is False

    @property
    def cells(self) -> str:
        hours = f"{self.seconds / SECONDS_PER_HOUR:.2f}"
        return f"{self.recordings} | {hours} | {self.violating} | {self.clean}"


@dataclass(slots=True)
class _Tally:
    """All counts of a corpus, taken in one pass."""

    total: _Count = field(default_factory=_Count)
    splits: dict[str, _Count] = field(default_factory=dict)
    sources: dict[str, _Count] = field(default_factory=dict)
    conditions: dict[str, dict[str, _Count]] = field(default_factory=dict)
    labels: Counter[str] = field(default_factory=Counter)
    verdicts: Counter[str] = field(default_factory=Counter)
    items: dict[str, Counter[str]] = field(default_factory=dict)

    def take(self, recording: Recording) -> None:
        self.total.take(recording)
        self.splits.setdefault(recording.split, _Count()).take(recording)
        self.sources.setdefault(recording.source, _Count()).take(recording)
        for name, value in recording.conditions.items():
            self.conditions.setdefault(name, {}).setdefault(value, _Count()).take(recording)
        self._labels(recording.labels)

    def _labels(self, labels: Labels) -> None:
        self.labels.update(name for name in LABELS if getattr(labels, name) is not None)
        if labels.verdict is not None:
            self.verdicts[labels.verdict] += 1
        for item, verdict in (labels.items or {}).items():
            self.items.setdefault(item, Counter())[verdict] += 1


def datasheet(corpus: Corpus, notes: Sequence[str] = ()) -> str:
    """The data sheet as Markdown, with `notes`: the same text for the same corpus, no date and no path."""
    tally = _Tally()
    for recording in corpus.recordings:
        tally.take(recording)
    total = tally.total
    lines = [
        f"# 语料说明：{corpus.name} / Data sheet",
        "",
        f"录音 {total.recordings} 段，{total.seconds / SECONDS_PER_HOUR:.2f} 小时；违规 {total.violating}，"
        f"合格 {total.clean}，其余未标注或须由人判断。清单 SHA-256：`{corpus.digest}`。",
        "",
        f"{total.recordings} recordings, {total.seconds / SECONDS_PER_HOUR:.2f} hours; {total.violating} violate a "
        f"duty, {total.clean} are clean, the rest is not labelled or a person's decision.",
        "",
        *(f"- {note}" for note in notes),
        *([""] if notes else []),
        *_table("划分", "split", tally.splits, SPLITS),
        *_table("来源", "source", tally.sources, SOURCES),
    ]
    for name in [*CONDITIONS, *sorted(set(tally.conditions) - set(CONDITIONS))]:
        if name in tally.conditions:
            lines += _table(*CONDITIONS.get(name, (name, name)), tally.conditions[name], {})
    lines += ["## 标注 / Labels", "", "| 标注 / label | 录音 / recordings |", "|---|---|"]
    lines += [f"| {zh} / {en} | {tally.labels[name]} |" for name, (zh, en) in LABELS.items()]
    lines += [f"| {VERDICTS[name]} / {name} | {tally.verdicts[name]} |" for name in VERDICTS if tally.verdicts[name]]
    return "\n".join([*lines, "", *_items(tally.items)]) + "\n"


def _table(zh: str, en: str, counts: Mapping[str, _Count], names: Mapping[str, str]) -> list[str]:
    rows = [f"| {_cell(key, names)} | {count.cells} |" for key, count in sorted(counts.items())]
    left_out = [f"| …… 另有 {len(rows) - MOST_ROWS} 行 / more rows | | | | |"] if len(rows) > MOST_ROWS else []
    return [
        f"## {zh} / {en.capitalize()}",
        "",
        f"| {zh} / {en} | 录音 / recordings | 小时 / hours | 违规 / violating | 合格 / clean |",
        "|---|---|---|---|---|",
        *rows[:MOST_ROWS],
        *left_out,
        "",
    ]


def _items(items: Mapping[str, Counter[str]]) -> Iterable[str]:
    if not items:
        return
    verdicts = ("pass", "fail", "review", "inconclusive", "not_applicable")
    yield "## 各项 / Items"
    yield ""
    yield f"| 项目 / item | {' | '.join(verdicts)} |"
    yield f"|---{'|---' * len(verdicts)}|"
    for item, counts in sorted(items.items()):
        yield f"| {item} | {' | '.join(str(counts[one]) for one in verdicts)} |"


def _cell(key: str, names: Mapping[str, str]) -> str:
    text = key.replace("|", "／").replace("\n", " ").replace("<", "‹")
    return f"{names[key]} / {text}" if key in names else text
