"""Evidence survives storage, and its own measures hold."""

import gzip
import json
from array import array
from collections.abc import Callable
from dataclasses import asdict, replace
from math import isnan, nan
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.columns import numbers_of, stored
from engine.evidence import (
    Box,
    Character,
    Continuity,
    Evidence,
    Media,
    Person,
    PictureQuality,
    Quality,
    Scene,
    Sighting,
    SoundQuality,
    Speaker,
    StageReport,
    Track,
    Transcript,
    Turn,
    Utterance,
)
from engine.evidence.file import pack, unpack, unpack_transcript
from engine.interval import Interval


def a_transcript() -> Transcript:
    characters = tuple(Character(c, Interval(i, i + 0.2), 0.9, "S1", 1.0) for i, c in enumerate("清楚"))
    return Transcript(
        characters=characters,
        utterances=(Utterance(1, Interval(0, 1.2), "S1", "customer", "清楚。", 0.9, 0, 2),),
        speakers=(Speaker("S1", "customer", 0.8, 1.2, "只有一人说话"),),
        turns=(Turn(Interval(0, 1.2), "S1"),),
        speech=(Interval(0, 1.2), Interval(10, 12)),
    )


def test_packed_evidence_reads_back_equal_and_packs_to_the_same_bytes() -> None:
    evidence = Evidence(Media((), 12.0), a_transcript(), None, Quality(), (StageReport("transcribe", "ok", None, 1.5),))
    assert unpack(pack(evidence)) == evidence
    assert pack(unpack(pack(evidence))) == pack(evidence)


def test_speech_without_text_lowers_the_coverage() -> None:
    transcript = a_transcript()
    assert transcript.text_coverage(Interval(0, 1.2)) == 1.0
    assert transcript.text_coverage(Interval(10, 12)) == 0.0
    assert transcript.text_coverage(Interval(5, 6)) == 1.0, "nobody spoke there"


def test_role_of_an_unknown_voice_is_unknown() -> None:
    assert a_transcript().role_of("S1") == "customer"
    assert a_transcript().role_of(None) == "unknown"


def test_same_frame_counts_judged_time_only() -> None:
    first = Person("F1", "unknown", 0.0, (Interval(0, 10),), (), "")
    second = Person("F2", "unknown", 0.0, (Interval(4, 8),), (), "")
    whole = (Interval(0, 10),)
    scene = Scene((first, second), (), whole, whole)
    assert scene.together() == (Interval(4, 8),)
    assert scene.same_frame_share() == 0.4
    assert Scene((first, second), (), whole, (Interval(4, 8),)).same_frame_share() == 1.0
    assert Scene((first, second), (), whole, ()).same_frame_share() == 0.0


def with_scene() -> Evidence:
    sightings = (
        Sighting(0.0, Box(0.1, 0.2, 0.3, 0.4), 120.5, 0.9, None),
        Sighting(0.5, Box(0.1, 0.2, 0.3, 0.4), 121.0, 0.8, 0.02),
    )
    whole = (Interval(0.0, 12.0),)
    scene = Scene((), (Track("T1", Interval(0.0, 0.5), sightings), Track("T2", Interval(1.0, 1.0), ())), whole, whole)
    return Evidence(Media((), 12.0), a_transcript(), scene, Quality())


def test_characters_and_sightings_are_stored_as_columns_and_read_back() -> None:
    written = json.loads(gzip.decompress(pack(with_scene())))
    assert written["transcript"]["characters"]["text"] == ["清", "楚"]
    assert numbers_of(written["scene"]["tracks"][0]["sightings"]["height_px"]).tolist() == [120.5, 121.0]
    assert unpack(pack(with_scene())) == with_scene()


def test_evidence_of_the_first_form_is_still_read() -> None:
    evidence = with_scene()
    old = json.loads(gzip.decompress(pack(evidence)))
    old["schema"] = 1
    old["transcript"]["characters"] = [asdict(one) for one in evidence.transcript.characters]
    for track, kept in zip(old["scene"]["tracks"], evidence.scene.tracks, strict=True):
        track["sightings"] = [asdict(one) for one in kept.sightings]
    assert unpack(gzip.compress(json.dumps(old).encode())) == evidence


def test_evidence_from_before_fitness_was_measured_says_that_it_was_not() -> None:
    evidence = replace(
        with_scene(),
        quality=Quality(
            SoundQuality(-20.0, -60.0, 40.0, 0.0, 0.1), PictureQuality(120.0, 90.0, 0.0, 0.0), Continuity()
        ),
    )
    old = json.loads(gzip.decompress(pack(evidence)))
    for part, kept in (
        ("sound", {"level_db", "noise_db", "snr_db", "clipped_share", "silent_share", "dropouts", "spans"}),
        ("picture", {"luma", "sharpness", "dark_share", "blurred_share", "black", "frozen"}),
        ("continuity", {"gaps", "decode_errors", "truncated"}),
    ):
        old["quality"][part] = {name: value for name, value in old["quality"][part].items() if name in kept}
    read = unpack(gzip.compress(json.dumps(old).encode()))
    assert read == evidence
    assert read.quality.picture is not None
    assert (read.quality.picture.dim, read.quality.continuity.stalls) == (None, None)


