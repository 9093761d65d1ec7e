# ruff: noqa: E501  (one item of the sample a line)
"""An invented session of three minutes with items of every verdict, and footage to cut clips from."""

from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from engine.evidence import (
    AudioStream,
    Character,
    Continuity,
    Evidence,
    Media,
    Part,
    PictureQuality,
    Quality,
    Role,
    SoundQuality,
    Speaker,
    StageReport,
    Transcript,
    Utterance,
    VideoStream,
)
from engine.inspection import (
    Answer,
    Basis,
    Concept,
    Coverage,
    EngineReference,
    Finding,
    Inspection,
    Item,
    ModelReference,
    Note,
    Outcome,
    PaperSummary,
    PersonSummary,
    Reference,
    SceneSummary,
    SpeakerSummary,
    SpeakingSummary,
    Timings,
    UtteranceSummary,
    Window,
)
from engine.interval import Interval

DURATION = 186.0
SHA = "5f0c2f6f3f1c9f3f0b1e6d7a8c9b0a1d2e3f405162738495a6b7c8d9e0f1a2b3"

LINES: list[tuple[float, Role, str, float]] = [
    (1.2, "system", "本次投保过程将进行录音录像。", 0.97),
    (5.0, "agent", "张先生您好，按照监管要求，这次投保过程需要录音录像，您同意吗？", 0.93),
    (11.6, "customer", "同意。", 0.91),
    (13.0, "agent", "我是远山人寿的保险代理人李明，工号幺零二三，这是我的执业证，您看一下。", 0.9),
    (20.1, "customer", "好的。", 0.88),
    (21.6, "agent", "今天给您讲的这款是一份保险产品，由远山人寿承保，不是银行存款。", 0.94),
    (28.0, "customer", "嗯，我知道。", 0.74),
    (29.8, "agent", "产品全称是远山福寿年年年金保险，分红型。", 0.92),
    (34.4, "agent", "被保险人生存的话，从第六年开始每年给付年金，身故退还已交保费。", 0.9),
    (41.2, "customer", "那分红是固定的吗？", 0.86),
    (43.5, "agent", "分红是不确定的，不过您放心，我们公司每年保证有百分之四的收益，稳赚不赔。", 0.89),
    (51.0, "customer", "哦，那挺好。", 0.83),
    (53.2, "agent", "您选的是年交，每年交一万二千元，交十年，保险期间三十年，清楚吗？", 0.9),
    (61.0, "customer", "一万二？", 0.58),
    (62.4, "agent", "对，每年一万二。", 0.87),
    (64.6, "customer", "清楚了。", 0.9),
    (66.8, "agent", "责任免除的部分，比如投保人故意伤害、两年内自杀、酒后驾驶，这些情况公司是不赔的，您了解吧？", 0.91),
    (77.0, "customer", "了解。", 0.84),
    (78.9, "agent", "您签收合同以后有一个由于期，这期间您要是不想要了，可以全额退还保费，明白吗？", 0.8),
    (88.2, "customer", "明白。", 0.9),
    (90.4, "agent", "过了以后您再退保，只能退现金价值，前几年会有损失，这个您清楚吗？", 0.92),
    (98.0, "customer", "不太清楚，损失是多少？", 0.71),
    (101.2, "agent", "这个合同里都有，您回去看一下就行。", 0.9),
    (105.0, "customer", "嗯。", 0.49),
    (107.3, "agent", "健康告知请您如实填写，如果隐瞒，将来公司可能解除合同或者不赔，明白吗？", 0.93),
    (115.2, "customer", "明白，我身体没什么问题。", 0.9),
    (119.0, "other", "爸，电话。", 0.55),
    (121.1, "customer", "等一下啊。", 0.72),
    (128.4, "agent", "那我们继续。您的联系电话是幺三八零零幺三八零零零，对吧？", 0.9),
    (136.0, "customer", "对。", 0.86),
    (138.2, "agent", "身份证号是610102195803041234，我核对一下。", 0.85),
    (146.0, "agent", "这几处签名，您签一下，剩下的我帮您代签就可以了。", 0.88),
    (153.4, "customer", "行。", 0.52),
    (156.0, "agent", "除了合同写的，没有人给您其他承诺吧？", 0.9),
    (161.1, "customer", "没有。", 0.93),
    (163.4, "agent", "投保是您自己的真实意愿吗？", 0.94),
    (167.0, "customer", "是的，自己愿意的。", 0.92),
    (170.2, "agent", "以后收到回访电话请您如实回答。", 0.9),
    (174.8, "customer", "好。", 0.8),
    (177.0, "agent", "今天的录音录像到此结束，谢谢张建国先生。", 0.95),
]
VOICE: dict[Role, str] = {"agent": "S1", "customer": "S2", "system": "S3", "other": "S4"}

