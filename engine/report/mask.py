"""Personal data hidden in what leaves the house: ID numbers, phones, bank cards, and the names of the customer's side.

Every replacement keeps the text's length, so that quotes, spans and characters stay aligned. Numbers are found written
or spoken (幺三八零零一三八…), with pauses between groups; names are those of the order. What a recogniser misheard, and
what clips and key frames show, cannot be hidden this way.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from engine.evidence import Evidence, Transcript
from engine.inspection import Inspection, Item, Note

HIDDEN = "*"

_DIGIT = "0-9０-９零〇○一二三四五六七八九幺壹贰叁肆伍陆柒捌玖两"
_PAUSE = r"[ \t\u3000，,、.。\-－—]?"  # between the groups of a number that is read out
_RUN = re.compile(rf"(?<![{_DIGIT}A-Za-z])[{_DIGIT}](?:{_PAUSE}[{_DIGIT}])*(?:{_PAUSE}[XxＸ])?(?![{_DIGIT}A-Za-z])")
_FOLD = str.maketrans(
    "０１２３４５６７８９零〇○一二三四五六七八九幺壹贰叁肆伍陆柒捌玖两ｘＸx",
    "012345678900012345678911234567892XXX",
)
_ID = re.compile(r"[1-9]\d{16}[\dX]|[1-9]\d{14}")
_MOBILE = re.compile(r"(?:86)?1[3-9]\d{9}")
_LANDLINE = re.compile(r"0\d{9,11}|400\d{7}")
_CARD = re.compile(r"\d{12,19}")

_PERSONS = ("policyholder", "insured", "guardian", "beneficiary", "beneficiaries", "payer")
_NAME_KEYS = frozenset({"name"})
_NUMBER_KEYS = frozenset(
    {"id_number", "phone", "mobile", "telephone", "bank_card", "bank_account", "account_no", "card_no"}
)
_PRIVATE_KEYS = frozenset({"address", "email", "birth_date"})


@dataclass(frozen=True, slots=True)
class Masker:
    """Hides numbers by their shape, and `names` and `numbers` known from the order wherever they stand."""

    names: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()

    @classmethod
    def for_order(cls, order: Mapping[str, Any]) -> "Masker":
        """A masker that knows the names and numbers of the customer's side; the salesperson's name stays readable."""
        names: set[str] = set()
        numbers: set[str] = set()
        for person in _PERSONS:
            for key, value in _leaves(order.get(person)):
                text = str(value).strip()
                if key in _NAME_KEYS and len(text) >= 2:
                    names.add(text)
                elif key in _NUMBER_KEYS and len(text) >= 5:
                    numbers.add(text)
        return cls(tuple(sorted(names, key=_longest_first)), tuple(sorted(numbers, key=_longest_first)))

    def text(self, text: str) -> str:
        """`text` with personal data hidden, of the same length.

        >>> Masker(names=("张建国",)).text("张建国的手机是13800138000")
        '张**的手机是138****8000'
        """
        for name in self.names:
            text = text.replace(name, hide_name(name))
        for number in self.numbers:
            text = text.replace(number, hide_number(number))
        return _RUN.sub(lambda run: hide_number(run.group()) if _is_personal(run.group()) else run.group(), text)

    def order(self, order: Mapping[str, Any]) -> dict[str, Any]:
        """Application data with the customer's side hidden, of the same shape; a hidden JSON number becomes text."""
        return {
            key: self._value(key, value, inside_person=key in _PERSONS, inside_party=key == "agent")
            for key, value in order.items()
        }

    def _value(self, key: str, value: Any, inside_person: bool, inside_party: bool) -> Any:
        if isinstance(value, Mapping):
            return {k: self._value(k, v, inside_person, inside_party) for k, v in value.items()}
        if isinstance(value, list | tuple):
            return [self._value(key, one, inside_person, inside_party) for one in value]
        if value is None or isinstance(value, bool):
            return value
        text = str(value)
        if key in _NUMBER_KEYS and (inside_person or inside_party):
            return hide_number(text)
        if inside_person and key in _NAME_KEYS:
            return hide_name(text)
        if inside_person and key in _PRIVATE_KEYS:
            return HIDDEN * len(text)
        masked = self.text(text)
        return value if masked == text else masked


def _longest_first(text: str) -> tuple[int, str]:
    return -len(text), text


def hide_name(name: str) -> str:
    """All but the first character hidden: 王小明 becomes 王**."""
    return name[:1] + HIDDEN * (len(name) - 1)


