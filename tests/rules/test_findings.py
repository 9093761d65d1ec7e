"""What a finding of a check means: the same words, and the same condition for `fail`, as for what must be seen."""

from copy import copy

import pytest
import yaml

from engine import reasons
from engine.errors import MingjianError
from engine.evidence import Person
from engine.interval import Interval
from engine.order import RelatedSession
from engine.reasons import Words
from engine.rules import check, load
from engine.rules.examples import run
from engine.rules.fieldnames import OTHER_FIELDS, PARTIES, PARTY_FIELDS, listed, named
from engine.rules.json_schema import rules_schema
from engine.rules.loading import RULESETS
from engine.rules.operators.base import Context
from engine.rules.operators.catalogue import by_key
from engine.rules.orders import known_path
from engine.rules.schema import SettingsPart
from tests.rules.operators.measuring import look, part, scene, told
from tests.rules.operators.measuring import session as recorded
from tests.rules.operators.workbench import document, judged, loaded, reporting, requiring

REBATE = [("agent", "您今天办下来，我私下给您返佣。"), ("customer", "好。")]
FACE = {"face_present": {"role": "customer", "min_share": 0.6}}


def unseen_customer():
    """A session whose customer is seen for a tenth of the time."""
    agent = Person("F1", "agent", 0.9, (Interval(0.0, 100.0),), (), "")
    customer = Person("F2", "customer", 0.9, (Interval(0.0, 10.0),), (), "")
    return recorded(scene=scene(agent, customer))


def over_faces(verdict, recall=None, measured=None, **fields):
    written = document(FACE, require=FACE, kind="visual", verdict=verdict, **fields)
    if recall is not None:
        written["checks"][0]["recall"] = recall
    written["settings"] = {"detector_recall": measured or {}}
    return judged(loaded(written), unseen_customer())


def test_a_finding_that_only_warns_is_a_pass_with_a_note():
    item = judged(reporting({"keyword": {"any": ["返佣"]}}, verdict="warn"), REBATE)
    assert (item.verdict, item.reason_code) == ("pass", "check_warned")
    assert [note.code for note in item.notes] == ["words_heard"]
    assert "返佣" in item.notes[0].text
    assert item.evidence
    clean = judged(reporting({"keyword": {"any": ["返佣"]}}, verdict="warn"), [("agent", "您好。")])
    assert (clean.verdict, clean.notes) == ("pass", ())


def test_an_example_of_a_check_that_warns_must_warn(tmp_path):
    ruleset = reporting(
        {"keyword": {"any": ["返佣"]}}, verdict="warn", examples={"pass": ["您好。"], "fail": ["给您返佣。", "您好。"]}
    )
    assert [one.ok for one in run(ruleset)] == [True, True, False]


def test_what_is_no_detector_s_may_fail():
    assert judged(reporting({"keyword": {"any": ["返佣"]}}, verdict="fail"), REBATE).verdict == "fail"


@pytest.mark.parametrize(
    ("stated", "measured", "verdict"),
    [
        (None, {}, "review"),  # nobody measured it
        (None, {"face": 0.94}, "review"),
        (None, {"face": 0.95}, "fail"),
        (None, {"paper": 0.99}, "review"),  # another detector's figure
        (0.97, {}, "fail"),
        (0.90, {"face": 0.99}, "review"),  # what was measured under the rule's conditions goes first
    ],
)
def test_not_seen_fails_only_where_the_detector_finds_enough(stated, measured, verdict):
    item = over_faces("fail", stated, measured)
    assert item.verdict == verdict, item.reason
    assert ("detector_unproven" in [note.code for note in item.notes]) == (verdict == "review")


def test_a_rule_may_ask_for_more_but_not_for_less():
    assert over_faces("fail", 0.96, min_recall=0.98).verdict == "review"
    with pytest.raises(MingjianError, match="min_recall"):
        over_faces("fail", 0.96, min_recall=0.9)


def test_both_sections_refuse_a_low_recall_at_its_line(tmp_path):
    written = document({"keyword": {"any": ["返佣"]}})
    stated = {"id": "v_it", "title": "同框", "basis": ["R54-8"], "severity": "high", "metric": "same_frame"}
    written["visual"] = [{**stated, "fail": {"below": 0.5, "min_recall": 0.5}}]
    path = tmp_path / "low.yaml"
    path.write_text(yaml.safe_dump(written, allow_unicode=True), encoding="utf-8")
    assert any("min_recall" in str(fault) for fault in check(path))


def test_every_operator_over_the_picture_names_its_detector():
    seen = {"face_present", "same_frame", "enter_leave", "extra_face", "face_match", "liveness", "mouth_vs_voice",
            "card_facts", "card_shown", "doc_title", "signing", "hand_copy", "clock_ocr", "voice_count",
            "same_voice_as"}  # fmt: skip
    assert {key for key, operator in by_key().items() if operator.detector} == seen