def test_numbers_stored_as_lists_are_still_read() -> None:
    old = json.loads(gzip.decompress(pack(with_scene()))) | {"schema": 2}
    columns = [old["transcript"]["characters"], *(one["sightings"] for one in old["scene"]["tracks"])]
    for one in columns:
        for path, values in one.items():
            if isinstance(values, str):
                one[path] = [None if isnan(number) else number for number in numbers_of(values)]
    assert old["scene"]["tracks"][0]["sightings"]["mouth_open"] == [None, 0.02]
    assert unpack(gzip.compress(json.dumps(old).encode())) == with_scene()


@given(st.lists(st.one_of(st.floats(), st.floats(width=32))))
def test_numbers_are_stored_exactly(numbers: list[float]) -> None:
    kept = numbers_of(stored(array("d", numbers)))
    assert list(map(repr, kept)) == list(map(repr, numbers))


def test_records_read_back_behave_like_a_tuple() -> None:
    machine, kept = with_scene().transcript, unpack(pack(with_scene())).transcript
    assert machine is not None
    assert kept is not None
    assert kept.characters == machine.characters
    assert hash(kept.characters) == hash(machine.characters)
    for place in (0, -1, slice(1, None), slice(0, 0), slice(None, None, -1), slice(5, 9)):
        assert unpack(pack(with_scene())).transcript.characters[place] == machine.characters[place]  # type: ignore[union-attr]
    with pytest.raises(IndexError):
        kept.characters[2]
    assert replace(kept, characters=(*kept.characters[:1], *kept.characters[1:])) == machine


@given(
    st.lists(
        st.tuples(
            st.text(max_size=3),
            st.floats(0, 1e5),
            st.floats(0, 100),
            st.floats(0, 1),
            st.one_of(st.none(), st.text(max_size=3)),
        )
    )
)
def test_packing_and_unpacking_are_inverse(rows: list[tuple[str, float, float, float, str | None]]) -> None:
    characters = tuple(Character(text, Interval(at, at + long), sure, who) for text, at, long, sure, who in rows)
    evidence = Evidence(Media((), 1.0), Transcript(characters, (), (), (), ()), None, Quality())
    assert unpack(pack(evidence)) == evidence
    assert pack(unpack(pack(evidence))) == pack(evidence)


def test_what_was_heard_is_read_without_the_rest() -> None:
    written = json.loads(gzip.decompress(pack(with_scene())))
    assert unpack_transcript(pack(with_scene())) == with_scene().transcript
    assert unpack_transcript(gzip.compress(json.dumps(written | {"scene": 1}).encode())) == with_scene().transcript
    assert unpack_transcript(gzip.compress(json.dumps(written | {"transcript": None}).encode())) is None


@pytest.mark.parametrize("read", [unpack, unpack_transcript])
def test_evidence_of_a_newer_engine_is_refused_with_its_form(read: Callable[[bytes], object]) -> None:
    written = json.loads(gzip.decompress(pack(with_scene()))) | {"schema": 99}
    with pytest.raises(ValueError, match="99"):
        read(gzip.compress(json.dumps(written).encode()))
    with pytest.raises(ValueError, match="99"):
        read(gzip.compress(json.dumps(written | {"transcript": "another form"}).encode()))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda written: written["transcript"]["characters"]["text"].pop(),
        lambda written: written["transcript"]["characters"].pop("interval.start"),
        lambda written: written["transcript"]["characters"].update(text=[1.5, {}]),
        lambda written: written["transcript"]["characters"].update({"interval.end": [-5.0, -5.0]}),
        lambda written: written["transcript"]["characters"].update({"interval.end": "f8:AAAA"}),
        lambda written: written["transcript"]["characters"].update({"interval.end": "f8:!?"}),
        lambda written: written["transcript"]["characters"].update({"interval.end": "f2:AAAAAA=="}),
        lambda written: written["transcript"]["characters"].update({"interval.end": stored(array("d", [nan, nan]))}),
        lambda written: written["transcript"]["characters"].update({"text": "f8:AAAAAAAAAAA="}),
    ],
)
def test_broken_columns_are_refused(spoil: Callable[[dict[str, Any]], object]) -> None:
    written = json.loads(gzip.decompress(pack(with_scene())))
    spoil(written)
    with pytest.raises(ValueError, match=r"characters"):
        unpack(gzip.compress(json.dumps(written).encode()))


@pytest.mark.parametrize("data", [b"no gzip", pack(Evidence(Media((), 1.0), None, None, Quality()))[:-12]])
def test_what_is_no_whole_gzip_file_is_an_os_error(data: bytes) -> None:
    with pytest.raises(OSError):  # noqa: PT011  the kinds of damage differ in their words
        unpack(data)
