"""A result is whole or not there."""

import errno
import os
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from engine.errors import MingjianError
from engine.evidence.file import unpack
from engine.inspection import Inspection, from_json, to_json
from engine.interval import Interval
from engine.report import output, writer
from engine.report.output import folder_name
from engine.report.writer import write
from tests.report import sample

SECRETS = (
    "13800138000",
    "幺三八零零幺三八零零零",
    "610102195803041234",
    "张建国",
    "6222021234567890123",
    "1958-03-04",
)


def test_everything_of_the_contract_is_written_and_named(written: tuple[Inspection, Path]) -> None:
    inspection, folder = written
    assert {path.name for path in folder.iterdir()} == {
        "inspection.json",
        "evidence.json.gz",
        "report.html",
        "clips",
        "frames",
    }
    stored = from_json((folder / "inspection.json").read_bytes())
    assert to_json(stored) == to_json(inspection)
    assert unpack((folder / "evidence.json.gz").read_bytes()) == sample.evidence()
    findings = [finding for item in inspection.items for finding in item.evidence]
    assert findings
    for finding in findings:
        assert (folder / finding.clip).is_file()
        assert (folder / finding.frame).is_file()
    assert inspection.stages[-1].name == "report"
    assert inspection.timings.total > sample.inspection().timings.total


def test_results_are_private(written: tuple[Inspection, Path]) -> None:
    _, folder = written
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for path in folder.rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


def test_clips_play_and_differ_from_each_other(written: tuple[Inspection, Path]) -> None:
    import av

    _, folder = written
    for path in (folder / "clips").iterdir():
        with av.open(str(path)) as clip:
            assert next(clip.decode(video=0)).width > 0


def test_a_second_run_replaces_the_first(tmp_path: Path) -> None:
    _, first = write(sample.result(), sample.Stills(), tmp_path)
    (first / "stale").touch()
    _, second = write(sample.result(), sample.Stills(), tmp_path)
    assert second == first
    assert not (second / "stale").exists()
    assert [path.name for path in tmp_path.iterdir()] == [first.name]


def test_another_recording_with_the_same_stem_gets_a_suffix(tmp_path: Path) -> None:
    result = sample.result()
    part = replace(result.inspection.recording.parts[0], sha256="9" * 64)
    other = replace(result.inspection, recording=replace(result.inspection.recording, parts=(part,)))
    _, first = write(result, sample.Stills(), tmp_path)
    _, second = write(replace(result, inspection=other), sample.Stills(), tmp_path)
    _, again = write(replace(result, inspection=other), sample.Stills(), tmp_path)
    assert second == again
    assert second.name.startswith(f"{first.name}-")
    assert from_json((first / "inspection.json").read_bytes()).recording.parts[0].sha256 == sample.SHA


def test_a_folder_that_is_no_result_is_left_alone(tmp_path: Path) -> None:
    mine = tmp_path / "双录 2026-11-02"
    mine.mkdir()
    (mine / "notes.txt").write_text("keep")
    _, folder = write(sample.result(), sample.Stills(), tmp_path)
    assert folder != mine
    assert (mine / "notes.txt").read_text() == "keep"


