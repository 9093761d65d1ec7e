"""Papers of filmed sessions: all of them are shown, one after the other, and never while the picture is hidden."""

import pytest

from engine.errors import MingjianError
from eval.corpus.planning import Case, plan
from eval.corpus.scripting import HIDDEN, draft
from eval.corpus.templates import bank, scenarios, shares
from eval.synth.script import Line, Script


def filmed() -> list[Case]:
    return [one for one in plan(600, 1, list(scenarios().scenarios), scenarios(), shares(), None) if one.picture]


def made(case: Case) -> Script:
    return draft(case, bank(), scenarios(), shares()).script


def place(lines: tuple[Line, ...], moment: float | str | None) -> int:
    return len(lines) if moment is None else [one.id for one in lines].index(str(moment))


@pytest.mark.parametrize("case", filmed(), ids=lambda case: case.id)
def test_every_paper_is_shown_and_read_whatever_is_planted(case: Case) -> None:
    script = made(case)
    assert script.video is not None
    assert (
        script.expect.items.items()
        >= {
            **dict.fromkeys(("v_doc_notice", "v_doc_terms", "v_doc_exclusion", "v_signing"), "pass"),
            **({} if case.scenario == "remote" else {"v_id_card_shown": "pass"}),
        }.items()
    )
    assert ("v_id_card_shown" in script.expect.items) == (case.scenario != "remote")
    begin, end = (int(share * len(script.lines)) for share in HIDDEN)
    ends_before = 0
    for paper in script.video.papers:
        first, last = place(script.lines, paper.begin), place(script.lines, paper.until)
        assert ends_before <= first < last
        ends_before = last
        assert case.picture == "none" or last <= begin or first >= end
        assert all(first < place(script.lines, one.begin) < last for one in paper.writing)
    assert len([paper for paper in script.video.papers if paper.writing]) == 3


def test_papers_bear_the_names_of_the_sale() -> None:
    script = made(filmed()[0])
    assert script.video is not None
    order = script.order
    assert f"{order['products'][0]['full_name']}利益条款" in [one.title for one in script.video.papers]
    assert {one.text for paper in script.video.papers for one in paper.writing} == {order["policyholder"]["name"]}
    assert order["products"][0]["design_type"] == "普通型"


def test_products_that_the_templates_do_not_have_are_named() -> None:
    film = shares().film.model_copy(update={"designs": ("投资连结型",)})
    with pytest.raises(MingjianError, match="投资连结型") as caught:
        draft(filmed()[0], bank(), scenarios(), shares().model_copy(update={"film": film}))
    assert caught.value.code == "corpus_plan"
