"""How well the session could be heard and seen, and whether it is whole."""

from dataclasses import dataclass, field
from typing import Literal

from engine.interval import Interval


@dataclass(frozen=True, slots=True)
class Curve:
    """A measure over the session, one value every `step` seconds from its beginning; None where there was nothing to
    measure.
    """

    step: float
    values: tuple[float | None, ...]


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

    `steady_snr_db` is how far the louder half lies above the noise that is there all the time, measured without asking
    who speaks. `holes` are shorter runs that break off in the middle of sound; `clipped` where it is too loud for the
    recorder; `bandwidth_hz` up to which there is speech; `dead_channels` how many of several channels carry nothing. In
    the fields from there on None means not measured; for `echo` and `hum`, `traces` says whether they were looked for.
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
    level_curve: Curve | None = None
    steady_snr_db: float | None = None


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
    luma_curve: Curve | None = None


@dataclass(frozen=True, slots=True)
class Lag:
    """The sound comes `seconds` after the picture (negative: before it), told by mouths against the voice.

    `score` is their agreement there (-1..1), `lead` how far it lies above the agreement without any offset.
    """

    seconds: float
    score: float
    lead: float


@dataclass(frozen=True, slots=True)
class Loss:
    """What is missing of part number `part` (from 0): `seconds` and `bytes` where that is known, else None.

    `cut_short`: the file ends too early. `rebuilt`: its index was lost and rebuilt after a file of the same device, so
    that its times are reckoned. `sound`: no sound could be had of it.
    """

    part: int
    what: Literal["cut_short", "rebuilt", "sound"]
    seconds: float | None = None
    bytes: int | None = None


@dataclass(frozen=True, slots=True)
class Joint:
    """Between part number `after` (from 0) and the next lie `seconds` by their times of recording; negative: they
    overlap. None where the files do not say when they were recorded.
    """

    after: int
    seconds: float | None


@dataclass(frozen=True, slots=True)
class Continuity:
    """Health of the streams: time stamps that jump, packets that did not decode, a file that ends too early.

    Times at which the picture changes at once (`picture_cuts`), the sound breaks off there (`sound_breaks`) or time
    stamps run backwards (`steps_back`), and `edits`, what shows that the file was edited or encoded again. `stalls`
    are stretches in which pictures come much more rarely than usual; `lost_packets` how many packets of sound are
    missing by their time stamps; `declared` the length the container states, in seconds (0: none). `lag`: how far
    sound and picture lie apart, where `lag_looked` says that this was looked for. `losses` are what is missing of the
    files, `undecoded` the time whose sound is there and did not decode, `joints` how the parts follow one another. None
    where not measured.
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
    losses: tuple[Loss, ...] | None = None
    undecoded: tuple[Interval, ...] | None = None
    joints: tuple[Joint, ...] | None = None


@dataclass(frozen=True, slots=True)
class Quality:
    """None where there is no such stream."""

    sound: SoundQuality | None = None
    picture: PictureQuality | None = None
    continuity: Continuity = field(default_factory=Continuity)
