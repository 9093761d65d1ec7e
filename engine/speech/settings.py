"""Numbers that steer the speech stages. Frozen: the settings in force travel with the result."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class ActivitySettings:
    """Voice activity, in probabilities (0..1), seconds and dB.

    A stretch of speech begins at `onset` and ends where the probability stays under `offset` for `shortest_pause`;
    stretches shorter than `shortest` are dropped, `padding` is added on both sides. Answers such as 嗯 last 0.2 s.
    Frames quieter than `floor_db` (of full scale) are never speech. Frames `clear_db` above the quiet of the recording
    (its `quiet_percentile`) gain `clear_bonus` where the network gives them `least_probability`: on muffled telephone
    speech it stays between 0.2 and 0.5, and under 0.1 in the pauses (measured).
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
class BurstSettings:
    """Very short voiced sounds on a channel of its own, in seconds, dB and shares.

    A burst stands `clear_db` above the channel's quiet (its `quiet_percentile`, at least `floor_db`), is not more than
    `leak_db` weaker than any other channel at the time, and lasts `shortest`; `voiced_share` of its frames repeat
    themselves at a voice's pitch by `periodicity` (autocorrelation, 0..1). Bursts within `bridged_gap` are one,
    `padding` is added on both sides.
    """

    floor_db: float = -65.0
    quiet_percentile: float = 10.0
    clear_db: float = 25.0
    leak_db: float = 6.0
    voiced_share: float = 0.5
    periodicity: float = 0.5
    shortest: float = 0.09
    bridged_gap: float = 0.1
    padding: float = 0.06


@dataclass(frozen=True, slots=True)
class NoiseSettings:
    """Steady noise, in dB and seconds. Speech less than `clear_db` above it is weakened by up to `floor_db` where the
    noise prevails before it is recognised; the sound as it is gives a second reading.

    The noise is measured in pauses, `margin` away from speech, of which a window must hold `least_pause`.
    `inertia` (0..1) and `least_speech_db` steady the estimate of what is speech (Ephraim and Malah's alpha and the
    least a priori ratio). Measured on the tenth of the spoken test at 10 dB: wrong syllables by telephone 0.315 without
    and 0.230 to 0.239 with it, of the male voice 0.106 both; floors of -8, -15 and -40 dB left 0.286, 0.255 and 0.240,
    inertia 0.99 left 0.257. Recordings without noise are not touched.
    """

    clear_db: float = 15.0
    floor_db: float = -25.0
    margin: float = 0.1
    least_pause: float = 0.25
    inertia: float = 0.98
    least_speech_db: float = -25.0


@dataclass(frozen=True, slots=True)
class RecognitionSettings:
    """Packing of speech into windows, and the guards against invented text.

    Packing: windows of at most `window` s, pauses in them cut to `kept_pause` s, `batch` windows decoded at once.
    A window is dropped when Chinese is less likely than `least_mandarin`, or when the network doubts that anybody
    speaks (`most_no_speech`) and is unsure of its text (`silence_logprob`, nats per token). It is decoded again in
    halves under `least_logprob`, over `most_compression` (2.4 finds loops, ordinary Chinese has 1.0 to 1.8), over
    `most_characters_per_second`, or with a loop: one unit `loop_repeats` times, or `loop_sentence` characters twice.
    A character further than `stray` s from any speech is dropped. The recogniser's times run `lead` s ahead of the
    sound, and one piece is never longer than `longest_piece` s: on 24 real sentences the first character was timed
    0.22 s too early (median), and of 155 short answers spoken between questions 109 kept exactly their own characters
    without the correction, 141 with it (lead 0.15 to 0.25 and pieces of 0.2 to 0.4 s differ by 5 at most).
    Second try: speech of `retry_shortest` s or more, further than `retry_reach` s from any text, is decoded again as
    the end of so many seconds of speech as `retry_context` says, one after the other, then alone with `retry_pause` s
    around it: an answer is often heard only after its question. The first text counts in which every character has
    `retry_context_probability` (alone `retry_least_probability`). Of 11 such answers in the clean sound of 70 synthetic
    sessions none was found alone, 9 after the speech before them, none of them wrongly.
    Above `most_silent_share` of the speech without text, the stage is degraded.
    """

    window: float = 28.5
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
    lead: float = 0.2
    longest_piece: float = 0.3
    retry_shortest: float = 0.2
    retry_reach: float = 0.25
    retry_pause: float = 0.3
    retry_least_probability: float = 0.2
    retry_context: tuple[float, ...] = (5.0, 12.0)
    retry_context_probability: float = 0.5
    most_silent_share: float = 0.3
    noise: NoiseSettings = field(default_factory=NoiseSettings)


