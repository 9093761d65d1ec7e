"""Shadow mode: a team's own past results beside the machine's, before anyone relies on it."""

from eval.shadow.agreement import Agreement, Disagreement
from eval.shadow.comparing import shadow
from eval.shadow.telling import lines

__all__ = ["Agreement", "Disagreement", "lines", "shadow"]
