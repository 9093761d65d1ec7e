"""What the stages found in one session. Rules see this and nothing else of the recording.

`Media` says what was recorded, `Transcript` who said what and when, `Scene` who was seen when, `Quality` how well it
could be heard and seen. Every type is frozen and plain, so that evidence can be stored and judged again without the
media.
Times are seconds on the session's clock (engine/interval.py), shares and probabilities 0..1.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Annotated, Literal

from engine.columns import columnar
from engine.interval import Interval, coverage, intersect, total

Role = Literal["agent", "customer", "insured", "system", "other", "unknown"]
StageStatus = Literal["ok", "degraded", "failed", "skipped"]
PaperKind = Literal["paper", "card", "screen"]
ActKind = Literal["signing", "copying"]
FaceReference = Literal["id_photo", "order_photo"]

EVIDENCE_SCHEMA = 3  # 1 stored characters and sightings one by one, 2 their numbers as lists; both are still read


@dataclass(frozen=True, slots=True)
class VideoStream:
    """Picture of one part as a viewer sees it: `width` and `height` are after rotation; `fps` is the average."""

    width: int
    height: int
    fps: float
    codec: str


@dataclass(frozen=True, slots=True)
class AudioStream:
    """Sound of one part: `rate` in Hz."""

    rate: int
    channels: int
    codec: str


@dataclass(frozen=True, slots=True)
class Part:
    """One file of the session. `offset` is where its own clock zero lies on the session's clock."""

    name: str
    sha256: str
    bytes: int
    container: str
    duration: float
    offset: float
    video: VideoStream | None
    audio: AudioStream | None

    @property
    def interval(self) -> Interval:
        """The part's span on the session's clock."""
        return Interval(self.offset, self.offset + self.duration)


@dataclass(frozen=True, slots=True)
class Media:
    """The files of the session in order. `recorded_at` is the container's own time stamp (ISO 8601), never the file
    system's."""

    parts: tuple[Part, ...]
    duration: float
    recorded_at: str | None = None

    @property
    def has_video(self) -> bool:
        return any(part.video for part in self.parts)

    @property
    def has_audio(self) -> bool:
        return any(part.audio for part in self.parts)


@dataclass(frozen=True, slots=True)
class Character:
    """One recognised character (or one Latin word), simplified Chinese. `speaker` is None where no voice could be told.

    `probability` is the recogniser's own; `speaker_confidence` how clearly the voice belongs to `speaker`.
    """

    text: str
    interval: Interval
    probability: float
    speaker: str | None = None
    speaker_confidence: float = 0.0


@dataclass(frozen=True, slots=True)
class Turn:
    """A stretch in which one voice speaks. Turns of different speakers may overlap."""

    interval: Interval
    speaker: str


@dataclass(frozen=True, slots=True)
class Speaker:
    """One voice of the session and the role it plays. `why` explains the role in Chinese."""

    id: str
    role: Role
    confidence: float
    speech_seconds: float
    why: str


