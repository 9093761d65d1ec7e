"""From an opened recording to its evidence: sound and picture side by side, transcription and diarization too.

A stage that fails leaves its part of the evidence out and says so in its report. What a stage found is kept under a
fingerprint of the recording, its networks and its parameters, where a place for that is set; engine/ahead.py computes
the heavy ones elsewhere, so that they are found here.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from engine.artifacts import Artifacts, fingerprint
from engine.evidence import Continuity, Evidence, Quality, Scene, SoundQuality, StageStatus, Track, Transcript
from engine.integrity import Integrity, check
from engine.interval import Interval, union
from engine.known_voices import compare_voices
from engine.media.audio import Audio
from engine.media.cuts import Jumps
from engine.media.frames import PictureFault, View
from engine.media.session import Session
from engine.networks import ACTIVITY, EMBEDDING, FACES, HANDS, SEGMENTATION, TEXT, Networks
from engine.order import Order
from engine.progress import Stoppable
from engine.reading import Written
from engine.reading import read as read_written
from engine.settings import Settings
from engine.side_by_side import beside
from engine.sound.quality import measure
from engine.speech.activity import detect
from engine.speech.bursts import voiced_bursts
from engine.speech.diarize import Diarization, diarize
from engine.speech.roles import Hints
from engine.speech.strangers import find_strangers
from engine.speech.transcribe import Group, Readings, Recognition, transcribe
from engine.speech.transcript import Line, assemble
from engine.stages import Stages, Verdict
from engine.version import VERSION
from engine.vision.documents import documents_sha256
from engine.vision.identity import compare, photo_of
from engine.vision.people import Watching, describe
from engine.vision.survey import STAGE as VISION
from engine.vision.survey import Seen, Survey, join, look
from engine.vision.tracks import link
from engine.watching import Watched, observe, outlook
from models.weights import sha256_of

T = TypeVar("T")
Channels = Sequence[int | None]


@dataclass(frozen=True, slots=True)
class Looked:
    """What was seen in one view, how many of its packets did not decode, where the picture may have jumped (strength,
    time), and whether its pictures ended early because the decoder died.
    """

    seen: tuple[Seen, ...]
    errors: int
    jumps: tuple[tuple[float, float], ...] = ()
    broken: bool = False


@dataclass(frozen=True, slots=True)
class Viewed:
    """The picture looked at, and the faces followed through it; `whole` unless decoding died somewhere."""

    survey: Survey
    tracks: tuple[Track, ...]
    whole: bool = True

    @property
    def health(self) -> tuple[StageStatus, str | None]:
        """Status of the stage: degraded where pictures are missing that the file holds."""
        return ("ok", None) if self.whole else ("degraded", "pictures_end_early")


def channels_of(audio: Audio) -> Channels:
    """The channels to be recognised: each party's own where they are apart, else the mixture (None)."""
    return audio.live if audio.layout == "split" else (None,)


