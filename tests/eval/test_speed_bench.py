"""The speed benchmark: its recordings, what it sees of a process, its turns, its sums, and the pages it writes."""

import os
import re
import subprocess
import sys
import wave
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from eval.benchmarks.speed import command, documents, drawing
from eval.benchmarks.speed.contenders import BY_KEY, CONTENDERS, REFERENCE, UNCONFIRMED
from eval.benchmarks.speed.environments import PEERS, Environment, NotInstalledError, running
from eval.benchmarks.speed.measuring import Place, Rounds, Turn, chosen, measure, turns
from eval.benchmarks.speed.process import Line, Watched, watch
from eval.benchmarks.speed.recordings import make
from eval.benchmarks.speed.results import Machine, NotRun, Pass, Recording, Results, Run, joined, read, write
from eval.benchmarks.speed.summary import USUAL, figures, outcomes, rows
from eval.benchmarks.speed.words import KINDS, REASONS, TARGETS, TEXTS, TITLES
from models import weights
from models.errors import WeightsError

SHORT = Recording("audio", 0.1)
TEN = Recording("audio", 10.0)


def samples(path: Path) -> np.ndarray:
    with wave.open(str(path), "rb") as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (16000, 1, 2)
        return np.frombuffer(file.readframes(file.getnframes()), np.int16)


# Recordings


def test_sound_is_cut_to_the_minute_and_has_a_second_name(tmp_path: Path) -> None:
    files = make(SHORT, tmp_path)
    assert files.again is not None
    assert files.again.name != files.paths[0].name
    first = samples(files.paths[0])
    assert len(first) == 6 * 16000
    assert np.abs(first).max() > 1000
    assert np.array_equal(first, samples(files.again))
    assert all(path.with_name(path.stem + ".order.json").exists() for path in (*files.paths, files.again))


def test_many_files_are_the_minutes_one_after_the_other(tmp_path: Path) -> None:
    files = make(replace(SHORT, files=3), tmp_path)
    whole = samples(make(Recording("audio", 0.3), tmp_path).paths[0])
    assert files.again is None
    assert np.array_equal(np.concatenate([samples(path) for path in files.paths]), whole)


def test_a_joined_film_runs_on_past_the_end_of_the_first_one(tmp_path: Path) -> None:
    import av

    path = make(Recording("720p", 4.0), tmp_path).paths[0]
    with av.open(str(path)) as film:
        sound = film.streams.audio[0]
        times = {"video": [], "audio": []}
        for packet in film.demux():
            if packet.dts is not None:
                times[packet.stream.type].append(packet.dts)
        assert 0 <= len(times["video"]) - 4 * 60 * 25 <= 3
        assert set(np.diff(times["video"])) == {512}
        assert np.diff(times["audio"]).min() > 0
        assert float(sound.duration * sound.time_base) == pytest.approx(240, abs=0.1)
        film.seek(230_000_000)
        frames = list(film.decode(video=0))
        assert (frames[-1].width, frames[-1].height) == (1280, 720)
        assert float(frames[-1].pts * frames[-1].time_base) == pytest.approx(240, abs=0.1)
        assert len(frames) >= 10 * 25 - 3


def test_what_is_there_is_not_made_again(tmp_path: Path) -> None:
    path = make(SHORT, tmp_path).paths[0]
    before = path.stat().st_mtime_ns
    assert make(SHORT, tmp_path).paths[0].stat().st_mtime_ns == before


def test_many_films_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="sound alone"):
        make(Recording("720p", 1.0, 20), tmp_path)


# Processes

HELPED = """
import json, subprocess, sys, time
work = "import time\\nheld = bytearray(150_000_000)\\nwhile time.process_time() < 0.7: pass\\n"
helper = subprocess.Popen([sys.executable, "-c", work + "print(flush=True)\\ntime.sleep(60)"], stdout=subprocess.PIPE)
helper.stdout.readline()
time.sleep(1.2)
print("not of ours")
print(json.dumps({"stages": {"work": 1.0}}), flush=True)
helper.kill()
helper.wait()
time.sleep(0.3)
print(json.dumps({"stages": {}}), flush=True)
"""


