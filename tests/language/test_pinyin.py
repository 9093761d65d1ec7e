import pytest

from engine.language.pinyin import blurred, readings, syllables


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
