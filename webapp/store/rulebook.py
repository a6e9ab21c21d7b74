"""Rules in SQL: texts as verdicts used them, by hash, for ever, and the versions that were published.

A verdict can be made again when the pack has long moved on, and what is in force is a published version, never the state
of somebody's folder. Nothing is overwritten: going back publishes the rules of an earlier version again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from rules.engine.ruleset import RuleSet, kept_rules
from rules.errors import CallsiftError
from rules.language.files import Rule
from webapp.audit import write_audit
from webapp.database import Database, core, insert_new, now
from webapp.tables import RuleText
from webapp.tables.calls import Call, Ranked
from webapp.tables.rulebook import RulebookRow, RulebookRule


class RulebookError(CallsiftError):
    """A version or a text that is not there."""


@dataclass(frozen=True, slots=True)
class KeptRule:
    """One text of one rule; ``sha256`` is of ``text``, as the verdict's basis names it."""

    sha256: str
    rule: str
    version: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Published:
    """One published version, for people."""

    version: int
    made_at: datetime
    made_by: str
    note: str
    back_to: int | None
    rules: int


def keep(session: Session, org: int, rules: Sequence[KeptRule], moment: datetime) -> int:
    """Keep texts that are not known yet; how many."""
    return len(insert_new(session, RuleText, [{"org_id": org, "first_seen": moment, **asdict(rule)} for rule in rules]))


