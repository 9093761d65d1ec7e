"""The same figures as the libraries the field uses, on the same input."""

import jiwer
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyannote.core import Annotation, Segment
from pyannote.metrics.diarization import DiarizationErrorRate, JaccardErrorRate
from scipy.stats import binomtest

from engine.interval import Interval
from eval.metrics.counts import Share
from eval.metrics.reference import Stretch
from eval.metrics.speakers import diarization_errors, jaccard_errors
from eval.metrics.text import attributed_character_errors, character_errors, digit_errors, speaker_character_errors

WORDS = "您好清楚明白犹豫期保险十五天二万元"
CHINESE = st.text(WORDS, max_size=14)
SPOKEN = st.text(WORDS, min_size=1, max_size=14)
SAID = st.dictionaries(st.sampled_from("ABC"), SPOKEN, min_size=1, max_size=3)
HEARD = st.dictionaries(st.sampled_from("XYZ"), SPOKEN, min_size=1, max_size=3)
DURATION = 60.0


@settings(deadline=None)
@given(SPOKEN, CHINESE)
def test_cer_is_that_of_jiwer(said: str, heard: str) -> None:
    found = character_errors(said, heard)
    assert found.rate == pytest.approx(jiwer.cer(said, heard))
    digits = [one for one in said if one in "十五二万"]
    if digits:
        kept = "".join(one for one in heard if one in "十五二万")
        assert digit_errors(said, heard).rate == pytest.approx(jiwer.cer("".join(digits), kept))


@settings(deadline=None, max_examples=50)
@given(SAID, HEARD)
def test_cpcer_is_that_of_meeteval(said: dict[str, str], heard: dict[str, str]) -> None:
    wer = pytest.importorskip("meeteval.wer.wer")
    reference, hypothesis = ({name: " ".join(text) for name, text in one.items()} for one in (said, heard))
    theirs = wer.cp_word_error_rate(reference, hypothesis)
    ours = speaker_character_errors(said, heard)
    assert (ours.errors, ours.characters) == (theirs.errors, theirs.length)


@settings(deadline=None, max_examples=50)
@given(SAID, SAID)
def test_speaker_attributed_cer_is_the_sum_of_meetevals_single_ones(
    said: dict[str, str], heard: dict[str, str]
) -> None:
    wer = pytest.importorskip("meeteval.wer.wer")
    errors = length = 0
    for name in {*said, *heard}:
        theirs = wer.siso_word_error_rate(" ".join(said.get(name, "")), " ".join(heard.get(name, "")))
        errors, length = errors + theirs.errors, length + theirs.length
    ours = attributed_character_errors(said, heard)
    assert (ours.errors, ours.characters) == (errors, length)


def _turns(speakers: str) -> st.SearchStrategy[list[Stretch]]:
    tenths = st.tuples(st.sampled_from(speakers), st.integers(0, 500), st.integers(5, 80))
    made = tenths.map(lambda one: Stretch(one[0], Interval(one[1] / 10, (one[1] + one[2]) / 10)))
    return st.lists(made, max_size=8)


def _annotation(turns: list[Stretch]) -> Annotation:
    made = Annotation()
    for place, turn in enumerate(turns):
        made[Segment(turn.interval.start, turn.interval.end), place] = turn.speaker
    return made


@settings(deadline=None, max_examples=40)
@given(_turns("AB"), _turns("XYZ"))
def test_der_and_jer_are_those_of_pyannote(said: list[Stretch], heard: list[Stretch]) -> None:
    within = Segment(0.0, DURATION)
    sides = _annotation(said), _annotation(heard)
    theirs = DiarizationErrorRate(collar=0.5)(*sides, uem=within, detailed=True)
    ours = diarization_errors(said, heard, DURATION)
    assert ours.total == pytest.approx(theirs["total"])
    if theirs["total"]:
        assert ours.rate == pytest.approx(theirs["diarization error rate"])
    if said:
        assert jaccard_errors(said, heard, DURATION).rate == pytest.approx(JaccardErrorRate()(*sides, uem=within))


@settings(deadline=None, max_examples=40)
@given(_turns("AB"), _turns("XYZ"), st.permutations("XYZ"))
def test_names_of_voices_do_not_matter(said: list[Stretch], heard: list[Stretch], order: list[str]) -> None:
    names = dict(zip("XYZ", order, strict=True))
    renamed = [Stretch(names[one.speaker], one.interval) for one in heard]
    first, second = (diarization_errors(said, one, DURATION) for one in (heard, renamed))
    assert (first.missed, first.false_alarm) == pytest.approx((second.missed, second.false_alarm))
    assert first.confusion == pytest.approx(second.confusion)
    if said:
        one, two = (jaccard_errors(said, turns, DURATION).speakers for turns in (heard, renamed))
        assert one == two


@given(st.integers(0, 60), st.integers(0, 60))
def test_wilson_is_that_of_scipy(right: int, wrong: int) -> None:
    if right + wrong:
        theirs = binomtest(right, right + wrong).proportion_ci(method="wilson")
        assert Share(right, right + wrong).interval() == pytest.approx((theirs.low, theirs.high), abs=1e-6)
