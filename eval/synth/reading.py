"""How a written line is read aloud: numbers as words, clauses, pinyin with tone sandhi, symbols of the voice.

>>> aloud("保费12000元，工号10235。")
'保费一万二千元，工号幺零二三五。'
>>> [clause.text for clause in clauses("您好，我姓李。")]
['您好', '我姓李']
"""

import re
from dataclasses import dataclass

from models.mandarin_voice import Symbols

DIGITS = "零一二三四五六七八九"
SPELLED = "零幺二三四五六七八九"
CODE_WORDS = r"(?:电话|号码|工号|证号|热线|编号|尾号|号|拨打|打)[是为]?[：:]?\s*$"
CLAUSE_PAUSES = {
    "、": 0.12,
    "，": 0.22,
    ",": 0.22,
    "：": 0.25,
    "；": 0.3,
    "。": 0.38,
    "？": 0.38,
    "！": 0.38,
    "…": 0.45,
}
INTERJECTIONS = {"n2": "en4", "n4": "en4", "ng2": "en4", "m2": "en4"}
"""Syllables without a vowel (嗯), as the voice says them."""

COUNTING = "第十零幺二三四五六七八九"
COUNTING_ON = "二三四五六七八九零十"
LONGEST_FOOT = 3
WORDS_ENDING_IN_ONE = ("统一", "唯一", "单一", "周一", "之一")

LETTERS = {"A": "诶", "B": "必", "C": "西", "D": "弟", "E": "易", "V": "微", "I": "爱", "P": "批"}


@dataclass(frozen=True)
class Clause:
    """A stretch read in one breath, and the silence after it in seconds."""

    text: str
    pause: float


def cardinal(number: int) -> str:
    """A number below 10**12 in Chinese words.

    >>> cardinal(10), cardinal(105), cardinal(20_000), cardinal(100_030)
    ('十', '一百零五', '二万', '十万零三十')
    """
    if number == 0:
        return DIGITS[0]
    words = ""
    for scale, unit in ((10**8, "亿"), (10**4, "万"), (1, "")):
        group = number // scale % 10**4
        if group:
            gap = bool(words) and group < 1000
            words += (DIGITS[0] if gap else "") + _thousands(group) + unit
    return words.removeprefix("一") if words.startswith("一十") else words


def _thousands(group: int) -> str:
    words, hole = "", False
    for scale, unit in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = group // scale % 10
        if digit:
            words += (DIGITS[0] if hole and words else "") + DIGITS[digit] + unit
            hole = False
        else:
            hole = True
    return words


def aloud(text: str) -> str:
    """`text` with digits as they are spoken: codes and years digit by digit, shares as 百分之, the rest as numbers."""
    return re.sub(r"\d[\d,]*(?:\.\d+)?[%％]?", lambda found: _number_aloud(text, found), text)


def _number_aloud(text: str, found: re.Match[str]) -> str:
    written = found.group().replace(",", "")
    if written[-1] in "%％":
        return "百分之" + _decimal_aloud(written[:-1])
    before, after = text[: found.start()], text[found.end() :]
    is_year = len(written) == 4 and after.startswith("年") and written[:2] in ("19", "20")
    is_code = written.isdigit() and (len(written) > 8 or written[0] == "0" or re.search(CODE_WORDS, before))
    if is_year:
        return "".join(DIGITS[int(digit)] for digit in written)
    if is_code:
        return "".join(SPELLED[int(digit)] for digit in written)
    return _decimal_aloud(written)


def _decimal_aloud(written: str) -> str:
    whole, _, part = written.partition(".")
    return cardinal(int(whole)) + ("点" + "".join(DIGITS[int(digit)] for digit in part) if part else "")


def clauses(text: str) -> list[Clause]:
    """`text` cut at its punctuation, ready to be spoken; the last clause has no pause after it."""
    spoken = "".join(LETTERS.get(letter.upper(), letter) for letter in aloud(text))
    marks = "".join(CLAUSE_PAUSES)
    found = [
        Clause(words, CLAUSE_PAUSES.get(mark, 0.0))
        for part, mark in re.findall(rf"([^{marks}]+)([{marks}]?)", spoken)
        if (words := re.sub(r"[^\u4e00-\u9fff]", "", part))
    ]
    return [*found[:-1], Clause(found[-1].text, 0.0)] if found else []


def pinyin(clause: str) -> list[str]:
    """Syllables of a clause with tone digits as spoken, after sandhi of 一, 不 and third tones; 5 is the neutral tone.

    >>> pinyin("一共不是保险产品")
    ['yi2', 'gong4', 'bu2', 'shi4', 'bao2', 'xian3', 'chan2', 'pin3']
    """
    import jieba
    from pypinyin import Style, lazy_pinyin

    jieba.setLogLevel("WARNING")
    spoken: list[str] = []
    lone = False
    for word in jieba.lcut(clause):
        syllables = [str(one) for one in lazy_pinyin(word, Style.TONE3, neutral_tone_with_five=True)]
        syllables = _third_tones(syllables)
        touching = spoken and spoken[-1].endswith("3") and syllables[0].endswith("3")
        if touching and (len(word) == 1 or lone):
            spoken[-1] = spoken[-1][:-1] + "2"
        spoken += syllables
        lone = len(word) == 1
    return _yi_and_bu(clause, spoken)


def _third_tones(word: list[str]) -> list[str]:
    """A third tone before another one rises; words of four and more syllables are spoken in pairs."""
    if len(word) > LONGEST_FOOT:
        return _third_tones(word[:2]) + _third_tones(word[2:])
    return [
        one[:-1] + "2" if one.endswith("3") and after.endswith("3") else one
        for one, after in zip(word, [*word[1:], ""], strict=True)
    ]


def _yi_and_bu(clause: str, spoken: list[str]) -> list[str]:
    """一 and 不 rise before a falling tone; 一 falls before the others, unless it counts (第一) or ends a word."""
    heard = list(spoken)
    for place, character in enumerate(clause[:-1]):
        falling = spoken[place + 1].endswith("4") or clause[place + 1] == "个"
        if character == "不":
            heard[place] = "bu2" if falling else "bu4"
        elif character == "一":
            counts = (place > 0 and clause[place - 1] in COUNTING) or clause[place + 1] in COUNTING_ON
            ends_word = clause[max(0, place - 1) : place + 1] in WORDS_ENDING_IN_ONE
            heard[place] = "yi1" if counts or ends_word else "yi2" if falling else "yi4"
    return heard


def symbols(clause: str, known: Symbols) -> list[str]:
    """Symbols of one clause for the voice. Raises ValueError for a syllable it cannot say."""
    spelled = ["sil"]
    for syllable in pinyin(clause):
        syllable = INTERJECTIONS.get(syllable, syllable)
        base, tone = syllable[:-1], syllable[-1]
        if base not in known.syllables:
            raise ValueError(f"no symbols for {syllable!r} in {clause!r}")
        initial, final = known.syllables[base]
        spelled += [initial, final + tone, "#0"]
    return [*spelled[:-1], "sil", "eos"]
