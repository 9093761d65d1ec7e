"""`python -m eval.report RUN`: commit what a run came to, and write the project's pages from it.

Without RUN the pages are written anew from what is committed.
"""

import argparse
from pathlib import Path

from eval.report import documents, published
from eval.report.gathering import gather
from eval.runs import open_run

ROOT = Path(__file__).resolve().parents[2]
FOLDER = Path("docs") / "evaluation"


def main() -> None:
    """Publish a run."""
    parser = argparse.ArgumentParser(prog="python -m eval.report", description=__doc__)
    parser.add_argument("run", type=Path, nargs="?", help="folder of a finished run over synthetic sessions")
    parser.add_argument("--root", type=Path, default=ROOT, help="the project's folder")
    options = parser.parse_args()
    if options.run is not None:
        run = open_run(options.run)
        found = published.published(run, gather(run.sessions(), most_cases=0))
        published.write(options.root / FOLDER, found, published.sessions(run))
    documents.write(options.root, published.read(options.root / FOLDER))


if __name__ == "__main__":
    main()