ORDER: dict[str, Any] = {
    "policy_no": "P20261102000718",
    "channel": "agency",
    "region": "CN-SN",
    "scenario": "face_to_face",
    "recorded_at": "2026-11-02T10:12:00+08:00",
    "insurer": {"name": "远山人寿保险股份有限公司", "short_name": "远山人寿"},
    "products": [
        {
            "full_name": "远山福寿年年年金保险（分红型）",
            "design_type": "分红型",
            "line": "annuity",
            "cover_years": 30,
            "cooling_off_days": 15,
            "premium": "10000",
            "payment_mode": "年交",
            "payment_years": 10,
        }
    ],
    "policyholder": {
        "name": "张建国",
        "id_number": "610102195803041234",
        "birth_date": "1958-03-04",
        "phone": "13800138000",
        "address": "西安市碑林区一号",
    },
    "insured": {"same_as_policyholder": True},
    "agent": {"name": "李明", "staff_no": "1023", "org": "远山人寿陕西分公司", "phone": "13900139000"},
    "extra": {"bank_card": "6222021234567890123"},
}

R54 = Basis("R54-7-3", "保险销售行为可回溯管理暂行办法", "第七条第（三）项")
SALE = Basis("RSALE-25-2", "保险销售行为管理办法", "第二十五条第（二）项")


def spoken(start: float) -> Finding:
    """A finding over the whole utterance that begins at `start`."""
    at, role, text, confidence = next(line for line in LINES if line[0] == start)
    return Finding(at, at + seconds(text), role, text, text[:4], "text", round(confidence, 2))


def seconds(text: str) -> float:
    """How long `text` takes to say."""
    return round(0.5 + 0.19 * len(text), 2)


def reply(kind: str, start: float, latency: float) -> Answer:
    """The customer's answer that begins at `start`."""
    finding = spoken(start)
    return Answer(kind, finding.start, finding.end, finding.quote, finding.role, "F2", latency)  # type: ignore[arg-type]


WINDOW = Window(0.0, DURATION, 0.97)


def _item(id: str, title: str, kind: str, severity: str, verdict: str, reason: str, code: str, **more: Any) -> Item:
    return Item(id, title, kind, severity, verdict, reason, code, more.pop("window", WINDOW), **more)  # type: ignore[arg-type]


