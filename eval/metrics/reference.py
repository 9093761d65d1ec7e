"""What was truly said and by whom, as far as it is known: the one form that labels and synthetic truths come to."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from engine.evidence import Role
from engine.interval import Interval
from eval.corpus.manifest import Labels
from eval.synth.truth import Truth


class Voiced(Protocol):
    """A stretch in which one speaker speaks."""

    @property
    def speaker(self) -> str: ...

    @property
    def interval(self) -> Interval: ...


@dataclass(frozen=True, slots=True)
class Stretch:
    """The plainest `Voiced`."""

    speaker: str
    interval: Interval


@dataclass(frozen=True, slots=True)
class SaidLine:
    """Something said. `speaker` is a name, or the role where only that is known."""

    text: str
    speaker: str | None = None
    role: Role | None = None
    interval: Interval | None = None


@dataclass(frozen=True, slots=True)
class Reference:
    """`lines` in the order they began, `turns` who spoke when; None: not known, empty: nobody spoke."""

    lines: tuple[SaidLine, ...] | None
    turns: tuple[Voiced, ...] | None

    @property
    def text(self) -> str:
        """All that was said."""
        return "".join(line.text for line in self.lines or ())

    @property
    def named(self) -> bool:
        """Whether every line is known to be somebody's."""
        return self.lines is not None and all(line.speaker is not None for line in self.lines)

    @property
    def in_roles(self) -> bool:
        """Whether the role of every line is known."""
        return self.lines is not None and all(line.role is not None for line in self.lines)

    @property
    def roles(self) -> Mapping[str, Role]:
        """Role by speaker, as far as known."""
        return {line.speaker: line.role for line in self.lines or () if line.speaker and line.role}

    def by_speaker(self) -> dict[str, str]:
        """Text by speaker, of the lines whose speaker is known."""
        return joined((line.speaker, line.text) for line in self.lines or () if line.speaker)

    def by_role(self) -> dict[str, str]:
        """Text by role, of the lines whose role is known."""
        return joined((line.role, line.text) for line in self.lines or () if line.role)

    def timed(self) -> tuple[Stretch, ...]:
        """The lines whose speaker and time are known."""
        return tuple(Stretch(one.speaker, one.interval) for one in self.lines or () if one.speaker and one.interval)


def joined(pieces: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Text of each name, in order.

    >>> joined([("A", "您好"), ("B", "好"), ("A", "再见")])
    {'A': '您好再见', 'B': '好'}
    """
    texts: dict[str, list[str]] = {}
    for name, text in pieces:
        texts.setdefault(name, []).append(text)
    return {name: "".join(said) for name, said in texts.items()}


def of_labels(labels: Labels) -> Reference:
    """What labels say. Without turns, utterances that all have speaker and time stand for them."""
    if labels.utterances is None:
        return Reference(None, labels.turns)
    lines = [SaidLine(one.text, one.speaker or one.role, one.role, one.interval) for one in labels.utterances]
    if all(line.interval for line in lines):
        lines.sort(key=_began)
    whole = Reference(tuple(lines), None)
    timed = whole.timed()
    return Reference(whole.lines, labels.turns if labels.turns is not None else _all(timed, lines))


def of_truth(truth: Truth) -> Reference:
    """What is known of a synthetic session."""
    turns = sorted(truth.turns, key=lambda turn: turn.interval.start)
    return Reference(tuple(SaidLine(one.said, one.speaker, one.role, one.interval) for one in turns), truth.turns)


def _began(line: SaidLine) -> tuple[float, float]:
    return (line.interval.start, line.interval.end) if line.interval else (0.0, 0.0)


def _all(timed: tuple[Stretch, ...], lines: Sequence[SaidLine]) -> tuple[Stretch, ...] | None:
    return timed if len(timed) == len(lines) else None
