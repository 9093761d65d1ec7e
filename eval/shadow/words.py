"""How teams write their results: headings, verdicts and times in Chinese or English (configs/eval/shadow.yaml)."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from engine.errors import MingjianError
from engine.language.folding import PUNCTUATION, fold
from engine.rules.source import faults_of, read

SHADOW = Path(__file__).resolve().parents[2] / "configs" / "eval" / "shadow.yaml"

HumanVerdict = Literal["pass", "fail", "unsure", "not_applicable"]
Column = Literal[
    "session", "file", "policy_no", "item", "verdict", "passed", "violation", "minutes", "seconds", "session_minutes",
    "reviewer",
]  # fmt: skip
LOCATORS: tuple[Column, ...] = ("session", "file", "policy_no")
VERDICTS: tuple[Column, ...] = ("verdict", "passed", "violation")
LONGEST_MINUTES = 24 * 60.0
_MARKS = str.maketrans("", "", "".join(PUNCTUATION - {"."}) + "_/#*（）()")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_CLOCK = re.compile(r"(?:(\d{1,3}):)?(\d{1,3}):(\d{1,2}(?:\.\d+)?)")
_SPOKEN = re.compile(
    r"(?:(\d+(?:\.\d+)?)(?:小时|h))?(?:(\d+(?:\.\d+)?)(?:分钟|分|min|m|'))?(?:(\d+(?:\.\d+)?)(?:秒钟|秒|s|\"))?"
)

Words = Annotated[tuple[str, ...], Field(min_length=1)]


class WordsPart(BaseModel):
    """The file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    schema_: Annotated[Literal[1], Field(alias="schema")]
    columns: dict[Column, Words]
    whole: Words
    verdicts: dict[HumanVerdict, Words]
    yes: Words
    no: Words
    most_disagreements: Annotated[int, Field(ge=1, le=10_000)]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words by what they mean, folded."""

    columns: dict[str, Column]
    whole: frozenset[str]
    verdicts: dict[str, HumanVerdict]
    answers: dict[str, bool]
    most_disagreements: int

    def column(self, heading: str) -> Column | None:
        """What a heading stands for; None for one that says nothing here."""
        return self.columns.get(plain(heading))

    def verdict(self, word: str, column: Column = "verdict") -> HumanVerdict | None:
        """What a word in a column of verdicts means; None where that cannot be told."""
        folded = plain(word)
        found = self.verdicts.get(folded)
        if found is not None or column == "verdict":
            return found
        answer = self.answers.get(folded)
        if answer is None:
            return None
        return "pass" if answer is (column == "passed") else "fail"


@cache
def vocabulary() -> Vocabulary:
    """The words of this deployment. Raises MingjianError `shadow_faults` with every fault of the file."""
    source = read(SHADOW)
    faults = list(source.faults)
    part: WordsPart | None = None
    try:
        part = WordsPart.model_validate(source.data)
    except ValidationError as error:
        faults += faults_of(source, (), error.errors())
    if part is None or faults:
        raise MingjianError("shadow_faults", path=SHADOW.name, detail="；".join(map(str, faults)))
    return Vocabulary(
        columns={plain(word): column for column, words in part.columns.items() for word in words},
        whole=frozenset(map(plain, part.whole)),
        verdicts={plain(word): verdict for verdict, words in part.verdicts.items() for word in words},
        answers={plain(word): answer for answer, words in ((True, part.yes), (False, part.no)) for word in words},
        most_disagreements=part.most_disagreements,
    )


def plain(text: str) -> str:
    """A word without what does not matter: case, width, script, marks, spaces.

    >>> plain(" 質檢　結果（人工） ")
    '质检结果人工'
    """
    return "".join(fold(text).translate(_MARKS).split())


def minutes(text: str, unit: float = 1.0) -> float | None:
    """A time as minutes: a number of `unit` minutes, 03:20 (minutes and seconds), 1:02:03, 3分20秒; None for anything
    else, and for more than a day.

    >>> minutes("3分30秒"), minutes("03:30"), minutes("210", 1 / 60), minutes("soon")
    (3.5, 3.5, 3.5, None)
    """
    folded = fold(text).replace(" ", "").replace("：", ":").strip()
    if _NUMBER.fullmatch(folded):
        found = float(folded) * unit
    elif clock := _CLOCK.fullmatch(folded):
        hours, whole, seconds = (float(part or 0) for part in clock.groups())
        found = hours * 60 + whole + seconds / 60
    elif folded and (spoken := _SPOKEN.fullmatch(folded)) and any(spoken.groups()):
        hours, whole, seconds = (float(part or 0) for part in spoken.groups())
        found = hours * 60 + whole + seconds / 60
    else:
        return None
    return found if found <= LONGEST_MINUTES else None


def known_columns() -> tuple[Column, ...]:
    """Every column that is understood."""
    return get_args(Column)
