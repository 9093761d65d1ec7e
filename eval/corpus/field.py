"""Real speech: a corpus of the clips in an index (TSV) whose transcripts are known, for a character error rate table.

The index has the columns file, kind, duration_s, format, transcript, transcript_source, notes and more. A transcript
drafted by a machine or printed as a model's output is no reference. What the index's notes say of the speech decides
whether a clip counts as real: what is probably synthesised is not. Clips stay where the user keeps them: they are
copied into the corpus folder, never into the project.
"""

import csv
import re
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from engine.errors import MingjianError
from eval.corpus.importing import MEDIA, id_of
from eval.corpus.labelling import read_text, unreadable
from eval.corpus.manifest import Corpus, LabelledUtterance, Labels, Recording, Source
from eval.corpus.writing import write_corpus

Report = Callable[[str, int, int], None]

COLUMNS = ("file", "kind", "transcript", "transcript_source", "format", "duration_s", "notes")
NO_REFERENCE = re.compile(r"machine draft|unverified|model output|not ground truth", re.IGNORECASE)
SYNTHESISED = re.compile(r"synthetic|TTS-like|still-image", re.IGNORECASE)
SPEECH = ((re.compile(r"known corpus|conversational|spontaneous", re.IGNORECASE), "known_human"),)
HAN = re.compile(r"[\u4e00-\u9fff]")
RATE = re.compile(r"(\d{4,6})\s*Hz")
LEAST_HAN_SHARE = 0.5
NARROW_HZ = 8000


@dataclass(frozen=True, slots=True)
class Clip:
    """One line of the index. `rate` in Hz, `duration` in seconds; None where the index does not say."""

    file: str
    kind: str
    transcript: str
    rate: int | None
    codec: str
    duration: float | None
    notes: str

    @property
    def source(self) -> Source:
        """Whether a person speaks, as far as it is known."""
        return "synthetic" if SYNTHESISED.search(self.notes) else "real"

    @property
    def conditions(self) -> dict[str, str]:
        """How it was recorded."""
        speech = next((name for pattern, name in SPEECH if pattern.search(self.notes)), "not_established")
        band = "unknown" if self.rate is None else "narrow" if self.rate <= NARROW_HZ else "wide"
        recording = f"{self.kind}, {band}" + (f", {self.rate} Hz" if self.rate else "")
        return {"recording": recording, "speech": speech, "codec": self.codec or "unknown", "band": band}


def import_field(index: Path, out: Path, *, name: str = "field", report: Report | None = None) -> Corpus:
    """A corpus in `out` of the Chinese clips with known transcripts that `index` names, beside which they lie.

    Raises MingjianError `labels_unreadable` for an index that cannot be read or whose clips leave its folder.
    """
    out = out.resolve()
    (out / MEDIA).mkdir(parents=True, exist_ok=True)
    clips = read_index(index)
    root = index.resolve().parent
    outside = [one.file for one in clips if not (root / one.file).resolve().is_relative_to(root)]
    missing = [one.file for one in clips if one.file not in outside and not (root / one.file).is_file()]
    if outside or missing:
        raise unreadable(
            index, [f"{one}: 不在索引目录内；outside" for one in outside] + [f"{one}: ?" for one in missing]
        )
    recordings: list[Recording] = []
    taken: set[str] = set()
    for number, clip in enumerate(clips, 1):
        stem, suffix = Path(clip.file).stem, Path(clip.file).suffix
        id_ = id_of(stem) if id_of(stem).casefold() not in taken else id_of(f"{stem}-{suffix.lstrip('.')}")
        taken.add(id_.casefold())
        recordings.append(_recording(clip, root, out, id_))
        if report:
            report(clip.file, number, len(clips))
    return write_corpus(out, name, recordings)


def read_index(index: Path) -> tuple[Clip, ...]:
    """The Chinese clips of an index with a known transcript. Raises MingjianError `labels_unreadable`."""
    lines = read_text(index).splitlines()
    rows = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
    lacking = [column for column in COLUMNS if column not in (rows.fieldnames or ())]
    if lacking:
        raise unreadable(index, [f"缺少列：{'、'.join(lacking)}；columns are missing"])
    return tuple(_clip(row) for row in rows if _is_reference(row))


def _is_reference(row: Mapping[str, str | None]) -> bool:
    said, source = row["transcript"] or "", row["transcript_source"] or ""
    letters = [one for one in said if one.isalnum()]
    chinese = bool(letters) and sum(bool(HAN.match(one)) for one in letters) / len(letters) >= LEAST_HAN_SHARE
    return chinese and bool(source) and not NO_REFERENCE.search(source)


def _clip(row: Mapping[str, str | None]) -> Clip:
    form = row["format"] or ""
    rate = RATE.search(form)
    try:
        duration = float(row["duration_s"] or "")
    except ValueError:
        duration = None
    return Clip(
        file=row["file"] or "",
        kind=row["kind"] or "",
        transcript=(row["transcript"] or "").strip(),
        rate=int(rate.group(1)) if rate else None,
        codec=form.split()[0] if form else "",
        duration=duration,
        notes=row["notes"] or "",
    )


def _recording(clip: Clip, root: Path, out: Path, id_: str) -> Recording:
    source = root / clip.file
    target = out / MEDIA / f"{id_}{source.suffix.lower()}"
    try:
        shutil.copyfile(source, target)
    except OSError as error:
        raise MingjianError("labels_unreadable", path=clip.file, detail=error) from error
    return Recording(
        id=id_,
        media=(target,),
        order=None,
        ruleset=None,
        labels=Labels(utterances=(LabelledUtterance(clip.transcript),)),
        split="test",
        source=clip.source,
        conditions=clip.conditions,
        duration=clip.duration,
    )
