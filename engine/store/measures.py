"""What is counted, as conditions on rows: a share has hits among its base, a mean has a value of each of its base.

Every measure can be counted over any scope, and the sessions behind each of its numbers can be listed, by the same
conditions. What the measures mean stands in docs/statistics.md.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from sqlalchemy import ColumnElement, Float, FromClause, Select, and_, case, exists, func, or_, select, true
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import InstrumentedAttribute, aliased
from sqlalchemy.sql.functions import GenericFunction

from engine.store.tables import Appeal, Inspection, Missed, Review, Session, Ticket, TicketEvent

Base = Literal["session", "review", "ticket"]
PENDING = ("open", "claimed", "appealed")
RULED = ("decided", "appealed", "final")
PASSED = "合格"
DOUBLE = "double"
"""A second review, which keeps nothing waiting."""
REACHED = ("standard", "substandard", "settled", "questionnaire_signed")
"""Events that end a call-back with its questions answered (configs/callback_lifecycle.yaml)."""
PROBLEMS = ("rectify", "missell", "verify")
Condition = ColumnElement[bool]
Expression = ColumnElement[Any] | InstrumentedAttribute[Any]


class seconds_between(GenericFunction[float]):  # noqa: N801  (named as it reads in a query)
    """Seconds from one moment to another."""

    type = Float()
    inherit_cache = True


@compiles(seconds_between, "postgresql")
def _on_postgres(element: Any, compiler: Any, **how: Any) -> str:
    start, end = (compiler.process(one, **how) for one in element.clauses)
    return f"EXTRACT(EPOCH FROM ({end} - {start}))"


@compiles(seconds_between, "sqlite")
def _on_sqlite(element: Any, compiler: Any, **how: Any) -> str:
    start, end = (compiler.process(one, **how) for one in element.clauses)
    return f"((julianday({end}) - julianday({start})) * 86400.0)"


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure. A share: `hit` among `of`. A mean: `value` of each of `of`; `per` makes it a ratio of two sums.

    `unit`: share | seconds. `better`: which way is good, None where neither is.
    """

    id: str
    zh: str
    en: str
    base: Base
    of: Condition
    hit: Condition | None = None
    value: Expression | None = None
    per: Expression | None = None
    unit: Literal["share", "seconds"] = "share"
    better: Literal["more", "less"] | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """Where the rows of a base come from, and the moment that puts each into a period."""

    rows: FromClause
    moment: Expression
    branch: Expression


RULING: Any = (
    select(
        Review.session_id.label("session_id"),
        func.max(case((and_(Review.state.in_(PENDING), Review.reason != DOUBLE), 1), else_=0)).label("pending"),
        func.max(case((Review.state.in_(RULED), 1), else_=0)).label("ruled"),
        func.max(
            case(
                (and_(Review.outcome.is_not(None), func.coalesce(Review.final_outcome, Review.outcome) != PASSED), 1),
                else_=0,
            )
        ).label("failed"),
        func.min(Review.decided_at).label("decided_at"),
        func.min(Review.due_at).label("due_at"),
        func.sum(Review.seconds_spent).label("seconds"),
    )
    .group_by(Review.session_id)
    .subquery("ruling")
)
FIRST: Any = aliased(Inspection, name="first_inspection")


@cache
def source(base: Base) -> Source:
    """The rows of a base."""
    if base == "session":
        joined = Session.__table__.outerjoin(RULING, RULING.c.session_id == Session.id).outerjoin(
            FIRST, and_(FIRST.session_id == Session.id, FIRST.version == 1)
        )
        return Source(joined, Session.created_at, Session.branch)
    if base == "review":
        joined = Review.__table__.join(Session, Session.id == Review.session_id)
        return Source(joined, Review.decided_at, Session.branch)
    joined = Ticket.__table__.outerjoin(Session, Session.id == Ticket.session_id)
    return Source(joined, Ticket.opened_at, func.coalesce(Ticket.branch, Session.branch))


def counted(measure: Measure) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    """Two sums: of hits (or values) and of the base (or what the values are per)."""
    if measure.value is not None:
        upper, lower = measure.value, measure.per if measure.per is not None else 1
        return (
            func.coalesce(func.sum(case((measure.of, upper), else_=0.0)), 0.0),
            func.coalesce(func.sum(case((measure.of, lower), else_=0)), 0),
        )
    hit = and_(measure.of, measure.hit) if measure.hit is not None else measure.of
    return (
        func.coalesce(func.sum(case((hit, 1), else_=0)), 0),
        func.coalesce(func.sum(case((measure.of, 1), else_=0)), 0),
    )


