"""The loop between rules and sound: asked again while an answer raises new questions, and not at all when off."""

from collections.abc import Sequence

import pytest

from engine import pipeline
from engine.evidence import AudioStream, Confirmation, Evidence, Media, Part, Quality, Transcript, Unanswered
from engine.interval import Interval
from engine.order import Order
from engine.rules import Context, Judgement, Request, RuleSet, load
from engine.stages import Stages

FIRST = Request(Interval(1.0, 2.0), "听到的", "想要的")
SECOND = Request(Interval(5.0, 6.0), "听到的", "想要的")


def evidence() -> Evidence:
    part = Part("a.wav", "0" * 64, 1, "wav", 10.0, 0.0, None, AudioStream(16000, 1, "pcm_s16le"))
    return Evidence(Media((part,), 10.0), Transcript((), (), (), (), ()), None, Quality())


@pytest.fixture
def rules(monkeypatch: pytest.MonkeyPatch) -> RuleSet:
    """Rules that ask FIRST, and SECOND once FIRST is answered."""

    def evaluate(seen: Evidence, _rules: RuleSet, _order: Order, _beside: Context | None) -> Judgement:
        assert seen.transcript is not None
        answered = len(seen.transcript.confirmations)
        return Judgement((), (FIRST, SECOND) if answered else (FIRST,))

    monkeypatch.setattr(pipeline, "evaluate", evaluate)
    return load("face_to_face")


def test_an_answer_that_raises_a_question_has_it_asked_too(rules: RuleSet) -> None:
    rounds: list[Sequence[Request]] = []

    def confirm(asked: Sequence[Request], _: Transcript) -> tuple[Confirmation, ...]:
        rounds.append(tuple(asked))
        return tuple(Confirmation(one.span, one.heard, one.wanted, 1.0, "model") for one in asked)

    stages = Stages()
    found, judgement = pipeline.judge(evidence(), rules, Order(), stages, confirm)
    assert rounds == [(FIRST,), (SECOND,)]
    assert found.transcript is not None
    assert [one.span for one in found.transcript.confirmations] == [FIRST.span, SECOND.span]
    assert judgement.requests == (FIRST, SECOND)


def test_a_question_that_cannot_be_answered_is_asked_once(rules: RuleSet) -> None:
    rounds: list[Sequence[Request]] = []

    def confirm(asked: Sequence[Request], _: Transcript) -> tuple[Confirmation, ...]:
        rounds.append(tuple(asked))
        return ()

    found, _ = pipeline.judge(evidence(), rules, Order(), Stages(), confirm)
    assert rounds == [(FIRST,)]
    assert found.transcript is not None
    assert found.transcript.unanswered == (Unanswered(FIRST.span, FIRST.heard, FIRST.wanted),)


def test_where_asking_is_off_the_stage_says_so(rules: RuleSet) -> None:
    stages = Stages()
    found, _ = pipeline.judge(evidence(), rules, Order(), stages, None)
    (report,) = [stage for stage in found.stages if stage.name == "confirm"]
    assert (report.status, report.reason) == ("skipped", "confirmation_off")


def test_a_fault_while_asking_leaves_the_first_judgement(rules: RuleSet) -> None:
    def confirm(_: Sequence[Request], __: Transcript) -> tuple[Confirmation, ...]:
        raise RuntimeError("the network is gone")

    found, judgement = pipeline.judge(evidence(), rules, Order(), Stages(), confirm)
    assert judgement.requests == (FIRST,)
    assert [stage.status for stage in found.stages if stage.name == "confirm"] == ["failed"]
