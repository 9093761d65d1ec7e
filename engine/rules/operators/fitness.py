"""Operators over the recording's own fitness: faults of picture and sound, and whether the two go together.

Every one of them hits where the fault was found, for `report`. What was not measured is unknown, never a miss.
"""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from engine.evidence import Continuity, PictureQuality, SoundQuality
from engine.interval import total, union
from engine.reasons import Words
from engine.rules.case import Case
from engine.rules.judgement import ROLE_NAMES, Ruling
from engine.rules.operators.base import Operator, Outcome, Situation
from engine.rules.operators.faces import unseen
from engine.rules.operators.limits import NotNegative, Positive
from engine.rules.operators.outcomes import (
    clock,
    figure,
    hit,
    miss,
    not_applicable,
    not_measured,
    percent,
    span_finding,
    unknown,
)
from engine.rules.schema import Seconds, Share

Fault = Literal["dim", "bright", "soft", "covered"]
FAULTS: dict[Fault, Words] = {
    "dim": Words("光线过暗", "badly lit"),
    "bright": Words("曝光过度", "over-exposed"),
    "soft": Words("模糊失焦", "out of focus"),
    "covered": Words("镜头被遮挡", "covered"),
}


class PictureFault(Operator):
    """The picture is dim, over-exposed (bright), out of focus (soft) or covered for more than `max_share` of the
    session, counting spans of `min_s` seconds or more.
    """

    key: ClassVar[str] = "picture_fault"
    of: Annotated[tuple[Fault, ...], Field(min_length=1)] = ("dim", "bright", "soft", "covered")
    max_share: Share
    min_s: Seconds = 1.0

    def look(self, situation: Situation) -> Outcome:
        case = situation.case
        picture = _picture(case)
        if isinstance(picture, Outcome):
            return picture
        measured = {one: getattr(picture, one) for one in self.of}
        names = Words("、".join(FAULTS[one] for one in self.of), ", ".join(FAULTS[one].english for one in self.of))
        if any(spans is None for spans in measured.values()):
            return not_measured(names)
        found = [(span, one) for one, spans in measured.items() for span in spans if span.duration >= self.min_s]
        share = total(union([span for span, _ in found])) / case.whole.duration if case.whole.duration else 0.0
        if share <= self.max_share:
            return miss("picture_fit", what=names)
        kinds = [one for one in self.of if any(one == fault for _, fault in found)]
        findings = [span_finding(span, f"{FAULTS[one]} {figure(span.duration)} 秒") for span, one in found]
        return hit(
            "picture_faulty",
            findings,
            what=Words("、".join(FAULTS[one] for one in kinds), ", ".join(FAULTS[one].english for one in kinds)),
            share=percent(share, self.max_share),
            limit=percent(self.max_share),
            at=clock(min(span.start for span, _ in found)),
        )


class PictureTurned(Operator):
    """The picture lies on its side or stands on its head, by the faces in it."""

    key: ClassVar[str] = "picture_turned"

    def look(self, situation: Situation) -> Outcome:
        picture = _picture(situation.case)
        if isinstance(picture, Outcome):
            return picture
        if picture.black is None:
            return not_measured("画面方向")
        if picture.turned is None:
            return unknown(Ruling("inconclusive", "picture_way_unknown"))
        return hit("picture_turned", degrees=picture.turned) if picture.turned else miss("picture_upright")


class FrameStalls(Operator):
    """Pictures come far more rarely than usual, for `min_s` seconds or more altogether."""

    key: ClassVar[str] = "frame_stalls"
    min_s: Seconds

    def look(self, situation: Situation) -> Outcome:
        if not situation.case.evidence.media.has_video:
            return not_applicable("no_picture")
        stalls = _continuity(situation.case).stalls
        if stalls is None:
            return not_measured("卡顿")
        if total(stalls) < self.min_s or not stalls:
            return miss("stalls_none")
        findings = [span_finding(one, f"卡顿 {figure(one.duration)} 秒") for one in stalls]
        return hit(
            "stalls_found", findings, count=len(stalls), seconds=figure(total(stalls)), at=clock(stalls[0].start)
        )


class AvLag(Operator):
    """Sound and picture lie more than `max_s` seconds apart, by mouths against the voice."""

    key: ClassVar[str] = "av_lag"
    max_s: Positive

    def look(self, situation: Situation) -> Outcome:
        case = situation.case
        if not case.evidence.media.has_video:
            return not_applicable("no_picture")
        continuity = _continuity(case)
        if not continuity.lag_looked or continuity.lag is None:
            return unknown(Ruling("inconclusive", "lag_untold"))
        seconds = continuity.lag.seconds
        if abs(seconds) <= self.max_s:
            return miss("lag_none", seconds=figure(abs(seconds)))
        way = Words("晚", "after") if seconds > 0 else Words("早", "before")
        return hit("lag_found", way=way, seconds=figure(abs(seconds), self.max_s), limit=figure(self.max_s))