def test_helpers_count_while_they_live() -> None:
    seen = watch([sys.executable, "-c", HELPED], os.environ, 60, every=0.2)
    assert seen.status == 0
    assert [line.said for line in seen.lines] == [{"stages": {"work": 1.0}}, {"stages": {}}]
    assert seen.lines[0].cpu >= 0.7
    assert seen.lines[0].at >= 1.9
    assert seen.lines[1].at - seen.lines[0].at >= 0.3
    assert 150e6 < seen.own < seen.peak < 300e6


@pytest.mark.parametrize("helper", ["", "subprocess.Popen(['sleep', '9'])"])
def test_pages_of_files_are_held_and_not_its_own(tmp_path, helper) -> None:
    path = tmp_path / "file"
    path.write_bytes(bytes(200_000_000))
    reading = (
        "import mmap, subprocess, sys, time\n"
        "with open(sys.argv[1], 'rb') as file: seen = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)\n"
        f"sum(seen[at] for at in range(0, len(seen), 4096)); other = {helper or None}; time.sleep(1)\n"
        "if other: other.kill()\n"
    )
    seen = watch([sys.executable, "-c", reading, str(path)], os.environ, 60, every=0.2)
    assert seen.status == 0
    assert 200e6 < seen.peak < 300e6
    assert 2e6 < seen.own < 50e6


def test_what_others_use_meanwhile_is_seen() -> None:
    loud = subprocess.Popen([sys.executable, "-c", "while True: pass"])
    try:
        seen = watch([sys.executable, "-c", "import time; time.sleep(2)"], os.environ, 60)
    finally:
        loud.kill()
        loud.wait()
    assert seen.others > 0.3
    assert seen.cpu < 1.0


def test_who_takes_too_long_is_ended_with_its_helpers() -> None:
    text = "import subprocess, sys; print('{}', flush=True); subprocess.run([sys.executable, '-c', 'while True: pass'])"
    seen = watch([sys.executable, "-c", text], os.environ, 1.0)
    assert seen.late
    assert seen.status != 0


def test_what_went_wrong_is_told() -> None:
    seen = watch([sys.executable, "-c", "raise SystemExit('no such thing')"], os.environ, 60)
    assert (seen.status, seen.lines, seen.told) == (1, (), "no such thing")


# Turns


def test_ours_and_theirs_take_turns() -> None:
    planned = turns([TEN, Recording("720p", 10.0)], chosen([]), Rounds(quick=2, slow=1, warm=1))
    first = [turn.contender.ours for turn in planned if turn.round == 0]
    assert first[:8] == [True, False] * 4
    counted = {
        (turn.contender.key, turn.recording.kind): sum(
            other.contender is turn.contender and other.recording == turn.recording for other in planned
        )
        for turn in planned
    }
    assert counted[("inspect", "audio")] == counted[(REFERENCE, "audio")] == 2
    assert counted[("inspect", "720p")] == counted[("pyannote", "audio")] == 1
    assert not any(turn.recording.kind == "720p" and not turn.contender.ours for turn in planned)
    assert {turn.warm for turn in planned if turn.round == 0} == {True}
    assert {turn.warm for turn in planned if turn.round == 1} == {False}


def test_the_reference_always_takes_part() -> None:
    planned = turns([Recording("720p", 1.0)], chosen(["inspect"]), Rounds(1, 1, 0))
    assert [(turn.contender.key, turn.recording) for turn in planned] == [
        ("inspect", Recording("720p", 1.0)),
        (REFERENCE, Recording("audio", 1.0)),
    ]


class Stage:
    """Runs nothing: answers as contenders would, by what their command line says."""

    def __init__(self, broken: Sequence[str] = ()) -> None:
        self.seen: list[tuple[Sequence[str], Mapping[str, str]]] = []
        self._broken = broken

    def __call__(self, line: Sequence[str], variables: Mapping[str, str], _: float) -> Watched:
        self.seen.append((line, variables))
        if any(word in part for word in self._broken for part in line):
            return Watched((), 1, 0, 0.0, told="Traceback: it broke")
        files = [part for part in line if part.endswith(".wav")]
        ours = "inspect" in line
        said = {"stages": [{"name": "rules", "seconds": 1.0}], "utterances": [{"text": "您好"}], "speakers": []}
        theirs = {"stages": {"work": 1.0}, "characters": 2, "versions": {"thing": "1"}}
        step = 3.0 if ours else 2.0
        lines = tuple(Line(said if ours else theirs, step * n, 2 * step * n) for n in range(1, len(files) + 1))
        return Watched(lines, 1 if ours else 0, 10**9, 0.0)


