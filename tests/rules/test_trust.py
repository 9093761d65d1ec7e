"""Attempts to fool the rules: talk in which every word of a disclosure can be heard although it was not made, was taken
back, or was not what the customer said yes to. None of them passes; each is said to be doubtful, or fails.
"""

import pytest

from engine.order import Order
from engine.rules import evaluate, load
from engine.rules.rehearsal import Line, rehearse
from tests.rules.conftest import ORDER, item_of, sale

COOLING = "签收合同第二天起有十五天犹豫期，期间可以全额退保，您明白吗？"
LOSS = "过了犹豫期再退保，只能退现金价值，会有损失，您明白吗？"
INSURANCE = "您今天购买的是一款保险产品，您明白吗？"
PAYMENT = "缴费方式是年交，每年保费一万两千元，缴费期间是十年，您确认吗？"
YES = "明白。"


def agent(text):
    return "agent", text


def customer(text):
    return "customer", text


# what is wrong, item, conversation, right verdict
SAID = [
    ("said by the customer", "dr_cooling_off",
     [customer("签收合同第二天起有十五天犹豫期，期间可以全额退保，是吧？"), agent("是的。")], "fail"),
    ("said by the customer, the agent agrees", "dr_surrender_loss",
     [customer("过了犹豫期再退保只能退现金价值会有损失"), agent("对。"), customer(YES)], "fail"),
    # as recognised in the spoken test: the sound of a word is enough for a disclosure, and so for what is none
    ("the consequence of not telling, heard as 不陪", "dr_exclusion",
     [agent("健康问题请您真实告知，否则公司可能不陪，您知道吗？"), customer("是的，清楚。")], "fail"),
    ("no payment without telling, heard as 不陪", "dr_exclusion",
     [agent("有病是没告知的，公司不陪，您知道吗？"), customer("是的，清楚。")], "fail"),
    ("who gets the money, misheard", "dr_coverage",
     [agent("深古保险金的受益人是您的孩子，您清楚吗？"), customer("是的，清楚。")], "fail"),
    ("who bears it, misheard", "dr_coverage",
     [agent("保险责任永远山人受保险公司负责，您清楚吗？"), customer("是的，清楚。")], "fail"),
    ("an earlier policy with other figures", "dr_cooling_off",
     [agent("您去年买的那份保险，签收合同第二天起有十天犹豫期，期间可以全额退保，您记得吧？"),
      customer("记得。")], "fail"),
    ("an earlier policy with the same figures", "dr_cooling_off",
     [agent("您以前那份老保单，签收合同第二天起有十五天犹豫期，期间可以全额退保，您明白吗？"),
      customer(YES)], "review"),
    ("another bank's product", "dr_surrender_loss",
     [agent("隔壁银行那款产品退保是会有损失的，您明白吗？"), customer(YES)], "review"),
    ("what the customer did before", "dr_surrender_loss",
     [agent("您上次退保的时候。"), customer("嗯。"), agent("股票亏了吧，您明白吗？"), customer(YES)], "review"),
    ("there is no such period", "dr_cooling_off",
     [agent("这款产品签收合同以后没有十五天犹豫期，期间不能退保，您明白吗？"), customer(YES)], "fail"),
    ("the figure is denied", "dr_cooling_off",
     [agent("签收合同第二天起，不是十五天犹豫期，不能全额退保，您明白吗？"), customer(YES)], "review"),
    ("it does not exist", "dr_cooling_off",
     [agent("我们签收合同以后不存在十五天犹豫期退保这个说法，您明白吗？"), customer(YES)], "fail"),
    ("the right is denied", "dr_cooling_off",
     [agent("签收合同第二天起有十五天犹豫期，但是期间也不可以退保，您明白吗？"), customer(YES)], "review"),
    ("the right is denied in one word", "dr_cooling_off",
     [agent("签收合同第二天起有十五天犹豫期，期间不能退，您明白吗？"), customer(YES)], "review"),
    ("traditional characters, denied", "dr_cooling_off",
     [agent("簽收合同第二天起沒有十五天猶豫期，期間不能退保，您明白嗎？"), customer(YES)], "fail"),
    ("hearsay", "dr_cooling_off",
     [agent("有的客户听别人说签收合同第二天起有十五天犹豫期可以全额退保，那是瞎说的，您明白吗？"), customer(YES)],
     "review"),
    ("hearsay, denied", "dr_surrender_loss",
     [agent("有人说退保会有损失，其实根本不会，您明白吗？"), customer(YES)], "review"),
    ("said after the answer", "dr_cooling_off",
     [agent("犹豫期您明白吗？"), customer(YES), agent("签收合同第二天起有十五天犹豫期，期间可以全额退保。")], "fail"),
    ("asked, not told", "dr_cooling_off",
     [agent("您知道签收合同第二天起有没有十五天犹豫期可以退保吗？"), customer("知道。")], "fail"),
    ("what the customer thinks", "dr_is_insurance", [agent("您觉得这是保险产品吗？"), customer("是的。")], "review"),
    ("whether it is", "dr_is_insurance", [agent("您知道这是不是保险产品吗？"), customer("知道。")], "fail"),
    ("the loss is made good", "dr_surrender_loss",
     [agent("假如退保有损失，我个人补给您，您明白吗？"), customer(YES)], "review"),
    ("supposed only", "dr_cooling_off",
     [agent("要是有十五天犹豫期，签收以后您就能退了，可惜没有，您明白吗？"), customer(YES)], "review"),
    ("taken back", "dr_cooling_off",
     [agent(COOLING), customer(YES), agent("不好意思刚才说错了，没有犹豫期，签了就不能退。"),
      customer("哦。")], "review"),
    ("another figure afterwards", "dr_cooling_off",
     [agent(COOLING), customer(YES), agent("刚才说错了，犹豫期是十天。"), customer("好的。")], "review"),
    ("another premium afterwards", "dr_payment",
     [agent(PAYMENT), customer("确认。"), agent("刚才说错了，每年保费是一万五千元。"), customer("好的。")], "review"),
    ("never mind what I said", "dr_surrender_loss",
     [agent(LOSS), customer(YES), agent("刚才那个不用管，退保没有损失的。"), customer("好的。")], "review"),
    ("the opposite afterwards", "dr_is_insurance",
     [agent(INSURANCE), customer(YES), agent("其实这个不是保险，是我们行的存款。"), customer("好的。")], "review"),
    ("hours", "dr_cooling_off",
     [agent("签收合同第二天起有十五个小时犹豫期，期间可以全额退保，您明白吗？"), customer(YES)], "fail"),
    ("months", "dr_cooling_off",
     [agent("签收合同第二天起有十五个月犹豫期，期间可以全额退保，您明白吗？"), customer(YES)], "fail"),
    ("dollars", "dr_payment",
     [agent("缴费方式是年交，每年保费一万两千美元，缴费期间是十年，您确认吗？"), customer("确认。")], "fail"),
    ("ten thousand times too much", "dr_payment",
     [agent("缴费方式是年交，每年保费一万两千万元，缴费期间是十年，您确认吗？"), customer("确认。")], "fail"),
    ("a range", "dr_cooling_off",
     [agent("签收合同第二天起有十到十五天犹豫期，期间可以全额退保，您明白吗？"), customer(YES)], "review"),
    ("one or the other", "dr_cooling_off",
     [agent("签收合同第二天起有十天或者十五天犹豫期，期间可以全额退保，您明白吗？"), customer(YES)], "review"),
    ("the figure of something else", "dr_cooling_off",
     [agent("签收合同第二天起有十天犹豫期，期间可以全额退保，十五天内我们回访，您明白吗？"), customer(YES)], "fail"),
    ("this, not that", "dr_cooling_off",
     [agent("签收合同第二天起犹豫期是十天，不是十五天，期间可以全额退保，您明白吗？"), customer(YES)], "fail"),
    ("this premium, not that", "dr_payment",
     [agent("缴费方式是年交，每年保费一万五千元，不是一万两千元，缴费期间是十年，您确认吗？"),
      customer("确认。")], "fail"),
    ("more than last time", "dr_payment",
     [agent("缴费方式是年交，每年保费一万五千元，比上次一万两千元多，缴费期间是十年，您确认吗？"), customer("确认。")],
     "fail"),
    ("not for life", "dr_period",
     [agent("保险期间不是终身，是二十年，您知道吗？"), customer("知道。")], "review"),
    ("in pieces that do not belong together", "dr_cooling_off",
     [agent("犹豫期的事情回头再说。"), customer("好。"), agent("我们十五天以后再联系您，快递您签收一下。"),
      customer("好。"), agent("水可以退给我。您明白吗？"), customer(YES)], "review"),
    ("pieces repeated", "dr_cooling_off",
     [agent("犹豫期，犹豫期，犹豫期。"), agent("十五天。"), agent("签收。您明白吗？"), customer(YES)], "fail"),
    ("nothing is covered", "dr_coverage", [agent("这款没有什么保险责任，您明白吗？"), customer(YES)], "review"),
    ("skipped", "dr_coverage", [agent("保险责任我就不讲了，您明白吗？"), customer(YES)], "review"),
    ("left for later", "dr_coverage", [agent("保险责任您自己回去看，您清楚吗？"), customer("清楚。")], "review"),
    ("not read out", "dr_exclusion", [agent("责任免除这一块就不念了，您知道吧？"), customer("知道。")], "review"),
    ("everything is paid", "dr_exclusion",
     [agent("我们没有任何责任免除，什么都赔，您知道吧？"), customer("知道。")], "review"),
    ("a double negation", "dr_exclusion", [agent("不会不赔的，您知道吧？"), customer("知道。")], "review"),
    ("a rhetorical question", "dr_exclusion", [agent("哪有不赔的，您知道吧？"), customer("知道。")], "review"),
    ("need not sign", "dr_self_signature", [agent("不一定要您本人签名，您清楚吗？"), customer("清楚。")], "review"),
    ("the agent signs", "dr_self_signature", [agent("我自己帮您签名，您清楚吗？"), customer("清楚。")], "fail"),
    ("the customer is away", "dr_self_signature",
     [agent("本人不在也可以签字，您清楚吗？"), customer("清楚。")], "fail"),
    ("need not read", "dr_documents_read",
     [agent("条款您不用看完，了解一下就行，可以吗？"), customer("可以。")], "review"),
    ("not of own will", "dr_own_will", [agent("这次不是您自愿的，对吗？"), customer("对。")], "review"),
    ("recorded against the will", "dr_consent",
     [agent("录音录像您不同意也得录，可以吗？"), customer("可以。")], "fail"),
    ("not recorded", "dr_consent", [agent("我们不做双录，您同意吗？"), customer("同意。")], "fail"),
    ("nothing was assessed", "dr_suitability",
     [agent("没做需求评估，我觉得适合您，您认可吗？"), customer("认可。")], "fail"),
    ("no consequence", "dr_truthful", [agent("告知不如实也没有后果，您知道吗？"), customer("知道。")], "fail"),
    ("another insurer", "dr_insurer_name", [agent("不是由远山人寿保险公司承保的。")], "review"),
    ("who I am does not matter", "dr_agent_identity", [agent("我是谁不重要，保险公司的工号就不说了。")], "fail"),
    ("no such table", "dr_cash_value", [agent("没有现金价值表，您清楚吗？"), customer("清楚。")], "review"),
    ("no such days", "dr_grace_period",
     [agent("没有六十天宽限期，不交合同就中止，您明白吗？"), customer(YES)], "review"),
    ("a yes to something else", "dr_is_insurance",
     [agent("您今天购买的是一款保险产品。您喝水吗？"), customer("可以。")], "review"),
    ("a yes to a sound check", "dr_is_insurance",
     [agent("您今天购买的是一款保险产品。您能听清楚我说话吗？"), customer("听得清楚。")], "review"),
    ("a yes to small talk", "dr_cooling_off",
     [agent("签收合同第二天起有十五天犹豫期，期间可以全额退保。您是开车来的吗？"), customer("是的。")], "review"),
    ("somebody else answers", "dr_is_insurance", [agent(INSURANCE), ("other", YES)], "fail"),
    ("the insured answers", "dr_is_insurance", [agent(INSURANCE), ("insured", YES)], "fail"),
    ("the agent answers", "dr_is_insurance", [agent(INSURANCE + YES)], "fail"),
]  # fmt: skip

