"""`report.html`: one file that opens anywhere, without network, and prints.

Style, script, frames and clips are inside it, as far as `EMBEDDED_BYTES` reaches: frames first, then clips in the order
of the items; further ones are links to the files beside it, and the report says how many. All text of the recording and
the order is untrusted: templates escape it, and the page's own policy allows no script and no style but the report's.
"""

import base64
import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from engine import reasons
from engine.inspection import Inspection
from engine.report import timeline, view, words
from engine.report.facts import order_facts, quality_facts, recording_facts

EMBEDDED_BYTES = 15 * 1024 * 1024
LOW_CONFIDENCE = 0.6  # utterances below it are marked as doubtful

_TYPES = {".mp4": "video/mp4", ".m4a": "audio/mp4", ".jpg": "image/jpeg"}


@dataclass
class _Embedder:
    """Addresses of clips and frames: data URIs while the budget lasts, paths beside the report after that. Without a
    `folder` all are paths."""

    folder: Path | None
    left: int
    addresses: dict[str, str] = field(default_factory=dict)
    linked: int = 0

    def take(self, paths: Iterable[str]) -> None:
        for path in paths:
            if path not in self.addresses:
                self.addresses[path] = self._address(path)

    def _address(self, path: str) -> str:
        if self.folder is None:
            return path
        file = self.folder / path
        size = -(-file.stat().st_size // 3) * 4
        if size > self.left:
            self.linked += 1
            return path
        self.left -= size
        return f"data:{_TYPES[file.suffix]};base64,{base64.b64encode(file.read_bytes()).decode()}"


def render(
    inspection: Inspection, folder: Path | None, masked: bool = False, embedded_bytes: int = EMBEDDED_BYTES
) -> str:
    """The report on `inspection`, whose clips and frames lie below `folder`; without one it links to them beside
    itself. `masked` says so in the report."""
    shown = view.cards(inspection)
    embedder = _Embedder(folder, embedded_bytes)
    evidence = [finding for card in shown for finding in card.item.evidence]
    embedder.take(finding.frame for finding in evidence if finding.frame)
    papers = inspection.scene.papers if inspection.scene else ()
    embedder.take(paper.crop for paper in papers if paper.crop)
    embedder.take(finding.clip for finding in evidence if finding.clip)
    numbers = {card.index: card.number for card in shown if card.item.verdict != "not_applicable"}
    style, script = _asset("report.css"), _asset("report.js")
    return (
        _environment()
        .get_template("report.html")
        .render(
            inspection=inspection,
            cards=shown,
            concerns=[card for card in shown if card.item.verdict in view.NEEDS_PERSON],
            passed=[card for card in shown if card.item.verdict == "pass"],
            idle=[card for card in shown if card.item.verdict == "not_applicable"],
            absent=[card for card in shown if card.item.verdict in view.NEEDS_PERSON and not card.item.evidence],
            tally=view.tally(inspection.items),
            lines=view.lines(inspection, shown),
            drawing=timeline.draw(inspection, numbers) if inspection.recording.duration else None,
            recording_facts=recording_facts(inspection),
            order_facts=order_facts(inspection.order),
            quality_facts=quality_facts(inspection),
            address=embedder.addresses,
            linked=embedder.linked,
            masked=masked,
            low_confidence=LOW_CONFIDENCE,
            parameters=json.dumps(
                inspection.engine.parameters, ensure_ascii=False, indent=2, sort_keys=True, default=str
            ),
            parts=[
                {"name": part.name, "offset": part.offset, "duration": part.duration}
                for part in inspection.recording.parts
            ],
            style=Markup(style),  # noqa: S704 - the project's own files
            script=Markup(script),  # noqa: S704
            policy=_policy(style, script),
            words=words,
        )
    )


def _policy(style: str, script: str) -> str:
    """What the page may load: its own style and script by hash, pictures and sound from inside or beside the file."""
    return (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
        "img-src data: 'self' file:; media-src data: blob: 'self' file:; base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


@cache
def _asset(name: str) -> str:
    return (Path(__file__).parent / "templates" / name).read_text(encoding="utf-8")


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("engine.report"),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        clock=words.clock, length=words.length, percent=_percent, value=_value, explained=_explained
    )
    return environment


def _percent(share: float | None) -> str:
    return "—" if share is None else f"{share * 100:.0f} %"


def _explained(code: str | None) -> str:
    """The sentence behind a stage's reason; the code itself where the sentence needs details."""
    if code is None:
        return ""
    try:
        return reasons.text(code)
    except KeyError:
        return code


def _value(value: Any) -> str:
    """A number without a needless fraction, anything else as text."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
