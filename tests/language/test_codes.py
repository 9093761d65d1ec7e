"""Long texts are folded and read out in arrays exactly as short ones are."""

from hypothesis import given
from hypothesis import strategies as st

from engine.language.codes import codes_of, text_of
from engine.language.folding import fold, folding
from engine.language.pinyin import LONG, blurred, blurring, sounding, syllables

TEXTS = st.text(max_size=40) | st.text(alphabet="猶豫期１５天ＯＫ终身中生银行0a。", max_size=40)


@given(TEXTS)
def test_arrays_and_characters_give_the_same(text: str) -> None:
    codes = codes_of(text)
    assert text_of(codes) == text
    assert text_of(folding()(codes)) == fold(text)
    assert text_of(sounding()(codes)) == syllables(text)
    assert text_of(blurring()(codes)) == blurred(text)


def test_a_long_text_sounds_like_its_parts() -> None:
    text = "猶豫期15天，终身ok" * LONG
    assert syllables(text) == "".join(map(syllables, text))
    assert blurred(text) == "".join(map(blurred, text))


def test_half_a_character_stops_nothing() -> None:
    text = "犹\ud800期" * LONG
    assert syllables(text)[1] == "\ud800"
    assert text_of(codes_of(text)) == text
