import re

import pytest

from engine.language.answers import punctuate
from engine.rules.loading import answers

BOOK = answers().book
CASES = {
    "affirm": [
        "清楚",
        "是的我清楚了",
        "我同意",
        "没有疑问",
        "没有不清楚的",
        "对，是我本人",
        "嗯清楚",
        "懂了",
        "签收了",
        "是是是",
        "是的如实填的",
        "对等",
        "同意我同意",
        "清楚清楚",
        "知道，我知道",
        "没有其他疑问，都清楚",
        "没有其他的，都了解",
        "是我本人牵的",
    ],
    "not_understood": [
        "不清楚",
        "清楚补清楚",
        "不太明白",
        "没听懂",
        "不是很了解",
        "没有，不清楚",
        "没人跟我讲过",
        "他不清楚",
    ],
    "refusal": ["我不同意", "不买了", "算了", "我再考虑考虑", "接受不了", "没什么问题，但是我不同意"],
    "weak": [
        "嗯",
        "好的好的",
        "大概知道",
        "没有，都清楚",
        "没有不清楚",
        "不都同意",
        "我女儿明白就行",
        "他清楚的",
        "看过了，她都看过了",
        "是的，是他",
        "对，是他本人",
        "是的，他自己签的",
    ],
    "asked_back": ["什么是犹豫期啊", "再说一遍", "能不能提前取", "怎么退啊"],
    "deny": ["没有", "不是我自己签的", "不是我本人牵的", "业务员签的", "他签的", "没收到", "没有，没有", "是的他填的"],
    "unclear": ["", "今天天气挺好", "中文字幕", "猛", "没有意义", "是的补填的", "是的我妈填的", "对的是吗"],
    "none": [None],
}
NEGATIONS = [
    "不",
    "不太",
    "不怎么",
    "不是很",
    "不大",
    "不完全",
    "没有",
    "没",
    "还没",
    "并不",
    "还没有",
    "不都",
    "不全",
    "没怎么",
]
VERBS = ["清楚", "明白", "了解", "知道", "理解", "懂", "同意", "愿意", "接受", "认可", "确认"]


@pytest.mark.parametrize(("expected", "text"), [(result, text) for result, texts in CASES.items() for text in texts])
def test_answers_are_classed(expected, text):
    assert BOOK.classify(text) == expected


@pytest.mark.parametrize(
    ("recognised", "expected"),
    [("布清楚", "not_understood"), ("无太清楚", "not_understood"), ("我在考虑考虑", "refusal"), ("没有带签", "deny"),
     ("没有一问", "affirm"), ("字愿的", "affirm"), ("怎么配", "asked_back")],
)  # fmt: skip
def test_a_word_recognised_as_another_of_the_same_sound_keeps_its_class(recognised, expected):
    assert BOOK.classify(recognised) == expected


@pytest.mark.parametrize(
    "text", ["每清楚", "每太清楚", "三十了解吧？", "亲处知道", "否理解？", "我后了解？", "我太明白"]
)
def test_a_short_yes_after_a_character_that_explains_nothing_is_no_yes(text):
    assert BOOK.classify(text) in ("unclear", "weak")


@pytest.mark.parametrize(
    ("text", "expected"),
    [("没什么问题，但是我不投意", "weak"), ("没什么问题，但是我不同意", "refusal"), ("没什么问题", "affirm")],
)
def test_a_but_behind_no_question_is_listened_to(text, expected):
    assert BOOK.classify(text) == expected


@pytest.mark.parametrize("text", ["太明白了", "我太清楚了", "我明白", "我都了解"])
def test_a_yes_with_all_its_words_affirms(text):
    assert BOOK.classify(text) == "affirm"


@pytest.mark.parametrize("negation", NEGATIONS)
def test_no_negation_of_a_yes_affirms(negation):
    assert [verb for verb in VERBS if BOOK.classify(negation + verb) == "affirm"] == []


@pytest.mark.parametrize("text", [text for texts in CASES.values() for text in texts if text])
def test_lost_punctuation_never_turns_an_answer_into_another(text):
    lost = re.sub("[，。]", "", text)
    assert BOOK.classify(lost) in (BOOK.classify(text), "weak", "unclear")


@pytest.mark.parametrize(
    ("text", "expected"),
    [("轻触", "affirm"), ("我不轻触", "not_understood"), ("统一", "affirm"), ("不统一", "refusal")],
)
def test_homophones_keep_their_negation(text, expected):
    assert BOOK.classify(text) == expected


@pytest.mark.parametrize("text", ["您购买的是一款保险，您明白吗？", "的，你明白吗", "都看过了吗？"])
def test_a_whole_question_is_no_answer(text):
    assert BOOK.classify(text) == "unclear"


@pytest.mark.parametrize("text", ["清楚吗", "您明白吗？", "都了解了吗"])
def test_the_end_of_the_question_is_no_answer(text):
    assert BOOK.classify(text) == "unclear"
    assert BOOK.classify(text + "，清楚") == "affirm"


def test_pauses_become_commas_and_recognised_commas_are_dropped():
    pieces = [("没", 0.0, 0.2), ("有，", 0.2, 0.4), ("不", 0.7, 0.9), ("清", 0.9, 1.1), ("楚？", 1.1, 1.3)]
    assert punctuate(pieces, 0.25) == "没有，不清楚？"
    assert punctuate(pieces, 0.5) == "没有不清楚？"


@pytest.mark.parametrize("tail", ["吗？", "楚吗？", "白吗。", "解了吗，", "道吗？"])
@pytest.mark.parametrize(
    ("answer", "expected"), [("我清楚。", "affirm"), ("不清楚", "not_understood"), ("", "unclear")]
)
def test_what_is_left_of_the_question_hides_no_answer(tail, answer, expected):
    assert BOOK.classify(tail + answer) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("道我了解", "affirm"), ("道我不了解", "not_understood"), ("看过都明白", "affirm"), ("事等，我就是", "affirm"),
     ("是等我确认", "affirm"), ("等我确认", "unclear"), ("是的，不是", "weak"), ("事等，我不同意", "refusal")],
)  # fmt: skip
def test_a_letter_of_the_question_before_an_answer_changes_nothing(text, expected):
    assert BOOK.classify(text) == expected
