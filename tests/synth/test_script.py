"""Scripts: what is accepted, and that every fault is named."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from engine.errors import MingjianError
from eval.synth.corpus import CORPUS, build
from eval.synth.script import Script, read_script

PLAIN: dict[str, Any] = {
    "id": "plain",
    "speakers": {"A": {"voice": "male", "role": "agent"}},
    "lines": [{"by": "A", "say": "您好。", "id": "hello"}],
}


def written(folder: Path, content: object) -> Path:
    path = folder / "script.yaml"
    path.write_text(content if isinstance(content, str) else yaml.safe_dump(content, allow_unicode=True), "utf-8")
    return path


def test_a_plain_script_is_read(tmp_path: Path) -> None:
    script = read_script(written(tmp_path, PLAIN))
    assert (script.lines[0].say, script.speakers["A"].role) == ("您好。", "agent")


FAULTS = {
    "unknown voice": ({"speakers": {"A": {"voice": "robot", "role": "agent"}}}, "robot"),
    "unknown speaker": ({"lines": [{"by": "Z", "say": "您好。"}]}, "line 1: no speaker 'Z'"),
    "nothing to say": ({"lines": [{"by": "A", "say": "?!"}]}, "nothing to say"),
    "unknown field": ({"noises": []}, "noises"),
    "line id twice": ({"lines": [{"by": "A", "say": "您好。", "id": "x"}] * 2}, "'x' is used twice"),
    "gap and during": (
        {"lines": [{"by": "A", "say": "您好。"}, {"by": "A", "say": "好。", "gap": 1, "during": 0.5}]},
        "not both",
    ),
    "during nothing": ({"lines": [{"by": "A", "say": "您好。", "during": 0.5}]}, "needs a line before it"),
    "no such moment": ({"video": {"dark": [{"from": "later"}]}}, "no line with id 'later'"),
    "face of a stranger": (
        {"video": {"faces": [{"picture": "hopper", "of": "Q", "height_px": 90, "x": 0.5, "y": 0.5}]}},
        "no speaker 'Q'",
    ),
    "not YAML": ("id: [", "script.yaml"),
    "not a mapping": ("just words", "script"),
    "path in the id": ({"id": "../up"}, "id"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_faults_are_named(tmp_path: Path, name: str) -> None:
    change, expected = FAULTS[name]
    path = written(tmp_path, {**PLAIN, **change} if isinstance(change, dict) else change)
    with pytest.raises(MingjianError) as caught:
        read_script(path)
    assert caught.value.code == "synth_script"
    assert expected in str(caught.value)


def test_a_missing_script_is_a_fault_of_the_script(tmp_path: Path) -> None:
    with pytest.raises(MingjianError) as caught:
        read_script(tmp_path / "none.yaml")
    assert caught.value.code == "synth_script"


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    faulty = {**PLAIN, "lines": [{"by": "Y", "say": "您好。"}, {"by": "Z", "say": "好。"}]}
    with pytest.raises(MingjianError, match=r"(?s)line 1.*line 2"):
        read_script(written(tmp_path, faulty))


@pytest.mark.parametrize("folder", ["demo", "scripts"])
def test_committed_scripts_are_sound(root: Path, folder: str) -> None:
    paths = sorted((root / "eval" / "synth" / folder).glob("*.yaml"))
    assert paths
    for path in paths:
        assert read_script(path).id == path.stem


def test_the_corpus_covers_what_it_promises() -> None:
    scripts = [build(case) for case in CORPUS]
    assert len(scripts) >= 10
    assert len({one.voice for script in scripts for one in script.speakers.values()}) >= 5
    assert {len(script.speakers) for script in scripts} == {1, 2, 3}
    assert any(script.sound.telephone for script in scripts)
    assert any(script.sound.layout == "split" for script in scripts)
    assert {noise.kind for script in scripts for noise in script.sound.noise} == {"white", "babble", "hum"}
    for script in scripts:
        assert {line.by for line in script.lines} == set(script.speakers), script.id


def test_a_case_is_built_the_same_twice() -> None:
    assert build(CORPUS[3]) == build(CORPUS[3])
    assert build(CORPUS[3]) != build(CORPUS[2])


def test_scripts_are_immutable() -> None:
    script = Script.model_validate(PLAIN)
    with pytest.raises(ValueError, match="frozen"):
        script.gap = 3.0  # type: ignore[misc]
