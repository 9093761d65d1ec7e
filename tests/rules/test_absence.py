"""What was not heard is only missing where it would have been heard: the guards around the nearest miss."""

from dataclasses import replace

import pytest

from engine.evidence import Character, Evidence, Quality, SoundQuality, SoundSpan, Speaker, StageReport
from engine.interval import Interval
from engine.rules import evaluate
from engine.rules.rehearsal import Line, rehearse
from tests.rules.conftest import item_of

BEFORE = "今天天气不错，我们慢慢聊，您先喝口水，路上堵车了吧，停车还方便吗，孩子都挺好的吧。"
PART = "签收合同以后您有犹豫期。"
AFTER = "这边坐，我把资料拿给您看一下，您看这个是宣传页，那个是计划书，先放在这里，我们接着往下说。"


def heard() -> Evidence:
    """A long talk with part of the cooling-off disclosure in its middle; what is missing is the number of days."""
    return rehearse([Line("agent", BEFORE), Line("agent", PART, after=6.0), Line("agent", AFTER, after=6.0)])


def part_of(evidence: Evidence) -> Interval:
    return evidence.transcript.utterances[1].interval


def far_from(evidence: Evidence) -> Interval:
    return evidence.transcript.utterances[0].interval.widened(0.0, -3.0)


def noisy(evidence: Evidence, span: Interval) -> Evidence:
    spans = (SoundSpan(span, -30.0, 3.0),)
    return replace(evidence, quality=Quality(sound=SoundQuality(-30.0, -50.0, 20.0, 0.0, 0.0, (), spans)))


def overlapped(evidence: Evidence, span: Interval) -> Evidence:
    return replace(evidence, transcript=replace(evidence.transcript, overlaps=(span,)))


def with_characters(evidence: Evidence, span: Interval, change: object) -> Evidence:
    heard = evidence.transcript
    characters = tuple(change(one) if one.interval.overlap(span) else one for one in heard.characters)
    return replace(evidence, transcript=replace(heard, characters=characters))


def unsure(evidence: Evidence, span: Interval) -> Evidence:
    return with_characters(evidence, span, lambda one: replace(one, probability=0.3))


def doubtful(evidence: Evidence, span: Interval) -> Evidence:
    """Somebody whose role is not known talks around the miss; the words of the miss stay the agent's."""
    said = part_of(evidence)
    late = Interval(said.end + 0.1, said.end + 3.0) if span == said else Interval(span.start, span.end)
    extra = tuple(
        Character(letter, Interval(late.start + 0.1 * i, late.start + 0.1 * i + 0.1), 0.9, "S9", 0.9)
        for i, letter in enumerate("那边的东西我等一会儿再去拿过来给你们看看行吗先")
    )
    heard = evidence.transcript
    characters = tuple(sorted((*heard.characters, *extra), key=lambda one: one.interval))
    stranger = Speaker("S9", "unknown", 0.0, 3.0, "")
    return replace(
        evidence,
        transcript=replace(heard, characters=characters, utterances=(), speakers=(*heard.speakers, stranger)),
    )


def unread(evidence: Evidence, span: Interval) -> Evidence:
    mute = Interval(span.end + 0.6, span.end + 4.0)
    heard = evidence.transcript
    return replace(evidence, transcript=replace(heard, speech=(*heard.speech, mute)))


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (noisy, "miss_noisy"),
        (overlapped, "miss_overlapped"),
        (unsure, "miss_unsure"),
        (doubtful, "miss_role_doubtful"),
        (unread, "miss_unread"),
    ],
)
def test_a_miss_in_an_unclear_stretch_is_inconclusive_and_elsewhere_a_failure(ruleset, order, spoil, code):
    evidence = heard()
    item = item_of(evaluate(evidence, ruleset, order), "dr_cooling_off")
    assert (item.verdict, item.reason_code) == ("fail", "disclosure_incomplete")
    here = item_of(evaluate(spoil(evidence, part_of(evidence)), ruleset, order), "dr_cooling_off")
    assert (here.verdict, here.reason_code) == ("inconclusive", code)
    assert part_of(evidence).overlap(Interval(here.window.start, here.window.end)) > 0
    assert here.window.end - here.window.start < evidence.media.duration / 2
    elsewhere = item_of(evaluate(spoil(evidence, far_from(evidence)), ruleset, order), "dr_cooling_off")
    assert elsewhere.verdict == "fail"


def test_a_miss_proves_nothing_where_voices_could_not_be_told_apart(ruleset, order):
    failed = replace(heard(), stages=(StageReport("diarize", "failed", "stage_failed"),))
    assert item_of(evaluate(failed, ruleset, order), "dr_cooling_off").reason_code == "stage_lost"


def test_the_share_of_overlap_that_counts_is_a_setting(ruleset, order):
    crossed = overlapped(heard(), part_of(heard()))
    tolerant = replace(ruleset, settings=ruleset.settings.model_copy(update={"max_overlap": 1.0}))
    assert item_of(evaluate(crossed, tolerant, order), "dr_cooling_off").verdict == "fail"