def items() -> tuple[Item, ...]:
    """Eighteen items of all kinds and verdicts."""
    said = Concept("录音录像", True, "录音录像")
    return (
        _item("dr_consent", "征得同意录音录像", "disclosure", "critical", "pass", "已告知录音录像并得到客户同意。", "disclosed",
              confidence=0.95, basis=(Basis("R54-6", "保险销售行为可回溯管理暂行办法", "第六条"),),
              evidence=(replace(spoken(5.0), matched="录音录像"),), concepts=(said, Concept("征求同意", True, "您同意吗")),
              answer=reply("affirm", 11.6, 0.4)),
        _item("dr_agent_identity", "销售人员表明身份与所属机构", "disclosure", "critical", "pass", "已说明姓名、机构和工号。",
              "disclosed", confidence=0.92, basis=(Basis("R54-7-1", "保险销售行为可回溯管理暂行办法", "第七条第（一）项"),),
              evidence=(replace(spoken(13.0), matched="我是"),),
              concepts=(Concept("自报姓名", True, "我是"), Concept("所属机构", True, "远山人寿"), Concept("证件或工号", True, "工号"))),
        _item("dr_is_insurance", "明示所购为保险产品", "disclosure", "critical", "pass", "已说明是保险产品，客户知悉。", "disclosed",
              basis=(R54,), evidence=(replace(spoken(21.6), matched="是一份保险产品"),), answer=reply("weak", 28.0, 0.2)),
        _item("dr_product_name", "产品全称", "fact", "high", "pass", "说出的产品名称与订单一致。", "agrees", product_index=0,
              basis=(R54,), evidence=(replace(spoken(29.8), matched="远山福寿年年年金保险"),),
              concepts=(Concept("产品全称", True, "远山福寿年年年金保险", "远山福寿年年年金保险"),)),
        _item("dr_coverage", "保险责任", "disclosure", "critical", "pass", "已说明保险责任。", "disclosed", product_index=0,
              basis=(R54,), evidence=(replace(spoken(34.4), matched="给付年金"),)),
        _item("dr_exclusion", "责任免除", "disclosure", "critical", "pass", "已说明责任免除，客户表示了解。", "disclosed", basis=(R54,),
              evidence=(replace(spoken(66.8), matched="责任免除"),), answer=reply("affirm", 77.0, 0.6)),
        _item("dr_payment", "交费金额与期间", "fact", "critical", "fail", "说出的保费 12000 元与订单的 10000 元不一致。", "contradicted",
              product_index=0, confidence=0.9, basis=(R54,), evidence=(replace(spoken(53.2), matched="每年交一万二千元"), spoken(62.4)),
              concepts=(Concept("每期保费", False, "一万二千元", 12000.0), Concept("交费期间", True, "交十年", 10.0),
                        Concept("交费方式", True, "年交", "年交")),
              answer=reply("affirm", 64.6, 0.3), fix="请核对保费，与订单一致后重新说明并请客户确认。"),
        _item("dr_cooling_off", "犹豫期（起算、天数、权利）", "disclosure", "critical", "fail", "说到了犹豫期、起算和权利，没有说到天数。",
              "concepts_missing", confidence=0.88, basis=(SALE, Basis("RSVC-15-6", "保险公司服务评价管理办法", "第十五条")),
              evidence=(replace(spoken(78.9), matched="犹豫期", how="pinyin", score=0.86, margin=-0.5),),
              concepts=(Concept("犹豫期", True, "由于期"), Concept("天数", False), Concept("起算", True, "签收"), Concept("权利", True, "退还")),
              answer=reply("affirm", 88.2, 0.5), fix="请补录犹豫期说明：自签收次日起十五天内可以全额退保。"),
        _item("dr_surrender_loss", "犹豫期后退保损失", "disclosure", "critical", "fail", "客户表示不清楚，销售人员没有再说明。",
              "answer_not_understood", basis=(R54, SALE), evidence=(replace(spoken(90.4), matched="退保"), spoken(101.2)),
              concepts=(Concept("退保", True, "退保"), Concept("损失", True, "损失")), answer=reply("not_understood", 98.0, 0.3),
              fix="请说明退保损失的具体金额（现金价值表），并得到客户明确应答。"),
        _item("dr_truthful", "如实告知义务及后果", "disclosure", "high", "pass", "已说明如实告知及后果。", "disclosed",
              evidence=(replace(spoken(107.3), matched="如实"),), answer=reply("affirm", 115.2, 0.4)),
        _item("dr_self_signature", "亲笔签名", "disclosure", "critical", "fail", "没有听到亲笔签名的说明。", "disclosure_missing",
              basis=(Basis("R54-7-5", "保险销售行为可回溯管理暂行办法", "第七条第（五）项"),),
              concepts=(Concept("本人", False), Concept("签名", False)), fix="请补录：投保单、提示书须由客户本人亲笔签名。"),
        _item("dr_period", "保险期间", "fact", "high", "pass", "说出的保险期间与订单一致。", "agrees", product_index=0,
              evidence=(replace(spoken(53.2), matched="保险期间三十年"),), concepts=(Concept("保险期间", True, "三十年", 30.0),)),
        _item("fb_guarantee", "承诺保本或收益", "forbidden", "critical", "fail", "销售人员承诺了固定收益。", "forbidden_said",
              confidence=0.96, basis=(Basis("RSALE-17-3", "保险销售行为管理办法", "第十七条第（三）项"),),
              evidence=(replace(spoken(43.5), matched="保证有百分之四的收益"), replace(spoken(43.5), matched="稳赚不赔", start=49.5)),
              fix="请向客户更正：分红不确定，没有保证收益，并重新录制。"),
        _item("fb_sign_for", "代签名", "forbidden", "critical", "review", "疑似提出代客户签名，请听原声确认。", "forbidden_doubtful",
              confidence=0.61, evidence=(replace(spoken(146.0), matched="我帮您代签", how="acoustic", margin=1.8),),
              notes=(Note("low_confidence", "该处转写把握较低。"),), fix="请听片段；如属实，须由客户本人重新签名。"),
        _item("v_same_frame", "销售人员与投保人同框", "visual", "high", "review", "同框时间占 78 %，低于要求的 80 %。", "share_low",
              window=Window(21.6, 167.0, 0.99), evidence=(Finding(117.0, 128.0, "unknown", "", "同框中断", "face", 0.93),),
              fix="请复核离开画面的时段是否影响告知。"),
        _item("v_doc_terms", "出示保险条款", "visual", "medium", "inconclusive", "画面中的文字太小，无法判断材料。", "paper_unreadable",
              window=Window(60.0, 80.0, 0.35), evidence=(Finding(67.0, 76.0, "unknown", "", "材料", "ocr", 0.41),)),
        _item("a_snr", "环境噪声", "quality", "medium", "pass", "信噪比 21 dB，符合要求。", "quality_good"),
        _item("db_insured_consent", "被保险人同意并认可保险金额", "disclosure", "critical", "not_applicable",
              "被保险人就是投保人，不适用。", "not_applicable"),
        _item("bk_not_deposit", "银行销售：不是存款", "disclosure", "critical", "not_applicable", "不是银行渠道，不适用。", "not_applicable"),
    )  # fmt: skip


