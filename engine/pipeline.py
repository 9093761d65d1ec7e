"""One recording, from its file to its inspection.

The evidence is gathered first (engine/gather.py), then judged by rules that see nothing else. Where a judgement
depends on what
exactly was said, it asks the sound, and is made again with the answers.
"""

import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from engine import summary
from engine.artifacts import fingerprint
from engine.asking import Confirm, asker
from engine.chat import Chat, is_chat, open_chat
from engine.errors import MingjianError
from engine.evidence import Evidence, Unanswered
from engine.gather import Gathering
from engine.inquiry import Inquire, inquirer
from engine.inspection import EngineReference, Inspection, Note, Reference, Timings
from engine.media.parts import Arrangement
from engine.media.session import Session, open_session
from engine.networks import Networks
from engine.order import Order, parse_order, read_order
from engine.progress import Progress, Stoppable, silent
from engine.rules import Context, Judgement, Request, RuleSet, choose, evaluate, load
from engine.rules.policy import Policy, decide, load_policy
from engine.settings import Settings, load_settings
from engine.stages import Stages
from engine.unreadable import UNREADABLE, Unreadable, unreadable
from engine.version import VERSION

SOUND_WAY = ("audio", "activity", "transcribe", "diarize", "attribute", "voices", "sound")
GATHERED = (*SOUND_WAY, "vision", "papers", "mouths", "people", "identity", "integrity")
WAY = ("open", *GATHERED, "rules", "confirm", "inquire")
"""The stages, in the order of the way of a recording."""

CONFIRMATION_ROUNDS = 10  # hardly any session needs a fourth; a yes that was not asked about must not pass unasked

Recording = Session | Chat | Unreadable


@dataclass(frozen=True, slots=True)
class Result:
    """An inspection, and the evidence it was drawn from."""

    inspection: Inspection
    evidence: Evidence


def inspect_media(
    media: str | Path | Sequence[str | Path],
    *,
    order: Order | Mapping[str, Any] | str | Path | None = None,
    ruleset: str | Path | None = None,
    policy: str | Path | None = None,
    settings: Settings | None = None,
    progress: Progress | None = None,
    reference: str | Path | None = None,
    by: Arrangement = "given",
) -> Result:
    """Inspect one recording, or the parts of one session in their order; only temporary files are written.
    `reference` and `by` as for `open_recording`.

    Raises MingjianError for what a person must mend.
    """
    paths = [media] if isinstance(media, str | Path) else list(media)
    stated = _order(order)
    chosen = settings or load_settings()
    with (
        tempfile.TemporaryDirectory(prefix="mingjian-") as scratch,
        open_recording(
            [Path(path) for path in paths], Path(scratch), chosen, Path(reference) if reference else None, by
        ) as session,
        Networks(chosen) as networks,
    ):
        return examine(
            session,
            networks,
            settings=chosen,
            order=stated,
            ruleset=ruleset,
            policy=policy,
            progress=progress or silent,
        )


def open_recording(
    paths: Sequence[Path],
    workdir: Path,
    settings: Settings,
    reference: Path | None = None,
    by: Arrangement = "given",
) -> Recording:
    """Open the parts of one session: files of sound and picture, or text records. What is a recording and cannot be
    decoded as it is becomes an `Unreadable` one, whose inspection says what to do.

    `reference` is a sound file of the same device, after which a lost index is rebuilt; `by` is how files of sound and
    picture are put in order. Raises MingjianError `media_*`, `parts_*` or `chat_*` for a part that cannot be read.
    """
    if is_chat(paths):
        return open_chat(paths)
    try:
        return open_session(paths, workdir, settings.media, reference, by)
    except MingjianError as error:
        if error.code not in UNREADABLE:
            raise
        return unreadable(paths, error)


def examine(
    session: Recording,
    networks: Networks,
    *,
    settings: Settings,
    order: Order | None = None,
    ruleset: str | Path | RuleSet | None = None,
    policy: str | Path | None = None,
    progress: Progress = silent,
    rules_of: Callable[[str | Path], RuleSet] = load,
    context: Context | None = None,
) -> Result:
    """Inspect an opened session with opened networks: what a worker calls for recording after recording.

    `ruleset` and `policy` are names or files, `ruleset` may be one already loaded; without it the order's scenario
    decides. They are read before the long work begins, so that a fault in them costs nothing. `rules_of` gives the
    rule set of a name; `context` is what is known beside the recording and its order.
    """
    began = time.perf_counter()
    stated = order or Order()
    name, notes = (ruleset, ()) if ruleset else choose(stated, session.media.has_video)
    rules = name if isinstance(name, RuleSet) else rules_of(name)
    measure = load_policy(policy or rules.policy)
    stages = Stages()
    notes = (*notes, *session.notes)
    if not isinstance(session, Session):
        evidence, confirm = session.evidence(stages, GATHERED), None
    else:
        evidence = Gathering(session, networks, settings, stated, stages, Stoppable(progress)).evidence(WAY)
        confirm = asker(session, networks, settings, progress)
    evidence, judgement = judge(evidence, rules, stated, stages, confirm, inquirer(settings.language), context)
    result = _inspection(evidence, judgement, rules, measure, stated, settings, networks, notes)
    seconds = time.perf_counter() - began
    duration = evidence.media.duration
    timings = Timings(round(seconds, 3), round(seconds / duration, 4) if duration else 0.0)
    return Result(replace(result, timings=timings), evidence)