def place(work: Path, stage: Stage, **more: object) -> Place:
    ready = {"prepared": lambda *_: Path(sys.executable), "weights": Path}
    return Place(work, 1, stage, **{**ready, **more})  # type: ignore[arg-type]


def test_a_measurement_holds_every_pass(tmp_path: Path) -> None:
    stage = Stage()
    planned = turns([SHORT, replace(SHORT, files=2)], chosen(["inspect"]), Rounds(2, 1, 1))
    allowed = os.sched_getaffinity(0)
    found = measure(planned, place(tmp_path, stage))
    assert os.sched_getaffinity(0) == allowed
    passes = [(run.contender, run.recording.files, len(run.passes)) for run in found.runs]
    assert passes[:4] == [("inspect", 1, 2), (REFERENCE, 1, 2), ("inspect", 2, 2), (REFERENCE, 2, 2)]
    assert passes[4:] == [("inspect", 1, 1), (REFERENCE, 1, 1)]
    cold, many = found.runs[0], found.runs[2]
    assert cold.passes[1] == Pass(3.0, 6.0, {"rules": 1.0}, 2, 0)
    assert (many.cold.wall, many.cold.stages, many.warm) == (6.0, {"rules": 2.0}, None)
    assert found.runs[1].versions == {"thing": "1"}
    assert not found.not_run
    assert len(stage.seen) == len(planned) + 2  # everybody rehearses once


def test_who_breaks_is_told_and_left_out(tmp_path: Path) -> None:
    stage = Stage(broken=["whisperx"])
    found = measure(turns([SHORT], chosen(["inspect", "whisperx"]), Rounds(3, 1, 0)), place(tmp_path, stage))
    assert [(one.contender, one.reason) for one in found.not_run] == [("whisperx", "failed")]
    assert "it broke" in found.not_run[0].detail
    assert sum("whisperx" in " ".join(line) for line, _ in stage.seen) == 1
    assert len(found.runs) == 6


def test_who_cannot_be_installed_or_has_no_weights_is_told(tmp_path: Path) -> None:
    def prepared(environment: Environment, _: Path) -> Path:
        if environment.name == "whisperx":
            raise NotInstalledError("no such package")
        return Path(sys.executable)

    def folder(entry: str) -> Path:
        if entry == "ge2e-voice":
            raise WeightsError("weights_missing", file="model.safetensors", entry=entry)
        return Path(entry)

    planned = turns([SHORT], chosen(["inspect", "whisperx", "pyannote"]), Rounds(1, 1, 0))
    found = measure(planned, place(tmp_path, Stage(), prepared=prepared, weights=folder))
    reasons = {one.contender: one.reason for one in found.not_run}
    assert reasons == {"whisperx": "not_installed", "pyannote": "no_weights"}
    assert {run.contender for run in found.runs} == {"inspect", REFERENCE}


def test_confirmation_is_off_where_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    from engine.settings import Settings

    monkeypatch.setenv("MINGJIAN_VISION__FPS", "1")
    variables = running(2, UNCONFIRMED)
    assert "MINGJIAN_VISION__FPS" not in variables
    assert variables["PYANNOTE_METRICS_ENABLED"] == "0"
    assert variables["HF_HUB_OFFLINE"] == "1"
    monkeypatch.delenv("MINGJIAN_VISION__FPS")
    assert Settings().speech.confirmation.enabled
    for name, value in UNCONFIRMED.items():
        monkeypatch.setenv(name, value)
    assert not Settings().speech.confirmation.enabled


# Sums

MACHINE = Machine("a processor", 2, 8 * 10**9, "Linux", "3.11.7")


def run(contender: str, round_: int, cold: float, warm: float | None = None, recording: Recording = TEN) -> Run:
    passes = (Pass(cold, 2 * cold, {"work": cold}, 100), *(() if warm is None else (Pass(warm, warm),)))
    return Run(recording, contender, round_, passes, 10**9)


