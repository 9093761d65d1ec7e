"""Numbers that steer the speech stages, each with where it comes from. Frozen: the settings in force travel with the result."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class ActivitySettings:
    """Voice activity, in probabilities (0..1) and seconds.

    `onset` and `offset` bound a stretch of speech; stretches shorter than `shortest` are dropped, pauses shorter than
    `shortest_pause` bridged. `padding` is added on both sides. Answers such as 嗯 last 0.2 s, so `shortest` stays well below.
    `loudest_db` below which (dB of full scale) nothing is called speech.
    """

    onset: float = 0.3
    offset: float = 0.25
    shortest: float = 0.1
    shortest_pause: float = 0.15
    padding: float = 0.06
    floor_db: float = -65.0
    quiet_percentile: float = 10.0
    clear_db: float = 25.0
    clear_bonus: float = 0.15
    least_probability: float = 0.1


@dataclass(frozen=True, slots=True)
class RecognitionSettings:
    """Packing of speech into windows, decoding, and the guards against invented text."""

    window: float = 27.0
    kept_pause: float = 0.6
    batch: int = 4
    least_mandarin: float = 0.2
    least_logprob: float = -0.9
    silence_logprob: float = -0.6
    most_no_speech: float = 0.6
    most_compression: float = 2.4
    most_characters_per_second: float = 9.0
    loop_repeats: int = 5
    loop_sentence: int = 6
    stray: float = 0.3
    retry_shortest: float = 0.2
    retry_reach: float = 0.25
    retry_pause: float = 0.3
    retry_least_probability: float = 0.2
    most_silent_share: float = 0.3


@dataclass(frozen=True, slots=True)
class DiarizationSettings:
    """Who speaks when. Seconds, probabilities and cosine similarities."""

    step: float = 1.0
    onset: float = 0.5
    offset: float = 0.35
    bridged_gap: float = 0.12
    shortest_stretch: float = 0.1
    echo_share: float = 0.8
    echo_reach: float = 0.15
    most_voices: int = 4
    reliable: float = 1.0
    orphan_seconds: float = 0.6
    orphan_similarity: float = 0.64
    orphan_similarity_known: float = 0.7
    price_of_voice: float = 8.0
    price_per_stretch: float = 0.14
    neighbour_gap: float = 2.0
    weight_of_voice: float = 30.0
    weight_of_change: float = 2.5
    weight_of_same: float = 0.6
    rounds: int = 3
    ghost_share: float = 0.02
    ghost_seconds: float = 2.0


@dataclass(frozen=True, slots=True)
class ConfirmationSettings:
    """Asking the sound, in seconds: words on both sides, sound around them, and the longest window."""

    left: float = 4.0
    right: float = 2.5
    margin: float = 0.2
    longest: float = 28.0


@dataclass(frozen=True, slots=True)
class UtteranceSettings:
    """Attribution of characters and cutting of utterances, in seconds.

    `turn_reach` is how far a character may lie from the nearest turn and still belong to it; `overlap_trust` what is left of the
    confidence where two speak at once.
    """

    pause: float = 0.8
    character_margin: float = 0.05
    turn_reach: float = 0.5
    overlap_trust: float = 0.5


@dataclass(frozen=True, slots=True)
class RoleSettings:
    """Roles from content. Points are those of configs/speech/roles.yaml."""

    agent_points: float = 4.0
    system_points: float = 3.0
    answer_wait: float = 15.0
    insured_share: float = 0.5
    highest: float = 0.97
    steepness: float = 0.35
    map_trust: float = 0.99
    contradicted: float = 0.5
    ghost_trust: float = 0.6


@dataclass(frozen=True, slots=True)
class SpeechSettings:
    """All speech stages."""

    activity: ActivitySettings = field(default_factory=ActivitySettings)
    recognition: RecognitionSettings = field(default_factory=RecognitionSettings)
    diarization: DiarizationSettings = field(default_factory=DiarizationSettings)
    utterances: UtteranceSettings = field(default_factory=UtteranceSettings)
    roles: RoleSettings = field(default_factory=RoleSettings)
    confirmation: ConfirmationSettings = field(default_factory=ConfirmationSettings)
