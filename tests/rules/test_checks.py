"""The `checks:` of a rule set file: every fault at its line, and examples that are conversations."""

import pytest

from engine.rules import check, load
from engine.rules.examples import run
from engine.rules.operators.catalogue import by_key

TWELVE = """\
schema: 1
id: broken
version: "1"
title: 有十二处错的规则集
scenarios: [face_to_face]
disclosures:
- id: dr_consent
  title: 同意录制
  basis: [R54-6]
  severity: high
  must: [{concept: 录制, any: [录音录像]}]
- id: dr_consent
  title: 重复的编号
  basis: [R54-6]
  severity: high
  must: 录音
  unless: ['']
checks:
- id: cv_types
  title: 类型
  kind: conversation
  basis: [R54-6]
  severity: urgent
  report: {keyword: {any: [返佣], min_hits: 许多}}
- id: cv_fields
  title: 字段
  kind: conversation
  basis: [R99-1]
  severity: high
  valid_from: 二月三十日
  report: {keyword: {any: [返佣], wohle: 全部}}
- id: cv_operators
  title: 算子
  kind: conversation
  basis: [R54-6]
  severity: high
  report:
    any_of:
    - {keywrod: {any: [返佣]}}
    - {regex: {any: ['(未闭合']}}
    - keyword:
        any: [返佣]
        scope:
          near: {item: dr_nowhere, where: after}
    - {entity_equals: {field: 颜色, order_path: product.colour, number: {unit: [元]}}}
    - {keyword: {any: [返佣, '…回扣']}}
  applies_if: product.premium >
- id: cv_operators
  title: 重复
  kind: conversation
  basis: [R54-6]
  severity: high
  report: {keyword: {any: [返佣]}}
"""
FOUND = [
    (12, "disclosures[1].id", "dr_consent"),
    (16, "disclosures[1].must", "列表"),
    (17, "disclosures[1].unless[0]", "值不合要求"),
    (23, "checks[0].severity", "urgent"),
    (24, "checks[0].report.keyword.min_hits", "整数"),
    (28, "checks[1].basis[0]", "R99-1"),
    (30, "checks[1].valid_from", "日期"),
    (31, "checks[1].report.keyword.wohle", "没有这个字段"),
    (39, "checks[2].report.any_of[0].keywrod", "keyword"),
    (40, "checks[2].report.any_of[1].regex.any[0]", "正则"),
    (44, "checks[2].report.any_of[2].keyword.scope.near.item", "dr_nowhere"),
    (45, "checks[2].report.any_of[3].entity_equals.order_path", "product.colour"),
    (46, "checks[2].report.any_of[4].keyword.any[1]", "…回扣"),
    (47, "checks[2].applies_if", "不完整"),
    (48, "checks[3].id", "cv_operators"),
]


def faults(tmp_path, text):
    path = tmp_path / "broken.yaml"
    path.write_text(text, encoding="utf-8")
    return check(path)


def test_a_broken_rule_set_reports_all_its_faults_at_their_lines(tmp_path):
    found = faults(tmp_path, TWELVE)
    assert [(one.line, one.where) for one in found] == [(line, where) for line, where, _ in FOUND]
    for one, (_, _, wording) in zip(found, FOUND, strict=True):
        assert wording in one.zh


CHECK = """\
schema: 1
id: small
version: "1"
title: 小
scenarios: [face_to_face]
disclosures:
- {{id: dr_consent, title: 同意, basis: [R54-6], severity: high, must: [{{concept: 录制, any: [录音录像]}}]}}
checks:
- {{id: cv_first, title: 先, kind: conversation, basis: [R54-6], severity: low, report: {{keyword: {{any: [返佣]}}}}}}
- {{id: cv_it, title: 后, kind: conversation, basis: [R54-6], severity: low, {fields}}}
"""


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        ("note: 无", ""),
        ("report: {keyword: {any: [返佣]}}, require: {keyword: {any: [返佣]}}", ""),
        ("report: [返佣]", ".report"),
        ("report: {}", ".report"),
        ("report: {keyword: {any: [返佣]}, regex: {any: [返佣]}}", ".report"),
        ("report: {all_of: []}", ".report.all_of"),
        ("report: {all_of: {keyword: {any: [返佣]}}}", ".report.all_of"),
        ("report: {at_least: [{keyword: {any: [返佣]}}]}", ".report.at_least"),
        ("report: {at_least: {n: 2, of: [{keyword: {any: [返佣]}}]}}", ".report.at_least.n"),
        ("report: {at_least: {n: true, of: [{keyword: {any: [返佣]}}]}}", ".report.at_least"),
        ("report: {keyword: }", ".report.keyword"),
        ("report: {keyword: {any: []}}", ".report.keyword"),
        ("report: {keyword: {any: [返佣], n: 2}}", ".report.keyword"),
        ("report: {keyword: {any: [返佣], scope: {role: nobody}}}", ".report.keyword.scope.role[0]"),
        ("report: {keyword: {any: [返佣], scope: {sentence: {from: 0}}}}", ".report.keyword.scope.sentence"),
        (
            "report: {keyword: {any: [返佣], scope: {near: {item: dr_consent, where: around}}}}",
            ".report.keyword.scope.near",
        ),
        ("report: {ack: {item: dr_other, expect: affirm}}", ".report.ack.item"),
        ("report: {ack: {item: dr_consent}}", ".report.ack"),
        ("report: {order_of: {items: [dr_consent, dr_other]}}", ".report.order_of.items[1]"),
        ("report: {pinyin_fuzzy: {phrases: [签名], max_dist: 1}}", ".report.pinyin_fuzzy"),
        ("report: {concept_all: {must: [{concept: 甲, any: ['…同意']}]}}", ".report.concept_all.must[0]"),
        ("report: {script_coverage: {template: '（动作）', min_rate: 0.9}}", ".report.script_coverage.template"),
        ("report: {keyword: {any: [返佣]}}, requires: [dr_other]", ".requires[0]"),
        ("report: {keyword: {any: [返佣]}}, requires: [cv_it]", ".requires[0]"),
        ("report: {keyword: {any: [返佣]}}, verdict: maybe", ".verdict"),
        ("report: {keyword: {any: [返佣]}}, guards: {min_snr: 高}", ".guards.min_snr"),
        ("report: {keyword: {any: [返佣]}}, examples: {fail: [[{agent: 甲, customer: 乙}]]}", ".examples.fail[0][0]"),
    ],
)
def test_single_faults(tmp_path, fields, where):
    found = faults(tmp_path, CHECK.format(fields=fields))
    assert {one.where for one in found} == {f"checks[1]{where}"}, [str(one) for one in found]


