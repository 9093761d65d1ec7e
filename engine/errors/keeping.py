"""Errors of the store, its blobs and keys, and of the machines that share the work.

A part of the catalogue in engine/errors.
"""

from engine.errors.entry import Entry

KEEPING: dict[str, Entry] = {
    "store_unavailable": Entry(
        "MJ870",
        "数据库暂时不可用（{detail}），请稍后重试。",
        "The database is not available just now ({detail}). Try again shortly.",
    ),
    "lease_stale": Entry(
        "MJ871",
        "任务 {job} 已不属于本工作进程，结果未采用。",
        "The job {job} is no longer this worker's: its result was not taken.",
    ),
    "blob_missing": Entry(
        "MJ872",
        "存储中没有这个文件：{sha256}。请检查存储或从备份恢复。",
        "No such file in the store: {sha256}. Check the storage, or restore it from a back-up.",
    ),
    "blob_corrupt": Entry(
        "MJ873",
        "文件内容与校验值不符：应为 {expected}，实为 {actual}。请重新上传或从备份恢复。",
        "The file's content is not what it should be: expected {expected}, found {actual}. Upload it again, or restore "
        "it from a back-up.",
    ),
    "keys_differ": Entry(
        "MJ874",
        "密钥文件 {path} 不属于这个数据库。请使用建库时的密钥文件（MINGJIAN_STORE__KEYS）。",
        "The secret in {path} is not the one this database was made with. Use that one (MINGJIAN_STORE__KEYS).",
    ),
    "keys_unreadable": Entry(
        "MJ875",
        "密钥文件无法读取：{path}（{detail}）。请检查文件和权限，或从备份恢复。",
        "The secret cannot be read: {path} ({detail}). Check the file and its permissions, or restore it.",
    ),
    "store_behind": Entry(
        "MJ876",
        "数据库的结构版本为 {found}，程序需要 {wanted}。请先备份，再运行 mingjian db upgrade。",
        "The database is at version {found}, the program needs {wanted}. Make a back-up and run: mingjian db upgrade.",
    ),
    "cursor_unreadable": Entry(
        "MJ877",
        "翻页标记无效，请从第一页重新开始。",
        "The cursor is not valid: begin again at the first page.",
    ),
    "value_unfit": Entry(
        "MJ878",
        "内容无法保存（{detail}）。请去掉控制字符、过长的值后重试。",
        "The content cannot be stored ({detail}). Remove control characters and overlong values, and try again.",
    ),
    "blobs_unavailable": Entry(
        "MJ879",
        "文件存储暂时不可用（{detail}），请稍后重试。",
        "The file storage is not available just now ({detail}). Try again shortly.",
    ),
    "memory_refused": Entry(
        "MJ880",
        "处理这份录音需要的内存超过上限（cluster.memory_limit）。请提高上限，或检查文件。",
        "The recording needs more memory than it may have (cluster.memory_limit). Raise it, or check the file.",
    ),
    "already_serving": Entry(
        "MJ881",
        "数据目录 {path} 已由另一个明鉴服务使用。请先停止它，或另设 store.folder。",
        "Another Mingjian serves from {path}. Stop it first, or set another store.folder.",
    ),
    "work_stalled": Entry(
        "MJ882",
        "{seconds} 秒没有进展，工作进程已结束。",
        "No progress for {seconds} seconds: the worker was ended.",
    ),
    "cluster_unreachable": Entry(
        "MJ883",
        "无法加入 Ray 集群 {address}（{detail}）。请检查地址（RAY_ADDRESS）和令牌（RAY_AUTH_TOKEN_PATH）。",
        "Cannot join the Ray cluster {address} ({detail}). Check the address (RAY_ADDRESS) and the token "
        "(RAY_AUTH_TOKEN_PATH).",
    ),
    "cluster_no_room": Entry(
        "MJ884",
        "集群没有足够资源启动工作进程 {pool}（等了 {seconds} 秒）。请减少 cluster.{pool} 的 cpus、gpus 或 memory，"
        "或增加机器。",
        "No room for a worker of {pool} ({seconds} seconds waited). Lower cpus, gpus or memory of cluster.{pool}, "
        "or add machines.",
    ),
}