def results(*runs: Run) -> Results:
    return Results("2026-01-02", MACHINE, {"ctranslate2": "4"}, 2, runs)


MEASURED = results(
    run("inspect", 0, 60.0, 40.0),
    run(REFERENCE, 0, 30.0, 25.0),
    run("inspect", 1, 120.0),
    run(REFERENCE, 1, 40.0),
    run("inspect", 2, 62.0),
    run(REFERENCE, 2, 31.0),
    run("inspect-unconfirmed", 0, 48.0),
    run("whisperx", 0, 40.0),
    run("pyannote", 0, 160.0),
    run("inspect", 0, 150.0, recording=Recording("720p", 10.0)),
)


def test_ratios_are_taken_within_a_round() -> None:
    found = {(row.contender, row.recording.kind): row for row in rows(MEASURED)}
    ours = found[("inspect", "audio")]
    assert (ours.cold, ours.factor, ours.rounds) == (62.0, pytest.approx(62 / 600), 3)
    assert ours.ratio == 2.0
    assert ours.warm_ratio == 1.6
    assert ours.cpu_ratio == 2.0
    assert found[("inspect", "720p")].ratio == 5.0
    assert found[(USUAL, "audio")].cold == 200.0
    assert found[(USUAL, "audio")].peak == 10**9


def test_targets_are_missed_and_met() -> None:
    found = {one.target.key: one for one in outcomes(MEASURED)}
    assert {key: (one.value, one.missed) for key, one in found.items()} == {
        "unconfirmed": (1.6, True),
        "full": (2.0, False),
        "pictures": (5.0, True),
        "below_whisperx": (1.2, True),
        "below_usual": (0.3, False),
    }
    assert sum(figure.missed for figure in figures(MEASURED)) == 3


def test_a_short_recording_has_no_verdict() -> None:
    minute = Recording("audio", 1.0)
    found = results(run("inspect", 0, 90.0, recording=minute), run(REFERENCE, 0, 3.0, recording=minute))
    assert [one.binding for one in outcomes(found)] == [False]
    assert not any(figure.missed for figure in figures(found))


# Pages


def test_results_come_back_from_their_file(tmp_path: Path) -> None:
    full = replace(MEASURED, not_run=(NotRun("whisperx", "failed", "why"),))
    write(full, tmp_path / "speed.json")
    assert read(tmp_path / "speed.json") == full


def test_measurements_are_joined_unless_they_are_of_different_machines() -> None:
    both = joined([MEASURED, MEASURED])
    assert len(both.runs) == 2 * len(MEASURED.runs)
    assert {one.target.key: one.value for one in outcomes(both)}["full"] == 2.0
    other = replace(MEASURED, machine=replace(MACHINE, processor="another"))
    with pytest.raises(ValueError, match="different machines"):
        joined([MEASURED, other])


def test_pages_are_filled_and_filled_again(root: Path, tmp_path: Path) -> None:
    for _, name in documents.PAGES:
        (tmp_path / name).write_text((root / "docs" / name).read_text(encoding="utf-8"), encoding="utf-8")
    documents.write(MEASURED, tmp_path)
    first = {path.name: path.read_text(encoding="utf-8") for path in tmp_path.iterdir()}
    documents.write(MEASURED, tmp_path)
    assert {path.name: path.read_text(encoding="utf-8") for path in tmp_path.iterdir()} == first
    page, chinese = first["performance.md"], first["performance.zh-CN.md"]
    assert "| **whole inspection** | sound | 62.0 | 0.103 | 2.00 |" in page
    assert page.count("**missed**") == 3
    assert chinese.count("**未达到**") == 3
    assert page.startswith("# Performance")
    assert page.rstrip().endswith("the rest is measured.")
    for text in (page, chinese):
        for lines in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
            assert len({line.count("|") for line in lines.splitlines()}) == 1, lines
        assert (tmp_path / re.findall(r"!\[.*\]\((.*)\)", text)[0]).exists()


