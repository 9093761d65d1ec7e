"""Operators over people and papers: seen, not seen, in doubt, and not measured."""

import gzip
import json

import pytest
from pydantic import ValidationError

from engine.evidence import Act, ClockReading, FaceLikeness, Liveness, Paper, Person, Speaking, StageReport
from engine.evidence.file import pack, unpack
from engine.inspection import Answer, Item, Window
from engine.interval import Interval
from engine.rules.operators.catalogue import by_key
from engine.rules.operators.papers import HandCopy
from tests.rules.operators.measuring import heard_only, look, said, scene, sentence, session, told, voices

TALK = voices((0.0, 60.0, "agent"), (60.0, 100.0, "customer"))
RISK = "本人已阅读保险条款、产品说明书和投保提示书，了解本产品的特点和保单利益的不确定性"


def person(name, role, *spans, sure=0.9):
    return Person(name, role, sure, tuple(Interval(*one) for one in spans), (), "")


AGENT = person("F1", "agent", (0.0, 100.0))
CUSTOMER = person("F2", "customer", (0.0, 70.0))
STRANGER = person("F3", "unknown", (0.0, 100.0), sure=0.0)


def film(*people, **fields):
    return session(TALK, scene(*people, **fields))


def read(*people, **fields):
    """Film in which papers were looked for all the time."""
    return film(*people, read=(Interval(0.0, 100.0),), **fields)


@pytest.mark.parametrize(
    ("evidence", "parameters", "state", "code"),
    [
        (film(AGENT, CUSTOMER), {"role": "customer", "min_share": 0.6}, "hit", "face_seen"),
        (film(AGENT, CUSTOMER), {"role": "customer", "min_share": 0.8}, "miss", "face_seen_little"),
        (film(AGENT, CUSTOMER), {"role": "agent", "min_share": 0.8, "during": "own_speech"}, "hit", "face_seen"),
        (film(AGENT), {"role": "customer", "min_s": 1}, "miss", "face_not_seen"),
        (film(AGENT, CUSTOMER), {"role": "customer", "min_s": 60}, "hit", "face_seen_for"),
        # two people of whom one is told: the other is taken for the customer; one alone may be anybody
        (film(AGENT, STRANGER), {"role": "customer", "min_share": 0.6}, "hit", "face_seen"),
        (film(STRANGER), {"role": "customer", "min_share": 0.6}, "unknown", "face_role_doubtful"),
        # only judged time counts
        (film(AGENT, CUSTOMER, judged=[(0.0, 70.0)]), {"role": "customer", "min_share": 0.8}, "hit", "face_seen"),
        (
            film(AGENT, CUSTOMER, judged=[(0.0, 30.0)]),
            {"role": "customer", "min_share": 0.8},
            "unknown",
            "picture_unjudgeable",
        ),
        (
            film(AGENT, too_small=[(0.0, 80.0)]),
            {"role": "customer", "min_share": 0.6},
            "unknown",
            "faces_too_small",
        ),
    ],
)
def test_a_face_is_there(evidence, parameters, state, code):
    assert told(look({"face_present": parameters}, evidence)) == (state, code)


def test_people_who_were_only_counted_are_noted():
    outcome = look({"face_present": {"role": "customer", "min_share": 0.6}}, film(AGENT, STRANGER))
    assert [note.code for note in outcome.notes] == ["faces_counted"]
    advised = {"face_present": {"role": "customer", "min_share": 0.6, "advised_share": 0.8}}
    assert [note.code for note in look(advised, film(AGENT, CUSTOMER)).notes] == ["face_seen_partly"]


def test_what_is_missing_is_named_with_its_share():
    outcome = look({"face_present": {"role": "customer", "min_share": 0.8}}, film(AGENT, CUSTOMER))
    assert sentence(outcome) == "画面中看到客户的时间仅占 70%，应不少于 80%，请看画面复核。"
    assert [(one.start, one.end, one.matched) for one in outcome.findings] == [(70.0, 100.0, "没看到客户")]


@pytest.mark.parametrize(
    ("key", "parameters"),
    [
        ("face_present", {"role": "agent", "min_share": 0.5}),
        ("same_frame", {"min_share": 0.5}),
        ("enter_leave", {"role": "agent", "gap_s": 10}),
        ("extra_face", {"min_s": 3}),
        ("doc_title", {"text": "投保提示书", "min_s": 1}),
        ("signing", {"doc": "投保单", "min_s": 1}),
        ("clock_ocr", {"max_drift_s": 2}),
    ],
)
def test_without_a_picture_nothing_is_asked_and_with_a_lost_one_nothing_concluded(key, parameters):
    assert told(look({key: parameters}, heard_only(film(AGENT)))) == ("not_applicable", "no_picture")
    lost = session(TALK, None, stages=(StageReport("vision", "failed", "stage_failed"),))
    assert told(look({key: parameters}, lost)) == ("unknown", "stage_lost")


