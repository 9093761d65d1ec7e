"""Operators over the people in the picture.

Each hits when what its name says is so (`face_present`: the face is there long enough; `enter_leave`: somebody left),
so that presence stands under `require` and absence from the frame under `report`. Shares are of the time that could be
judged; where that is too little, or faces are too small, the outcome is unknown.
"""

from collections.abc import Sequence
from typing import Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from engine.evidence import FaceReference, Person, Role, Scene
from engine.interval import Interval, intersect, subtract, total
from engine.rules.answering import seen_at
from engine.rules.case import Case
from engine.rules.judgement import ROLE_NAMES, Ruling, note
from engine.rules.operators.base import Operator, Outcome, Situation
from engine.rules.operators.faces import (
    PAIR,
    OverPicture,
    Seen,
    face_of,
    faces_of,
    hull,
    scene_of,
    sure,
    surely,
    too_little,
    usable,
)
from engine.rules.operators.limits import Cosine, needs
from engine.rules.operators.outcomes import (
    clock,
    figure,
    hit,
    miss,
    not_applicable,
    not_measured,
    percent,
    role_names,
    span_finding,
    unknown,
)
from engine.rules.operators.stretches import turns_of, voices_untold
from engine.rules.schema import Detector, Seconds, Share


class _Presence(OverPicture):
    """How much of the judged time, or for how long, faces are seen."""

    min_share: Share | None = None
    advised_share: Share | None = None
    min_s: Seconds | None = None

    @model_validator(mode="after")
    def _limited(self) -> "_Presence":
        needs(self.min_share, self.min_s, names="min_share, min_s")
        return self

    def judge(self, case: Case, scene: Scene, window: Sequence[Interval], seen: Seen, roles: Sequence[Role]) -> Outcome:
        """Hit where the faces of `roles` are `seen` long enough in `window`."""
        judged = usable(scene, window, seen.counted)
        least, most = total(intersect(judged, seen.counted)), total(intersect(judged, seen.perhaps))
        length, names, span = total(judged), role_names(roles), hull(window)
        if self.min_s is not None and least >= self.min_s:
            shown = [span_finding(one, f"看到{names}", how="face") for one in intersect(judged, seen.counted)]
            return hit(
                "face_seen_for", shown, window=span, notes=seen.notes(judged), roles=names, seconds=figure(least)
            )
        few = too_little(case, scene, window, judged)
        if few is not None:
            return few
        share = least / length
        shown = [span_finding(one, f"看到{names}", how="face", score=share) for one in intersect(judged, seen.counted)]
        hidden = [
            span_finding(one, f"没看到{names}", how="face", score=share) for one in subtract(judged, seen.counted)
        ]
        if self.min_share is not None and share >= self.min_share:
            partly = self.advised_share is not None and share < self.advised_share
            remarks = (
                (note("face_seen_partly", roles=names, share=percent(share, self.advised_share)),) if partly else ()
            )
            notes = (*remarks, *seen.notes(judged))
            return hit("face_seen", shown, window=span, notes=notes, roles=names, share=percent(share))
        reached = self.min_share is not None and most / length >= self.min_share
        if reached or (self.min_s is not None and most >= self.min_s):
            return unknown(Ruling("inconclusive", "face_role_doubtful", {"role": names}), hidden, window=span)
        if self.min_share is None:
            return miss("face_not_seen", hidden, window=span, roles=names)
        limit = percent(self.min_share)
        return miss(
            "face_seen_little", hidden, window=span, roles=names, share=percent(share, self.min_share), limit=limit
        )


class FacePresent(_Presence):
    """The face of `role` is seen for `min_share` of the judged time, or for `min_s` seconds. `during: own_speech` looks
    only while that role speaks. Below `advised_share` a note is made.
    """

    key: ClassVar[str] = "face_present"
    detector: ClassVar[Detector | None] = "face"
    role: Role
    during: Literal["window", "own_speech"] = "window"

    def look(self, situation: Situation) -> Outcome:
        case = situation.case
        scene = scene_of(case)
        if isinstance(scene, Outcome):
            return scene
        window = self.window(situation)
        if isinstance(window, Outcome):
            return window
        if self.during == "own_speech":
            lost = voices_untold(case)
            if lost is not None:
                return lost
            window = intersect(window, turns_of(case.hearing.transcript, (self.role,), case.settings.role_floor))
            if not window:
                return unknown(Ruling("inconclusive", "role_not_heard", {"role": ROLE_NAMES[self.role]}))
        seen = face_of(scene, self.role, case.settings.role_floor)
        return self.judge(case, scene, window, seen, (self.role,))


