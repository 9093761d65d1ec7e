"""The sample session, written once for all tests that only read it."""

from pathlib import Path

import pytest

from engine.inspection import Inspection
from engine.report.writer import write
from tests.report import sample


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[Inspection, Path]:
    """The inspection as returned by the writer, and its folder."""
    return write(sample.result(), sample.Footage(), tmp_path_factory.mktemp("results"))
