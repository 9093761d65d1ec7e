"""How often the test sessions of a run were looked at to judge a choice.

Each look with another choice makes the figures of the split `test` a little too good: whoever tries until they please
has chosen by them. So every look is noted in the folder of the run, and the report says how many there were before.
"""

import json
from hashlib import sha256
from pathlib import Path

from eval.tuning.point import Point
from eval.tuning.settings import TuningOptions

LOOKS = "tuning-looks.jsonl"


def note_look(run: Path, options: TuningOptions, chosen: Point) -> int:
    """Note a look at the test sessions of `run`; how many with another choice there were before.

    A folder that cannot be written to keeps no note: what is known from before is still told.
    """
    path = run / LOOKS
    mine = sha256(f"{options.ruleset} {options.policy} {chosen}".encode()).hexdigest()
    try:
        before = [json.loads(line)["choice"] for line in path.read_text(encoding="utf-8").splitlines()]
    except (OSError, ValueError, KeyError, TypeError):
        before = []
    if mine not in before:
        line = json.dumps({"choice": mine, "point": str(chosen), "budget": options.budget, "by": options.by})
        try:
            with path.open("a", encoding="utf-8") as file:
                file.write(f"{line}\n")
        except OSError:
            return len(set(before))
    return len(set(before) - {mine})
