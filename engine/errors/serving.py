"""Errors of the interface: who asks, what is asked, uploads. A part of the catalogue in engine/errors."""

from engine.errors.entry import Entry

SERVING: dict[str, Entry] = {
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
}
