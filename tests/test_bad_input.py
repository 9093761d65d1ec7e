"""Whatever is handed in ends in one clear coded error or an honest verdict: never a traceback, a hang or a silent pass.

The whole way through the command line, with the real networks.
"""

import json
import re
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from api.cli.main import main

SECOND = 16_000


def tone(seconds: float, rate: int = SECOND, channels: int = 1, level: float = 0.3) -> np.ndarray:
    """Shape (channels, n), float32: chords that change every half second, as far from speech as music gets here."""
    time = np.arange(round(seconds * rate)) / rate
    root = 220 * 2 ** (np.floor(time * 2) % 5 / 12)
    chord = sum(np.sin(2 * np.pi * root * ratio * time) for ratio in (1, 1.26, 1.5))
    return np.tile((level * chord / 3).astype(np.float32), (channels, 1))


def sound_file(path: Path, samples: np.ndarray, rate: int, codec: str, layout: str, form: str = "fltp") -> Path:
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=rate, layout=layout)
        frame = av.AudioFrame.from_ndarray(samples, format="fltp", layout=layout)
        frame.sample_rate, frame.pts = rate, 0
        for part in av.AudioResampler(format=form, layout=layout, rate=rate).resample(frame):
            container.mux(stream.encode(part))
        container.mux(stream.encode(None))
    return path


def picture_file(path: Path, seconds: float, times: list[float] | None = None) -> Path:
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=30)
        stream.width, stream.height, stream.pix_fmt = 320, 240, "yuv420p"
        stream.time_base = stream.codec_context.time_base = Fraction(1, 1000)
        for number, time in enumerate(times or np.arange(0, seconds, 1 / 10)):
            image = np.full((240, 320, 3), 60 + number % 90, dtype=np.uint8)
            frame = av.VideoFrame.from_ndarray(image, format="rgb24")
            frame.pts, frame.time_base = round(time * 1000), stream.time_base
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def inspect(capsys: pytest.CaptureFixture[str], out: Path, *arguments: str | Path) -> tuple[int, str, str]:
    """Exit status, standard output and standard error of `mingjian inspect`."""
    status = main(["inspect", *map(str, arguments), "--out", str(out)])
    printed = capsys.readouterr()
    assert "Traceback" not in printed.out + printed.err
    return status, printed.out, printed.err


def folders(out: Path) -> list[Path]:
    return sorted(out.iterdir()) if out.exists() else []


@pytest.mark.parametrize(
    ("name", "content", "number"),
    [
        ("not-media.mp4", b"this is a letter, not a film\n" * 400, "MJ103"),
        ("empty.mp4", b"", "MJ102"),
        (
            "header.wav",
            b"RIFF\x26\x00\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00\x80>\x00\x00\x00}\x00\x00"
            b"\x02\x00\x10\x00data\x00\x00\x00\x00",
            "MJ10[569]",
        ),
    ],
)
def test_files_that_cannot_be_decoded(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, content: bytes, number: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    status, _, err = inspect(capsys, tmp_path / "out", path)
    assert status == 2
    lines = [line for line in err.splitlines() if re.search(rf"\[{number}\]", line)]
    assert lines, err
    assert " / " in lines[0], "Chinese and English"
    assert folders(tmp_path / "out") == []


def test_an_mp4_cut_before_its_index(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    whole = picture_file(tmp_path / "whole.mp4", 3).read_bytes()
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(whole[: whole.rindex(b"moov") - 4])
    status, _, _ = inspect(capsys, tmp_path / "out", cut)
    assert status == 1
    found = json.loads((folders(tmp_path / "out")[0] / "inspection.json").read_text(encoding="utf-8"))
    assert found["verdict"] == "unusable"
    assert [one["code"] for one in found["reasons"]] == ["media_no_index"]
    assert "--reference" in found["reasons"][0]["text"]
    assert not any(item["verdict"] == "pass" for item in found["items"] if item["kind"] in ("visual", "quality"))


def test_a_missing_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, _, err = inspect(capsys, tmp_path / "out", tmp_path / "none.mp4")
    assert (status, "MJ101" in err) == (2, True)


def unheard(tmp_path: Path, kind: str) -> Path:
    """A decodable file in which nobody says anything."""
    makers = {
        "silence": lambda p: sound_file(
            p / "a.wav", np.zeros((1, 4 * SECOND), np.float32), SECOND, "pcm_s16le", "mono", "s16"
        ),
        "music": lambda p: sound_file(p / "a.m4a", tone(6), SECOND, "aac", "mono"),
        "mu-law": lambda p: sound_file(p / "a.wav", tone(3, 8000), 8000, "pcm_mulaw", "mono", "s16"),
        "96 kHz": lambda p: sound_file(p / "a.flac", tone(2, 96000), 96000, "flac", "mono", "s32"),
        "5.1": lambda p: sound_file(p / "a.m4a", tone(2, 48000, 6), 48000, "aac", "5.1"),
        "short": lambda p: sound_file(p / "a.wav", tone(0.2), SECOND, "pcm_s16le", "mono", "s16"),
        "picture only": lambda p: picture_file(p / "a.mp4", 3),
        "variable frame rate": lambda p: picture_file(p / "a.mp4", 3, [0, 0.1, 0.15, 0.9, 1.0, 2.0, 2.05, 2.9]),
        "odd name": lambda p: sound_file(
            p / "录音 '一' \"two\" $(x);.wav", tone(1), SECOND, "pcm_s16le", "mono", "s16"
        ),
    }
    return makers[kind](tmp_path)


KINDS = ["silence", "music", "mu-law", "96 kHz", "5.1", "short", "picture only", "variable frame rate", "odd name"]


@pytest.mark.parametrize("kind", KINDS)
def test_recordings_in_which_nobody_speaks_are_unusable_and_pass_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], kind: str
) -> None:
    path = unheard(tmp_path, kind)
    status, out, err = inspect(capsys, tmp_path / "out", path, "--json")
    assert status == 1, err
    inspection = json.loads(out)
    assert inspection["verdict"] == "unusable"
    assert inspection["utterances"] == []
    assert [i["id"] for i in inspection["items"] if i["kind"] == "disclosure" and i["verdict"] == "pass"] == []
    assert [f.name for f in folders(tmp_path / "out")] == [path.stem]
    assert {"inspection.json", "evidence.json.gz", "report.html"} <= {
        f.name for f in folders(tmp_path / "out" / path.stem)
    }


