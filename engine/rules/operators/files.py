"""Operators over the files and their pictures as such: length, whole takes, traces of editing, rate, size, light.

Limits (duration, fps, resolution, dim, blur, black_freeze) and faults (edit_trace, cut) hit when broken or found, for
`report`; good states (one_file_per_policy, hash_unchanged, timestamps_monotonic) hit when they hold, for `require`.
"""

from collections.abc import Sequence
from typing import Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from engine.evidence import PictureQuality
from engine.inspection import Finding
from engine.interval import Interval, total, union
from engine.order import RelatedSession, Scenario
from engine.reasons import Words
from engine.rules.case import Case
from engine.rules.judgement import Ruling, note
from engine.rules.operators.base import Operator, Outcome, Situation
from engine.rules.operators.faces import unseen
from engine.rules.operators.limits import NotNegative, Positive, needs
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
from engine.rules.operators.params import Count
from engine.rules.schema import Seconds, Share

TRACES = {
    "edit_list": Words("编辑列表略去了部分内容", "an edit list leaves some of it out"),
    "clock_restarts": Words("时钟重新开始，像是拼接而成", "its clock starts anew, as in joined files"),
    "editing_software": Words("由编辑软件写成", "written by an editing program"),
    "reencoded": Words("重新编码过", "encoded again"),
}
WHAT = {"gap": "时间戳跳变", "picture": "画面突变"}


class Duration(Operator):
    """The session is shorter than `min` or longer than `max` seconds."""

    key: ClassVar[str] = "duration"
    min: Positive | None = None
    max: Positive | None = None

    @model_validator(mode="after")
    def _limited(self) -> "Duration":
        needs(self.min, self.max, names="min, max")
        return self

    def look(self, situation: Situation) -> Outcome:
        length = situation.case.evidence.media.duration
        if self.min is not None and length < self.min:
            return hit("duration_short", seconds=figure(length, self.min), limit=figure(self.min))
        if self.max is not None and length > self.max:
            return hit("duration_long", seconds=figure(length, self.max), limit=figure(self.max))
        if self.max is not None and situation.case.evidence.quality.continuity.truncated:
            return unknown(Ruling("inconclusive", "media_cut_short"))
        return miss("duration_fit", seconds=figure(length))


class OneFilePerPolicy(Operator):
    """The session is one take in one file, and its policy has no other recording: several parts or other recorded
    sales of the policy are a miss. A file given twice is one file; calls about the policy do not record its sale.

    Not applicable where nobody knows the other sessions of the policy, as when one file is inspected by itself; unknown
    where the order names others that were not given.
    """

    key: ClassVar[str] = "one_file_per_policy"
    scenarios: tuple[Scenario, ...] = ("face_to_face", "bank", "remote")

    def look(self, situation: Situation) -> Outcome:
        parts, order = situation.case.evidence.media.parts, situation.view.order
        if len(parts) > 1:
            findings = [span_finding(one.interval, f"第 {number} 段") for number, one in enumerate(parts, start=1)]
            return miss("several_files", findings, count=len(parts))
        if order.policy_no is None and not order.related_sessions:
            return not_applicable("policy_unknown")
        if situation.context.related is None:
            named = bool(order.related_sessions)
            return unknown(Ruling("inconclusive", "related_unknown")) if named else not_applicable("related_unknown")
        others = [one for one in situation.context.related if self._another_take(one, situation)]
        if others:
            return miss(
                "policy_recorded_again", count=len(others), sessions="、".join(one.session_id for one in others)
            )
        return hit("one_file")

    def _another_take(self, other: RelatedSession, situation: Situation) -> bool:
        """Whether `other` recorded the sale of the same policy in another file."""
        order = situation.view.order
        named = other.session_id in order.related_sessions
        same = named or (order.policy_no is not None and other.policy_no == order.policy_no)
        own = {one.sha256.lower() for one in situation.case.evidence.media.parts}
        repeated = bool(other.parts) and own.issuperset(one.lower() for one in other.parts)
        return same and not repeated and (other.scenario is None or other.scenario in self.scenarios)


