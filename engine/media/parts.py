"""The parts of one session: in which order they come, and what lies between them.

A file may say when it was recorded, in its container or in its name. Some devices note the moment a recording began,
some the moment it ended, and nobody says which. A gap or an overlap between two parts is therefore told as the smaller
one of both readings: what is told is there whichever is meant.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

from engine.errors import MingjianError
from engine.evidence import Joint

Arrangement = Literal["given", "time", "name"]
STAMP = re.compile(r"(?<!\d)(20\d\d)[-_.]?(\d\d)[-_.]?(\d\d)[-_ T.]?(\d\d)[-_.:]?(\d\d)[-_.:]?(\d\d)(?!\d)")
NUMBERS = re.compile(r"(\d+)")


@dataclass(frozen=True, slots=True)
class Take:
    """One part as far as its place among the others goes. `recorded_at` is its container's word (ISO 8601)."""

    path: Path
    duration: float
    recorded_at: str | None


def times_of(takes: Sequence[Take]) -> list[datetime | None]:
    """When each part was recorded: by the containers if all of them say so, else by the names."""
    stated = [_parsed(one.recorded_at) for one in takes]
    return stated if all(stated) else [_named(one.path) for one in takes]


def arranged(takes: Sequence[Take], by: Arrangement) -> list[int]:
    """The places of the parts in their order: as given, by their time of recording, or by the numbers in their names.

    Raises MingjianError `parts_undated` where the order of recording is wanted and one does not say when.
    """
    places = range(len(takes))
    if by == "name":
        return sorted(places, key=lambda place: (_natural(takes[place].path.name), place))
    if by == "time":
        times = times_of(takes)
        known = [time for time in times if time is not None]
        if len(known) < len(takes):
            undated = [one.path for one in takes if _parsed(one.recorded_at) is None and _named(one.path) is None]
            raise MingjianError("parts_undated", path=(undated or [takes[0].path])[0])
        return sorted(places, key=lambda place: (known[place], place))
    return list(places)


def joints(takes: Sequence[Take]) -> tuple[Joint, ...]:
    """What lies between each part and the next."""
    times = times_of(takes)
    found = []
    for place in range(len(takes) - 1):
        one, two = times[place], times[place + 1]
        seconds = None
        if one is not None and two is not None:
            apart = (two - one) / timedelta(seconds=1)
            lengths = [takes[place].duration, takes[place + 1].duration]
            least, most = apart - max(lengths), apart - min(lengths)
            seconds = round(least if least > 0 else min(most, 0.0), 3)
        found.append(Joint(place, seconds))
    return tuple(found)


def _parsed(text: str | None) -> datetime | None:
    if text is None:
        return None
    time = datetime.fromisoformat(text)
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def _named(path: Path) -> datetime | None:
    """The time of recording in a file's name, as recorders write it; any zone, the same for all of them."""
    found = STAMP.search(path.stem)
    if found is None:
        return None
    try:
        return datetime(*map(int, found.groups()), tzinfo=UTC)  # type: ignore[arg-type, misc]
    except ValueError:
        return None


def _natural(name: str) -> tuple[tuple[int, int, str], ...]:
    """Numbers by their value: part2 comes before part10."""
    pieces = NUMBERS.split(name)
    return tuple((0, int(one[:18]), one) if one.isdecimal() else (1, 0, one) for one in pieces if one)
