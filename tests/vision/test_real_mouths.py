"""Roles told by real mouths: two talkers side by side take turns, each still, mouth closed, while the other speaks."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from engine.evidence import Speaker, Transcript, Turn
from engine.interval import Interval
from engine.vision.finder import FaceModels, crop
from engine.vision.people import describe
from engine.vision.settings import VisionSettings
from engine.vision.survey import survey
from engine.vision.tracks import link
from tests.vision.clips import frames_of
from tests.vision.scenes import Head, Picture, Place, Still, swaying

SECONDS = 90
PAIRS = (
    ("InfiniteTalk__ref_video.mp4", "video-retalking__4.mp4"),
    ("video-retalking__3.mp4", "video-retalking__1.mp4"),
    ("JoyGen__example_5s.mp4", "InfiniteTalk__ref_video.mp4"),
)


def turns() -> tuple[Turn, ...]:
    """S1 speaks for 7 s, S2 for 4 s, with a second of silence between."""
    starts = range(0, SECONDS - 12, 13)
    return tuple(
        turn
        for start in starts
        for turn in (Turn(Interval(start, start + 7.0), "S1"), Turn(Interval(start + 8.0, start + 12.0), "S2"))
    )


def talker(path: Path, models: FaceModels, head_of: Callable[[Picture], Head]) -> tuple[list[Head], Head]:
    """Heads of a clip eight times a second, and the one whose mouth is the least open."""
    heads = [head_of(frame.image) for frame in frames_of(path, fps=8.0)]
    openings = []
    for head in heads:
        placed = models.landmarks.place(crop(head.image, head.middle, 2 * head.height, 256))
        openings.append(placed.mouth_open if placed else 1.0)
    return heads, heads[int(np.argmin(openings))]


@pytest.mark.full
@pytest.mark.parametrize("names", PAIRS)
def test_real_mouths_tell_who_is_who(
    field: Path,
    models: FaceModels,
    settings: VisionSettings,
    head_of: Callable[[Picture], Head],
    compose: Callable[..., Picture],
    names: tuple[str, str],
) -> None:
    clips = [talker(field / "talking_video" / name, models, head_of) for name in names]
    talk = turns()
    rng = np.random.default_rng(0)
    frames = []
    for step in range(SECONDS * 2):
        heads = [
            moving[rng.integers(len(moving))]
            if any(turn.speaker == speaker and step / 2 in turn.interval for turn in talk)
            else closed
            for speaker, (moving, closed) in zip(("S1", "S2"), clips, strict=True)
        ]
        places = (Place(heads[0], 350, 330, 130), Place(heads[1], 930, 330, 130))
        frames.append(Still(step / 2, compose(*swaying(places, step))))
    seen = survey(frames, models, settings)
    speakers = (Speaker("S1", "agent", 0.95, 49.0, ""), Speaker("S2", "customer", 0.95, 28.0, ""))
    transcript = Transcript((), (), speakers, talk, tuple(turn.interval for turn in talk))
    scene = describe(seen, link(seen, settings), transcript, settings)
    left, right = sorted(scene.people, key=lambda one: scene.tracks[int(one.tracks[0][1:]) - 1].sightings[0].box.left)
    print(names, left, right)
    assert (left.role, right.role) == ("agent", "customer")
