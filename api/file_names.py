"""Names of files as strangers give them: made harmless, and held against what may be uploaded."""

import re
import unicodedata
from fnmatch import fnmatchcase
from pathlib import PurePosixPath

from api.settings import UploadSettings
from engine.chat import SUFFIX as CHAT_SUFFIX
from engine.errors import MingjianError

LONGEST = 200
WELL_FORMED = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,126}/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}")
NAMELESS = "recording"
HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Categories of characters that nobody sees: controls, marks that turn text around, line ends."""
OTHER_FILES = (
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"%PDF", "pdf"),
    (b"MZ", "exe"),
    (b"\x7fELF", "elf"),
    (b"#!", "script"),
    (b"\x1f\x8b", "gzip"),
    (b"Rar!", "rar"),
    (b"7z\xbc\xaf", "7z"),
    (b"<!DOCTYPE", "html"),
    (b"<html", "html"),
    (b"\x89PNG", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"\xd0\xcf\x11\xe0", "office"),
)
"""Beginnings of files that are no recording, whatever their name says."""
HEAD_BYTES = 16


def plain_name(name: str) -> str:
    """The last step of a path, without characters that hide or mislead.

    >>> plain_name("../../etc/passwd.mp4"), plain_name("C:\\\\录像\\\\甲\\r\\n.mp4"), plain_name("..")
    ('passwd.mp4', '甲.mp4', 'recording')
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    shown = "".join(one for one in last if unicodedata.category(one) not in HIDDEN).strip().lstrip(".")
    stem, suffix = PurePosixPath(shown or NAMELESS).stem, PurePosixPath(shown or NAMELESS).suffix
    return stem[: LONGEST - len(suffix[:20])] + suffix[:20]


def kind_of(name: str) -> str:
    """What a part of this name is: `chat` for a text record, else `media`."""
    return "chat" if name.lower().endswith(CHAT_SUFFIX) else "media"


def check_type(name: str, media_type: str, settings: UploadSettings) -> str:
    """The media type, plain. Raises MingjianError `upload_refused` for one, or a name's end, that is not accepted."""
    plain = media_type.partition(";")[0].strip().lower() or "application/octet-stream"
    if not WELL_FORMED.fullmatch(plain) or not any(fnmatchcase(plain, one) for one in settings.types):
        raise MingjianError("upload_refused", detail=repr(plain[:100]))
    if not name.lower().endswith(settings.suffixes):
        raise MingjianError("upload_refused", detail=name)
    return plain


def check_head(name: str, head: bytes) -> None:
    """Raises MingjianError `upload_refused` where a file begins as something that is no recording."""
    for beginning, kind in OTHER_FILES:
        if head.lower().startswith(beginning.lower()):
            raise MingjianError("upload_refused", detail=f"{name}: {kind}")
