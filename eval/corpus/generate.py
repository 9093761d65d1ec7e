"""Synthetic corpora: any number of sessions with planted faults and their exact truth, the same ones for the same seed.

Sessions that are there already are not made again, so that an interrupted run goes on where it stopped.
"""

import hashlib
import json
from collections.abc import Callable, Sequence
from pathlib import Path

from engine.errors import MingjianError
from engine.interval import Interval
from engine.order import Scenario
from eval.corpus.manifest import (
    Corpus,
    FaultSpan,
    LabelledTurn,
    LabelledUtterance,
    Labels,
    PresenceSpan,
    Recording,
    Split,
    entry_adapter,
)
from eval.corpus.planning import Case, plan
from eval.corpus.scripting import Draft, draft
from eval.corpus.templates import Scenarios, Shares, bank, scenarios, shares
from eval.corpus.writing import line_of, write_corpus
from eval.synth.truth import Truth
from eval.synth.voices import RECIPE

Report = Callable[[str, int, int], None]
"""Told of progress: what is done, how many of how many."""

LENGTHS = ((60.0, "<60s"), (90.0, "60-90s"), (120.0, "90-120s"))
LONGEST = ">120s"
SESSIONS = "sessions"
GATE_COUNT = 18
GATE_SCENARIOS: tuple[Scenario, ...] = (
    *("bank", "callback", "telesales", "callback", "face_to_face", "callback", "remote", "telesales", "callback"),
)
"""Taken in turn: short calls more often, so that the gate takes minutes."""
CODECS = {"telephone": "g711mu"}


def make(
    out: Path,
    count: int,
    seed: int = 1,
    wanted: Sequence[Scenario] | None = None,
    *,
    split: Split | None = None,
    name: str | None = None,
    make_up: Shares | None = None,
    report: Report | None = None,
) -> Corpus:
    """A corpus of `count` synthetic sessions in the folder `out`, balanced over scenario, fault, voice and condition.

    `wanted`: the scenarios, all by default. `split` puts all sessions there; without it the shares of
    configs/eval/corpus.yaml hold, or those of `make_up`. Raises MingjianError `corpus_plan` for unfit options,
    `synth_unavailable` without the libraries of the voices, and WeightsError without the voice's weights.
    """
    templates, composition = scenarios(), make_up or shares()
    cases = plan(count, seed, list(wanted or templates.scenarios), templates, composition, split)
    out = out.resolve()
    (out / SESSIONS).mkdir(parents=True, exist_ok=True)
    recordings = []
    for number, case in enumerate(cases, 1):
        recordings.append(_session(case, out, templates, composition))
        if report:
            report(case.id, number, len(cases))
    return write_corpus(out, name or out.name, recordings)


def _session(case: Case, out: Path, templates: Scenarios, composition: Shares) -> Recording:
    """The session of one case, made unless the same one lies there."""
    written = draft(case, bank(), templates, composition)
    made_of = hashlib.sha256(f"{RECIPE} {written.script.model_dump_json()}".encode()).hexdigest()
    note = out / SESSIONS / f"{case.id}.json"
    known = _known(note, made_of, out)
    if known is not None:
        return known
    try:
        recording = _spoken(written, out)
    except ImportError as error:
        raise MingjianError("synth_unavailable", detail=error.name or error) from error
    content = {"made_of": made_of, "recording": line_of(recording, out)}
    note.write_text(json.dumps(content, ensure_ascii=False) + "\n", encoding="utf-8")
    return recording


def _known(note: Path, made_of: str, out: Path) -> Recording | None:
    from eval.corpus.loading import recording

    try:
        content = json.loads(note.read_text(encoding="utf-8"))
        if content["made_of"] != made_of:
            return None
        found = recording(entry_adapter().validate_python(content["recording"]), out)
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return found if all(path.is_file() for path in found.media) else None


