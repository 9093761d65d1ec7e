"""Sentences of the operators that measure sound, picture, files and order data, as engine/reasons has them."""

MEASURES: dict[str, tuple[str, str]] = {
    # measured in the sound
    "text_record": ("这是文字记录，没有声音可量，不适用。", "A text record: there is no sound to measure."),
    "no_item_heard": (
        "没有听到任何应说明的内容，没有可量的段落。",
        "Nothing that had to be said was heard, so there is nothing to measure.",
    ),
    "role_not_heard": ("没有听到{role}说话，无法判断。", "The {role} was not heard speaking: cannot be judged."),
    "silence_long": (
        "{count} 处超过 {limit} 秒没有{role}说话，最长 {longest} 秒（{at} 起），请听原声。",
        "{count} time(s) no speech ({role}) for more than {limit} s, at most {longest} s from {at} on: listen to it.",
    ),
    "silence_much": (
        "没有{role}说话的时间占 {share}，不应超过 {limit}。",
        "No speech ({role}) for {share} of the time; at most {limit} is allowed.",
    ),
    "silence_none": (
        "没有过长的静默，最长 {longest} 秒没有{role}说话。",
        "No long silence: at most {longest} s without speech ({role}).",
    ),
    "silence_doubtful": (
        "有较长时间没有听到有人说话，但其中有数据缺失，无法判断。",
        "A long time without speech, but some of the data is missing: cannot be judged.",
    ),
    "silence_role_doubtful": (
        "较长时间没有确定是{role}的声音，但期间有身份不明的人说话，无法判断。",
        "A long time without a voice that is surely the {role}'s, but voices in doubt speak meanwhile.",
    ),
    "dropout_found": (
        "{count} 处声音丢失，共 {seconds} 秒（{at} 起），请听原声。",
        "The sound is lost {count} time(s), {seconds} s in all, from {at} on: listen to it.",
    ),
    "dropout_none": ("没有声音丢失。", "No sound was lost."),
    "sound_gated": (
        "录音设备在停顿处自动静音，全零的声音不说明丢失，不适用。",
        "The recorder mutes pauses, so zeros are no sign of lost sound.",
    ),
    "overlap_much": (
        "多人同时说话占 {share}，不应超过 {limit}。",
        "People speak at once for {share} of the speech; at most {limit} is allowed.",
    ),
    "item_overlapped": (
        "说明{title}时多人同时说话，占 {share}，不应超过 {limit}，请听客户能否听清。",
        "{title} was told while others spoke for {share} of it (at most {limit}): check that it could be followed.",
    ),
    "overlap_little": (
        "多人同时说话占 {share}，没有超过限度。",
        "People speak at once for {share} of the speech, within the limit.",
    ),
    "overlap_none": ("没有明显的抢话。", "Nobody talked over others."),
    "talked_over": (
        "{count} 处抢话，第一处是{role}打断对方：“{quote}”。",
        "{count} talk-over(s), the first by the {role}: “{quote}”.",
    ),
    "talked_over_role_doubtful": (
        "有人抢话，但不能确定是谁，请听原声。",
        "Somebody talked over another, by whom is in doubt: listen to it.",
    ),
    "rate_too_fast": (
        "{title}说得过快：每秒 {cps} 字，不应超过 {limit} 字。",
        "{title}: too fast, {cps} characters a second; at most {limit} are allowed.",
    ),
    "rate_too_slow": (
        "{title}说得过慢：每秒 {cps} 字，不应少于 {limit} 字。",
        "{title}: too slow, {cps} characters a second; at least {limit} are wanted.",
    ),
    "rate_fit": ("语速合适：{title}每秒 {cps} 字。", "Good pace: {title}, {cps} characters a second."),
    "rate_too_short": (
        "说得太短（不足 {limit} 字），量不准语速。",
        "Too short (fewer than {limit} characters) for its pace to be measured.",
    ),
    "energy_changes": (
        "音量前后相差 {change} dB，超过 {limit} dB，请听原声。",
        "The level changes by {change} dB, more than {limit} dB: listen to it.",
    ),
    "energy_steady": ("音量平稳，前后相差 {change} dB。", "A steady level, changing by {change} dB."),
    "energy_too_short": ("说话太短，量不出音量变化。", "Too little speech to measure changes of level."),
    "snr_low": (
        "{title}噪声过大：信噪比 {snr} dB，应不低于 {limit} dB。",
        "{title}: too noisy, {snr} dB above the noise; at least {limit} dB are wanted.",
    ),
    "snr_good": ("{title}信噪比 {snr} dB，可以听清。", "{title}: {snr} dB above the noise, clear enough."),
    "speech_share_low": (
        "{role}说话只占 {share}，应不少于 {limit}。",
        "The {role} speaks for {share} only; at least {limit} is wanted.",
    ),
    "speech_share_high": (
        "{role}说话占 {share}，不应超过 {limit}。",
        "The {role} speaks for {share}; at most {limit} is allowed.",
    ),
    "speech_share_fit": ("{role}说话占 {share}，在合理范围内。", "The {role} speaks for {share}, within the limits."),
    "speech_share_doubtful": (
        "部分声音身份不明，{role}说话所占比例无法判断。",
        "Some voices are in doubt: the share of the {role} cannot be judged.",
    ),
    "asr_conf_low": (
        "{title}识别置信度 {sure}，低于 {limit}，请听原声。",
        "{title}: recognised with {sure} certainty, below {limit}: listen to it.",
    ),
    "asr_conf_good": ("{title}识别置信度 {sure}。", "{title}: recognised with {sure} certainty."),
    "voices_many": (
        "听到 {count} 个人的声音，应不超过 {limit} 个，请核实在场人员。",
        "{count} voices are heard, at most {limit} are expected: check who was there.",
    ),
    "voices_few": (
        "只听到 {count} 个人的声音，应不少于 {limit} 个。",
        "Only {count} voice(s) are heard, at least {limit} are expected.",
    ),
    "voices_fit": ("听到 {count} 个人的声音，符合预期。", "{count} voice(s) are heard, as expected."),
    "voices_same": (
        "{role}的声音与{other}相似（{similarity}），可能是同一个人，请听原声。",
        "The voice of the {role} is like that of the {other} ({similarity}), perhaps one person: listen to it.",
    ),
    "voices_differ": (
        "{role}与{other}的声音不同（相似度 {similarity}）。",
        "The voices of {role} and {other} differ (likeness {similarity}).",
    ),
    "voices_not_compared": (
        "没有可比对的声音，无法判断是否为同一人。",
        "No such voices were compared: whether they are one cannot be told.",
    ),
    "voice_not_enrolled": ("没有登记{role}的声纹，不适用。", "No voice is enrolled for the {role}."),
    # seen in the picture
    "face_seen": ("画面中能看到{roles}，占 {share}。", "The face of {roles} is seen {share} of the time."),
    "face_seen_for": ("画面中看到{roles}共 {seconds} 秒。", "{roles} are seen for {seconds} s."),
    "face_seen_partly": (
        "看到{roles}的时间占 {share}，低于建议水平。",
        "{roles} are seen {share} of the time, less than advised.",
    ),
    "face_seen_little": (
        "画面中看到{roles}的时间仅占 {share}，应不少于 {limit}，请看画面复核。",
        "{roles} are seen only {share} of the time, at least {limit} is wanted: look at the picture.",
    ),
    "face_not_seen": (
        "画面中没有看到{roles}（或时间太短），请看画面复核。",
        "{roles} were not seen, or too briefly: look at the picture.",
    ),
    "face_role_doubtful": (
        "画面中有人，但不能确定是不是{role}，请看画面复核。",
        "Somebody is seen, whether it is the {role} is in doubt: look at the picture.",
    ),
    "faces_counted": (
        "画面中的人按人数推定，没有逐一认定身份。",
        "The people in the picture were only counted: who is who was not told.",
    ),
    "face_left": (
        "{role}离开画面 {seconds} 秒（{at} 起），超过 {limit} 秒，请看画面复核。",
        "The {role} is out of the picture for {seconds} s from {at} on, more than {limit} s: look at it.",
    ),
    "face_stayed": ("{role}没有离开画面超过 {limit} 秒。", "The {role} never leaves the picture for {limit} s."),
    "extra_face_seen": (
        "画面中另有 {count} 人，最长 {seconds} 秒，请核实在场人员。",
        "{count} more person(s) are in the picture, for up to {seconds} s: check who was there.",
    ),
    "extra_face_none": (
        "画面中看到 {count} 人，没有发现其他人员。",
        "{count} person(s) are seen, nobody beside those expected.",
    ),
    "no_model": ("没有配置人脸比对模型，不适用。", "No network for comparing faces is configured."),
    "face_matches": ("{role}与照片相似（{similarity}）。", "The {role} looks like the photo ({similarity})."),
    "face_differs": (
        "{role}与照片相似度 {similarity}，低于 {limit}，请人工核对身份。",
        "The {role} and the photo: likeness {similarity}, below {limit}: check the identity.",
    ),
    "face_not_compared": (
        "没有可与照片比对的{role}人脸，无法判断。",
        "No face of the {role} was compared with the photo.",
    ),
    "face_alive": ("{role}是镜头前的真人（最低分 {score}）。", "The {role} is alive before the camera ({score})."),
    "face_not_alive": (
        "{role}的活体分 {score}，低于 {limit}，可能是照片或屏幕，请看画面复核。",
        "The {role}'s liveness {score} is below {limit}, perhaps a photo or a screen: look at it.",
    ),
    "mouth_agrees": (
        "{role}答话时口型与声音一致（{count} 处）。",
        "The {role}'s mouth moves with the voice ({count} time(s)).",
    ),
    "mouth_disagrees": (
        "{count} 处{role}的声音与其口型不符，可能有人代答，请看画面复核。",
        "{count} time(s) the {role}'s mouth does not move with the voice, perhaps another answered: look at it.",
    ),
    "answered_off_screen": (
        "答复“{quote}”时画面中没有人的口型在动，可能是画外的人代答，请看片段复核。",
        "“{quote}” was answered while no mouth in the picture moved, perhaps from off screen: look at the clip.",
    ),
    "answered_by_other_face": (
        "答复“{quote}”时动的是{role}的口型，可能有人代答，请看片段复核。",
        "“{quote}” was answered with the mouth of another ({role}): look at the clip.",
    ),
    "answer_voice_doubtful": (
        "没有听到客户的声音作答，但客户的口型在动，声音可能分错了人，请看片段复核。",
        "No answer was heard in the customer's voice, but the customer's mouth moved: look at the clip.",
    ),
    "mouth_too_small": ("人脸太小，看不清口型。", "The face is too small to read the mouth."),
    "mouth_hidden": ("口型被遮挡或看不清。", "The mouth is covered or cannot be made out."),
    "mouth_turned": ("脸转向一侧，看不清口型。", "The head is turned away too far to read the mouth."),
    "mouths_unclear": ("口型的动静不足以分清谁在说话。", "The mouths do not tell clearly who speaks."),
    "mouth_hummed": (
        "只应了一声“嗯”，口型不动也说明不了什么。",
        "Only a hum was heard: a still mouth proves nothing.",
    ),
    "mouth_unseen": ("画面中没有可看的口型。", "No mouth is in the picture."),
    "mouth_unjudgeable": (
        "只有 {share} 的答话能看清{role}的口型，无法判断。",
        "The {role}'s mouth can be seen in {share} of the answers only: cannot be judged.",
    ),
    "card_shown": ("出示了“{words}”，共 {seconds} 秒。", "“{words}” was shown for {seconds} s."),
    "card_not_seen": (
        "没有看到出示证件（{words}），请看画面复核。",
        "No card ({words}) was seen: look at the picture.",
    ),
    "card_unread": ("没有读到证件上的内容，无从核对。", "Nothing was read on any card: there is nothing to compare."),
    "card_differs": (
        "证件上的{what}与订单不符或已过期，请看画面复核。",
        "A card differs from the order, or has expired ({what}): look at the picture.",
    ),
    "card_agrees": ("证件上的{what}核对无误。", "What the cards say agrees with the order ({what})."),
    "shown_briefly": (
        "“{title}”只出示了 {seconds} 秒，应不少于 {limit} 秒。",
        "“{title}” was shown for {seconds} s only, at least {limit} s are wanted.",
    ),
    "doc_shown": ("出示了《{title}》，共 {seconds} 秒。", "“{title}” was shown for {seconds} s."),
    "doc_not_seen": ("没有看到出示《{title}》，请看画面复核。", "“{title}” was not seen: look at the picture."),
    "signed": ("看到有人签署《{title}》。", "Somebody was seen signing “{title}”."),
    "signing_not_seen": (
        "没有看到签署《{title}》，请看画面复核。",
        "The signing of “{title}” was not seen: look at the picture.",
    ),
    "signed_doc_unknown": (
        "看到签字，但看不清是不是《{title}》，请看画面复核。",
        "Somebody signs, whether “{title}” cannot be read: look at the picture.",
    ),
    "signature_differs": (
        "《{title}》上读到的签名与订单不一致，请看画面复核。",
        "The signature read on “{title}” differs from the order: look at the picture.",
    ),
    "signature_unreadable": ("《{title}》上的签名看不清。", "The signature on “{title}” cannot be read."),
    "copied": ("看到抄写风险提示语，读出 {share}。", "The sentence was copied by hand, {share} could be read back."),
    "copied_partly": (
        "抄写的风险提示语只读出 {share}，应不少于 {limit}，请看画面复核。",
        "Only {share} of the copied sentence could be read back, at least {limit} is wanted: look at it.",
    ),
    "copy_not_seen": (
        "没有看到抄写风险提示语，请看画面复核。",
        "Nobody was seen copying the sentence by hand: look at the picture.",
    ),
    "copy_unreadable": (
        "看到有人抄写，但字迹看不清，请看画面复核。",
        "Somebody copies by hand, but it cannot be read: look at the picture.",
    ),
    "clock_goes": (
        "画面时间从 {first} 走到 {last}，与录制时长一致。",
        "The clock in the picture goes from {first} to {last}, as the recording does.",
    ),
    "clock_missing": ("画面中没有读到时间。", "No clock was read in the picture."),
    "clock_runs_back": ("画面时间在 {at} 处倒退。", "The clock in the picture runs back at {at}."),
    "clock_drifts": (
        "画面时间与录制时长相差 {seconds} 秒，超过 {limit} 秒。",
        "The clock in the picture and the recording differ by {seconds} s, more than {limit} s.",
    ),
    # the files and their pictures
    "duration_short": ("录制只有 {seconds} 秒，应不少于 {limit} 秒。", "Only {seconds} s long, at least {limit} s."),
    "duration_long": ("录制长达 {seconds} 秒，应不超过 {limit} 秒。", "{seconds} s long, at most {limit} s."),
    "duration_fit": ("录制时长 {seconds} 秒，符合要求。", "{seconds} s long, as required."),
    "policy_unknown": (
        "订单没有保单号，不核对一单一档。",
        "The order has no policy number: whether the policy has one file is not asked.",
    ),
    "related_unknown": (
        "不知道这份保单还有没有其他会话，无法核对一单一档。",
        "Whether the policy has other sessions is not known: one file per policy cannot be judged.",
    ),
    "policy_recorded_again": (
        "这份保单另有 {count} 次双录（{sessions}），请核实以哪个文件为准。",
        "The sale of this policy was recorded {count} more time(s) ({sessions}): check which file holds.",
    ),
    "one_file": ("一次录制，一个文件。", "One take in one file."),
    "several_files": (
        "录制分成 {count} 个文件，不是一次连续录制。",
        "The recording is in {count} files, not in one take.",
    ),
    "hash_same": ("文件与上传时一致。", "The files are those that were uploaded."),
    "hash_changed": ("文件与上传时不一致：{names}。", "Changed since the upload: {names}."),
    "no_upload_hash": ("没有上传时的文件指纹，不适用。", "No hash was recorded at an upload."),
    "upload_hash_missing": ("没有这些文件上传时的指纹：{names}。", "No hash at upload for: {names}."),
    "edit_traces": ("文件有编辑或重新编码的痕迹：{traces}。", "Traces of editing or encoding again: {traces}."),
    "edit_traces_none": ("没有发现编辑痕迹。", "No trace of editing."),
    "fps_low": ("每秒只有 {fps} 帧画面，应不少于 {limit} 帧。", "Only {fps} frames a second, at least {limit}."),
    "fps_fit": ("每秒 {fps} 帧画面，符合要求。", "{fps} frames a second, as required."),
    "resolution_low": (
        "画面短边只有 {pixels} 像素，应不少于 {limit} 像素。",
        "The shorter side has {pixels} pixels, at least {limit} are wanted.",
    ),
    "resolution_fit": ("画面短边 {pixels} 像素，符合要求。", "The shorter side has {pixels} pixels, as required."),
    "timestamps_run": ("时间戳连续递增。", "Time stamps never run back."),
    "timestamps_back": (
        "时间戳倒退 {count} 处（{at} 起）。",
        "Time stamps run back {count} time(s), from {at} on.",
    ),
    "cut_found": (
        "{count} 处中断或剪切（第一处在 {at}，{what}），请看画面复核。",
        "{count} interruption(s) or cut(s), the first at {at} ({what}): look at it.",
    ),
    "cut_none": ("没有发现{what}。", "None was found ({what})."),
    "picture_dark": ("画面过暗的时间占 {share}，不应超过 {limit}。", "Too dark {share} of the time, at most {limit}."),
    "picture_bright": ("画面过亮：平均亮度 {luma}，不应超过 {limit}。", "Too bright: luma {luma}, at most {limit}."),
    "picture_light_fit": ("画面亮度合适，过暗的时间占 {share}。", "Light enough, too dark {share} of the time."),
    "picture_blurred": (
        "画面模糊的时间占 {share}，不应超过 {limit}。",
        "Blurred {share} of the time, at most {limit} is allowed.",
    ),
    "picture_sharp": ("画面清晰，模糊的时间占 {share}。", "Sharp enough, blurred {share} of the time."),
    "black_freeze": (
        "黑屏或定格的时间占 {share}，不应超过 {limit}。",
        "Black or frozen {share} of the time, at most {limit} is allowed.",
    ),
    "black_freeze_partly": ("黑屏或定格的时间占 {share}。", "Black or frozen {share} of the time."),
    "black_freeze_little": ("黑屏或定格的时间占 {share}。", "Black or frozen {share} of the time."),
    # the order alone
    "order_fields_filled": ("订单要求的 {count} 项都已填写。", "All {count} required fields are filled."),
    "id_number_right": ("{who}证件号码核对一致。", "The ID number of the {who} holds together."),
    "id_number_wrong": (
        "{who}证件号码核对不符：{what}，请核实。",
        "The ID number of the {who} does not hold together ({what}): check it.",
    ),
    "id_other_paper": (
        "{who}的证件号码不是 18 位居民身份证号，不适用。",
        "The {who}'s number is no 18-digit ID number.",
    ),
    "same_as_policyholder": ("被保险人就是投保人，不适用。", "The insured is the policyholder."),
    "phones_equal": (
        "{first}与{second}相同（{phone}），请核实。",
        "{first} and {second} are the same ({phone}): check it.",
    ),
    "phones_differ": ("{first}与{second}不同。", "{first} and {second} differ."),
    "phones_excused": (
        "{first}与{second}相同，属于规则允许的情形（如自保件）。",
        "{first} and {second} are the same, which the rule allows here.",
    ),
    "phone_shared": (
        "电话 {phone} 有 {count} 位客户使用，达到 {limit} 位，请核实。",
        "{count} customers gave the phone {phone} ({limit} or more): check it.",
    ),
    "phone_not_shared": (
        "使用电话 {phone} 的客户不到 {limit} 位。",
        "Fewer than {limit} customers gave the phone {phone}.",
    ),
    "no_earlier_customers": ("没有其他客户的电话记录，不适用。", "Nothing is known of earlier customers' phones."),
    "call_hours_closed": (
        "电话在 {time} 拨出，属于禁止呼出时段（{closed}），请核实客户是否要求。",
        "The call began at {time}, in closed hours ({closed}): check whether the customer asked for it.",
    ),
    "call_hours_asked": (
        "电话在 {time} 拨出，属于禁止呼出时段（{closed}），但订单记载由客户要求。",
        "The call began at {time}, in closed hours ({closed}), as the customer had asked.",
    ),
    "call_hours_open": (
        "电话在 {time} 拨出，不在禁止呼出时段（{closed}）。",
        "The call began at {time}, outside closed hours ({closed}).",
    ),
    "no_refusers_list": ("没有拒访名单，不适用。", "No list of those who refuse calls was supplied."),
    "on_refusers_list": (
        "电话 {phone} 于 {day} 列入拒访名单，{months} 个月内不得再拨打。",
        "The phone {phone} refused calls on {day}: none is allowed for {months} months.",
    ),
    "not_on_refusers_list": ("电话 {phone} 不在拒访名单上。", "The phone {phone} is not on the refusers' list."),
    "refusal_not_in_force": (
        "电话 {phone} 于 {day} 列入拒访名单，通话时不在 {months} 个月的禁拨期内。",
        "The phone {phone} refused calls on {day}; the call lies outside the {months} months.",
    ),
    "refusal_undated": (
        "电话 {phone} 于 {day} 列入拒访名单（{months} 个月），但不知道通话日期，请核实。",
        "The phone {phone} refused calls on {day} ({months} months), but the day of the call is unknown: check it.",
    ),
    "refused_same_day": (
        "电话 {phone} 在通话当天（{day}）列入拒访名单，先后不明，请核实。",
        "The phone {phone} refused calls on the day of the call ({day}): check which came first.",
    ),
    "suitability_figure_missing": (
        "订单没有{field}，不作比对。",
        "The order has no “{field}”: nothing is compared.",
    ),
    "suitability_base_zero": (
        "{field}为零或负数，无法计算比例，请核实。",
        "“{field}” is zero or less, so there is no ratio: check it.",
    ),
    "premium_paid_otherwise": (
        "缴费方式为{mode}，不涉及{field}，不适用。",
        "It is paid by {mode}, so “{field}” does not apply.",
    ),
    "ratio_high": (
        "{of}是{to}的 {value}，超出规定（限值 {limit}），应由客户签署特别声明，请核实。",
        "{of} is {value} of {to}, the limit is {limit}: a signed declaration is due, check it.",
    ),
    "ratio_declared": (
        "{of}是{to}的 {value}，超出规定（限值 {limit}），客户已签署特别声明。",
        "{of} is {value} of {to}, the limit is {limit}; the declaration was signed.",
    ),
    "ratio_fit": (
        "{of}是{to}的 {value}，在规定之内（限值 {limit}）。",
        "{of} is {value} of {to}, within the limit of {limit}.",
    ),
    "sum_high": (
        "{of}为 {value}，超出规定（限值 {limit}），应由客户签署特别声明，请核实。",
        "{of} make {value}, the limit is {limit}: a signed declaration is due, check it.",
    ),
    "sum_declared": (
        "{of}为 {value}，超出规定（限值 {limit}），客户已签署特别声明。",
        "{of} make {value}, the limit is {limit}; the declaration was signed.",
    ),
    "sum_fit": ("{of}为 {value}，在规定之内（限值 {limit}）。", "{of} make {value}, within the limit of {limit}."),
    "assessment_covers": ("客户的风险测评与产品匹配且有效。", "The risk assessment covers the product and is valid."),
    "assessment_expired": (
        "最近一次风险测评在 {day}，已超过 {months} 个月有效期。",
        "The last risk assessment, of {day}, is older than {months} months.",
    ),
    "assessments_in_a_day": (
        "{day} 当天做了 {count} 次风险测评，不应超过 {limit} 次。",
        "{count} risk assessments on {day}, at most {limit} are allowed.",
    ),
    "assessments_in_a_year": (
        "12 个月内做了 {count} 次风险测评，不应超过 {limit} 次。",
        "{count} risk assessments within 12 months, at most {limit} are allowed.",
    ),
    "risk_level_low": (
        "客户风险等级 {level} 低于产品风险等级 {rating}。",
        "The customer's risk level {level} is below the product's rating {rating}.",
    ),
    "risk_level_unknown": (
        "风险等级“{level}”不在规则的等级表中，请核实。",
        "The risk level “{level}” is not on the scale of the rule: check it.",
    ),
}
