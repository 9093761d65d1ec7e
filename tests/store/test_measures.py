"""Every measure is explained where people look for it."""

from pathlib import Path

import pytest

from engine.store.measures import MEASURES


@pytest.mark.parametrize("page", ["statistics.md", "statistics.zh-CN.md"])
def test_every_measure_is_defined_in_the_documentation(root: Path, page: str) -> None:
    text = (root / "docs" / page).read_text(encoding="utf-8")
    assert [name for name in MEASURES if f"`{name}`" not in text] == []


def test_the_chinese_page_names_them_as_reports_do(root: Path) -> None:
    text = (root / "docs" / "statistics.zh-CN.md").read_text(encoding="utf-8")
    assert [one.zh for one in MEASURES.values() if one.zh not in text] == []
