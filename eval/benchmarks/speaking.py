"""Who speaks: real talkers composited into one room, and whether each utterance is bound to the right mouth, or none.

Every utterance is watched; words and voices are given, so that only the picture is measured. Right is the true face, or
nobody for a voice from off screen; `untold` counts as not right, and is shown by itself.
"""

import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.evidence import Scene, Speaker, Speaking, Transcript, Turn, Utterance
from engine.interval import Interval
from engine.media.session import open_session
from engine.speech.activity import detect
from engine.speech.settings import ActivitySettings
from engine.vision.finder import FaceModels
from engine.vision.people import Watching, describe
from engine.vision.settings import VisionSettings
from engine.vision.survey import survey
from engine.vision.tracks import link
from engine.watching import observe, outlook
from eval.benchmarks.figures import Figure
from eval.metrics.counts import Share
from eval.synth.clips import write_clip
from eval.synth.talkers import Meeting, Part, Party, Said, Talker, meet, read_talker
from models.voice_activity import VoiceActivity

TARGET = 0.9
TARGET_PX = 100
HEIGHTS = (70, 100, 140)
FRONTAL = 0.2
"""How far a head may be turned (0 to 1) to be called frontal."""

LONG_S = 1.0
GAP_S = 0.7
AWAY = Interval(7.3, 12.8)
"""When somebody who only listens is not in the room."""

MOST_OFF = 0.03
"""By how much the share in one frame may be off."""

TALKERS = (
    "InfiniteTalk__ref_video.mp4",
    "video-retalking__3.mp4",
    "video-retalking__4.mp4",
    "LatentSync__demo3_video.mp4",
    "video-retalking__1.mp4",
    "JoyGen__example_5s.mp4",
    "video-retalking__2.mp4",
    "LatentSync__demo2_video.mp4",
)
"""In pairs that share a film; each is heard from off screen in another."""

SILENT = ("LivePortrait__d14.mp4", "LivePortrait__s18.mp4")
"""People who say nothing: every other film has one of them to listen."""

PARTS = (
    Part("left", 2.4),
    Part("right", 0.6),
    Part("left", 1.2),
    Part("right", 2.4),
    Part(None, 1.2),
    Part("left", 0.6),
    Part("right", 1.2),
    Part(None, 2.4),
    Part("left", 0.8),
    Part("right", 0.8),
    Part("left", 2.4, mimed="right"),
    Part("right", 1.2, mimed="left"),
)
VOICES: dict[Party | None, str] = {"left": "S1", "right": "S2", None: "S3"}


@dataclass(frozen=True, slots=True)
class Trial:
    """One utterance: what it was bound to, and what would have been right. `frontal`: both heads are."""

    film: str
    height_px: int
    frontal: bool
    said: Said
    bound: str
    right: str

    @property
    def group(self) -> str:
        """Kind of utterance by which figures are given."""
        if self.said.mimed is not None:
            return "both mouths move"
        if self.said.by is None:
            return "off screen"
        return "1 s or more" if self.said.interval.duration >= LONG_S else "under 1 s"


def measure(field: Path | None, heights: Sequence[int] = HEIGHTS, films: int = 4) -> list[Figure]:
    """The figures over `films` films of real talkers from the folder `field`, at each of `heights` (pixels), and half
    as many with somebody who only listens; none without the folder.
    """
    if field is None:
        print("  speaking: skipped, it takes real faces (--field FOLDER)", file=sys.stderr)
        return []
    settings = VisionSettings()
    with FaceModels(settings) as models:
        made = [one for height in heights for one in sittings(field, height, films, models, settings)]
    return [*figures([trial for one in made for trial in one.trials]), *_together(made)]


@dataclass(frozen=True, slots=True)
class Sitting:
    """One film: its utterances, and the share of it with both in one frame, as found and in truth."""

    film: str
    height_px: int
    trials: tuple[Trial, ...]
    share: float
    true_share: float


