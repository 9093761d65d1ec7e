"""Whether a packet is what was handed out: signed, complete, unchanged. Needs nothing but the file, and the key's
fingerprint from whoever should have signed it."""

import hashlib
import stat
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from engine.errors import MingjianError
from engine.packet.form import (
    LARGEST_MANIFEST,
    MANIFEST,
    MOST_FILES,
    PUBLIC_KEY,
    SIGNATURE,
    UNLISTED,
    Manifest,
    is_safe,
)
from engine.signing import fingerprint_of, is_signed

PIECE = 1024 * 1024
LARGEST_PROOF = 64 * 1024


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found. `faults`: everything that is not as it was handed out. `key`: fingerprint of the key inside; it
    proves who signed only where it is known from elsewhere. `trusted`: it is the key that was asked for."""

    manifest: Manifest
    key: str
    trusted: bool
    faults: tuple[str, ...]

    @property
    def ok(self) -> bool:
        return not self.faults


def check(path: Path, trusted: bytes | str | None = None) -> Checked:
    """Check a packet. `trusted`: the public key (PEM) or the fingerprint that must have signed it.

    Raises MingjianError `packet_unfit` for what is no packet at all.
    """
    try:
        with zipfile.ZipFile(path) as packet:
            return _checked(packet, trusted)
    except (zipfile.BadZipFile, OSError, EOFError, zlib.error, NotImplementedError, RuntimeError) as error:
        raise MingjianError("packet_unfit", detail=f"不是完整的 zip 文件 / not a whole zip file ({error})") from error


def _checked(packet: zipfile.ZipFile, trusted: bytes | str | None) -> Checked:
    infos = packet.infolist()
    if len(infos) > MOST_FILES:
        raise MingjianError("packet_unfit", detail=f"> {MOST_FILES} files")
    names = [one.filename for one in infos]
    written = _read(packet, MANIFEST, LARGEST_MANIFEST)
    key = _read(packet, PUBLIC_KEY, LARGEST_PROOF)
    faults = [f"文件名不安全 / unsafe name: {name!r}" for name in names if not is_safe(name)]
    faults += [f"文件名重复 / twice: {name}" for name in sorted({one for one in names if names.count(one) > 1})]
    faults += [f"不是普通文件 / not a plain file: {one.filename!r}" for one in infos if _is_odd(one)]
    if not is_signed(written, _read(packet, SIGNATURE, LARGEST_PROOF), key):
        faults.append("签名不符：清单被改动，或不是由这把密钥签署 / the signature does not fit the manifest")
    manifest = _manifest(written)
    mark = fingerprint_of(key)
    if manifest.key != mark:
        faults.append("清单写的是另一把密钥 / the manifest names another key")
    asked = fingerprint_of(trusted) if isinstance(trusted, bytes) else trusted
    is_trusted = asked is not None and asked.lower() == mark
    if asked is not None and not is_trusted:
        faults.append(f"不是所指定的密钥签署 / signed with another key: {mark}")
    faults += _faults_of_files(packet, manifest, set(names))
    return Checked(manifest, mark, is_trusted, tuple(faults))


def _manifest(written: bytes) -> Manifest:
    try:
        return Manifest.model_validate_json(written)
    except ValidationError as error:
        raise MingjianError("packet_unfit", detail="清单无法读取 / the manifest cannot be read") from error


def _faults_of_files(packet: zipfile.ZipFile, manifest: Manifest, names: set[str]) -> list[str]:
    faults = []
    listed = {one.path: one for one in manifest.files}
    for name in sorted(names - listed.keys() - UNLISTED):
        faults.append(f"清单之外的文件 / not in the manifest: {name}")
    for path, file in listed.items():
        if path not in names:
            faults.append(f"缺少文件 / missing: {path}")
            continue
        if packet.getinfo(path).file_size != file.bytes:
            faults.append(f"文件大小不符 / other size: {path}")
            continue
        try:
            found = _sha256(packet, path)
        except (zipfile.BadZipFile, zlib.error, EOFError):
            found = ""
        if found != file.sha256:
            faults.append(f"文件被改动 / changed: {path}")
    return faults


def _sha256(packet: zipfile.ZipFile, path: str) -> str:
    digest = hashlib.sha256()
    with packet.open(path) as file:
        while piece := file.read(PIECE):
            digest.update(piece)
    return digest.hexdigest()


def _read(packet: zipfile.ZipFile, name: str, most: int) -> bytes:
    try:
        info = packet.getinfo(name)
    except KeyError as error:
        raise MingjianError("packet_unfit", detail=f"缺少 {name} / {name} is missing") from error
    if info.file_size > most:
        raise MingjianError("packet_unfit", detail=f"{name} > {most} bytes")
    with packet.open(info) as file:
        return file.read(most + 1)[:most]


def _is_odd(info: zipfile.ZipInfo) -> bool:
    """A folder, a link or a device."""
    mode = info.external_attr >> 16
    return info.is_dir() or (mode != 0 and not stat.S_ISREG(mode) and stat.S_IFMT(mode) != 0)
