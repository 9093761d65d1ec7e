"""What the performance pages say, in both languages: everything that stands between their markers."""

from collections.abc import Mapping
from typing import Literal

Language = Literal["en", "zh"]

TITLES: Mapping[Language, Mapping[str, str]] = {
    "en": {
        "inspect": "**whole inspection**",
        "inspect-unconfirmed": "**whole inspection, confirmation off**",
        "faster-whisper-batched": "faster-whisper, batched",
        "faster-whisper-batched-words": "faster-whisper, batched, word times",
        "faster-whisper": "faster-whisper, sequential",
        "faster-whisper-words": "faster-whisper, sequential, word times",
        "whisperx": "whisperX, transcription alone",
        "pyannote": "pyannote 4 pipeline, speakers alone",
        "whisperx+pyannote": "whisperX, then pyannote (added up)",
    },
    "zh": {
        "inspect": "**完整质检**",
        "inspect-unconfirmed": "**完整质检，不向原声核对**",
        "faster-whisper-batched": "faster-whisper，批量",
        "faster-whisper-batched-words": "faster-whisper，批量，带词时间",
        "faster-whisper": "faster-whisper，逐段",
        "faster-whisper-words": "faster-whisper，逐段，带词时间",
        "whisperx": "whisperX，只转写",
        "pyannote": "pyannote 4 流水线，只分说话人",
        "whisperx+pyannote": "whisperX 之后 pyannote（相加）",
    },
}

KINDS: Mapping[Language, Mapping[str, str]] = {
    "en": {"audio": "sound", "720p": "720p", "1080p": "1080p"},
    "zh": {"audio": "录音", "720p": "720p", "1080p": "1080p"},
}

TARGETS: Mapping[Language, Mapping[str, str]] = {
    "en": {
        "unconfirmed": "sound, confirmation off / bare batched transcription",
        "full": "sound, in full / bare batched transcription",
        "pictures": "720p, in full / bare batched transcription of its sound",
        "below_whisperx": "sound, confirmation off / whisperX's transcription",
        "below_usual": "sound, in full / whisperX, then pyannote",
    },
    "zh": {
        "unconfirmed": "录音，不核对 / 裸批量转写",
        "full": "录音，完整 / 裸批量转写",
        "pictures": "720p，完整 / 其声音的裸批量转写",
        "below_whisperx": "录音，不核对 / whisperX 的转写",
        "below_usual": "录音，完整 / whisperX 之后 pyannote",
    },
}

REASONS: Mapping[Language, Mapping[str, str]] = {
    "en": {
        "not_installed": "its packages could not be installed",
        "no_weights": "its weights are not on this machine",
        "failed": "it ended with an error",
        "too_long": "it was ended after four times the length of the recording",
    },
    "zh": {
        "not_installed": "软件包装不上",
        "no_weights": "本机没有它的权重",
        "failed": "出错退出",
        "too_long": "超过录音时长四倍，被终止",
    },
}

TEXTS: Mapping[Language, Mapping[str, str]] = {
    "en": {
        "machine": "Measured on {day}: {cores} cores of {processor}, {memory:.0f} GB, Python {python}, {threads}"
        " threads for every peer. Other programs used {others:.2f} cores meanwhile.",
        "busy": "**The machine was busy then: every figure is too high.** Ratios, taken within rounds, suffer less.",
        "plot": "Share of real time",
        "plot_file": "performance.svg",
        "plot_axis": "share of real time, start and loading included",
        "plot_warm": "second recording in the same process",
        "one": "{minutes:g} min",
        "many": "{files} files of {minutes:g} min, in one go",
        "head": "| | recording | seconds | of real time | × batched | processor s | × batched | peak GB |"
        " warm: of real time | × batched | rounds |",
        "targets": "Targets",
        "targets_head": "| cold, within a round | minutes | at most | measured | |",
        "met": "met",
        "missed": "**missed**",
        "loose": "stated for 10 minutes",
        "none": "Nothing was measured that a target is stated for.",
        "stages": "Stages of an inspection",
        "stages_head": "| | recording | {names} |",
        "stages_note": "Seconds of the first recording of a process, loading of networks included. Transcription,"
        " diarization and the picture run side by side, so that stages add up to more than the whole.",
        "absent": "Not run",
        "versions": "Versions",
        "ours": "engine",
        "all_run": "Every contender that was asked for ran.",
    },
    "zh": {
        "machine": "测于 {day}：{processor} 的 {cores} 个核，{memory:.0f} GB 内存，Python {python}，"
        "对照各用 {threads} 个线程。其间别的程序平均占用 {others:.2f} 个核。",
        "busy": "**当时机器繁忙，所有数字都偏高。** 倍数在同一轮内计算，受影响较小。",
        "plot": "占实时的比例",
        "plot_file": "performance.zh-CN.svg",
        "plot_axis": "占实时的比例（含启动和加载）",
        "plot_warm": "同一进程的第二段录音",
        "one": "{minutes:g} 分钟",
        "many": "{files} 个 {minutes:g} 分钟的文件，一次处理",
        "head": "| | 录音 | 秒 | 占实时 | × 批量转写 | 处理器秒 | × 批量转写 | 峰值 GB |"
        " 热：占实时 | × 批量转写 | 轮数 |",
        "targets": "目标",
        "targets_head": "| 冷启动，同一轮内 | 分钟 | 至多 | 测得 | |",
        "met": "达到",
        "missed": "**未达到**",
        "loose": "目标针对 10 分钟",
        "none": "没有测到任何有目标的组合。",
        "stages": "质检各阶段",
        "stages_head": "| | 录音 | {names} |",
        "stages_note": "一个进程的第一段录音的秒数，含网络加载。转写、说话人区分和画面并行，所以各阶段之和大于总时间。",
        "absent": "没有运行的",
        "versions": "版本",
        "ours": "引擎",
        "all_run": "要测的都运行了。",
    },
}
