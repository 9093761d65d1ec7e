"""Guesses at words that were heard wrongly: what may be guessed, and what must never be."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.evidence import Confirmation
from engine.language.pinyin import blurred
from engine.order import Order
from engine.rules import evaluate, load
from engine.rules.phrases import Vocabulary, locate, parse
from engine.rules.rehearsal import Line, rehearse
from engine.rules.resemblance import Index

RULES = """
schema: 1
id: guessing
version: "1"
title: 猜测
scenarios: [face_to_face]
disclosures:
- {id: loss, title: 退保损失, basis: [R54-7-3], severity: high, must: [{concept: 现金价值, any: [现金价值]}]}
"""


def guessed(word: str, text: str) -> list[str]:
    return [text[start:end] for start, end in Index(text, blurred(text)).places(word, blurred(word))]


@pytest.mark.parametrize(
    ("word", "text", "expected"),
    [
        ("保费总额", "说一下宝贝总额", ["宝贝总额"]),
        ("如实说明", "请您容时收明", ["容时收明"]),
        ("亲笔签名", "请您亲笔签字吧", ["亲笔签字"]),
        ("录音录像", "需要录音像的", ["录音像"]),
        ("现金价值", "只退现金值", ["现金值"]),
        ("犹豫期", "有优惠券", []),
        ("全额退保", "可以部分领取", []),
        ("亲笔签名", "请您亲笔签名吧", []),
        ("亲笔签名", "随便签名", []),
    ],
)
def test_one_syllable_may_be_wrong_or_missing(word, text, expected):
    assert guessed(word, text) == expected


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("不保证收益", "保证收益"),
        ("不保证收益", "我保证收益"),
        ("保证有收益", "保证没收益"),
        ("一共二十年", "一共十年"),
        ("每年交一万元", "每年交两万元"),
        ("没有其他承诺", "有其他承诺"),
    ],
)
def test_a_negation_or_a_number_is_never_guessed(word, text):
    assert guessed(word, text) == []


@given(st.text(alphabet="保费总额如实说明不一二签名录音像", max_size=30))
def test_guesses_are_places_of_the_text_that_differ_from_the_word(text):
    for word in ("保费总额", "如实说明", "录音录像"):
        for start, end in Index(text, blurred(text)).places(word, blurred(word)):
            assert 0 <= start < end <= len(text)
            assert blurred(text[start:end]) != blurred(word)
            assert end - start in (len(word), len(word) - 1)


def levels(phrase: str, text: str, other: dict[str, list[str]] | None = None) -> list[str]:
    parsed = parse(phrase)
    return [hit.level for hit in locate(parsed, Vocabulary([parsed], other or {}).scan(text))]


def test_usual_confusions_are_found_without_guessing_and_other_words_stay_apart():
    assert levels("终身", "保到中生") == ["near"]
    assert levels("红利", "红丽不确定") == ["pinyin"]
    assert levels("收益", "受益人", {"收益": ["受益"]}) == ["near"]
    assert levels("不确定", "收益是确定的") == []


@pytest.mark.parametrize(("margin", "verdict"), [(None, "review"), (-20.0, "fail"), (1.0, "pass")])
def test_a_guess_passes_only_when_the_sound_supports_it(tmp_path, margin, verdict):
    path = tmp_path / "guessing.yaml"
    path.write_text(RULES, encoding="utf-8")
    evidence = rehearse([Line("agent", "过了以后再退保，只退现金值，会有损失。")], probability=0.8)
    (request,) = evaluate(evidence, load(path), Order()).requests
    assert (request.heard, request.wanted) == ("现金值", "现金价值")
    if margin is not None:
        answer = Confirmation(request.span, request.heard, request.wanted, margin, "test")
        evidence = replace(evidence, transcript=replace(evidence.transcript, confirmations=(answer,)))
    assert evaluate(evidence, load(path), Order()).items[0].verdict == verdict


GRACE = """
schema: 1
id: figures
version: "1"
title: 天数
scenarios: [face_to_face]
disclosures:
- id: grace
  title: 宽限期
  basis: [R54-7-3]
  severity: high
  must:
    - {concept: 宽限期, any: [宽限期]}
    - {concept: 天数, number: {unit: [天], not_near: [犹豫期]}}
"""


@pytest.mark.parametrize(("margin", "verdict"), [(-20.0, "fail"), (1.0, "pass")])
def test_a_figure_beside_a_guessed_word_is_that_words(tmp_path, margin, verdict):
    """Where 宽限期 is heard as 观线期, sixty days would belong to the only period that was heard rightly."""
    path = tmp_path / "figures.yaml"
    path.write_text(GRACE, encoding="utf-8")
    spoken = [Line("agent", "犹豫期是十五天。"), Line("agent", "观线期是六十天，过了就中止。")]
    evidence = rehearse(spoken, probability=0.8)
    (request,) = evaluate(evidence, load(path), Order()).requests
    assert (request.heard, request.wanted) == ("观线期", "宽限期")
    answer = Confirmation(request.span, request.heard, request.wanted, margin, "test")
    evidence = replace(evidence, transcript=replace(evidence.transcript, confirmations=(answer,)))
    assert evaluate(evidence, load(path), Order()).items[0].verdict == verdict
