"""A ladder of worse recordings made of any corpus: noise, reverberation and codecs, with its labels carried over.

Each step is a word: `white:10` (noise, dB below the speech), `babble:5`, `reverb:0.4` (RT60 in seconds), `g711-mu`,
`g711-a`, `amr-nb:4.75`, `opus:6` (kbit/s). The same corpus and step give the same sound. Codecs are FFmpeg's own; where
it cannot encode one, `unavailable` says so and why. Delays of codecs (AMR 5 ms) are below what labels resolve.
"""

import hashlib
import io
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from engine.errors import MingjianError
from eval.corpus.manifest import Corpus, Recording
from eval.corpus.sounds import Samples, read_sound, write_flac, write_with_picture
from eval.corpus.writing import write_corpus
from eval.synth.mixing import noise_of, resampled, reverberated
from eval.synth.script import Noise
from eval.synth.voices import VOICES
from models.mandarin_voice import RATE as VOICE_RATE

Report = Callable[[str, int, int], None]

LADDER: tuple[str, ...] = (
    *(f"{kind}:{level}" for kind in ("white", "babble") for level in (20, 15, 10, 5)),
    "reverb:0.3",
    "reverb:0.6",
    "g711-mu",
    "g711-a",
    "amr-nb:12.2",
    "amr-nb:4.75",
    "opus:12",
    "opus:6",
)

BLOCK_S = 0.02
QUIETER_DB = 30.0
"""Blocks this far below the loudest tenth are taken for pauses when the level of speech is measured."""

LOUDEST = 0.95
AMR_KBITS = (4.75, 5.15, 5.9, 6.7, 7.4, 7.95, 10.2, 12.2)
OPUS_KBITS = (6.0, 12.0)
SNR_DB = (-10.0, 60.0)
RT60_S = (0.05, 2.0)


@dataclass(frozen=True, slots=True)
class Codec:
    """How FFmpeg names a codec and what it wants. `decoded` is the rate in Hz at which the sound is kept afterwards."""

    encoder: str
    container: str
    rate: int
    decoded: int


CODECS = {
    "g711-mu": Codec("pcm_mulaw", "wav", 8000, 8000),
    "g711-a": Codec("pcm_alaw", "wav", 8000, 8000),
    "amr-nb": Codec("libopencore_amrnb", "amr", 8000, 8000),
    "opus": Codec("libopus", "ogg", 16000, 16000),
}
FAMILIES = ("white:DB", "babble:DB", "reverb:S", "g711-mu", "g711-a", "amr-nb:KBIT", "opus:KBIT")


@dataclass(frozen=True, slots=True)
class Step:
    """One degradation. `value` is in dB, seconds or kbit/s, None where the family has none."""

    family: str
    value: float | None

    @property
    def name(self) -> str:
        """As it is asked for."""
        return self.family if self.value is None else f"{self.family}:{self.value:g}"


def steps_of(names: Sequence[str]) -> tuple[Step, ...]:
    """The steps of these names. Raises MingjianError `degrade_unknown` for any other."""
    return tuple(_step(name) for name in names)


def _step(name: str) -> Step:
    family, _, given = name.partition(":")
    try:
        value = float(given) if given else None
        fits = {
            "white": lambda: value is not None and SNR_DB[0] <= value <= SNR_DB[1],
            "babble": lambda: value is not None and SNR_DB[0] <= value <= SNR_DB[1],
            "reverb": lambda: value is not None and RT60_S[0] <= value <= RT60_S[1],
            "g711-mu": lambda: value is None,
            "g711-a": lambda: value is None,
            "amr-nb": lambda: value in AMR_KBITS,
            "opus": lambda: value is not None and OPUS_KBITS[0] <= value <= OPUS_KBITS[1],
        }[family]()
    except (KeyError, ValueError):
        fits = False
    if not fits:
        raise MingjianError("degrade_unknown", step=name, known=", ".join(FAMILIES))
    return Step(family, value)


