"""A packet of a stored session: gathered first, so that what cannot be had is told before anything is sent; then
streamed, its manifest last.

`evidence`: inspection, report, transcript, rule set, what people decided, clips and key frames, for those who judge.
`record`: the customer's own recording with its transcript. Texts are masked in both; what pictures and sound show
cannot be."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from functools import cache
from pathlib import PurePosixPath
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from engine.duties.days import CHINA
from engine.errors import MingjianError
from engine.inspection import Inspection, to_json
from engine.packet.form import (
    HOW_TO,
    INDEX,
    MANIFEST,
    PUBLIC_KEY,
    SCHEMA,
    SIGNATURE,
    SUMS,
    Kind,
    is_safe,
    safe_name,
)
from engine.packet.zipping import Zipping
from engine.report import words
from engine.report.facts import order_facts
from engine.report.html import render
from engine.report.mask import Masker, mask_inspection
from engine.revising import Stored, stored
from engine.rules import load, names
from engine.rules.policy import POLICIES, load_policy, policy_names
from engine.rules.texts import built_in, included, load_text
from engine.signing import Signer, fingerprint_of
from engine.store import blob_rows, consistency, inspections, review_rows, rulesets, sessions
from engine.store.database import Database
from engine.store.review_rows import CorrectionRow, ReviewDetail
from engine.store.sessions import PartRow, SessionRow
from engine.store.store import Store

PURPOSE = "packet-signing"
SHOWN = ("clips", "frames")
"""Folders of an inspection's files that go into a packet; its report is made anew, masked."""


@dataclass(frozen=True, slots=True)
class _Media:
    """A file of the session or its inspection: its path in the packet, its blob."""

    path: str
    blob: str
    size: int


@dataclass(frozen=True)
class Packet:
    """A packet that can be streamed. `name`: what to call the file."""

    name: str
    store: Store
    session: SessionRow
    about: Mapping[str, Any]
    texts: tuple[tuple[str, bytes], ...]
    media: tuple[_Media, ...]
    signer: Signer

    def stream(self) -> Iterator[bytes]:
        """The zip file in pieces. Raises MingjianError `blob_missing` for content that is gone since."""
        zipping = Zipping()
        for path, content in self.texts:
            yield from zipping.add(path, (content,), len(content))
        for file in self.media:
            yield from zipping.add(file.path, self.store.blobs.stream(file.blob), file.size)
        sums = "".join(f"{one.sha256}  {one.path}\n" for one in zipping.entries).encode()
        yield from zipping.add(SUMS, (sums,))
        manifest = {**self.about, "files": [asdict(one) for one in zipping.entries]}
        written = json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True).encode() + b"\n"
        yield from zipping.add(MANIFEST, (written,))
        yield from zipping.add(SIGNATURE, (self.signer.sign(written),))
        yield from zipping.add(PUBLIC_KEY, (self.signer.public_pem,))
        yield from zipping.finish()


def signer_of(database: Database) -> Signer:
    """The key that signs the packets of a store: made of its secret, the same on all its machines."""
    return Signer(database.keys.derived(PURPOSE))