@pytest.fixture
def tune(tmp_path: Path) -> Path:
    return sound_file(tmp_path / "tune.wav", tone(1), SECOND, "pcm_s16le", "mono", "s16")


def test_an_order_that_cannot_be_read(tmp_path: Path, capsys: pytest.CaptureFixture[str], tune: Path) -> None:
    tune.with_suffix(".order.json").write_text("{broken")
    status, _, err = inspect(capsys, tmp_path / "out", tune)
    assert (status, "MJ201" in err, folders(tmp_path / "out")) == (2, True, [])


def test_an_unknown_rule_set(tmp_path: Path, capsys: pytest.CaptureFixture[str], tune: Path) -> None:
    status, _, err = inspect(capsys, tmp_path / "out", tune, "--ruleset", "beach_sale")
    assert status == 2
    assert "MJ301" in err
    assert "face_to_face" in err, "the error says what there is"


def test_nowhere_to_write(tmp_path: Path, capsys: pytest.CaptureFixture[str], tune: Path) -> None:
    status, _, err = inspect(capsys, Path("/sys/mingjian"), tune)  # not even root may write there
    assert (status, "MJ401" in err) == (2, True)


def test_one_bad_file_does_not_stop_the_others(tmp_path: Path, capsys: pytest.CaptureFixture[str], tune: Path) -> None:
    bad = tmp_path / "bad.mp4"
    bad.write_bytes(b"")
    status, out, err = inspect(capsys, tmp_path / "out", bad, tune, "--json")
    assert status == 2
    assert json.loads(out)["recording"]["parts"][0]["name"] == "tune.wav"
    assert "MJ102" in err


def test_a_full_disk_leaves_nothing_that_looks_complete(tmp_path: Path, tune: Path) -> None:
    """A file system of a few kilobytes, where this machine lets one be made."""
    small = tmp_path / "small"
    small.mkdir()
    mounted = subprocess.run(
        ["/bin/mount", "-t", "tmpfs", "-o", "size=16k", "none", small], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("this machine does not let a small file system be mounted")
    try:
        ended = subprocess.run(
            [sys.executable, "-m", "api.cli.main", "inspect", tune, "--out", small / "out"],
            capture_output=True,
            text=True,
            check=False,
        )
        assert ended.returncode == 2
        assert "MJ402" in ended.stderr
        assert "Traceback" not in ended.stderr
        assert not list(small.rglob("inspection.json"))
    finally:
        subprocess.run(["/bin/umount", small], check=True)
