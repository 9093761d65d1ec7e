"""Error rates of Chinese text: characters, figures, and the text of each speaker, heard against said.

Both sides are folded first (simplified script, no punctuation, digits as words), because none of that can be heard.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from engine.language.folding import bare, fold
from eval.synth.reading import aloud

DIGIT_CHARACTERS = frozenset("零一二三四五六七八九十百千万亿点")
ONE_SPELLING = str.maketrans("两俩幺〇", "二二一零")


@dataclass(frozen=True, slots=True)
class CharacterErrors:
    """Counts over one or more texts; `characters` is the length of the reference."""

    substituted: int
    deleted: int
    inserted: int
    characters: int

    @classmethod
    def zero(cls) -> "CharacterErrors":
        """Nothing compared, neutral in sums."""
        return cls(0, 0, 0, 0)

    def __add__(self, other: "CharacterErrors") -> "CharacterErrors":
        return CharacterErrors(
            self.substituted + other.substituted,
            self.deleted + other.deleted,
            self.inserted + other.inserted,
            self.characters + other.characters,
        )

    @property
    def errors(self) -> int:
        """All edits."""
        return self.substituted + self.deleted + self.inserted

    @property
    def rate(self) -> float:
        """Edits per character said; where nothing was said, the number of invented characters."""
        return self.errors / max(1, self.characters)


def spoken_form(text: str) -> str:
    """`text` as it sounds: folded, digits as words, nothing that is not spoken.

    >>> spoken_form("猶豫期15天，清楚嗎？")
    '犹豫期十五天清楚吗'
    """
    return "".join(bare(aloud(fold(text))).split())


def character_errors(said: str, heard: str) -> CharacterErrors:
    """Edits between the spoken forms of both texts."""
    return _edits(spoken_form(said), spoken_form(heard))


def digits_of(text: str) -> str:
    """The characters of numbers in `text`, in order, each spelled in one way.

    >>> digits_of("保费12,000元，分两次，电话幺二三")
    '一万二千二一二三'
    """
    return "".join(one for one in spoken_form(text).translate(ONE_SPELLING) if one in DIGIT_CHARACTERS)


def digit_errors(said: str, heard: str) -> CharacterErrors:
    """Edits between the characters of numbers alone: what premiums, years and days lose.

    一 in words that are no figure (一定) counts too, in both texts alike.
    """
    return _edits(digits_of(said), digits_of(heard))


def _edits(reference: str, hypothesis: str) -> CharacterErrors:
    import jiwer

    if not reference:
        return CharacterErrors(0, 0, len(hypothesis), 0)
    found = jiwer.process_characters(reference, hypothesis)
    return CharacterErrors(found.substitutions, found.deletions, found.insertions, len(reference))


def speaker_character_errors(said: Mapping[str, str], heard: Mapping[str, str]) -> CharacterErrors:
    """Edits per speaker under the naming of the heard speakers that costs least (cpCER).

    Each said speaker is paired with at most one heard one; text of anyone left over counts as deleted or inserted.
    Method: concatenated minimum-permutation error rate (Watanabe et al., CHiME-6, 2020) on characters.
    """
    import numpy as np
    from scipy.optimize import linear_sum_assignment

    size = max(len(said), len(heard))
    references = [*said.values(), *[""] * (size - len(said))]
    hypotheses = [*heard.values(), *[""] * (size - len(heard))]
    pairs = [[character_errors(reference, hypothesis) for hypothesis in hypotheses] for reference in references]
    costs = np.array([[pair.errors for pair in row] for row in pairs]).reshape(size, size)
    rows, columns = linear_sum_assignment(costs)
    return sum((pairs[row][column] for row, column in zip(rows, columns, strict=True)), CharacterErrors.zero())


def attributed_character_errors(said: Mapping[str, str], heard: Mapping[str, str]) -> CharacterErrors:
    """Edits per name where both sides use the same names (roles): text under a wrong one is deleted and inserted."""
    names = dict.fromkeys([*said, *heard])
    edits = (character_errors(said.get(name, ""), heard.get(name, "")) for name in names)
    return sum(edits, CharacterErrors.zero())
