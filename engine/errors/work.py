"""Errors of the work of people: reviews, appeals, tickets, call-backs, wordings, packets, purges.

A part of the catalogue in engine/errors.
"""

from engine.errors.entry import Entry

WORK: dict[str, Entry] = {
    "callback_event": Entry(
        "MJ310",
        "回访处于“{state}”时不会发生“{event}”，请检查回访记录。",
        "“{event}” cannot happen to a call-back in the state “{state}”: check its records.",
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
    "appeal_file_refused": Entry(
        "MJ848",
        "申诉材料不能接收：{detail}。请换成 JPEG、PNG 图片或 PDF，并控制大小和个数。",
        "The evidence cannot be taken: {detail}. Hand in JPEG or PNG pictures or PDF, within size and number.",
    ),
    "wording_unfit": Entry(
        "MJ849",
        "说法不能这样提议：{detail}。请改正后再试。",
        "The wording cannot be proposed like this: {detail}. Mend it and try again.",
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
    "wording_state": Entry(
        "MJ859",
        "这条说法已是“{state}”，不能再这样处理。请刷新后再试。",
        "This wording is {state!r} by now: that cannot be done with it. Reload and try again.",
    ),
    "preflight_faults": Entry(
        "MJ860", "录前检查配置有错误：{path}（{detail}）。", "The preflight settings have a fault: {path} ({detail})."
    ),
    "consistency_faults": Entry(
        "MJ861", "一致性检查配置有错误：{path}（{detail}）。", "The consistency checks have a fault: {path} ({detail})."
    ),
}
