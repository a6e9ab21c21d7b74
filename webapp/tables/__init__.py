"""All tables. Importing this package fills ``Base.metadata``; migrations and tests compare with it."""

from webapp.tables.alerts import AlertRow, CaseHistory, CaseRow, DeliveryRow, MailCall, MailRow, SuspectRow
from webapp.tables.base import Base
from webapp.tables.call_notes import CallNote, WordCorrection
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
from webapp.tables.figures import FigureCall, FigureCell
from webapp.tables.notices import NoticeRow, NoticeWish, SearchWatch
from webapp.tables.people import Audit, Membership, Org, Team, Throttle, User, UserSession
from webapp.tables.preferences import PreferenceRow
from webapp.tables.quality import (
    AssignmentRow,
    CalibrationCall,
    CalibrationPerson,
    CalibrationRow,
    CoachingRow,
    DisputeRow,
    ReviewAnswer,
    ReviewEvent,
    ReviewMark,
    ReviewRow,
    ReviewScore,
    RuleExample,
    ScorecardRow,
)
from webapp.tables.queues import (
    BulkRow,
    DrawnRow,
    DrawRow,
    PlaceRow,
    RankerRow,
    SavedQueue,
    Standing,
    StratumRow,
)
from webapp.tables.reports import ReportRow, ReportSchedule, ReportTeam
from webapp.tables.rulebook import RulebookRow, RulebookRule
from webapp.tables.scorecard_drafts import ScorecardDraft, ScorecardTrash
from webapp.tables.search import CallVector, SearchBuild, SearchRow
from webapp.tables.themes import ThemeCall, ThemeRow
from webapp.tables.work import JobRow, OutboxRow, Run

__all__ = [
    "AlertRow", "AssignmentRow", "Audit", "Base", "BulkRow", "CalibrationCall", "CalibrationPerson", "CalibrationRow",
    "Call", "CallNote", "CallVector", "CaseHistory", "CaseRow", "CoachingRow", "ContactRow", "DeliveryRow",
    "DisputeRow", "DrawRow", "DrawnRow", "FigureCall", "FigureCell", "FindingRow", "JobRow", "MailCall", "MailRow",
    "MeasureRow", "Membership", "MetadataVersion", "NoticeRow", "NoticeWish", "Org", "OutboxRow", "PartRow", "PlaceRow", "PreferenceRow",
    "Ranked", "RankerRow", "Refusal", "ReportRow", "ReportSchedule", "ReportTeam", "Result", "ReviewAnswer",
    "ReviewEvent", "ReviewMark", "ReviewRow", "ReviewScore", "RuleExample", "RuleText", "RulebookRow", "RulebookRule",
    "Run", "SavedQueue", "ScorecardDraft", "ScorecardRow", "ScorecardTrash",
    "SearchBuild", "SearchRow", "SearchWatch", "Standing", "StratumRow",
    "SuspectRow", "Team", "ThemeCall", "ThemeRow", "Throttle", "User", "UserSession", "VerdictRow", "Voiceprint",
    "WordCorrection",
]  # fmt: skip
