from hypothesis import given
from hypothesis import strategies as st

from engine.language.folding import bare, bare_places, fold
from engine.language.pinyin import blurred, syllables


def test_variants_of_the_same_words_become_equal():
    assert fold("猶豫期１５天，ＯＫ") == "犹豫期15天,ok"
    assert fold("現金價值") == fold("现金价值")


def test_a_point_inside_a_number_is_no_punctuation():
    assert bare("每年1.5万。好，") == "每年1.5万好"


@given(st.text(max_size=60))
def test_every_form_of_a_text_keeps_its_length(text):
    folded = fold(text)
    assert len(folded) == len(text)
    assert len(syllables(folded)) == len(text)
    assert len(blurred(folded)) == len(text)


@given(st.text(max_size=60))
def test_folding_twice_changes_nothing(text):
    assert fold(fold(text)) == fold(text)


@given(st.text(st.sampled_from("，。.、 1٣一a…") | st.characters(), max_size=20))
def test_what_is_left_of_a_text_stands_where_it_is_said_to_stand(text):
    assert "".join(text[place] for place in bare_places(text)) == bare(text)
