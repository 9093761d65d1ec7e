"""Call-backs: questionnaires, classes with their deadlines, and the life cycle."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import MingjianError
from engine.order import Order
from engine.rules import evaluate, load
from engine.rules.deadlines import TermPart, calendar
from engine.rules.lifecycle import Contact, load_lifecycle, next_step
from engine.rules.policy import decide, load_policy, policy_names
from engine.rules.rehearsal import Line, rehearse
from tests.rules.conftest import item_of

ORDER = {
    "scenario": "callback",
    "channel": "agency",
    "recorded_at": "2026-11-10T10:00:00+08:00",
    "receipt_signed_at": "2026-11-02T09:00:00+08:00",
    "policyholder": {"birth_date": "1958-05-01"},
    "products": [
        {
            "design_type": "分红型",
            "line": "life",
            "premium": "12000",
            "payment_mode": "年交",
            "payment_years": 10,
            "cover": {"kind": "whole_life"},
            "cooling_off_days": 15,
        }
    ],
}
CALL: dict[str, tuple[str, str]] = {
    "fu_identity": ("您好，请问您是投保人王秀兰女士本人吗？", "是的，我是。"),
    "fu_bought": ("您近期购买了我们公司的一份分红型终身寿险，是您自己买的吗？", "是的。"),
    "fu_policy_received": ("请问保险合同您收到了吗，回执是您本人签的吗？", "收到了。"),
    "fu_self_sign": ("投保单和提示书上是您和被保险人本人亲笔签名的吗？", "是的，本人签的。"),
    "fu_read_docs": ("产品说明书和投保提示书您看过吗，内容都了解吗？", "都了解。"),
    "fu_liability": ("保险责任、责任免除和保险期间您都清楚吗？", "清楚。"),
    "fu_payment": ("您选择的是年交，每年交一万两千元，一共交十年，对吗？", "对的。"),
    "fu_next_due": ("您下次交费日是明年三月四日，请提前准备好保费，您清楚吗？", "清楚。"),
    "fu_uncertain": ("分红是不确定的，这一点您知道吗？", "知道。"),
    "fu_cooling_off": ("您签收合同次日起有十五天犹豫期，期间可以全额退保，您知道吗？", "知道。"),
    "fu_surrender": ("犹豫期后退保可能有损失，您了解吗？", "了解。"),
    "fu_dual_record": ("投保时您是否接受了录音录像，录像里说的是您的真实意思吗？", "是的。"),
    "fu_truthful": ("投保单上的健康告知，是您按实际情况如实填写的吗？", "是的。"),
    "fu_contact": ("您留的联系地址和电话都是准确的吧？", "对，准确的。"),
}


@pytest.fixture(scope="module")
def rules():
    return load("callback")


@pytest.fixture(scope="module")
def policy(rules):
    return load_policy(rules.policy)


def call(rules, *, without=(), order=ORDER, instead=None, **answers):
    """The call as judged; `without` some questions, or with other answers (`fu_liability="不清楚。"`)."""
    lines = []
    for item, (question, answer) in CALL.items():
        if item in without:
            continue
        lines.append(Line("agent", (instead or {}).get(item, question)))
        reply = answers.get(item, answer)
        lines += [Line("customer", reply)] if isinstance(reply, str) else [Line(*one) for one in reply]
    evidence, given = rehearse(lines), Order.model_validate(order)
    return evaluate(evidence, rules, given), evidence, given


def test_a_call_without_fault_is_standard(rules, policy):
    judgement, evidence, order = call(rules)
    said = [item for item in judgement.items if item.kind in ("disclosure", "forbidden", "sequence")]
    assert {item.id: item.reason for item in said if item.verdict not in ("pass", "not_applicable")} == {}
    decision = decide(judgement, policy, evidence, order)
    assert (decision.verdict, decision.outcome.classification, decision.outcome.due) == ("clear", "标准件", None)


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({"fu_identity": "不是我。"}, ("中止", "身份未确认", None)),
        ({"fu_self_sign": "业务员签的。"}, ("问题件", "代签字", None)),
        # fifteen working days after Tuesday, 10 November 2026
        ({"fu_liability": "不太清楚。"}, ("问题件", "疑似误导", "2026-12-01")),
        ({"fu_uncertain": "不知道。"}, ("问题件", "疑似误导", "2026-12-01")),
        ({"fu_self_sign": "业务员签的。", "fu_liability": "不清楚。"}, ("问题件", "代签字", None)),
        ({"fu_policy_received": "没收到。"}, ("核实件", "未收到保单", "2026-11-17")),
        ({"fu_contact": "不对。"}, ("核实件", "信息不符", "2026-11-17")),
        ({"fu_read_docs": "没有看过。"}, ("问题件", "沟通解释", "2026-11-17")),
        ({"fu_liability": "嗯。"}, ("核实件", "需人工复核", "2026-11-17")),
        ({"fu_truthful": "我不同意。"}, ("核实件", "拒绝回访", "2026-11-17")),
    ],
)
def test_what_the_customer_says_decides_the_class(rules, policy, answers, expected):
    judgement, evidence, order = call(rules, **answers)
    decision = decide(judgement, policy, evidence, order)
    outcome = decision.outcome
    assert (outcome.classification, outcome.kind, outcome.due) == expected
    assert decision.verdict == "flagged"


def test_a_doubt_cleared_in_the_call_is_substandard(rules, policy):
    cleared = (("customer", "不清楚。"), ("agent", "就是酒驾这些情况不赔，保障到终身。"), ("customer", "明白了。"))
    judgement, evidence, order = call(rules, fu_liability=cleared)
    assert item_of(judgement, "fu_liability").reason_code == "understood_later"
    assert decide(judgement, policy, evidence, order).outcome.classification == "次标准件"
    judgement, evidence, order = call(rules, fu_liability=cleared, fu_surrender="嗯。")
    assert decide(judgement, policy, evidence, order).outcome.classification == "核实件"


def test_a_question_that_was_not_asked_is_the_caller_s_fault(rules, policy):
    judgement, evidence, order = call(rules, without=["fu_uncertain"])
    outcome = decide(judgement, policy, evidence, order).outcome
    assert (outcome.classification, outcome.kind) == ("问题件", "回访要素缺失")


def test_after_the_cooling_off_period_the_customer_is_sent_to_the_contract(rules):
    late = {**ORDER, "recorded_at": "2026-11-20T10:00:00+08:00"}
    contract = {"fu_cooling_off": "犹豫期的约定请您仔细看一下合同，您清楚吗？"}
    assert item_of(call(rules, order=late, instead=contract)[0], "fu_cooling_off").verdict == "pass"
    assert item_of(call(rules, instead=contract)[0], "fu_cooling_off").verdict == "fail"
    chosen = {**ORDER, "parameters": {"questionnaire": "B"}}
    assert item_of(call(rules, order=chosen, instead=contract)[0], "fu_cooling_off").verdict == "pass"


def test_a_customer_who_cannot_hear_is_visited_not_failed(rules, policy):
    deaf = {**ORDER, "policyholder": {"birth_date": "1958-05-01", "needs": ["hearing"]}}
    judgement, evidence, order = call(rules, order=deaf, fu_liability="听不见。")
    item = item_of(judgement, "fu_liability")
    assert (item.verdict, item.reason_code) == ("review", "special_customer")
    outcome = decide(judgement, policy, evidence, order).outcome
    assert (outcome.classification, outcome.kind) == ("核实件", "不便通话")


def test_the_salesperson_s_phone_is_verified(rules, policy):
    shared = {**ORDER, "policyholder": {"phone": "13800138000"}, "agent": {"phone": "13800138000"}}
    judgement, evidence, order = call(rules, order=shared)
    decision = decide(judgement, policy, evidence, order)
    assert (decision.verdict, decision.outcome.classification, decision.outcome.kind) == (
        "flagged",
        "核实件",
        "虚假电话",
    )
    lacking = {**ORDER, "policyholder": {"phone": "13800138000"}}
    judgement, evidence, order = call(rules, order=lacking)
    assert decide(judgement, policy, evidence, order).outcome.kind is None


def test_the_identity_comes_before_anything_about_the_policy(rules):
    lines = [Line("agent", CALL["fu_bought"][0]), Line("customer", "是的。")]
    lines += [Line("agent", CALL["fu_identity"][0]), Line("customer", "是的，我是。")]
    judgement = evaluate(rehearse(lines), rules, GIVEN)
    assert item_of(judgement, "sq_identity_first").verdict in ("review", "fail")
    assert item_of(call(rules)[0], "sq_identity_first").verdict == "pass"


def test_a_call_after_the_cooling_off_period_is_late(rules):
    late = {**ORDER, "recorded_at": "2026-11-20T10:00:00+08:00"}
    assert item_of(call(rules, order=late)[0], "fu_late").verdict == "fail"
    assert item_of(call(rules)[0], "fu_late").verdict == "pass"


def test_without_a_date_there_is_no_deadline(rules, policy):
    undated = {key: value for key, value in ORDER.items() if key != "recorded_at"}
    judgement, evidence, order = call(rules, order=undated, fu_liability="不清楚。")
    assert decide(judgement, policy, evidence, order).outcome.due is None


def test_a_deadline_in_a_year_without_holidays_says_so(rules, policy):
    far = {**ORDER, "recorded_at": "2030-01-07T10:00:00+08:00", "receipt_signed_at": "2030-01-02T10:00:00+08:00"}
    judgement, evidence, order = call(rules, order=far, fu_liability="不清楚。")
    decision = decide(judgement, policy, evidence, order)
    assert decision.outcome.due == "2030-01-28"
    assert [note.code for note in decision.notes] == ["calendar_assumed"]


# ------------------------------------------------------------ working days
TERM = TermPart(length=15, unit="working_day", basis="practice")


@pytest.mark.parametrize(
    ("start", "length", "due"),
    [
        (date(2026, 3, 2), 5, date(2026, 3, 9)),  # an ordinary week
        (date(2026, 9, 18), 1, date(2026, 9, 20)),  # a Sunday that is worked
        (date(2026, 9, 24), 1, date(2026, 9, 28)),  # the mid-autumn festival
        (date(2026, 9, 30), 1, date(2026, 10, 8)),  # the national day
        (date(2026, 2, 13), 2, date(2026, 2, 24)),  # the spring festival, with the Saturday before it
        (date(2025, 12, 31), 1, date(2026, 1, 4)),  # across the year
        (date(2026, 3, 2), 0, date(2026, 3, 2)),
    ],
)
def test_working_days_know_holidays_and_working_weekends(start, length, due):
    found = calendar().due(start, TermPart(length=length, unit="working_day", basis="practice"))
    assert (found.day, found.assumed) == (due, ())


@given(st.dates(date(2024, 1, 1), date(2031, 12, 31)), st.integers(1, 40))
def test_a_term_ends_on_a_working_day_and_counts_exactly(start, length):
    days = calendar()
    due = days.due(start, TermPart(length=length, unit="working_day", basis="practice")).day
    assert days.works(due)
    assert sum(days.works(start + timedelta(n)) for n in range(1, (due - start).days + 1)) == length
    assert due >= days.due(start, TermPart(length=length - 1, unit="working_day", basis="practice")).day


# ------------------------------------------------------------ life cycle
GIVEN = Order.model_validate(ORDER)


def contacts(*events: str) -> list[Contact]:
    return [Contact(date(2026, 11, 3) + timedelta(days=n), event) for n, event in enumerate(events)]


@pytest.fixture(scope="module")
def life():
    return load_lifecycle()


@pytest.mark.parametrize(
    ("events", "state", "due"),
    [
        ([], "due", date(2026, 11, 17)),
        (["no_answer"], "calling", date(2026, 11, 17)),
        (["no_answer", "someone_else", "no_answer"], "verify", date(2026, 11, 12)),
        (["no_answer", "appointment", "no_answer"], "calling", date(2026, 11, 17)),
        (["wrong_number"], "verify", date(2026, 11, 10)),
        (["wrong_number", "handed_back", "no_answer", "no_answer", "no_answer"], "visit", date(2026, 11, 14)),
        (["explain"], "first_explanation", date(2026, 11, 10)),
        (["explain", "handed_back", "standard"], "closed", None),
        (["explain", "handed_back", "no_answer"], "second_explanation", None),
        (["explain", "handed_back", "explain", "unsettled", "questionnaire_signed"], "closed", None),
        (["misled"], "misled", date(2026, 11, 24)),
        (["signed_by_other"], "signature", None),
        (["unable", "not_met"], "letter", date(2026, 11, 11)),
        (["standard"], "closed", None),
        (["withdrawn"], "closed", None),
    ],
)
def test_the_next_step_follows_from_what_happened(life, events, state, due):
    step = next_step(life, contacts(*events), GIVEN)
    assert (step.state, step.due) == (state, due)
    assert step.closed is (state == "closed")


def test_calls_wait_for_the_receipt_the_gap_and_the_appointment(life):
    assert next_step(life, [], GIVEN).not_before == date(2026, 11, 3)
    assert next_step(life, contacts("no_answer"), GIVEN).not_before == date(2026, 11, 4)
    agreed = [Contact(date(2026, 11, 3), "appointment", date(2026, 11, 9))]
    assert next_step(life, agreed, GIVEN).not_before == date(2026, 11, 9)
    issued = Order.model_validate({"issued_at": "2026-11-01T00:00:00+08:00"})
    step = next_step(life, [], issued)
    assert (step.not_before, step.due) == (date(2026, 11, 6), None)


def test_a_step_stands_at_normal_warning_or_overdue(life):
    step = next_step(life, contacts("wrong_number"), GIVEN)
    days = [date(2026, 11, 8), date(2026, 11, 9), date(2026, 11, 10), date(2026, 11, 11)]
    assert [step.standing(day, life.warn_days) for day in days] == ["正常", "警告", "警告", "超时"]


def test_what_cannot_happen_is_refused(life):
    with pytest.raises(MingjianError) as raised:
        next_step(life, contacts("standard", "no_answer"), GIVEN)
    assert raised.value.code == "callback_event"


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ("start: due", "start: moon", ""),
        ("on: [not_met], to: letter", "on: [not_met], to: moon", ""),
        ("on: [not_met], to: letter", "on: [questionnaire_signed], to: letter", ""),
        ("on: [settled], to: closed", "on: [settled], to: misled", ""),
        ("most: 3", "most: 0", "tries.most"),
    ],
)
def test_a_broken_life_cycle_is_refused(tmp_path, old, new, where):
    from engine.rules.lifecycle import LIFECYCLE

    text = LIFECYCLE.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "life.yaml"
    path.write_text(text.replace(old, new).replace("on: [withdrawn]", "on: [unsettled]"), encoding="utf-8")
    with pytest.raises(MingjianError, match=r"life\.yaml"):
        load_lifecycle(path)


def test_every_rule_set_s_policy_exists():
    assert {load(name).policy for name in ("face_to_face", "callback")} <= set(policy_names())