def media(video: bool = True) -> Media:
    """One part, with or without picture."""
    picture = VideoStream(1280, 720, 25.0, "h264") if video else None
    name = "双录 2026-11-02.mp4" if video else "回访.m4a"
    part = Part(name, SHA, 18_734_112, "mp4", DURATION, 0.0, picture, AudioStream(48000, 2, "aac"))
    return Media((part,), DURATION, "2026-11-02T02:12:00Z")


def utterances() -> tuple[UtteranceSummary, ...]:
    """The conversation."""
    return tuple(
        UtteranceSummary(number, start, round(start + seconds(text), 2), VOICE[role], role, text, confidence)
        for number, (start, role, text, confidence) in enumerate(LINES, start=1)
    )


def quality() -> Quality:
    """Measures of a fair recording with one dropout."""
    return Quality(
        sound=SoundQuality(-23.1, -44.6, 21.4, 0.0002, 0.18, (Interval(122.5, 127.0),)),
        picture=PictureQuality(118.0, 164.0, 0.01, 0.04),
        continuity=Continuity((Interval(122.5, 127.0),), 3, False),
    )


def inspection(video: bool = True) -> Inspection:
    """The whole inspection, flagged."""
    people = (
        PersonSummary("F1", "agent", 186.0, ((0.0, 186.0),)),
        PersonSummary("F2", "customer", 169.0, ((0.0, 117.0), (128.0, 180.0)), 0.9, "", ((117.0, 128.0, "frozen"),)),
        PersonSummary("F3", "unknown", 4.0, ((117.5, 121.5),)),
    )
    speaking = (
        SpeakingSummary(11.6, 12.4, "S2", "face", "F2", 0.97),
        SpeakingSummary(28.0, 29.2, "S2", "nobody", None, 0.93),
        SpeakingSummary(40.0, 41.0, "S2", "untold", None, 0.0, "mouths_unclear"),
    )
    papers = (
        PaperSummary(14.5, 19.0, "执业证", "保险销售从业人员执业证 李明"),
        PaperSummary(67.0, 76.0, "", "免除 ……"),
    )
    spoken_seconds = {role: sum(seconds(t) for _, r, t, _ in LINES if r == role) for role in VOICE}
    why: dict[Role, str] = {
        "agent": "自报「远山人寿的保险代理人」，并作出多数说明。",
        "customer": "回答销售人员的提问。",
        "system": "开场播报，之后不再说话。",
        "other": "只说了一句，与订单无关。",
    }
    return Inspection(
        id="3b9f1c2d7e60",
        created_at="2026-11-02T11:00:00+08:00",
        recording=media(video),
        order=ORDER,
        ruleset=Reference("face_to_face", "a" * 64, "2026.1"),
        policy=Reference("default", "b" * 64),
        engine=EngineReference(
            "0.1.0",
            (ModelReference("transcription", "whisper-base", "c" * 64), ModelReference("faces", "face-detector-full", "d" * 64)),
            {"speech": {"beam": 5, "language": "zh"}, "vision": {"fps": 2.0, "min_face_px": 70}},
        ),
        verdict="flagged",
        refused=False,
        score=37.5,
        outcome=Outcome("问题件", "违规承诺", "2026-11-09"),
        notes=(Note("weak_voice", "客户声音偏低，部分应答把握较低。"),),
        coverage=Coverage(0.97, 0.99 if video else None),
        stages=(
            StageReport("decode", "ok", None, 2.1),
            StageReport("activity", "ok", None, 1.0),
            StageReport("transcribe", "ok", None, 9.4),
            StageReport("diarize", "degraded", None, 6.8),
            StageReport("survey", "ok", None, 14.2),
            StageReport("rules", "ok", None, 0.3),
        ),
        speakers=tuple(SpeakerSummary(v, r, 0.95, round(spoken_seconds[r], 1), why[r]) for r, v in VOICE.items()),
        utterances=utterances(),
        items=items(),
        scene=SceneSummary(people, 0.78, papers, speaking) if video else None,
        quality={name: part or {} for name, part in asdict(quality()).items()},
        timings=Timings(33.8, 0.1817),
        reasons=(
            Note("critical_failed", "5 个严重项目不合格：交费金额与期间、犹豫期、退保损失、亲笔签名、承诺收益。"),
            Note("needs_review", "2 个项目需要人工复核。"),
        ),
    )  # fmt: skip


