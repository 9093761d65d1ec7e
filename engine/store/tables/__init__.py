"""The tables, one module per subject. Only engine/store reads them; others get frozen dataclasses from its queries."""

from engine.store.tables import guards as guards
from engine.store.tables.base import Base
from engine.store.tables.consistency import Compared, Consistency, Voiceprint
from engine.store.tables.inspections import Correction, Finding, Inspection, InspectionFile, Line
from engine.store.tables.jobs import Event, Heartbeat, Job
from engine.store.tables.keeping import Hold, Policy, Purge, Refusal
from engine.store.tables.people import CustomerLink, Login, Token, User
from engine.store.tables.recordings import Blob, Part, PersonKey, Session, Tag, Upload
from engine.store.tables.reviews import Appeal, AppealFile, Decision, Draft, Missed, QueueView, Review, ReviewEvent
from engine.store.tables.rulesets import RuleSetVersion
from engine.store.tables.search import SearchDocument
from engine.store.tables.tickets import Sample, Ticket, TicketEvent
from engine.store.tables.trail import Audit, Idempotency, Mark
from engine.store.tables.webhooks import Delivery, Webhook
from engine.store.tables.wordings import Wording

__all__ = [
    "Appeal",
    "AppealFile",
    "Audit",
    "Base",
    "Blob",
    "Compared",
    "Consistency",
    "Correction",
    "CustomerLink",
    "Decision",
    "Delivery",
    "Draft",
    "Event",
    "Finding",
    "Heartbeat",
    "Hold",
    "Idempotency",
    "Inspection",
    "InspectionFile",
    "Job",
    "Line",
    "Login",
    "Mark",
    "Missed",
    "Part",
    "PersonKey",
    "Policy",
    "Purge",
    "QueueView",
    "Refusal",
    "Review",
    "ReviewEvent",
    "RuleSetVersion",
    "Sample",
    "SearchDocument",
    "Session",
    "Tag",
    "Ticket",
    "TicketEvent",
    "Token",
    "Upload",
    "User",
    "Voiceprint",
    "Webhook",
    "Wording",
]
