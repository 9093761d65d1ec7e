"""A stored session judged again at once: with a person's corrections, or by another rule set, without its media.

What only the sound could tell is `pending_media` (engine/rules/replay.py), never silently something else. The evidence
stays as the machine found it; corrections are laid over it (engine/corrections.py).
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from engine import summary
from engine.artifacts import fingerprint
from engine.corrections import apply, parse
from engine.evidence import Evidence
from engine.inspection import Finding, Inspection, Item, Note, Reference, Timings
from engine.interval import Interval
from engine.order import parse_order
from engine.rules.judgement import note
from engine.rules.operators.base import Context
from engine.rules.policy import Policy, decide
from engine.rules.replay import replay
from engine.rules.ruleset import RuleSet
from engine.version import VERSION


def rejudge(
    stored: Inspection,
    evidence: Evidence,
    rules: RuleSet,
    policy: Policy,
    now: datetime,
    corrections: Sequence[Any] = (),
    context: Context | None = None,
) -> Inspection:
    """What `stored` comes to by `rules` and `policy` with `corrections` (JSON values) laid over `evidence`.

    `context` is what is known beside the recording. Clips and frames of `stored` are kept where they show what a
    finding rests on. Notes say when the rules are not those it was judged by before. Raises MingjianError
    `correction_unfit`, `order_unreadable`."""
    overlay = parse(list(corrections))
    corrected = apply(evidence, overlay)
    order = parse_order(stored.order)
    judgement = replay(corrected, rules, order, context)
    decision = decide(judgement, policy, corrected, order)
    found = [*judgement.notes, *decision.notes]
    if rules.sha256 != stored.ruleset.sha256:
        found.append(note("ruleset_changed", before=stored.ruleset.version or "-", now=rules.version))
    if overlay:
        found.append(note("corrected_by_hand", count=len(overlay)))
    parts = [part.sha256 for part in evidence.media.parts]
    return replace(
        stored,
        id=fingerprint(
            parts,
            stored.order,
            rules.sha256,
            policy.sha256,
            stored.engine.parameters,
            VERSION,
            overlay_values(overlay),
        )[:32],
        created_at=now.isoformat(timespec="seconds"),
        ruleset=Reference(rules.id, rules.sha256, rules.version),
        policy=Reference(policy.id, policy.sha256),
        verdict=decision.verdict,
        refused=judgement.refused,
        score=decision.score,
        outcome=decision.outcome,
        notes=_notes(stored.notes, found),
        coverage=summary.coverage(corrected),
        speakers=summary.speakers(corrected.transcript),
        utterances=summary.utterances(corrected.transcript),
        items=tuple(_illustrated(item, stored.items) for item in judgement.items),
        reasons=decision.reasons,
        timings=Timings(0.0, 0.0),
    )


def overlay_values(overlay: Iterable[Any]) -> list[dict[str, Any]]:
    """Corrections as JSON values."""
    return [one.model_dump(mode="json") for one in overlay]


def _notes(before: Sequence[Note], found: Sequence[Note]) -> tuple[Note, ...]:
    """What the first inspection noted of the recording, then what this judgement notes, each once."""
    codes = {one.code for one in found}
    kept = [one for one in before if one.code not in codes and one.code not in ("ruleset_changed", "corrected_by_hand")]
    return tuple(dict.fromkeys((*kept, *found)))


def _illustrated(item: Item, before: Sequence[Item]) -> Item:
    """`item` with the clips and frames that were cut for the same item at the same place."""
    shown = [
        finding
        for old in before
        if (old.id, old.product_index) == (item.id, item.product_index)
        for finding in old.evidence
        if finding.clip or finding.frame
    ]
    return replace(item, evidence=tuple(_with_clip(finding, shown) for finding in item.evidence)) if shown else item


def _with_clip(finding: Finding, shown: Sequence[Finding]) -> Finding:
    span = Interval(finding.start, finding.end)
    near = [one for one in shown if (one.start, one.end) == (finding.start, finding.end)]
    near += [one for one in shown if Interval(one.start, one.end).overlap(span) > 0]
    return replace(finding, clip=near[0].clip, frame=near[0].frame) if near else finding
