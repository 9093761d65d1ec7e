"""Long recordings: memory does not grow with their length, and surveying is much faster than playing."""

import json
import subprocess
import sys
import time
from pathlib import Path

import av
import pytest

from tests.media.making import Sound, Video, write

MEASURE = """
import json, resource, sys, time
from pathlib import Path
from engine.interval import Interval
from engine.media.session import open_session
from engine.sound.quality import measure

before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
started = time.process_time()
with open_session([Path(sys.argv[1])], Path(sys.argv[2])) as session:
    audio = session.audio()
    frames = sum(1 for _ in session.frames(2))
    quality = measure(audio, (Interval(10, 20),))
    session.cut(Interval(300, 310), Path(sys.argv[2]) / "clip.mp4")
    peak = int(next(line for line in open("/proc/self/status") if line.startswith("VmHWM")).split()[1])
    print(json.dumps({"peak_kb": peak, "frames": frames, "seconds": session.media.duration,
                      "samples": audio.samples.shape[1], "cpu": time.process_time() - started,
                      "spans": len(quality.spans)}))
"""


def repeated(source: Path, times: int, target: Path) -> Path:
    """The recording over and over, its packets copied."""
    with av.open(str(source)) as first:
        length = first.duration / 1_000_000
        with av.open(str(target), "w") as out:
            streams = {stream.index: out.add_stream_from_template(stream) for stream in first.streams}
            for number in range(times):
                with av.open(str(source)) as again:
                    for packet in again.demux():
                        if packet.size and packet.pts >= 0:
                            packet.pts += round(number * length / packet.time_base)
                            packet.dts += round(number * length / packet.time_base)
                            packet.stream = streams[packet.stream.index]
                            out.mux(packet)
    return target


@pytest.mark.full
def test_ten_minutes_in_little_memory(root: Path, tmp_path: Path) -> None:
    video = Video(size=(1280, 720), fps=25, group=50)
    seed = write(tmp_path / "seed.mkv", video, Sound("pcm_s16le", 16_000, "stereo"), seconds=20)
    path = repeated(seed, 30, tmp_path / "long.mkv")
    started = time.monotonic()
    run = subprocess.run(
        [sys.executable, "-c", MEASURE, str(path), str(tmp_path / "work")],
        cwd=root,
        check=True,
        capture_output=True,
        text=True,
    )
    found = json.loads(run.stdout)
    assert found["seconds"] == pytest.approx(600, abs=1)
    assert found["samples"] == pytest.approx(600 * 16_000, rel=0.002)
    assert found["frames"] == pytest.approx(1200, abs=2)
    assert found["spans"] in {60, 61}
    assert found["peak_kb"] < 600_000
    assert found["cpu"] < 120
    assert time.monotonic() - started < 500
    assert run.stderr == ""
