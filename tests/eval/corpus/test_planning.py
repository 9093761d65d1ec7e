"""Which sessions are made: balance, shares, and that splits share no phrase."""

from collections import Counter
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import MingjianError
from engine.order import Scenario
from eval.corpus.planning import Case, plan
from eval.corpus.templates import of_split, scenarios, shares

EVERY = list(get_args(Scenario))


def cases(count: int, seed: int = 1, wanted: list[Scenario] = EVERY) -> tuple[Case, ...]:
    return plan(count, seed, wanted, scenarios(), shares(), None)


def spread(counts: Counter[object]) -> int:
    return max(counts.values()) - min(counts.values())


@given(st.integers(100, 700), st.integers(0, 50))
@settings(max_examples=20, deadline=None)
def test_sessions_are_balanced(count: int, seed: int) -> None:
    made = cases(count, seed)
    assert len({one.id for one in made}) == len({one.seed for one in made}) == count
    spoken = [one for one in made if one.picture is None]
    assert spread(Counter(one.scenario for one in spoken)) <= 1
    assert spread(Counter(one.voices[1] for one in made)) <= 1
    assert len({one.voices[1] for one in made}) == 8
    for fault in {one.fault for one in spoken}:
        assert spread(Counter(one.scenario for one in spoken if one.fault == fault)) <= 1
    weights = shares().faults
    for fault, weight in weights.items():
        exact = len(spoken) * weight / sum(weights.values())
        assert abs(sum(one.fault == fault for one in spoken) - exact) < 1
    quota = Counter(one.condition for one in spoken)
    assert quota["clean"] == pytest.approx(4 / 7 * len(spoken), abs=12)
    assert quota.keys() == {"clean", "noise", "telephone", "overlap"}


def test_most_of_a_large_corpus_violates_and_every_part_is_in_both_splits() -> None:
    made = cases(600)
    violating = [one for one in made if one.fault not in ("none", "weak_answer", "wrong_order")]
    assert len(violating) >= 400
    for fault in {one.fault for one in made}:
        assert {one.split for one in made if one.fault == fault} == {"tuning", "test"}
    assert {one.scenario for one in made if one.picture} == {"face_to_face", "bank", "remote"}
    assert {one.picture for one in made} == {None, "none", "left_frame", "dark"}


def test_three_people_of_a_session_have_three_voices() -> None:
    for one in cases(200):
        assert len(set(one.voices)) == 3
        assert one.voices[1] in shares().voices[one.sex]


def test_the_same_seed_makes_the_same_plan_and_another_one_another() -> None:
    assert cases(60, 3) == cases(60, 3)
    assert cases(60, 3) != cases(60, 4)


@given(st.lists(st.integers(), min_size=2, max_size=20, unique=True))
def test_no_phrase_is_in_two_splits(phrases: list[int]) -> None:
    tuning, test = of_split(phrases, "tuning"), of_split(phrases, "test")
    assert not set(tuning) & set(test)
    assert set(tuning) | set(test) == set(of_split(phrases, "gate")) == set(phrases)


@pytest.mark.parametrize(("count", "wanted"), [(0, EVERY), (10**9, EVERY), (5, []), (5, ["at_home"])])
def test_what_cannot_be_planned_is_told(count: int, wanted: list[Scenario]) -> None:
    with pytest.raises(MingjianError) as raised:
        cases(count, wanted=wanted)
    assert raised.value.code == "corpus_plan"