def hide_number(number: str) -> str:
    """The middle of a number hidden: three characters stay in front and four at the end, of short numbers only one."""
    digits = [i for i, one in enumerate(number) if re.fullmatch(rf"[{_DIGIT}A-Za-zＸ]", one)]
    front, back = (3, 4) if len(digits) >= 10 else (1, 1)
    hidden = set(digits[front : len(digits) - back])
    return "".join(HIDDEN if i in hidden else one for i, one in enumerate(number))


def _is_personal(run: str) -> bool:
    digits = re.sub(r"[^0-9X]", "", run.translate(_FOLD))
    return any(shape.fullmatch(digits) for shape in (_ID, _MOBILE, _LANDLINE, _CARD))


def _leaves(value: Any, key: str = "") -> Iterable[tuple[str, Any]]:
    if isinstance(value, Mapping):
        for name, one in value.items():
            yield from _leaves(one, str(name))
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _leaves(one, key)
    elif value is not None and not isinstance(value, bool):
        yield key, value


def mask_inspection(inspection: Inspection, masker: Masker) -> Inspection:
    """The inspection with personal data hidden in order, file names, conversation, findings, papers and notes."""
    hide = masker.text
    parts = tuple(replace(part, name=hide(part.name)) for part in inspection.recording.parts)
    scene = inspection.scene
    if scene is not None:
        papers = tuple(replace(paper, title=hide(paper.title), text=hide(paper.text)) for paper in scene.papers)
        scene = replace(scene, papers=papers)
    return replace(
        inspection,
        recording=replace(inspection.recording, parts=parts),
        order=masker.order(inspection.order),
        notes=_notes(inspection.notes, masker),
        reasons=_notes(inspection.reasons, masker),
        speakers=tuple(replace(one, why=hide(one.why)) for one in inspection.speakers),
        utterances=tuple(replace(one, text=hide(one.text)) for one in inspection.utterances),
        items=tuple(_item(item, masker) for item in inspection.items),
        scene=scene,
    )


def _notes(notes: tuple[Note, ...], masker: Masker) -> tuple[Note, ...]:
    return tuple(replace(note, text=masker.text(note.text)) for note in notes)


def _item(item: Item, masker: Masker) -> Item:
    def hide(text: str | None) -> str | None:
        return None if text is None else masker.text(text)

    concepts = tuple(
        replace(one, quote=hide(one.quote), value=hide(one.value) if isinstance(one.value, str) else one.value)
        for one in item.concepts
    )
    return replace(
        item,
        reason=masker.text(item.reason),
        notes=_notes(item.notes, masker),
        evidence=tuple(replace(f, quote=masker.text(f.quote), matched=masker.text(f.matched)) for f in item.evidence),
        concepts=concepts,
        answer=replace(item.answer, quote=hide(item.answer.quote)) if item.answer else None,
        fix=hide(item.fix),
    )


def mask_evidence(evidence: Evidence, masker: Masker) -> Evidence:
    """Evidence with personal data hidden in file names, characters, utterances, confirmations, papers and what was
    written by hand; kept voices are left out."""
    parts = tuple(replace(part, name=masker.text(part.name)) for part in evidence.media.parts)
    scene = evidence.scene
    if scene is not None:
        papers = tuple(replace(p, title=masker.text(p.title), text=masker.text(p.text)) for p in scene.papers)
        acts = scene.acts and tuple(replace(one, text=masker.text(one.text)) for one in scene.acts)
        scene = replace(scene, papers=papers, acts=acts)
    return replace(
        evidence,
        media=replace(evidence.media, parts=parts),
        transcript=_transcript(evidence.transcript, masker) if evidence.transcript else None,
        scene=scene,
    )


def _transcript(transcript: Transcript, masker: Masker) -> Transcript:
    """Characters are masked in their joined text, because a number is spread over many of them."""
    joined = masker.text("".join(one.text for one in transcript.characters))
    characters, at = [], 0
    for one in transcript.characters:
        characters.append(replace(one, text=joined[at : at + len(one.text)]))
        at += len(one.text)
    return replace(
        transcript,
        characters=tuple(characters),
        utterances=tuple(replace(one, text=masker.text(one.text)) for one in transcript.utterances),
        speakers=tuple(replace(one, why=masker.text(one.why)) for one in transcript.speakers),
        confirmations=tuple(
            replace(one, heard=masker.text(one.heard), wanted=masker.text(one.wanted))
            for one in transcript.confirmations
        ),
        unanswered=tuple(
            replace(one, heard=masker.text(one.heard), wanted=masker.text(one.wanted)) for one in transcript.unanswered
        ),
        alternatives=tuple(
            replace(one, heard=masker.text(one.heard), text=masker.text(one.text)) for one in transcript.alternatives
        ),
        voiceprints=None,
    )
