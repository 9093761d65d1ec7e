import pytest

from tests.rules.conftest import item_of


@pytest.mark.parametrize(
    ("role", "text", "verdict", "code"),
    [
        ("agent", "您放心，这个收益是保证的。", "fail", "forbidden_said"),
        ("agent", "这个收益是宝正的。", "review", "forbidden_nearly"),
        ("agent", "收益是不保证的。", "pass", "forbidden_not_said"),
        ("agent", "红利不保证，但是实际上稳赚不赔。", "fail", "forbidden_said"),
        ("agent", "红利不保证的话，", "pass", "forbidden_not_said"),
        ("customer", "这个收益是保证的吧？", "pass", "forbidden_not_said"),
        ("unknown", "您放心，这个收益是保证的。", "review", "forbidden_role_doubtful"),
    ],
)
def test_forbidden_expressions(judge, role, text, verdict, code):
    item = item_of(judge(("agent", "您好。"), (role, text)), "fb_guarantee")
    assert (item.verdict, item.reason_code) == (verdict, code)


def test_a_hit_names_every_place(judge):
    item = item_of(judge(("agent", "稳赚不赔的。"), ("customer", "真的吗？"), ("agent", "绝对保本。")), "fb_guarantee")
    assert [(one.quote, one.role) for one in item.evidence] == [("稳赚", "agent"), ("保本", "agent")]


def test_a_guard_reaches_its_clause_only(judge):
    said = item_of(judge(("agent", "这不是存款，这就相当于存定期。")), "fb_deposit_mixup")
    denied = item_of(judge(("agent", "这不是存款，是保险。")), "fb_deposit_mixup")
    assert (said.verdict, denied.verdict) == ("fail", "pass")
