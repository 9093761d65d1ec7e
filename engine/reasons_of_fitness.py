"""Sentences about how fit a recording is to be judged, as engine/reasons.py has them."""

FITNESS: dict[str, tuple[str, str]] = {
    "picture_faulty": (
        "画面有 {share} 的时间{what}（{at} 起），不应超过 {limit}，请看画面。",
        "The picture is {what} for {share} of the time, from {at} on; at most {limit} is allowed: look at it.",
    ),
    "picture_fit": ("画面没有明显的{what}。", "The picture is hardly ever {what}."),
    "picture_turned": (
        "画面方向不正：需顺时针转 {degrees} 度才是正的。",
        "The picture does not stand upright: it has to be turned clockwise by {degrees} degrees.",
    ),
    "picture_upright": ("画面方向正常。", "The picture stands upright."),
    "picture_way_unknown": (
        "画面中没有看清的人脸，无法判断方向是否正确。",
        "No face is seen clearly enough to tell whether the picture stands upright.",
    ),
    "stalls_found": (
        "画面卡顿 {count} 处，共 {seconds} 秒（{at} 起），帧率明显低于平常。",
        "The picture stalls {count} time(s), {seconds} s in all, from {at} on: far fewer frames than usual.",
    ),
    "stalls_none": ("画面没有卡顿。", "The picture does not stall."),
    "cut_unbroken": (
        "有 {count} 处突变，声音在那里没有断开。",
        "{count} sudden change(s), and the sound goes on there.",
    ),
    "lag_found": (
        "声音比画面{way} {seconds} 秒，超过 {limit} 秒，口型与声音对不上，请看画面。",
        "The sound comes {seconds} s {way} the picture, more than {limit} s: mouths and voice do not fit, look at it.",
    ),
    "lag_none": ("声音与画面同步（相差 {seconds} 秒）。", "Sound and picture go together ({seconds} s apart)."),
    "lag_untold": (
        "口型与声音看不出先后，无法判断音画是否同步。",
        "Mouths and voice do not tell whether sound and picture go together.",
    ),
    "clipping_found": (
        "声音过大被削顶，占 {share}（{at} 起），不应超过 {limit}。",
        "The sound is clipped for {share} of the time, from {at} on; at most {limit} is allowed.",
    ),
    "clipping_none": ("声音没有明显削顶。", "The sound is not clipped."),
    "echo_found": (
        "有回声：延迟 {delay} 秒，强度 {gain}，可能影响听清和识别。",
        "There is an echo after {delay} s, {gain} as loud: it may be hard to follow.",
    ),
    "echo_none": ("没有明显回声。", "No echo."),
    "hum_found": (
        "有 {hz} 赫兹交流声，只比说话低 {margin} dB，应低 {limit} dB 以上。",
        "Mains hum of {hz} Hz lies {margin} dB below the speech; it should lie {limit} dB below.",
    ),
    "hum_none": ("没有明显交流声。", "No mains hum to speak of."),
    "level_low": (
        "声音太轻：{level} dB，应不低于 {limit} dB。",
        "The speech is too quiet: {level} dB, at least {limit} dB is wanted.",
    ),
    "level_fit": ("说话音量 {level} dB，可以听清。", "The speech is at {level} dB, loud enough."),
    "party_faint": (
        "{role}的声音太轻：{level} dB，比对方低 {difference} dB，可能听不清。",
        "The {role} is faint: {level} dB, {difference} dB below the other side, perhaps inaudible.",
    ),
    "parties_even": ("各方音量相差 {difference} dB，都能听清。", "The voices differ by {difference} dB."),
    "party_alone": (
        "只测到一方的音量，无法比较。",
        "The level of one voice only was measured: nothing to compare it with.",
    ),
    "band_narrow": (
        "声音只到 {hz} 赫兹（电话频带），要求 {limit} 赫兹。",
        "The sound reaches {hz} Hz only (a telephone's band); {limit} Hz are wanted.",
    ),
    "band_fit": ("声音频带到 {hz} 赫兹。", "The sound reaches {hz} Hz."),
    "channel_dead": ("{count} 个声道没有声音，可能缺了一方。", "{count} channel(s) are silent: a side may be missing."),
    "channels_alive": ("各声道都有声音。", "No channel is silent."),
    "holes_found": (
        "声音在说话中间断开 {count} 次，共 {seconds} 秒（{at} 起）。",
        "The sound breaks off {count} time(s) in the middle of it, {seconds} s in all, from {at} on.",
    ),
    "holes_none": ("声音没有断续。", "The sound does not break off."),
    "packets_lost": ("丢失 {count} 个声音数据包。", "{count} packet(s) of sound are missing."),
    "packets_whole": ("没有丢失数据包。", "No packet of sound is missing."),
    "length_differs": (
        "文件声明 {declared} 秒，实际 {seconds} 秒，相差超过 {limit} 秒。",
        "The file says {declared} s and holds {seconds} s: more than {limit} s apart.",
    ),
    "length_agrees": ("实际时长与文件声明一致。", "The file is as long as it says."),
    "length_undeclared": ("文件没有声明时长，不适用。", "The file states no length."),
}
