"""Toneless pinyin as text: every Chinese character becomes one code point that stands for its syllable.

Offsets stay one to one with the characters, so a search in syllables returns exact spans at the price of a search in
text.
A character has one reading here, the commonest; `readings` adds the reading it has inside a known word (银行: yin
hang).
`blurred` makes syllables equal that many speakers and recognisers do not keep apart (n/ng, zh/z, ch/c, sh/s, l/n, f/h).

>>> syllables("犹豫期") == syllables("由于其")
True
>>> syllables("终身") == syllables("中生"), blurred("终身") == blurred("中生")
(False, True)
"""

from functools import cache

from pypinyin import Style, lazy_pinyin, pinyin

from engine.language.codes import CodeTable, codes_of, text_of
from engine.language.folding import CharacterTable

INITIALS = (
    "zh", "ch", "sh", "b", "p", "m", "f", "d", "t", "n", "l", "g", "k", "h", "j", "q", "x", "r", "z", "c", "s",
    "y", "w", "",
)  # fmt: skip
FINALS = (
    "a", "o", "e", "i", "u", "v", "ai", "ei", "ui", "ao", "ou", "iu", "ie", "ue", "er", "an", "en", "in", "un", "vn",
    "ang", "eng", "ing", "ong", "ia", "iao", "ian", "iang", "iong", "ua", "uo", "uai", "uan", "uang",
)  # fmt: skip
BLURRED_INITIALS = {"zh": "z", "ch": "c", "sh": "s", "l": "n", "f": "h"}
BLURRED_FINALS = {"ang": "an", "eng": "en", "ing": "in", "iang": "ian", "uang": "uan"}
DIGITS = dict(zip("0123456789", "零一二三四五六七八九", strict=True))
FIRST_CHARACTER, LAST_CHARACTER = "\u4e00", "\u9fff"
LONGEST_SYLLABLE = 6  # zhuang
LONG = 256  # characters from which arrays are quicker
FIRST_SYLLABLE = 0xE000  # private use area: these code points never occur in text


def _split(syllable: str) -> tuple[str, str] | None:
    """Initial and final of a toneless syllable, or None for what is no syllable."""
    initial = next(head for head in INITIALS if syllable.startswith(head))
    final = syllable[len(initial) :].replace("ve", "ue")
    return (initial, final) if final in FINALS else None


def _encode(initial: str, final: str) -> str:
    return chr(FIRST_SYLLABLE + INITIALS.index(initial) * len(FINALS) + FINALS.index(final))


@cache
def _code(syllable: str, blur: bool) -> str | None:
    parts = _split(syllable)
    if parts is None:
        return None
    initial, final = parts
    if blur:
        initial, final = BLURRED_INITIALS.get(initial, initial), BLURRED_FINALS.get(final, final)
    return _encode(initial, final)


def _character(character: str, blur: bool) -> str:
    character = DIGITS.get(character, character)
    if not _is_chinese(character):
        return character
    return _code(pinyin(character, style=Style.NORMAL)[0][0], blur) or character


@cache
def _table(blur: bool) -> CharacterTable:
    return CharacterTable(lambda character: _character(character, blur))


@cache
def _codes(blur: bool) -> CodeTable:
    return CodeTable(lambda character: _character(character, blur))


def syllables(text: str) -> str:
    """One code point per character: the toneless syllable of a Chinese character or digit, any other as it is."""
    return text.translate(_table(False)) if len(text) < LONG else text_of(sounding()(codes_of(text)))


def sounding() -> CodeTable:
    """As `syllables`, for many code points at once."""
    return _codes(False)


def blurred(text: str) -> str:
    """Like `syllables`, with syllables that are often confused made equal."""
    return text.translate(_table(True)) if len(text) < LONG else text_of(blurring()(codes_of(text)))


def blurring() -> CodeTable:
    """As `blurred`, for many code points at once."""
    return _codes(True)


def blur(spoken: str) -> str:
    """Syllables (what `syllables` returns) with those made equal that are often confused."""
    return spoken.translate(_blurring())


@cache
def _blurring() -> CharacterTable:
    return CharacterTable(_blur_code)


def _blur_code(code: str) -> str:
    place = ord(code) - FIRST_SYLLABLE
    if not 0 <= place < len(INITIALS) * len(FINALS):
        return code
    initial, final = INITIALS[place // len(FINALS)], FINALS[place % len(FINALS)]
    return _encode(BLURRED_INITIALS.get(initial, initial), BLURRED_FINALS.get(final, final))


@cache
def readings(word: str) -> tuple[str, ...]:
    """The ways `word` may stand in the syllables of a text: character by character, and as the word is read as a
    whole.
    """
    plain = syllables(word)
    if not all(map(_is_chinese, word)):
        return (plain,)
    spoken = lazy_pinyin(word, style=Style.NORMAL)
    whole = "".join(_code(syllable, False) or character for syllable, character in zip(spoken, word, strict=True))
    return tuple(dict.fromkeys((plain, whole)))


def spelled(letters: str, ways: int = 16) -> tuple[str, ...]:
    """Syllables that Latin letters may stand for (what `syllables` returns), every way to divide them, at most `ways`;
    none where they are no pinyin. Tones and marks are not understood; ü is v.

    >>> spelled("youyuqi") == (syllables("犹豫期"),)
    True
    >>> syllables("西安") in spelled("xian"), syllables("先") in spelled("xian"), spelled("hello")
    (True, True, ())
    """
    known = _spellings()
    divided: list[list[str]] = [[] for _ in range(len(letters) + 1)]
    divided[0] = [""]
    for end in range(1, len(letters) + 1):
        for start in range(max(0, end - LONGEST_SYLLABLE), end):
            code = known.get(letters[start:end])
            if code is not None:
                divided[end] += [before + code for before in divided[start]]
        divided[end] = sorted(divided[end], key=len)[:ways]
    return tuple(divided[-1])


@cache
def _spellings() -> dict[str, str]:
    """The syllables of the language, by their letters."""
    common = b"".join(bytes((row, cell)) for row in range(0xB0, 0xF8) for cell in range(0xA1, 0xFF))
    characters = common.decode("gb2312", errors="ignore")
    spoken = {pinyin(character, style=Style.NORMAL)[0][0] for character in characters}
    known = {letters: code for letters in spoken if (code := _code(letters, False)) is not None}
    return known | {letters.replace("ve", "ue"): code for letters, code in known.items()}


def _is_chinese(character: str) -> bool:
    return FIRST_CHARACTER <= character <= LAST_CHARACTER
