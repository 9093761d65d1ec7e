"""A corpus of sessions that people have reviewed: their decisions as labels, their recordings as media.

What a person ruled finally counts, else what was ruled first and not appealed against. Orders are stripped of what
names a person: rules need ages, sums and products, no evaluation needs a name. The recordings themselves are personal
data: the corpus belongs where the store belongs.
"""

import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from pathlib import Path, PurePath
from typing import Any

from engine.inspection import SessionVerdict, Verdict
from engine.interval import Interval
from engine.store import review_rows, sessions
from engine.store.filters import SessionFilters
from engine.store.review_rows import DecisionRow, ReviewDetail
from engine.store.sessions import PartRow, SessionRow
from engine.store.store import Store
from eval.corpus.importing import MEDIA, MEDIA_SUFFIXES, id_of
from eval.corpus.manifest import Corpus, FaultSpan, Labels, Recording, Split
from eval.corpus.writing import write_corpus

Report = Callable[[str, int, int], None]

AT_ONCE = 200
RULED = ("decided", "final")
PASSED = "合格"
FOUND: tuple[str, ...] = ("fail", "review", "inconclusive")
"""What the machine calls a finding: a person who confirms it says that the item fails."""

PARTIES = ("policyholder", "insured", "guardian", "agent")
NAMING = ("name", "id_number", "phone", "address", "staff_no", "licence_no", "assessments")
"""Fields of a person that name them, or that are nobody's business in an evaluation."""

KEPT_OF_ORDER = (
    "channel",
    "region",
    "scenario",
    "recorded_at",
    "issued_at",
    "receipt_signed_at",
    "contract_ended_at",
    "customer_asked",
    "declaration_signed",
    "insurer",
    "products",
    "parameters",
)


def import_reviews(
    store: Store,
    out: Path,
    *,
    name: str | None = None,
    split: Split = "test",
    limit: int | None = None,
    report: Report | None = None,
) -> Corpus:
    """A corpus in `out` of the sessions in `store` that a person has decided on, the newest first, `limit` at most.

    Sessions whose recording is gone are left out. Raises what the store raises, and `corpus_invalid`.
    """
    out = out.resolve()
    (out / MEDIA).mkdir(parents=True, exist_ok=True)
    recordings: list[Recording] = []
    for row, reviews, parts in _reviewed(store):
        if limit is not None and len(recordings) >= limit:
            break
        found = labels_of(reviews)
        media = _media(store, row, parts, out)
        if found is None or media is None:
            continue
        recordings.append(_recording(row, found, media, out, split))
        if report:
            report(row.id, len(recordings), limit or len(recordings))
    return write_corpus(out, name or id_of(out.name), recordings)


def _reviewed(store: Store) -> Iterator[tuple[SessionRow, tuple[ReviewDetail, ...], tuple[PartRow, ...]]]:
    cursor: str | None = None
    while True:
        with store.database.reading() as s:
            page = sessions.page(s, SessionFilters(state=("inspected",)), cursor, AT_ONCE)
            known = review_rows.of_sessions(s, [row.id for row in page.rows])
            found = [
                (row, known[row.id], sessions.parts(s, row.id))
                for row in page.rows
                if any(one.review.state in RULED for one in known.get(row.id, ()))
            ]
        yield from found
        cursor = page.cursor
        if cursor is None:
            return


def labels_of(reviews: tuple[ReviewDetail, ...]) -> Labels | None:
    """What people said of a session in its decided reviews, later ones counting more; None where none is decided."""
    ruled = sorted((one for one in reviews if one.review.state in RULED), key=_moment)
    if not ruled:
        return None
    items: dict[str, Verdict] = {}
    spans: list[FaultSpan] = []
    for one in ruled:
        final = one.review.state == "final"
        for decision in _counting(one.decisions, final):
            verdict = _verdict(decision)
            if verdict is not None:
                items[_key(decision)] = verdict
        for missed in one.missed:
            items[missed.item] = "fail"
            spans.append(FaultSpan(missed.item, Interval(missed.start, max(missed.start, missed.end))))
    return Labels(items=items or None, verdict=_session_verdict(ruled[-1]), faults=tuple(spans) or None)