class SameFrame(_Presence):
    """All of `roles` are in one frame for `min_share` of the judged time, or for `min_s` seconds."""

    key: ClassVar[str] = "same_frame"
    detector: ClassVar[Detector | None] = "face"
    roles: Annotated[tuple[Role, ...], Field(min_length=2)] = PAIR

    def look(self, situation: Situation) -> Outcome:
        scene = scene_of(situation.case)
        if isinstance(scene, Outcome):
            return scene
        window = self.window(situation)
        if isinstance(window, Outcome):
            return window
        seen = faces_of(scene, self.roles, situation.case.settings.role_floor)
        return self.judge(situation.case, scene, window, seen, self.roles)


class EnterLeave(OverPicture):
    """The face of `role` is out of the picture for longer than `gap_s` seconds on end."""

    key: ClassVar[str] = "enter_leave"
    detector: ClassVar[Detector | None] = "face"
    role: Role
    gap_s: Seconds

    def look(self, situation: Situation) -> Outcome:
        case = situation.case
        scene = scene_of(case)
        if isinstance(scene, Outcome):
            return scene
        window = self.window(situation)
        if isinstance(window, Outcome):
            return window
        seen = face_of(scene, self.role, case.settings.role_floor)
        name, span = ROLE_NAMES[self.role], hull(window)
        gone = subtract(usable(scene, window, seen.perhaps), seen.perhaps)
        surely = [one for one in gone if one.duration > self.gap_s]
        if surely:
            longest = max(surely, key=lambda one: one.duration)
            findings = [span_finding(one, f"{name}离开画面 {figure(one.duration)} 秒", how="face") for one in surely]
            seconds, limit = figure(longest.duration, self.gap_s), figure(self.gap_s)
            return hit(
                "face_left", findings, window=span, role=name, seconds=seconds, limit=limit, at=clock(longest.start)
            )
        untold = [one for one in subtract(window, seen.counted) if one.duration > self.gap_s]
        if untold:
            few = too_little(case, scene, untold, usable(scene, untold, seen.counted))
            findings = [span_finding(one, f"不能确定{name}是否在画面中", how="face") for one in untold]
            return few or unknown(Ruling("inconclusive", "face_role_doubtful", {"role": name}), findings, window=span)
        return miss("face_stayed", window=span, notes=seen.notes(window), role=name, limit=figure(self.gap_s))


class ExtraFace(Operator):
    """Somebody is seen for `min_s` seconds or more beside the people of `expected`; an insured who is not the
    policyholder is expected too.
    """

    key: ClassVar[str] = "extra_face"
    detector: ClassVar[Detector | None] = "face"
    min_s: Seconds
    expected: tuple[Role, ...] = PAIR

    def look(self, situation: Situation) -> Outcome:
        case = situation.case
        scene = scene_of(case)
        if isinstance(scene, Outcome):
            return scene
        seen = [one for one in scene.people if one.seconds >= self.min_s]
        extra = self._extra(case, seen)
        if extra:
            findings = [
                span_finding(span, f"另有一人（{person.id}）", role=person.role, how="face")
                for person in extra
                for span in person.intervals
            ]
            same = case.view.order.insured.same_as_policyholder
            if same is None and "insured" not in self.expected and len(extra) == 1 and extra[0].role != "other":
                missing: dict[str, object] = {"fields": "被保险人与投保人是否同一人"}
                return unknown(Ruling("review", "order_field_missing", missing), findings)
            return hit("extra_face_seen", findings, count=len(extra), seconds=figure(max(p.seconds for p in extra)))
        window = (case.whole,)
        few = too_little(case, scene, window, usable(scene, window, scene.together(1)))
        return few or miss("extra_face_none", count=len(seen))

    def _extra(self, case: Case, seen: Sequence[Person]) -> list[Person]:
        """People beyond those expected: whose role is another, then the most fleeting of those not told."""
        expected = list(self.expected)
        if case.view.order.insured.same_as_policyholder is False and "insured" not in expected:
            expected.append("insured")
        extra, untold = [], []
        for person in sorted(seen, key=lambda one: (-one.seconds, one.id)):
            if not sure(person, case.settings.role_floor):
                untold.append(person)
            elif person.role in expected:
                expected.remove(person.role)
            else:
                extra.append(person)
        return [*extra, *untold[len(expected) :]]


