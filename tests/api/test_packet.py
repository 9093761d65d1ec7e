"""Evidence packets: opened and verified by a reader of its own, and found out when anybody touched them."""

import hashlib
import io
import json
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from typer.testing import CliRunner

from api.cli.packet import app as command
from tests.api.conftest import House
from tests.api.judged import CLIP, judged
from tests.api.test_reviews import confirming, get, opened, post
from tests.store.conftest import sqlite_template  # noqa: F401

PRIVATE = ("王小芳", "610104198005010023", "13671234568")


def packet(house: House, session: str, asked: str = "", role: Any = "reviewer") -> bytes:
    answer = house.client.get(f"/v1/sessions/{session}/evidence.zip{asked}", headers=house.headers(role))
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/zip"
    return answer.content


def files_of(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        assert file.testzip() is None
        return {name: file.read(name) for name in file.namelist()}


def reads_as_handed_out(files: dict[str, bytes]) -> bool:
    """What somebody without the program would do: signature, sums, completeness."""
    key: Any = load_pem_public_key(files["public_key.pem"])
    try:
        key.verify(files["manifest.sig"], files["manifest.json"])
    except InvalidSignature:
        return False
    listed = {one["path"]: one for one in json.loads(files["manifest.json"])["files"]}
    rest = files.keys() - {"manifest.json", "manifest.sig", "public_key.pem"}
    return rest == listed.keys() and all(
        hashlib.sha256(files[path]).hexdigest() == one["sha256"] and len(files[path]) == one["bytes"]
        for path, one in listed.items()
    )


def rewritten(content: bytes, changes: dict[str, bytes | None]) -> bytes:
    """The packet with files changed, added or left out."""
    files: dict[str, bytes | None] = {**files_of(content), **changes}
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as made:
        for name, data in files.items():
            if data is not None:
                made.writestr(name, data)
    return target.getvalue()


def verify(folder: Path, content: bytes, *options: str) -> Any:
    path = folder / "packet.zip"
    path.write_bytes(content)
    return CliRunner().invoke(command, ["verify", str(path), *options])


@pytest.fixture
def reviewed(house: House) -> tuple[House, str]:
    review = opened(house)
    claimed = post(house, f"/v1/reviews/{review['id']}/claim")
    body = confirming(claimed, claimed["review"]["version"], note="请联系 13671234568 王小芳")
    post(house, f"/v1/reviews/{review['id']}/decide", body)
    return house, review["session_id"]


def test_a_packet_holds_everything_and_can_be_checked_without_the_program(reviewed: tuple[House, str]) -> None:
    house, session = reviewed
    files = files_of(packet(house, session))
    assert reads_as_handed_out(files)
    assert {
        "index.html", "report.html", "inspection.json", "transcript.txt", "trail.json", "ruleset/face_to_face.yaml",
        "ruleset/parts/disclosures.yaml", "ruleset/policy.yaml", CLIP, "frames/0001.jpg", "SHA256SUMS", "VERIFY.txt",
    } <= files.keys()  # fmt: skip
    manifest = json.loads(files["manifest.json"])
    with house.store.database.reading() as s:
        from engine.store import sessions

        blob = sessions.parts(s, session)[0].blob
    assert [one["sha256"] for one in manifest["recordings"]] == [blob]
    trail = json.loads(files["trail.json"])
    assert [one["action"] for one in trail["reviews"][0]["history"]] == ["opened", "claimed", "decided"]
    assert trail["reviews"][0]["decisions"][0]["made_by"] == "reviewer"
    for line in files["SHA256SUMS"].decode().splitlines():
        digest, _, path = line.partition("  ")
        assert hashlib.sha256(files[path]).hexdigest() == digest


def test_its_pages_open_without_a_network_and_every_link_leads_to_a_file(reviewed: tuple[House, str]) -> None:
    house, session = reviewed
    files = files_of(packet(house, session))
    for page in ("index.html", "report.html"):
        text = files[page].decode()
        assert "://" not in re.sub(r"\bfile:", "", text.split("</head>")[1])
        for link in re.findall(r'(?:href|src)="([^"#]+)"', text):
            assert link.startswith("data:") or link in files, (page, link)


def test_people_are_masked_in_every_text(reviewed: tuple[House, str]) -> None:
    house, session = reviewed
    for name, content in files_of(packet(house, session)).items():
        for private in PRIVATE:
            assert private.encode() not in content, (name, private)


def test_the_same_packet_has_the_same_bytes(reviewed: tuple[House, str]) -> None:
    house, session = reviewed
    assert packet(house, session) == packet(house, session)
    before = files_of(packet(house, session))
    house.clock.forward(hours=1)
    after = files_of(packet(house, session))
    differing = {name for name in before if before[name] != after[name]}
    assert differing == {"manifest.json", "manifest.sig", "index.html", "SHA256SUMS"}


def test_without_media_it_has_no_clips_and_no_links_to_them(reviewed: tuple[House, str]) -> None:
    house, session = reviewed
    files = files_of(packet(house, session, "?media=false"))
    assert reads_as_handed_out(files)
    assert not [name for name in files if name.startswith(("clips", "frames"))]
    assert CLIP.encode() not in files["report.html"]


def test_the_command_passes_a_packet_as_it_was_handed_out(reviewed: tuple[House, str], tmp_path: Path) -> None:
    house, session = reviewed
    key = get(house, "/v1/packet-key")
    content = packet(house, session)
    assert verify(tmp_path, content).exit_code == 0
    assert verify(tmp_path, content, "--key", key["fingerprint"]).exit_code == 0
    (tmp_path / "key.pem").write_text(key["pem"])
    assert verify(tmp_path, content, "--key", str(tmp_path / "key.pem")).exit_code == 0
    other = verify(tmp_path, content, "--key", "0" * 64)
    assert (other.exit_code, "另一把" in other.output or "所指定" in other.output) == (1, True)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"transcript.txt": b"changed"}, "transcript.txt"),
        ({CLIP: None}, CLIP),
        ({"added.txt": b"x"}, "added.txt"),
        ({"../../evil.txt": b"x"}, "evil.txt"),
        ({"manifest.sig": b"\0" * 64}, "signature"),
    ],
)
def test_tampering_is_found(
    reviewed: tuple[House, str], tmp_path: Path, change: dict[str, bytes | None], told: str
) -> None:
    house, session = reviewed
    forged = rewritten(packet(house, session), change)
    assert not reads_as_handed_out(files_of(forged))
    found = verify(tmp_path, forged)
    assert (found.exit_code, told in found.output) == (1, True)


