"""Fixtures shared by all rooms."""

from pathlib import Path

import pytest
from hypothesis import settings

# A busy machine is no failure: pytest-timeout bounds every test.
settings.register_profile("mingjian", deadline=None)
settings.load_profile("mingjian")

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def root() -> Path:
    """The project's root folder."""
    return ROOT


@pytest.fixture(scope="session")
def field() -> Path:
    """Real speech, faces, papers and odd media beside the project; the test is skipped where they are not."""
    folder = ROOT.parent / "shared" / "field"
    if not (folder / "index.tsv").is_file():
        pytest.skip("shared/field is not beside the project: real media not available")
    return folder