def narrowed(query: Select[Any], measure: Measure, hits_only: bool) -> Select[Any]:
    """A query over the measure's base, of the rows it counts."""
    query = query.where(measure.of)
    return query.where(measure.hit) if hits_only and measure.hit is not None else query


def _measures() -> tuple[Measure, ...]:
    judged = Session.verdict.is_not(None)
    concluded = and_(
        judged, func.coalesce(RULING.c.pending, 0) == 0, or_(Session.verdict == "clear", RULING.c.ruled == 1)
    )
    ruled = Review.state.in_(RULED)
    standing = func.coalesce(Review.final_outcome, Review.outcome)
    missed = exists(select(1).where(Missed.review_id == Review.id))
    appealed = exists(select(1).where(Appeal.review_id == Review.id, Appeal.made_by != "system"))
    upheld = exists(select(1).where(Appeal.review_id == Review.id, Appeal.state == "upheld"))
    answered = exists(select(1).where(TicketEvent.ticket_id == Ticket.id, TicketEvent.event.in_(REACHED)))
    problem = Ticket.kind.in_(PROBLEMS)
    return (
        Measure("inspected", "已质检", "inspected", "session", true(), judged, better="more"),
        Measure("clear", "机检通过率", "clear by machine", "session", judged, Session.verdict == "clear"),
        Measure("flagged", "待复核率", "flagged", "session", judged, Session.verdict == "flagged"),
        Measure("unusable", "无法判定率", "unusable", "session", judged, Session.verdict == "unusable", better="less"),
        Measure(
            "first_pass", "一次合格率", "first-pass rate", "session",
            and_(Session.retry_of.is_(None), concluded), func.coalesce(RULING.c.failed, 0) == 0, better="more",
        ),
        Measure(
            "repeated", "重录占比", "recorded again", "session",
            true(), Session.retry_of.is_not(None), better="less",
        ),
        Measure(
            "problem", "问题件占比", "problem call-backs", "session",
            and_(Session.scenario == "callback", judged), Session.outcome == "问题件", better="less",
        ),
        Measure(
            "in_time", "按期复核率", "reviewed in time", "session",
            RULING.c.decided_at.is_not(None), RULING.c.decided_at <= RULING.c.due_at, better="more",
        ),
        Measure(
            "duration", "平均录制时长", "recording length", "session",
            Session.duration.is_not(None), value=Session.duration, unit="seconds",
        ),
        Measure(
            "to_verdict", "上传到机检结论", "upload to verdict", "session", FIRST.created_at.is_not(None),
            value=seconds_between(Session.created_at, FIRST.created_at), unit="seconds", better="less",
        ),
        Measure(
            "to_decision", "机检结论到人工决定", "verdict to decision", "session",
            and_(FIRST.created_at.is_not(None), RULING.c.decided_at.is_not(None)),
            value=seconds_between(FIRST.created_at, RULING.c.decided_at), unit="seconds", better="less",
        ),
        Measure(
            "review_seconds", "每次复核用时", "time of a review", "review", ruled,
            value=Review.seconds_spent, unit="seconds", better="less",
        ),
        Measure(
            "review_share", "复核用时占录制时长", "review time of the recording's length", "review",
            and_(ruled, Session.duration > 0), value=Review.seconds_spent, per=Session.duration, better="less",
        ),
        Measure("passed", "复核合格率", "passed in review", "review", ruled, standing == PASSED),
        Measure("appealed", "申诉率", "appealed", "review", ruled, appealed, better="less"),
        Measure(
            "appeal_upheld", "申诉成立率", "appeals upheld", "review",
            and_(ruled, appealed, Review.state == "final"), upheld,
        ),
        Measure(
            "changed", "终审改判率", "changed in the final judgement", "review",
            Review.state == "final", Review.final_outcome != Review.outcome, better="less",
        ),
        Measure(
            "missed", "盲抽漏检率", "missed, by blind samples", "review",
            and_(ruled, Review.reason == "blind"), or_(missed, standing != PASSED), better="less",
        ),
        Measure(
            "callback_reached", "回访成功率", "call-backs completed", "ticket",
            Ticket.kind == "callback", and_(Ticket.closed_at.is_not(None), answered), better="more",
        ),
        Measure(
            "handled", "处理完成率", "problems settled", "ticket",
            problem, Ticket.closed_at.is_not(None), better="more",
        ),
        Measure(
            "handled_in_time", "按期处理率", "problems settled in time", "ticket",
            and_(problem, Ticket.closed_at.is_not(None), Ticket.due_at.is_not(None)),
            Ticket.closed_at <= Ticket.due_at, better="more",
        ),
    )  # fmt: skip


MEASURES: dict[str, Measure] = {one.id: one for one in _measures()}
"""Every measure by its id, in the order of reports."""
