"""Sentences about how fit a recording is to be judged, as engine/reasons has them."""

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
    "steady_noise_found": (
        "有持续噪声：声音只比噪声高 {snr} dB，应高 {limit} dB 以上。",
        "There is noise all the time: the sound lies {snr} dB above it; {limit} dB are wanted.",
    ),
    "steady_noise_none": ("没有明显的持续噪声（高出 {snr} dB）。", "No steady noise to speak of ({snr} dB)."),
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
    "parts_apart": (
        "各段没有连续录制：{count} 处，最大一处在 {at} {way} {seconds} 秒。",
        "The parts do not follow one another, {count} time(s): at {at} they {way} {seconds} s.",
    ),
    "parts_follow": ("{count} 段首尾相接。", "The {count} parts follow one another."),
    "parts_untimed": (
        "各段文件没有录制时间，无法判断是否首尾相接。",
        "The files do not say when they were recorded: whether they follow one another cannot be judged.",
    ),
    "one_part": ("只有一个文件，不适用。", "There is one file only."),
    "loss_cut_short": (
        "文件 {name} 不完整，缺少{lost}，缺失部分无法判断。",
        "{name} is incomplete, {lost} are missing and cannot be judged.",
    ),
    "loss_rebuilt": (
        "文件 {name} 的索引丢失，已参照同一设备的完好文件重建：时间为推算{lost}。",
        "The index of {name} was lost and rebuilt after a sound file of the same device: times are reckoned{lost}.",
    ),
    "loss_sound": (
        "文件 {name} 重建后没有可用的声音。",
        "No sound could be had of {name} when it was rebuilt.",
    ),
    "media_no_index": (
        "文件缺少索引（moov），无法解码：请从录制设备重新导出，或提供同一设备录下的完好文件（--reference）。",
        "The file lacks its index (moov) and cannot be decoded: export it again from the recorder, or give a sound "
        "file of the same device (--reference).",
    ),
    "media_decoder_died": (
        "解码这个文件时解码进程意外结束，无法质检：请从录制设备重新导出。",
        "The process that decoded this file died: export it again from the recorder.",
    ),
    "length_undeclared": ("文件没有声明时长，不适用。", "The file states no length."),
}
