"""What the cards held into the picture say, against the order: whose they are, whether their numbers hold together,
and whether they were still valid."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import ClassVar, Literal

from engine.evidence import Paper, PaperFieldName
from engine.inspection import Concept, Finding, Note
from engine.language.folding import bare, fold
from engine.reasons import Words
from engine.rules.identity import parse_id
from engine.rules.judgement import Ruling, note
from engine.rules.operators.base import Operator, Outcome, Situation
from engine.rules.operators.faces import scene_of
from engine.rules.operators.outcomes import hit, miss, not_applicable, not_measured, unknown
from engine.rules.operators.papers import CARDS, paper_finding
from engine.rules.orders import OrderView
from engine.rules.schema import Detector

Bearer = Literal["agent", "policyholder", "insured", "guardian"]

NAME, NUMBER, CHECK_DIGIT, VALIDITY = "姓名", "证件号码", "校验码", "有效期"
IN_WORDS = {
    NAME: Words("姓名", "name"),
    NUMBER: Words("证件号码", "number"),
    CHECK_DIGIT: Words("校验码", "check digit"),
    VALIDITY: Words("有效期", "validity"),
}
NUMBERS: dict[PaperFieldName, str] = {"id_number": "id_number", "licence_no": "licence_no", "staff_no": "staff_no"}
LONG_TERM = "long-term"


class CardFacts(Operator):
    """A card says something else than the order of the people in `bearers`: a name or number that is none of theirs, a
    number whose check digit is wrong, or an end before the date of sale.

    Numbers and names are never repeated in the result. A card of which nothing could be read says nothing; what the
    order does not state is not compared.
    """

    key: ClassVar[str] = "card_facts"
    detector: ClassVar[Detector | None] = "paper"
    bearers: tuple[Bearer, ...] = ("agent", "policyholder", "insured", "guardian")

    def look(self, situation: Situation) -> Outcome:
        case, view = situation.case, situation.view
        scene = scene_of(case)
        if isinstance(scene, Outcome):
            return scene
        if scene.read is None:
            return not_measured("画面文字")
        cards = [one for one in scene.papers if one.kind in CARDS and one.fields]
        if not cards:
            return not_applicable("card_unread")
        told = [(card, concept) for card in cards for concept in self._compared(card, view)]
        if not told:
            return unknown(Ruling("review", "order_field_missing", {"fields": "证件持有人"}), _seen(cards))
        concepts = tuple(dict.fromkeys(concept for _, concept in told))
        wrong = list(dict.fromkeys(concept.name for _, concept in told if not concept.found))
        notes = self._not_compared(cards, concepts)
        if wrong:
            at = [card for card, concept in told if not concept.found]
            return hit(
                "card_differs", _seen(list(dict.fromkeys(at))), concepts=concepts, notes=notes, what=_words(wrong)
            )
        agreed = _words(list(dict.fromkeys(one.name for one in concepts)))
        return miss("card_agrees", _seen(cards), concepts=concepts, notes=notes, what=agreed)

    def _compared(self, card: Paper, view: OrderView) -> Iterator[Concept]:
        names = {_plain(str(name)) for name in self._of(view, "name")}
        for name in card.values("name"):
            if names:
                yield Concept(NAME, _plain(name) in names)
        for field, path in NUMBERS.items():
            known = {_plain(str(one)) for one in self._of(view, path)}
            for number in card.values(field):
                parsed = parse_id(number) if field == "id_number" else None
                if parsed is not None and not parsed.check_digit_right:
                    yield Concept(CHECK_DIGIT, False)
                elif known:
                    yield Concept(NUMBER, _plain(number) in known)
        for end in card.values("valid_until"):
            if end == LONG_TERM:
                yield Concept(VALIDITY, True)
            elif view.sold_on is not None:
                yield Concept(VALIDITY, date.fromisoformat(end) >= view.sold_on)

    def _of(self, view: OrderView, field: str) -> list[object]:
        """The values the order states under `field` of the bearers."""
        people = [getattr(view.order, bearer) for bearer in self.bearers]
        return [value for person in people if (value := getattr(person, field, None))]

    def _not_compared(self, cards: Sequence[Paper], concepts: Sequence[Concept]) -> tuple[Note, ...]:
        read = {NAME: "name", NUMBER: "id_number", VALIDITY: "valid_until"}
        compared = {NUMBER if one.name == CHECK_DIGIT else one.name for one in concepts}
        left = [
            name
            for name, field in read.items()
            if name not in compared and any(value.name == field for card in cards for value in card.fields)
        ]
        return tuple(note("not_compared", name=name) for name in left)


def _words(names: Sequence[str]) -> Words:
    return Words("、".join(IN_WORDS[one] for one in names), ", ".join(IN_WORDS[one].english for one in names))


def _seen(cards: Sequence[Paper]) -> list[Finding]:
    return [paper_finding(one, one.title) for one in cards]


def _plain(text: str) -> str:
    return bare(fold(text)).replace(" ", "").lower()


OPERATORS = (CardFacts,)