def test_sessions_set_apart_by_order_do_not_meet(tmp_path: Path) -> None:
    result = sample.result()
    other = replace(result, inspection=replace(result.inspection, order={"policy_no": "P2"}))
    _, first = write(result, sample.Stills(), tmp_path, apart=True)
    _, second = write(other, sample.Stills(), tmp_path, apart=True)
    assert first != second


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (errno.ENOSPC, "output_full"),
        (errno.EDQUOT, "output_full"),
        (errno.EROFS, "output_denied"),
        (errno.EIO, "output_failed"),
    ],
)
def test_a_failing_disk_leaves_nothing_and_keeps_the_old_result(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, code: str
) -> None:
    _, folder = write(sample.result(), sample.Stills(), tmp_path)
    before = (folder / "inspection.json").read_bytes()

    def fails(path: Path, data: bytes) -> None:
        path.write_bytes(data[: len(data) // 2])
        raise OSError(number, os.strerror(number), str(path))

    monkeypatch.setattr(writer, "write_private", fails)
    with pytest.raises(MingjianError) as raised:
        write(sample.result(), sample.Stills(), tmp_path)
    assert raised.value.code == code
    assert str(folder) in raised.value.zh
    assert [path.name for path in tmp_path.iterdir()] == [folder.name]
    assert (folder / "inspection.json").read_bytes() == before


@pytest.mark.parametrize("code", ["output_full", "output_denied"])
def test_a_clip_that_fills_the_disk_ends_the_writing(tmp_path: Path, code: str) -> None:
    class Full(sample.Stills):
        def cut(self, interval: Interval, target: Path) -> Path:  # noqa: ARG002
            target.write_bytes(b"half")
            raise MingjianError(code, path=target)

    with pytest.raises(MingjianError) as raised:
        write(sample.result(), Full(), tmp_path)
    assert raised.value.code == code
    assert list(tmp_path.iterdir()) == []


def test_a_clip_that_cannot_be_decoded_costs_only_itself(tmp_path: Path) -> None:
    class Damaged(sample.Stills):
        def cut(self, interval: Interval, target: Path) -> Path:
            if 40 < interval.start < 45:
                target.write_bytes(b"half")
                raise MingjianError("output_failed", path=target, detail="damaged")
            return super().cut(interval, target)

    inspection, folder = write(sample.result(), Damaged(), tmp_path)
    clips = {finding.clip for item in inspection.items for finding in item.evidence}
    assert None in clips
    assert len(clips) > 5
    assert inspection.stages[-1].status == "degraded"
    assert "clips_failed" in {note.code for note in inspection.notes}
    assert {f"clips/{path.name}" for path in (folder / "clips").iterdir()} == clips - {None}


def test_a_failed_rename_puts_the_old_result_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _, folder = write(sample.result(), sample.Stills(), tmp_path)
    rename = Path.rename

    def fails(self: Path, target: Path) -> Path:
        if self.suffix == ".partial":
            raise OSError(errno.EIO, "broken")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", fails)
    with pytest.raises(MingjianError):
        write(sample.result(), sample.Stills(), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [folder.name]
    assert (folder / "inspection.json").is_file()


def test_a_file_in_place_of_the_out_folder_is_one_coded_error(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("")
    with pytest.raises(MingjianError) as raised:
        write(sample.result(), sample.Stills(), tmp_path / "out")
    assert raised.value.code == "output_failed"


def test_no_permission_is_one_coded_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(**_: object) -> str:
        raise PermissionError(errno.EACCES, "denied")

    monkeypatch.setattr(output.tempfile, "mkdtemp", denied)
    with pytest.raises(MingjianError) as raised:
        write(sample.result(), sample.Stills(), tmp_path)
    assert raised.value.code == "output_denied"


def test_a_bad_place_is_known_beforehand(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(MingjianError) as raised:
        output.check_place(tmp_path / "file")
    assert raised.value.code == "output_failed"
    output.check_place(tmp_path / "new" / "folder")
    assert list((tmp_path / "new" / "folder").iterdir()) == []


@pytest.mark.parametrize(
    ("stem", "name"), [("..", "recording"), (".hidden", "hidden"), ("  ", "recording"), ('a "b" 双录', 'a "b" 双录')]
)
def test_folder_names_never_leave_the_out_folder(stem: str, name: str) -> None:
    assert folder_name(stem) == name


def test_long_names_fit_the_file_system(tmp_path: Path) -> None:
    result = sample.result(video=False)
    part = replace(result.inspection.recording.parts[0], name="录" * 83 + ".m4a")
    long = replace(result.inspection, recording=replace(result.inspection.recording, parts=(part,)))
    _, folder = write(replace(result, inspection=long), sample.Stills(), tmp_path)
    assert (folder / "report.html").is_file()


def test_masked_results_hold_no_personal_data(tmp_path: Path) -> None:
    inspection, folder = write(sample.result(video=False), sample.Stills(), tmp_path, mask=True)
    texts = [(folder / name).read_text() for name in ("inspection.json", "report.html")]
    stored = unpack((folder / "evidence.json.gz").read_bytes())
    texts.append("".join(one.text for one in stored.transcript.characters))
    texts.append("".join(one.text for one in stored.transcript.utterances))
    for text in texts:
        for secret in SECRETS:
            assert secret not in text
    assert "masked" in {note.code for note in inspection.notes}
    assert "文字已脱敏" in texts[1]
