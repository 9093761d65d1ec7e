"""The configuration reference is what the program says it is, in both languages."""

import pytest

from api.reference import FILES, groups, page, untold
from engine.settings import Settings


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_written_page_is_what_the_program_makes(language) -> None:
    assert FILES[language].read_text(encoding="utf-8") == page(language), "run: make docs"


def test_every_setting_has_its_chinese_line() -> None:
    assert untold() == ()


def test_every_top_level_setting_is_on_the_page() -> None:
    named = {one.path[0] for group in groups() for one in group.settings}
    assert named == set(Settings.model_fields)


def test_variables_are_those_that_settings_read(monkeypatch, tmp_path) -> None:
    variables = {one.variable: one for group in groups() for one in group.settings}
    assert "MINGJIAN_STORE__POOL" in variables
    monkeypatch.setenv("MINGJIAN_STORE__POOL", "7")
    monkeypatch.setenv("MINGJIAN_SPEECH__ENROLMENT__KEEP_VOICES", "true")
    monkeypatch.setenv("MINGJIAN_SERVER__UPLOADS__MOST_FILES", "3")
    settings = Settings()
    assert settings.store.pool == 7
    assert settings.speech.enrolment.keep_voices is True
    assert int(settings.server["uploads"]["most_files"]) == 3


def test_no_secret_has_a_default() -> None:
    assert [
        one.variable for group in groups() for one in group.settings if "secret" in one.kind and one.default != "–"
    ] == []