@pytest.mark.parametrize(
    ("key", "parameters"),
    [
        ("card_shown", {"words": "执业证", "min_s": 1}),
        ("doc_title", {"text": "投保提示书", "min_s": 1}),
        ("signing", {"doc": "投保单", "min_s": 1}),
        ("hand_copy", {"text": RISK, "min_overlap": 0.6}),
        ("clock_ocr", {"max_drift_s": 2}),
        ("liveness", {"min_score": 0.5}),
        ("mouth_vs_voice", {"min_score": 0.9}),
    ],
)
def test_what_no_stage_measured_is_unknown(key, parameters):
    assert told(look({key: parameters}, film(AGENT, CUSTOMER))) == ("unknown", "not_measured")


@pytest.mark.parametrize(
    ("evidence", "parameters", "state", "code"),
    [
        (film(AGENT, CUSTOMER), {"min_share": 0.7}, "hit", "face_seen"),
        (film(AGENT, CUSTOMER), {"min_share": 0.8}, "miss", "face_seen_little"),
        (film(AGENT, STRANGER), {"min_share": 0.8}, "hit", "face_seen"),
        (film(AGENT, CUSTOMER), {"roles": ["agent", "customer", "insured"], "min_s": 1}, "miss", "face_not_seen"),
        (
            film(AGENT, CUSTOMER, person("F3", "insured", (20.0, 22.0))),
            {"roles": ["agent", "customer", "insured"], "min_s": 1, "item": "db_insured_consent"},
            "hit",
            "face_seen_for",
        ),
        (
            film(AGENT, CUSTOMER),
            {"min_share": 0.9, "window_from_item": "dr_x", "to": "last_answer"},
            "hit",
            "face_seen",
        ),
        (
            film(AGENT, CUSTOMER),
            {"min_share": 0.9, "window_from_item": "dr_x", "to": "end"},
            "miss",
            "face_seen_little",
        ),
        (film(AGENT), {"min_share": 0.9, "window_from_item": "dr_unsaid"}, "unknown", "anchor_unsaid"),
    ],
)
def test_in_one_frame(evidence, parameters, state, code):
    spoken = said("db_insured_consent", 18.0, 24.0) | said("dr_x", 10.0, 20.0, until=65.0)
    assert told(look({"same_frame": parameters}, evidence, said=spoken)) == (state, code)


@pytest.mark.parametrize(
    ("evidence", "state", "code"),
    [
        (film(AGENT, CUSTOMER), "hit", "face_left"),
        (film(AGENT, person("F2", "customer", (0.0, 40.0), (48.0, 100.0))), "miss", "face_stayed"),
        # somebody is there whom nobody told, or the picture is too dark: not gone for sure
        (film(CUSTOMER, person("F3", "unknown", (65.0, 100.0), sure=0.0)), "unknown", "face_role_doubtful"),
        (film(AGENT, CUSTOMER, judged=[(0.0, 75.0)]), "unknown", "picture_unjudgeable"),
    ],
)
def test_somebody_left(evidence, state, code):
    assert told(look({"enter_leave": {"role": "customer", "gap_s": 10}}, evidence)) == (state, code)


@pytest.mark.parametrize(
    ("people", "order", "state", "code"),
    [
        ((AGENT, CUSTOMER), {}, "miss", "extra_face_none"),
        ((AGENT, CUSTOMER, STRANGER), {"insured": {"same_as_policyholder": True}}, "hit", "extra_face_seen"),
        ((AGENT, CUSTOMER, STRANGER), {"insured": {"same_as_policyholder": False}}, "miss", "extra_face_none"),
        ((AGENT, CUSTOMER, STRANGER), {}, "unknown", "order_field_missing"),
        ((AGENT, person("F9", "other", (5.0, 50.0))), {}, "hit", "extra_face_seen"),
        ((AGENT, CUSTOMER, person("F3", "unknown", (10.0, 12.0))), {}, "miss", "extra_face_none"),
    ],
)
def test_a_third_person(people, order, state, code):
    assert told(look({"extra_face": {"min_s": 3}}, film(*people), order)) == (state, code)


def test_a_face_against_a_photo():
    match = {"face_match": {"role": "customer", "ref": "id_photo", "review_below": 0.45}}
    assert told(look(match, film(AGENT, CUSTOMER))) == ("not_applicable", "no_model")
    for similarity, expected in ((0.6, ("hit", "face_matches")), (0.3, ("miss", "face_differs"))):
        likeness = (FaceLikeness("F2", "id_photo", similarity),)
        assert told(look(match, film(AGENT, CUSTOMER, face_likeness=likeness))) == expected
    assert told(look(match, film(AGENT, face_likeness=()))) == ("unknown", "face_not_compared")


