"""A Ray for the tests of this room, one for each module. What it reads from the environment must stand there before
anybody imports it."""

import os
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

os.environ["RAY_AUTH_MODE"] = "token"
os.environ.setdefault("RAY_AUTH_TOKEN", secrets.token_hex(32))
os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
os.environ.pop("RAY_ADDRESS", None)

from engine.store import open_store
from tests.cluster.house import House, settings_of


@pytest.fixture(scope="module")
def ray_here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A Ray of this machine alone."""
    from engine.cluster.joining import joined

    with joined(settings_of(tmp_path_factory.mktemp("ray"), cpus=8)):
        yield


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """An empty store whose dispatcher is quick about everything."""
    settings = settings_of(tmp_path / "data")
    with open_store(settings) as store:
        yield House(store, settings)