ANSWERED = [
    ("不那个清楚。", "fail"),
    ("我不是那个很清楚。", "fail"),
    ("我不怎么那么明白。", "fail"),
    ("没呃听明白。", "fail"),
    ("不，嗯，清楚。", "review"),
    ("不清楚，沒聽懂。", "fail"),
    ("你说明白就明白吧。", "review"),
    ("你帮我说清楚一点。", "review"),
    ("我要看清楚再说。", "review"),
    ("等我看完再说。", "review"),
    ("要是能退我就同意。", "review"),
    ("我女儿明白就行。", "review"),
    ("谁清楚啊。", "review"),
    ("我怎么知道。", "review"),
    ("你确认吗？", "review"),
    ("清楚什么？", "review"),
    ("明白了会怎样？", "review"),
    ("需要我同意什么", "review"),
    ("明白。不对，我不明白。", "fail"),
    ("明白，不过我还是觉得不对。", "review"),
]


@pytest.fixture(scope="module")
def rules():
    return load("face_to_face")


def judged(rules, lines, item):
    evidence = rehearse([Line(role, text) for role, text in lines])
    return item_of(evaluate(evidence, rules, Order.model_validate(ORDER)), item)


@pytest.mark.parametrize(("name", "item", "lines", "verdict"), SAID, ids=[one[0] for one in SAID])
def test_what_only_sounds_like_a_disclosure_does_not_pass(rules, name, item, lines, verdict):
    found = judged(rules, lines, item)
    assert found.verdict == verdict, found.reason