def test_a_living_face():
    alive = {"liveness": {"min_score": 0.5}}
    looked = (Liveness(Interval(0.0, 5.0), "F2", 0.9), Liveness(Interval(50.0, 55.0), "F2", 0.2))
    assert told(look(alive, film(AGENT, CUSTOMER, liveness=looked[:1]))) == ("hit", "face_alive")
    outcome = look(alive, film(AGENT, CUSTOMER, liveness=looked))
    assert told(outcome) == ("miss", "face_not_alive")
    assert [one.start for one in outcome.findings] == [50.0]


def answered(*spans):
    """Items whose answers were given then."""
    return {
        f"dr_{number}": (
            Item(
                f"dr_{number}", "", "disclosure", "high", "pass", "", "", Window(0.0, 1.0, 1.0),
                answer=Answer("affirm", start, end, "好", "customer"),
            ),
        )
        for number, (start, end) in enumerate(spans)
    }  # fmt: skip


def bound(at, who, score=0.95):
    span, how = Interval(at, at + 1), who if who in ("nobody", "untold") else "face"
    return Speaking(span, "customer", how, who if how == "face" else None, score, None)


@pytest.mark.parametrize(
    ("speaking", "state", "code"),
    [
        ([bound(60.0, "F2"), bound(80.0, "F2")], "hit", "mouth_agrees"),
        ([bound(60.0, "F2"), bound(80.0, "F1")], "miss", "mouth_disagrees"),  # the agent's mouth moves: 代答
        ([bound(60.0, "F2"), bound(80.0, "nobody")], "miss", "mouth_disagrees"),  # from off screen
        ([bound(60.0, "F2"), bound(80.0, "untold", 0.0)], "hit", "mouth_agrees"),
        ([bound(60.0, "F2", 0.85), bound(80.0, "F1", 0.85)], "unknown", "mouth_unjudgeable"),  # not surely enough
        ([bound(60.0, "F3"), bound(80.0, "untold", 0.0)], "unknown", "mouth_unjudgeable"),
        ([], "unknown", "mouth_unjudgeable"),
    ],
)
def test_whoever_answers_is_seen_to_speak(speaking, state, code):
    film_ = film(AGENT, person("F2", "customer", (0.0, 100.0)), STRANGER, speaking=tuple(speaking))
    written = {"mouth_vs_voice": {"min_score": 0.9}}
    assert told(look(written, film_, items=answered((60.0, 61.0), (80.0, 81.0)))) == (state, code)


def paper(title, start=10.0, end=13.0, text="", kind="paper"):
    return Paper(Interval(start, end), title, text, kind)


@pytest.mark.parametrize(
    ("papers", "parameters", "state", "code"),
    [
        ([paper("", text="保险销售从业人员执業证", kind="card")], {}, "hit", "card_shown"),
        ([paper("", text="执业证", kind="paper")], {}, "miss", "card_not_seen"),
        ([paper("", text="执业证", kind="paper")], {"any_paper": True}, "hit", "card_shown"),
        ([paper("", 10.0, 10.4, "执业证", "card")], {}, "miss", "shown_briefly"),
        ([paper("投保提示书")], {}, "miss", "card_not_seen"),
    ],
)
def test_a_card_is_shown(papers, parameters, state, code):
    written = {"card_shown": {"words": ["工作证", "执业证"], "min_s": 1, **parameters}}
    assert told(look(written, read(AGENT, papers=tuple(papers)))) == (state, code)


@pytest.mark.parametrize(
    ("title", "state"),
    [
        ("人身保险投保提示书", "hit"),
        ("人身保险投保提示書", "hit"),
        ("投保提木书", "hit"),
        ("产品说明书", "miss"),
        ("投保", "miss"),
    ],
)
def test_a_paper_is_known_by_its_title(title, state):
    written = {"doc_title": {"text": "投保提示书", "min_s": 1, "min_similarity": 0.8}}
    assert look(written, read(AGENT, papers=(paper(title),))).state == state


def test_a_paper_not_seen_in_a_picture_that_was_not_read_is_unknown():
    written = {"doc_title": {"text": "投保提示书", "min_s": 1}}
    little = film(AGENT, read=(Interval(0.0, 20.0),))
    assert told(look(written, little)) == ("unknown", "picture_unjudgeable")
    assert told(look(written, read(AGENT))) == ("miss", "doc_not_seen")


