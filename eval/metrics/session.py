"""How near a transcript comes to what was truly said: all figures of speech of one session, and their sum over many."""

from collections.abc import Mapping
from dataclasses import dataclass

from engine.evidence import Transcript
from eval.metrics.counts import Share
from eval.metrics.reference import Reference, Stretch, Voiced, joined, of_truth
from eval.metrics.speakers import (
    DiarizationErrors,
    JaccardErrors,
    ShortAnswers,
    diarization_errors,
    jaccard_errors,
    naming,
    role_accuracy,
    short_answers,
)
from eval.metrics.text import (
    CharacterErrors,
    attributed_character_errors,
    character_errors,
    digit_errors,
    speaker_character_errors,
)
from eval.synth.truth import Truth

STRICT_COLLAR_S = 0.125
NO_TRANSCRIPT = Transcript((), (), (), (), ())
"""Of a session without sound: nothing was heard."""


@dataclass(frozen=True, slots=True)
class SpeechFigures:
    """`strict` scores half the usual collar, so that short answers are scored at all. `by_speaker` is the cpCER,
    `by_role` the speaker-attributed CER: the text of each role against what was heard in that role."""

    diarization: DiarizationErrors
    strict: DiarizationErrors
    roles: Share
    short: ShortAnswers
    text: CharacterErrors
    by_speaker: CharacterErrors
    by_role: CharacterErrors
    digits: CharacterErrors
    jaccard: JaccardErrors

    @classmethod
    def zero(cls) -> "SpeechFigures":
        """Nothing measured, neutral in sums."""
        turns, text = DiarizationErrors.zero(), CharacterErrors.zero()
        return cls(turns, turns, Share.zero(), ShortAnswers.zero(), text, text, text, text, JaccardErrors.zero())

    def __add__(self, other: "SpeechFigures") -> "SpeechFigures":
        return SpeechFigures(
            self.diarization + other.diarization,
            self.strict + other.strict,
            self.roles + other.roles,
            self.short + other.short,
            self.text + other.text,
            self.by_speaker + other.by_speaker,
            self.by_role + other.by_role,
            self.digits + other.digits,
            self.jaccard + other.jaccard,
        )


def measure_speech(truth: Truth, transcript: Transcript) -> SpeechFigures:
    """How near a transcript comes to the truth of a synthetic session."""
    reference = of_truth(truth)
    return compare_speech(reference, transcript, truth.duration, naming(voiced(reference), transcript.turns))


def compare_speech(
    reference: Reference, transcript: Transcript, duration: float, names: Mapping[str, str]
) -> SpeechFigures:
    """The same against whatever is known; what is not known is not scored.

    `duration` of the session in seconds: turns are scored within it. `names`: true speaker by heard voice.
    """
    text = digits = by_speaker = by_role = CharacterErrors.zero()
    if reference.lines is not None:
        heard = "".join(one.text for one in transcript.characters)
        text, digits = character_errors(reference.text, heard), digit_errors(reference.text, heard)
    if reference.named:
        by_speaker = speaker_character_errors(reference.by_speaker(), heard_by_speaker(transcript))
    if reference.in_roles:
        by_role = attributed_character_errors(reference.by_role(), heard_by_role(transcript))
    wide = strict = DiarizationErrors.zero()
    jaccard = JaccardErrors.zero()
    if reference.turns is not None:
        wide = diarization_errors(reference.turns, transcript.turns, duration)
        strict = diarization_errors(reference.turns, transcript.turns, duration, STRICT_COLLAR_S)
        jaccard = jaccard_errors(reference.turns, transcript.turns, duration)
    spoken = voiced(reference)
    speaking = {one.speaker for one in spoken}
    roles = {name: role for name, role in reference.roles.items() if name in speaking}
    return SpeechFigures(
        diarization=wide,
        strict=strict,
        roles=role_accuracy(roles, transcript.speakers, names),
        short=short_answers(spoken, transcript, names),
        text=text,
        by_speaker=by_speaker,
        by_role=by_role,
        digits=digits,
        jaccard=jaccard,
    )


def voiced(reference: Reference) -> tuple[Voiced, ...]:
    """Who spoke when: lines where their times are known (their names have roles), else turns."""
    timed: tuple[Stretch, ...] = reference.timed()
    return timed or reference.turns or ()


def heard_by_speaker(transcript: Transcript) -> dict[str, str]:
    """Text of each voice, in order; what no voice could be told of stands under an empty name."""
    return joined((one.speaker or "", one.text) for one in transcript.characters)


def heard_by_role(transcript: Transcript) -> dict[str, str]:
    """Text of each role, in order."""
    roles = {one.id: one.role for one in transcript.speakers}
    return joined((roles.get(one.speaker or "", "unknown"), one.text) for one in transcript.characters)