@dataclass(frozen=True, slots=True)
class Gathering:
    """What the stages of one recording share."""

    session: Session
    networks: Networks
    settings: Settings
    order: Order
    stages: Stages
    progress: Stoppable

    def evidence(self, order: tuple[str, ...]) -> Evidence:
        """Run every stage that finds evidence. `order` is the order of the stages in the report."""
        audio = self._audio()  # decoded before the stages part ways: both threads read the file
        with beside("picture", self.progress) as pool:
            looking = pool.submit(self._look)
            reading = pool.submit(lambda: self._read(looking.result()))
            transcript, sound = self._listen(audio)
            seen = looking.result()
            watched = self._watch(seen, audio, transcript)  # papers may still be being read beside all this
            scene = self._scene(seen, transcript, watched)
            continuity = self._continuity(seen, audio, watched)
            written = reading.result()
        if scene is not None and written is not None:
            scene = written.into(scene)
        quality = Quality(sound, seen.survey.picture if seen else None, continuity)
        return Evidence(self.session.media, transcript, scene, quality, self.stages.reports(order))

    def _audio(self) -> Audio | None:
        if not self.session.media.has_audio:
            for name in ("audio", "activity", "transcribe", "diarize", "attribute", "sound"):
                self.stages.note(name, "skipped", "no_sound")
            return None
        return self.stages.run("audio", self.session.audio, lambda _: self._stream_health())

    def _stream_health(self) -> tuple[StageStatus, str | None]:
        continuity = self.session.continuity
        if continuity.truncated:
            return "degraded", "media_cut_short"
        return ("degraded", "decode_errors") if continuity.decode_errors else ("ok", None)

    def _listen(self, audio: Audio | None) -> tuple[Transcript | None, SoundQuality | None]:
        if audio is None:
            return None, None
        channels = channels_of(audio)
        detected = self.stages.run("activity", lambda: self.activity(audio, channels))
        if detected is None:
            return None, self._sound(audio, ())
        speech = union(interval for one in detected for interval in one)
        with beside("voices", self.progress) as pool:
            grouping = pool.submit(self._diarize, audio, speech)
            recognised = self.stages.run("transcribe", lambda: self._transcribe(audio, channels, detected), _worst)
            voices = grouping.result()
        if recognised is None:
            return None, self._sound(audio, speech)
        lines = [
            Line(channel, spoken, recognition)
            for channel, spoken, recognition in zip(channels, detected, recognised, strict=True)
        ]
        transcript = self.stages.run("attribute", lambda: self._assemble(lines, voices))
        transcript = self._with_known_voices(transcript, lines, voices, audio)
        return transcript, self._sound(audio, speech, transcript)

    def _assemble(self, lines: Sequence[Line], voices: Diarization | None, known: Hints | None = None) -> Transcript:
        same = self.order.insured.same_as_policyholder
        hints, limits = self.order.speakers, self.settings.speech
        return assemble(lines, voices, hints, limits, insured_is_customer=same, known=known)

    def _with_known_voices(
        self, transcript: Transcript | None, lines: Sequence[Line], voices: Diarization | None, audio: Audio
    ) -> Transcript | None:
        """The transcript with its voices compared, the role of one that was recognised, and answers of strangers."""
        if transcript is None or not transcript.speakers:
            return transcript
        heard = transcript
        compared = self.stages.run(
            "voices", lambda: self._compared(heard, lines, voices, audio.mono()), lambda found: found[1]
        )
        return transcript if compared is None else compared[0]

    def _compared(
        self, transcript: Transcript, lines: Sequence[Line], voices: Diarization | None, sound: NDArray[np.float32]
    ) -> tuple[Transcript, Verdict]:
        known = compare_voices(transcript, sound, self.networks, self.settings, self.order.agent.staff_no)
        if known.hints.roles:
            transcript = self._assemble(lines, voices, known.hints)
        strangers = find_strangers(transcript, sound, self.networks.voices().embedder, self.settings.speech.strangers)
        told = replace(transcript, likeness=known.likeness, voiceprints=known.prints, strangers=strangers)
        return told, known.verdict

    def activity(self, audio: Audio, channels: Channels) -> tuple[tuple[Interval, ...], ...]:
        """Where somebody speaks, for each channel."""
        limits = self.settings.speech
        found = self._kept(
            tuple[tuple[Interval, ...], ...],
            ("activity", sha256_of(ACTIVITY), tuple(channels), limits.activity, limits.bursts),
            lambda: self._detect(audio, channels),
        )
        return found

    def _detect(self, audio: Audio, channels: Channels) -> tuple[tuple[Interval, ...], ...]:
        detector = self.networks.activity()
        limits = self.settings.speech
        found = tuple(detect(audio.channel(channel), detector, limits.activity) for channel in channels)
        if len(channels) < 2:
            return found
        sounds = [audio.channel(channel) for channel in channels]
        return tuple(
            union((*heard, *voiced_bursts(one, sounds[:at] + sounds[at + 1 :], heard, limits.bursts)))
            for at, (one, heard) in enumerate(zip(sounds, found, strict=True))
        )

    def _transcribe(
        self, audio: Audio, channels: Channels, detected: Sequence[tuple[Interval, ...]]
    ) -> list[Recognition]:
        recognizer = self.networks.recognizer()
        limits = self.settings.speech.recognition

        def recognise(channel: int | None, speech: tuple[Interval, ...]) -> Recognition:
            return transcribe(audio.channel(channel), speech, recognizer, limits, self.progress, self.readings(channel))

        return [
            self._kept(
                Recognition,
                ("transcribe", recognizer.identity, channel, speech, limits, self.settings.threads),
                lambda channel=channel, speech=speech: recognise(channel, speech),  # type: ignore[misc]
            )
            for channel, speech in zip(channels, detected, strict=True)
        ]

    def readings(self, channel: int | None) -> Callable[[Group, Callable[[], Readings]], Readings]:
        """What finds again, or keeps, the readings of a group of windows over `channel`."""
        key = ("readings", self.networks.recognizer().identity, channel)
        parameters = self.settings.speech.recognition, self.settings.threads
        return lambda group, compute: self._kept(Readings, (*key, group, *parameters), compute)

    def _diarize(self, audio: Audio, speech: tuple[Interval, ...]) -> Diarization | None:
        """Voices of a recording whose parties share a channel; None where each has its own, or the stage failed."""
        if audio.layout == "split":
            self.stages.note("diarize", "skipped", "channels_apart")
            return None
        return self.stages.run(
            "diarize", lambda: self.diarization(audio, speech), lambda found: (found.status, found.reason)
        )

    def diarization(self, audio: Audio, speech: tuple[Interval, ...]) -> Diarization:
        """The voices in `speech`, all of it."""
        limits = self.settings.speech.diarization
        count = self.order.speakers.count
        return self._kept(
            Diarization,
            ("diarize", sha256_of(SEGMENTATION), sha256_of(EMBEDDING), speech, count, limits),
            lambda: diarize(audio.mono(), speech, self.networks.voices(), count, limits, self.progress),
        )

    def _sound(
        self, audio: Audio, speech: tuple[Interval, ...], transcript: Transcript | None = None
    ) -> SoundQuality | None:
        turns = transcript.turns if transcript else None
        return self.stages.run("sound", lambda: measure(audio, speech, turns=turns))

    def _look(self) -> Viewed | None:
        if not self.session.media.has_video:
            for name in ("vision", "papers", "mouths", "people", "integrity"):
                self.stages.note(name, "skipped", "no_picture")
            return None
        return self.stages.run("vision", self._view, lambda seen: seen.health)

    def _view(self) -> Viewed:
        limits, duration = self.settings.vision, self.session.media.duration
        looked = [self.looked(view) for view in self.session.views(limits.fps)]
        self.session.note_picture_errors(sum(one.errors for one in looked))
        self.progress(VISION, duration, duration)
        jumps = [jump for one in looked for jump in one.jumps]
        survey = join([seen for one in looked for seen in one.seen], limits, duration, jumps)
        return Viewed(survey, link(survey, limits), not any(one.broken for one in looked))

    def looked(self, view: View) -> Looked:
        """What is seen in one view."""
        return self._kept(
            Looked,
            ("vision", [sha256_of(entry) for entry in FACES], view, self.settings.vision),
            lambda: self._look_at(view),
        )

    def _look_at(self, view: View) -> Looked:
        limits, duration = self.settings.vision, self.session.media.duration
        errors: list[PictureFault] = []
        jumps = Jumps(self.settings.media)
        frames = self.session.frames_in(view, limits.fps, errors.append, jumps)
        seen = look(
            frames, self.networks.faces(), limits, lambda time: self.progress(VISION, min(time, duration), duration)
        )
        return Looked(seen, len(errors), jumps.found(), "end" in errors)

    def _read(self, seen: Viewed | None) -> Written | None:
        """Papers, cards, clocks and writing by hand; None without a picture."""
        if seen is None:
            return None
        return self.stages.run("papers", lambda: self._written(seen.survey))

    def _written(self, seen: Survey) -> Written:
        limits = self.settings.vision
        return self._kept(
            Written,
            ("papers", [sha256_of(entry) for entry in (*FACES, *TEXT, *HANDS)], documents_sha256(), limits),
            lambda: read_written(self.session, seen, self.networks.text(), self.networks.hands, limits, self.progress),
        )

    def _watch(self, seen: Viewed | None, audio: Audio | None, transcript: Transcript | None) -> Watched | None:
        """Mouths watched closely; None without sound, words or picture."""
        if seen is None:
            return None
        if audio is None or transcript is None:
            self.stages.note("mouths", "skipped", "no_sound")
            return None
        return self.stages.run("mouths", lambda: self._watched(seen, audio, transcript))

    def _watched(self, seen: Viewed, audio: Audio, transcript: Transcript) -> Watched:
        limits = self.settings.vision
        where = outlook(seen.survey, seen.tracks, transcript, self.session.media.duration, limits)
        return self._kept(
            Watched,
            ("mouths", [sha256_of(entry) for entry in FACES], where, limits),
            lambda: observe(self.session, where, seen.tracks, audio, self.networks.faces().mesh, limits),
        )

    def _scene(self, seen: Viewed | None, transcript: Transcript | None, watched: Watched | None) -> Scene | None:
        if seen is None:
            return None
        limits = self.settings.vision
        watching = Watching(watched.bursts, watched.offset) if watched else None
        scene = self.stages.run("people", lambda: describe(seen.survey, seen.tracks, transcript, limits, watching))
        return None if scene is None else self._identified(scene)

    def _identified(self, scene: Scene) -> Scene:
        """The scene with its faces held against the reference photo; as it is where none is configured."""
        limits, policy_no = self.settings.vision, self.order.policy_no
        network = self.networks.face_embedder()
        photo = photo_of(Path(limits.face_photos), policy_no) if limits.face_photos else None
        if network is None or photo is None:
            return scene

        def shown(time: float) -> NDArray[np.uint8] | None:
            frame = self.session.frame_at(time)
            return None if frame is None else frame.image

        found = self.stages.run(
            "identity", lambda: compare(scene, photo, shown, self.networks.faces(), network, limits)
        )
        return scene if found is None else replace(scene, face_likeness=found)

    def _continuity(self, seen: Viewed | None, audio: Audio | None, watched: Watched | None) -> Continuity:
        """Health of the streams, sound and picture held against each other where there are both."""
        known = self.session.continuity
        if seen is None:
            return known
        found = self.stages.run("integrity", lambda: self._integrity(seen.survey, audio, watched))
        return known if found is None else found.into(known)

    def _integrity(self, seen: Survey, audio: Audio | None, watched: Watched | None) -> Integrity:
        lag, looked = (watched.lag, watched.compared) if watched else (None, False)
        return self._kept(
            Integrity,
            ("integrity", seen.suspects, seen.picture, lag, looked),
            lambda: check(self.session, seen, audio, lag, looked),
        )

    def _kept(self, kind: type[T], key: tuple[object, ...], compute: Callable[[], T]) -> T:
        """`compute()`, or what it gave before for the same recording, networks and parameters."""
        parts = [part.identity for part in self.session.media.parts]
        settings = self.settings
        return Artifacts(settings.artifacts, settings.store.blob_options).recall(
            kind, fingerprint(parts, *key, settings.device, settings.media, VERSION), compute, lambda _: True
        )


def _worst(recognised: Sequence[Recognition]) -> tuple[StageStatus, str | None]:
    """Status of a stage that ran once per channel."""
    degraded = next((one for one in recognised if one.status != "ok"), None)
    return (degraded.status, degraded.reason) if degraded else ("ok", None)
