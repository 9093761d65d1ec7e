"""A real tus client over a network that breaks."""

import hashlib
import io
import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import pytest
import requests
from tusclient.client import TusClient
from tusclient.exceptions import TusCommunicationError

from tests.api.conftest import Live
from tests.api.cutting import CuttingProxy

CUT = (requests.exceptions.RequestException, TusCommunicationError, OSError)
MOST_TRIES = 200


def send(address: str, token: str, content: bytes, name: str, chunk: int) -> tuple[str, int]:
    """Uploads until it is done, each time as a client that starts anew; the upload's address and the tries."""
    client = TusClient(f"{address}/v1/uploads", headers={"Authorization": f"Bearer {token}"})
    told = {"filename": name, "filetype": "video/mp4", "sha256": hashlib.sha256(content).hexdigest()}
    url: str | None = None
    for tries in range(MOST_TRIES):
        with suppress(*CUT):
            uploader: Any = client.uploader(file_stream=io.BytesIO(content), url=url, chunk_size=chunk, metadata=told)
            if url is None:
                uploader.set_url(uploader.create_url())
                url = uploader.url
            uploader.upload()
            return str(url), tries
        time.sleep(0.01)
    raise AssertionError("never done")


def session_of(live: Live, token: str, url: str) -> dict[str, Any]:
    body = {"uploads": [url.rsplit("/", 1)[-1]]}
    answer = live.client.post("/v1/sessions", headers={"Authorization": f"Bearer {token}"}, json=body)
    assert answer.status_code == 202, answer.text
    found: dict[str, Any] = answer.json()
    return found


def stored(live: Live) -> set[str]:
    return {one.sha256 for one in live.store.blobs.all()}


@pytest.mark.parametrize("seed", range(3))
def test_an_upload_cut_at_random_points_is_resumed_to_the_same_bytes(live: Live, seed: int) -> None:
    content = random.Random(seed).randbytes(3_000_000)
    token = live.token("uploader")
    port = int(live.address.rsplit(":", 1)[1])
    with CuttingProxy(port, 2_000, 600_000, seed) as proxy:
        url, tries = send(f"http://127.0.0.1:{proxy.port}", token, content, "a.mp4", 1_000_000)
        assert proxy.cuts >= 3
        assert tries >= 3
    assert stored(live) == {hashlib.sha256(content).hexdigest()}
    first = session_of(live, token, url)
    again = session_of(live, token, url)
    assert first["session_id"] == again["session_id"]
    assert (first["created"], again["created"]) == (True, False)


def test_many_uploads_at_once_over_the_breaking_network(live: Live) -> None:
    contents = [random.Random(n).randbytes(200_000 + n) for n in range(50)]
    token = live.token("uploader")
    port = int(live.address.rsplit(":", 1)[1])
    with CuttingProxy(port, 20_000, 400_000, 7) as proxy, ThreadPoolExecutor(50) as pool:
        address = f"http://127.0.0.1:{proxy.port}"
        urls = list(pool.map(lambda n: send(address, token, contents[n], f"{n}.mp4", 100_000)[0], range(50)))
        assert proxy.cuts >= 10
    assert stored(live) == {hashlib.sha256(one).hexdigest() for one in contents}
    ids = {session_of(live, token, url)["session_id"] for url in urls}
    assert len(ids) == 50
    assert list((live.settings.store.folder / "uploads").iterdir()) == []


def test_of_two_requests_for_one_upload_the_newer_goes_on_and_no_byte_is_wrong(live: Live) -> None:
    """A client that lost its connection comes back while the server still waits for the old one's bytes."""
    content = random.Random(1).randbytes(400_000)
    token = live.token("uploader")
    client = TusClient(f"{live.address}/v1/uploads", headers={"Authorization": f"Bearer {token}"})
    told = {"filename": "a.mp4", "filetype": "video/mp4", "sha256": hashlib.sha256(content).hexdigest()}
    uploader: Any = client.uploader(file_stream=io.BytesIO(content), chunk_size=400_000, metadata=told)
    url = uploader.create_url()
    begun = threading.Event()

    def stalling() -> Any:
        yield content[:100_000]
        begun.set()
        time.sleep(20)
        yield content[100_000:]

    headers = {
        "Authorization": f"Bearer {token}", "Tus-Resumable": "1.0.0", "Upload-Offset": "0",
        "Content-Type": "application/offset+octet-stream",
    }  # fmt: skip

    def old() -> None:
        with suppress(*CUT):
            requests.patch(url, stalling(), headers=headers, timeout=30)

    threading.Thread(target=old, daemon=True).start()
    assert begun.wait(10)
    time.sleep(0.2)
    before = time.monotonic()
    refused = requests.patch(url, content, headers=headers, timeout=30)
    assert refused.status_code == 409, "the old request's bytes count: the offset is another one by now"
    assert time.monotonic() - before < 5
    offset = int(requests.head(url, headers=headers, timeout=30).headers["Upload-Offset"])
    assert offset == 100_000
    uploader.set_url(url)
    uploader.offset = offset
    uploader.upload()
    assert stored(live) == {hashlib.sha256(content).hexdigest()}
