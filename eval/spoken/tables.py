"""Outcomes counted: recall of items, false passes, the rest by verdict; classes of answers with their confusions."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import get_args

from engine.inspection import AnswerClass
from eval.benchmarks.figures import Figure
from eval.metrics.counts import Share
from eval.spoken.judge import WAYS, Outcome, Way

CLASSES: tuple[AnswerClass, ...] = get_args(AnswerClass)
NEGATIVE: frozenset[AnswerClass] = frozenset({"deny", "not_understood", "refusal"})

Test = Callable[[Outcome], bool]


def share(outcomes: Iterable[Outcome], among: Test, holds: Test) -> Share:
    """How many of the outcomes `among` hold."""
    chosen = [one for one in outcomes if among(one)]
    return Share(sum(map(holds, chosen)), len(chosen))


def recall(outcomes: Iterable[Outcome]) -> Share:
    """Disclosures that were said and found, forbidden expressions too."""
    return share(outcomes, lambda one: one.exchange.kind in ("disclosure", "forbidden"), lambda one: one.found)


def false_passes(outcomes: Iterable[Outcome]) -> Share:
    """Near misses whose item passes all the same."""
    return share(outcomes, lambda one: one.exchange.kind == "near_miss", lambda one: one.found)


def false_alarms(outcomes: Iterable[Outcome]) -> Share:
    """Compliant sentences taken for a forbidden expression, or left to a person as one."""
    return share(outcomes, lambda one: one.exchange.kind == "compliant", lambda one: one.found)


def whole_items(outcomes: Iterable[Outcome]) -> Share:
    """Disclosures that pass as whole items, with their spoken answers."""
    return share(outcomes, lambda one: one.exchange.kind == "disclosure", lambda one: one.item == "pass")


ROWS: dict[str, Callable[[Iterable[Outcome]], Share]] = {
    "items and forbidden expressions found": recall,
    "  disclosures found": lambda all_: share(all_, lambda o: o.exchange.kind == "disclosure", lambda o: o.found),
    "  forbidden expressions found": lambda all_: share(
        all_, lambda o: o.exchange.kind == "forbidden", lambda o: o.found
    ),
    "near misses that pass": false_passes,
    "compliant sentences flagged": false_alarms,
    "  of these as fail": lambda all_: share(
        all_, lambda o: o.exchange.kind == "compliant", lambda o: o.verdict == "fail"
    ),
    "whole items that pass, with the answer": whole_items,
    "disclosures not found: fail": lambda all_: share(
        all_, lambda o: o.exchange.kind == "disclosure", lambda o: o.verdict == "fail"
    ),
    "disclosures not found: review": lambda all_: share(
        all_, lambda o: o.exchange.kind == "disclosure", lambda o: o.verdict == "review"
    ),
    "disclosures not found: inconclusive": lambda all_: share(
        all_, lambda o: o.exchange.kind == "disclosure", lambda o: o.verdict == "inconclusive"
    ),
}


def phrases_table(outcomes: Sequence[Outcome]) -> str:
    """Markdown: one row per count, one column per way."""
    spoken = [one for one in outcomes if one.exchange.kind != "answer"]
    lines = [f"| | {' | '.join(WAYS)} |", "|---|" + "---|" * len(WAYS)]
    for name, count in ROWS.items():
        cells = [_cell(count([one for one in spoken if one.way == way])) for way in WAYS]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _cell(found: Share) -> str:
    return f"{found.right}/{found.total} = {found.value:.3f}" if found.total else "-"


@dataclass(frozen=True, slots=True)
class Polarity:
    """True against heard classes of answers."""

    pairs: tuple[tuple[AnswerClass, AnswerClass], ...]

    @property
    def accuracy(self) -> Share:
        return Share(sum(true == heard for true, heard in self.pairs), len(self.pairs))

    def f1(self, name: AnswerClass) -> float:
        """Harmonic mean of precision and recall of one class; 0 where it was neither said nor heard."""
        both = sum(true == heard == name for true, heard in self.pairs)
        said = sum(true == name for true, _ in self.pairs)
        heard = sum(heard == name for _, heard in self.pairs)
        return 2 * both / (said + heard) if said + heard else 0.0

    @property
    def macro_f1(self) -> float:
        """Mean F1 over the classes that were said."""
        said = [name for name in CLASSES if any(true == name for true, _ in self.pairs)]
        return sum(map(self.f1, said)) / len(said) if said else 0.0

    @property
    def negatives_affirmed(self) -> Share:
        """Negative answers taken for a yes."""
        heard = [heard for true, heard in self.pairs if true in NEGATIVE]
        return Share(heard.count("affirm"), len(heard))

    @property
    def doubtless(self) -> Share:
        """Wrong classes among the answers that were not left unclear."""
        clear = [(true, heard) for true, heard in self.pairs if heard != "unclear"]
        return Share(sum(true != heard for true, heard in clear), len(clear))

    def matrix(self) -> str:
        """Markdown: true classes down, heard classes across."""
        counts = Counter(self.pairs)
        lines = [f"| said \\ heard | {' | '.join(CLASSES)} | F1 |", "|---|" + "---|" * (len(CLASSES) + 1)]
        for true in CLASSES:
            if any(one == true for one, _ in self.pairs):
                cells = [str(counts[true, heard] or "") for heard in CLASSES]
                lines.append(f"| {true} | {' | '.join(cells)} | {self.f1(true):.2f} |")
        return "\n".join(lines)


def polarity(outcomes: Iterable[Outcome], way: Way) -> Polarity:
    """Classes of the answers in one way."""
    pairs: list[tuple[AnswerClass, AnswerClass]] = []
    for one in outcomes:
        if one.exchange.answer is not None and one.way == way:
            pairs.append((one.exchange.answer, one.answer or "none"))
    return Polarity(tuple(pairs))


def polarity_table(outcomes: Sequence[Outcome]) -> str:
    """Markdown: macro F1, accuracy and negatives taken for a yes, one column per way."""
    found = {way: polarity(outcomes, way) for way in WAYS}
    rows = {
        "macro F1": [f"{one.macro_f1:.3f}" for one in found.values()],
        "classes right": [_cell(one.accuracy) for one in found.values()],
        "negatives taken for affirm": [_cell(one.negatives_affirmed) for one in found.values()],
        "wrong, of those not left unclear": [_cell(one.doubtless) for one in found.values()],
    }
    lines = [f"| | {' | '.join(WAYS)} |", "|---|" + "---|" * len(WAYS)]
    return "\n".join([*lines, *(f"| {name} | {' | '.join(cells)} |" for name, cells in rows.items())])


def report(outcomes: Sequence[Outcome]) -> str:
    """All tables, clean and in noise."""
    parts = []
    for noisy, name in ((False, "clean"), (True, "white noise, 10 dB")):
        chosen = [one for one in outcomes if one.noisy == noisy]
        if any(one.exchange.answer is None for one in chosen):
            parts.append(f"\n## Phrases, {name}\n\n{phrases_table(chosen)}")
        if any(one.exchange.answer is not None for one in chosen):
            matrix = polarity(chosen, "confirmed").matrix()
            parts.append(f"\n## Answers, {name}\n\n{polarity_table(chosen)}\n\n{matrix}")
    return "\n".join(parts) + "\n"


LEAST_RECALL = {False: 0.95, True: 0.85}
MOST_FALSE_PASSES = 0.01
LEAST_MACRO_F1 = 0.85
MOST_NEGATIVES_AFFIRMED = {False: 0.0, True: 0.01}


def figures(outcomes: Sequence[Outcome]) -> list[Figure]:
    """The figures with targets, as judged with confirmation, of as much as was measured."""
    found: list[Figure] = []
    for noisy, name in ((False, "clean"), (True, "10 dB")):
        chosen = [one for one in outcomes if one.noisy == noisy and one.way == "confirmed"]
        recalled, passed = recall(chosen), false_passes(chosen)
        if recalled.total:
            found.append(Figure(f"recall of items, {name}", recalled.value, "", LEAST_RECALL[noisy], "at_least"))
        if passed.total:
            found.append(Figure(f"near misses that pass, {name}", passed.value, "", MOST_FALSE_PASSES))
        answered = polarity(chosen, "confirmed")
        if answered.pairs:
            least = None if noisy else LEAST_MACRO_F1
            found.append(Figure(f"macro F1 of answers, {name}", answered.macro_f1, "", least, "at_least"))
            affirmed = answered.negatives_affirmed.value
            found.append(Figure(f"negatives taken for affirm, {name}", affirmed, "", MOST_NEGATIVES_AFFIRMED[noisy]))
    return found
