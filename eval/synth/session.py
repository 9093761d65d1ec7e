"""A script made into a recording, its truth and, where the script has one, its order."""

import json
import wave
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.errors import MingjianError
from engine.interval import Interval, subtract
from eval.synth.effects import amount
from eval.synth.mixing import mix, place
from eval.synth.reading import aloud
from eval.synth.script import Moment, Script, Span, read_script
from eval.synth.spoiling import Spoiler
from eval.synth.truth import TrueAct, TrueClock, TrueFace, TrueFault, TruePaper, TrueSpeaker, TrueTurn, Truth, dump
from eval.synth.voices import speak


@dataclass(frozen=True)
class Composition:
    """A session before it is written: `sound` float32 (channels, n) at the script's rate."""

    truth: Truth
    sound: NDArray[np.float32]


def synthesize(script: Script | Path, out_dir: Path) -> Truth:
    """Write `<id>.wav` (or `.mp4` with a picture), `<id>.truth.json` and perhaps `<id>.order.json` below `out_dir`.

    The truth is written last, so a session without one was not finished. Raises MingjianError `synth_script` for a
    faulty script, `synth_unavailable` when a library is missing, and WeightsError without the voice's weights.
    """
    if isinstance(script, Path):
        script = read_script(script)
    try:
        return _write(script, compose(script), out_dir)
    except ImportError as error:
        raise MingjianError("synth_unavailable", detail=error.name or error) from error


def _write(script: Script, composition: Composition, out_dir: Path) -> Truth:
    truth, spoiler = composition.truth, spoiler_of(script, composition)
    out_dir.mkdir(parents=True, exist_ok=True)
    target = out_dir / truth.media
    part = target.with_name(f".{target.name}.part")
    if script.video:
        from eval.synth.film import write_film

        write_film(part, script.video, truth, composition.sound, script.sound.rate, spoiler)
    else:
        write_wav(part, spoiler.sound(composition.sound, script.sound.rate), script.sound.rate)
    part.replace(target)
    truth = spoiler.truth(truth)
    if script.order is not None:
        order = json.dumps(script.order, ensure_ascii=False, indent=1, default=str)
        (out_dir / f"{script.id}.order.json").write_text(order + "\n", encoding="utf-8")
    (out_dir / f"{script.id}.truth.json").write_bytes(dump(truth))
    return truth


def compose(script: Script) -> Composition:
    """Sound and truth, nothing written. Raises MingjianError `synth_script` for a line that cannot be said."""
    try:
        spoken = [speak(line.say, script.speakers[line.by].voice, line.take) for line in script.lines]
    except ValueError as error:
        raise MingjianError("synth_script", path=script.id, detail=error) from error
    places = place(script.lines, spoken, script.gap, script.lead)
    sound = mix(script, spoken, places)
    return Composition(truth_of(script, places, sound.shape[1] / script.sound.rate), sound)


def truth_of(script: Script, places: Sequence[Interval], duration: float) -> Truth:
    """What is known of the session of `script`, `duration` seconds long, whose lines lie at `places`."""
    split = script.sound.layout == "split"
    whole = Interval(0.0, duration)
    starts = {line.id: interval.start for line, interval in zip(script.lines, places, strict=True) if line.id}
    faces = script.video.faces if script.video else ()
    dark = script.video.dark if script.video else ()
    return Truth(
        id=script.id,
        media=f"{script.id}.{'mp4' if script.video else 'wav'}",
        duration=duration,
        speakers=tuple(
            TrueSpeaker(key, one.role, one.voice, one.channel if split else None)
            for key, one in script.speakers.items()
        ),
        turns=tuple(
            TrueTurn(n, line.by, script.speakers[line.by].role, interval, line.say, aloud(line.say), line.id)
            for n, (line, interval) in enumerate(zip(script.lines, places, strict=True))
        ),
        faces=tuple(
            TrueFace(
                face.picture,
                face.of,
                script.speakers[face.of].role if face.of else "unknown",
                face.height_px,
                face.x,
                face.y,
                subtract([whole], [_interval(span, starts, duration) for span in face.away]),
            )
            for face in faces
        ),
        dark=tuple(_interval(span, starts, duration) for span in dark),
        noise=tuple(f"{one.kind} {one.snr_db:g} dB" for one in script.sound.noise),
        layout=script.sound.layout,
        telephone=script.sound.telephone,
        items=script.expect.items or None,
        verdict=script.expect.verdict,
        faults=script.expect.faults,
        papers=tuple(_papers(script, starts, duration)),
        acts=tuple(_acts(script, starts, duration)),
        clock=tuple(_clock(script, starts, duration)),
    )


def _papers(script: Script, starts: dict[str, float], duration: float) -> Iterator[TruePaper]:
    for one in script.video.papers if script.video else ():
        span = _interval(Span.model_validate({"from": one.begin, "until": one.until}), starts, duration)
        yield TruePaper(one.title, one.kind, span, one.lines, one.width_px, one.angle, one.tilt, one.blur)


def _acts(script: Script, starts: dict[str, float], duration: float) -> Iterator[TrueAct]:
    for paper in script.video.papers if script.video else ():
        for one in paper.writing:
            begin = min(duration, starts[one.begin] if isinstance(one.begin, str) else one.begin)
            yield TrueAct(one.kind, Interval(begin, min(duration, begin + one.seconds)), paper.title, one.text)


def _clock(script: Script, starts: dict[str, float], duration: float) -> Iterator[TrueClock]:
    clock = script.video.clock if script.video else None
    if clock is None:
        return
    yield TrueClock(0.0, clock.start.isoformat())
    ahead = 0.0
    for moment, seconds in clock.jumps:
        at = min(duration, starts[moment] if isinstance(moment, str) else moment)
        ahead += seconds
        yield TrueClock(at, (clock.start + timedelta(seconds=at + ahead)).isoformat())


def _interval(span: Span, starts: dict[str, float], duration: float) -> Interval:
    def moment(given: Moment) -> float:
        return min(duration, starts[given] if isinstance(given, str) else given)

    begin = moment(span.begin)
    return Interval(begin, max(begin, duration if span.until is None else moment(span.until)))


def spoiler_of(script: Script, composition: Composition) -> Spoiler:
    """The faults that the script plants in its session."""
    truth = composition.truth
    starts = {turn.id: turn.interval.start for turn in truth.turns if turn.id}
    whole = (Interval(0.0, truth.duration),)
    planted = []
    for one in script.spoilt:
        if one.kind == "offset":
            lag = amount("offset", one.severity) * (-1 if one.earlier else 1)
            planted.append(TrueFault("offset", one.severity, whole, lag))
            continue
        span = Span.model_validate({"from": one.begin, "until": one.until})
        planted.append(TrueFault(one.kind, one.severity, (_interval(span, starts, truth.duration),)))
    return Spoiler(tuple(planted), script.seed)


def write_wav(path: Path, sound: NDArray[np.float32], rate: int) -> None:
    """`sound` (channels, n) as 16-bit PCM."""
    with path.open("wb") as file, wave.open(file, "wb") as out:
        out.setnchannels(sound.shape[0])
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes(np.round(sound.T * 32767).astype("<i2").tobytes())
