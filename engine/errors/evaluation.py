"""Errors of evaluation: corpora, runs, comparison, tuning, shadow mode; a part of the catalogue in engine/errors."""

from engine.errors.entry import Entry

EVALUATION: dict[str, Entry] = {
    "corpus_invalid": Entry(
        "MJ903",
        "语料 {path} 有错误：\n{detail}\n请改正清单（manifest.jsonl）后重试。",
        "The corpus {path} has faults ({detail}). Mend its manifest (manifest.jsonl) and try again.",
    ),
    "corpus_plan": Entry(
        "MJ904",
        "无法按 {path} 生成合成语料（{detail}）。请改正模板或参数。",
        "The synthetic corpus cannot be made of {path} ({detail}). Mend the templates or the options.",
    ),
    "labels_unreadable": Entry(
        "MJ905",
        "标注文件无法导入：{path}（{detail}）。请检查格式和编码（UTF-8）。",
        "The labels cannot be imported: {path} ({detail}). Check the format and the encoding (UTF-8).",
    ),
    "degrade_unknown": Entry(
        "MJ906",
        "没有这种降质：{step}。可用：{known}。",
        "No such degradation: {step}. There are: {known}.",
    ),
    "degrade_unavailable": Entry(
        "MJ907",
        "本机不能做 {step}（{detail}）。请换一种，或安装带该编码器的 PyAV。",
        "{step} cannot be made here ({detail}). Choose another, or install a PyAV with that encoder.",
    ),
    "baseline_unreadable": Entry(
        "MJ920",
        "基线文件无法读取：{path}（{detail}）。请用 mingjian eval gate --write 重新生成。",
        "The baseline cannot be read: {path} ({detail}). Write it anew: mingjian eval gate --write.",
    ),
    "baseline_other_corpus": Entry(
        "MJ921",
        "基线 {path} 属于另一个语料（{expected}），本次运行的语料是 {actual}。请换用对应的基线，或重新生成。",
        "The baseline {path} is of another corpus ({expected}), the run is over {actual}. Use its own baseline, or "
        "write one anew.",
    ),
    "tolerance_faults": Entry(
        "MJ922", "容差文件有错误：{path}（{detail}）。", "The tolerance file has a fault: {path} ({detail})."
    ),
    "cost_faults": Entry(
        "MJ923", "成本模型有错误：{path}（{detail}）。", "The cost model has a fault: {path} ({detail})."
    ),
    "runs_unlike": Entry(
        "MJ924",
        "两次运行没有相同的录音，无法比较：{before}，{after}。请比较同一语料的运行。",
        "The runs share no recording and cannot be compared: {before}, {after}. Compare runs over the same corpus.",
    ),
    "run_folder_taken": Entry(
        "MJ930",
        "{path} 已有其他内容，不是评测运行。请换一个文件夹。",
        "{path} holds something else, no run. Choose another folder.",
    ),
    "run_differs": Entry(
        "MJ931",
        "{path} 里的评测运行条件不同（{detail}）。请换一个文件夹，或用 --replace 以新的条件接管。",
        "{path} holds a run under other conditions ({detail}). Choose another folder, or --replace it.",
    ),
    "run_busy": Entry(
        "MJ932",
        "{path} 正被另一个进程使用。请等它结束，或换一个文件夹。",
        "{path} is in use by another process. Wait for it, or choose another folder.",
    ),
    "run_unreadable": Entry(
        "MJ933",
        "无法读取评测运行 {path}（{detail}）。请检查路径，或重新运行 mingjian eval run。",
        "Cannot read the run {path} ({detail}). Check the path, or run mingjian eval run again.",
    ),
    "run_not_shared": Entry(
        "MJ934",
        "工作进程所在的机器看不到 {path}。语料和结果须放在所有机器以同一路径可见的存储上。",
        "A worker's machine does not see {path}. Keep corpus and results where all machines see them under one path.",
    ),
    "run_empty": Entry(
        "MJ935",
        "语料 {path} 中没有符合所选范围的录音。请检查 --split。",
        "The corpus {path} has no recording of the kind asked for. Check --split.",
    ),
    "corpus_changed": Entry(
        "MJ936",
        "语料 {path} 在评测运行 {run} 之后有改动。请恢复原语料，或用 --replace 重新运行。",
        "The corpus {path} has changed since the run {run}. Restore it, or run again with --replace.",
    ),
    "tuning_unfit": Entry(
        "MJ940",
        "无法选定阈值：{detail}。请换一个标注更多的运行，或修改 configs/eval/tuning.yaml。",
        "Thresholds cannot be chosen: {detail}. Use a run with more labels, or change configs/eval/tuning.yaml.",
    ),
    "tuning_faults": Entry(
        "MJ941",
        "阈值选择配置有错误：{path}（{detail}）。",
        "The settings of threshold tuning have a fault: {path} ({detail}).",
    ),
    "point_faults": Entry(
        "MJ942",
        "阈值方案有错误：{path}（{detail}）。请修正后重试。",
        "The operating point has a fault: {path} ({detail}). Mend it and try again.",
    ),
    "decisions_unreadable": Entry(
        "MJ943",
        "人工结果文件无法读取：{path}（{detail}）。请另存为 UTF-8 编码的 CSV 或 JSON Lines。",
        "The file of human results cannot be read: {path} ({detail}). Save it as CSV in UTF-8, or as JSON Lines.",
    ),
    "decisions_invalid": Entry(
        "MJ944",
        "人工结果文件里没有可用的记录：{path}，{count} 处错误：\n{faults}",
        "No usable record in the file of human results {path}; {count} fault(s):\n{faults}",
    ),
    "shadow_faults": Entry(
        "MJ945",
        "人机对照配置有错误：{path}（{detail}）。",
        "The settings of shadow mode have a fault: {path} ({detail}).",
    ),
}
