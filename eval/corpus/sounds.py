"""Sound of a corpus read and written: any decodable file as samples, samples as FLAC or WAV."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.errors import MingjianError

Samples = NDArray[np.float32]
LAYOUTS = {1: "mono", 2: "stereo"}
FRAME = 4096
LONGEST_S = 6 * 3600.0
AAC_BIT_RATE = 64_000


def write_flac(path: Path, sound: Samples, rate: int) -> None:
    """`sound` (channels, n), float32 in -1..1, as 16-bit FLAC; the same bytes for the same samples."""
    import av

    pcm = np.round(np.clip(sound, -1, 1).T * 32767).astype("<i2")
    part = path.with_name(f".{path.name}.part")
    with av.open(str(part), "w", format="flac", options={"fflags": "+bitexact"}) as out:
        stream = out.add_stream("flac", rate=rate, layout=LAYOUTS[sound.shape[0]])
        stream.codec_context.format = "s16"
        stream.codec_context.flags |= av.codec.context.Flags.bitexact
        for start in range(0, len(pcm), FRAME):
            block = np.ascontiguousarray(pcm[start : start + FRAME]).reshape(1, -1)
            frame = av.AudioFrame.from_ndarray(block, format="s16", layout=LAYOUTS[sound.shape[0]])
            frame.sample_rate, frame.pts = rate, start
            out.mux(stream.encode(frame))
        out.mux(stream.encode())
    part.replace(path)


def read_sound(path: Path) -> tuple[Samples, int]:
    """The samples (channels, n) of a file's first sound, float32, and their rate in Hz; at most two channels.

    Raises MingjianError `media_not_media` for what cannot be decoded, `media_no_streams` for a file without sound.
    """
    import av

    try:
        with av.open(str(path)) as file:
            if not file.streams.audio:
                raise MingjianError("media_no_streams", path=path)
            stream = file.streams.audio[0]
            rate = stream.codec_context.sample_rate
            layout = LAYOUTS[min(2, stream.codec_context.channels)]
            resampler = av.AudioResampler(format="fltp", layout=layout, rate=rate)
            blocks, taken = [], 0
            for frame in file.decode(stream):
                blocks += [one.to_ndarray() for one in resampler.resample(frame)]
                taken += frame.samples
                if taken > LONGEST_S * rate:
                    raise MingjianError("media_refused", path=path, detail=f"> {LONGEST_S:.0f} s")
            blocks += [one.to_ndarray() for one in resampler.resample(None)]
    except av.error.FFmpegError as error:
        raise MingjianError("media_not_media", path=path, detail=error) from error
    if not blocks:
        raise MingjianError("media_no_data", path=path)
    return np.concatenate(blocks, axis=1).astype(np.float32), int(rate)


def write_with_picture(path: Path, source: Path, sound: Samples, rate: int) -> None:
    """The picture of `source`, untouched, with `sound` (channels, n) in place of its own; mp4 with AAC."""
    import av

    part = path.with_name(f".{path.name}.part")
    with (
        av.open(str(source)) as file,
        av.open(str(part), "w", format="mp4", options={"movflags": "+faststart", "fflags": "+bitexact"}) as out,
    ):
        picture = out.add_stream_from_template(file.streams.video[0])
        voice = out.add_stream("aac", rate=rate, layout=LAYOUTS[sound.shape[0]])
        voice.bit_rate = AAC_BIT_RATE
        for packet in file.demux(file.streams.video[0]):
            if packet.dts is not None:
                packet.stream = picture
                out.mux(packet)
        for start in range(0, sound.shape[1], FRAME):
            block = np.ascontiguousarray(sound[:, start : start + FRAME], np.float32)
            frame = av.AudioFrame.from_ndarray(block, format="fltp", layout=LAYOUTS[sound.shape[0]])
            frame.sample_rate, frame.pts = rate, start
            out.mux(voice.encode(frame))
        out.mux(voice.encode())
    part.replace(path)
