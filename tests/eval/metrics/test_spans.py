"""Presence and faults of a recording against their labels."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import f1_score, precision_score, recall_score

from engine.evidence import (
    Continuity,
    Evidence,
    Media,
    Person,
    PictureQuality,
    Quality,
    Role,
    Scene,
    SoundQuality,
)
from engine.interval import Interval
from eval.corpus.manifest import FaultSpan, PresenceSpan
from eval.metrics.counts import Detection
from eval.metrics.spans import FaultFigures, Overlap, PresenceFigures, measure_faults, measure_presence


def spans(*bounds: tuple[float, float]) -> tuple[Interval, ...]:
    return tuple(Interval(*one) for one in bounds)


def person(name: str, role: Role, *bounds: tuple[float, float]) -> Person:
    return Person(name, role, 0.9, spans(*bounds), (), "")


def scene(*people: Person) -> Scene:
    return Scene(people, (), spans((0, 100)), spans((0, 100)))


LABELS = (
    PresenceSpan("agent", Interval(0, 60)),
    PresenceSpan("customer", Interval(0, 20)),
    PresenceSpan("customer", Interval(30, 60)),
)


def test_presence_in_seconds() -> None:
    found = measure_presence(LABELS, scene(person("P1", "customer", (0, 50)), person("P2", "agent", (0, 60))))
    assert found.anyone == Overlap(shared=40 + 60, true=110, found=110)
    assert found.in_role == Overlap(shared=40 + 60, true=110, found=110)
    assert found.anyone.f1 == pytest.approx(100 / 110)


def test_swapped_roles_are_seen_but_not_in_their_roles() -> None:
    found = measure_presence(LABELS, scene(person("P1", "customer", (0, 60)), person("P2", "agent", (0, 50))))
    assert found.anyone.shared == 100
    assert found.in_role.shared == 50 + 50
    alone = measure_presence(LABELS[:1], scene(person("P1", "unknown", (0, 60))))
    assert (alone.anyone.f1, alone.in_role) == (1, Overlap(0, 60, 0))


def test_strangers_are_invented_and_the_unseen_missed() -> None:
    assert measure_presence((), scene(person("P1", "other", (0, 7)))).anyone == Overlap(0, 0, 7)
    assert measure_presence(LABELS, None).anyone == Overlap(0, 110, 0)
    assert measure_presence(None, scene(person("P1", "other", (0, 7)))) == PresenceFigures.zero()
    assert Overlap.zero().f1 is None


SECONDS = st.lists(st.booleans(), min_size=20, max_size=20)


def stretches(seconds: list[bool]) -> tuple[Interval, ...]:
    return tuple(Interval(place, place + 1) for place, there in enumerate(seconds) if there)


@settings(deadline=None, max_examples=30)
@given(SECONDS, SECONDS)
def test_seconds_are_scored_as_scikit_learn_scores_them(there: list[bool], seen: list[bool]) -> None:
    found = Overlap.of(stretches(there), stretches(seen))
    assert (found.f1 or 0) == pytest.approx(f1_score(there, seen, zero_division=0))
    assert (found.precision or 0) == pytest.approx(precision_score(there, seen, zero_division=0))
    assert (found.recall or 0) == pytest.approx(recall_score(there, seen, zero_division=0))


def recording(
    dropouts: tuple[Interval, ...] = (),
    black: tuple[Interval, ...] | None = None,
    cuts: tuple[float, ...] | None = None,
    truncated: bool = False,
) -> Evidence:
    sound = SoundQuality(-20, -60, 30, 0, 0, dropouts)
    picture = PictureQuality(120, 100, 0, 0, black)
    return Evidence(
        Media((), 100.0), None, None, Quality(sound, picture, Continuity(truncated=truncated, picture_cuts=cuts))
    )


def test_faults_are_paired_one_to_one() -> None:
    labels = (FaultSpan("dropout", Interval(10, 20)), FaultSpan("dropout", Interval(50, 52)))
    found = measure_faults(labels, recording(dropouts=spans((12, 15), (16, 18), (80, 81))))
    assert found.kinds["dropout"].events == Detection(hits=1, false_alarms=2, misses=1)
    assert found.kinds["dropout"].seconds == Overlap(5, 12, 6)


def test_a_moment_is_found_within_half_a_second() -> None:
    at = (FaultSpan("cut", Interval(30.0, 30.0)),)
    assert measure_faults(at, recording(cuts=(30.4,))).kinds["cut"].events == Detection(1, 0, 0)
    assert measure_faults(at, recording(cuts=(32.0,))).kinds["cut"].events == Detection(0, 1, 1)
    assert measure_faults(at, recording(cuts=())).kinds["cut"].events == Detection(0, 0, 1)


def test_what_was_not_looked_for_is_said() -> None:
    labels = (FaultSpan("cut", Interval(3, 3)), FaultSpan("wrong_number", None), FaultSpan("black", Interval(1, 2)))
    found = measure_faults(labels, recording())
    assert found.unmeasured == {"black": 1, "cut": 1, "wrong_number": 1}
    assert found.total().events == Detection(0, 0, 0)
    assert measure_faults(None, recording()) == FaultFigures.zero()


def test_a_fault_of_the_whole_is_found_or_not() -> None:
    labels = (FaultSpan("truncated", None),)
    assert measure_faults(labels, recording(truncated=True)).kinds["truncated"].events == Detection(1, 0, 0)
    assert measure_faults(labels, recording()).kinds["truncated"].events == Detection(0, 0, 1)
    assert measure_faults((), recording(truncated=True)).kinds["truncated"].events == Detection(0, 1, 0)


def test_dark_is_where_no_face_could_be_judged() -> None:
    seen = Scene((), (), spans((0, 100)), spans((0, 30), (50, 100)))
    labels = (FaultSpan("dark", Interval(28, 50)), FaultSpan("missing_item", None))
    found = measure_faults(labels, replace(recording(), scene=seen))
    assert found.kinds["dark"].events == Detection(1, 0, 0)
    assert found.kinds["dark"].seconds == Overlap(20, 22, 20)
    assert found.unmeasured == {"missing_item": 1}


def test_faults_add_up() -> None:
    one = measure_faults((FaultSpan("dropout", Interval(1, 2)),), recording(dropouts=spans((1, 2))))
    two = measure_faults((FaultSpan("dropout", Interval(1, 2)),), recording())
    assert (one + two + FaultFigures.zero()).kinds["dropout"].events == Detection(1, 0, 1)
    assert (one + two).total().events.f1 == pytest.approx(2 / 3)
