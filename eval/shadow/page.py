"""The page on shadow mode."""

from eval.backtest.pages import render
from eval.shadow.agreement import SHOWN, Agreement
from eval.shadow.telling import DECLARED, STANCE, estimate, ordered

HUMAN = {"pass": "合格 pass", "fail": "不合格 fail", "unsure": "说不清 unsure", "not_applicable": "不适用 n/a"}
KINDS = {
    "machine_missed": ("机检判过，人工判不合格", "machine passed it, people failed it", "false_clear"),
    "human_missed": ("机检判不合格，人工判过", "machine failed it, people passed it", "needless_flag"),
    "machine_asks": ("机检请人看，人工判过", "machine asks for a person, people passed it", "item"),
}


def page(found: Agreement) -> str:
    """An agreement as one HTML page."""
    wholes = [("项目 items", found.all_items), ("会话 sessions", found.sessions)]
    values = {
        "found": found,
        "stance": DECLARED if found.human_is_truth else STANCE,
        "wholes": [(name, one) for name, one in wholes if one.compared],
        "items": ordered(found.items),
        "reviewers": sorted(found.reviewers.items(), key=lambda one: -one[1].compared),
        "by_kind": [(kind, [one for one in found.disagreements if one.kind == kind]) for kind in SHOWN],
        "kinds": KINDS,
        "human": HUMAN,
        "estimate": estimate,
    }
    return render("shadow.html", values)
