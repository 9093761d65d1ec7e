"""Plain transcripts: a line per utterance, the speaker before a colon, perhaps its time before that.

```
[00:12.5-00:15.0] 销售：您清楚吗？
客户：清楚。
```
"""

import re
from pathlib import Path

from engine.interval import Interval
from eval.corpus.labelling import Labelled, interval, read_text, role_of, unreadable
from eval.corpus.manifest import LabelledUtterance, Labels

CLOCK = r"(?:(\d{1,3}):)?(\d{1,3}):(\d{1,2}(?:\.\d{1,3})?)"
TIMES = re.compile(rf"^[\[【(（]?\s*{CLOCK}(?:\s*(?:-|–|~|至|到|-->)\s*{CLOCK})?\s*[\]】)）]?\s*", re.ASCII)
SPEAKER = re.compile(r"^([^：:\s，。？！,?!]{1,20})\s*[：:]\s*(.*)$")
COMMENT = "#"
LONGEST_LINE = 20_000


def read_transcript(path: Path) -> tuple[Labelled, ...]:
    """Utterances of the recording with the file's own stem. A line without a speaker belongs to nobody known.

    Raises MingjianError `labels_unreadable` with all faults.
    """
    utterances: list[LabelledUtterance] = []
    faults: list[str] = []
    for number, line in enumerate(read_text(path).splitlines(), 1):
        line = line.strip()
        if not line or line.startswith(COMMENT):
            continue
        if len(line) > LONGEST_LINE:
            faults.append(f"{path.name}:{number}: > {LONGEST_LINE} 字；characters")
            continue
        try:
            utterances.append(_utterance(line))
        except ValueError as error:
            faults.append(f"{path.name}:{number}: {error}")
    if faults:
        raise unreadable(path, faults)
    return (Labelled(path.stem, Labels(utterances=tuple(utterances))),)


def _utterance(line: str) -> LabelledUtterance:
    times = TIMES.match(line)
    span: Interval | None = None
    if times:
        line = line[times.end() :]
        if times.group(6) is not None:
            span = interval(_seconds(*times.group(1, 2, 3)), _seconds(*times.group(4, 5, 6)))
    named = SPEAKER.match(line)
    if named is None:
        return LabelledUtterance(line, None, None, span)
    return LabelledUtterance(named.group(2).strip(), role_of(named.group(1)), named.group(1), span)


def _seconds(hours: str | None, minutes: str, seconds: str) -> float:
    return int(hours or 0) * 3600 + int(minutes) * 60 + float(seconds)