def titles(session: Session, org: int, wanted: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Titles of rules by id, for pairs of rule and version; the newest text where a version had several."""
    rows = select(RuleText.rule, RuleText.version, RuleText.title).where(
        RuleText.org_id == org, RuleText.rule.in_({rule for rule, _version in wanted})
    )
    pairs = set(wanted)
    found = session.execute(rows.order_by(RuleText.id))
    return {rule: title for rule, version, title in found if (rule, version) in pairs}


def kept_rule(rule: Rule) -> KeptRule:
    """A rule as it is kept."""
    return KeptRule(rule.digest, rule.id, rule.version, rule.body.title, rule.whole)


@dataclass(frozen=True, slots=True)
class Rulebook:
    """Published versions of one organisation."""

    database: Database
    org: int
    clock: Callable[[], datetime] = now

    def publish(self, ruleset: RuleSet, *, by: str, note: str = "") -> int:
        """Make ``ruleset`` the one in force; its version, or that of the one in force when nothing has changed."""
        rows = [(rule.pack, rule.id, rule.digest) for rule in ruleset.rules]
        with self.database.write() as session:
            newest = self._newest(session)
            if newest is not None and self._rows(session, newest) == rows:
                return newest
            keep(session, self.org, [kept_rule(rule) for rule in ruleset.rules], self.clock())
            return self._add(session, rows, by, note, None)

    def roll_back(self, to: int | None = None, *, by: str, note: str = "") -> int:
        """Publish the rules of version ``to`` (the one before the newest) again; the new version."""
        with self.database.write() as session:
            newest = self._newest(session)
            wanted = (newest or 0) - 1 if to is None else to
            rows = self._rows(session, wanted)
            if not rows:
                raise RulebookError(f"There is no version {wanted} of the rules to go back to.")
            return self._add(session, rows, by, note, wanted)

    def versions(self) -> list[Published]:
        """All versions, the newest first."""
        counted = select(RulebookRule.rulebook_id, func.count().label("rules")).group_by(RulebookRule.rulebook_id)
        of = counted.subquery()
        rows = select(RulebookRow, of.c.rules).join(of, of.c.rulebook_id == RulebookRow.id)
        with self.database.read() as session:
            found = session.execute(
                rows.where(RulebookRow.org_id == self.org).order_by(RulebookRow.version.desc())
            ).all()
        return [Published(row.version, row.made_at, row.made_by, row.note, row.back_to, count) for row, count in found]

    def newest(self) -> int | None:
        """The version in force; None when nothing was ever published."""
        with self.database.read() as session:
            return self._newest(session)

    def ruleset(self, version: int | None = None) -> RuleSet | None:
        """The rules of a version (None: the one in force); None when nothing was ever published."""
        with self.database.read() as session:
            wanted = self._newest(session) if version is None else version
            if wanted is None:
                return None
            rows = self._rows(session, wanted)
            if not rows:
                raise RulebookError(f"There is no version {wanted} of the rules.")
            texts = self._texts(session, [digest for _, _, digest in rows])
        return kept_rules((pack, texts[digest]) for pack, _, digest in rows)

    def of_hashes(self, digests: Iterable[str]) -> tuple[RuleSet, tuple[str, ...]]:
        """The rules that verdicts rest on, by the hash of their text, and hashes no text is kept for."""
        wanted = list(dict.fromkeys(digests))
        with self.database.read() as session:
            texts = self._texts(session, wanted)
        return kept_rules(("kept", texts[d]) for d in wanted if d in texts), tuple(d for d in wanted if d not in texts)

    def calls(self, since: datetime | None, until: datetime | None) -> list[str]:
        """Public ids of the calls with a result that began in a period, oldest first."""
        wanted = [Ranked.org_id == self.org]
        wanted += [Ranked.at >= since] if since else []
        wanted += [Ranked.at < until] if until else []
        with self.database.read() as session:
            return list(session.scalars(select(Ranked.public_id).where(*wanted).order_by(Ranked.at, Ranked.public_id)))

    def find_call(self, begin: str) -> str:
        """The public id of the one call with a result whose id begins so."""
        like = Ranked.public_id.startswith(begin, autoescape=True)
        with self.database.read() as session:
            found = session.scalars(select(Ranked.public_id).where(Ranked.org_id == self.org, like).limit(2)).all()
        if len(found) != 1:
            raise RulebookError(
                f'"{begin}" is the beginning of {"no" if not found else "more than one"} call with a result.'
            )
        return found[0]

    def sealed_key(self, call: str) -> bytes:
        """The wrapped key of a call's files, for its kept posteriors."""
        wanted = select(Call.sealed_key).where(Call.org_id == self.org, Call.public_id == call)
        with self.database.read() as session:
            return session.scalars(wanted).one()

    def _newest(self, session: Session) -> int | None:
        return session.scalar(select(func.max(RulebookRow.version)).where(RulebookRow.org_id == self.org))

    def _rows(self, session: Session, version: int) -> list[tuple[str, str, str]]:
        rows = (
            select(RulebookRule.pack, RulebookRule.rule, RulebookRule.sha256)
            .join(RulebookRow, RulebookRow.id == RulebookRule.rulebook_id)
            .where(RulebookRow.org_id == self.org, RulebookRow.version == version)
        )
        return [(row.pack, row.rule, row.sha256) for row in session.execute(rows.order_by(RulebookRule.id))]

    def _texts(self, session: Session, digests: Sequence[str]) -> dict[str, str]:
        rows = select(RuleText.sha256, RuleText.text).where(RuleText.org_id == self.org, RuleText.sha256.in_(digests))
        return {row.sha256: row.text for row in session.execute(rows)}

    def _add(
        self, session: Session, rows: Sequence[tuple[str, str, str]], by: str, note: str, back_to: int | None
    ) -> int:
        moment, version = self.clock(), (self._newest(session) or 0) + 1
        book = RulebookRow(org_id=self.org, version=version, made_at=moment, made_by=by, note=note, back_to=back_to)
        session.add(book)
        session.flush()
        fixed = {"org_id": self.org, "rulebook_id": book.id}
        session.execute(
            insert(core(RulebookRule)),
            [{**fixed, "pack": pack, "rule": rule, "sha256": digest} for pack, rule, digest in rows],
        )
        what = "rules.publish" if back_to is None else "rules.rollback"
        write_audit(session, self.org, what, str(version), at=moment, detail=f"{by}: {note}".strip(": "))
        return version
