"""Papers, cards, the recorder's clock and writing by hand: what is read in the pictures of one recording."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from engine.evidence import Act, ClockReading, Paper, Scene
from engine.interval import Interval
from engine.media.session import Session
from engine.progress import Progress
from engine.vision.papers import read_papers
from engine.vision.settings import VisionSettings
from engine.vision.survey import Survey
from engine.vision.writing import find_acts
from models.palm_detector import PalmDetector
from models.text_reader import TextReader

STAGE = "papers"


@dataclass(frozen=True, slots=True)
class Written:
    """What was read. `read` is the time in which papers were looked for, `frames` how many pictures were read."""

    papers: tuple[Paper, ...]
    read: tuple[Interval, ...]
    clocks: tuple[ClockReading, ...]
    acts: tuple[Act, ...]
    frames: int

    def into(self, scene: Scene) -> Scene:
        """The scene with what was read in it."""
        return replace(scene, papers=self.papers, read=self.read, clocks=self.clocks, acts=self.acts)


def read(
    session: Session,
    seen: Survey,
    reader: TextReader,
    hands: Callable[[], PalmDetector],
    settings: VisionSettings,
    progress: Progress,
) -> Written:
    """Read what the survey `seen` found worth reading. `hands` opens the palm detector where it is needed."""
    limits, duration = settings.papers, session.media.duration
    found = read_papers(
        seen.glances,
        session.frame_at,
        reader,
        limits,
        duration,
        lambda done, total: progress(STAGE, done, total),
    )
    acts = find_acts(found.places, session.frame_at, reader, hands, limits, duration)
    return Written(found.papers, found.read, found.clocks, acts, found.frames)
