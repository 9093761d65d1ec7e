"""A recording as browsers can play it: as it is, repacked without loss, or encoded anew.

Browsers play H.264 with AAC in MP4 whose index comes first, MP3, plain WAV and WebM. Everything is put on the clock of
the part: zero is the earliest presentation time of its streams, as in every finding.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Literal, TypeVar

from engine.errors import MingjianError
from engine.interval import Interval
from engine.media import apart
from engine.media.apart import Died
from engine.media.boxes import read_boxes
from engine.media.container import opened
from engine.media.orientation import UPRIGHT
from engine.media.scan import Scan, packets, scan
from engine.media.session import open_session
from engine.media.settings import MediaSettings
from engine.media.writing import complete

T = TypeVar("T")
Way = Literal["as_it_is", "repack", "encode"]
AS_THEY_ARE = {
    "mp3": (frozenset({None}), frozenset({"mp3"})),
    "wav": (frozenset({None}), frozenset({"pcm_s16le", "pcm_u8"})),
    "matroska": (frozenset({None, "vp8", "vp9", "av1"}), frozenset({None, "opus", "vorbis"})),
}
"""Codecs of picture and sound that need no other form, by container."""
WEBM = b"webm"
HEAD_BYTES = 4096
PICTURES = frozenset({None, "h264"})
SOUNDS = frozenset({None, "aac", "mp3"})
USUAL_PIXELS = frozenset({"yuv420p", "yuvj420p"})


def way_of(path: Path, settings: MediaSettings) -> Way:
    """What has to be done so that a browser plays the file. Raises MingjianError `media_*`."""
    return _apart(_way_of, path, settings)


def _apart(work: Callable[[Path, MediaSettings], T], path: Path, settings: MediaSettings) -> T:
    """What `work` makes of the file, done by a helper. Raises MingjianError `media_kills_decoder` where it dies."""
    try:
        return apart.call(settings.helper, work, path, settings)
    except Died as error:
        raise MingjianError("media_kills_decoder", path=path, detail=error) from error


def _way_of(path: Path, settings: MediaSettings) -> Way:
    found = scan(path, settings)
    picture, sound = found.picture, found.sound
    codecs = (picture.codec if picture else None, sound.codec if sound else None)
    if found.container in AS_THEY_ARE and _plays_as_it_is(path, found, codecs):
        return "as_it_is"
    steady = all(len(stream.epochs) == 1 and not stream.strays for stream in (picture, sound) if stream)
    sane = steady and not found.errors and not found.truncated and (sound is None or sound.trusted)
    if not (sane and codecs[0] in PICTURES and codecs[1] in SOUNDS and _has_usual_pixels(path, found)):
        return "encode"
    if found.container == "mp4" and abs(found.start) < settings.shortest_clip and read_boxes(path).index_first:
        return "as_it_is"
    turned = picture is not None and picture.orientation != UPRIGHT
    return "encode" if turned else "repack"  # players differ in what they make of a turn in another container


def make_playable(path: Path, target: Path, workdir: Path, settings: MediaSettings, height: int) -> bool:
    """Write what browsers play of `path` to `target` (MP4); False where the file itself is that.

    Encoded anew, the picture is at most `height` pixels high. Raises MingjianError `media_*`, `output_*`.
    """
    way = way_of(path, settings)
    if way == "as_it_is":
        return False
    if way == "repack":
        import av

        try:
            _apart(partial(_repack, target), path, settings)
        except MingjianError as error:
            if error.code != "output_failed":  # what the muxer refuses is encoded anew
                raise
        except (av.error.FFmpegError, ValueError):
            pass
        else:
            return True
    larger = replace(settings, clip_height=height, clip_fps=15.0, clip_audio_bitrate=96_000, clip_quality=26)
    with open_session([path], workdir, larger) as session:
        session.cut(Interval(0.0, session.media.duration), target)
    return True


def _plays_as_it_is(path: Path, found: Scan, codecs: tuple[str | None, str | None]) -> bool:
    pictures, sounds = AS_THEY_ARE[found.container]
    if found.container == "matroska":
        with path.open("rb") as file:
            if WEBM not in file.read(HEAD_BYTES):
                return False
    return codecs[0] in pictures and codecs[1] in sounds


def _has_usual_pixels(path: Path, found: Scan) -> bool:
    """Whether every browser decodes the picture: 8 bits, 4:2:0."""
    if found.picture is None:
        return True
    with opened(path) as container:
        return container.streams[found.picture.index].codec_context.pix_fmt in USUAL_PIXELS


def _repack(target: Path, path: Path, settings: MediaSettings) -> None:
    """Put the packets into an MP4 with its index first, on the part's clock."""
    import av

    found = scan(path, settings)
    tracks = [track for track in (found.picture, found.sound) if track is not None]
    options = {"movflags": "+faststart", "fflags": "+bitexact"}
    with (
        complete(target) as draft,
        opened(found.path) as source,
        av.open(str(draft), "w", format="mp4", container_options=options) as container,
    ):
        wanted = {track.index: source.streams[track.index] for track in tracks}
        copies = {index: container.add_stream_from_template(stream) for index, stream in wanted.items()}
        shifts = {track.index: track.epochs[0].shift - found.start for track in tracks}
        for packet in packets(source, list(wanted.values())):
            if packet is None or packet.size == 0 or packet.dts is None or packet.pts is None:
                continue
            index = packet.stream.index
            shift = round(shifts[index] / packet.time_base)
            packet.pts, packet.dts = packet.pts + shift, packet.dts + shift
            packet.stream = copies[index]
            container.mux(packet)
