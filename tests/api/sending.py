"""What a tus client sends."""

import base64
import hashlib
from typing import Any

from tests.api.conftest import House

PIECE = "application/offset+octet-stream"
TUS = {"Tus-Resumable": "1.0.0"}


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def metadata(content: bytes | None, name: str = "录像.mp4", kind: str = "video/mp4", **more: str) -> str:
    pairs = {"filename": name, "filetype": kind, **more}
    if content is not None:
        pairs.setdefault("sha256", hashlib.sha256(content).hexdigest())
    return ",".join(f"{key} {encoded(value)}" for key, value in pairs.items())


def begin(house: House, headers: dict[str, str], content: bytes, told: str | None = None, **more: str) -> Any:
    """POST /v1/uploads."""
    length = {"Upload-Length": str(len(content)), "Upload-Metadata": told or metadata(content)}
    return house.client.post("/v1/uploads", headers={**headers, **TUS, **length, **more})


def patch(house: House, headers: dict[str, str], place: str, offset: int, piece: Any, **more: str) -> Any:
    """PATCH of an upload."""
    told = {"Upload-Offset": str(offset), "Content-Type": PIECE}
    return house.client.patch(place, headers={**headers, **TUS, **told, **more}, content=piece)


def offset_of(house: House, headers: dict[str, str], place: str) -> int:
    answer = house.client.head(place, headers={**headers, **TUS})
    assert answer.status_code == 200, answer.status_code
    return int(answer.headers["upload-offset"])


def uploaded(house: House, headers: dict[str, str], content: bytes, name: str = "录像.mp4") -> str:
    """The id of a finished upload."""
    kind = "application/json" if name.endswith(".json") else "video/mp4"
    place = begin(house, headers, content, metadata(content, name, kind)).headers["location"]
    answer = patch(house, headers, place, 0, content)
    assert answer.status_code == 204, answer.text
    return str(place.rsplit("/", 1)[-1])