@dataclass(frozen=True, slots=True)
class Utterance:
    """Characters `first` to `last` (exclusive) of the transcript, said by one speaker without a long pause.

    `text` is those characters joined, with the recogniser's punctuation where it set any; `confidence` is their mean
    probability.
    """

    id: int
    interval: Interval
    speaker: str | None
    role: Role
    text: str
    confidence: float
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Confirmation:
    """How well the sound supports `wanted` against `heard` over `span`; both scored in the same context.

    `margin` is log p(wanted) - log p(heard), in nats; 0 or more means `wanted` explains the sound at least as well.
    """

    span: Interval
    heard: str
    wanted: str
    margin: float
    model: str


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another reading of the same sound: `text` where `heard` stands in the transcript over `span`.

    A guess that counts for nothing until the sound confirms it.
    """

    span: Interval
    heard: str
    text: str


@dataclass(frozen=True, slots=True)
class LanguageAnswer:
    """What a language model answered to the request with the digest `request`: one of its choices, and a quote.

    `failure` says why there is no usable answer; None where there is one.
    """

    request: str
    choice: str
    quote: str
    model: str
    failure: str | None = None


@dataclass(frozen=True, slots=True)
class VoiceLikeness:
    """How alike the voice `speaker` and another sound: `similarity` -1..1, the cosine of their embeddings.

    `other` is a speaker of the session, or a role whose voice was `enrolled` before it.
    """

    speaker: str
    other: str
    similarity: float
    enrolled: bool = False


@dataclass(frozen=True, slots=True)
class Voiceprint:
    """The voice of `speaker` as a vector of unit length, from `seconds` of its speech. `model`: hash of the network.

    Sensitive personal data: there only where a deployment keeps voices (`speech.enrolment.keep_voices`).
    """

    speaker: str
    vector: tuple[float, ...]
    seconds: float
    model: str


@dataclass(frozen=True, slots=True)
class Transcript:
    """Who said what. `speech` is where voice activity heard somebody, with or without text.

    `likeness` compares voices with each other; None where that was not measured. `nominal`: its times are made up from
    the text of a record without any. `corrected` is where a person corrected words or their speaker.
    `voiceprints`: its voices, None where none are kept. `alternatives` are other readings of noisy stretches.
    """

    characters: Annotated[Sequence[Character], *columnar(Character)]
    utterances: tuple[Utterance, ...]
    speakers: tuple[Speaker, ...]
    turns: tuple[Turn, ...]
    speech: tuple[Interval, ...]
    overlaps: tuple[Interval, ...] = ()
    confirmations: tuple[Confirmation, ...] = ()
    likeness: tuple[VoiceLikeness, ...] | None = None
    language: tuple[LanguageAnswer, ...] = ()
    nominal: bool = False
    corrected: tuple[Interval, ...] = ()
    voiceprints: tuple[Voiceprint, ...] | None = None
    alternatives: tuple[Alternative, ...] = ()

    def role_of(self, speaker: str | None) -> Role:
        """Role of the voice `speaker`; `unknown` for none."""
        return next((one.role for one in self.speakers if one.id == speaker), "unknown")

    def text_coverage(self, window: Interval | None = None) -> float:
        """Share of the speech (inside `window`) that carries text; 1 where nobody spoke.

        Characters are widened by 0.4 s, because recognisers end words early and short pauses belong to speech.
        """
        speech = self.speech if window is None else intersect(self.speech, [window])
        heard = total(speech)
        if heard == 0:
            return 1.0
        return total(intersect(speech, (c.interval.widened(0.4) for c in self.characters))) / heard


@dataclass(frozen=True, slots=True)
class Box:
    """Rectangle in a frame, as shares of its width and height; may reach outside 0..1 where a face is cut by the
    edge."""

    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Sighting:
    """One face in one surveyed frame. `height_px` is its height in pixels of the decoded frame.

    `mouth_open` (0..1) is None where landmarks could not be placed.
    """

    time: float
    box: Box
    height_px: float
    score: float
    mouth_open: float | None = None


@dataclass(frozen=True, slots=True)
class Track:
    """One face followed through time; short gaps are bridged."""

    id: str
    interval: Interval
    sightings: Annotated[Sequence[Sighting], *columnar(Sighting)]


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody seen: one or more tracks. `role` stays `unknown` where neither sound nor place tells it; `why` says
    how it was told."""

    id: str
    role: Role
    confidence: float
    intervals: tuple[Interval, ...]
    tracks: tuple[str, ...]
    why: str

    @property
    def seconds(self) -> float:
        return total(self.intervals)


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper or card held into the picture, with what could be read of it."""

    interval: Interval
    title: str
    text: str
    kind: PaperKind = "paper"


@dataclass(frozen=True, slots=True)
class Act:
    """Somebody signs or copies by hand. `document` is the title of the paper, `text` what was written; empty where
    neither could be read."""

    interval: Interval
    kind: ActKind
    document: str
    text: str
    score: float


@dataclass(frozen=True, slots=True)
class MouthMotion:
    """How well the mouth of `person` moves with the voice `speaker` during `interval`: -1..1, 0 is no relation."""

    interval: Interval
    speaker: str
    person: str
    agreement: float


@dataclass(frozen=True, slots=True)
class Liveness:
    """How surely `person` is alive and before the camera, not a photo or a screen: 0..1."""

    interval: Interval
    person: str
    score: float


@dataclass(frozen=True, slots=True)
class FaceLikeness:
    """How alike the face of `person` and a photo are: -1..1, the cosine of their embeddings."""

    person: str
    reference: FaceReference
    similarity: float


@dataclass(frozen=True, slots=True)
class ClockReading:
    """A clock in the picture at `time` of the session shows `reads` (ISO 8601)."""

    time: float
    reads: str


@dataclass(frozen=True, slots=True)
class Scene:
    """Who was in the picture, and what was held or done before the camera.

    `surveyed` is the time looked at; `judged` the part of it in which a face of at least `min_face_px` would have
    been found
    (bright and sharp enough); `too_small` where somebody was seen whose face is smaller than that.
    `read` is the time in which papers, cards and writing hands were looked for. There, as in all fields after it, None
    means not measured and () measured with nothing found.
    """

    people: tuple[Person, ...]
    tracks: tuple[Track, ...]
    surveyed: tuple[Interval, ...]
    judged: tuple[Interval, ...]
    too_small: tuple[Interval, ...] = ()
    papers: tuple[Paper, ...] = ()
    read: tuple[Interval, ...] | None = None
    acts: tuple[Act, ...] | None = None
    mouths: tuple[MouthMotion, ...] | None = None
    liveness: tuple[Liveness, ...] | None = None
    face_likeness: tuple[FaceLikeness, ...] | None = None
    clocks: tuple[ClockReading, ...] | None = None

    def together(self, at_least: int = 2) -> tuple[Interval, ...]:
        """Time with `at_least` people in one frame."""
        edges = sorted({edge for p in self.people for i in p.intervals for edge in (i.start, i.end)})
        found = []
        for start, end in pairwise(edges):
            middle = (start + end) / 2
            if sum(any(middle in i for i in p.intervals) for p in self.people) >= at_least:
                found.append(Interval(start, end))
        return tuple(found)

    def same_frame_share(self, window: Interval | None = None) -> float:
        """Share of the judged time (inside `window`) with two or more people in one frame; 0 where nothing was
        judged."""
        judged = self.judged if window is None else intersect(self.judged, [window])
        seen = total(judged)
        return total(intersect(judged, self.together())) / seen if seen else 0.0


@dataclass(frozen=True, slots=True)
class SoundSpan:
    """Sound over one span of some seconds. `snr_db` is None where nobody speaks; `clipped_share` is of its samples."""

    interval: Interval
    level_db: float
    snr_db: float | None
    clipped_share: float = 0.0


@dataclass(frozen=True, slots=True)
class PartyLevel:
    """How loud the voice `speaker` is while it speaks alone, for `seconds`; `snr_db` None where that cannot be told."""

    speaker: str
    seconds: float
    level_db: float
    snr_db: float | None


@dataclass(frozen=True, slots=True)
class Echo:
    """What is heard is heard again `delay` seconds later, `gain` (0..1) as loud or louder."""

    delay: float
    gain: float


@dataclass(frozen=True, slots=True)
class Hum:
    """Mains hum: lines at multiples of `hz` (50 or 60) at `level_db` together, `prominence_db` above their
    surroundings."""

    hz: int
    level_db: float
    prominence_db: float


@dataclass(frozen=True, slots=True)
class SoundQuality:
    """Levels in dB of full scale. `noise_db` is the level between speech; `dropouts` are runs of digital zeros of 1 s
    or more.

    `holes` are shorter runs that break off in the middle of sound; `clipped` where it is too loud for the recorder;
    `bandwidth_hz` up to which there is speech; `dead_channels` how many of several channels carry nothing. In the
    fields from there on None means not measured; for `echo` and `hum`, `traces` says whether they were looked for.
    """

    level_db: float
    noise_db: float
    snr_db: float | None
    clipped_share: float
    silent_share: float
    dropouts: tuple[Interval, ...] = ()
    spans: tuple[SoundSpan, ...] = ()
    holes: tuple[Interval, ...] | None = None
    clipped: tuple[Interval, ...] | None = None
    parties: tuple[PartyLevel, ...] | None = None
    bandwidth_hz: float | None = None
    dead_channels: int | None = None
    traces: bool = False
    echo: Echo | None = None
    hum: Hum | None = None


@dataclass(frozen=True, slots=True)
class PictureQuality:
    """`luma` 0..255 and `sharpness` (variance of the Laplacian) are medians over surveyed frames; `dark_share` and
    `blurred_share` of them are too bad for faces to be judged.

    `black` and `frozen` are spans without a picture or with one that does not change. `dim`, `bright`, `soft` and
    `covered` are spans in which a person can hardly see what goes on: badly lit, over-exposed, out of focus, the lens
    covered. `turned` is by how many degrees (clockwise) the picture must be turned to stand upright. None where not
    measured.
    """

    luma: float
    sharpness: float
    dark_share: float
    blurred_share: float
    black: tuple[Interval, ...] | None = None
    frozen: tuple[Interval, ...] | None = None
    dim: tuple[Interval, ...] | None = None
    bright: tuple[Interval, ...] | None = None
    soft: tuple[Interval, ...] | None = None
    covered: tuple[Interval, ...] | None = None
    turned: int | None = None


@dataclass(frozen=True, slots=True)
class Lag:
    """The sound comes `seconds` after the picture (negative: before it), told by mouths against the voice.

    `score` is their agreement there (-1..1), `lead` how far it lies above the agreement without any offset.
    """

    seconds: float
    score: float
    lead: float


@dataclass(frozen=True, slots=True)
class Continuity:
    """Health of the streams: time stamps that jump, packets that did not decode, a file that ends too early.

    Times at which the picture changes at once (`picture_cuts`), the sound breaks off there (`sound_breaks`) or time
    stamps run backwards (`steps_back`), and `edits`, what shows that the file was edited or encoded again. `stalls`
    are stretches in which pictures come much more rarely than usual; `lost_packets` how many packets of sound are
    missing by their time stamps; `declared` the length the container states, in seconds (0: none). `lag`: how far
    sound and picture lie apart, where `lag_looked` says that this was looked for. None where not measured.
    """

    gaps: tuple[Interval, ...] = ()
    decode_errors: int = 0
    truncated: bool = False
    picture_cuts: tuple[float, ...] | None = None
    sound_breaks: tuple[float, ...] | None = None
    steps_back: tuple[float, ...] | None = None
    edits: tuple[str, ...] | None = None
    stalls: tuple[Interval, ...] | None = None
    lost_packets: int | None = None
    declared: float | None = None
    lag: Lag | None = None
    lag_looked: bool = False


@dataclass(frozen=True, slots=True)
class Quality:
    """None where there is no such stream."""

    sound: SoundQuality | None = None
    picture: PictureQuality | None = None
    continuity: Continuity = field(default_factory=Continuity)


@dataclass(frozen=True, slots=True)
class StageReport:
    """How one stage went. `reason` is a code of engine/reasons.py; `seconds` its wall time."""

    name: str
    status: StageStatus
    reason: str | None = None
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Evidence:
    """All of it. `transcript` is None without sound, `scene` is None without picture; `stages` says why."""

    media: Media
    transcript: Transcript | None
    scene: Scene | None
    quality: Quality
    stages: tuple[StageReport, ...] = ()
    schema: int = EVIDENCE_SCHEMA

    def stage(self, name: str) -> StageReport | None:
        """Report of the stage called `name`, or None when it never ran."""
        return next((stage for stage in self.stages if stage.name == name), None)

    def speech_coverage(self) -> float:
        """Share of the heard speech that carries text; 0 without a transcript."""
        return self.transcript.text_coverage() if self.transcript else 0.0

    def picture_coverage(self) -> float:
        """Share of the session in which a face could have been judged; 0 without a picture."""
        if self.scene is None or self.media.duration == 0:
            return 0.0
        return coverage(Interval(0.0, self.media.duration), self.scene.judged)
