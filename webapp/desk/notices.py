"""A person's notices over SQL: the inbox, how they want to be told, and the searches they hear of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from dashboards.frame import MOST_COUNTED
from dashboards.notices import ADDRESS, KINDS, Notice, Watch, Wish, sentence, wrong
from webapp.database import core, upserting
from webapp.desk import searches
from webapp.desk.desk import SqlDesk
from webapp.notices.reading import entries, seen
from webapp.tables import NoticeRow, NoticeWish, SearchRow, SearchWatch, User

SHOWN = 200
HOWS = ("", "inbox", "mail")


@dataclass(frozen=True)
class SqlNoticeDesk:
    """See `NoticeDesk`."""

    desk: SqlDesk

    def unread(self) -> int:
        open_ = select(NoticeRow.id).where(NoticeRow.read_at.is_(None), seen(self.desk.scope)).limit(MOST_COUNTED + 1)
        with self.desk.store.database.read() as session:
            return session.scalar(select(func.count()).select_from(open_.subquery())) or 0

    def notices(self) -> Sequence[Notice]:
        latest = select(NoticeRow).where(seen(self.desk.scope)).order_by(NoticeRow.at.desc(), NoticeRow.id.desc())
        with self.desk.store.database.read() as session:
            rows = session.scalars(latest.limit(SHOWN)).all()
            return [
                Notice(one.row.public_id, one.row.kind, one.row.at, sentence(one.told), one.href, one.row.read_at is not None)
                for one in entries(session, self.desk.scope, rows)
            ]  # fmt: skip

    def open(self, notice_id: str) -> str | None:
        with self.desk.store.database.write() as session:
            one = session.scalars(
                select(NoticeRow).where(seen(self.desk.scope), NoticeRow.public_id == notice_id)
            ).one_or_none()
            if one is None:
                return None
            one.read_at = one.read_at or self.desk.store.clock()
            return entries(session, self.desk.scope, [one])[0].href

    def read_all(self) -> int:
        mine = NoticeRow.org_id == self.desk.scope.org, NoticeRow.user_id == self.desk.scope.user
        with self.desk.store.database.write() as session:
            done = update(NoticeRow).where(*mine, NoticeRow.read_at.is_(None)).values(read_at=self.desk.store.clock())
            return len(session.scalars(done.returning(NoticeRow.id)).all())

    def wish(self) -> Wish:
        with self.desk.store.database.read() as session:
            row = session.scalars(select(NoticeWish).where(NoticeWish.user_id == self.desk.scope.user)).one_or_none()
        return Wish() if row is None else as_wish(row)

    def mail_address(self) -> str:
        return address_of(self.wish(), self.desk.user.login)

    def keep(self, wish: Wish) -> str:
        problem = wrong(wish)
        scope = self.desk.scope
        if problem or not scope.user:
            return problem or "Only who has a role can be told."
        row = {"org_id": scope.org, "user_id": scope.user, "address": wish.address, "digest": wish.digest,
               "at_once": wish.at_once, "digest_hour": wish.digest_hour, "quiet": wish.quiet.strip(),
               "muted": [kind for kind in KINDS if kind in wish.muted]}  # fmt: skip
        with self.desk.store.database.write() as session:
            new = upserting(session)(core(NoticeWish)).values(**row)
            changed = {name: new.excluded[name] for name in row if name not in ("org_id", "user_id")}
            session.execute(new.on_conflict_do_update(index_elements=["org_id", "user_id"], set_=changed))
        return ""

    def watches(self) -> Sequence[Watch]:
        scope = self.desk.scope
        if not scope.may("calls:read"):
            return ()
        with self.desk.store.database.read() as session:
            known = dict(session.execute(
                select(SearchRow.public_id, SearchWatch.mail).join(SearchWatch, SearchWatch.search_id == SearchRow.id)
                .where(SearchWatch.user_id == scope.user)
            ).all())  # fmt: skip
            return [
                Watch(one.id, one.name, _shared(one.shared, one.team), _how(known.get(one.id)))
                for one in searches.saved(session, scope)
            ]

    def watch(self, search_id: str, how: str) -> bool:
        """Hear of a kept search one may use, or no more; calls that are there already are not told."""
        scope, moment = self.desk.scope, self.desk.store.clock()
        kept = SearchRow.org_id == scope.org, SearchRow.public_id == search_id, SearchRow.name != ""
        if how not in HOWS or not scope.may("calls:read"):
            return False
        with self.desk.store.database.write() as session:
            key = session.scalar(select(SearchRow.id).where(*kept, searches.usable(scope)))
            if key is None:
                return False
            mine = SearchWatch.search_id == key, SearchWatch.user_id == scope.user
            if not how:
                session.execute(delete(SearchWatch).where(*mine))
                return True
            new = upserting(session)(core(SearchWatch)).values(
                org_id=scope.org, search_id=key, user_id=scope.user, mail=how == "mail", made_at=moment, checked_at=moment
            )  # fmt: skip
            session.execute(new.on_conflict_do_update(
                index_elements=["search_id", "user_id"], set_={"mail": new.excluded["mail"]}
            ))  # fmt: skip
        return True


def as_wish(row: NoticeWish) -> Wish:
    return Wish(row.address, row.digest, row.at_once, row.digest_hour, row.quiet, tuple(row.muted))


def address_of(wish: Wish, login: str) -> str:
    """Where mails go: the address somebody gave, else the login where it is one."""
    return wish.address or (login if ADDRESS.fullmatch(login) else "")


def wishes(session: Session, users: Sequence[User]) -> dict[int, Wish]:
    """How these people want to be told."""
    rows = session.scalars(select(NoticeWish).where(NoticeWish.user_id.in_([one.id for one in users])))
    return {row.user_id: as_wish(row) for row in rows}


def _how(mail: bool | None) -> str:
    return "" if mail is None else "mail" if mail else "inbox"


def _shared(shared: str, team: str) -> str:
    return f"team {team}" if shared == "team" else "everyone" if shared == "everyone" else "only me"
