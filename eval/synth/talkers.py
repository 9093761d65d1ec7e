"""Two real people put into one room, each with the mouth and the voice of a recording of a talking face.

Who speaks at which time is known: while one of them speaks (his own pictures and his own sound), the other listens (the
stretch of his recording in which his mouth moves least, to and fro). A voice may also come from off screen, or the
listener's mouth may move as if he spoke, unheard.
"""

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, takewhile
from pathlib import Path
from typing import Literal, overload

import numpy as np
from numpy.typing import NDArray

from engine.interval import Interval, total
from engine.media.frames import Frame
from engine.media.session import open_session
from engine.vision.finder import FaceFinder, FaceModels, FoundFace, crop
from engine.vision.geometry import Area
from engine.vision.settings import VisionSettings
from eval.synth.clips import FPS, RATE, Clip
from eval.synth.picture import Cutout, FaceBox, Image, cut_out, place, room, scaled

Party = Literal["left", "right"]
WIDTH, HEIGHT = 1280, 720
PLACES: dict[Party, tuple[float, float]] = {"left": (380.0, 300.0), "right": (900.0, 300.0)}
SECONDS = 12.0
"""So much of a recording is used."""

LISTENING = 6
"""Pictures of the stretch in which somebody listens."""

LEAD_S = 0.4
"""A speaker's pictures begin so long before his voice."""

LEVEL = 0.1
"""RMS to which every voice is brought."""


@dataclass(frozen=True, eq=False)
class Talker:
    """One recording: the cut around the head (same for all pictures), where the face lies in it, what is said.

    `alpha` is the person's outline. `quiet`: the first picture of the stretch in which the mouth moves least. `speech`:
    where a voice is heard (seconds); empty for somebody who is silent throughout. `turned`: 0 frontal, 1 profile.
    """

    name: str
    images: Sequence[Image]
    alpha: NDArray[np.float32]
    face: FaceBox
    sound: NDArray[np.float32]
    speech: tuple[Interval, ...]
    quiet: int
    turned: float

    def listening(self, number: int) -> Image:
        """Picture `number` of listening, to and fro without end: all of the recording of somebody who never speaks."""
        first, count = (self.quiet, LISTENING) if self.speech else (0, len(self.images))
        step = number % max(1, 2 * count - 2)
        return self.images[first + min(step, 2 * count - 2 - step)]

    def talking(self, time: float) -> Image:
        """The picture at `time` of the recording, the last one held."""
        return self.images[min(len(self.images) - 1, max(0, round(time * FPS)))]

    def spoken(self, seconds: float, turn: int) -> Interval | None:
        """A stretch of `seconds` within its speech, another one for each `turn`; None where it has none so long."""
        long = [one for one in self.speech if one.duration >= seconds]
        if not long:
            return None
        one = long[turn % len(long)]
        begin = one.start + (one.duration - seconds) * (0.5 + 0.618 * turn) % max(1e-6, one.duration - seconds)
        return Interval(begin, begin + seconds)


@dataclass(frozen=True)
class Said:
    """One utterance of a session. `by` is None for a voice from off screen; `mimed` is who moves his mouth unheard."""

    interval: Interval
    by: Party | None
    mimed: Party | None = None


@dataclass(frozen=True, eq=False)
class Meeting:
    """A session with two people: the film, who really speaks when, and when the one on the right is away."""

    clip: Clip
    said: tuple[Said, ...]
    away: tuple[Interval, ...] = ()

    @property
    def same_frame_share(self) -> float:
        """Share of the film in which both are in the picture."""
        return 1.0 - total(self.away) / self.clip.seconds


def read_talker(path: Path, models: FaceModels, settings: VisionSettings, speech: Sequence[Interval] | None) -> Talker:
    """A recording with one large face. `speech`: where somebody speaks, None to take nobody does.

    Raises ValueError where no face is found, MingjianError for what is no recording.
    """
    with tempfile.TemporaryDirectory(prefix="mingjian-") as scratch, open_session([path], Path(scratch)) as session:
        audio = session.audio()
        sound = np.zeros(0, np.float32) if audio is None else np.array(audio.mono())[: round(SECONDS * RATE)]
        looks = [(one.image, face) for one in _until(session.frames(1.0)) if (face := _largest(one, models, settings))]
        if not looks:
            raise ValueError(f"{path}: no face")
        area = Area(*(float(np.median([getattr(face.area, name) for _, face in looks])) for name in AREA))
        height = float(np.median([face.height_px for _, face in looks]))
        turned = [
            placed.turned
            for image, face in looks
            if (placed := models.landmarks.place(crop(image, face.area.middle, 2 * face.area.height, 256)))
        ]
        left, top = max(0, round(area.left - 0.7 * area.width)), max(0, round(area.top - 0.6 * area.height))
        right, bottom = round(area.right + 0.7 * area.width), round(area.bottom + 0.9 * area.height)
        scale = min(1.0, STORED_PX / height)
        cuts = tuple(_shrunk(one.image[top:bottom, left:right], scale) for one in _until(session.frames(FPS)))
    box = FaceBox(
        (area.left - left) * scale, (area.middle[1] - height / 2 - top) * scale, area.width * scale, height * scale
    )
    frontal = float(np.median(turned)) if turned else 1.0
    alpha = cut_out(cuts[0], box).alpha
    return Talker(path.stem, cuts, alpha, box, _levelled(sound), tuple(speech or ()), _quiet(cuts, box), frontal)


