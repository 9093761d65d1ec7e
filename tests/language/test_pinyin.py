import pytest

from engine.language.pinyin import blurred, readings, spelled, syllables


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ("犹豫期", "由于其"),
        ("犹豫期", "由于7"),
        ("亲笔签名", "亲比千名"),
        ("责任免除", "责任面除"),
        ("趸交", "顿交"),
        ("受益人", "收益人"),
    ],
)
def test_homophones_share_their_syllables(said, heard):
    assert syllables(said) == syllables(heard)


@pytest.mark.parametrize(("said", "heard"), [("终身", "中生"), ("服务", "胡务"), ("蓝", "南"), ("经营", "今因")])
def test_confusable_syllables_are_equal_only_when_blurred(said, heard):
    assert syllables(said) != syllables(heard)
    assert blurred(said) == blurred(heard)


@pytest.mark.parametrize(("said", "heard"), [("清楚", "不楚"), ("同意", "反对"), ("十天", "十年")])
def test_other_words_stay_apart(said, heard):
    assert blurred(said) != blurred(heard)


def test_a_character_with_two_readings_is_found_as_its_word_is_read():
    assert syllables("银航") in readings("银行")


@pytest.mark.parametrize(
    ("letters", "words"),
    [
        ("youyuqi", ["犹豫期", "由于期"]),
        ("tuibao", ["退保"]),
        ("xian", ["西安", "先", "险"]),
        ("lvse", ["绿色"]),
        ("lue", ["略"]),
        ("zhuang", ["装"]),
    ],
)
def test_letters_spell_what_sounds_so(letters, words):
    assert {syllables(word) for word in words} <= set(spelled(letters))


@pytest.mark.parametrize("letters", ["hello", "app", "youyuq", "bv", "v"])
def test_letters_that_are_no_pinyin_spell_nothing(letters):
    assert spelled(letters) == ()


def test_letters_that_can_be_divided_in_many_ways_are_not_tried_for_ever():
    assert len(spelled("xian" * 15, ways=16)) == 16
