"""Runs: every recording of a corpus inspected by the engine, kept so that it can be measured, compared and repeated.

```python
folder = run(load_corpus(Path("corpora/sales")), Path("runs/today"), RunOptions(), print)
for session in folder.sessions():
    print(session.recording.id, session.inspection and session.inspection.verdict)
```
"""

from eval.runs.folder import RunFolder, SessionResult, open_run
from eval.runs.results import SessionLine
from eval.runs.running import RunOptions, Step, run

__all__ = ["RunFolder", "RunOptions", "SessionLine", "SessionResult", "Step", "open_run", "run"]
