"""Wordings that reviews confirmed, written into a rule set beside the parts it includes."""

import yaml
from hypothesis import given
from hypothesis import strategies as st

from engine.rules.texts import built_in, read_text
from engine.rules.wordings import with_wording

NAME = "face_to_face"
RULE, CONCEPT, PHRASE = "dr_period", "缴费期间", "一共要存十年"


def text() -> str:
    found = built_in(NAME)
    assert found is not None
    return found


def concept_of(rule: str) -> tuple[str, tuple[str, ...]]:
    """The first concept of a shipped disclosure, with its wordings."""
    ruleset = read_text(NAME, text())[0]
    assert ruleset is not None
    found = next(one for one in ruleset.disclosures if one.head.id == rule)
    first = next(one for one in found.must if one.phrases)
    return first.name, tuple(phrase.text for phrase in first.phrases)


def test_a_wording_is_heard_as_the_concept_it_was_added_to() -> None:
    concept, known = concept_of(RULE)
    assert PHRASE not in known
    ruleset, faults = read_text(NAME, with_wording(text(), RULE, concept, PHRASE))
    assert faults == ()
    assert ruleset is not None
    rule = next(one for one in ruleset.disclosures if one.head.id == RULE)
    assert PHRASE in [phrase.text for one in rule.must if one.name == concept for phrase in one.phrases]
    before = read_text(NAME, text())[0]
    assert before is not None
    assert ruleset.sha256 != before.sha256
    others = [one.head.id for one in ruleset.disclosures]
    assert others == [one.head.id for one in before.disclosures]


def test_the_rest_of_the_text_stays_as_people_wrote_it() -> None:
    concept, _ = concept_of(RULE)
    first = with_wording(text(), RULE, concept, PHRASE)
    assert first.startswith(text().rstrip("\n"))
    followed = first + "\n# 说明\nwithout: []\n"
    second = with_wording(followed, RULE, concept, "要交满十年")
    assert second.endswith("\n# 说明\nwithout: []\n")
    assert yaml.safe_load(second)["wordings"] == {RULE: {concept: [PHRASE, "要交满十年"]}}
    assert with_wording(second, RULE, concept, PHRASE) == second


def test_unknown_rules_and_concepts_are_faults_at_their_place() -> None:
    concept, _ = concept_of(RULE)
    written = text() + f"\nwordings:\n  dr_none:\n    {concept}: [甲乙]\n  {RULE}:\n    没有这个: [甲乙]\n"
    ruleset, faults = read_text(NAME, written)
    assert ruleset is None
    lines = written.splitlines()
    told = {one.where: lines[one.line - 1].strip() for one in faults}
    assert told == {"wordings.dr_none": f"{concept}: [甲乙]", f"wordings.{RULE}.没有这个": "没有这个: [甲乙]"} or set(
        told
    ) == {"wordings.dr_none", f"wordings.{RULE}.没有这个"}


def test_a_bad_wording_is_a_fault_where_it_stands() -> None:
    concept, _ = concept_of(RULE)
    written = text() + f"\nwordings:\n  {RULE}:\n    {concept}: ['']\n"
    faults = read_text(NAME, written)[1]
    assert faults
    assert all(one.line >= written.count("\n") - 2 for one in faults)


@given(
    st.lists(st.text(st.characters(blacklist_categories=("Cs", "Cc")), min_size=1, max_size=12), min_size=1, max_size=4)
)
def test_whatever_is_added_is_read_back(phrases: list[str]) -> None:
    written = "id: one\n# 末尾\n"
    for phrase in phrases:
        written = with_wording(written, "dr_one", "期间", phrase)
    found = yaml.safe_load(written)["wordings"]["dr_one"]["期间"]
    assert found == list(dict.fromkeys(phrases))