class Clipping(Operator):
    """The sound is cut off at its loudest for more than `max_share` of the session."""

    key: ClassVar[str] = "clipping"
    max_share: Share

    def look(self, situation: Situation) -> Outcome:
        case = situation.case
        sound = _sound(case)
        if isinstance(sound, Outcome):
            return sound
        if sound.clipped is None:
            return not_measured("削顶")
        share = total(sound.clipped) / case.whole.duration if case.whole.duration else 0.0
        if share <= self.max_share:
            return miss("clipping_none")
        findings = [span_finding(one, f"削顶 {figure(one.duration)} 秒") for one in sound.clipped]
        wanted, limit = percent(share, self.max_share), percent(self.max_share)
        return hit("clipping_found", findings, share=wanted, limit=limit, at=clock(sound.clipped[0].start))


class HasEcho(Operator):
    """All is heard again a moment later, at least `min_gain` (0..1) as loud."""

    key: ClassVar[str] = "echo"
    min_gain: Share

    def look(self, situation: Situation) -> Outcome:
        sound = _sound(situation.case)
        if isinstance(sound, Outcome):
            return sound
        if not sound.traces:
            return not_measured("回声")
        if sound.echo is None or sound.echo.gain < self.min_gain:
            return miss("echo_none")
        return hit("echo_found", delay=figure(sound.echo.delay), gain=percent(sound.echo.gain))


class HasHum(Operator):
    """Mains hum lies less than `margin_db` below the speech."""

    key: ClassVar[str] = "hum"
    margin_db: Positive

    def look(self, situation: Situation) -> Outcome:
        sound = _sound(situation.case)
        if isinstance(sound, Outcome):
            return sound
        if not sound.traces:
            return not_measured("交流声")
        margin = sound.level_db - sound.hum.level_db if sound.hum else None
        if sound.hum is None or margin is None or margin >= self.margin_db:
            return miss("hum_none")
        return hit("hum_found", hz=sound.hum.hz, margin=figure(margin, self.margin_db), limit=figure(self.margin_db))


class SteadyNoise(Operator):
    """The sound lies less than `min_db` above the noise that is there all the time."""

    key: ClassVar[str] = "steady_noise"
    min_db: Positive

    def look(self, situation: Situation) -> Outcome:
        sound = _sound(situation.case)
        if isinstance(sound, Outcome):
            return sound
        if sound.steady_snr_db is None:
            return not_measured("持续噪声")
        if sound.steady_snr_db >= self.min_db:
            return miss("steady_noise_none", snr=figure(sound.steady_snr_db))
        return hit("steady_noise_found", snr=figure(sound.steady_snr_db, self.min_db), limit=figure(self.min_db))


class SpeechLevel(Operator):
    """The speech is quieter than `min_db` (of full scale) on the whole."""

    key: ClassVar[str] = "speech_level"
    min_db: float

    def look(self, situation: Situation) -> Outcome:
        sound = _sound(situation.case)
        if isinstance(sound, Outcome):
            return sound
        if sound.snr_db is None:
            return unknown(Ruling("inconclusive", "no_speech"))
        if sound.level_db >= self.min_db:
            return miss("level_fit", level=figure(sound.level_db))
        return hit("level_low", level=figure(sound.level_db, self.min_db), limit=figure(self.min_db))


class PartyLevels(Operator):
    """One voice is more than `max_difference_db` fainter than the loudest, or below `min_db` of full scale."""

    key: ClassVar[str] = "party_level"
    max_difference_db: Positive
    min_db: float | None = None

    def look(self, situation: Situation) -> Outcome:
        case = situation.case
        sound = _sound(case)
        if isinstance(sound, Outcome):
            return sound
        if sound.parties is None:
            return not_measured("各方音量")
        if len(sound.parties) < 2:
            return unknown(Ruling("inconclusive", "party_alone"))
        loudest = max(one.level_db for one in sound.parties)
        faintest = min(sound.parties, key=lambda one: (one.level_db, one.speaker))
        difference = loudest - faintest.level_db
        low = self.min_db is not None and faintest.level_db < self.min_db
        if difference <= self.max_difference_db and not low:
            return miss("parties_even", difference=figure(difference))
        transcript = case.evidence.transcript
        role = transcript.role_of(faintest.speaker) if transcript else "unknown"
        return hit("party_faint", role=ROLE_NAMES[role], level=figure(faintest.level_db), difference=figure(difference))