@dataclass(frozen=True, slots=True)
class DiarizationSettings:
    """Who speaks when: seconds, probabilities, cosine similarities, and log-likelihoods in nats.

    Stretches: windows of the segmentation network every `step` s; a track is active from `onset` until under `offset`,
    gaps up to `bridged_gap` bridged, stretches under `shortest_stretch` dropped. Of two tracks that coincide by
    `echo_share` and start or end within `echo_reach` s, one is an echo of the other. Speech of up to `longest_unshared`
    s between two pauses is one voice's, unless two speak at once.
    Voices: at most `most_voices`, found among stretches of `reliable` s or more. A voice costs `price_of_voice` plus
    `price_per_stretch` for every stretch: splitting one true voice gained up to 0.2 a stretch in 80 and 0.5 in 15,
    true splits 0.36 or more (measured on 12 synthetic and 17 spliced real dialogues). With a known head count the
    price is multiplied by `price_when_known`; without one, a voice must be heard for `least_heard` s.
    Where a known head count asks for one voice more, a stretch of `orphan_seconds` whose best similarity is under
    `orphan_similarity` is somebody else: 0.6 s of one voice have 0.68 or more in 95 % of the cases.
    Evidence: `weight_of_voice` per unit of similarity; `weight_of_change` against one voice on both sides of a heard
    change, `weight_of_same` for one voice where none is heard, between neighbours within `neighbour_gap` s.
    Ghosts: under `ghost_share` of the speech and never more than `ghost_seconds`.
    """

    step: float = 1.0
    onset: float = 0.5
    offset: float = 0.35
    bridged_gap: float = 0.12
    shortest_stretch: float = 0.1
    echo_share: float = 0.8
    echo_reach: float = 0.15
    longest_unshared: float = 1.2
    most_voices: int = 4
    reliable: float = 1.0
    orphan_seconds: float = 0.6
    orphan_similarity: float = 0.7
    price_of_voice: float = 8.0
    price_per_stretch: float = 0.14
    price_when_known: float = 0.75
    least_heard: float = 2.0
    neighbour_gap: float = 2.0
    weight_of_voice: float = 30.0
    weight_of_change: float = 2.5
    weight_of_same: float = 0.6
    rounds: int = 3
    ghost_share: float = 0.02
    ghost_seconds: float = 2.0


@dataclass(frozen=True, slots=True)
class UtteranceSettings:
    """Attribution of characters and cutting of utterances, in seconds.

    `turn_reach` is how far a character may lie from the nearest turn and still belong to it; `overlap_trust` what is
    left of the confidence where two speak at once.
    """

    pause: float = 0.8
    character_margin: float = 0.05
    turn_reach: float = 0.5
    overlap_trust: float = 0.5


@dataclass(frozen=True, slots=True)
class RoleSettings:
    """Roles from content. Points are those of configs/speech/roles.yaml, confidences 0..1.

    `agent_points` and `system_points` are the least that make a voice an agent or a machine; a second voice is an agent
    too with `agent_lead` times the points it has as a customer. An answer follows its question within `answer_wait` s;
    a voice is the insured when more than `insured_share` of its answers follow questions put to the insured; such an
    answer, less like its voice than `stranger_similarity`, is a voice of its own. Points become a confidence with
    `steepness`, never above `highest`. A role from the order's channel map has `map_trust`, or `contradicted` where the
    content speaks against it; a ghost has at most `ghost_trust`.
    """

    agent_points: float = 4.0
    system_points: float = 3.0
    agent_lead: float = 2.0
    answer_wait: float = 15.0
    insured_share: float = 0.5
    highest: float = 0.97
    steepness: float = 0.35
    map_trust: float = 0.99
    contradicted: float = 0.5
    ghost_trust: float = 0.6
    stranger_similarity: float = 0.72


