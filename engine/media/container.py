"""Opening one file safely: local files only, known recording formats only, every refusal a coded error."""

import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from engine.errors import MingjianError
from engine.media.boxes import read_boxes

# Demuxers by FFmpeg's names. Left out on purpose: everything that opens other files or devices (hls, dash, concat,
# lavfi, image2, sdp), headerless raw formats, which take any bytes for sound, and pictures.
FORMATS = (
    "mov,mp4,m4a,3gp,3g2,mj2",
    "matroska,webm",
    "avi",
    "flv",
    "live_flv",
    "mpegts",
    "mpeg",
    "asf",
    "wav",
    "w64",
    "flac",
    "mp3",
    "aac",
    "amr",
    "ogg",
    "aiff",
    "au",
    "caf",
    "nistsphere",
    "rm",
)
OPTIONS = {
    "protocol_whitelist": "file",
    "format_whitelist": ",".join(FORMATS),
    "probesize": "20000000",
    "analyzeduration": "20000000",
}


def check_file(path: Path) -> None:
    """Raise the MingjianError that says why `path` cannot be a recording: missing, no file, empty, no permission."""
    try:
        found = path.stat()
    except PermissionError as error:
        raise MingjianError("media_unreadable", path=path) from error
    except (OSError, ValueError) as error:
        raise MingjianError("media_not_found", path=path) from error
    if not stat.S_ISREG(found.st_mode):
        raise MingjianError("media_not_media", path=path, detail="不是普通文件 / not a regular file")
    if found.st_size == 0:
        raise MingjianError("media_empty", path=path)
    if not os.access(path, os.R_OK):
        raise MingjianError("media_unreadable", path=path)


def sha256_of(path: Path) -> str:
    """Hex SHA-256 of the file's content, read in pieces. Raises MingjianError `media_unreadable`."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise MingjianError("media_unreadable", path=path) from error


@contextmanager
def opened(path: Path) -> Iterator[Any]:
    """The file as a PyAV input container, closed at the end.

    Raises MingjianError `media_truncated` for an MP4 without its index and `media_not_media` for anything else that
    cannot be read.
    """
    import av

    try:
        container = av.open(str(path.absolute()), options=dict(OPTIONS), metadata_errors="replace")
    except PermissionError as error:
        raise MingjianError("media_unreadable", path=path) from error
    except (av.error.FFmpegError, OSError, ValueError) as error:
        if read_boxes(path).without_index:
            raise MingjianError("media_truncated", path=path) from error
        raise MingjianError("media_not_media", path=path, detail=_why(error)) from error
    try:
        yield container
    finally:
        container.close()


def _why(error: Exception) -> str:
    import av

    if isinstance(error, av.error.ArgumentError):
        return "格式不在支持之列 / format not supported"
    return "内容无法解析 / content cannot be parsed"