def test_a_check_may_require_rules_that_stand_before_it(tmp_path):
    fields = "report: {keyword: {any: [返佣]}}, requires: [dr_consent, cv_first]"
    assert faults(tmp_path, CHECK.format(fields=fields)) == ()


def test_an_unknown_operator_names_all_that_exist(tmp_path):
    (fault,) = faults(tmp_path, CHECK.format(fields="report: {key_word: {any: [返佣]}}"))
    for key in (*by_key(), "all_of", "any_of", "none_of", "at_least"):
        assert key in fault.zh
        assert key in fault.en


def test_every_operator_is_documented_and_named_once():
    for key, operator in by_key().items():
        assert operator.__doc__, key
        assert key == operator.key


EXAMPLES = """\
schema: 1
id: small
version: "1"
title: 小
scenarios: [face_to_face]
disclosures:
- id: dr_exclusion
  title: 责任免除
  basis: [R54-6]
  severity: high
  scenarios: [face_to_face]
  applies_if: policyholder.age >= 60
  ack: required
  must: [{concept: 免责, any: [责任免除]}]
checks:
- id: cv_latency
  title: 答复过快
  kind: conversation
  basis: [practice]
  severity: low
  applies_if: product.design_type == 分红型
  report: {answer_latency: {min_ms: 150}}
  examples:
    pass:
    - [{agent: 责任免除您明白吗}, {customer: 明白, pause: 0.6}]
    fail:
    - [{agent: 责任免除您明白吗}, {customer: 明白, pause: 0.02}]
    other:
    - {say: 责任免除您明白吗, answer: 明白, verdict: pass}
    - {say: 我们先看看别的, answer: 好的, verdict: not_applicable}
    - say: [{agent: 责任免除您明白吗}, {customer: 明白, pause: 0.02}]
      order: {products: [{design_type: 普通型}]}
      verdict: not_applicable
- id: cv_speed
  title: 语速
  kind: conversation
  basis: [practice]
  severity: low
  report: {rate: {item: dr_exclusion, max_cps: 7.0}}
  examples:
    pass: [[{agent: 责任免除的部分是酒后驾驶这些情况我们公司是不赔的, cps: 4}, {customer: 明白}]]
    fail: [[{agent: 责任免除的部分是酒后驾驶这些情况我们公司是不赔的, cps: 12}, {customer: 明白}]]
- id: od_phone
  title: 电话
  kind: order
  basis: [practice]
  severity: high
  report: {phone_shared: {from: 3}}
  examples:
    other:
    - say: 您好我是远山人寿
      order: {policyholder: {phone: "13900000000"}}
      context: {customers_by_phone: {"13900000000": 4}}
      verdict: review
"""


def test_examples_are_conversations_with_pauses_speed_orders_and_lists(tmp_path):
    path = tmp_path / "small.yaml"
    path.write_text(EXAMPLES, encoding="utf-8")
    outcomes = list(run(load(path)))
    assert [
        (one.rule, one.say, one.expected, one.item.verdict, one.item.reason) for one in outcomes if not one.ok
    ] == []
    assert len(outcomes) == 8


def test_an_example_that_does_not_hold_is_named(tmp_path):
    path = tmp_path / "small.yaml"
    path.write_text(EXAMPLES.replace("pause: 0.6", "pause: 0.01"), encoding="utf-8")
    (failing,) = [one for one in run(load(path)) if not one.ok]
    assert (failing.rule, failing.expected, failing.item.verdict) == ("cv_latency", "pass", "review")
    assert failing.say == "责任免除您明白吗 / 明白"


def test_the_hash_follows_checks(tmp_path):
    path = tmp_path / "small.yaml"
    path.write_text(EXAMPLES, encoding="utf-8")
    first = load(path).sha256
    path.write_text(EXAMPLES.replace("7.0", "7.5"), encoding="utf-8")
    assert load(path).sha256 != first


def test_a_kind_is_one_of_those_of_items(tmp_path):
    (fault,) = faults(tmp_path, EXAMPLES.replace("kind: order", "kind: colour"))
    assert (fault.where, "consistency" in fault.zh) == ("checks[2].kind", True)