@pytest.mark.parametrize(("answer", "verdict"), ANSWERED)
def test_what_only_sounds_like_a_yes_does_not_pass(rules, answer, verdict):
    found = judged(rules, [agent(INSURANCE), customer(answer)], "dr_is_insurance")
    assert found.verdict == verdict, found.reason


def test_a_reservation_behind_a_no_is_listened_to(rules):
    asked = "除了合同里写的，我有没有给您其他口头承诺？"
    found = judged(rules, [agent(asked), customer("没有，不过他答应返我两千。")], "dr_no_other_promise")
    assert (found.verdict, found.reason_code) == ("review", "answer_weak")


@pytest.mark.parametrize(
    ("item", "text"),
    [
        # what the customer had before is named, and then this product told of
        ("dr_cooling_off", "跟您以前买的那份不一样，这款签收合同第二天起有十五天犹豫期，期间可以全额退保，您明白吗？"),
        # no loss inside the period is no contradiction of the loss after it
        ("dr_surrender_loss", "过了犹豫期再退保，只能退现金价值，会有损失。犹豫期内退保没有损失。您明白吗？"),
        ("dr_is_insurance", "您今天购买的是一款保险产品，不是银行存款，您明白吗？"),
        ("dr_truthful", "健康问题请您如实告知，没有如实告知会影响以后的理赔，您知道吗？"),
        ("dr_self_signature", "这几份文件需要您本人亲笔签名，不能别人代签，您清楚吗？"),
        (
            "dr_payment",
            "基本保额三十万元，缴费方式是年交，每年保费一万两千元，缴费期间是十年，总共要交十二万元，您确认吗？",
        ),
        ("dr_cooling_off", "宽限期六十天，犹豫期十五天，从签收合同第二天起，期间可以全额退保，您明白吗？"),
        ("dr_cooling_off", "签收合同第二天起有十五天犹豫期，期间可以全额退保。这个您了解了吧？"),
    ],
)
def test_good_talk_is_not_doubted(rules, item, text):
    found = judged(rules, [agent(text), customer("明白，清楚。")], item)
    assert found.verdict == "pass", found.reason