def _moment(one: ReviewDetail) -> datetime:
    return one.review.final_at or one.review.decided_at or one.review.created_at


def _counting(decisions: tuple[DecisionRow, ...], final: bool) -> Iterator[DecisionRow]:
    """First decisions, then the final ones on top of them where the review was judged finally."""
    yield from (one for one in decisions if one.stage == "first")
    if final:
        yield from (one for one in decisions if one.stage == "final")


def _key(decision: DecisionRow) -> str:
    return decision.item if decision.product_index is None else f"{decision.item}#{decision.product_index}"


def _verdict(decision: DecisionRow) -> Verdict | None:
    """What the item truly came to in the person's eyes; None where they could not tell."""
    if decision.decision == "cannot_tell":
        return None
    found = decision.machine_verdict in FOUND
    return "fail" if found == (decision.decision == "confirm") else "pass"


def _session_verdict(one: ReviewDetail) -> SessionVerdict | None:
    standing = one.review.standing
    return None if standing is None else "clear" if standing == PASSED else "flagged"


def _media(store: Store, row: SessionRow, parts: tuple[PartRow, ...], out: Path) -> tuple[Path, ...] | None:
    """The recording's files under names of the corpus's own; None where one is gone or there are none."""
    brought = []
    for part in parts:
        suffix = PurePath(part.file_name).suffix.lower()
        if suffix not in MEDIA_SUFFIXES or not store.blobs.exists(part.blob):
            return None
        target = out / MEDIA / f"{id_of(row.id)}.{part.index}{suffix}"
        with store.blobs.local(part.blob) as source:
            shutil.copyfile(source, target)
        brought.append(target)
    return tuple(brought) or None


def _recording(row: SessionRow, labels: Labels, media: tuple[Path, ...], out: Path, split: Split) -> Recording:
    id_ = id_of(row.id)
    order = out / MEDIA / f"{id_}.order.json"
    order.write_text(json.dumps(unnamed(row.order), ensure_ascii=False, sort_keys=True) + "\n", encoding="utf-8")
    return Recording(
        id=id_,
        media=media,
        order=order,
        ruleset=row.ruleset,
        labels=labels,
        split=split,
        source="real",
        conditions={"scenario": row.scenario} if row.scenario else {},
        duration=row.duration,
    )


def unnamed(order: Mapping[str, Any]) -> dict[str, Any]:
    """An order without anything that names a person: only known fields, and of birth dates no more than the age."""
    kept: dict[str, Any] = {key: order[key] for key in KEPT_OF_ORDER if key in order}
    sold = str(order.get("recorded_at") or "")[:10]
    for party in PARTIES:
        values = order.get(party)
        if isinstance(values, Mapping):
            allowed = {key: value for key, value in values.items() if key not in NAMING and _plain(value)}
            if "birth_date" in allowed:
                allowed["birth_date"] = _of_same_age(str(allowed["birth_date"]), sold)
            kept[party] = {key: value for key, value in allowed.items() if value is not None and key in KNOWN_OF_PARTY}
    return kept


KNOWN_OF_PARTY = (
    "sex",
    "birth_date",
    "annual_income",
    "household_income",
    "budget",
    "risk_level",
    "needs",
    "same_as_policyholder",
    "org",
)


def _plain(value: object) -> bool:
    return not isinstance(value, Mapping)


def _of_same_age(born: str, sold: str) -> str | None:
    """A birth date that makes the person as old at the sale as they were; None where either is unknown."""
    try:
        birth, sale = date.fromisoformat(born[:10]), date.fromisoformat(sold)
    except ValueError:
        return None
    age = sale.year - birth.year - ((sale.month, sale.day) < (birth.month, birth.day))
    return f"{sale.year - age}-01-01"