def judge(
    evidence: Evidence,
    rules: RuleSet,
    order: Order,
    stages: Stages,
    confirm: Confirm | None = None,
    inquire: Inquire | None = None,
    context: Context | None = None,
) -> tuple[Evidence, Judgement]:
    """Judge `evidence`; where the judgement has questions for the sound, judge again with the answers of `confirm`, and
    where it has questions for a language model, with those of `inquire`. `context` is what is known beside the
    recording and its order.
    """
    with stages.timed("rules"):
        judgement = evaluate(evidence, rules, order, context)
    if judgement.requests and confirm:
        first = evidence, judgement
        confirmed = stages.run("confirm", lambda: _confirmed(*first, rules, order, confirm, context))
        evidence, judgement = confirmed or first
    elif judgement.requests and evidence.media.has_audio:
        stages.note("confirm", "skipped", "confirmation_off")
    heard = evidence.transcript
    if judgement.inquiries and inquire and heard:
        questions = judgement.inquiries
        told = stages.run("inquire", lambda: inquire(questions))
        if told:
            evidence = replace(evidence, transcript=replace(heard, language=told))
            judgement = evaluate(evidence, rules, order, context)
    return replace(evidence, stages=stages.reports(WAY)), judgement


def _confirmed(
    evidence: Evidence,
    judgement: Judgement,
    rules: RuleSet,
    order: Order,
    confirm: Confirm,
    context: Context | None,
) -> tuple[Evidence, Judgement]:
    """Evidence with the sound's answers, judged again: an answer may complete an item whose own answer is then asked
    about, so that a judgement with new questions is asked once more, `CONFIRMATION_ROUNDS` times at most. What the
    sound cannot tell is kept as unanswered.
    """
    asked: set[Request] = set()
    for _ in range(CONFIRMATION_ROUNDS):
        new = tuple(one for one in judgement.requests if one not in asked)
        transcript = evidence.transcript
        if not new or transcript is None:
            break
        asked.update(new)
        answers = confirm(new, transcript)
        told = {Unanswered(one.span, one.heard, one.wanted) for one in answers}
        vain = (Unanswered(one.span, one.heard, one.wanted) for one in new)
        heard = replace(
            transcript,
            confirmations=(*transcript.confirmations, *answers),
            unanswered=(*transcript.unanswered, *(one for one in vain if one not in told)),
        )
        evidence = replace(evidence, transcript=heard)
        judgement = evaluate(evidence, rules, order, context)
    return evidence, judgement


def _inspection(
    evidence: Evidence,
    judgement: Judgement,
    rules: RuleSet,
    measure: Policy,
    order: Order,
    settings: Settings,
    networks: Networks,
    notes: tuple[Note, ...],
) -> Inspection:
    decision = decide(judgement, measure, evidence, order)
    given = order.as_given()
    parts = [part.identity for part in evidence.media.parts]
    media = evidence.media
    return Inspection(
        id=fingerprint(parts, given, rules.sha256, measure.sha256, settings.parameters, VERSION)[:32],
        created_at=datetime.now(UTC).isoformat(timespec="seconds"),
        recording=media,
        order=given,
        ruleset=Reference(rules.id, rules.sha256, rules.version),
        policy=Reference(measure.id, measure.sha256),
        engine=EngineReference(
            VERSION, networks.references(sound=media.has_audio, picture=media.has_video), settings.parameters
        ),
        verdict=decision.verdict,
        refused=judgement.refused,
        score=decision.score,
        outcome=decision.outcome,
        notes=(*notes, *judgement.notes, *decision.notes),
        coverage=summary.coverage(evidence),
        stages=evidence.stages,
        speakers=summary.speakers(evidence.transcript),
        utterances=summary.utterances(evidence.transcript),
        items=judgement.items,
        scene=summary.scene(evidence.scene),
        quality=summary.quality(evidence.quality),
        timings=Timings(0.0, 0.0),
        reasons=decision.reasons,
    )


def _order(given: Order | Mapping[str, Any] | str | Path | None) -> Order:
    if given is None or isinstance(given, Order):
        return given or Order()
    return read_order(Path(given)) if isinstance(given, str | Path) else parse_order(given)
