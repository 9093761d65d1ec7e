"""What the stages found in one session. Rules see this and nothing else of the recording.

`Media` says what was recorded, `Transcript` who said what and when, `Scene` who was seen when, `Quality` how well it
could be heard and seen. Every type is frozen and plain, so that evidence can be stored and judged again without the
media.
Times are seconds on the session's clock (engine/interval.py), shares and probabilities 0..1.
"""

from dataclasses import dataclass
from typing import Literal

from engine.evidence.media import AudioStream, Media, Part, VideoStream
from engine.evidence.quality import (
    Continuity,
    Curve,
    Echo,
    Hum,
    Joint,
    Lag,
    Loss,
    PartyLevel,
    PictureQuality,
    Quality,
    SoundQuality,
    SoundSpan,
)
from engine.evidence.scene import (
    Act,
    ActKind,
    Bound,
    Box,
    ClockReading,
    FaceLikeness,
    FaceReference,
    Lifeless,
    Lifelessness,
    Liveness,
    MouthMotion,
    Paper,
    PaperField,
    PaperFieldName,
    PaperKind,
    Person,
    Scene,
    Sighting,
    Speaking,
    Track,
)
from engine.evidence.transcript import (
    Alternative,
    Character,
    Confirmation,
    LanguageAnswer,
    Role,
    Speaker,
    Stranger,
    Transcript,
    Turn,
    Unanswered,
    Utterance,
    VoiceLikeness,
    Voiceprint,
)
from engine.interval import Interval, coverage

StageStatus = Literal["ok", "degraded", "failed", "skipped"]

EVIDENCE_SCHEMA = 3  # 1 stored characters and sightings one by one, 2 their numbers as lists; both are still read


@dataclass(frozen=True, slots=True)
class StageReport:
    """How one stage went. `reason` is a code of engine/reasons; `seconds` its wall time."""

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


__all__ = [
    "EVIDENCE_SCHEMA",
    "Act",
    "ActKind",
    "Alternative",
    "AudioStream",
    "Bound",
    "Box",
    "Character",
    "ClockReading",
    "Confirmation",
    "Continuity",
    "Curve",
    "Echo",
    "Evidence",
    "FaceLikeness",
    "FaceReference",
    "Hum",
    "Joint",
    "Lag",
    "LanguageAnswer",
    "Lifeless",
    "Lifelessness",
    "Liveness",
    "Loss",
    "Media",
    "MouthMotion",
    "Paper",
    "PaperField",
    "PaperFieldName",
    "PaperKind",
    "Part",
    "PartyLevel",
    "Person",
    "PictureQuality",
    "Quality",
    "Role",
    "Scene",
    "Sighting",
    "SoundQuality",
    "SoundSpan",
    "Speaker",
    "Speaking",
    "StageReport",
    "StageStatus",
    "Stranger",
    "Track",
    "Transcript",
    "Turn",
    "Unanswered",
    "Utterance",
    "VideoStream",
    "VoiceLikeness",
    "Voiceprint",
]