def unavailable() -> dict[str, str]:
    """Codecs that this machine's FFmpeg cannot write, with the reason in Chinese and English; empty if all can be."""
    import av

    missing = {}
    for family, codec in CODECS.items():
        try:
            av.codec.Codec(codec.encoder, "w")
        except (av.error.FFmpegError, ValueError):
            missing[family] = f"FFmpeg 没有编码器 {codec.encoder} / this FFmpeg has no encoder {codec.encoder}"
    return missing


def degrade(
    corpus: Corpus,
    out: Path,
    steps: Sequence[str] = LADDER,
    *,
    name: str | None = None,
    report: Report | None = None,
) -> Corpus:
    """Every recording of `corpus` at every step, as a corpus in `out`: one recording per step, `conditions` brought up
    to date, everything known of it carried over.

    Of the usual ladder, steps that this machine cannot make are left out and named in the data sheet; asked for by
    name they raise MingjianError `degrade_unavailable`. Raises `degrade_unknown` for unknown steps, and what decoding
    raises.
    """
    wanted, missing = steps_of(steps), unavailable()
    left_out = [step for step in wanted if step.family in missing]
    if left_out and tuple(steps) != LADDER:
        raise MingjianError("degrade_unavailable", step=left_out[0].name, detail=missing[left_out[0].family])
    made = [step for step in wanted if step not in left_out]
    out = out.resolve()
    out.mkdir(parents=True, exist_ok=True)
    recordings, total = [], len(corpus.recordings) * len(made)
    for recording in corpus.recordings:
        parts = [read_sound(path) for path in recording.media]
        order = _order(recording, out)
        for step in made:
            recordings.append(_degraded(recording, parts, step, order, out))
            if report:
                report(recordings[-1].id, len(recordings), total)
    notes = [f"没有 {step.name}：{missing[step.family]}" for step in left_out]
    return write_corpus(out, name or out.name, recordings, notes)


def _order(recording: Recording, out: Path) -> Path | None:
    if recording.order is None:
        return None
    path = out / f"{recording.id}.order.json"
    path.write_bytes(recording.order.read_bytes())
    return path


def _degraded(
    recording: Recording, parts: Sequence[tuple[Samples, int]], step: Step, order: Path | None, out: Path
) -> Recording:
    folder = out / step.name.replace(":", "-")
    folder.mkdir(exist_ok=True)
    taken = {voice for key, voice in recording.conditions.items() if key.endswith("voice") and voice in VOICES}
    media = []
    for place, ((sound, rate), source) in enumerate(zip(parts, recording.media, strict=True)):
        stem = recording.id if len(parts) == 1 else f"{recording.id}.part{place + 1}"
        changed, changed_rate = apply(step, sound, rate, f"{recording.id} {place}", taken)
        if _has_picture(source):
            media.append(folder / f"{stem}.mp4")
            write_with_picture(media[-1], source, changed, changed_rate)
        else:
            media.append(folder / f"{stem}.flac")
            write_flac(media[-1], changed, changed_rate)
    return replace(
        recording,
        id=f"{recording.id}.{step.name.replace(':', '-')}",
        media=tuple(media),
        order=order,
        conditions=_conditions(recording, step),
    )