def _spoken(written: Draft, out: Path) -> Recording:
    from eval.corpus.sounds import write_flac
    from eval.synth.session import compose, spoiler_of

    script = written.script
    composition = compose(script)
    truth, spoiler = composition.truth, spoiler_of(script, composition)
    media = out / SESSIONS / f"{script.id}.{'mp4' if script.video else 'flac'}"
    if script.video:
        from eval.synth.film import write_film

        write_film(media, script.video, truth, composition.sound, script.sound.rate, spoiler)
    else:
        write_flac(media, spoiler.sound(composition.sound, script.sound.rate), script.sound.rate)
    truth = spoiler.truth(truth)
    order = out / SESSIONS / f"{script.id}.order.json"
    order.write_text(json.dumps(script.order, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return Recording(
        id=script.id,
        media=(media,),
        order=order,
        ruleset=written.case.scenario,
        labels=labels(written, truth),
        split=written.case.split,
        source="synthetic",
        conditions=_conditions(written, truth),
        duration=truth.duration,
    )


def labels(written: Draft, truth: Truth) -> Labels:
    """What is known of a session because it was made."""
    turns = sorted(truth.turns, key=lambda turn: turn.interval)
    return Labels(
        utterances=tuple(LabelledUtterance(turn.said, turn.role, turn.speaker, turn.interval) for turn in turns),
        turns=tuple(LabelledTurn(turn.speaker, turn.interval) for turn in turns),
        items=dict(truth.items or {}),
        verdict=truth.verdict,
        presence=tuple(PresenceSpan(face.role, one) for face in truth.faces for one in face.intervals)
        if written.script.video
        else None,
        faults=_faults(written, truth),
    )


def _faults(written: Draft, truth: Truth) -> tuple[FaultSpan, ...]:
    case = written.case
    if case.picture == "dark":
        return tuple(FaultSpan("dark", span, written.severity) for span in truth.dark)
    if truth.planted:
        return tuple(
            FaultSpan(str(case.picture), span, written.severity) for one in truth.planted for span in one.intervals
        )
    if case.picture == "third_person":
        return tuple(FaultSpan("third_person", span, written.severity) for span in truth.faces[-1].intervals)
    if case.picture == "left_frame":
        face = next(face for face in truth.faces if face.speaker == "B")
        bounds = [0.0, *(edge for one in face.intervals for edge in (one.start, one.end)), truth.duration]
        gaps = [Interval(start, end) for start, end in zip(bounds[::2], bounds[1::2], strict=True) if end > start]
        return tuple(FaultSpan("left_frame", gap, written.severity) for gap in gaps)
    if case.fault == "none":
        return ()
    places = [turn.interval for turn in truth.turns if turn.id in written.planted]
    whole = Interval(min(one.start for one in places), max(one.end for one in places)) if places else None
    return (FaultSpan(case.fault, whole, written.severity),)


def _conditions(written: Draft, truth: Truth) -> dict[str, str]:
    case = written.case
    shown = {} if case.picture is None else {"picture": case.picture}
    return {
        "scenario": case.scenario,
        "fault": case.fault if case.picture in (None, "none") else str(case.picture),
        "condition": case.condition,
        "voice": case.voices[1],
        "agent_voice": case.voices[0],
        "codec": CODECS.get(case.condition, "none"),
        "noise": "; ".join(truth.noise) or "none",
        "reverb": "none",
        "layout": "two_channels" if case.two_channels else "mono",
        "length": next((name for limit, name in LENGTHS if truth.duration < limit), LONGEST),
        "extent": case.extent,
        "template": written.kind,
        **shown,
    }


def make_gate(out: Path, seed: int = 7, report: Report | None = None) -> Corpus:
    """The small corpus of the gate: clean recordings of every scenario, each fault once. Raises as `make` does."""
    composition = shares()
    quiet = composition.model_copy(update={"conditions": {"clean": 1}, "pictures": {}, "extents": {"brief": 1}})
    return make(
        out, GATE_COUNT, seed, GATE_SCENARIOS, split="gate", name="gate", make_up=_each_fault_once(quiet), report=report
    )


def _each_fault_once(composition: Shares) -> Shares:
    """Shares under which a small corpus has each fault once, and clean sessions for the rest."""
    faults = dict.fromkeys(composition.faults, 1)
    faults["none"] = max(1, GATE_COUNT - len(faults) + 1)
    return composition.model_copy(update={"faults": faults})
