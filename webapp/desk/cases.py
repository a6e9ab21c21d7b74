"""Fraud cases for one person. Without the scope's condition on its calls no case is found at all.

What a person sees of a case is told by the calls of their own teams alone: calls of others neither show nor count.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, func, select, union, update
from sqlalchemy.orm import Session

from dashboards.cases import (
    OUTCOMES,
    CaseCall,
    CaseEvent,
    CaseLine,
    CaseMail,
    CaseMoment,
    CaseView,
    CaseVoices,
    MailView,
    Waiting,
)
from pipeline.cases import Case, Link, build_cases, elsewhere
from rules.errors import CallsiftError
from webapp.alerts import signs
from webapp.alerts.cases import note
from webapp.alerts.routes import routes_of
from webapp.alerts.sending import OUTBOX
from webapp.alerts.smtp import server_of
from webapp.alerts.writing import parts
from webapp.audit import write_audit
from webapp.desk.case_voices import Calls, amounts_in, voices_in, words_of
from webapp.desk.desk import SqlDesk
from webapp.desk.typed import kept_text
from webapp.settings import Settings
from webapp.tables import AlertRow, CaseHistory, CaseRow, DeliveryRow, MailRow, Ranked, SuspectRow, User

READ = "case.read"
OPEN, DONE = ("open", "acknowledged"), ("closed", "withdrawn")
CHANGES = {
    "acknowledge": (("open",), "acknowledged"), "close": (OPEN, "closed"), "reopen": (DONE, "open"),
    "note": ((*OPEN, *DONE), None),
}  # fmt: skip
SAID = {"acknowledge": "acknowledged", "close": "closed", "reopen": "reopened", "note": "noted"}
LOOKED_AT = 2000  # suspects searched for the same pattern
LONGEST = 2000  # characters of a note
LINKS = {"customer": "same customer", "account": "same account", "number": "same number"}

Member = tuple[SuspectRow, Ranked]


@dataclass(frozen=True)
class SqlCaseDesk:
    """See `CaseDesk`."""

    desk: SqlDesk
    settings: Settings

    def cases(self, *, closed: bool = False, outcome: str = "", limit: int = 100) -> Sequence[CaseLine]:
        with self.desk.store.database.read() as session:
            order = (CaseRow.changed_at.desc(),) if closed else (CaseRow.risk.desc(), CaseRow.last_at.desc())
            wanted: list[ColumnElement[bool]] = [
                CaseRow.id.in_(self._mine()),
                CaseRow.state.in_(DONE if closed else OPEN),
            ]
            if outcome:
                wanted += [CaseRow.state == "closed", CaseRow.outcome == outcome]
            rows = session.scalars(
                select(CaseRow)
                .where(CaseRow.org_id == self.desk.store.org, *wanted)
                .order_by(*order, CaseRow.id)
                .limit(limit)
            ).all()
            lines = [self._line(session, row, self._members(session, row)) for row in rows]
        return lines if closed else sorted(lines, key=lambda line: -line.risk)

    def outcomes(self) -> Mapping[str, int]:
        told = func.coalesce(CaseRow.outcome, "")
        wanted = CaseRow.org_id == self.desk.store.org, CaseRow.state == "closed", CaseRow.id.in_(self._mine())
        with self.desk.store.database.read() as session:
            return dict(session.execute(select(told, func.count()).where(*wanted).group_by(told)).all())

    def _mine(self) -> CompoundSelect[Any]:
        """The keys of cases with a call of this person, or of which they were told."""
        calls = select(Ranked.call_id).where(self._inside)
        return union(
            select(SuspectRow.case_id).where(SuspectRow.call_id.in_(calls), SuspectRow.case_id.is_not(None)),
            select(AlertRow.case_id).where(AlertRow.call_id.in_(calls)),
        )

    def case(self, case_id: str) -> CaseView | None:
        store = self.desk.store
        with store.database.write() as session:
            row = self._find(session, case_id)
            if row is None:
                return None
            write_audit(session, store.org, READ, case_id, at=store.clock(), by=self.desk.scope.user)
            if row.merged_into is not None:
                return self._merged(session, row)
            members = self._members(session, row)
            told = self._story(session, members)
            names = {ranked.public_id: ranked for _suspect, ranked in members}
            calls = tuple(_call(ranked, suspect, told, row.public_id) for suspect, ranked in members)
            view = CaseView(self._line(session, row, members), calls, self._elsewhere(session, row, told, names),
                            self._history(session, row), self._mails(session, row))  # fmt: skip
        words = words_of(store, list(names))  # behind the lock: files are opened and unsealed
        return replace(view, amounts=amounts_in(words, names), voices=self._voices(members, told, words, names))

    def _voices(
        self, members: Sequence[Member], told: Case | None, words: Calls, names: dict[str, Ranked]
    ) -> CaseVoices | None:
        if told is None or not self.settings.voiceprints:
            return None
        with self.desk.store.database.read() as session:
            voices = signs.voices_of(session, [suspect for suspect, _ranked in members])
            listen = self.desk.may("calls:listen")
            return voices_in(session, told, words, names, voices, self._inside, may_listen=listen)

    def change(self, case_id: str, what: str, text: str, outcome: str = "") -> bool:
        store, user = self.desk.store, self.desk.scope.user
        before, after = CHANGES[what]
        ended = outcome if what == "close" else None
        if ended is not None and ended not in OUTCOMES:
            return False
        words = kept_text(text, self.settings.redaction_policy, LONGEST)
        with store.database.write() as session:
            row = self._find(session, case_id, permission="cases:work", lock=True)
            if row is None or row.state not in before or (what == "note" and not words):
                return False
            moment = store.clock()
            if after is not None:
                row.state, row.changed_at = after, moment
                row.outcome = ended
            if what in ("acknowledge", "close"):
                fresh = AlertRow.case_id == row.id, AlertRow.acknowledged_at.is_(None)
                session.execute(update(AlertRow).where(*fresh).values(acknowledged_at=moment, acknowledged_by=user))
            calls = [ranked.public_id for _suspect, ranked in self._members(session, row, whole=True)]
            note(session, row, SAID[what], calls, moment, by=user, text=words, outcome=ended)
            write_audit(session, store.org, f"case.{what}", case_id, at=moment, by=user)
        return True

    def mail(self, mail_id: str) -> MailView | None:
        store = self.desk.store
        with store.database.write() as session:
            mail = session.scalars(
                select(MailRow).where(MailRow.org_id == store.org, MailRow.public_id == mail_id)
            ).one_or_none()
            if mail is None or not self._may_see(session, mail):
                return None
            write_audit(session, store.org, "mail.read", mail_id, at=store.clock(), by=self.desk.scope.user)
        if not mail.raw:
            return MailView(
                _mail(mail), (("Subject", mail.subject),), f"{mail.subject}.", f"<head></head><p>{mail.subject}.</p>"
            )
        headers, text, html = parts(mail.raw)
        return MailView(_mail(mail), tuple(headers), text, html)

    def mails(self) -> Waiting:
        org = self.desk.store.org
        with self.desk.store.database.read() as session:
            counted = select(MailRow.state, func.count()).where(MailRow.org_id == org).group_by(MailRow.state)
            counts: dict[str, int] = dict(session.execute(counted).all())
        folder = str(self.settings.path(OUTBOX).absolute())
        try:
            server, recipients, error = server_of(self.settings), len(routes_of(self.settings).alerts), ""
        except CallsiftError as wrong:
            server, recipients, error = None, 0, str(wrong)
        return Waiting(
            server.name if server else None,
            folder,
            counts.get("waiting", 0),
            counts.get("refused", 0),
            recipients,
            error,
        )

    @property
    def _inside(self) -> ColumnElement[bool]:
        return self.desk.scope.calls("cases:read")

    def _find(
        self, session: Session, case_id: str, *, permission: str = "cases:read", lock: bool = False
    ) -> CaseRow | None:
        """The case, where at least one of its calls is one of this person's."""
        wanted = select(CaseRow).where(CaseRow.org_id == self.desk.store.org, CaseRow.public_id == case_id)
        row = session.scalars(wanted.with_for_update() if lock else wanted).one_or_none()
        if row is None:
            return None
        key = row.merged_into or row.id
        calls: CompoundSelect[Any] = (
            union(  # alerts too: a case whose signs have gone is still there for who was told of it
                select(SuspectRow.call_id).where(SuspectRow.case_id == key),
                select(AlertRow.call_id).where(AlertRow.case_id == key),
            )
        )
        mine = select(Ranked.call_id).where(self.desk.scope.calls(permission), Ranked.call_id.in_(calls)).limit(1)
        return row if session.scalar(mine) is not None else None

    def _merged(self, session: Session, row: CaseRow) -> CaseView:
        into = session.get_one(CaseRow, row.merged_into)
        return CaseView(self._line(session, row, []), (), (), (), (), merged_into=into.public_id)

    def _members(self, session: Session, row: CaseRow, *, whole: bool = False) -> list[Member]:
        """The calls of a case that this person may see (``whole``: all of them, for the record), in the order of time."""
        wanted = (
            select(SuspectRow, Ranked)
            .join(Ranked, Ranked.call_id == SuspectRow.call_id)
            .where(SuspectRow.case_id == row.id)
            .order_by(SuspectRow.at, SuspectRow.id)
        )
        rows = session.execute(wanted if whole else wanted.where(self._inside))
        return [(suspect, ranked) for suspect, ranked in rows]

    def _story(self, session: Session, members: Sequence[Member]) -> Case | None:
        rows = [suspect for suspect, _ranked in members]
        voices = signs.voices_of(session, rows) if self.settings.voiceprints else {}
        names = {ranked.call_id: ranked.public_id for _suspect, ranked in members}
        built = build_cases(signs.signed(rows, names, voices), hub=self.settings.alert_hub)
        return built[0] if built else None

    def _line(self, session: Session, row: CaseRow, members: Sequence[Member]) -> CaseLine:
        told = self._story(session, members)
        best = max(members, key=lambda member: (member[0].score, member[0].at), default=None)
        titles = {
            sign.rule: sign.title or sign.rule for suspect, _ranked in members for sign in signs.signs_of(suspect)
        }
        title = titles[told.rules[0]] if told else "No sign is left"
        reasons = tuple(reason for reason in (told.reasons if told else ()) if reason != f"{title}.")
        return CaseLine(
            row.public_id, row.state, told.risk if told else row.risk, title, reasons, len(members),
            best[1].name if best else "", told.first if told else row.first_at, told.last if told else row.last_at,
            (row.outcome or "") if row.state == "closed" else "",
        )  # fmt: skip

    def _elsewhere(
        self, session: Session, row: CaseRow, told: Case | None, own: dict[str, Ranked]
    ) -> tuple[CaseCall, ...]:
        """Other people's calls in which much the same was heard."""
        if told is None:
            return ()
        rows = session.execute(
            select(SuspectRow, Ranked, CaseRow.public_id)
            .join(Ranked, Ranked.call_id == SuspectRow.call_id)
            .join(CaseRow, CaseRow.id == SuspectRow.case_id, isouter=True)
            .where(self._inside, SuspectRow.case_id.is_distinct_from(row.id))
            .order_by(SuspectRow.at.desc(), SuspectRow.id.desc())
            .limit(LOOKED_AT)
        ).all()
        others = {ranked.public_id: (suspect, ranked, case) for suspect, ranked, case in rows}
        heard = {name: {sign.rule for sign in signs.signs_of(suspect)} for name, (suspect, _r, _c) in others.items()}
        found = []
        for one in elsewhere(told.rules, heard):
            suspect, ranked, case = others[one.call]
            why = f"{len(one.rules)} rules in common, {one.likeness:.0%} alike"
            found.append(
                CaseCall(ranked.public_id, ranked.name, ranked.at, ranked.queue, ranked.agent, suspect.score, why, case)
            )
        return tuple(found)

    def _history(self, session: Session, row: CaseRow) -> tuple[CaseEvent, ...]:
        rows = session.execute(
            select(CaseHistory, User.name)
            .join(User, User.id == CaseHistory.user_id, isouter=True)
            .where(CaseHistory.case_id == row.id)
            .order_by(CaseHistory.id.desc())
        )
        return tuple(
            CaseEvent(one.at, name or "", one.what, one.note, one.risk, one.outcome or "") for one, name in rows
        )

    def _mails(self, session: Session, row: CaseRow) -> tuple[CaseMail, ...]:
        """Mails about alerts on calls that this person may see."""
        about = (
            select(DeliveryRow.mail_id)
            .join(AlertRow, AlertRow.id == DeliveryRow.alert_id)
            .join(Ranked, Ranked.call_id == AlertRow.call_id)
            .where(AlertRow.case_id == row.id, self._inside)
        )
        wanted = select(MailRow).where(MailRow.id.in_(about)).order_by(MailRow.id.desc())
        return tuple(_mail(mail) for mail in session.scalars(wanted) if self._may_see(session, mail))

    def _may_see(self, session: Session, mail: MailRow) -> bool:
        """A mail is seen by who may see every call it speaks of; one about no call (a test) by who sees all teams."""
        about = (
            select(AlertRow.call_id)
            .join(DeliveryRow, DeliveryRow.alert_id == AlertRow.id)
            .where(DeliveryRow.mail_id == mail.id)
        )
        calls = set(session.scalars(about))
        if not calls:
            return self.desk.may("cases:read") and self.desk.scope.teams("cases:read") is None
        return calls <= set(session.scalars(select(Ranked.call_id).where(self._inside, Ranked.call_id.in_(calls))))


