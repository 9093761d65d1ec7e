"""Before a sale: is this place good enough for a recording that can be judged? A trial of some 20 s is measured.

The same measures as of a whole session (engine/sound, engine/vision, engine/speech), against configs/preflight.yaml.
What could not be measured is to be mended too: nothing is fit because nobody looked.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import takewhile
from pathlib import Path
from statistics import median
from typing import Annotated, Literal

from pydantic import Field, ValidationError

from engine import reasons
from engine.errors import MingjianError
from engine.evidence import PictureQuality, SoundQuality
from engine.interval import Interval, total
from engine.media.audio import Audio, from_samples
from engine.media.session import Session
from engine.networks import Networks
from engine.order import Order
from engine.reasons import Words
from engine.rules.loading import CONFIGS
from engine.rules.schema import Part, Share
from engine.rules.source import faults_of, read
from engine.settings import Settings
from engine.vision.survey import Glance

PREFLIGHT = CONFIGS / "preflight.yaml"
WITHOUT_PICTURE = ("telesales", "callback")
Positive = Annotated[float, Field(gt=0)]
Topic = Literal["length", "noise", "level", "clipping", "voices", "rate", "light", "sharpness", "faces", "device"]


class SoundPart(Part):
    """Levels in dB of full scale, `least_rate` in Hz, times in seconds."""

    least_snr_db: float
    least_level_db: float
    most_clipped: Share
    least_rate: Annotated[int, Field(gt=0)]
    voices: Annotated[int, Field(ge=1, le=8)]
    least_voice_s: Positive
    hum_margin_db: Positive
    most_echo: Share
    most_lost_s: Annotated[float, Field(ge=0)]


class PicturePart(Part):
    """Sizes in pixels, luma 0..255, shares of the frames looked at."""

    faces: Annotated[int, Field(ge=1, le=8)]
    least_face_px: Positive
    least_share: Share
    most_dark: Share
    least_luma: Annotated[float, Field(ge=0, le=255)]
    most_luma: Annotated[float, Field(ge=0, le=255)]
    most_blurred: Share
    most_faulty: Share
    least_height: Annotated[int, Field(gt=0)]
    least_fps: Positive


class PreflightPart(Part):
    """configs/preflight.yaml"""

    schema_: Annotated[Literal[1], Field(alias="schema")]
    sample_s: Positive
    least_s: Positive
    turned_every_s: Positive
    sound: SoundPart
    picture: PicturePart


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing that was measured: `fit`, or with a sentence that says what to mend."""

    topic: Topic
    fit: bool
    code: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Preflight:
    """What came of it."""

    remarks: tuple[Remark, ...]
    seconds: float

    @property
    def fit(self) -> bool:
        """Whether nothing has to be mended."""
        return all(one.fit for one in self.remarks)


@cache
def limits_of(path: Path = PREFLIGHT) -> PreflightPart:
    """The limits of a file. Raises MingjianError `preflight_faults` listing every fault of it."""
    source = read(path)
    try:
        part, faults = PreflightPart.model_validate(source.data), list(source.faults)
    except ValidationError as error:
        part, faults = None, [*source.faults, *faults_of(source, (), error.errors())]
    if part is None or faults:
        raise MingjianError("preflight_faults", path=path, detail="；".join(map(str, faults)))
    return part


def preflight(
    session: Session,
    networks: Networks,
    settings: Settings,
    order: Order | None = None,
    limits: PreflightPart | None = None,
) -> Preflight:
    """Measure the beginning of a trial recording. Without an `order` that says so, a picture is wanted where there is
    one, and where there is no sound either."""
    wanted = limits or limits_of()
    scenario = order.scenario if order else None
    media = session.media
    seconds = min(media.duration, wanted.sample_s)
    remarks = [_length(media.duration, wanted)]
    remarks += _sound(session, networks, settings, wanted)
    pictured = media.has_video or not media.has_audio or (scenario is not None and scenario not in WITHOUT_PICTURE)
    if pictured and scenario not in WITHOUT_PICTURE:
        remarks += _picture(session, networks, settings, wanted)
    return Preflight(tuple(remarks), round(seconds, 2))


def _length(duration: float, limits: PreflightPart) -> Remark:
    if duration < limits.least_s:
        return mend("length", "pf_length_short", seconds=f"{duration:.1f}", limit=f"{limits.least_s:g}")
    return fits("length", "pf_length_fit", seconds=f"{min(duration, limits.sample_s):.0f}")


