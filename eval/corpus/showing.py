"""The papers of a filmed session: held into the picture one after the other, some signed there.

What is hidden or spoilt in between (the light, the customer, the picture) leaves its lines out, so that every paper can
be read and the truth of its items is a pass whatever else is planted.
"""

from collections.abc import Mapping, Sequence

from engine.inspection import Verdict
from engine.order import Scenario
from eval.corpus.templates import Film, Sheet
from eval.synth.script import HeldPaper, Line, Writing

SIGNING = "v_signing"


def shown_in(scenario: Scenario, film: Film) -> tuple[Sheet, ...]:
    """The sheets of `film` that belong into the scenario."""
    return tuple(one for one in film.sheets if not one.scenarios or scenario in one.scenarios)


def held(
    sheets: Sequence[Sheet], film: Film, lines: Sequence[Line], hidden: range, words: Mapping[str, str]
) -> tuple[HeldPaper, ...]:
    """The sheets in the picture, spread over the lines that are not `hidden`; `words` fill their slots.

    Each is shown from the start of a line to the start of another; one that is signed is signed from half-way on.
    """
    before, after = range(hidden.start), range(hidden.stop, len(lines))
    first = round(len(sheets) * len(before) / max(1, len(before) + len(after)))
    papers: list[HeldPaper] = []
    for several, place in ((sheets[:first], before), (sheets[first:], after)):
        for number, sheet in enumerate(several):
            begin = place.start + number * len(place) // len(several)
            end = place.start + (number + 1) * len(place) // len(several)
            papers.append(_paper(sheet, film, lines, range(begin, end), words))
    return tuple(papers)


def verdicts(sheets: Sequence[Sheet]) -> dict[str, Verdict]:
    """What a careful person would say of the items that the sheets prove."""
    proven: dict[str, Verdict] = {item: "pass" for sheet in sheets for item in sheet.proves}
    return proven | ({SIGNING: "pass"} if any(sheet.signed for sheet in sheets) else {})


def _paper(sheet: Sheet, film: Film, lines: Sequence[Line], during: range, words: Mapping[str, str]) -> HeldPaper:
    writing: tuple[Writing, ...] = ()
    if sheet.signed:
        begin = lines[(during.start + during.stop) // 2].id
        writing = (Writing.model_validate({"text": words["name"], "from": begin, "seconds": film.signing_s}),)
    return HeldPaper.model_validate(
        {
            "title": sheet.title.format(**words),
            "kind": sheet.kind,
            "lines": [one.format(**words) for one in sheet.lines],
            "from": lines[during.start].id,
            "until": lines[during.stop].id if during.stop < len(lines) else None,
            "width_px": sheet.width_px,
            "y": sheet.y,
            "writing": writing,
        }
    )
