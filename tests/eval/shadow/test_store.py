"""Shadow mode against the store: the newest result of each session, found by the names that people use."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from engine.settings import Settings
from engine.store import open_store
from engine.store.store import Store
from eval.shadow import shadow
from tests.store.conftest import sqlite_template  # noqa: F401
from tests.store.duties import inspected

NOW = datetime(2026, 11, 4, 2, tzinfo=UTC)


@pytest.fixture
def kept(tmp_path: Path, sqlite_template: Path) -> Iterator[Store]:  # noqa: F811
    """An empty store."""
    folder = tmp_path / "data"
    folder.mkdir()
    shutil.copy(sqlite_template, folder)
    with open_store(Settings(store={"folder": folder})) as store:
        yield store


def test_sessions_of_the_store(kept: Store, tmp_path: Path) -> None:
    row = inspected(kept, tmp_path, NOW)
    inspected(kept, tmp_path, NOW, content=b"other", policy_no="P2")
    path = tmp_path / "team.csv"
    path.write_text(
        f"会话,保单号,文件,项目,结果\n{row.id},,,dr_cooling_off,合格\n,p2,,dr_cooling_off,不合格\n,,a.mp4,x,合格\n"
    )
    agreed = shadow(path, kept)
    assert agreed.compared_sessions == 2
    assert sum(agreed.items["dr_cooling_off"].pairs.values()) == 2
    assert (agreed.ambiguous, agreed.unmatched) == (1, 0)
    assert all(one.session != "" for one in agreed.disagreements)