def test_said_again_after_a_slip_it_counts(rules):
    slip = "签收合同第二天起有十天犹豫期，期间可以全额退保，您明白吗？"
    lines = [agent(slip), customer(YES), agent("不好意思，刚才说错了。"), agent(COOLING), customer(YES)]
    assert judged(rules, lines, "dr_cooling_off").verdict == "pass"


def test_an_honest_sale_leaves_no_doubt(rules):
    evidence = rehearse([Line(role, text) for role, text in sale()])
    items = evaluate(evidence, rules, Order.model_validate(ORDER)).items
    assert [(one.id, one.reason) for one in items if one.reason_code.startswith("doubt_")] == []


def test_a_figure_of_another_duty_is_not_quoted(rules):
    lines = [agent("签收合同以后您有犹豫期，期间可以退保。宽限期是六十天，过了合同就中止，您明白吗？"), customer(YES)]
    found = judged(rules, lines, "dr_cooling_off")
    assert (found.verdict, found.reason_code) == ("fail", "disclosure_incomplete")
    assert not any("六十" in (one.quote or "") for one in found.concepts)
    assert "天数" in found.reason


@pytest.mark.parametrize(
    ("item", "text"),
    [
        ("fb_guarantee", "我不骗您这个产品保本保息。"),
        ("fb_guarantee", "不是我吹这个产品稳赚不赔。"),
        ("fb_guarantee", "这个产品保本，不保本我赔您。"),
        ("fb_guarantee", "谁说不保本，肯定保本。"),
        ("fb_guarantee", "不会亏本的您放心。"),
        ("fb_deposit_mixup", "您就当存定期。"),
        ("fb_deposit_mixup", "这就是存款，不是保险。"),
        ("fb_stop_sale", "下个月就停售了抓紧。"),
        ("fb_rebate", "买了给您返两千。"),
        ("fb_pay_for", "保費我先幫您墊。"),
        ("fb_conceal_health", "别告诉公司您住过院。"),
        ("fb_coach_answer", "问您什么都答清楚同意。"),
        ("fb_replace_policy", "退掉老的换这个。"),
        ("fb_sign_for", "这几处我替您签了。"),
    ],
)
def test_forbidden_words_behind_a_guard_or_in_other_words_are_found(rules, item, text):
    assert judged(rules, [agent(text)], item).verdict in ("fail", "review")