def evidence_packet(
    store: Store, session_id: str, by: str, now: datetime, *, media: bool, version: int | None = None
) -> Packet:
    """Everything an inspection rests on. `media`: with clips and key frames.

    Raises MingjianError `not_found`, `not_inspected`.
    """
    found = stored(store, session_id, version)
    with store.database.reading() as s:
        session = _session(s, session_id)
        parts = sessions.parts(s, session_id)
        files = inspections.files(s, found.row.id) if media else {}
        reviews = review_rows.of_session(s, session_id)
        corrections = review_rows.corrections_of(s, session_id)
        versions = inspections.versions(s, session_id)
        beside = consistency.findings(s, session_id, withdrawn=True)
        sizes = {path: row.bytes for path, blob in files.items() if (row := blob_rows.get(s, blob)) is not None}
        recordings = _recordings(s, parts, Masker.for_order(session.order))
    masker = Masker.for_order(session.order)
    shown = {path for path in files if path in sizes and _is_shown(path)}
    inspection = _illustrated(mask_inspection(found.inspection, masker), shown)
    trail = {
        "reviews": [_review(one, masker) for one in reviews],
        "corrections": [_correction(one, masker) for one in corrections],
        "between_recordings": [_masked(asdict(one), masker) for one in beside],
        "inspections": [
            {
                name: getattr(one, name)
                for name in ("version", "content", "ruleset", "ruleset_sha256", "policy", "verdict")
            }
            | {"result": one.result, "evidence": one.evidence, "created_at": one.created_at}
            for one in versions
        ],
    }
    signer = signer_of(store.database)
    rules = _rules(store, found)
    about = _about("evidence", session, recordings, signer, by, now, media=media) | {
        "inspection_id": found.row.id,
        "inspection_version": found.row.version,
        "ruleset_sha256": found.inspection.ruleset.sha256,
    }
    texts = {
        "inspection.json": to_json(inspection) + b"\n",
        "report.html": render(inspection, None, masked=True).encode(),
        "transcript.txt": transcript(inspection),
        "trail.json": _json(trail),
        **rules,
    }
    index = _page(
        about=about, inspection=inspection, session=session, texts=sorted(texts), media=sorted(shown), trail=trail,
        order=order_facts(inspection.order), missing_rules=not rules,
    )  # fmt: skip
    ordered = [(INDEX, index), *sorted(texts.items()), (HOW_TO, _how_to(signer))]
    chosen = tuple(_Media(path, files[path], sizes[path]) for path in sorted(shown))
    return Packet(f"mingjian-{session_id}.zip", store, session, about, tuple(ordered), chosen, signer)


def record_packet(store: Store, session_id: str, by: str, now: datetime) -> Packet:
    """A customer's own recording and what was said in it. Raises MingjianError `not_found`."""
    with store.database.reading() as s:
        session = _session(s, session_id)
        parts = sessions.parts(s, session_id)
        sizes = {one.blob: row.bytes for one in parts if (row := blob_rows.get(s, one.blob)) is not None}
        newest = inspections.newest(s, session_id)
        recordings = _recordings(s, parts, Masker.for_order(session.order))
    masker = Masker.for_order(session.order)
    inspection = mask_inspection(stored(store, session_id).inspection, masker) if newest else None
    signer = signer_of(store.database)
    about = _about("record", session, recordings, signer, by, now, media=True)
    media = tuple(
        _Media(
            f"recording/{one.index + 1:03d}-{safe_name(masker.text(one.file_name), 'part')}", one.blob, sizes[one.blob]
        )
        for one in parts
        if one.blob in sizes
    )
    texts = {"transcript.txt": transcript(inspection)} if inspection else {}
    index = _page(
        about=about, inspection=None, session=session, texts=sorted(texts), media=[one.path for one in media],
        trail=None, order=order_facts(masker.order(session.order)), missing_rules=False,
    )  # fmt: skip
    ordered = [(INDEX, index), *sorted(texts.items()), (HOW_TO, _how_to(signer))]
    return Packet(f"record-{session_id}.zip", store, session, about, tuple(ordered), media, signer)


def transcript(inspection: Inspection) -> bytes:
    """The conversation as text, a line for each utterance."""
    lines = (
        f"[{words.clock(one.start)} – {words.clock(one.end)}] {words.ROLE[one.role].zh}：{one.text}\n"
        for one in inspection.utterances
    )
    return "".join(lines).encode()


def _session(s: Any, session_id: str) -> SessionRow:
    found = sessions.get(s, session_id)
    if found is None or found.state == "purged":
        raise MingjianError("not_found", thing="session", id=session_id)
    return found


