"""An agreement as files: its figures and its page."""

import json
from pathlib import Path

from eval.backtest.files import write_file
from eval.shadow.agreement import Agreement
from eval.shadow.page import page
from eval.shadow.telling import as_data

FIGURES_FILE = "shadow.json"
PAGE_FILE = "report.html"


def write_figures(agreement: Agreement, out: Path) -> None:
    """Write the figures and the page into the folder `out`. Raises MingjianError `output_*`."""
    write_file(out, FIGURES_FILE, json.dumps(as_data(agreement), ensure_ascii=False, indent=1).encode())
    write_file(out, PAGE_FILE, page(agreement).encode())
