"""Sentences of the preflight: what was measured before a sale, and what to mend, as engine/reasons has them."""

PREFLIGHT: dict[str, tuple[str, str]] = {
    "pf_length_short": (
        "试录只有 {seconds} 秒，请至少录 {limit} 秒，双方各说一两句。",
        "The trial lasts {seconds} s only: record {limit} s or more, both sides speaking.",
    ),
    "pf_length_fit": ("试录 {seconds} 秒。", "The trial lasts {seconds} s."),
    "pf_no_sound": ("没有声音，请检查麦克风和录音权限。", "No sound: check the microphone and its permission."),
    "pf_silent": (
        "没有听到有人说话，请检查麦克风，双方各说一两句再试。",
        "Nobody was heard: check the microphone, let both sides speak and try again.",
    ),
    "pf_noise": (
        "环境太吵：说话声只比噪声高 {snr} 分贝，应在 {limit} 以上。请关窗、换安静的房间或把话筒放近。",
        "Too noisy: speech is {snr} dB above the noise, {limit} are needed. Close windows, change rooms or move the "
        "microphone closer.",
    ),
    "pf_noise_fit": ("环境安静：说话声比噪声高 {snr} 分贝。", "Quiet enough: speech is {snr} dB above the noise."),
    "pf_quiet": (
        "声音太轻（{level} 分贝，应在 {limit} 以上）。请把话筒放近或调大录音音量。",
        "Too soft ({level} dB, {limit} is needed): move the microphone closer or raise its level.",
    ),
    "pf_level_fit": ("音量合适（{level} 分贝）。", "The level is fine ({level} dB)."),
    "pf_clipped": (
        "声音过大、有破音（{share}）。请调低录音音量或离话筒远一点。",
        "Too loud, the sound is clipped ({share}): lower its level or move away from the microphone.",
    ),
    "pf_clipped_fit": ("没有破音。", "Nothing is clipped."),
    "pf_voices_few": (
        "只听到 {count} 个人说话，应有 {limit} 个。请双方各说一两句；听不到客户时把话筒放到两人中间。",
        "{count} voice(s) heard, {limit} are needed: let both sides speak; put the microphone between them.",
    ),
    "pf_voices_unknown": (
        "无法分辨几个人说话，请双方分别说一两句完整的话再试。",
        "The voices could not be told apart: let each side say a sentence or two and try again.",
    ),
    "pf_voices_fit": ("听到 {count} 个人说话。", "{count} voices heard."),
    "pf_rate_low": (
        "录音采样率 {rate} 赫兹太低，应不低于 {limit}。请更换录音设备或设置。",
        "The sampling rate of {rate} Hz is too low, {limit} is needed: change the device or its settings.",
    ),
    "pf_rate_fit": ("录音采样率 {rate} 赫兹。", "Sampled at {rate} Hz."),
    "pf_no_picture": ("没有画面，请检查摄像头和录像权限。", "No picture: check the camera and its permission."),
    "pf_dark": (
        "画面太暗（亮度 {luma}，{share} 的画面看不清）。请开灯，不要背对窗户。",
        "Too dark (brightness {luma}, {share} of the frames cannot be judged): switch on a light, no window behind.",
    ),
    "pf_bright": (
        "画面过亮（亮度 {luma}，应不超过 {limit}）。请避开强光直射。",
        "Too bright ({luma}, at most {limit}): keep out of direct light.",
    ),
    "pf_light_fit": ("光线合适（亮度 {luma}）。", "The light is fine (brightness {luma})."),
    "pf_blurred": (
        "{share} 的画面模糊。请擦净镜头、对好焦、固定手机。",
        "{share} of the frames are blurred: wipe the lens, focus, fix the phone.",
    ),
    "pf_sharp": ("画面清晰。", "The picture is sharp."),
    "pf_faces_few": (
        "只有 {share} 的画面里能看到 {limit} 个人的脸（应达到 {least}）。请调整机位，让双方都正对镜头、同在画面中。",
        "{limit} faces are seen in {share} of the frames only ({least} is needed): move the camera, both facing it.",
    ),
    "pf_faces_small": (
        "脸太小（{pixels} 像素高，应不低于 {limit}）。请把镜头移近或坐近一些。",
        "Faces are too small ({pixels} px high, {limit} are needed): move the camera closer.",
    ),
    "pf_faces_fit": (
        "{count} 个人同框，脸高 {pixels} 像素。",
        "{count} people in one frame, faces {pixels} px high.",
    ),
    "pf_size_small": (
        "画面只有 {pixels} 行，应不低于 {limit}。请在录制设置中选更高的清晰度。",
        "The picture has {pixels} lines only, {limit} are needed: choose a higher resolution.",
    ),
    "pf_fps_low": (
        "每秒只有 {fps} 帧，应不低于 {limit}。请关闭其他程序或更换设备。",
        "{fps} frames a second only, {limit} are needed: close other programs or change the device.",
    ),
    "pf_device_fit": ("画面 {pixels} 行，每秒 {fps} 帧。", "{pixels} lines, {fps} frames a second."),
    "pf_sound_lost": (
        "声音中断 {count} 次，共 {seconds} 秒。请检查话筒连接，关闭占用麦克风的程序。",
        "The sound breaks off {count} time(s), {seconds} s in all: check the microphone's connection.",
    ),
    "pf_hum": (
        "有 {hz} 赫兹交流声。请远离充电器和电源，换一个插座或用电池录制。",
        "Mains hum of {hz} Hz: keep away from chargers and power supplies, or record on battery.",
    ),
    "pf_echo": (
        "有回声（延迟 {delay} 秒）。请戴耳机，或关小外放的扬声器。",
        "There is an echo after {delay} s: use headphones, or turn the loudspeaker down.",
    ),
    "pf_picture_lost": (
        "画面有 {share} 的时间{what}。请检查摄像头和网络，不要遮挡镜头。",
        "The picture is {what} for {share} of the time: check camera and network, and nothing before the lens.",
    ),
    "pf_turned": (
        "画面方向不正，需顺时针转 {degrees} 度。请把手机放正。",
        "The picture has to be turned clockwise by {degrees} degrees: put the phone upright.",
    ),
    "pf_stage_failed": (
        "无法检查{what}（{why}），请重试；仍不行请联系管理员。",
        "{what} could not be checked ({why}): try again, then ask the administrator.",
    ),
}
