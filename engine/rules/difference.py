"""What differs between two rule sets, where it is words alone, and whether any of them can be heard in a session.

Most changes of a rule set are words: a wording more, a phrase less. In a session in which none of these words is
heard, not even as something that resembles them, both rule sets find the same and come to the same items: whatever the
first one judged need not be judged by the second.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from functools import cached_property
from itertools import chain, combinations
from typing import Any

import regex

from engine.columns import column
from engine.evidence import Role, Transcript
from engine.language.folding import fold
from engine.rules.hearing import Hearing, Searched
from engine.rules.phrases import Phrase, Vocabulary
from engine.rules.ruleset import Disclosure, Forbidden, RuleSet

NO_MATTER = frozenset({"version", "title", "sha256", "vocabulary"})
"""Fields of a rule set that no item depends on, or that follow from the others."""

EXAMPLES = "examples"
"""What a rule tells of itself for whoever checks the rule set."""


@dataclass(frozen=True)
class Difference:
    """Phrases that one of two rule sets has and the other has not, by the roles whose voice may say them."""

    new: RuleSet
    phrases: Mapping[tuple[Role, ...], frozenset[Phrase]]
    words: frozenset[str]

    def heard_in(self, heard: Transcript | None) -> bool:
        """Whether any of it is heard, or resembled, in what anybody said."""
        if heard is None or not self.phrases:
            return False
        hearing, letters = self._hearing(heard), _letters(heard)
        if any(letters.issuperset(word) for word in self.words) and self._stands_in(heard, hearing):
            return True
        return any(self._located(phrases, hearing, roles) for roles, phrases in self.phrases.items())

    def _located(self, phrases: Collection[Phrase], hearing: Hearing, roles: tuple[Role, ...]) -> bool:
        """Whether a phrase, or what resembles it, stands where a rule that `roles` have to say is looked for."""
        return any(one.widened.locate(phrases) for one in _searched(hearing, roles))

    def _stands_in(self, heard: Transcript, hearing: Hearing) -> bool:
        """Whether a word that only one of the rule sets knows stands in what any voices said together: a longer word
        that is known hides what merely resembles a part of it.
        """
        present = sorted({one.role for one in heard.speakers})
        groups = chain.from_iterable(combinations(present, size) for size in range(len(present) + 1))
        return any(
            word in one.stream.text for group in groups for one in _searched(hearing, group) for word in self.words
        )

    def _hearing(self, heard: Transcript) -> Hearing:
        settings = self.new.settings
        pauses = settings.clause_pause_s, settings.sentence_pause_s
        return Hearing(heard, self._vocabulary, settings.role_floor, *pauses)

    @cached_property
    def _vocabulary(self) -> Vocabulary:
        return Vocabulary(chain.from_iterable(self.phrases.values()), self.new.vocabulary.other_words)


def difference(old: RuleSet, new: RuleSet) -> Difference | None:
    """What differs between both; None where it is more than words that are listened for."""
    rules = list(zip(old.rules, new.rules, strict=False))
    if len(old.rules) != len(new.rules) or not _same_but_for_rules(old, new):
        return None
    phrases: dict[tuple[Role, ...], frozenset[Phrase]] = {}
    for before, after in rules:
        try:
            changed = frozenset(_changed(before, after))
        except _Unlike:
            return None
        if changed and not isinstance(after, Disclosure | Forbidden):
            return None
        if changed and isinstance(after, Disclosure | Forbidden):
            roles: tuple[Role, ...] = tuple(sorted(after.says))
            phrases[roles] = phrases.get(roles, frozenset()) | changed
    return Difference(new, phrases, old.vocabulary.words ^ new.vocabulary.words)


class _Unlike(Exception):
    """Both differ in something else than phrases."""


def _same_but_for_rules(old: RuleSet, new: RuleSet) -> bool:
    kinds = {"disclosures", "forbidden", "visual", "checks"}
    try:
        return old.vocabulary.other_words == new.vocabulary.other_words and not any(
            phrase
            for one in fields(RuleSet)
            if one.name not in NO_MATTER | kinds
            for phrase in _changed(getattr(old, one.name), getattr(new, one.name))
        )
    except _Unlike:
        return False


def _changed(old: Any, new: Any) -> Iterator[Phrase]:
    """Phrases that only one of both has, in the same place of an otherwise equal whole. Raises _Unlike."""
    if type(old) is not type(new):
        raise _Unlike
    if isinstance(old, tuple):
        yield from _changed_in(old, new)
    elif isinstance(old, regex.Pattern):
        if (old.pattern, old.flags) != (new.pattern, new.flags):
            raise _Unlike
    elif is_dataclass(old):
        for one in fields(old):
            if one.compare and one.name != EXAMPLES:
                yield from _changed(getattr(old, one.name), getattr(new, one.name))
    elif isinstance(old, Mapping):
        if list(old) != list(new):
            raise _Unlike
        for key in old:
            yield from _changed(old[key], new[key])
    elif old != new:
        raise _Unlike


def _changed_in(old: tuple[Any, ...], new: tuple[Any, ...]) -> Iterator[Phrase]:
    if old and new and all(isinstance(one, Phrase) for one in (*old, *new)):
        both = set(old) & set(new)
        if [one for one in old if one in both] != [one for one in new if one in both]:
            raise _Unlike  # the first that is found is told
        yield from set(old) ^ set(new)
        return
    if len(old) != len(new):
        raise _Unlike
    for before, after in zip(old, new, strict=True):
        yield from _changed(before, after)


def _letters(heard: Transcript) -> frozenset[str]:
    """Every letter that stands anywhere in what was heard, other readings included."""
    written = (*column(heard.characters, "text"), *(one.text for one in heard.alternatives))
    return frozenset(fold("".join(written)))


def _searched(hearing: Hearing, roles: tuple[Role, ...]) -> Iterator[Searched]:
    """All that may be searched for a rule that voices of `roles` have to say."""
    for one in (hearing.of(roles), hearing.nearby(roles), hearing.others(roles)):
        yield one
        if one.other is not None:
            yield one.other[1]
