"""The gate over the real engine: a damaged one is refused, an identical one is not.

Ten calls were spoken and heard once (calls.py); their evidence is judged again by the engine as it is, and with one
part of it broken. Runs lie on the disk as `mingjian eval run` leaves them.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from engine.errors import MingjianError
from engine.evidence import Evidence, Role
from engine.inspection import Inspection
from engine.rejudge import rejudge
from engine.rules import RuleSet, load
from engine.rules.policy import Policy, load_policy
from eval.compare import compare, gate, load_tolerance, write_baseline
from eval.corpus.manifest import Corpus
from eval.corpus.writing import write_corpus
from eval.metrics.items import verdicts
from eval.runs.folder import INDEX, SESSIONS, RunFolder, open_run
from eval.runs.meta import CorpusReference, RunMeta, Selection, Setup, write_meta
from eval.runs.results import Outcome, keep, line_bytes, line_of
from tests.eval.compare.calls import Heard, stored

NOW = datetime(2026, 11, 22, tzinfo=UTC)


@dataclass(frozen=True)
class Engine:
    """What judges: rules and policy, and what becomes of the evidence on its way to them."""

    rules: RuleSet
    policy: Policy
    hears: Callable[[Evidence], Evidence] = lambda evidence: evidence

    def judge(self, call: Heard) -> tuple[Inspection, Evidence]:
        evidence = self.hears(call.evidence)
        return rejudge(call.inspection, evidence, self.rules, self.policy, NOW), evidence


@pytest.fixture(scope="module")
def calls() -> tuple[Heard, ...]:
    return stored()


@pytest.fixture(scope="module")
def corpus(calls: tuple[Heard, ...], tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    folder = tmp_path_factory.mktemp("corpus")
    recordings = [call.recording(folder) for call in calls]
    for one in recordings:
        one.media[0].write_bytes(b"heard long ago")
    return write_corpus(folder, "calls", recordings)


def engine() -> Engine:
    rules = load("callback")
    return Engine(rules, load_policy(rules.policy))


@pytest.fixture(scope="module")
def sound() -> Engine:
    return engine()


def run_of(judging: Engine, calls: tuple[Heard, ...], corpus: Corpus, folder: Path) -> RunFolder:
    """A run over the calls, as the evaluation leaves it."""
    (folder / SESSIONS).mkdir(parents=True)
    lines = []
    for call, recording in zip(calls, corpus.recordings, strict=True):
        inspection, evidence = judging.judge(call)
        outcome = Outcome("0", inspection.verdict, verdicts(inspection.items), "callback", 80.0, 1.0)
        keep(folder / SESSIONS / call.id, outcome, inspection, evidence)
        lines.append(line_bytes(line_of(recording, outcome)))
    (folder / INDEX).write_bytes(b"".join(lines))
    setup = Setup("0", "0", (), {}, {}, {})
    reference = CorpusReference(corpus.name, str(corpus.folder), corpus.digest)
    write_meta(folder, RunMeta(reference, Selection(), setup, (), True, len(lines)))
    return open_run(folder)


@pytest.fixture(scope="module")
def baseline(sound: Engine, calls: tuple[Heard, ...], corpus: Corpus, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("baseline")
    run = run_of(sound, calls, corpus, folder / "run")
    (folder / "baseline.jsonl").write_bytes(write_baseline(run))
    return folder / "baseline.jsonl"


def without_pinyin(found: Engine) -> Engine:
    """Words are found as they are written, never as they sound."""
    rules = found.rules
    book = replace(rules.answers.book, homophones=())
    answers = replace(rules.answers, book=book)
    return replace(found, rules=replace(rules, vocabulary=rules.vocabulary.limited(["text"]), answers=answers))


SWAPPED: dict[Role, Role] = {"agent": "customer", "customer": "agent"}


def swapped(evidence: Evidence) -> Evidence:
    heard = evidence.transcript
    assert heard is not None
    speakers = tuple(replace(one, role=SWAPPED.get(one.role, one.role)) for one in heard.speakers)
    utterances = tuple(replace(one, role=SWAPPED.get(one.role, one.role)) for one in heard.utterances)
    return replace(evidence, transcript=replace(heard, speakers=speakers, utterances=utterances))


def with_roles_swapped(found: Engine) -> Engine:
    """Whoever sells is taken for the customer."""
    return replace(found, hears=swapped)


def moved(**thresholds: float) -> Callable[[Engine], Engine]:
    """Thresholds of the rule set are others."""

    def move(found: Engine) -> Engine:
        rules = found.rules
        return replace(found, rules=replace(rules, settings=rules.settings.model_copy(update=thresholds)))

    return move


def deaf_to_no(found: Engine) -> Engine:
    """A customer who says that something is not clear is taken to have said yes."""
    answers = found.rules.answers
    lenient = {
        expect: reactions | {"not_understood": reactions["affirm"]} for expect, reactions in answers.verdicts.items()
    }
    return replace(found, rules=replace(found.rules, answers=replace(answers, verdicts=lenient)))


Damage = Callable[[Engine], Engine]
DAMAGES: dict[str, tuple[Damage, set[str]]] = {
    "pinyin matching off": (without_pinyin, {"needless_flag", "findings_per_clean", "critical_f1"}),
    "roles swapped": (with_roles_swapped, {"needless_flag", "role_accuracy", "role_cer", "critical_f1"}),
    "the sound believed less": (moved(confirm_margin=20.0), {"needless_flag", "critical_f1"}),
    "a yes doubted always": (moved(negation_margin=-50.0), {"needless_flag", "critical_inconclusive"}),
    "recognition trusted less": (moved(min_confidence=0.95), {"needless_flag", "critical_inconclusive"}),
    "deaf to a no": (deaf_to_no, {"false_clear", "critical_cleared"}),
}


def test_the_kept_calls_are_as_the_rules_need_them(sound, calls) -> None:
    """Rules that ask the sound something new need calls heard anew: `python -m tests.eval.compare.calls`."""
    judged = {call.id: (call.labels.verdict, sound.judge(call)[0]) for call in calls}
    reasons = {item.reason_code for _, inspection in judged.values() for item in inspection.items}
    assert "pending_media" not in reasons
    assert [inspection.verdict for truth, inspection in judged.values() if truth == "clear"].count("clear") >= 3
    assert {inspection.verdict for truth, inspection in judged.values() if truth == "flagged"} == {"flagged"}


def test_an_identical_engine_is_let_in(calls, corpus, baseline, tmp_path) -> None:
    """Loaded anew, it comes to the same verdicts: the gate finds no difference at all."""
    found = gate(run_of(engine(), calls, corpus, tmp_path / "run"), baseline)
    assert not found.regressed
    assert found.paired == len(calls)
    assert {one.standing for one in found.differences} == {"same"}
    assert found.listed == ()


@pytest.mark.parametrize("name", DAMAGES)
def test_a_damaged_engine_is_refused(name, sound, calls, corpus, baseline, tmp_path) -> None:
    damage, signs = DAMAGES[name]
    found = gate(run_of(damage(sound), calls, corpus, tmp_path / "run"), baseline)
    assert found.regressed
    assert signs <= {one.id for one in found.regressions}
    assert {one.source for one in found.regressions} == {"synthetic"}
    assert any(one.direction == "worse" and one.quote for one in found.listed)


def test_one_violation_let_through_is_refused_although_it_may_be_chance(
    sound, calls, corpus, baseline, tmp_path
) -> None:
    found = gate(run_of(deaf_to_no(sound), calls, corpus, tmp_path / "run"), baseline)
    difference = next(one for one in found.differences if one.id == "false_clear")
    assert (difference.worse, difference.better) == (1, 0)
    assert difference.p == 1
    assert difference.why == "budget"
    worst = found.listed[0]
    assert (worst.recording, worst.before, worst.after) == ("call-07-not-clear", "flagged", "clear")
    assert worst.false_clear


def test_two_runs_are_compared_as_the_gate_compares_them(sound, calls, corpus, tmp_path) -> None:
    as_it_is = run_of(sound, calls, corpus, tmp_path / "a")
    worse = run_of(with_roles_swapped(sound), calls, corpus, tmp_path / "b")
    limits = load_tolerance()
    there, back = compare(as_it_is, worse, limits), compare(worse, as_it_is, limits)
    assert there.regressed
    assert not back.regressed
    assert {one.id for one in there.regressions} >= {"critical_f1", "role_accuracy"}
    accuracy = next(one for one in there.differences if one.id == "role_accuracy")
    assert (accuracy.before, accuracy.after, accuracy.change) == (1, 0, -1)
    assert next(one.change for one in back.differences if one.id == "role_accuracy") == 1


def test_a_run_over_another_corpus_is_not_judged_by_this_baseline(sound, calls, corpus, baseline, tmp_path) -> None:
    run = run_of(sound, calls, corpus, tmp_path / "run")
    other = replace(run, meta=replace(run.meta, corpus=replace(run.meta.corpus, digest="0" * 64)))
    with pytest.raises(MingjianError) as told:
        gate(other, baseline)
    assert told.value.code == "baseline_other_corpus"


def test_a_recording_that_is_no_longer_in_the_run_is_refused(sound, calls, corpus, baseline, tmp_path) -> None:
    run = run_of(sound, calls, corpus, tmp_path / "run")
    index = run.folder / INDEX
    index.write_bytes(b"".join(index.read_bytes().splitlines(keepends=True)[:-1]))
    found = gate(open_run(run.folder), baseline)
    assert (found.missing, found.lacking, found.regressed) == (1, True, True)


def test_runs_that_share_no_recording_are_not_compared(sound, calls, corpus, tmp_path) -> None:
    whole, empty = (run_of(sound, calls, corpus, tmp_path / name) for name in ("a", "b"))
    (empty.folder / INDEX).write_bytes(b"")
    with pytest.raises(MingjianError) as told:
        compare(whole, empty, load_tolerance())
    assert told.value.code == "runs_unlike"
