"""The heavy stages of a recording, each run alone and kept as an artifact.

`examine` then finds them done: workers share one recording without exchanging sound or pictures. What is kept is what
`examine` itself would have computed, piece by piece in the same pieces, so that the result is the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from engine.gather import Gathering, channels_of
from engine.interval import Interval, union
from engine.media.audio import Audio
from engine.media.session import Session
from engine.networks import Networks
from engine.order import Order
from engine.progress import Progress, Stoppable, silent
from engine.settings import Settings
from engine.speech.transcribe import RATE, Group, groups, read
from engine.stages import Stages


@dataclass(frozen=True, slots=True)
class Outline:
    """How the work on a recording falls into pieces: groups of windows to be read, voices to be told apart (or not),
    views to be looked at. It depends on the recording and the settings alone.
    """

    seconds: float
    groups: int
    voices: bool
    views: int


class Ahead:
    """The pieces of one opened recording. Settings without a place for artifacts make no sense here: ValueError."""

    def __init__(
        self, session: Session, networks: Networks, settings: Settings, order: Order, progress: Progress = silent
    ) -> None:
        if settings.artifacts is None:
            raise ValueError("work ahead needs a place for its artifacts")
        self._session, self._networks, self._settings, self._progress = session, networks, settings, progress
        self._gathering = Gathering(session, networks, settings, order, Stages(), Stoppable(progress))

    def outline(self) -> Outline:
        """What there is to do."""
        audio, media = self._session.audio(), self._session.media
        return Outline(
            seconds=media.duration,
            groups=len(self._groups) if audio else 0,
            voices=audio is not None and audio.layout != "split",
            views=len(self._session.views(self._settings.vision.fps)),
        )

    def listen(self, numbers: Sequence[int]) -> None:
        """Read the groups of these numbers."""
        audio, recognizer = self._audio, self._networks.recognizer()
        limits = self._settings.speech.recognition
        for done, number in enumerate(numbers):
            channel, group = self._groups[number]
            samples = audio.channel(channel)
            self._progress("transcribe", done, len(numbers))
            self._gathering.readings(channel)(
                group,
                lambda samples=samples, group=group: read(samples, group, recognizer, limits),  # type: ignore[misc]
            )
        self._progress("transcribe", len(numbers), len(numbers))

    def tell_apart(self) -> None:
        """Find the voices."""
        self._gathering.diarization(self._audio, union(one for heard in self._detected for one in heard))

    def look(self, numbers: Sequence[int]) -> None:
        """Look at the views of these numbers."""
        views = self._session.views(self._settings.vision.fps)
        for number in numbers:
            self._gathering.looked(views[number])

    @property
    def _audio(self) -> Audio:
        audio = self._session.audio()
        if audio is None:
            raise ValueError("the recording has no sound")
        return audio

    @cached_property
    def _detected(self) -> tuple[tuple[Interval, ...], ...]:
        return self._gathering.activity(self._audio, channels_of(self._audio))

    @cached_property
    def _groups(self) -> tuple[tuple[int | None, Group], ...]:
        audio, recognizer = self._audio, self._networks.recognizer()
        limits = self._settings.speech.recognition
        return tuple(
            (channel, group)
            for channel, speech in zip(channels_of(audio), self._detected, strict=True)
            for group in groups(len(audio.channel(channel)) / RATE, speech, recognizer, limits)
        )
