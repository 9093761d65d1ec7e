"""RTTM: who speaks when, one line per turn (NIST Rich Transcription, SPEAKER lines)."""

from pathlib import Path

from eval.corpus.labelling import Labelled, interval, read_text, unreadable
from eval.corpus.manifest import LabelledTurn, Labels

FIELDS = 8
COMMENTS = (";", "#")


def read_rttm(path: Path) -> tuple[Labelled, ...]:
    """Turns of every recording that the file names. Raises MingjianError `labels_unreadable` with all faults."""
    turns: dict[str, list[LabelledTurn]] = {}
    faults: list[str] = []
    for number, line in enumerate(read_text(path).splitlines(), 1):
        fields = line.split()
        if not fields or fields[0].startswith(COMMENTS):
            continue
        if len(fields) < FIELDS:
            faults.append(f"{path.name}:{number}: {len(fields)} 列，至少 {FIELDS} 列；{len(fields)} fields")
            continue
        if fields[0] != "SPEAKER":
            continue
        try:
            start, duration = float(fields[3]), float(fields[4])
            turn = LabelledTurn(fields[7], interval(start, start + duration))
        except ValueError as error:
            faults.append(f"{path.name}:{number}: {error}")
            continue
        turns.setdefault(fields[1], []).append(turn)
    if faults:
        raise unreadable(path, faults)
    return tuple(
        Labelled(stem, Labels(turns=tuple(sorted(found, key=lambda turn: turn.interval))))
        for stem, found in sorted(turns.items())
    )
