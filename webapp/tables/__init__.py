"""All tables. Importing this package fills ``Base.metadata``; migrations and tests compare with it."""

from webapp.tables.alerts import AlertRow, CaseHistory, CaseRow, DeliveryRow, MailRow, SuspectRow
from webapp.tables.base import Base
from webapp.tables.calls import (
    Call,
    ContactRow,
    FindingRow,
    MeasureRow,
    MetadataVersion,
    PartRow,
    Ranked,
    Refusal,
    Result,
    RuleText,
    VerdictRow,
    Voiceprint,
)
from webapp.tables.people import Audit, Membership, Org, Team, Throttle, User, UserSession
from webapp.tables.reports import ReportRow, ReportSchedule, ReportTeam
from webapp.tables.rulebook import RulebookRow, RulebookRule
from webapp.tables.work import JobRow, OutboxRow, Run

__all__ = [
    "AlertRow", "Audit", "Base", "Call", "CaseHistory", "CaseRow", "ContactRow", "DeliveryRow", "FindingRow", "JobRow",
    "MailRow", "MeasureRow", "Membership", "MetadataVersion", "Org", "OutboxRow", "PartRow", "Ranked", "Refusal",
    "ReportRow", "ReportSchedule", "ReportTeam", "Result", "RuleText", "RulebookRow", "RulebookRule", "Run", "SuspectRow", "Team",
    "Throttle", "User", "UserSession", "VerdictRow", "Voiceprint",
]  # fmt: skip
