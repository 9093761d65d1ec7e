"""Judge what must be seen. Not seen is a matter for a person unless the detector's measured recall is high enough."""

from collections.abc import Mapping

from engine.evidence import Scene
from engine.inspection import Finding, Item, Note, Window
from engine.interval import Interval, coverage, intersect, subtract, total
from engine.rules.case import Case
from engine.rules.judgement import Ruling, note, outcome, unproven
from engine.rules.ruleset import Visual

VISION_STAGE = "vision"
LONGEST_LISTED = 8


def judge(case: Case, rule: Visual, first_said: Mapping[str, float], last_answer: float | None) -> Item:
    """The outcome of one check of the picture. `first_said` is when each disclosure began, by item."""
    scene = case.evidence.scene
    if not case.evidence.media.has_video:
        return _item(rule, Ruling("not_applicable", "no_picture"), case.whole, 0.0)
    stage = case.evidence.stage(VISION_STAGE)
    if scene is None or (stage is not None and stage.status == "failed"):
        return _item(rule, Ruling("inconclusive", "stage_lost", {"stage": VISION_STAGE}), case.whole, 0.0)
    window = _window(case, rule, first_said, last_answer)
    if isinstance(window, Ruling):
        return _item(rule, window, case.whole, coverage(case.whole, scene.judged))
    return _same_frame(case, rule, scene, window)


def _window(case: Case, rule: Visual, first_said: Mapping[str, float], last_answer: float | None) -> Interval | Ruling:
    part = rule.part.window
    if part is None:
        return case.whole
    begin = first_said.get(part.from_)
    if begin is None:
        if part.missing_anchor == "whole":
            return case.whole
        return Ruling(part.missing_anchor, "anchor_missing")
    end = last_answer if part.to == "last_answer" and last_answer is not None else case.whole.end
    return Interval(begin, end) if end > begin else Interval(begin, max(begin, case.whole.end))


def _same_frame(case: Case, rule: Visual, scene: Scene, window: Interval) -> Item:
    together = intersect([window], scene.together())
    judged = intersect([window], scene.judged)
    small = subtract(intersect([window], scene.too_small), together)
    usable = subtract(judged, small)
    covered = total(usable) / window.duration if window.duration else 0.0
    if covered < case.settings.picture_floor:
        code = "faces_too_small" if total(small) > window.duration - total(judged) else "picture_unjudgeable"
        return _item(rule, Ruling("inconclusive", code, {"share": f"{covered:.0%}"}), window, covered)
    share = total(intersect(usable, together)) / total(usable)
    ruling, notes = _level(case, rule, share)
    shown = together if ruling.verdict == "pass" else subtract(usable, together)
    caption = "同框" if ruling.verdict == "pass" else "未同框"
    longest = sorted(shown, key=lambda one: -one.duration)[:LONGEST_LISTED]
    evidence = tuple(
        Finding(round(one.start, 3), round(one.end, 3), "unknown", "", caption, "face", round(share, 4))
        for one in sorted(longest)
    )
    return _item(rule, ruling, window, covered, evidence, notes)


def _level(case: Case, rule: Visual, share: float) -> tuple[Ruling, tuple[Note, ...]]:
    details: dict[str, object] = {"share": f"{share:.0%}"}
    part = rule.part
    if part.fail is not None and share < part.fail.below:
        doubt = unproven(["face"], part.recall, case.settings.detector_recall, part.fail.min_recall)
        if doubt is None:
            return Ruling("fail", "same_frame_low", details), ()
        return Ruling("review", "same_frame_low", details), (doubt,)
    if part.review is not None and share < part.review.below:
        return Ruling("review", "same_frame_low", details), ()
    remark = (note("same_frame_partly", **details),) if part.warn is not None and share < part.warn.below else ()
    return Ruling("pass", "same_frame_kept", details), remark


def _item(
    rule: Visual,
    ruling: Ruling,
    span: Interval,
    covered: float,
    evidence: tuple[Finding, ...] = (),
    notes: tuple[Note, ...] = (),
) -> Item:
    window = Window(round(span.start, 3), round(span.end, 3), round(covered, 4))
    return outcome(rule.head, ruling, window, evidence=evidence, notes=notes)
