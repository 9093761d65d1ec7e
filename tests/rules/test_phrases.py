import pytest

from engine.rules.phrases import Vocabulary, locate, parse


def hits(phrase, text, by_sound=True, other_words=None):
    parsed = parse(phrase, by_sound)
    words = Vocabulary([parsed], other_words or {}).scan(text)
    return [(text[hit.start : hit.end], hit.level, hit.wanted) for hit in locate(parsed, words)]


@pytest.mark.parametrize(
    ("phrase", "text", "expected"),
    [
        ("犹豫期", "有犹豫期的", [("犹豫期", "text", "犹豫期")]),
        ("犹豫期", "有由于其的", [("由于其", "pinyin", "犹豫期")]),
        ("终身", "保险期间是中生", [("中生", "near", "终身")]),
        ("退", "我推荐您", []),
        ("是|属于…保险产品", "这是我们的保险产品", [("是我们的保险产品", "text", "是我们的保险产品")]),
        ("是|属于…保险产品", "这是一二三四五六七保险产品", []),
        (
            "是|属于……保险产品",
            "这是一二三四五六七保险产品",
            [("是一二三四五六七保险产品", "text", "是一二三四五六七保险产品")],
        ),
        ("保证…收益", "保证有受意", [("保证有受意", "pinyin", "保证有收益")]),
    ],
)
def test_phrases_are_found_with_exact_spans(phrase, text, expected):
    assert hits(phrase, text) == expected


def test_another_word_of_the_same_sound_is_only_near():
    assert hits("收益", "受益人", other_words={"收益": ["受益"]}) == [("受益", "near", "收益")]
    assert hits("收益", "手艺", other_words={"收益": ["受益"]}) == [("手艺", "pinyin", "收益")]


def test_sound_can_be_switched_off():
    assert hits("犹豫期", "由于其", by_sound=False) == []


@pytest.mark.parametrize("text", ["", "…同意", "同意…", "同||意", "，"])
def test_broken_phrases_are_refused(text):
    with pytest.raises(ValueError, match=" / "):
        parse(text)