def evidence() -> Evidence:
    """Evidence that holds the conversation character by character."""
    characters: list[Character] = []
    said: list[Utterance] = []
    for number, (start, role, text, confidence) in enumerate(LINES, start=1):
        first = len(characters)
        for place, one in enumerate(text):
            at = start + 0.19 * place
            characters.append(Character(one, Interval(at, at + 0.19), confidence, VOICE[role], 0.9))
        span = Interval(start, start + seconds(text))
        said.append(Utterance(number, span, VOICE[role], role, text, confidence, first, len(characters)))
    voices = tuple(Speaker(voice, role, 0.95, 10.0, "") for role, voice in VOICE.items())
    transcript = Transcript(tuple(characters), tuple(said), voices, (), tuple(one.interval for one in said))
    return Evidence(media(), transcript, None, quality())


@dataclass(frozen=True)
class Result:
    """What the pipeline hands to the writer."""

    inspection: Inspection
    evidence: Evidence


def result(video: bool = True) -> Result:
    """The sample as a pipeline result."""
    return Result(inspection(video), evidence())


@dataclass(frozen=True)
class Picture:
    """One decoded frame."""

    image: np.ndarray


class Footage:
    """A recording that makes its clips up: two heads at a table, who nod."""

    def cut(self, interval: Interval, target: Path) -> Path:
        """Write a small clip; audio only for .m4a."""
        import av

        with av.open(str(target), "w", format="mp4") as out:
            if target.suffix == ".mp4":
                stream = out.add_stream("libx264", rate=2, options={"preset": "ultrafast"})
                stream.width, stream.height, stream.pix_fmt = 160, 90, "yuv420p"
                for number in range(max(1, int(interval.duration * 2))):
                    frame = av.VideoFrame.from_ndarray(draw(interval.start + number / 2), format="rgb24")
                    out.mux(stream.encode(frame))
                out.mux(stream.encode(None))
            else:
                sound = out.add_stream("aac", rate=8000, layout="mono")
                tone = np.sin(np.arange(int(interval.duration * 8000)) * 0.2).astype(np.float32)[None] * 0.1
                frame = av.AudioFrame.from_ndarray(tone, format="fltp", layout="mono")
                frame.rate = 8000
                out.mux(sound.encode(frame))
                out.mux(sound.encode(None))
        return target

    def frame_at(self, time: float) -> Picture | None:
        """The picture at `time`."""
        return Picture(draw(time))


class Stills(Footage):
    """Footage whose clips only look like files, for tests that do not play them."""

    def cut(self, interval: Interval, target: Path) -> Path:
        """Write a few bytes."""
        target.write_bytes(repr(interval).encode())
        return target


def draw(time: float) -> np.ndarray:
    """90 x 160 x 3 picture of the scene at `time`."""
    y, x = np.mgrid[0:90, 0:160]
    image = np.full((90, 160, 3), (196, 203, 205), np.uint8)
    image[65:] = (120, 92, 70)
    for centre, shade in ((47, (214, 172, 144)), (112, (200, 160, 132))):
        nod = 1.5 * np.sin(time * 2 + centre)
        image[((x - centre) / 24) ** 2 + ((y - 75) / 22) ** 2 < 1] = (58, 70, 92)
        image[((x - centre) / 12) ** 2 + ((y - 37 - nod) / 15) ** 2 < 1] = shade
    return image