def _call(ranked: Ranked, suspect: SuspectRow, told: Case | None, case: str) -> CaseCall:
    moments = [
        CaseMoment(moment.call, moment.at, moment.sign.start, moment.sign.rule, moment.sign.title or moment.sign.rule,
                   _why(moment.sign.quote, moment.sign.why), moment.sign.score)
        for moment in (told.timeline if told else ())
        if moment.call == ranked.public_id
    ]  # fmt: skip
    why = ", ".join(_links(told.links, ranked.public_id) if told else ())
    return CaseCall(
        ranked.public_id, ranked.name, ranked.at, ranked.queue, ranked.agent, suspect.score, why, case, tuple(moments)
    )


def _why(quote: str, why: str) -> str:
    return f"“{quote}”" if quote else why


def _links(links: Sequence[Link], call: str) -> list[str]:
    """What holds a call to the others, in words; a voice with how close it is."""
    own = [link for link in links if call in link.calls]
    words = [LINKS[kind] for kind in LINKS if any(link.kind == kind for link in own)]
    voices = [link.closeness for link in own if link.kind == "voice"]
    return words + ([f"same voice ({max(voices):.0%} alike)"] if voices else [])


def _mail(mail: MailRow) -> CaseMail:
    return CaseMail(
        mail.public_id, mail.kind, mail.address, mail.subject, mail.made_at, mail.state, mail.said, mail.attempt
    )