class FaceMatch(Operator):
    """The face of `role` is that of the photo `ref`: the cosine of their embeddings is at least `review_below`.

    Not applicable where no network compares faces. Never the sole proof of identity (RFACE).
    """

    key: ClassVar[str] = "face_match"
    detector: ClassVar[Detector | None] = "face"
    role: Role = "customer"
    ref: FaceReference
    review_below: Cosine

    def look(self, situation: Situation) -> Outcome:
        case = situation.case
        scene = scene_of(case)
        if isinstance(scene, Outcome):
            return scene
        if scene.face_likeness is None:
            return not_applicable("no_model")
        people = {one.id: one for one in surely(scene, self.role, case)}
        compared = [one for one in scene.face_likeness if one.person in people and one.reference == self.ref]
        if not compared:
            return unknown(Ruling("inconclusive", "face_not_compared", {"role": ROLE_NAMES[self.role]}))
        best = max(compared, key=lambda one: one.similarity)
        name, found = ROLE_NAMES[self.role], f"{best.similarity:.2f}"
        findings = [
            span_finding(one, f"人脸相似度 {found}", role=self.role, how="face", score=best.similarity)
            for one in people[best.person].intervals
        ]
        if best.similarity >= self.review_below:
            return hit("face_matches", findings, role=name, similarity=found)
        return miss("face_differs", findings, role=name, similarity=found, limit=f"{self.review_below:.2f}")


class LiveFace(Operator):
    """The face of `role` is a living one before the camera: its score is at least `min_score` whenever looked at."""

    key: ClassVar[str] = "liveness"
    detector: ClassVar[Detector | None] = "face"
    role: Role = "customer"
    min_score: Share

    def look(self, situation: Situation) -> Outcome:
        case = situation.case
        scene = scene_of(case)
        if isinstance(scene, Outcome):
            return scene
        if scene.liveness is None:
            return not_measured("活体")
        people = {one.id for one in surely(scene, self.role, case)}
        looked = [one for one in scene.liveness if one.person in people]
        name = ROLE_NAMES[self.role]
        if not looked:
            return unknown(Ruling("inconclusive", "face_role_doubtful", {"role": name}))
        doubted = [one for one in looked if one.score < self.min_score]
        if not doubted:
            return hit("face_alive", role=name, score=f"{min(one.score for one in looked):.2f}")
        findings = [
            span_finding(one.interval, f"活体分 {one.score:.2f}", role=self.role, how="face", score=one.score)
            for one in doubted
        ]
        lowest = f"{min(one.score for one in doubted):.2f}"
        return miss("face_not_alive", findings, role=name, score=lowest, limit=f"{self.min_score:.2f}")


class MouthVsVoice(Operator):
    """Whoever answers with the voice of `role` is seen to speak: the utterance is bound to that role's face.

    `during: answers` looks at the answers to items, `speech` at every turn. A binding counts from the probability
    `min_score` on. An answer bound to another's face or to nobody in the picture is against it; one that could not be
    bound tells nothing.
    """

    key: ClassVar[str] = "mouth_vs_voice"
    detector: ClassVar[Detector | None] = "mouth"
    role: Role = "customer"
    during: Literal["answers", "speech"] = "answers"
    min_score: Share = 0.9
    min_told: Share | None = None

    def look(self, situation: Situation) -> Outcome:
        case = situation.case
        scene = scene_of(case)
        lost = scene if isinstance(scene, Outcome) else voices_untold(case)
        if lost is not None or isinstance(scene, Outcome):
            return lost or not_measured("画面")
        if scene.speaking is None:
            return not_measured("口型")
        spans = self._spans(situation)
        name = ROLE_NAMES[self.role]
        if not spans:
            return unknown(Ruling("inconclusive", "role_not_heard", {"role": name}))
        told = [(span, self._agrees(case, span)) for span in spans]
        against = [span for span, agrees in told if agrees is False]
        if against:
            findings = [span_finding(one, f"口型与{name}的声音不符", role=self.role, how="face") for one in against]
            return miss("mouth_disagrees", findings, role=name, count=len(against))
        share = sum(agrees is True for _, agrees in told) / len(told)
        if share < (case.settings.picture_floor if self.min_told is None else self.min_told) or not share:
            return unknown(Ruling("inconclusive", "mouth_unjudgeable", {"role": name, "share": percent(share)}))
        return hit("mouth_agrees", role=name, count=sum(agrees is True for _, agrees in told))

    def _spans(self, situation: Situation) -> list[Interval]:
        transcript = situation.case.hearing.transcript
        if self.during == "speech":
            return list(turns_of(transcript, (self.role,), situation.case.settings.role_floor))
        answers = [item.answer for items in situation.items.values() for item in items if item.answer]
        given = {
            Interval(one.start, one.end)
            for one in answers
            if one.role == self.role and one.start is not None and one.end is not None and one.end > one.start
        }
        return sorted(given)

    def _agrees(self, case: Case, span: Interval) -> bool | None:
        """Whether the face of the role speaks during `span`; None where it cannot be told."""
        seen = seen_at(case, span, self.min_score)
        if seen is None:
            return None
        if seen.speaking.bound == "nobody":
            return False
        role = seen.role(case.settings.role_floor)
        return None if role == "unknown" else role == self.role


OPERATORS = (FacePresent, SameFrame, EnterLeave, ExtraFace, FaceMatch, LiveFace, MouthVsVoice)
