"""A long queue on the stage: thousands of sessions that wait for people, without recordings. The same every time."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

from engine.store import bulk
from engine.store.blobs import StoredBlob
from engine.store.bulk import Inspected
from engine.store.ids import new_id
from engine.store.inspections import FindingRow
from engine.store.sessions import SessionRow
from tests.console.stage import Stage

AGENTS = (("张宏", "A10231"), ("何静", "A10417"), ("马丽", "A10388"), ("杜鹏", "A10502"), ("罗浩", "A10533"))
BRANCHES = ("西安分公司", "咸阳支公司", "宝鸡支公司", "渭南支公司", "汉中支公司", "榆林支公司")
PRODUCTS = ("安享一生两全保险（分红型）", "康健无忧重大疾病保险", "金瑞年年年金保险", "福满堂终身寿险（万能型）")
SCENARIOS = ("face_to_face", "remote", "bank", "telesales", "callback")
FAULTS = (
    ("dr_cooling_off", "犹豫期（起算、天数、权利）", "critical"),
    ("dr_exclusion", "责任免除（含免赔额、等待期内、比例赔付）", "critical"),
    ("fb_guarantee", "承诺保本或收益", "critical"),
    ("dr_surrender_loss", "退保损失", "high"),
    ("v_signing", "签名过程", "high"),
    ("q_noise", "环境噪声", "medium"),
)
RANKS = {"critical": 0, "high": 1, "medium": 2, "low": 3}
SEED = 7


def fill(found: Stage, count: int) -> None:
    """Put `count` sessions that wait for a review on an empty stage, due from a day ago to a fortnight hence."""
    now = found.service.clock()
    bulk.write(found.service.store.database, _sessions(count, now), StoredBlob("0" * 64, 1), now)


def _sessions(count: int, now: datetime) -> Iterator[Inspected]:
    chance = Random(SEED)
    for number in range(count):
        made = now - timedelta(seconds=60 * (count - number))
        agent, agent_no = chance.choice(AGENTS)
        inspection = new_id()
        faults = chance.sample(FAULTS, chance.randint(1, 3))
        row = SessionRow(
            id=new_id(), created_at=made, created_by="stage", state="inspected", fingerprint=f"{number:064x}",
            ruleset="face_to_face", order={}, policy_no=f"P{number:010}", scenario=chance.choice(SCENARIOS),
            channel="agency", region="CN-SN", branch=chance.choice(BRANCHES), agent_no=agent_no, agent_name=agent,
            product=chance.choice(PRODUCTS), trigger="B", recorded_at=made,
            due_at=now + timedelta(seconds=chance.uniform(-86_400, 14 * 86_400)), due_known=True,
            duration=chance.uniform(300, 2400), verdict="flagged", outcome="问题件", score=chance.uniform(0, 90),
            inspection_id=inspection, retry_of=None, purge_after=None,
        )  # fmt: skip
        findings = tuple(
            FindingRow(row.id, inspection, item, None, title, "disclosure", severity, "fail", "missing", True)
            for item, title, severity in faults
        )
        yield Inspected(row, (), findings, severity=min(RANKS[severity] for _, _, severity in faults))