@pytest.mark.parametrize(
    ("order", "related", "state", "code"),
    [
        ({}, None, "not_applicable", "policy_unknown"),
        ({"policy_no": "P1"}, None, "not_applicable", "related_unknown"),
        ({"related_sessions": ["S2"]}, None, "unknown", "related_unknown"),
        ({"policy_no": "P1"}, (), "hit", "one_file"),
        ({"policy_no": "P1"}, (RelatedSession("S2", "P1", "face_to_face", ("cd",)),), "miss", "policy_recorded_again"),
        ({"policy_no": "P1"}, (RelatedSession("S2", "P1", None, ("cd",)),), "miss", "policy_recorded_again"),
        # the same file given twice is one file; calls are no recordings of the sale; other policies are others
        ({"policy_no": "P1"}, (RelatedSession("S2", "P1", "bank", ("AB",)),), "hit", "one_file"),
        ({"policy_no": "P1"}, (RelatedSession("S2", "P1", "callback", ("cd",)),), "hit", "one_file"),
        ({"policy_no": "P1"}, (RelatedSession("S2", "P2", "bank", ("cd",)),), "hit", "one_file"),
        ({"related_sessions": ["S2"]}, (RelatedSession("S2", None, "bank", ("cd",)),), "miss", "policy_recorded_again"),
    ],
)
def test_one_file_for_a_policy_is_judged_by_its_other_sessions(order, related, state, code):
    outcome = look({"one_file_per_policy": {}}, recorded(), order=order, context=Context(related=related))
    assert told(outcome) == (state, code)


def test_several_parts_are_several_files_whatever_else_is_known():
    parts = part("a.mp4", 50.0), part("b.mp4", 50.0, 50.0)
    for related in (None, ()):
        outcome = look({"one_file_per_policy": {}}, recorded(parts=parts), context=Context(related=related))
        assert told(outcome) == ("miss", "several_files")


def test_fields_are_named_in_the_language_of_the_sentence():
    details = {"fields": listed(["product.premium", "policyholder.phone"])}
    assert "保费、投保人电话" in reasons.text("order_field_missing", "zh", **details)
    english = reasons.text("order_field_missing", "en", **details)
    assert "premium, policyholder's phone" in english
    assert english.isascii()


@pytest.mark.parametrize(
    ("condition", "order"),
    [
        ({"required": {"fields": ["policyholder.name"]}}, {}),
        ({"id_number": {}}, {"policyholder": {"id_number": "11010519491231002X", "sex": "男"}}),
        ({"phone_equals": {}}, {"policyholder": {"phone": "13800138000"}}),
        ({"ratio": {"of": "product.premium", "to": "policyholder.budget", "above": 1}},
         {"products": [{"premium": "10"}], "policyholder": {"budget": "5"}}),
        ({"sum": {"of": ["policyholder.annual_income", "policyholder.budget"], "above": 1}},
         {"policyholder": {"annual_income": "3", "budget": "4"}}),
    ],
)  # fmt: skip
def test_sentences_of_order_checks_are_english_in_english(condition, order):
    ruling = look(condition, recorded(), order=order).ruling
    assert ruling.in_english.isascii(), ruling.in_english
    assert not ruling.sentence.isascii()


def test_every_field_has_a_name_in_both_languages():
    for path in [*OTHER_FIELDS, *(f"{party}.{field}" for party in PARTIES for field in PARTY_FIELDS)]:
        assert named(path).english.isascii()
        assert not named(path).isascii()
    assert [path for path in OTHER_FIELDS if not known_path(path)] == []


def test_copied_words_keep_their_english():
    found = copy(Words("保费", "premium"))
    assert (found, found.english) == ("保费", "premium")


@pytest.mark.parametrize(
    ("detail", "times"), [("不是普通文件 / not a regular file", 0), ("Invalid data found", 1)], ids=["both", "one"]
)
def test_an_error_says_its_detail_once(detail, times):
    error = MingjianError("media_not_media", path="a.mp4", detail=detail)
    assert str(error).count(detail) == times
    for half in detail.split(" / "):
        assert str(error).count(half) == 1
    assert detail.split(" / ")[-1] in error.en


def test_every_setting_is_explained_in_both_languages():
    lines = (RULESETS / "parts" / "settings.yaml").read_text(encoding="utf-8").splitlines()
    for name in SettingsPart.model_fields:
        at = next((i for i, line in enumerate(lines) if line.strip().startswith(f"{name}:")), None)
        assert at is not None, name
        said = lines[at].partition("#")[2] + "".join(
            line for line in lines[max(0, at - 3) : at] if line.strip()[:1] == "#"
        )
        assert any("一" <= letter <= "鿿" for letter in said), name
        assert "/" in said or any(line.strip("# ").isascii() for line in lines[max(0, at - 3) : at]), name


def test_editors_know_the_new_words():
    written = str(rules_schema())
    for word in ("warn", "min_recall", "not_near", "may_be_negated", "stated"):
        assert word in written
    assert load("face_to_face").doubts.signs
    assert requiring(FACE, kind="visual").checks[0].min_recall == 0.95
