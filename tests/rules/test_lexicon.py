"""Words are found where, letter by letter, they stand."""

from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from engine.language.pinyin import blurred, syllables
from engine.rules.lexicon import NEAR, PINYIN, TEXT, Lexicon, Word, looked_for

ALPHABET = "犹豫由于期其终身中生银行收益受a1"
TEXTS = st.text(alphabet=ALPHABET, max_size=40)
WORDS = st.lists(
    st.builds(
        looked_for,
        st.text(alphabet=ALPHABET, min_size=2, max_size=4),
        st.booleans(),
        st.sampled_from((frozenset[str](), frozenset({"受益"}), frozenset({"由于"}))),
    ),
    max_size=6,
    unique_by=lambda one: one.text,
)


def one_by_one(word: Word, text: str) -> Iterator[tuple[int, int]]:
    """Every place of `word`, as the levels of a hit are defined."""
    for start in range(len(text) - len(word.text) + 1):
        heard = text[start : start + len(word.text)]
        if heard == word.text:
            yield start, TEXT
        elif not word.by_sound:
            continue
        elif syllables(text)[start : start + len(heard)] in word.exact:
            yield start, NEAR if heard in word.other else PINYIN
        elif blurred(heard) == blurred(word.text):
            yield start, NEAR


@given(WORDS, TEXTS)
def test_all_words_at_once_are_each_word_alone(words: list[Word], text: str) -> None:
    places = Lexicon(words).places(text)
    for index, word in enumerate(words):
        assert list(places.of(index)) == list(one_by_one(word, text))
    assert set(places.words) == {index for index, word in enumerate(words) if list(one_by_one(word, text))}


def test_a_word_read_as_a_whole_is_found_in_either_reading() -> None:
    places = Lexicon([looked_for("银行", True, frozenset())]).places("去银行和银杭办")
    assert list(places.of(0)) == [(1, TEXT), (4, PINYIN)]