def sittings(
    field: Path, height_px: int, films: int, models: FaceModels, settings: VisionSettings
) -> Iterator[Sitting]:
    """Every film, looked at."""
    activity = VoiceActivity()
    talkers = [_talker(field / name, models, settings, activity) for name in TALKERS[: 2 * films]]
    silent = [read_talker(field / name, models, settings, None) for name in SILENT]
    pairs = [(one, other) for one, other in zip(talkers[::2], talkers[1::2], strict=True)]
    pairs += [(one, silent[place % len(silent)]) for place, (one, _) in enumerate(pairs[: films // 2])]
    for place, (left, right) in enumerate(pairs):
        outside = talkers[(2 * place + 3) % len(talkers)]
        meeting = meet(left, right, outside, PARTS, height_px, GAP_S, () if right.speech else (AWAY,))
        scene = look_at(meeting, models, settings)
        frontal, film = max(left.turned, right.turned) <= FRONTAL, meeting.clip.name
        told = [Trial(film, height_px, frontal, one, bound_to(scene, one), one.by or "nobody") for one in meeting.said]
        yield Sitting(film, height_px, tuple(told), scene.same_frame_share(), meeting.same_frame_share)


def _talker(path: Path, models: FaceModels, settings: VisionSettings, activity: VoiceActivity) -> Talker:
    mute = read_talker(path, models, settings, None)
    return Talker(
        mute.name,
        mute.images,
        mute.alpha,
        mute.face,
        mute.sound,
        detect(mute.sound, activity, ActivitySettings()),
        mute.quiet,
        mute.turned,
    )


def look_at(meeting: Meeting, models: FaceModels, settings: VisionSettings) -> Scene:
    """The scene of a meeting, as the engine sees its file."""
    transcript = heard(meeting)
    with tempfile.TemporaryDirectory(prefix="mingjian-") as scratch:
        path = write_clip(Path(scratch) / "meeting.mp4", meeting.clip)
        with open_session([path], Path(scratch)) as session:
            audio, length = session.audio(), session.media.duration
            seen = survey(session.frames(settings.fps), models, settings, end=length)
            tracks = link(seen, settings)
            where = outlook(seen, tracks, transcript, length, settings)
            if audio is None:
                raise ValueError("a meeting without sound")
            watched = observe(session, where, tracks, audio, models.mesh, settings)
    return describe(seen, tracks, transcript, settings, Watching(watched.bursts, watched.offset))


def heard(meeting: Meeting) -> Transcript:
    """What a perfect recogniser would hear: one utterance for each, every voice apart."""
    utterances = tuple(
        Utterance(number, one.interval, VOICES[one.by], "unknown", "清楚", 1.0, 0, 0)
        for number, one in enumerate(meeting.said)
    )
    speakers = tuple(Speaker(name, "unknown", 1.0, 1.0, "") for name in VOICES.values())
    turns = tuple(Turn(one.interval, VOICES[one.by]) for one in meeting.said)
    return Transcript((), utterances, speakers, turns, tuple(one.interval for one in meeting.said))


def bound_to(scene: Scene, said: Said) -> str:
    """Left, right, nobody or untold: what the scene says of an utterance."""
    found = max(scene.speaking or (), key=lambda one: one.interval.overlap(said.interval), default=None)
    if found is None or not found.interval.overlap(said.interval):
        return "untold"
    return _side(scene, found) if found.bound == "face" else found.bound


def _side(scene: Scene, found: Speaking) -> str:
    person = next(one for one in scene.people if one.id == found.person)
    boxes = [box for track in scene.tracks if track.id in person.tracks for box in (one.box for one in track.sightings)]
    middle = sum(one.left + one.width / 2 for one in boxes) / len(boxes)
    return "left" if middle < 0.5 else "right"


def figures(found: Sequence[Trial]) -> list[Figure]:
    """Share of utterances bound rightly, by what they are and how large the faces are, with Wilson's intervals."""
    rows = []
    for frontal in (True, False):
        for height in sorted({one.height_px for one in found}):
            some = [one for one in found if one.height_px == height and one.frontal == frontal]
            heads = "frontal" if frontal else "one turned"
            plain = [one for one in some if one.said.mimed is None]
            target = TARGET if frontal and height >= TARGET_PX else None
            rows += _row(f"{heads}, {height} px, all but both moving", plain, target)
            for group in ("1 s or more", "under 1 s", "off screen", "both mouths move"):
                rows += _row(f"{heads}, {height} px, {group}", [one for one in some if one.group == group])
    return rows


def _row(name: str, found: Sequence[Trial], target: float | None = None) -> list[Figure]:
    if not found:
        return []
    right = Share(sum(one.bound == one.right for one in found), len(found))
    untold = sum(one.bound == "untold" for one in found)
    low, high = right.interval()
    wrong = right.total - right.right - untold
    note = f"{right.right}/{right.total}, 95 % {low:.2f}-{high:.2f}; {untold} untold, {wrong} wrong"
    return [Figure(f"who speaks: {name}", right.value, "", target, "at_least", note)]


def _together(found: Sequence[Sitting]) -> list[Figure]:
    """How far the share in one frame is off, at worst."""
    rows = []
    for height in sorted({one.height_px for one in found}):
        some = [one for one in found if one.height_px == height]
        worst = max(some, key=lambda one: abs(one.share - one.true_share))
        note = f"{worst.film}: {worst.share:.3f}, in truth {worst.true_share:.3f}; {len(some)} films"
        off = abs(worst.share - worst.true_share)
        rows.append(Figure(f"same frame, {height} px: off by at most", off, "", MOST_OFF, "at_most", note))
    return rows
