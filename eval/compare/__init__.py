"""Two runs over the same recordings: what differs, whether by chance, and whether the change may be let in."""

from eval.compare.baseline import read_baseline, write_baseline
from eval.compare.comparison import Comparison, Difference, compare, compare_sessions
from eval.compare.flips import Flip
from eval.compare.gate import gate
from eval.compare.showing import as_data, table
from eval.compare.tolerance import Tolerance, load_tolerance

__all__ = [
    "Comparison",
    "Difference",
    "Flip",
    "Tolerance",
    "as_data",
    "compare",
    "compare_sessions",
    "gate",
    "load_tolerance",
    "read_baseline",
    "table",
    "write_baseline",
]