def apply(step: Step, sound: Samples, rate: int, seed: str, taken: Collection[str] = ()) -> tuple[Samples, int]:
    """`sound` (channels, n) at `rate` after one step, and its rate now; as long as before. `seed` names the recording:
    another one has other noise. Nobody in babble has one of the voices `taken`.
    """
    numbers = list(hashlib.sha256(f"{seed} {step.name}".encode()).digest()[:8])
    value = step.value or 0.0
    if step.family == "white" or step.family == "babble":
        kind = Noise.model_validate({"kind": step.family, "snr_db": value})
        own_rate = rate if step.family == "white" else VOICE_RATE
        length = round(sound.shape[1] * own_rate / rate) + 1
        added = resampled(noise_of(kind, length, 1.0, numbers, taken), own_rate, rate)
        added = np.pad(added, (0, max(0, sound.shape[1] - len(added))))[: sound.shape[1]]
        wanted = speech_level(sound, rate) * 10 ** (-value / 20)
        added = added * np.float32(wanted / max(float(np.sqrt(np.square(added).mean())), 1e-9))
        return _within(sound + added), rate
    if step.family == "reverb":
        rung = [reverberated(channel, value, int.from_bytes(bytes(numbers[:4]), "big"), rate) for channel in sound]
        return _within(np.stack(rung)), rate
    codec = CODECS[step.family]
    coded = [_through(codec, resampled(channel, rate, codec.rate), value) for channel in sound]
    seconds = sound.shape[1] / rate
    return np.stack([_as_long(one, round(seconds * codec.decoded)) for one in coded]), codec.decoded


def speech_level(sound: Samples, rate: int) -> float:
    """RMS of the speech in `sound`, all channels together, pauses left out; 0.1 for silence."""
    step = max(1, round(BLOCK_S * rate))
    blocks = sound.shape[1] // step
    if not blocks:
        return 0.1
    power = np.square(sound[:, : blocks * step]).sum(axis=0).reshape(blocks, step).mean(axis=1)
    loud = float(np.quantile(power, 0.9))
    spoken = power[power >= loud * 10 ** (-QUIETER_DB / 10)]
    return float(np.sqrt(spoken.mean())) if loud > 0 else 0.1


def _within(sound: Samples) -> Samples:
    """`sound` made softer where it would clip."""
    return np.asarray(sound * min(1.0, LOUDEST / max(float(np.abs(sound).max(initial=0.0)), 1e-9)), np.float32)


def _as_long(samples: Samples, length: int) -> Samples:
    return np.pad(samples, (0, max(0, length - len(samples))))[:length]


def _through(codec: Codec, samples: Samples, kbits: float) -> Samples:
    """One channel encoded and decoded again, at the codec's rate of decoding."""
    import av

    held = io.BytesIO()
    pcm = np.round(np.clip(samples, -1, 1) * 32767).astype("<i2")
    with av.open(held, "w", format=codec.container, options={"fflags": "+bitexact"}) as out:
        stream: Any = out.add_stream(codec.encoder, rate=codec.rate, layout="mono")
        if kbits:
            stream.bit_rate = round(kbits * 1000)
        size = stream.codec_context.frame_size or 1024
        for start in range(0, len(pcm), size):
            block = np.ascontiguousarray(pcm[start : start + size]).reshape(1, -1)
            frame = av.AudioFrame.from_ndarray(block, format="s16", layout="mono")
            frame.sample_rate, frame.pts = codec.rate, start
            out.mux(stream.encode(frame))
        out.mux(stream.encode())
    held.seek(0)
    with av.open(held, "r", format=codec.container) as back:
        resampler = av.AudioResampler(format="fltp", layout="mono", rate=codec.decoded)
        blocks = [one.to_ndarray()[0] for frame in back.decode(audio=0) for one in resampler.resample(frame)]
        blocks += [one.to_ndarray()[0] for one in resampler.resample(None)]
    return np.concatenate(blocks) if blocks else np.zeros(0, np.float32)


def _has_picture(path: Path) -> bool:
    import av

    with av.open(str(path)) as file:
        return bool(file.streams.video)


def _conditions(recording: Recording, step: Step) -> dict[str, str]:
    """Conditions after a step: what was there before stays beside it."""
    now = dict(recording.conditions)
    key, said = {
        "white": ("noise", f"white {step.value:g} dB" if step.value is not None else ""),
        "babble": ("noise", f"babble {step.value:g} dB" if step.value is not None else ""),
        "reverb": ("reverb", f"{step.value:g} s" if step.value is not None else ""),
    }.get(step.family, ("codec", step.name))
    before = now.get(key, "none")
    now[key] = said if before == "none" else f"{before}; {said}"
    return now
