"""How the processes of a server end: what their supervisor must know."""

import sys

from engine.errors import MingjianError

MISTAKE = 2
"""A person must mend something: beginning again would not help."""
LATER = 75
"""Something this process needs is away: begin again later."""
PASSING = frozenset({"store_unavailable", "blobs_unavailable", "cluster_unreachable"})


def ended_by(error: MingjianError) -> int:
    """The exit status for `error`, which is told on stderr."""
    print(error, file=sys.stderr, flush=True)
    return LATER if error.code in PASSING else MISTAKE
