"""Decisions of reviewers as labels: what counts, and that nobody is named."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from engine.reviewing import Ruling, Unseen
from engine.settings import Settings
from engine.store import open_store, reviews, sessions
from engine.store.reviews import NewDecision, NewReview, Reviewer
from engine.store.sessions import SessionRow
from engine.store.store import Store
from eval.corpus.reviewed import import_reviews, unnamed
from tests.store.inspected import ORDER
from tests.store.test_misses import COOLING, PERIOD, session

NOW = datetime(2026, 11, 5, 8, tzinfo=UTC)
ANN, BOB = Reviewer("ann"), Reviewer("bob", senior=True)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(Settings(store={"folder": tmp_path / "store"})) as opened:
        yield opened


def decide(store: Store, row: SessionRow, decision: NewDecision) -> str:
    with store.database.writing() as s:
        new = NewReview(row.id, row.inspection_id or "", NOW + timedelta(days=1), reason="flagged")
        held = reviews.claim(s, reviews.open_review(s, new, NOW).id, ANN, NOW, 900)
        reviews.decide(s, held.id, ANN, held.version, decision, NOW)
        return held.id


def ruling(item: str, call: str) -> Ruling:
    return Ruling(item, None, call)  # type: ignore[arg-type]


def test_decisions_become_labels(store: Store, tmp_path: Path) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    one = session(store, folder, "one", (PERIOD, COOLING))
    machine = {("dr_period", None): "fail", ("dr_cooling_off", None): "review", ("dr_payment", None): "fail"}
    rulings = (
        ruling("dr_period", "confirm"),
        ruling("dr_cooling_off", "overturn"),
        ruling("dr_payment", "cannot_tell"),
    )
    decide(store, one, NewDecision("整改", rulings, (Unseen("fb_guarantee", 1.0, 2.0),), verdicts=machine))
    two = session(store, folder, "two", (PERIOD, COOLING))
    decide(store, two, NewDecision("合格"))
    session(store, folder, "nobody looked", (PERIOD,))
    corpus = import_reviews(store, tmp_path / "out", name="reviewed")
    found = {one.id: one for one in corpus.recordings}
    assert found.keys() == {one.id, two.id}
    labels = found[one.id].labels
    assert labels.items == {"dr_period": "fail", "dr_cooling_off": "pass", "fb_guarantee": "fail"}
    assert (labels.verdict, labels.violating) == ("flagged", True)
    assert labels.faults is not None
    assert (labels.faults[0].kind, labels.faults[0].interval.start) == ("fb_guarantee", 1.0)  # type: ignore[union-attr]
    assert found[two.id].labels.verdict == "clear"
    assert found[one.id].media[0].read_bytes() == b"one"
    assert found[one.id].source == "real"


def test_nothing_written_names_a_person(store: Store, tmp_path: Path) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    decide(store, session(store, folder, "one", (PERIOD,)), NewDecision("合格", note="王芳说的"))
    out = tmp_path / "out"
    import_reviews(store, out)
    texts = "".join(path.read_text("utf-8") for path in out.rglob("*") if path.suffix in (".json", ".jsonl", ".md"))
    for secret in ("王芳", "李强", "11010519491231002X", "13800138000", "13900139000", "A001", "P-one", "one.MP4"):
        assert secret not in texts


def test_orders_keep_what_rules_need() -> None:
    order = {**ORDER, "secret": "x", "products": ORDER["products"]}
    order["policyholder"] = {"name": "王芳", "birth_date": "1958-12-04", "annual_income": "5", "strange": "x"}
    order["guardian"] = "王芳"
    kept = unnamed(order)
    assert kept["products"] == ORDER["products"]
    assert kept["policyholder"] == {"birth_date": "1959-01-01", "annual_income": "5"}  # 67 on the day of the sale
    assert "王芳" not in json.dumps(kept, ensure_ascii=False)
    assert not {"secret", "policy_no", "guardian"} & kept.keys()


def test_sessions_without_a_recording_are_left_out(store: Store, tmp_path: Path) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    row = session(store, folder, "one", (PERIOD,))
    decide(store, row, NewDecision("合格"))
    with store.database.reading() as s:
        (part,) = sessions.parts(s, row.id)
    store.blobs.delete(part.blob)
    assert len(import_reviews(store, tmp_path / "out").recordings) == 0
