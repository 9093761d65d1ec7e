"""A long 720p session: how much of real time an inspection takes, and how much memory."""

from pathlib import Path

from eval.bench.child import inspect_apart
from eval.bench.figures import Figure
from eval.synth.corpus import Case, build
from eval.synth.mixing import place
from eval.synth.script import Face, Line, Script, Video
from eval.synth.session import synthesize
from eval.synth.voices import speak

REALTIME_TARGET = 0.25
MEMORY_TARGET_GB = 2.5
SEED = 900
VOICES = ("female", "male")
FACES = (
    Face(picture="astronaut", of="A", height_px=140, x=0.33, y=0.40),
    Face(picture="hopper", of="B", height_px=120, x=0.68, y=0.42),
)


def long_script(minutes: float) -> Script:
    """A face-to-face session of at least `minutes`: one dialogue after another, less than a line longer than asked."""
    lines: list[Line] = []
    rounds = 0
    while _seconds(lines) < minutes * 60:
        lines += build(Case(f"round-{rounds}", SEED + rounds, VOICES, topics=99)).lines
        rounds += 1
    while _seconds(lines[:-1]) >= minutes * 60:
        lines.pop()
    speakers = build(Case("long", SEED, VOICES)).speakers
    return Script(id=f"long-{minutes:g}", speakers=speakers, lines=tuple(lines), video=Video(faces=FACES))


def _seconds(lines: list[Line]) -> float:
    spoken = [speak(line.say, VOICES["AB".index(line.by)]) for line in lines]
    return max((one.end for one in place(lines, spoken, 0.0, 0.0)), default=0.0)


def measure(folder: Path, minutes: float) -> list[Figure]:
    """Build the session unless it is there, inspect it in a process of its own, and say what it took."""
    script = long_script(minutes)
    media = folder / f"{script.id}.mp4"
    if not (folder / f"{script.id}.truth.json").is_file():
        synthesize(script, folder)
    cost = inspect_apart(media)
    stages = [Figure(f"stage {name}", seconds, "s", note=status) for name, status, seconds in cost.stages]
    return [
        Figure("duration", cost.duration, "s", note="1280x720, 25 fps, 2 speakers"),
        Figure("realtime factor", cost.inspection / cost.duration, target=REALTIME_TARGET),
        Figure("realtime factor with start", cost.process / cost.duration, note="imports and loading of weights too"),
        Figure("peak memory", cost.peak_gb, "GB", target=MEMORY_TARGET_GB),
        *stages,
    ]