class SoundBand(Operator):
    """The sound does not reach `min_hz`."""

    key: ClassVar[str] = "sound_band"
    min_hz: Positive

    def look(self, situation: Situation) -> Outcome:
        sound = _sound(situation.case)
        if isinstance(sound, Outcome):
            return sound
        if sound.bandwidth_hz is None:
            return not_measured("频带")
        if sound.bandwidth_hz >= self.min_hz:
            return miss("band_fit", hz=figure(sound.bandwidth_hz))
        return hit("band_narrow", hz=figure(sound.bandwidth_hz), limit=figure(self.min_hz))


class ChannelDead(Operator):
    """A channel beside others carries no sound."""

    key: ClassVar[str] = "channel_dead"

    def look(self, situation: Situation) -> Outcome:
        sound = _sound(situation.case)
        if isinstance(sound, Outcome):
            return sound
        if sound.dead_channels is None:
            return not_measured("声道")
        return hit("channel_dead", count=sound.dead_channels) if sound.dead_channels else miss("channels_alive")


class SoundHoles(Operator):
    """The sound breaks off for a moment in the middle of it, `times` times or more."""

    key: ClassVar[str] = "sound_holes"
    times: Annotated[int, Field(ge=1)] = 1

    def look(self, situation: Situation) -> Outcome:
        sound = _sound(situation.case)
        if isinstance(sound, Outcome):
            return sound
        if sound.holes is None:
            return not_measured("声音断续")
        if len(sound.holes) < self.times:
            return miss("holes_none")
        findings = [span_finding(one, f"断开 {figure(one.duration)} 秒") for one in sound.holes]
        seconds, at = figure(total(sound.holes)), clock(sound.holes[0].start)
        return hit("holes_found", findings, count=len(sound.holes), seconds=seconds, at=at)


class PacketLoss(Operator):
    """More than `max` packets of sound are missing by their time stamps."""

    key: ClassVar[str] = "packet_loss"
    max: Annotated[int, Field(ge=0)] = 0

    def look(self, situation: Situation) -> Outcome:
        if not situation.case.evidence.media.has_audio:
            return not_applicable("text_record")
        lost = _continuity(situation.case).lost_packets
        if lost is None:
            return not_measured("丢包")
        return hit("packets_lost", count=lost) if lost > self.max else miss("packets_whole")


class LengthDiffers(Operator):
    """The recording is more than `max_s` seconds longer or shorter than the file says."""

    key: ClassVar[str] = "length_differs"
    max_s: NotNegative

    def look(self, situation: Situation) -> Outcome:
        evidence = situation.case.evidence
        declared = evidence.quality.continuity.declared
        if declared is None:
            return not_measured("声明的时长")
        if declared == 0:
            return not_applicable("length_undeclared")
        length = evidence.media.duration
        if abs(length - declared) <= self.max_s:
            return miss("length_agrees")
        return hit("length_differs", declared=figure(declared), seconds=figure(length), limit=figure(self.max_s))


def _continuity(case: Case) -> Continuity:
    return case.evidence.quality.continuity


def _sound(case: Case) -> SoundQuality | Outcome:
    """What was measured of the sound; or why there is nothing to be judged."""
    evidence = case.evidence
    if evidence.quality.sound is not None:
        return evidence.quality.sound
    if not evidence.media.has_audio:
        return not_applicable("text_record") if evidence.transcript else unknown(Ruling("inconclusive", "no_sound"))
    stage = evidence.stage("sound")
    if stage is not None and stage.status == "failed":
        return unknown(Ruling("inconclusive", "stage_lost", {"stage": "sound"}))
    return not_measured("声音质量")


def _picture(case: Case) -> PictureQuality | Outcome:
    """What was measured of the picture; or why there is nothing to be judged."""
    if case.evidence.quality.picture is not None:
        return case.evidence.quality.picture
    return unseen(case) or not_measured("画面质量")


OPERATORS = (
    PictureFault,
    PictureTurned,
    FrameStalls,
    AvLag,
    Clipping,
    HasEcho,
    HasHum,
    SteadyNoise,
    SpeechLevel,
    PartyLevels,
    SoundBand,
    ChannelDead,
    SoundHoles,
    PacketLoss,
    LengthDiffers,
)
