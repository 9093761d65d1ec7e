"""Who said what and when: characters, voices, utterances, and what else was asked about the words."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from engine.columns import columnar
from engine.interval import Interval, intersect, total

Role = Literal["agent", "customer", "insured", "system", "other", "unknown"]


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
class Unanswered:
    """A question that the sound was asked and cannot answer: no speech follows, or its context fits into no window."""

    span: Interval
    heard: str
    wanted: str


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
class Stranger:
    """Turns of `role` from `span.start` to `span.end` that sound unlike all its others: `similarity`, a cosine."""

    span: Interval
    role: Role
    similarity: float


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
    `unanswered`: what need not be asked of the sound again. `strangers`: answers in another voice.
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
    unanswered: tuple[Unanswered, ...] = ()
    strangers: tuple[Stranger, ...] = ()

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
