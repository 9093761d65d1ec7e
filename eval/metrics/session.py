"""All figures of one session, and their sum over many."""

from dataclasses import dataclass

from engine.evidence import Transcript
from eval.metrics.counts import Share
from eval.metrics.speakers import (
    DiarizationErrors,
    ShortAnswers,
    diarization_errors,
    naming,
    role_accuracy,
    short_answers,
)
from eval.metrics.text import CharacterErrors, character_errors, speaker_character_errors
from eval.synth.truth import Truth

STRICT_COLLAR_S = 0.125


@dataclass(frozen=True, slots=True)
class SpeechFigures:
    """`strict` scores half the usual collar, so that short answers are scored at all; `by_speaker` is the cpCER."""

    diarization: DiarizationErrors
    strict: DiarizationErrors
    roles: Share
    short: ShortAnswers
    text: CharacterErrors
    by_speaker: CharacterErrors

    @classmethod
    def zero(cls) -> "SpeechFigures":
        """Nothing measured, neutral in sums."""
        nothing = DiarizationErrors.zero()
        return cls(nothing, nothing, Share.zero(), ShortAnswers.zero(), CharacterErrors.zero(), CharacterErrors.zero())

    def __add__(self, other: "SpeechFigures") -> "SpeechFigures":
        return SpeechFigures(
            self.diarization + other.diarization,
            self.strict + other.strict,
            self.roles + other.roles,
            self.short + other.short,
            self.text + other.text,
            self.by_speaker + other.by_speaker,
        )


def measure_speech(truth: Truth, transcript: Transcript) -> SpeechFigures:
    """How near a transcript comes to the truth of its session."""
    names = naming(truth.turns, transcript.turns)
    said: dict[str, str] = {}
    for turn in sorted(truth.turns, key=lambda turn: turn.interval):
        said[turn.speaker] = said.get(turn.speaker, "") + turn.said
    heard: dict[str, str] = {}
    for one in transcript.characters:
        heard[one.speaker or ""] = heard.get(one.speaker or "", "") + one.text
    return SpeechFigures(
        diarization=diarization_errors(truth.turns, transcript.turns, truth.duration),
        strict=diarization_errors(truth.turns, transcript.turns, truth.duration, STRICT_COLLAR_S),
        roles=role_accuracy(truth, transcript.speakers, names),
        short=short_answers(truth, transcript, names),
        text=character_errors(truth.text, "".join(one.text for one in transcript.characters)),
        by_speaker=speaker_character_errors(said, heard),
    )
