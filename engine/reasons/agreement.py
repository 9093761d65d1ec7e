"""Sentences about recordings that do not agree with each other, as engine/reasons has them."""

AGREEMENT: dict[str, tuple[str, str]] = {
    "cs_answers_differ": (
        "双录中客户已确认“{sale}”，回访时却答“{quote}”（{callback}），请核实。",
        "The customer confirmed “{sale}” on record, but answered “{quote}” on the call-back ({callback}): check it.",
    ),
    "cs_record_denied": (
        "系统中有这份保单的双录，回访时客户却答“{quote}”（{callback}），请核实。",
        "This sale was recorded, but the customer answered “{quote}” on the call-back ({callback}): check it.",
    ),
    "cs_values_differ": (
        "{what}不一致：{values}，请核实。",
        "They disagree on {what}: {values}. Check it.",
    ),
    "cs_orders_differ": (
        "同一保单两次提交的订单不一致：{fields}，请核实。",
        "The orders given for one policy differ: {fields}. Check it.",
    ),
    "cs_phone_customers": (
        "电话 {phone} 有 {count} 位不同客户使用，请核实。",
        "{count} different customers gave the phone {phone}: check it.",
    ),
    "cs_phone_agent": (
        "客户电话 {phone} 与销售人员的电话相同，请核实。",
        "The customer's phone {phone} is a salesperson's: check it.",
    ),
    "cs_recording_reused": (
        "同一个录音文件也用在另一位客户的保单上，请核实。",
        "The same file was also given for another customer's policy: check it.",
    ),
    "cs_recorded_again": (
        "同一保单已录制 {count} 次，请核实重录的原因。",
        "This sale was recorded {count} times: check why.",
    ),
    "cs_voice_customers": (
        "客户的声音与另一位客户（另一保单）的声音很像（{similarity}），请听原声核实。",
        "The customer's voice is much like that of another customer ({similarity}): listen to both.",
    ),
    "cs_voice_agent": (
        "接听回访的人的声音与销售人员的声音很像（{similarity}），请听原声核实。",
        "The voice that answered the call-back is much like the salesperson's ({similarity}): listen to both.",
    ),
}
