"""Small faces: two people put into an empty 720p room, and how often both are found at a given face height."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from engine.vision.finder import FaceFinder, FaceModels, FoundFace
from engine.vision.settings import VisionSettings
from eval.benchmarks.figures import Figure
from eval.metrics.counts import Share
from eval.synth.picture import PORTRAITS, Cutout, FaceBox, cut_out, place, portrait, read_image, room, scaled

TARGETS = {70: 0.85, 100: 0.95, 140: 0.98}
WIDTH, HEIGHT = 1280, 720
SEED = 41
LEAST_PORTRAIT_PX = 100
"""Faces smaller than this would have to be blown up."""

PICTURE_SUFFIXES = (".png", ".jpg", ".jpeg")


def measure(folder: Path | None, trials: int) -> list[Figure]:
    """Share of `trials` frames per height in which both faces are found; `folder` holds portraits."""
    settings = VisionSettings()
    with FaceModels(settings) as models:
        people = portraits(folder, models, settings) if folder else [portrait(name) for name in PORTRAITS]
        figures = []
        for height, target in TARGETS.items():
            frames, single = _found(people, height, trials, models, settings)
            note = f"{len(people)} portraits, {frames.right}/{frames.total} frames; single faces {single.value:.3f}"
            figures.append(Figure(f"both faces found at {height} px", frames.value, "", target, "at_least", note))
    return figures


def portraits(folder: Path, models: FaceModels, settings: VisionSettings) -> list[Cutout]:
    """People of the pictures in `folder` that hold exactly one face, and one large enough to be scaled down."""
    people = []
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() not in PICTURE_SUFFIXES:
            continue
        image = read_image(path)
        found = FaceFinder(models, settings).find(image, 0.0)
        if len(found) == 1 and found[0].height_px >= LEAST_PORTRAIT_PX:
            people.append(cut_out(image, _box(found[0])))
    if len(people) < 2:
        raise ValueError(f"{folder}: fewer than two portraits")
    return people


def _box(face: FoundFace) -> FaceBox:
    x, y = face.area.middle
    return FaceBox(x - face.area.width / 2, y - face.height_px / 2, face.area.width, face.height_px)


def _found(
    people: Sequence[Cutout], height: int, trials: int, models: FaceModels, settings: VisionSettings
) -> tuple[Share, Share]:
    """Frames with both faces found, and faces found. Each frame is searched as if it were the first."""
    random = np.random.default_rng([SEED, height])
    empty = room(WIDTH, HEIGHT)
    both, single = Share.zero(), Share.zero()
    for _ in range(trials):
        pair = random.choice(len(people), 2, replace=False)
        centres = [
            (random.uniform(0.12, 0.42) * WIDTH, random.uniform(0.25, 0.6) * HEIGHT),
            (random.uniform(0.58, 0.88) * WIDTH, random.uniform(0.25, 0.6) * HEIGHT),
        ]
        frame = empty.copy()
        for index, centre in zip(pair, centres, strict=True):
            place(frame, scaled(people[index], height), centre)
        found = FaceFinder(models, settings).find(frame, 0.0)
        hits = [any(_near(face, centre, height) for face in found) for centre in centres]
        both += Share(int(all(hits)), 1)
        single += Share(sum(hits), len(hits))
    return both, single


def _near(face: FoundFace, centre: tuple[float, float], height: int) -> bool:
    x, y = face.area.middle
    return abs(x - centre[0]) < height / 2 and abs(y - centre[1]) < height / 2
