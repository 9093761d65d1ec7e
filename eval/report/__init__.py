"""The report on a run: one page that opens anywhere, with every error's clip, and every figure's interval and source.

```python
write_report(open_run(Path("runs/today")))
```
"""

from eval.report.writer import REPORT, ReportOptions, write_report

__all__ = ["REPORT", "ReportOptions", "write_report"]
