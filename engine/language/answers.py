"""What kind of answer a customer gave to one question, decided by ordered lists of patterns that are data.

Patterns are tried class by class in the order of the book, first hit wins: 不清楚 contains 清楚, so negations come
first.
Text is folded; commas stand for pauses (`engine.language.answers.punctuate`), because punctuation from recognition is
unreliable.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import regex

from engine.language.folding import bare, fold
from engine.language.pinyin import syllables

AnswerResult = Literal["affirm", "deny", "not_understood", "refusal", "weak", "asked_back", "unclear", "none"]
PATTERN_SECONDS = 0.25
LONGEST_KNOWN, MOST_KNOWN = 12, 20_000
"""Short answers come again in every session: so many of up to so many characters are classified only once."""


@dataclass(frozen=True, slots=True)
class AnswerClass:
    """One class: `pattern` makes an answer belong to it. `strip` takes the match out and looks at the rest too."""

    name: str
    result: AnswerResult
    pattern: regex.Pattern[str]
    strip: bool = False

    def holds(self, text: str) -> bool:
        return self.pattern.search(text, timeout=PATTERN_SECONDS) is not None

    def removed_from(self, text: str) -> str:
        return str(self.pattern.sub("", text, timeout=PATTERN_SECONDS))


@dataclass(frozen=True, slots=True)
class AnswerBook:
    """All classes in the order they are tried.

    `echoes` match what is left of the salesperson's own question when its end was given to the customer (清楚吗).
    `homophones` are words that stand for any text of the same toneless syllables where nothing else fits (轻触 ->
    清楚).
    """

    classes: tuple[AnswerClass, ...]
    echoes: tuple[regex.Pattern[str], ...] = ()
    homophones: tuple[str, ...] = ()
    _known: dict[str, AnswerResult] = field(default_factory=dict, init=False, repr=False, compare=False)

    def classify(self, text: str | None) -> AnswerResult:
        """Result of an answer. None means that voice activity found no customer speech; '' that nothing was understood.

        Raises TimeoutError when a pattern does not come to an end.
        """
        if text is None:
            return "none"
        if text in self._known:
            return self._known[text]
        found = self._classified(fold(text))
        if len(text) <= LONGEST_KNOWN and len(self._known) < MOST_KNOWN:
            self._known[text] = found
        return found

    def _classified(self, text: str) -> AnswerResult:
        for echo in self.echoes:
            text = echo.sub("", text, timeout=PATTERN_SECONDS)
        found = self._by_pattern(text)
        if found != "unclear":
            return found
        alike = self._sounding_alike(text)
        return found if alike == text else self._by_pattern(alike)

    def _by_pattern(self, text: str) -> AnswerResult:
        for one in self.classes:
            if not one.holds(text):
                continue
            if one.strip:
                rest = one.removed_from(text)
                below = self._by_pattern(rest) if rest != text else "unclear"
                if below in ("refusal", "not_understood"):
                    return below
            return one.result
        return "unclear"

    def _sounding_alike(self, text: str) -> str:
        spoken = syllables(text)  # and so it stays, whatever word of the same syllables is put in
        for word in self.homophones:
            wanted = syllables(word)
            at = spoken.find(wanted)
            while at >= 0:
                text = text[:at] + word + text[at + len(word) :]
                at = spoken.find(wanted, at + len(word))
        return text


def compile_book(
    order: Sequence[str],
    classes: Mapping[str, tuple[AnswerResult, Sequence[str], bool]],
    echoes: Sequence[str] = (),
    homophones: Sequence[str] = (),
) -> AnswerBook:
    """Book of `classes` (result, patterns, strip) tried in `order`. Raises regex.error for a broken pattern,
    KeyError for a
    name in `order` without class."""
    return AnswerBook(
        tuple(
            AnswerClass(name, classes[name][0], regex.compile("|".join(classes[name][1])), classes[name][2])
            for name in order
        ),
        tuple(regex.compile(echo) for echo in echoes),
        tuple(homophones),
    )


def punctuate(pieces: Sequence[tuple[str, float, float]], pause: float) -> str:
    """Text of recognised `pieces` (text, start and end in seconds) with a comma at each pause of `pause` seconds or
    more.

    The recogniser's own commas and full stops are dropped; its question marks stay.
    """
    written: list[str] = []
    last_end: float | None = None
    for text, start, end in pieces:
        spoken = text if text.isalpha() else bare(text)
        if spoken:
            if last_end is not None and start - last_end >= pause - 1e-6:
                written.append("，")
            written.append(spoken)
            last_end = end
        if "？" in text or "?" in text:
            written.append("？")
    return "".join(written)