@pytest.mark.parametrize(
    ("acts", "order", "state", "code", "notes"),
    [
        ([("投保单", "王建国")], {"policyholder": {"name": "王建国"}}, "hit", "signed", []),
        ([("投保单", "李四")], {"policyholder": {"name": "王建国"}}, "miss", "signature_differs", []),
        ([("投保单", "")], {"policyholder": {"name": "王建国"}}, "hit", "signed", ["signature_unreadable"]),
        ([("投保单", "王建国")], {}, "hit", "signed", ["not_compared"]),
        ([("", "")], {}, "unknown", "signed_doc_unknown", []),
        ([("投保提示书", "王建国")], {}, "miss", "signing_not_seen", []),
        ([], {}, "miss", "signing_not_seen", []),
    ],
)
def test_signing(acts, order, state, code, notes):
    made = tuple(Act(Interval(10.0, 15.0), "signing", doc, name, 0.9) for doc, name in acts)
    written = {"signing": {"doc": "投保单", "min_s": 2, "name_ocr": "policyholder.name"}}
    outcome = look(written, read(AGENT, acts=made), order)
    assert told(outcome) == (state, code)
    assert [note.code for note in outcome.notes] == notes


def test_a_signed_name_stays_out_of_the_sentence():
    made = (Act(Interval(10.0, 15.0), "signing", "投保单", "李四", 0.9),)
    written = {"signing": {"doc": "投保单", "min_s": 2, "name_ocr": "policyholder.name"}}
    outcome = look(written, read(AGENT, acts=made), {"policyholder": {"name": "王建国"}})
    shown = sentence(outcome) + "".join(one.quote + one.matched for one in outcome.findings)
    assert "李四" not in shown
    assert "王建国" not in shown


@pytest.mark.parametrize(
    ("text", "state", "code"),
    [
        (RISK, "hit", "copied"),
        (RISK.replace("已", "巳").replace("示", "小").replace("特", "持"), "hit", "copied"),  # misread here and there
        (RISK[:30], "miss", "copied_partly"),  # what was left out says that nothing is certain
        (RISK.replace("保险条款、", ""), "miss", "copied_partly"),
        (RISK.replace("不确定", "确定"), "unknown", "copy_unreadable"),
        (RISK[:10], "miss", "copied_partly"),
        ("", "unknown", "copy_unreadable"),
    ],
)
def test_copying_by_hand(text, state, code):
    made = (Act(Interval(10.0, 40.0), "copying", "投保单", text, 0.9),)
    written = {"hand_copy": {"text": RISK, "min_overlap": 0.6, "min_s": 10}}
    assert told(look(written, read(AGENT, acts=made))) == (state, code)
    assert told(look(written, read(AGENT, acts=()))) == ("miss", "copy_not_seen")


def test_the_share_copied_does_not_count_scattered_characters():
    assert HandCopy(text="风险自担", min_overlap=0.5).overlap("担自险风") == 0.25


@pytest.mark.parametrize(
    ("reads", "state", "code"),
    [
        (["10:00:00", "10:01:20"], "hit", "clock_goes"),
        (["10:00:00", "10:02:20"], "miss", "clock_drifts"),
        (["10:00:00", "09:58:40"], "miss", "clock_runs_back"),
        (["10:00:00"], "miss", "clock_missing"),
    ],
)
def test_a_clock_in_the_picture(reads, state, code):
    clocks = tuple(ClockReading(10.0 + 80.0 * i, f"2026-11-02T{one}+08:00") for i, one in enumerate(reads))
    assert told(look({"clock_ocr": {"max_drift_s": 2}}, film(AGENT, clocks=clocks))) == (state, code)


def test_evidence_stored_before_these_measures_existed_still_unpacks():
    evidence = film(AGENT, CUSTOMER, acts=(Act(Interval(1.0, 2.0), "signing", "投保单", "", 1.0),))
    assert unpack(pack(evidence)) == evidence
    stored = json.loads(gzip.decompress(pack(evidence)))
    for name in ("read", "acts", "mouths", "liveness", "face_likeness", "clocks", "speaking", "lifeless"):
        del stored["scene"][name]
    for name in ("picture_cuts", "sound_breaks", "steps_back", "edits"):
        del stored["quality"]["continuity"][name]
    del stored["transcript"]["likeness"]
    old = unpack(gzip.compress(json.dumps(stored).encode()))
    assert told(look({"signing": {"doc": "投保单", "min_s": 1}}, old)) == ("unknown", "not_measured")
    assert told(look({"edit_trace": {}}, old)) == ("unknown", "not_measured")


@pytest.mark.parametrize(
    ("key", "parameters"),
    [
        ("face_present", {"role": "agent"}),
        ("same_frame", {"roles": ["agent"], "min_share": 0.5}),
        ("card_shown", {"min_s": 1}),
    ],
)
def test_what_states_no_level_is_a_fault(key, parameters):
    with pytest.raises(ValidationError):
        by_key()[key].model_validate(parameters)
