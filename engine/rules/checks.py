"""Judge checks: does the condition hold, could it be judged at all, and what does that mean for the item."""

from dataclasses import replace

from engine.inspection import Item, Note, Window
from engine.interval import Interval, coverage
from engine.rules.case import Case
from engine.rules.cover import Cover
from engine.rules.judgement import Ruling, note, outcome, unproven
from engine.rules.operators.anchors import as_agreed, title_of
from engine.rules.operators.base import Outcome, Situation
from engine.rules.ruleset import Check
from engine.rules.spoken import mean

HEARD = ("text", "pinyin", "acoustic")
OPEN = ("inconclusive", "review", "fail")
SOUND_STAGE = "sound"


def judge(rule: Check, situation: Situation, product_index: int | None = None) -> Item:
    """The outcome of one check. Raises TimeoutError when a pattern does not come to an end."""
    case = situation.case
    excuse = _not_due(rule, situation)
    found = Outcome("not_applicable", ruling=excuse) if excuse else rule.condition.look(situation)
    found = as_agreed(found, rule.missing_anchor, situation)
    ruling, remarks = _ruling(rule, found, case)
    return outcome(
        rule.head,
        ruling,
        _window(case, found),
        product_index=product_index,
        confidence=_confidence(case, found),
        notes=(*found.notes, *remarks),
        evidence=found.findings,
        concepts=found.concepts,
    )


def _not_due(rule: Check, situation: Situation) -> Ruling | None:
    """Why the check asks for nothing here: a rule it requires does not apply."""
    for name in rule.requires:
        judged = situation.items.get(name, ())
        if all(item.verdict == "not_applicable" for item in judged):
            return Ruling("not_applicable", "requirement_absent", {"item": title_of(situation, name)})
    return None


def _ruling(rule: Check, found: Outcome, case: Case) -> tuple[Ruling, tuple[Note, ...]]:
    """What the outcome means, with remarks."""
    if found.state == "not_applicable":
        return replace(found.ruling or Ruling("not_applicable", "not_required"), verdict="not_applicable"), ()
    if found.state == "unknown":
        ruling = found.ruling or Ruling("inconclusive", "not_measured")
        return (ruling if ruling.verdict in OPEN else replace(ruling, verdict="inconclusive")), ()
    guarded = _guarded(rule, found, case)
    if guarded is not None:
        return guarded, ()
    if (found.state == "hit") == rule.reports:
        usual = "check_found" if rule.reports else "check_unmet"
        return _finding(rule, found.ruling or Ruling("review", usual), case)
    usual = "check_clear" if rule.reports else "check_met"
    return replace(found.ruling or Ruling("pass", usual), verdict="pass"), ()


def _finding(rule: Check, ruling: Ruling, case: Case) -> tuple[Ruling, tuple[Note, ...]]:
    """What a finding means: a note, a person's look, or a failure where the detectors behind it find enough."""
    if rule.finding == "warn":
        return Ruling("pass", "check_warned"), (note(ruling.code, **ruling.details),)
    if rule.finding == "review":
        return replace(ruling, verdict="review"), ()
    detectors = [one.detector for one in rule.condition.leaves() if one.detector is not None]
    doubt = unproven(detectors, rule.recall, case.settings.detector_recall, rule.min_recall)
    return (replace(ruling, verdict="fail"), ()) if doubt is None else (replace(ruling, verdict="review"), (doubt,))


def _guarded(rule: Check, found: Outcome, case: Case) -> Ruling | None:
    """Why the place looked at cannot be judged by the check's own guards; None when it can.

    What was never measured trips no guard; a measurement that failed does.
    """
    guards, span = rule.guards, found.window or _hull(found) or case.whole
    asks = guards.min_asr_conf is not None or guards.min_role_conf is not None
    spoken = case.hearing.said.during([span]) if asks else []
    if guards.min_asr_conf is not None and spoken:
        sure = mean(one.probability for one in spoken)
        if sure < guards.min_asr_conf:
            return Ruling("inconclusive", "recognition_poor")
    if guards.min_role_conf is not None and spoken:
        sure = mean(one.role_confidence for one in spoken)
        if sure < guards.min_role_conf:
            return Ruling("inconclusive", "roles_unsure", {"share": f"{sure:.0%}"})
    if guards.max_overlap is not None and case.overlapped(span) > guards.max_overlap:
        return Ruling("inconclusive", "overlap_much_here", {"share": f"{case.overlapped(span):.0%}"})
    if guards.min_snr is None:
        return None
    stage = case.evidence.stage(SOUND_STAGE)
    if stage is not None and stage.status == "failed":
        return Ruling("inconclusive", "stage_lost", {"stage": SOUND_STAGE})
    worst = _worst_snr(case, span)
    if worst is not None and worst < guards.min_snr:
        return Ruling("inconclusive", "noise_high", {"snr": f"{worst:.0f}"})
    return None


def _worst_snr(case: Case, span: Interval) -> float | None:
    """The lowest signal-to-noise ratio measured inside `span`, else of the session; None where nothing was."""
    sound = case.evidence.quality.sound
    if sound is None:
        return None
    inside = [one.snr_db for one in sound.spans if one.snr_db is not None and one.interval.overlap(span) > 0]
    return min(inside) if inside else sound.snr_db


def _hull(found: Outcome) -> Interval | None:
    if not found.findings:
        return None
    return Interval(min(one.start for one in found.findings), max(one.end for one in found.findings))


def _window(case: Case, found: Outcome) -> Window:
    """Where the condition looked. The share that could be judged is that of what it looked at: speech or picture."""
    span = found.window or case.whole
    if found.findings and all(one.how == "face" for one in found.findings) and case.evidence.scene:
        return Window(round(span.start, 3), round(span.end, 3), round(coverage(span, case.evidence.scene.judged), 4))
    return case.window(span)


def _confidence(case: Case, found: Outcome) -> float:
    """How surely the words behind the findings were recognised and given to their voices; 1 where none are."""
    spans = Cover(Interval(one.start, one.end) for one in found.findings if one.how in HEARD)
    if not spans.total:
        return 1.0
    spoken = case.hearing.said.during(spans.intervals)
    if not spoken:
        return 1.0
    sure = mean(one.probability for one in spoken) * mean(one.role_confidence for one in spoken)
    return round(min(1.0, sure), 4)