def _recordings(s: Any, parts: tuple[PartRow, ...], masker: Masker) -> list[dict[str, Any]]:
    return [
        {"name": masker.text(one.file_name), "sha256": one.blob, "bytes": row.bytes if row else 0}
        for one in parts
        for row in (blob_rows.get(s, one.blob),)
    ]


def _about(
    kind: Kind,
    session: SessionRow,
    recordings: list[dict[str, Any]],
    signer: Signer,
    by: str,
    now: datetime,
    *,
    media: bool,
) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "kind": kind,
        "session_id": session.id,
        "masked": True,
        "media": media,
        "exported_at": now.astimezone(CHINA).isoformat(timespec="seconds"),
        "exported_by": by,
        "key": fingerprint_of(signer.public_pem),
        "recordings": recordings,
    }


def _is_shown(path: str) -> bool:
    return PurePosixPath(path).parts[:1] in {(one,) for one in SHOWN} and is_safe(path)


def _illustrated(inspection: Inspection, shown: set[str]) -> Inspection:
    """The inspection with the clips and frames that are in the packet, and no others."""
    items = tuple(
        replace(
            item,
            evidence=tuple(
                replace(
                    one,
                    clip=one.clip if one.clip in shown else None,
                    frame=one.frame if one.frame in shown else None,
                )
                for one in item.evidence
            ),
        )
        for item in inspection.items
    )
    return replace(inspection, items=items)


def _rules(store: Store, found: Stored) -> dict[str, bytes]:
    """The texts of the very rules that judged; none where they are no more."""
    name, sha256 = found.inspection.ruleset.id, found.inspection.ruleset.sha256
    with store.database.reading() as s:
        written = rulesets.of_hash(s, name, sha256)
    text = None
    if written is not None and load_text(name, written.text).sha256 == sha256:
        text = written.text
    elif name in names() and load(name).sha256 == sha256:
        text = built_in(name)
    if text is None:
        return {}
    texts = {f"ruleset/{name}.yaml": text.encode()}
    texts |= {f"ruleset/{path}": part.encode() for path, part in included(text) if is_safe(f"ruleset/{path}")}
    policy = found.inspection.policy
    if policy.id in policy_names() and load_policy(policy.id).sha256 == policy.sha256:
        texts["ruleset/policy.yaml"] = (POLICIES / f"{policy.id}.yaml").read_bytes()
    return texts


def _review(detail: ReviewDetail, masker: Masker) -> dict[str, Any]:
    return dict(_masked(asdict(detail), masker))


def _correction(row: CorrectionRow, masker: Masker) -> dict[str, Any]:
    return dict(_masked(asdict(row), masker))


PLAIN = frozenset({"id", "session_id", "inspection_id", "made_by", "decided_by", "final_by", "assignee", "content"})
"""Fields that hold no words of a conversation: identifiers look like numbers of people."""


def _masked(value: Any, masker: Masker, key: str = "") -> Any:
    if isinstance(value, Mapping):
        return {str(name): _masked(one, masker, str(name)) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_masked(one, masker, key) for one in value]
    return masker.text(value) if isinstance(value, str) and key not in PLAIN else value


def _json(value: Any) -> bytes:
    text = json.dumps(value, ensure_ascii=False, indent=1, default=_plain)
    return text.encode() + b"\n"


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(CHINA).isoformat(timespec="seconds")
    raise TypeError(type(value).__name__)


def _how_to(signer: Signer) -> bytes:
    return _environment().get_template("packet.txt").render(key=fingerprint_of(signer.public_pem)).encode()


def _page(**values: Any) -> bytes:
    return _environment().get_template("packet.html").render(words=words, **values).encode()


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("engine.report"),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(clock=words.clock, length=words.length, moment=_moment)
    return environment


def _moment(value: datetime | None) -> str:
    return value.astimezone(CHINA).strftime("%Y-%m-%d %H:%M:%S") if value else "—"