@dataclass(frozen=True, slots=True)
class EnrolmentSettings:
    """Voices compared with each other and with samples: seconds and cosine similarities.

    A voice is compared from `least_seconds` of speech on, by up to `most_seconds` of it. It is an enrolled one from
    `least_similarity` on, if it leads all others by `lead`. Of 41 real Mandarin recordings, 99 % of the pairs of
    different speakers lay under 0.78, recordings of one speaker at 0.88 and above (measured).
    `keep_voices`: the voices of a session stay in its evidence, to be compared with those of other sessions. They are
    sensitive personal data and need the consent of the people recorded: off unless a deployment switches it on.
    """

    least_seconds: float = 1.5
    most_seconds: float = 20.0
    least_similarity: float = 0.82
    lead: float = 0.05
    keep_voices: bool = False


@dataclass(frozen=True, slots=True)
class StrangerSettings:
    """Answers in another voice: seconds, shares and cosine similarities.

    A run of up to `longest_run` turns, `least_seconds` or more and at most `most_share` of the seconds of its role, is
    somebody else's under `least_similarity` to the rest; above `sure_share` of the turns either may be the stranger.
    Turns under `shortest` are left out, those within `joined` are one; with fewer than `fewest` nothing is compared.
    Of 312 synthetic sessions (tuning split) another person was found in 10 of 13 in clean sound, with 29 of 40 answers,
    and in none of 9 by telephone and in noise, wrongly in 4 of 288; runs of 1.5 s were wrong over four times as often.
    Of 17 real Mandarin recordings cut to answers none was wrong; of 270 answers spliced in from another 265 were found.
    """

    shortest: float = 0.3
    joined: float = 0.3
    fewest: int = 4
    longest_run: int = 12
    least_seconds: float = 2.0
    most_share: float = 0.5
    sure_share: float = 0.34
    least_similarity: float = 0.75


@dataclass(frozen=True, slots=True)
class ConfirmationSettings:
    """Whether the sound is asked at all; what only it could settle then goes to a person.

    Context in which two texts are scored, in seconds: words on both sides of the span, `margin` of sound around them,
    together no longer than `longest`. 3.5 s before the span told over 200 words of synthetic calls what was said from
    what was not as well as 10 s (area under the curve 0.944 and 0.941) in half the time. Not so where a negation is
    asked about (`left_of_negation`): a clear 清楚 came out only 3 nats above 不清楚, not 10. Where there is noise
    (`noise`, as in recognition), the sound is asked as it is and with its noise weakened.
    """

    enabled: bool = True
    left: float = 3.5
    left_of_negation: float = 10.0
    right: float = 4.0
    margin: float = 0.2
    longest: float = 28.0
    noise: NoiseSettings = field(default_factory=NoiseSettings)


@dataclass(frozen=True, slots=True)
class SpeechSettings:
    """All speech stages."""

    activity: ActivitySettings = field(default_factory=ActivitySettings)
    bursts: BurstSettings = field(default_factory=BurstSettings)
    recognition: RecognitionSettings = field(default_factory=RecognitionSettings)
    diarization: DiarizationSettings = field(default_factory=DiarizationSettings)
    utterances: UtteranceSettings = field(default_factory=UtteranceSettings)
    roles: RoleSettings = field(default_factory=RoleSettings)
    enrolment: EnrolmentSettings = field(default_factory=EnrolmentSettings)
    strangers: StrangerSettings = field(default_factory=StrangerSettings)
    confirmation: ConfirmationSettings = field(default_factory=ConfirmationSettings)