def _sound(session: Session, networks: Networks, settings: Settings, limits: PreflightPart) -> Iterator[Remark]:
    if not session.media.has_audio:
        yield mend("noise", "pf_no_sound")
        return
    yield _rate(session, limits.sound)
    whole = session.audio()
    if whole is None:
        yield mend("noise", "pf_no_sound")
        return
    audio = _beginning(whole, limits.sample_s)
    yield from _tried("noise", "声音", lambda: _heard(audio, networks, settings, limits.sound))


def _beginning(audio: Audio, seconds: float) -> Audio:
    end = round(seconds * audio.rate)
    return audio if audio.samples.shape[1] <= end else from_samples(audio.samples[:, :end], audio.rate)


def _rate(session: Session, limits: SoundPart) -> Remark:
    least = min(part.audio.rate for part in session.media.parts if part.audio)
    if least < limits.least_rate:
        return mend("rate", "pf_rate_low", rate=least, limit=limits.least_rate)
    return fits("rate", "pf_rate_fit", rate=least)


def _heard(audio: Audio, networks: Networks, settings: Settings, limits: SoundPart) -> Iterator[Remark]:
    from engine.sound.quality import measure
    from engine.speech.activity import detect

    detector = networks.activity()
    speech = detect(audio.mono(), detector, settings.speech.activity)
    if total(speech) < limits.least_voice_s:
        yield mend("voices", "pf_silent")
        return
    quality = measure(audio, speech)
    snr = quality.snr_db if quality.snr_db is not None else -10.0
    snr = snr if quality.steady_snr_db is None else min(snr, quality.steady_snr_db)
    if snr < limits.least_snr_db:
        yield mend("noise", "pf_noise", snr=f"{snr:.0f}", limit=f"{limits.least_snr_db:.0f}")
    else:
        yield fits("noise", "pf_noise_fit", snr=f"{snr:.0f}")
    if quality.level_db < limits.least_level_db:
        yield mend("level", "pf_quiet", level=f"{quality.level_db:.0f}", limit=f"{limits.least_level_db:.0f}")
    else:
        yield fits("level", "pf_level_fit", level=f"{quality.level_db:.0f}")
    if quality.clipped_share > limits.most_clipped or quality.clipped:
        share = max(quality.clipped_share, total(quality.clipped or ()) / audio.duration)
        yield mend("clipping", "pf_clipped", share=f"{share:.1%}")
    else:
        yield fits("clipping", "pf_clipped_fit")
    yield from _traces(quality, limits)
    yield from _tried("voices", "说话人数", lambda: iter([_voices(audio, networks, settings, limits)]))


def _traces(quality: SoundQuality, limits: SoundPart) -> Iterator[Remark]:
    """What else spoils the sound; nothing is said of what does not."""
    lost = quality.holes or ()  # longer zeros may be pauses that the recorder mutes
    if total(lost) > limits.most_lost_s:
        yield mend("level", "pf_sound_lost", count=len(lost), seconds=f"{total(lost):.1f}")
    if quality.hum is not None and quality.level_db - quality.hum.level_db < limits.hum_margin_db:
        yield mend("noise", "pf_hum", hz=quality.hum.hz)
    if quality.echo is not None and quality.echo.gain > limits.most_echo:
        yield mend("noise", "pf_echo", delay=f"{quality.echo.delay:.2f}")


def _voices(audio: Audio, networks: Networks, settings: Settings, limits: SoundPart) -> Remark:
    from engine.speech.activity import detect
    from engine.speech.diarize import diarize

    if audio.layout == "split":
        heard = [detect(audio.channel(one), networks.activity(), settings.speech.activity) for one in audio.live]
        count = sum(total(one) >= limits.least_voice_s for one in heard)
    else:
        speech = detect(audio.mono(), networks.activity(), settings.speech.activity)
        found = diarize(audio.mono(), speech, networks.voices(), None, settings.speech.diarization)
        if found.status == "failed":
            return mend("voices", "pf_voices_unknown")
        count = sum(voice.seconds >= limits.least_voice_s and not voice.ghost for voice in found.voices)
    if count < limits.voices:
        return mend("voices", "pf_voices_few", count=count, limit=limits.voices)
    return fits("voices", "pf_voices_fit", count=count)


def _picture(session: Session, networks: Networks, settings: Settings, limits: PreflightPart) -> Iterator[Remark]:
    if not session.media.has_video:
        yield mend("device", "pf_no_picture")
        return
    yield from _device(session, limits.picture)
    yield from _tried("faces", "画面", lambda: _seen(session, networks, settings, limits))


def _device(session: Session, limits: PicturePart) -> Iterator[Remark]:
    streams = [part.video for part in session.media.parts if part.video]
    lines = min(min(one.width, one.height) for one in streams)
    fps = min(one.fps for one in streams)
    if lines < limits.least_height:
        yield mend("device", "pf_size_small", pixels=lines, limit=limits.least_height)
    if fps < limits.least_fps:
        yield mend("device", "pf_fps_low", fps=f"{fps:.0f}", limit=f"{limits.least_fps:g}")
    if lines >= limits.least_height and fps >= limits.least_fps:
        yield fits("device", "pf_device_fit", pixels=lines, fps=f"{fps:.0f}")