AREA = ("left", "top", "width", "height")
STORED_PX = 160.0
"""Height of the face to which pictures are shrunk to be kept."""


def _until(frames: Iterator[Frame]) -> Iterator[Frame]:
    return takewhile(lambda one: one.time < SECONDS, frames)


def _largest(frame: Frame, models: FaceModels, settings: VisionSettings) -> FoundFace | None:
    found = FaceFinder(models, settings).find(frame.image, 0.0)
    return max(found, key=lambda one: one.height_px, default=None)


def _shrunk(image: Image, scale: float) -> Image:
    import cv2

    size = (max(1, round(image.shape[1] * scale)), max(1, round(image.shape[0] * scale)))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)


def _levelled(sound: NDArray[np.float32]) -> NDArray[np.float32]:
    size = float(np.sqrt(np.square(sound).mean())) if len(sound) else 0.0
    return (sound * (LEVEL / size)).astype(np.float32) if size > 1e-6 else sound


def _quiet(images: Sequence[Image], face: FaceBox) -> int:
    """Where the mouth's part of the pictures changes least for `LISTENING` pictures."""
    rows = slice(max(0, round(face.top + 0.6 * face.height)), round(face.top + face.height))
    columns = slice(max(0, round(face.left)), round(face.left + face.width))
    mouths = [image[rows, columns].mean(axis=2) for image in images]
    changes = np.array([np.abs(now - before).mean() for before, now in pairwise(mouths)])
    sums = np.convolve(changes, np.ones(LISTENING - 1), mode="valid")
    return int(np.argmin(sums)) if len(sums) else 0


@dataclass(frozen=True, slots=True)
class Part:
    """One utterance to be: who speaks (None: off screen), for how long, who moves his mouth unheard."""

    by: Party | None
    seconds: float
    mimed: Party | None = None


def meet(
    left: Talker,
    right: Talker,
    outside: Talker,
    parts: Sequence[Part],
    height_px: float,
    gap: float,
    away: Sequence[Interval] = (),
) -> Meeting:
    """Both in one room with faces `height_px` high, saying `parts` one after the other, `gap` seconds apart; `outside`
    is who is heard from off screen. What somebody has no speech for is left out. `away`: when the one on the right is
    not in the room.
    """
    people: dict[Party, Talker] = {"left": left, "right": right}
    said, moving, pieces = [], [], []
    time = gap
    for turn, part in enumerate(parts):
        source = outside if part.by is None else people[part.by]
        span = source.spoken(part.seconds, turn)
        if span is None:
            continue
        pieces.append((time, source.sound[round(span.start * RATE) : round(span.end * RATE)]))
        if part.by is not None:
            moving.append((part.by, time, span))
        mimed = None if part.mimed is None else people[part.mimed].spoken(part.seconds, turn)
        if part.mimed is not None and mimed is not None:
            moving.append((part.mimed, time, mimed))
        said.append(Said(Interval(time, time + span.duration), part.by, part.mimed if mimed else None))
        time += span.duration + gap
    sound = np.zeros(round(time * RATE), np.float32)
    for begin, piece in pieces:
        first = round(begin * RATE)
        sound[first : first + len(piece)] += piece[: len(sound) - first]
    film = _Film(people, tuple(moving), round(time * FPS), height_px, tuple(away))
    return Meeting(Clip(f"{left.name}+{right.name}", film, sound), tuple(said), tuple(away))


class _Film(Sequence[Image]):
    """The pictures of a meeting, drawn as they are asked for."""

    def __init__(
        self,
        people: dict[Party, Talker],
        moving: Sequence[tuple[Party, float, Interval]],
        count: int,
        height_px: float,
        away: Sequence[Interval],
    ) -> None:
        self._people, self._moving, self._count, self._height = people, moving, count, height_px
        self._away = away
        self._room = room(WIDTH, HEIGHT)

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, number: int) -> Image: ...
    @overload
    def __getitem__(self, number: slice) -> Sequence[Image]: ...
    def __getitem__(self, number: int | slice) -> Image | Sequence[Image]:
        if isinstance(number, slice):
            return tuple(self[one] for one in range(*number.indices(self._count)))
        if not 0 <= number < self._count:
            raise IndexError(number)
        frame = self._room.copy()
        for party, talker in self._people.items():
            if party == "right" and any(number / FPS in one for one in self._away):
                continue
            person = Cutout(self._shown(party, talker, number), talker.alpha, talker.face)
            place(frame, scaled(person, self._height), PLACES[party])
        return frame

    def __iter__(self) -> Iterator[Image]:
        return (self[number] for number in range(self._count))

    def _shown(self, party: Party, talker: Talker, number: int) -> Image:
        time = number / FPS
        for mover, begin, span in self._moving:
            if mover == party and begin - LEAD_S <= time < begin + span.duration:
                return talker.talking(span.start + time - begin)
        return talker.listening(number)