class PartsJoined(Operator):
    """The parts do not follow one another: by their times of recording more than `max_gap_s` seconds lie between two of
    them, or they overlap by more than `max_overlap_s`.
    """

    key: ClassVar[str] = "parts_apart"
    max_gap_s: NotNegative = 2.0
    max_overlap_s: NotNegative = 2.0

    def look(self, situation: Situation) -> Outcome:
        evidence = situation.case.evidence
        parts, joints = evidence.media.parts, evidence.quality.continuity.joints
        if len(parts) < 2:
            return not_applicable("one_part")
        if joints is None or any(one.seconds is None for one in joints):
            return unknown(Ruling("inconclusive", "parts_untimed"))
        known = [(one.after, one.seconds) for one in joints if one.seconds is not None]
        apart = [one for one in known if one[1] > self.max_gap_s or one[1] < -self.max_overlap_s]
        if not apart:
            return miss("parts_follow", count=len(parts))
        findings = [
            span_finding(
                Interval(parts[after].interval.end, parts[after].interval.end),
                f"第 {after + 1}、{after + 2} 段之间{'中断' if seconds > 0 else '重叠'} {figure(abs(seconds))} 秒",
            )
            for after, seconds in apart
        ]
        after, seconds = max(apart, key=lambda one: abs(one[1]))
        way = Words("中断", "are interrupted for") if seconds > 0 else Words("重叠", "overlap by")
        return hit(
            "parts_apart",
            findings,
            count=len(apart),
            way=way,
            seconds=figure(abs(seconds)),
            at=clock(parts[after].interval.end),
        )


class HashUnchanged(Operator):
    """Every file still has the hash it had when it was uploaded. Not applicable where no upload was recorded."""

    key: ClassVar[str] = "hash_unchanged"

    def look(self, situation: Situation) -> Outcome:
        known = situation.context.sha256_at_upload
        parts = situation.case.evidence.media.parts
        if known is None:
            return not_applicable("no_upload_hash")
        changed = [one for one in parts if one.name in known and known[one.name].lower() != one.sha256.lower()]
        if changed:
            findings = [span_finding(one.interval, "与上传时的哈希不同") for one in changed]
            return miss("hash_changed", findings, names="、".join(one.name for one in changed))
        lacking = [one.name for one in parts if one.name not in known]
        if lacking:
            return unknown(Ruling("inconclusive", "upload_hash_missing", {"names": "、".join(lacking)}))
        return hit("hash_same")


class EditTrace(Operator):
    """The file shows that it was edited or encoded again after recording; `ignore` names traces that do not count."""

    key: ClassVar[str] = "edit_trace"
    ignore: tuple[str, ...] = ()

    def look(self, situation: Situation) -> Outcome:
        found = situation.case.evidence.quality.continuity.edits
        if found is None:
            return not_measured("编辑痕迹")
        traces = [one for one in found if one not in self.ignore]
        if not traces:
            return miss("edit_traces_none")
        named = [TRACES.get(one, Words(one, one)) for one in traces]
        return hit("edit_traces", traces=Words("、".join(named), ", ".join(one.english for one in named)))


class Fps(Operator):
    """The picture of a part has fewer frames a second than `min`, on average."""

    key: ClassVar[str] = "fps"
    min: Positive

    def look(self, situation: Situation) -> Outcome:
        rates = [(one.video.fps, one) for one in situation.case.evidence.media.parts if one.video]
        if not rates:
            return not_applicable("no_picture")
        low = [(fps, part) for fps, part in rates if fps < self.min]
        least = min(fps for fps, _ in rates)
        if not low:
            return miss("fps_fit", fps=figure(least))
        findings = [span_finding(part.interval, f"{figure(fps)} 帧/秒") for fps, part in low]
        return hit("fps_low", findings, fps=figure(least, self.min), limit=figure(self.min))


class Resolution(Operator):
    """The shorter side of the picture of a part has fewer pixels than `min_height`, held upright or not."""

    key: ClassVar[str] = "resolution"
    min_height: Count

    def look(self, situation: Situation) -> Outcome:
        sized = [
            (min(one.video.width, one.video.height), one) for one in situation.case.evidence.media.parts if one.video
        ]
        if not sized:
            return not_applicable("no_picture")
        least = min(side for side, _ in sized)
        low = [(side, part) for side, part in sized if side < self.min_height]
        if not low:
            return miss("resolution_fit", pixels=least)
        findings = [span_finding(part.interval, f"短边 {side} 像素") for side, part in low]
        return hit("resolution_low", findings, pixels=least, limit=self.min_height)


class TimestampsMonotonic(Operator):
    """Time stamps of the streams never run backwards."""

    key: ClassVar[str] = "timestamps_monotonic"

    def look(self, situation: Situation) -> Outcome:
        back = situation.case.evidence.quality.continuity.steps_back
        if back is None:
            return not_measured("时间戳顺序")
        if not back:
            return hit("timestamps_run")
        findings = [span_finding(Interval(one, one), "时间戳倒退") for one in back]
        return miss("timestamps_back", findings, count=len(back), at=clock(back[0]))


