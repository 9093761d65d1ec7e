"""What another rule set would have made of sessions inspected before: which verdicts flip, and on which words.

Stored results are judged again from their evidence, without the media. Where only the sound could tell, the item is
`pending_media` (engine/rules/replay.py) and counted apart: such a session has to be inspected again.
"""

from eval.backtest.changes import Change, Session
from eval.backtest.judging import Backtest, Judged
from eval.backtest.stored import Stored, folders, stored_sessions
from eval.backtest.sums import Sums, Totals, total

__all__ = ["Backtest", "Change", "Judged", "Session", "Stored", "Sums", "Totals", "folders", "stored_sessions", "total"]