def test_a_forger_with_a_key_of_their_own_is_found_by_its_fingerprint(
    reviewed: tuple[House, str], tmp_path: Path
) -> None:
    from engine.signing import Signer, fingerprint_of

    house, session = reviewed
    original = packet(house, session)
    signer = Signer(b"f" * 32)
    manifest = json.loads(files_of(original)["manifest.json"])
    manifest["key"] = fingerprint_of(signer.public_pem)
    text = b"forged"
    listed = next(one for one in manifest["files"] if one["path"] == "transcript.txt")
    listed.update(sha256=hashlib.sha256(text).hexdigest(), bytes=len(text))
    written = json.dumps(manifest).encode()
    forged = rewritten(
        original,
        {
            "transcript.txt": text,
            "manifest.json": written,
            "manifest.sig": signer.sign(written),
            "public_key.pem": signer.public_pem,
        },
    )
    assert verify(tmp_path, forged).exit_code == 0
    key = get(house, "/v1/packet-key")["fingerprint"]
    assert verify(tmp_path, forged, "--key", key).exit_code == 1


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x03\x04" + b"\0" * 100])
def test_what_is_no_packet_is_said_to_be_none(tmp_path: Path, content: bytes) -> None:
    assert verify(tmp_path, content).exit_code == 2


@pytest.mark.parametrize("role", ["uploader", "branch", "administrator", "customer"])
def test_who_must_not_have_media_gets_no_packet(house: House, role: Any) -> None:
    row = judged(house.store, house.clock())
    answer = house.client.get(f"/v1/sessions/{row.id}/evidence.zip", headers=house.headers(role))
    assert answer.status_code == 403


def test_a_seller_gets_no_packet_of_their_own_sale_and_every_export_is_in_the_log(house: House) -> None:
    row = judged(house.store, house.clock())
    path = f"/v1/sessions/{row.id}/evidence.zip"
    headers = house.headers("reviewer", name="seller", staff_no="A001")
    assert house.client.get(path, headers=headers).status_code == 403
    packet(house, row.id)
    lines = get(house, "/v1/audit?action=packet.export", role="auditor")["items"]
    assert [(one["actor"], one["object"]) for one in lines] == [("reviewer", f"session/{row.id}")]
