"""How much of a required script was read out, in its order.

A script is plain text. （…） are actions and never spoken, as in （出示执业证）. […] may be left out. {agent.name}
stands for a field of the order, {名称} for anything at all.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import accumulate
from typing import Annotated, ClassVar

from pydantic import AfterValidator, Field

from engine.inspection import Concept, Finding
from engine.language.folding import PAUSE_MARKS, STOP_MARKS, bare, fold
from engine.language.pinyin import syllables
from engine.rules.case import Case
from engine.rules.concepts import Found
from engine.rules.hearing import Searched
from engine.rules.judgement import Ruling
from engine.rules.operators.base import Operator, Outcome, Situation
from engine.rules.operators.quoting import TextOperator, findings
from engine.rules.operators.scope import Seen, Zone
from engine.rules.orders import OrderView, known_path
from engine.rules.schema import Share

ACTION = re.compile(r"（[^（）]*）|\([^()]*\)")
OPTIONAL = re.compile(r"\[([^\[\]]*)\]")
PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
MARKS = re.compile("[" + re.escape("".join(sorted(PAUSE_MARKS | STOP_MARKS - {"."}))) + "\n]")
OPEN = "\0"
SHORTEST_RUN = 2  # a single syllable in common is chance, unless the script has a single one there


@dataclass(frozen=True, slots=True)
class ScriptPart:
    """One clause of a script: what readers see, and the `pieces` to be said, with placeholders filled; one that is left
    open parts two pieces.
    """

    text: str
    pieces: tuple[str, ...]
    optional: bool

    @property
    def letters(self) -> str:
        return "".join(self.pieces)


@dataclass(frozen=True, slots=True)
class Reading:
    """A script laid beside what was said: for each of its letters the spoken letter, None where it was not said."""

    parts: tuple[ScriptPart, ...]
    spoken: tuple[int | None, ...]

    def of(self, index: int) -> tuple[int | None, ...]:
        start = sum(len(part.letters) for part in self.parts[:index])
        return self.spoken[start : start + len(self.parts[index].letters)]

    @property
    def rate(self) -> float:
        """Share of the letters due that were said; 0 where none is due."""
        due = [place for i, part in enumerate(self.parts) if not part.optional for place in self.of(i)]
        return sum(place is not None for place in due) / len(due) if due else 0.0


def parse(template: str, view: OrderView | None = None) -> tuple[ScriptPart, ...]:
    """The clauses of a script; fields of the order are filled in from `view`. Raises ValueError (Chinese / English) for
    open brackets, an unknown field, or a script without words.
    """
    text = ACTION.sub("", template)
    parts = []
    position = 0
    for match in OPTIONAL.finditer(text):
        parts += list(_clauses(text[position : match.start()], False, view))
        parts += list(_clauses(match.group(1), True, view))
        position = match.end()
    parts += list(_clauses(text[position:], False, view))
    if any(mark in part.text for part in parts for mark in "（）()[]"):
        raise ValueError("脚本里的括号没有成对 / the script has an open bracket")
    if not any(part.letters for part in parts if not part.optional):
        raise ValueError("脚本里没有要说的话 / the script has no words to be said")
    return tuple(part for part in parts if part.letters)


def _clauses(text: str, optional: bool, view: OrderView | None) -> Iterator[ScriptPart]:
    for clause in MARKS.split(text):
        if clause.strip():
            filled = PLACEHOLDER.sub(lambda match: _filled(match.group(1).strip(), view), clause)
            pieces = (bare(fold(piece)) for piece in filled.split(OPEN))
            yield ScriptPart(clause.strip(), tuple(piece for piece in pieces if piece), optional)


def _filled(name: str, view: OrderView | None) -> str:
    """The order's own words for a placeholder. Left open are numbers, which are said in many ways and are for facts,
    and what the order does not say.
    """
    if "." in name and not known_path(name):
        raise ValueError(f"订单里没有字段“{name}” / the order has no field {name!r}")
    value = view.value(name) if view is not None and known_path(name) else None
    return value if isinstance(value, str) else OPEN


def lay_beside(parts: Sequence[ScriptPart], spoken: str, stretch: float) -> Reading:
    """Find the script in `spoken`, by runs of equal syllables in order (difflib's matching blocks).

    Around the longest run, the script may take up to `stretch` times its own length: what lies farther off is other
    talk.
    """
    wanted = syllables("".join(part.letters for part in parts))
    heard = syllables(spoken)
    places: list[int | None] = [None] * len(wanted)
    if wanted and heard:
        longest = SequenceMatcher(None, wanted, heard, autojunk=False).find_longest_match()
        room = int(len(wanted) * stretch)
        first = max(0, longest.b - max(longest.a, room - len(wanted) + longest.a))
        last = min(len(heard), longest.b + room)
        matcher = SequenceMatcher(None, wanted, heard[first:last], autojunk=False)
        alone = _single_letters(parts)
        for block in matcher.get_matching_blocks():
            if block.size >= SHORTEST_RUN or block.a in alone:
                for offset in range(block.size):
                    places[block.a + offset] = first + block.b + offset
    return Reading(tuple(parts), tuple(places))


def _single_letters(parts: Sequence[ScriptPart]) -> frozenset[int]:
    """Places in the script of letters that stand alone between two clauses or open placeholders."""
    lengths = [len(piece) for part in parts for piece in part.pieces]
    starts = accumulate(lengths, initial=0)
    return frozenset(start for start, length in zip(starts, lengths, strict=False) if length == 1)


def _a_script(template: str) -> str:
    parse(template)
    return template


class ScriptCoverage(TextOperator):
    """At least `min_rate` of a script was said, in its order; parts said by less than `part_rate` are named as missing.

    `stretch`: how many times the script's length the passage may take, with what is said in between.
    """

    key: ClassVar[str] = "script_coverage"

    template: Annotated[str, AfterValidator(_a_script)]
    min_rate: Annotated[float, Field(gt=0, le=1)]
    part_rate: Share = 0.6
    stretch: Annotated[float, Field(ge=1)] = 3.0

    def look(self, situation: Situation) -> Outcome:
        parts = parse(self.template, situation.view)
        return self.scope.judged(situation, lambda searched, zone: self._seen(situation.case, parts, searched, zone))

    def _seen(self, case: Case, parts: Sequence[ScriptPart], searched: Searched, zone: Zone) -> Seen:
        reading = lay_beside(parts, searched.stream.text[zone.first : zone.last], self.stretch)
        concepts = tuple(self._part(reading, index, searched, zone) for index in range(len(parts)))
        evidence = self._evidence(case, reading, searched, zone)
        missing = [part.text for part, one in zip(parts, concepts, strict=True) if not (one.found or part.optional)]
        details: dict[str, object] = {"share": f"{reading.rate:.0%}", "wanted": f"{self.min_rate:.0%}"}
        if reading.rate >= self.min_rate:
            return Seen(Outcome("hit", evidence, concepts, Ruling("pass", "script_read", details)))
        code = "script_incomplete" if missing else "script_garbled"
        ruling = Ruling("review", code, {**details, "missing": "；".join(missing)})
        return Seen(Outcome("miss", evidence, concepts, ruling), by_absence=True)

    def _part(self, reading: Reading, index: int, searched: Searched, zone: Zone) -> Concept:
        part, places = reading.parts[index], reading.of(index)
        said = [zone.first + place for place in places if place is not None]
        if len(said) < self.part_rate * len(places) or not said:
            return Concept(part.text, False)
        return Concept(part.text, True, searched.stream.quote(min(said), max(said) + 1))

    def _evidence(self, case: Case, reading: Reading, searched: Searched, zone: Zone) -> tuple[Finding, ...]:
        said = [zone.first + place for place in reading.spoken if place is not None]
        if not said:
            return ()
        first, last = min(said), max(said) + 1
        heard = searched.stream.text[first:last]
        score = round(reading.rate, 4)
        return findings(case, searched, [Found("", first, last, "pinyin", reading.parts[0].text, heard, score)])


OPERATORS: tuple[type[Operator], ...] = (ScriptCoverage,)