class Cut(Operator):
    """The recording was interrupted or cut. `of: gap` are time stamps that jump, `picture` pictures that change
    at once.

    `with_sound`: only where the sound breaks off within `same_place_s` seconds too, because a paper held up to the
    lens looks like a cut, and phones drop frames.
    """

    key: ClassVar[str] = "cut"
    of: Annotated[tuple[Literal["gap", "picture"], ...], Field(min_length=1)] = ("gap", "picture")
    with_sound: bool = True
    same_place_s: NotNegative = 0.5

    def look(self, situation: Situation) -> Outcome:
        continuity = situation.case.evidence.quality.continuity
        jumps = [(one, WHAT["gap"]) for one in continuity.gaps if "gap" in self.of]
        cuts = [(Interval(one, one), WHAT["picture"]) for one in continuity.picture_cuts or () if "picture" in self.of]
        found = sorted([*jumps, *cuts])
        if self.with_sound and found:
            if continuity.sound_breaks is None:
                return not_measured("声音中断")
            found = [
                (span, what) for span, what in found if any(self._near(span, time) for time in continuity.sound_breaks)
            ]
        if found:
            findings = [span_finding(span, what) for span, what in found]
            return hit("cut_found", findings, count=len(found), at=clock(found[0][0].start), what=found[0][1])
        if "picture" in self.of and continuity.picture_cuts is None:
            return not_measured(WHAT["picture"])
        if continuity.truncated:
            return unknown(Ruling("inconclusive", "media_cut_short"))
        if self.with_sound and (jumps or cuts):
            return miss("cut_unbroken", count=len(jumps) + len(cuts))
        return miss("cut_none", what="、".join(WHAT[one] for one in self.of))

    def _near(self, span: Interval, time: float) -> bool:
        return span.start - self.same_place_s <= time <= span.end + self.same_place_s


class Dim(Operator):
    """More than `max_share` of the picture is too dark, or it is brighter than `max_luma` (0..255) on the whole."""

    key: ClassVar[str] = "dim"
    max_share: Share
    max_luma: Annotated[float, Field(ge=0, le=255)] | None = None

    def look(self, situation: Situation) -> Outcome:
        picture = _picture(situation.case)
        if isinstance(picture, Outcome):
            return picture
        if picture.dark_share > self.max_share:
            share = percent(picture.dark_share, self.max_share)
            return hit("picture_dark", share=share, limit=percent(self.max_share))
        if self.max_luma is not None and picture.luma > self.max_luma:
            return hit("picture_bright", luma=figure(picture.luma, self.max_luma), limit=figure(self.max_luma))
        return miss("picture_light_fit", share=percent(picture.dark_share))


class Blur(Operator):
    """More than `max_share` of the picture is too blurred."""

    key: ClassVar[str] = "blur"
    max_share: Share

    def look(self, situation: Situation) -> Outcome:
        picture = _picture(situation.case)
        if isinstance(picture, Outcome):
            return picture
        share = percent(picture.blurred_share, self.max_share)
        if picture.blurred_share > self.max_share:
            return hit("picture_blurred", share=share, limit=percent(self.max_share))
        return miss("picture_sharp", share=share)


class BlackFreeze(Operator):
    """More than `max_share` of the session is black or frozen, counting spans of `min_s` seconds or more.

    Above `advised_share` a note is made.
    """

    key: ClassVar[str] = "black_freeze"
    max_share: Share
    advised_share: Share | None = None
    min_s: Seconds

    def look(self, situation: Situation) -> Outcome:
        picture = _picture(situation.case)
        if isinstance(picture, Outcome):
            return picture
        if picture.black is None or picture.frozen is None:
            return not_measured("黑屏、定格")
        black, frozen = self._long(picture.black), self._long(picture.frozen)
        lost = union([*black, *frozen])
        share = total(lost) / situation.case.whole.duration if situation.case.whole.duration else 0.0
        findings: list[Finding] = [
            *(span_finding(one, f"黑屏 {figure(one.duration)} 秒") for one in black),
            *(span_finding(one, f"定格 {figure(one.duration)} 秒") for one in frozen),
        ]
        if share > self.max_share:
            return hit("black_freeze", findings, share=percent(share, self.max_share), limit=percent(self.max_share))
        partly = self.advised_share is not None and share > self.advised_share
        notes = (note("black_freeze_partly", share=percent(share, self.advised_share)),) if partly else ()
        return miss("black_freeze_little", findings, notes=notes, share=percent(share))

    def _long(self, spans: Sequence[Interval]) -> list[Interval]:
        return [one for one in union(spans) if one.duration >= self.min_s]


def _picture(case: Case) -> PictureQuality | Outcome:
    """The quality of the picture; or why there is none to be judged."""
    lost = unseen(case) if case.evidence.quality.picture is None else None
    return case.evidence.quality.picture or lost or not_measured("画面质量")


OPERATORS = (
    Duration,
    OneFilePerPolicy,
    PartsJoined,
    HashUnchanged,
    EditTrace,
    Fps,
    Resolution,
    TimestampsMonotonic,
    Cut,
    Dim,
    Blur,
    BlackFreeze,
)
