"""A free question to a language model. Optional, and never more than a reason for a person to look.

Rules see no network: the question goes out with the judgement, the answer comes back in the evidence
(engine/inquiry.py). What the model does not find clears nothing, and what it finds counts only with a quote that stands
in the transcript.
"""

from typing import Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from engine.evidence import LanguageAnswer, Role
from engine.inspection import Finding
from engine.language.folding import bare, fold
from engine.language.pinyin import syllables
from engine.rules.case import Case
from engine.rules.concepts import Found
from engine.rules.judgement import LanguageRequest, Ruling
from engine.rules.operators.base import Operator, Outcome, Situation
from engine.rules.operators.params import Count
from engine.rules.operators.quoting import TextOperator
from engine.rules.operators.scope import Scope
from engine.rules.operators.turns import spells
from engine.rules.phrases import Level

SHORTEST_QUOTE = 4  # letters; less stands in any transcript by chance
EVERYBODY: tuple[Role, ...] = ("agent", "system", "customer", "insured", "other")
VOICES: dict[Role, str] = {
    "agent": "销售人员",
    "system": "播报语音",
    "customer": "客户",
    "insured": "被保险人",
    "other": "其他人",
    "unknown": "不明",
}


class LanguageChoice(TextOperator):
    """Ask a language model to choose one of `choices`; a hit where it chooses one of `finds`, with a quote to show it.

    `max_chars`: how much of the transcript is shown, from the start of the scope.
    """

    key: ClassVar[str] = "llm_choice"

    question: Annotated[str, Field(min_length=4)]
    choices: Annotated[tuple[Annotated[str, Field(min_length=1)], ...], Field(min_length=2)]
    finds: Annotated[tuple[str, ...], Field(min_length=1)]
    evidence_required: Literal[True] = True
    max_chars: Count = 8000
    scope: Scope = Scope(role=EVERYBODY)

    @model_validator(mode="after")
    def _finds_a_choice(self) -> "LanguageChoice":
        for one in self.finds:
            if one not in self.choices:
                raise ValueError(f"“{one}”不在 choices 里 / {one!r} is none of the choices")
        return self

    def look(self, situation: Situation) -> Outcome:
        case = situation.case
        text = self._shown(situation)
        if not text:
            return _nothing("no_speech")
        request = LanguageRequest(self.question, self.choices, text)
        case.inquire(request)
        answer = next((one for one in case.hearing.transcript.language if one.request == request.digest), None)
        if answer is None:
            return _nothing("no_language_model")
        if answer.failure is not None:
            return _nothing("language_failed", detail=answer.failure)
        if answer.choice not in self.finds:
            return _nothing("language_found_nothing")
        finding = self._quoted(case, answer)
        if finding is None:
            return _nothing("language_quote_unfound")
        details: dict[str, object] = {"choice": answer.choice, "quote": finding.quote}
        return Outcome("hit", (finding,), ruling=Ruling("review", "language_found", details))

    def _shown(self, situation: Situation) -> str:
        """The transcript of the scope, one line a spell: 客户：……"""
        windows = self.scope.windows(situation)
        lines = [
            f"{VOICES[spell.role]}：{spell.quote}"
            for _, spell in spells(situation.case, [(role,) for role in self.scope.role])
            if any(spell.interval.overlap(window) > 0 for window in windows)
        ]
        return "\n".join(lines)[: self.max_chars]

    def _quoted(self, case: Case, answer: LanguageAnswer) -> Finding | None:
        """Where the model's quote stands in the transcript, by its characters or by their sound; None where it does
        not.
        """
        searched = case.hearing.of(self.scope.role)
        wanted, text = bare(fold(answer.quote)), searched.stream.text
        if len(wanted) < SHORTEST_QUOTE:
            return None
        level: Level = "text"
        start = text.find(wanted)
        if start < 0:
            level, start = "pinyin", syllables(text).find(syllables(wanted))
        if start < 0:
            return None
        found = Found(answer.choice, start, start + len(wanted), level, answer.model, wanted, 1.0)
        return case.finding(found, searched.stream)[0]


def _nothing(code: str, **details: object) -> Outcome:
    """No finding, and no pass either."""
    return Outcome("not_applicable", ruling=Ruling("not_applicable", code, dict(details)))


OPERATORS: tuple[type[Operator], ...] = (LanguageChoice,)
