"""How fast a full store answers: lists, the review queue and search over many sessions, on SQLite and on PostgreSQL.

Sessions are made up of what salespeople and customers say (the rule sets' examples, talk about something else) with
names, amounts and products that differ. SQLite is measured always, PostgreSQL where an address is given.
"""

import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from typing import Any

from engine.order import Order
from engine.rules import load
from engine.settings import Settings
from engine.store import bulk, open_store, queue, search, sessions
from engine.store.blobs import StoredBlob
from engine.store.bulk import Inspected
from engine.store.database import Database
from engine.store.filters import SessionFilters
from engine.store.ids import new_id
from engine.store.inspections import FindingRow, LineRow
from engine.store.migrating import upgrade
from engine.store.order_columns import people
from engine.store.queue import QueueFilters
from engine.store.sessions import SessionRow
from eval.benchmarks.figures import Figure
from eval.benchmarks.rules import TALK, wordings

SESSIONS = 100_000
LINES = 20
ROUNDS = 40
TARGET_MS = 100.0
SEED = 4
BRANCHES, AGENTS, CUSTOMERS = 50, 2000, 60_000
FLAGGED_SHARE = 0.3
TAGGED_SHARE = 0.02
BETWEEN_S = 300.0
"""One session every five minutes: a year of them is 100,000."""
NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
FAMILY = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
GIVEN = "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂建国华志永红文玉春梅海燕雪荣爱云飞"
PRODUCTS = ("安康鑫享", "福寿双全", "金玉满堂", "长青", "瑞祥", "平安颐年", "如意宝", "鸿福年年", "智悦", "恒利来")
KINDS = ("终身寿险", "年金保险", "两全保险", "重大疾病保险", "医疗保险", "意外伤害保险")
ITEMS = ("dr_cooling_off", "dr_surrender_loss", "dr_is_insurance", "fb_guarantee", "cv_coached", "vs_same_frame")
WORDS = (
    "犹豫期", "退保", "由于期", "youyuqi", "保险", "一", "您", "十五天", "15天", "现金价值", "亲笔签名", "不清楚",
    "安康鑫享终身寿险", "重大疾病", "犹豫期 退保", "保险 现金价值", "王芳", "李建国", "12800元", "xianjinjiazhi",
    "代签字", "没有人说过的话", "疑似误导销售行为", "签",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ask:
    """Something that is asked of a store, and by whom."""

    group: str
    name: str
    run: Callable[[Any], object]


def measure(count: int = SESSIONS, postgres: str | None = None, rounds: int = ROUNDS) -> list[Figure]:
    """Fill stores with `count` sessions and ask them. `postgres`: the address of an empty database."""
    figures: list[Figure] = []
    for name, address in (("SQLite", None), ("PostgreSQL", postgres)):
        if name == "SQLite" or address is not None:
            with tempfile.TemporaryDirectory(prefix="mingjian-") as folder:
                settings = Settings.model_validate({"store": {"folder": folder, "database": address}})
                figures += _of_store(name, settings, count, rounds)
    return figures


def _of_store(name: str, settings: Settings, count: int, rounds: int) -> Iterator[Figure]:
    database = Database(settings.store)
    upgrade(database)
    began = time.perf_counter()
    bulk.write(database, made_up(database, count), StoredBlob("0" * 64, 1), NOW)
    yield Figure(f"{name}: sessions written", count, note=f"{time.perf_counter() - began:.0f} s")
    database.close()
    with open_store(settings) as store:
        yield from answers(name, store.database, count, rounds)


def answers(name: str, database: Database, count: int, rounds: int) -> Iterator[Figure]:
    """How long the store takes to answer, group by group: half of the answers, and 95 of 100, are quicker."""
    taken: dict[str, list[tuple[float, str]]] = {}
    for ask in _asks(random.Random(SEED), count, rounds):
        began = time.perf_counter()
        with database.reading() as s:
            ask.run(s)
        taken.setdefault(ask.group, []).append((1000 * (time.perf_counter() - began), ask.name))
    for group, times in taken.items():
        values = [one[0] for one in times]
        slowest = max(times)
        half, most = statistics.median(values), statistics.quantiles(values, n=20)[-1]
        yield Figure(f"{name}: {group}, p50", half, "ms")
        yield Figure(f"{name}: {group}, p95", most, "ms", TARGET_MS, note=f"slowest {slowest[0]:.0f}: {slowest[1]}")


def _asks(chance: random.Random, count: int, rounds: int) -> Iterator[Ask]:
    for _ in range(rounds):
        for name, filters in _filters(chance, count):
            yield Ask("list", name, lambda s, chosen=filters: _two_pages(s, chosen))  # type: ignore[misc]
        for name, queued in _queues(chance):
            yield Ask("queue", name, lambda s, chosen=queued: queue.page(s, chosen, NOW))  # type: ignore[misc]
        for word in WORDS:
            yield Ask("search", word, lambda s, word=word: search.find(s, word, SessionFilters()))  # type: ignore[misc]
        for name, filters in _filters(chance, count):
            word = chance.choice(WORDS)
            run = lambda s, word=word, chosen=filters: search.find(s, word, chosen)  # noqa: E731
            yield Ask("search with filters", f"{word}, {name}", run)


def _two_pages(s: Any, filters: SessionFilters) -> None:
    page = sessions.page(s, filters)
    if page.cursor is not None:
        sessions.page(s, filters, page.cursor)


def _filters(chance: random.Random, count: int) -> Iterator[tuple[str, SessionFilters]]:
    day = NOW - timedelta(seconds=BETWEEN_S * chance.randrange(count))
    yield "all", SessionFilters()
    yield "flagged", SessionFilters(verdict=("flagged",))
    yield "branch", SessionFilters(branch=f"第{chance.randrange(BRANCHES)}分公司")
    yield "branch, flagged", SessionFilters(branch=f"第{chance.randrange(BRANCHES)}分公司", verdict=("flagged",))
    yield "agent", SessionFilters(agent_no=f"A{chance.randrange(AGENTS):05}")
    yield "policy", SessionFilters(policy_no=f"P{chance.randrange(count):08}")
    yield "tag", SessionFilters(tags=("重点",))
    yield "item", SessionFilters(item=chance.choice(ITEMS), item_verdict="fail")
    yield "days", SessionFilters(created_from=day - timedelta(days=3), created_until=day)
    yield "old days", SessionFilters(created_until=day, verdict=("flagged",))
    yield "product", SessionFilters(product=chance.choice(PRODUCTS))
    yield "nothing", SessionFilters(agent_name="没有这个人")


def _queues(chance: random.Random) -> Iterator[tuple[str, QueueFilters]]:
    yield "all", QueueFilters()
    yield "branch", QueueFilters(branch=f"第{chance.randrange(BRANCHES)}分公司")
    yield "due", QueueFilters(due_before=NOW)
    yield "item", QueueFilters(item=chance.choice(ITEMS))


def made_up(database: Database, count: int) -> Iterator[Inspected]:
    """Sessions one after the other, the newest last."""
    chance = random.Random(SEED)
    said = [*wordings(load("face_to_face")), *wordings(load("telesales"))]
    talk = [text for _, text in TALK]
    customers = [(_name(chance), f"1{chance.randrange(10**9, 10**10)}") for _ in range(CUSTOMERS)]
    for number in range(count):
        name, phone = chance.choice(customers)
        yield _session(database, number, count, name, phone, chance, _lines(chance, said, talk, name))


def _lines(chance: random.Random, said: list[str], talk: list[str], name: str) -> tuple[LineRow, ...]:
    texts = [f"请问您是{name}{chance.choice(('先生', '女士'))}本人吗？", "是的，我是。"]
    product = chance.choice(PRODUCTS) + chance.choice(KINDS)
    texts.append(f"您投保的是{product}，每年交{100 * chance.randrange(10, 500)}元。")
    texts += chance.choices(said, k=(LINES - 4) // 2)
    texts += chance.choices(talk, k=LINES - len(texts))
    ends = list(accumulate(0.2 * len(text) + 1 for text in texts))
    return tuple(
        LineRow(place, round(end - 0.2 * len(text), 2), round(end, 2), ("agent", "customer")[place % 2], text)
        for place, (text, end) in enumerate(zip(texts, ends, strict=True))
    )


def _session(
    database: Database,
    number: int,
    count: int,
    name: str,
    phone: str,
    chance: random.Random,
    lines: tuple[LineRow, ...],
) -> Inspected:
    made = NOW - timedelta(seconds=BETWEEN_S * (count - number))
    agent = chance.randrange(AGENTS)
    order = {"policy_no": f"P{number:08}", "policyholder": {"name": name, "phone": phone}}
    flagged = chance.random() < FLAGGED_SHARE
    inspection = new_id()
    row = SessionRow(
        id=new_id(), created_at=made, created_by="uploader", state="inspected", fingerprint=f"{number:064x}",
        ruleset="face_to_face", order=order, policy_no=f"P{number:08}", scenario=("face_to_face", "bank")[agent % 2],
        channel="agency", region="CN-SN", branch=f"第{agent % BRANCHES}分公司", agent_no=f"A{agent:05}",
        agent_name=FAMILY[agent % len(FAMILY)] + GIVEN[agent % len(GIVEN)],
        product=chance.choice(PRODUCTS) + chance.choice(KINDS), trigger="B", recorded_at=made,
        due_at=made + timedelta(days=15), due_known=True, duration=lines[-1].end,
        verdict="flagged" if flagged else "clear", outcome="问题件" if flagged else "标准件",
        score=75.0 if flagged else 100.0, inspection_id=inspection, retry_of=None, purge_after=None,
    )  # fmt: skip
    failed = chance.choice(ITEMS) if flagged else None
    findings = tuple(
        FindingRow(row.id, inspection, item, None, item, "disclosure", "critical", "fail" if item == failed else "pass",
                   "disclosed", item == failed)
        for item in ITEMS
    )  # fmt: skip
    tags = ("重点",) if chance.random() < TAGGED_SHARE else ()
    known = people(Order.model_validate(order), database.keys)
    return Inspected(row, lines, findings, tags, known, chance.randrange(4) if flagged else None)


def _name(chance: random.Random) -> str:
    return chance.choice(FAMILY) + "".join(chance.choices(GIVEN, k=chance.randint(1, 2)))