def test_who_did_not_run_stands_on_the_page_without_paths() -> None:
    absent = replace(MEASURED, not_run=(NotRun("pyannote", "not_installed", "/home/somebody/said"),))
    text = documents.measured(absent, "en")
    assert "- pyannote 4 pipeline, speakers alone: its packages could not be installed" in text
    assert "somebody" not in text
    busy = replace(MEASURED, runs=tuple(replace(one, others=0.5) for one in MEASURED.runs))
    assert "busy then" in documents.measured(busy, "en")
    assert "busy then" not in documents.measured(MEASURED, "en")


def test_a_page_without_markers_is_refused(tmp_path: Path) -> None:
    for _, name in documents.PAGES:
        (tmp_path / name).write_text("# nothing\n", encoding="utf-8")
    with pytest.raises(ValueError, match="speed:begin"):
        documents.write(MEASURED, tmp_path)
    assert (tmp_path / "performance.md").read_text(encoding="utf-8") == "# nothing\n"


def test_the_plot_is_small_and_the_same_every_time() -> None:
    for language in ("en", "zh"):
        text = drawing.plot(rows(MEASURED), language)
        assert text == drawing.plot(rows(MEASURED), language)
        assert len(text.encode()) < 150_000
        texts = " ".join("".join(one.itertext()) for one in ElementTree.fromstring(text).iter())  # noqa: S314
        assert TITLES[language]["whisperx"] in texts
        assert "0.103" in texts


def test_both_languages_say_the_same_things() -> None:
    for words in (TITLES, KINDS, TARGETS, REASONS, TEXTS):
        assert words["en"].keys() == words["zh"].keys()
    assert TITLES["en"].keys() == {*BY_KEY, USUAL}
    for key, text in TEXTS["en"].items():
        assert set(re.findall(r"\{(\w+)", text)) == set(re.findall(r"\{(\w+)", TEXTS["zh"][key])), key


def test_the_command_shows_stored_figures(tmp_path: Path, root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for _, name in documents.PAGES:
        (tmp_path / name).write_text((root / "docs" / name).read_text(encoding="utf-8"), encoding="utf-8")
    write(MEASURED, tmp_path / "speed.json")
    assert command.main(["--from", str(tmp_path / "speed.json"), "--docs", str(tmp_path)]) == 1
    assert "audio-10m inspect / faster-whisper-batched" in capsys.readouterr().out
    assert "62.0" in (tmp_path / "performance.md").read_text(encoding="utf-8")
    write(results(run("inspect", 0, 60.0), run(REFERENCE, 0, 30.0)), tmp_path / "good.json")
    assert command.main(["--from", str(tmp_path / "good.json")]) == 0


@pytest.mark.parametrize("contender", [one for one in CONTENDERS if one.environment], ids=lambda one: one.key)
def test_every_package_of_a_peer_has_its_version(contender: object) -> None:
    environment = contender.environment  # type: ignore[attr-defined]
    lines = [line for line in environment.requirements.read_text().splitlines() if not line.startswith("#")]
    assert len(lines) > 10
    assert all(re.fullmatch(r"[a-z0-9-]+==[\w.]+", line) for line in lines)
    assert environment.requirements.parent == PEERS


# The real networks, on six seconds


def test_ours_and_a_peer_on_a_few_seconds(tmp_path: Path) -> None:
    try:
        for entry in ("whisper-base", "pyannote-segmentation", "ge2e-voice", "silero-vad"):
            weights.folder(entry)
    except WeightsError as error:
        pytest.skip(str(error))
    ours, theirs = BY_KEY["inspect"], BY_KEY[REFERENCE]
    planned = [Turn(ours, SHORT, 0, False), Turn(theirs, SHORT, 0, False)]
    found = measure(planned, Place(tmp_path, 1, prepared=lambda *_: Path(sys.executable), rehearse=False))
    assert not found.not_run
    inspected, transcribed = found.runs
    assert inspected.cold.wall > 0.5
    assert inspected.cold.cpu > 0.5
    assert inspected.peak > 300e6
    assert {"transcribe", "diarize", "rules"} <= inspected.cold.stages.keys()
    assert inspected.cold.characters
    assert transcribed.cold.characters
    assert abs(inspected.cold.characters - transcribed.cold.characters) < 15
    assert transcribed.versions.keys() == {"faster-whisper", "ctranslate2"}
    assert rows(found)[0].ratio == pytest.approx(inspected.cold.wall / transcribed.cold.wall)
