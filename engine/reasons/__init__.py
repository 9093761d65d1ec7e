"""Why something was judged, degraded or noted as it was: every `reason_code` and note code, in Chinese and English.

>>> text("disclosure_missing")
'没有听到这项说明。'
>>> text("order_field_missing", "en", fields="premium")
'The order lacks: premium.'
"""

from typing import Literal

from engine.reasons.agreement import AGREEMENT
from engine.reasons.fitness import FITNESS
from engine.reasons.measures import MEASURES
from engine.reasons.preflight import PREFLIGHT

REASONS: dict[str, tuple[str, str]] = {
    **MEASURES,
    **AGREEMENT,
    **FITNESS,
    **PREFLIGHT,
    # said and answered
    "disclosed": ("已说明，内容完整。", "Said, and complete."),
    "acknowledged": (
        "已完整说明，客户明确答复“{quote}”。",
        "Said completely; the customer clearly answered “{quote}”.",
    ),
    "acknowledged_as": (
        "已完整说明；客户答复识别成“{quote}”，原声支持“{meant}”，不支持它的否定。",
        "Said completely; the answer was written “{quote}”, the sound supports “{meant}” and none of its negations.",
    ),
    "explained_after_question": (
        "客户反问后得到解释，随后明确答复“{quote}”。",
        "The customer asked back, got an explanation and then answered “{quote}”.",
    ),
    "understood_later": (
        "客户先表示不清楚，之后答复“{quote}”，请复核解释是否充分。",
        "The customer first did not understand and later answered “{quote}”: check the explanation.",
    ),
    "disclosure_missing": ("没有听到这项说明。", "This was not said."),
    "disclosure_incomplete": ("听到“{said}”，缺少“{missing}”。", "Heard “{said}”; “{missing}” is missing."),
    "detail_missing": ("已说明，但没有听到“{name}”，请复核。", "Said, but “{name}” was not heard: please check."),
    "heard_nearly": (
        "“{quote}”只是读音近似，需要听原声确认。",
        "“{quote}” merely sounds like what had to be said: listen to it.",
    ),
    "said_by_other": (
        "这些话由{role}说出，不是销售人员说明的。",
        "It was said by another voice ({role}), not by the salesperson.",
    ),
    "check_warned": ("通过，另有提示。", "Passed, with a remark."),
    "detector_unproven": (
        "{detector}实测检出率 {recall}，低于 {least}：没看到不能判不通过，由人复核。",
        "Measured, {detector} finds {recall}, less than {least}: not seen cannot fail, a person looks.",
    ),
    "doubt_negated": (
        "要点都听到了，但像是在否定：“{quote}”，请听原声。",
        "All of it was heard, but it seems to be negated: “{quote}”; listen to it.",
    ),
    "doubt_other_product": (
        "要点都听到了，但像是在说别的产品或以前的保单：“{quote}”，请听原声。",
        "All of it was heard, but it seems to be about another product or an earlier policy: “{quote}”; listen to it.",
    ),
    "doubt_hearsay": (
        "要点都听到了，但像是在转述别人的话：“{quote}”，请听原声。",
        "All of it was heard, but it seems to be what others say: “{quote}”; listen to it.",
    ),
    "doubt_questioned": (
        "要点都听到了，但像是在问客户，没有说明：“{quote}”，请听原声。",
        "All of it was heard, but the customer seems to be asked instead of told: “{quote}”; listen to it.",
    ),
    "doubt_left_out": (
        "说到了名目，但像是跳过没有讲：“{quote}”，请听原声。",
        "It was named, but seems to have been skipped: “{quote}”; listen to it.",
    ),
    "doubt_made_good": (
        "要点都听到了，但销售人员像是承诺由自己承担：“{quote}”，请听原声。",
        "All of it was heard, but the salesperson seems to promise to bear it: “{quote}”; listen to it.",
    ),
    "doubt_unreal": (
        "要点都听到了，但像是在假设：“{quote}”，请听原声。",
        "All of it was heard, but it seems to be supposed only: “{quote}”; listen to it.",
    ),
    "doubt_contrary": (
        "已说明，但后来又说了相反的话：“{quote}”，请听原声以哪个为准。",
        "Said, and later the opposite: “{quote}”; listen which of them holds.",
    ),
    "doubt_taken_back": (
        "已说明，但后来又改口：“{quote}”，请听原声以哪个为准。",
        "Said, and then corrected: “{quote}”; listen which of them holds.",
    ),
    "doubt_other_question": (
        "客户答的可能是另一个问题：“{quote}”，请听原声。",
        "The customer may have answered another question: “{quote}”; listen to it.",
    ),
    "doubt_borrowed": (
        "要点都听到了，但分别出自别的项，中间客户已经答复过，像是没有单独说明，请听原声。",
        "All of it was heard, but in pieces of other items, answered in between; it seems not to have been stated.",
    ),
    "role_doubtful": ("听到了这些内容，但说话人身份不能确定。", "It was said, but by whom is in doubt."),
    "optional_not_asked": ("选问项，本次没有问到。", "Optional, not asked this time."),
    "acknowledged_in_bulk": (
        "连续说明几项后客户只答复一次，只能算对最后一项的答复。",
        "Several items were read before one answer, which counts for the last of them only.",
    ),
    "no_answer": ("说明之后没有听到客户答复。", "No answer of the customer was heard."),
    "answer_weak": ("客户答复“{quote}”不算明确肯定，请复核。", "The answer “{quote}” is no clear yes: please check."),
    "answer_states": ("客户报的{fields}与订单一致。", "What the customer stated agrees with the order: {fields}."),
    "answer_states_otherwise": (
        "客户报的{fields}与订单不一致。",
        "What the customer stated differs from the order: {fields}.",
    ),
    "answer_unclear": ("客户答复“{quote}”含义不明，请听原声。", "The answer “{quote}” is unclear: listen to it."),
    "answer_unsure": (
        "客户答复像是“{quote}”，但识别把握不足，请听原声。",
        "The answer sounds like “{quote}”, but recognition is too unsure: listen to it.",
    ),
    "answer_unread": (
        "客户有应答，但没有识别出文字，请听原声。",
        "The customer spoke, but no words were recognised: listen to it.",
    ),
    "question_open": (
        "客户反问“{quote}”，之后没有明确答复。",
        "The customer asked back “{quote}” and never clearly answered.",
    ),
    "not_understood": ("客户表示不清楚：“{quote}”。", "The customer did not understand: “{quote}”."),
    "answer_contrary": ("客户的答复“{quote}”与应有的答复相反。", "The answer “{quote}” is the opposite of a good one."),
    "answer_changed": (
        "客户前后答复不一致，最后一次是“{quote}”，请复核。",
        "The customer's answers differ, the last was “{quote}”: please check.",
    ),
    "answer_role_doubtful": (
        "有人答复“{quote}”，但不能确定是不是客户本人。",
        "Somebody answered “{quote}”, but whether it was the customer is in doubt.",
    ),
    "answer_other_voice": (
        "答复“{quote}”的声音与客户其他答复不像（相似度 {similarity}），可能是别人代答，请听原声。",
        "The answer “{quote}” sounds unlike the customer's others (similarity {similarity}): perhaps somebody else "
        "answered, listen to it.",
    ),
    "answer_noise": (
        "问话之后噪声过大，无法判断客户是否答复。",
        "Too noisy after the question to tell whether there was an answer.",
    ),
    "answer_overlapped": (
        "问话之后有人同时说话，无法判断客户是否答复。",
        "People spoke at once after the question: whether there was an answer cannot be told.",
    ),
    "refused": ("客户拒绝：“{quote}”。", "The customer refused: “{quote}”."),
    # forbidden
    "forbidden_not_said": ("没有听到这类禁用话术。", "Nothing of this kind was said."),
    "forbidden_said": (
        "销售人员说了禁用话术“{quote}”（{count} 处）。",
        "The salesperson said the forbidden “{quote}” ({count} time(s)).",
    ),
    "forbidden_nearly": (
        "疑似禁用话术“{quote}”（{count} 处），读音相同，需要听原声确认。",
        "Possibly forbidden: “{quote}” ({count} time(s)) sounds the same, listen to it.",
    ),
    "forbidden_role_doubtful": (
        "听到禁用话术“{quote}”（{count} 处），但说话人身份不能确定。",
        "The forbidden “{quote}” was said ({count} time(s)), by whom is in doubt.",
    ),
    # compared with the order
    "order_differs": (
        "{name}：说的是 {said}，订单是 {expected}，不一致。",
        "{name}: {said} was said, the order has {expected}.",
    ),
    "order_doubtful": (
        "{name}：听到 {said}，订单是 {expected}，识别不够清楚，请听原声。",
        "{name}: {said} was heard, the order has {expected}; recognition is unsure, listen to it.",
    ),
    "order_several_values": (
        "{name}：说了 {said}，订单是 {expected}，请听原声以哪个为准。",
        "{name}: {said} were said, the order has {expected}; listen which of them holds.",
    ),
    "order_value_unheard": (
        "没有听到{name}（订单为 {expected}），请复核。",
        "{name} was not heard (the order has {expected}): please check.",
    ),
    "order_field_missing": ("订单缺少：{fields}。", "The order lacks: {fields}."),
    "not_compared": ("订单没有“{name}”，未作比对。", "The order has no “{name}”: not compared."),
    # seen
    "same_frame_kept": (
        "讲解期间销售人员与客户同框 {share}。",
        "Salesperson and customer share the frame {share} of the explanation.",
    ),
    "same_frame_partly": (
        "同框时间 {share}，低于建议水平。",
        "They share the frame {share} of the time, less than advised.",
    ),
    "same_frame_low": (
        "讲解期间检测到两人同框仅 {share}，请看画面复核。",
        "Two people were found in one frame only {share} of the explanation: look at the picture.",
    ),
    "faces_too_small": (
        "画面中人脸太小，只有 {share} 的时间可以判断。",
        "Faces are too small: only {share} of the time can be judged.",
    ),
    "picture_unjudgeable": (
        "画面过暗或模糊，只有 {share} 的时间可以判断。",
        "Too dark or blurred: only {share} of the time can be judged.",
    ),
    "no_picture": ("没有画面，不适用。", "No picture: does not apply."),
    "anchor_missing": (
        "没有听到讲解的起点，无法确定要看的时段。",
        "The start of the explanation was not heard, so there is no span to look at.",
    ),
    # could not be judged
    "no_sound": ("没有声音，无法判断。", "No sound: cannot be judged."),
    "no_speech": ("没有听到有人说话，无法判断。", "Nobody was heard speaking: cannot be judged."),
    "coverage_low": (
        "只有 {share} 的语音识别出文字，没听到不等于没说。",
        "Only {share} of the speech was recognised: not heard does not mean not said.",
    ),
    "noise_high": (
        "噪声过大（信噪比 {snr} dB），没听到不等于没说。",
        "Too noisy ({snr} dB): not heard does not mean not said.",
    ),
    "recognition_poor": (
        "语音识别置信度过低，没听到不等于没说。",
        "Recognition is too unsure: not heard does not mean not said.",
    ),
    "media_cut_short": ("文件不完整，缺失部分无法判断。", "The file is incomplete: the missing part cannot be judged."),
    "stage_lost": ("处理环节“{stage}”失败，无法判断。", "The stage “{stage}” failed: cannot be judged."),
    "pattern_timeout": (
        "规则中的正则表达式超时，无法判断。",
        "A pattern of the rule did not come to an end: cannot be judged.",
    ),
    # checks
    "check_found": ("发现需要人工查看的情况。", "Something was found that a person should look at."),
    "check_clear": ("没有发现这类情况。", "Nothing of this kind was found."),
    "check_met": ("符合这项要求。", "As required."),
    "check_unmet": ("没有达到这项要求。", "The requirement was not met."),
    "not_measured": ("没有这项测量，无法判断。", "This was not measured: cannot be judged."),
    "requirement_absent": (
        "“{item}”本次不适用，这项检查也不适用。",
        "“{item}” does not apply here, nor does this check.",
    ),
    "anchor_unsaid": (
        "没有听到“{item}”，以它为准的检查无法判断。",
        "“{item}” was not heard, and this check leans on it.",
    ),
    "anchor_due_unsaid": ("没有听到“{item}”，而这项检查以它为准。", "“{item}” was not heard, and this check needs it."),
    "anchor_not_due": (
        "“{item}”本次不适用，以它为准的检查也不适用。",
        "“{item}” does not apply, nor what leans on it.",
    ),
    "scope_empty": ("要看的时段不在录音录像之内，不适用。", "The span to look at lies outside of the recording."),
    "roles_unsure": (
        "说话人身份把握不足（{share}），无法判断。",
        "Who spoke is too unsure ({share}): cannot be judged.",
    ),
    "words_heard": ("听到“{quote}”（{count} 处）。", "“{quote}” was heard ({count} time(s))."),
    "words_not_heard": ("没有听到“{words}”。", "“{words}” was not heard."),
    "pattern_not_heard": ("没有听到符合表达式的话。", "Nothing that fits the pattern was heard."),
    "pending_media": (
        "要听原声才能判断，重判已存的证据时没有录音，请重新质检。",
        "Only the sound can tell, and stored evidence has none: inspect the recording again.",
    ),
    "concepts_heard": ("听到“{said}”，内容完整。", "Heard “{said}”: complete."),
    "concepts_missing": ("听到“{said}”，缺少“{missing}”。", "Heard “{said}”; “{missing}” is missing."),
    "order_agrees": ("{name}：说的是 {said}，与订单一致。", "{name}: {said} was said, as the order has it."),
    "similar_heard": (
        "“{quote}”与样本“{sample}”相似（{score}）。",
        "“{quote}” is much like the sample “{sample}” ({score}).",
    ),
    "nothing_similar": ("没有听到与“{sample}”相似的话。", "Nothing like “{sample}” was heard."),
    "sentence_repeated": ("“{quote}”说了 {count} 遍。", "“{quote}” was said {count} times."),
    "nothing_repeated": ("没有重复的话。", "Nothing was said over and over."),
    "script_read": ("按稿宣读 {share}（要求 {wanted}）。", "{share} of the script was read ({wanted} is asked for)."),
    "script_incomplete": (
        "按稿宣读 {share}（要求 {wanted}），缺少：{missing}。",
        "{share} of the script was read ({wanted} is asked for); missing: {missing}.",
    ),
    "script_garbled": (
        "各部分都读到了，但只有 {share} 与稿子相符（要求 {wanted}）。",
        "All parts were read, but only {share} agrees with the script ({wanted} is asked for).",
    ),
    "order_kept": ("顺序正确：{items}。", "In the right order: {items}."),
    "order_turned": ("“{early}”说在“{late}”之前，顺序不对。", "“{early}” was said before “{late}”: the wrong order."),
    "answer_as_asked": ("对“{item}”的答复是“{quote}”。", "The answer to “{item}” was “{quote}”."),
    "answer_of_other_class": (
        "对“{item}”的答复是“{quote}”，不是应有的一类。",
        "“{quote}” is no such answer to “{item}”.",
    ),
    "answer_open": ("对“{item}”的答复不能判断（{reason}）", "The answer to “{item}” cannot be judged ({reason})"),
    "no_answers_timed": ("没有可以计时的答复，不适用。", "There are no answers to be timed."),
    "answers_in_time": ("{count} 次答复的快慢都正常。", "{count} answer(s), none too quick or too slow."),
    "answers_untimely": (
        "{count} 次答复过快或过慢，如对“{item}”的答复在 {latency} 秒后，请听原声有无提示或剪接。",
        "{count} answer(s) too quick or too slow, such as to “{item}” after {latency} s: listen for coaching or a cut.",
    ),
    "nothing_asked": ("没有需要答复的提问，不适用。", "Nothing was asked."),
    "answered_one_by_one": ("各项逐一得到答复。", "The items were answered one by one."),
    "items_chained": (
        "“{items}”连续说完才答复一次（共 {count} 处），只能算对最后一项的答复。",
        "“{items}” were read before one answer ({count} time(s)), which counts for the last of them only.",
    ),
    "questions_answered": ("{count} 个问题都有人答复。", "All {count} question(s) were answered."),
    "questions_unanswered": (
        "问“{quote}”之后没有人答复（共 {count} 处）。",
        "Nobody answered “{quote}” ({count} question(s)).",
    ),
    "questions_back_answered": ("客户的 {count} 次反问都有回应。", "All {count} question(s) back were answered."),
    "questions_back_unanswered": (
        "客户反问“{quote}”没有得到回应（共 {count} 处）。",
        "The customer's “{quote}” was left unanswered ({count} question(s)).",
    ),
    "responses_in_time": ("{count} 次回应都及时。", "{count} response(s), all in time."),
    "responses_late": (
        "{count} 次回应过慢，最长等了 {seconds} 秒。",
        "{count} late response(s), the longest wait {seconds} s.",
    ),
    "no_language_model": ("没有配置语言模型，不适用。", "No language model is configured."),
    "language_found_nothing": (
        "语言模型没有发现需要人工查看的情况（不作为合格的依据）。",
        "The language model found nothing for a person to look at (which clears nothing).",
    ),
    "language_quote_unfound": (
        "语言模型引用的话在笔录里找不到，不予采用。",
        "What the language model quotes is not in the transcript: not used.",
    ),
    "language_failed": (
        "语言模型没有给出可用的回答（{detail}），不予采用。",
        "The language model gave no usable answer ({detail}).",
    ),
    "language_found": (
        "语言模型认为“{choice}”，依据“{quote}”，请人工查看。",
        "The language model says “{choice}”, on “{quote}”: a person should look.",
    ),
    "miss_unread": (
        "只听到一部分，附近只有 {share} 的语音识别出文字，其余可能说了没有识别出来。",
        "Heard in part; only {share} of the speech around it was recognised, the rest may have been said there.",
    ),
    "miss_noisy": (
        "只听到一部分，附近噪声过大，其余可能说了没有识别出来。",
        "Heard in part; it is too noisy around it, the rest may have been said there.",
    ),
    "miss_overlapped": (
        "只听到一部分，附近多人同时说话，其余可能说了没有识别出来。",
        "Heard in part; several people speak at once around it, the rest may have been said there.",
    ),
    "miss_unsure": (
        "只听到一部分，附近语音识别把握不足，其余可能说了没有识别对。",
        "Heard in part; recognition is unsure around it, the rest may have been said there.",
    ),
    "miss_role_doubtful": (
        "只听到一部分，附近说话人身份不能确定。",
        "Heard in part; whose voice is around it is in doubt.",
    ),
    "overlap_much_here": (
        "这一段有 {share} 的时间多人同时说话，无法判断。",
        "Several people speak at once in {share} of this stretch: cannot be judged.",
    ),
    # does not apply
    "not_required": ("本次销售不要求这一项。", "Not required for this sale."),
    "not_yet_in_force": ("这一要求自 {day} 起施行，销售时尚未生效。", "Required from {day} on, after this sale."),
    "no_longer_in_force": ("这一要求在 {day} 之后不再适用。", "No longer required after {day}."),
    # about stages
    "stage_failed": (
        "该环节处理失败。",
        "This stage failed.",
    ),
    "decode_errors": (
        "部分数据无法解码，已跳过。",
        "Some data could not be decoded and was skipped.",
    ),
    "pictures_end_early": (
        "画面解码中途失败，其后的画面没有看到，相关结论按看不清处理。",
        "Decoding of the picture died; what came after was not seen and is judged as such.",
    ),
    "channels_apart": (
        "双声道各一方，无需区分说话人。",
        "One party per channel: nothing to tell apart.",
    ),
    "confirmation_off": (
        "未向原声核对：此功能已关闭。",
        "The sound was not asked: confirmation is switched off.",
    ),
    "not_mandarin": (
        "大部分语音不是普通话，识别结果不可靠。",
        "Most of the speech is not Mandarin: its text is unreliable.",
    ),
    "speech_without_text": (
        "较多语音没有识别出文字。",
        "Much of the speech gave no text.",
    ),
    "voices_missing": (
        "听到的不同声音少于应有的人数，部分话可能归错了人。",
        "Fewer voices are told apart than people speak: some words may be given to the wrong one.",
    ),
    "enrolment_unusable": (
        "登记的销售人员声音样本无法使用，未作比对。",
        "The salesperson's enrolled voice sample cannot be used: nothing was compared with it.",
    ),
    "ghost_speaker": (
        "有一个声音出现得太少，可能并不存在。",
        "One voice is heard so little that it may not exist.",
    ),
    # about the session
    "date_unknown": ("不知道销售日期，按最新规则判断。", "The date of sale is unknown: judged by the newest rules."),
    "calendar_assumed": (
        "没有 {years} 年的放假安排，期限只按周末休息计算。",
        "The public holidays of {years} are not known: the deadline counts weekends only.",
    ),
    "parameter_unknown": (
        "订单给的参数 {name}={value} 不是可选值（{options}），未采用。",
        "The order's parameter {name}={value} is no option ({options}): not used.",
    ),
    "special_customer": (
        "客户有特殊需要（{needs}），这一项可能以手语、书面、代读或翻译完成，请人工查看（{reason}）",
        "The customer has special needs ({needs}): this may have been done in signs, in writing, read out or through an"
        " interpreter; please look ({reason})",
    ),
    "scenario_assumed": (
        "订单没有场景和渠道，按“{scenario}”判断。",
        "The order names no scenario or channel: taken for {scenario}.",
    ),
    "ruleset_changed": (
        "规则集已由 {before} 改为 {now}，本次按新规则重判。",
        "The rule set went from {before} to {now}: this was judged by the new one.",
    ),
    "corrected_by_hand": (
        "按 {count} 处人工更正重判，未重听原声。",
        "Judged again with {count} correction(s) by hand, without hearing the recording again.",
    ),
    "times_nominal": (
        "文字记录没有时间，按字数推算；答复快慢、语速不作判断。",
        "A text record without times: they are estimated from its text, and how fast anybody answered is not judged.",
    ),
    "session_refused": (
        "客户在录制中拒绝，须人工处理。",
        "The customer refused in the recording: a person must decide.",
    ),
    "item_flagged": ("{title}：{reason}", "{title}: {reason}"),
    "unusable_no_sound": ("没有可用的声音，无法质检，请重新录制。", "No usable sound: record again."),
    "unusable_no_speech": ("几乎没有听到人说话，无法质检，请重新录制。", "Hardly any speech: record again."),
    "unusable_coverage": (
        "只有 {share} 的语音能识别，无法质检，请重新录制。",
        "Only {share} of the speech could be recognised: record again.",
    ),
    "clips_failed": ("有 {count} 个片段无法从录像中截取。", "{count} clip(s) could not be cut from the recording."),
    "clips_left_out": ("片段过多，另有 {count} 个没有保存。", "Too many clips: {count} more were not kept."),
    "masked": (
        "文字中的证件号、电话、卡号和投保方姓名已脱敏；片段与画面未作处理。",
        "ID numbers, phones, cards and the customer side's names are masked in all texts; clips and frames are as "
        "recorded.",
    ),
}


class Words(str):
    """Chinese words that know their English, as details of a sentence: each language takes its own.

    >>> word = Words("保费", "premium")
    >>> f"{word} / {word.english}"
    '保费 / premium'
    """

    __slots__ = ("english",)
    english: str

    def __new__(cls, chinese: str, english: str) -> "Words":
        made = super().__new__(cls, chinese)
        made.english = english
        return made

    def __reduce__(self) -> tuple[type["Words"], tuple[str, str]]:
        return Words, (str(self), self.english)


def text(code: str, language: Literal["zh", "en"] = "zh", **details: object) -> str:
    """The sentence behind `code`. Raises KeyError for an unknown code or a missing detail."""
    chinese, english = REASONS[code]
    if language == "zh":
        return chinese.format(**details)
    return english.format(
        **{name: value.english if isinstance(value, Words) else value for name, value in details.items()}
    )
