"""Errors of what is inspected: recordings, orders, chats, corrections. A part of the catalogue in engine/errors."""

from engine.errors.entry import Entry

RECORDINGS: dict[str, Entry] = {
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
    "media_kills_decoder": Entry(
        "MJ112",
        "解码这个文件时解码进程意外结束（{detail}），其他文件不受影响：{path}。请从录制设备重新导出。",
        "The process decoding this file died ({detail}); other files are not affected: {path}. Export it again from "
        "the recorder.",
    ),
    "media_reference_unfit": Entry(
        "MJ113",
        "不能参照这个文件重建索引：{path}（{detail}）。请提供同一设备、同样设置录下的完好文件。",
        "The lost index cannot be rebuilt after {path} ({detail}). Give a sound file of the same device and settings.",
    ),
    "parts_undated": Entry(
        "MJ114",
        "无法按录制时间排列各段：{path} 没有录制时间。请按顺序给出文件，或用 --parts-by name。",
        "The parts cannot be put in the order of recording: {path} does not say when it was recorded. Give them in "
        "order, or use --parts-by name.",
    ),
    "order_unreadable": Entry(
        "MJ201",
        "订单文件无法读取：{path}（{detail}）。请检查 JSON 格式。",
        "The order cannot be read: {path} ({detail}). Check the JSON.",
    ),
    "correction_unfit": Entry(
        "MJ801",
        "更正无法使用：{detail}。请刷新后重试。",
        "The correction does not fit this session: {detail}. Reload and try again.",
    ),
    "search_too_long": Entry(
        "MJ802",
        "一次最多搜索 {words} 个词，每个词不超过 {characters} 个字。",
        "At most {words} words are searched at a time, each of at most {characters} characters.",
    ),
}