def _seen(session: Session, networks: Networks, settings: Settings, limits: PreflightPart) -> Iterator[Remark]:
    from engine.vision.survey import survey

    frames = takewhile(lambda frame: frame.time < limits.sample_s, session.frames(settings.vision.fps))
    often = replace(settings.vision.picture, turned_every=limits.turned_every_s)
    found = survey(frames, networks.faces(), replace(settings.vision, picture=often))
    if found.picture is None:
        yield mend("device", "pf_no_picture")
        return
    seconds = found.glances[-1].interval.end - found.glances[0].interval.start
    light = tuple(_light(found.picture, limits.picture, seconds))
    yield from light
    if all(one.fit for one in light):  # what is too dark is black and still, too
        yield from _lost(found.picture, limits.picture, seconds)
    if found.picture.turned:
        yield mend("device", "pf_turned", degrees=found.picture.turned)
    yield _faces(found.glances, limits.picture)


def _light(picture: PictureQuality, limits: PicturePart, seconds: float) -> Iterator[Remark]:
    luma = f"{picture.luma:.0f}"
    dim, bright, soft = (_share(spans, seconds) for spans in (picture.dim, picture.bright, picture.soft))
    if picture.dark_share > limits.most_dark or picture.luma < limits.least_luma or dim > limits.most_faulty:
        yield mend("light", "pf_dark", luma=luma, share=f"{max(picture.dark_share, dim):.0%}")
    elif picture.luma > limits.most_luma or bright > limits.most_faulty:
        yield mend("light", "pf_bright", luma=luma, limit=f"{limits.most_luma:.0f}")
    else:
        yield fits("light", "pf_light_fit", luma=luma)
    if picture.blurred_share > limits.most_blurred or soft > limits.most_faulty:
        yield mend("sharpness", "pf_blurred", share=f"{max(picture.blurred_share, soft):.0%}")
    else:
        yield fits("sharpness", "pf_sharp")


def _share(spans: Sequence[Interval] | None, seconds: float) -> float:
    return total(spans or ()) / seconds if seconds else 0.0


def _lost(picture: PictureQuality, limits: PicturePart, seconds: float) -> Iterator[Remark]:
    """Stretches without a picture worth the name."""
    for spans, what in (
        (picture.black, Words("黑屏", "black")),
        (picture.frozen, Words("定格", "frozen")),
        (picture.covered, Words("被遮挡", "covered")),
    ):
        share = _share(spans, seconds)
        if share > limits.most_faulty:
            yield mend("device", "pf_picture_lost", what=what, share=f"{share:.0%}")


def _faces(glances: Iterable[Glance], limits: PicturePart) -> Remark:
    """Whether enough people are seen together, and the smallest of them large enough."""
    heights = [sorted((face.sighting.height_px for face in one.faces), reverse=True) for one in glances]
    together = [one[limits.faces - 1] for one in heights if len(one) >= limits.faces]
    share = len(together) / len(heights) if heights else 0.0
    if share < limits.least_share:
        least = f"{limits.least_share:.0%}"
        return mend("faces", "pf_faces_few", share=f"{share:.0%}", limit=limits.faces, least=least)
    height = median(together)
    if height < limits.least_face_px:
        return mend("faces", "pf_faces_small", pixels=f"{height:.0f}", limit=f"{limits.least_face_px:.0f}")
    return fits("faces", "pf_faces_fit", count=limits.faces, pixels=f"{height:.0f}")


def _tried(topic: Topic, what: str, measure: Callable[[], Iterator[Remark]]) -> Iterator[Remark]:
    """The remarks of a measure; one that breaks off is something to mend, missing weights are an error."""
    try:
        yield from list(measure())
    except MingjianError as error:
        if error.code.startswith("weights_"):
            raise
        yield mend(topic, "pf_stage_failed", what=what, why=error.number)
    except (RuntimeError, ValueError, OSError) as error:
        yield mend(topic, "pf_stage_failed", what=what, why=type(error).__name__)


def mend(topic: Topic, code: str, **details: object) -> Remark:
    """Something to be mended."""
    return Remark(topic, False, code, reasons.text(code, "zh", **details), reasons.text(code, "en", **details))


def fits(topic: Topic, code: str, **details: object) -> Remark:
    """Something that is as it should be."""
    return Remark(topic, True, code, reasons.text(code, "zh", **details), reasons.text(code, "en", **details))
