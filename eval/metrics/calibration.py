"""Whether confidences mean what they say: reliability curves and Brier scores of whatever carries one.

Scored are: an item's verdict, the recogniser's probability of each character, the role of each voice, and the sound's
answer to a question (the margin as the probability that both texts, equally likely before, leave to the wanted one).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import exp

from engine.evidence import Character, Confirmation, Role, Speaker, Transcript
from engine.inspection import Item, Verdict
from eval.metrics.items import DECIDED, label_of
from eval.metrics.reference import Reference, SaidLine
from eval.metrics.text import spoken_form

BINS = 10
CONTEXT_S = 0.5
"""So far around the span of a question its words may have been said, because recognised times are not exact."""

LARGEST_MARGIN = 500.0
FIGURE_CHARACTERS = frozenset("0123456789.,，%％")


@dataclass(frozen=True, slots=True)
class Bin:
    """Confidences of one stretch of 0..1: how many, their sum, and how many were right."""

    count: int = 0
    confidence: float = 0.0
    right: int = 0

    def __add__(self, other: "Bin") -> "Bin":
        return Bin(self.count + other.count, self.confidence + other.confidence, self.right + other.right)


@dataclass(frozen=True, slots=True)
class Point:
    """One point of a reliability curve: mean confidence and share that was right, of `count`."""

    confidence: float
    right: float
    count: int


@dataclass(frozen=True, slots=True)
class Calibration:
    """Confidences against what was right, in bins of equal width; `squares` is the sum of squared differences."""

    bins: tuple[Bin, ...] = (Bin(),) * BINS
    squares: float = 0.0

    @classmethod
    def zero(cls) -> "Calibration":
        """Nothing scored, neutral in sums."""
        return cls()

    @classmethod
    def of(cls, scored: Iterable[tuple[float, bool]]) -> "Calibration":
        """(confidence, right) of each; a confidence outside 0..1 counts as the nearer end."""
        counts, sums, rights, squares = [0] * BINS, [0.0] * BINS, [0] * BINS, 0.0
        for given, right in scored:
            confidence = min(1.0, max(0.0, given))
            place = min(BINS - 1, int(confidence * BINS))
            counts[place] += 1
            sums[place] += confidence
            rights[place] += right
            squares += (confidence - right) ** 2
        return cls(tuple(map(Bin, counts, sums, rights)), squares)

    def __add__(self, other: "Calibration") -> "Calibration":
        return Calibration(
            tuple(one + two for one, two in zip(self.bins, other.bins, strict=True)), self.squares + other.squares
        )

    @property
    def count(self) -> int:
        """How many were scored."""
        return sum(one.count for one in self.bins)

    @property
    def brier(self) -> float | None:
        """Mean squared difference of confidence and outcome (Brier 1950), 0..1, less is better; None without any."""
        return self.squares / self.count if self.count else None

    @property
    def error(self) -> float | None:
        """Expected calibration error: mean distance of the curve from the diagonal, weighted by count."""
        if not self.count:
            return None
        return sum(abs(one.confidence - one.right) for one in self.bins) / self.count

    def curve(self) -> tuple[Point, ...]:
        """The reliability curve; empty bins are left out."""
        return tuple(
            Point(one.confidence / one.count, one.right / one.count, one.count) for one in self.bins if one.count
        )


@dataclass(frozen=True, slots=True)
class Calibrations:
    """Everything that carries a confidence."""

    items: Calibration
    characters: Calibration
    roles: Calibration
    confirmations: Calibration

    @classmethod
    def zero(cls) -> "Calibrations":
        """Nothing scored, neutral in sums."""
        nothing = Calibration.zero()
        return cls(nothing, nothing, nothing, nothing)

    def __add__(self, other: "Calibrations") -> "Calibrations":
        return Calibrations(
            self.items + other.items,
            self.characters + other.characters,
            self.roles + other.roles,
            self.confirmations + other.confirmations,
        )


def of_items(labels: Mapping[str, Verdict] | None, items: Iterable[Item]) -> Calibration:
    """Items that the machine decided and whose label is decided: whether both agree, against the item's confidence."""
    decided = ((one, label_of(one, labels or {})) for one in items if one.verdict in DECIDED)
    return Calibration.of((one.confidence, one.verdict == label) for one, label in decided if label in DECIDED)


def of_characters(reference: Reference, characters: Sequence[Character]) -> Calibration:
    """Whether each recognised character stands in the best alignment with what was said."""
    if reference.lines is None:
        return Calibration.zero()
    heard = list(_sounded(characters))
    right = _aligned(spoken_form(reference.text), "".join(sound for sound, _ in heard))
    return Calibration.of((probability, place in right) for place, (_, probability) in enumerate(heard))


def of_roles(true: Mapping[str, Role], speakers: Iterable[Speaker], names: Mapping[str, str]) -> Calibration:
    """Whether each voice that is somebody's got the right role; voices left `unknown` claim nothing."""
    claimed = [one for one in speakers if one.role != "unknown" and names.get(one.id) in true]
    return Calibration.of((one.confidence, true[names[one.id]] == one.role) for one in claimed)


def of_confirmations(reference: Reference, transcript: Transcript) -> Calibration:
    """Whether the wanted words were truly said where the sound was asked about them."""
    if reference.lines is None or not all(line.interval for line in reference.lines):
        return Calibration.zero()
    lines = reference.lines
    return Calibration.of((_share(one.margin), _said(one, lines)) for one in transcript.confirmations)


def _share(margin: float) -> float:
    """What a margin of log-likelihoods leaves to the wanted text."""
    bounded = max(-LARGEST_MARGIN, min(LARGEST_MARGIN, margin))
    return 1 / (1 + exp(-bounded))


def _said(asked: Confirmation, lines: Iterable[SaidLine]) -> bool:
    around = asked.span.widened(CONTEXT_S)
    near = (line.text for line in lines if line.interval is not None and line.interval.overlap(around) > 0)
    return spoken_form(asked.wanted) in spoken_form("".join(near))


def _sounded(characters: Sequence[Character]) -> Iterator[tuple[str, float]]:
    """Each spoken character with its probability; figures are read aloud, at the least probability of their digits."""
    figure: list[Character] = []
    for one in characters:
        if one.text and FIGURE_CHARACTERS.issuperset(one.text):
            figure.append(one)
            continue
        yield from _together(figure)
        figure = []
        yield from _together([one])
    yield from _together(figure)


def _together(characters: Sequence[Character]) -> Iterator[tuple[str, float]]:
    if characters:
        probability = min(one.probability for one in characters)
        yield from ((sound, probability) for sound in spoken_form("".join(one.text for one in characters)))


def _aligned(said: str, heard: str) -> frozenset[int]:
    """Places of `heard` that stand for the same character of `said`."""
    import jiwer

    if not said or not heard:
        return frozenset()
    (chunks,) = jiwer.process_characters(said, heard).alignments
    return frozenset(
        place for chunk in chunks if chunk.type == "equal" for place in range(chunk.hyp_start_idx, chunk.hyp_end_idx)
    )
