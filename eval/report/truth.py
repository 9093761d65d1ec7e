"""How the same rules judge what was truly said: the labelled words instead of the heard ones.

Beside a wrong verdict it shows where the words are that were not heard, or what they were taken for.
"""

import json
import tempfile
from pathlib import Path

from engine.chat import open_chat
from engine.errors import MingjianError
from engine.inspection import Inspection, Item, Kind, UtteranceSummary
from engine.order import parse_order
from engine.pipeline import GATHERED, judge
from engine.rules import load
from engine.stages import Stages
from eval.corpus.manifest import LabelledUtterance, Recording
from eval.metrics.items import item_key

RECORD = "said.json"
SPOKEN: tuple[Kind, ...] = ("disclosure", "forbidden", "fact", "sequence", "conversation")
"""Kinds of items that words decide; labelled words say nothing of the others."""


def judged_as_said(recording: Recording, inspection: Inspection) -> dict[str, Item]:
    """Each spoken item, by its key, as the rules judge it from the labelled utterances; empty where those lack role or
    time.

    The inspection says by which rule set and order. Raises MingjianError `ruleset_*` where that rule set is gone.
    """
    said = recording.labels.utterances
    if not said or any(one.role is None or one.interval is None for one in said):
        return {}
    rules = load(recording.ruleset or inspection.ruleset.id)
    with tempfile.TemporaryDirectory(prefix="mingjian-") as scratch:
        path = Path(scratch) / RECORD
        path.write_text(json.dumps({"utterances": [_line(one) for one in said]}), encoding="utf-8")
        try:
            record = open_chat([path])
        except MingjianError:  # labels that are no conversation: an utterance of 20,000 characters, none with text
            return {}
    stages = Stages()
    order = parse_order(inspection.order)
    _, judgement = judge(record.evidence(stages, GATHERED), rules, order, stages)
    return {item_key(item): item for item in judgement.items if item.kind in SPOKEN}


def labelled_words(recording: Recording) -> tuple[UtteranceSummary, ...]:
    """The labelled utterances that have role and time, as those of an inspection."""
    return tuple(
        UtteranceSummary(number, one.interval.start, one.interval.end, one.speaker, one.role, one.text, 1.0)
        for number, one in enumerate(recording.labels.utterances or (), start=1)
        if one.role is not None and one.interval is not None
    )


def _line(said: LabelledUtterance) -> dict[str, object]:
    span = said.interval
    return {
        "role": said.role,
        "text": said.text,
        "start": max(0.0, span.start) if span else 0.0,
        "end": max(0.0, span.end) if span else 0.0,
    }
