"""Labels of other tools made into a corpus, or added to one: RTTM, TextGrid, plain transcripts, Label Studio.

Label files are matched with media files by their stems. What is known of a recording already stays; what a label file
says replaces its own kind of label.
"""

import hashlib
import re
import shutil
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Literal, get_args

from engine.errors import MingjianError
from eval.corpus.labelling import Labelled, merged, unreadable
from eval.corpus.labelstudio import read_labelstudio
from eval.corpus.loading import load_corpus
from eval.corpus.manifest import MANIFEST, Corpus, Labels, Recording, Source, Split
from eval.corpus.rttm import read_rttm
from eval.corpus.textgrid import read_textgrid
from eval.corpus.transcript import read_transcript
from eval.corpus.writing import write_corpus

Kind = Literal["rttm", "textgrid", "transcript", "labelstudio"]
KINDS: tuple[Kind, ...] = get_args(Kind)
MEDIA = "media"
AUDIO_SUFFIXES = (".wav", ".flac", ".mp3", ".m4a", ".aac", ".ogg", ".opus", ".amr", ".wma")
VIDEO_SUFFIXES = (".mp4", ".mkv", ".mov", ".avi", ".webm", ".flv", ".wmv", ".3gp", ".ts", ".m4v")
MEDIA_SUFFIXES = frozenset((*AUDIO_SUFFIXES, *VIDEO_SUFFIXES))
ORDER_SUFFIX = ".order.json"

READERS: dict[Kind, tuple[tuple[str, ...], Callable[[Path], tuple[Labelled, ...]]]] = {
    "rttm": ((".rttm",), read_rttm),
    "textgrid": ((".textgrid",), read_textgrid),
    "transcript": ((".txt",), read_transcript),
    "labelstudio": ((".json",), read_labelstudio),
}


def import_labels(
    kind: Kind,
    labels: Path,
    media: Path | None,
    out: Path,
    *,
    name: str | None = None,
    split: Split = "test",
    source: Source = "real",
    scenario: str | None = None,
) -> Corpus:
    """A corpus in `out` of the recordings that `labels`, a file or a folder of files, speaks of.

    Media come from `media`, a file or a folder, and are copied, with the `<stem>.order.json` beside them; without it
    only recordings that `out` has already get labels. Raises MingjianError `labels_unreadable` with every fault, also
    for labels whose recording is nowhere, and `corpus_invalid` where `out` holds a faulty corpus.
    """
    out = out.resolve()
    found = _read(kind, labels)
    known = {one.id: one for one in load_corpus(out).recordings} if (out / MANIFEST).is_file() else {}
    files = _media(media)
    strangers = []
    for one in found:
        id_ = id_of(one.stem)
        if id_ in known:
            known[id_] = replace(known[id_], labels=merged(known[id_].labels, one.labels))
        elif one.stem in files:
            known[id_] = bring(files[one.stem], out, id_, one.labels, split, source, scenario)
        else:
            strangers.append(f"{one.stem}: 没有这个录音文件；no such recording")
    if strangers:
        raise unreadable(labels, strangers)
    title = name or (load_corpus(out).name if (out / MANIFEST).is_file() else id_of(out.name))
    return write_corpus(out, title, known.values())


def _read(kind: Kind, labels: Path) -> list[Labelled]:
    suffixes, reader = READERS[kind]
    if labels.is_dir():
        paths = sorted(one for one in labels.iterdir() if one.suffix.lower() in suffixes and one.is_file())
    else:
        paths = [labels]
    faults: list[str] = []
    found: list[Labelled] = []
    for path in paths:
        try:
            found += reader(path)
        except MingjianError as error:
            faults.append(str(error.details.get("detail", error)))
    if not paths:
        faults.append(f"没有 {'、'.join(suffixes)} 文件；no {', '.join(suffixes)} files")
    if faults:
        raise unreadable(labels, faults)
    return found


def _media(media: Path | None) -> dict[str, Path]:
    if media is None:
        return {}
    paths: Iterable[Path] = sorted(media.iterdir()) if media.is_dir() else [media]
    return {one.stem: one for one in paths if one.suffix.lower() in MEDIA_SUFFIXES and one.is_file()}


def id_of(stem: str) -> str:
    """A recording's id of a file's stem: the stem where it can be one, else what is left of it and a hash."""
    plain = re.sub(r"[^A-Za-z0-9_.-]+", "_", stem).strip("_.-")[:100]
    return stem if plain == stem else f"{plain or 'r'}-{hashlib.sha256(stem.encode()).hexdigest()[:8]}"


def bring(
    file: Path, out: Path, id_: str, labels: Labels, split: Split, source: Source, scenario: str | None
) -> Recording:
    """A recording of `file`, copied into the corpus with the order beside it."""
    folder = out / MEDIA
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{id_}{file.suffix.lower()}"
    shutil.copyfile(file, target)
    order = file.with_name(f"{file.stem}{ORDER_SUFFIX}")
    kept = None
    if order.is_file():
        from engine.order import read_order

        read_order(order)
        kept = folder / f"{id_}{ORDER_SUFFIX}"
        shutil.copyfile(order, kept)
    return Recording(
        id=id_,
        media=(target,),
        order=kept,
        ruleset=scenario,
        labels=labels,
        split=split,
        source=source,
        conditions={"scenario": scenario} if scenario else {},
        duration=duration_of(target),
    )


def duration_of(path: Path) -> float | None:
    """Length of a media file in seconds as its container states it; None where it states none or is unreadable."""
    import av

    try:
        with av.open(str(path)) as file:
            return file.duration / av.time_base if file.duration else None
    except (av.error.FFmpegError, OSError, ValueError):
        return None
