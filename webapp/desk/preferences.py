"""Preferences in SQL: one's own row, and the zone that stands beside the account; see `PreferenceDesk`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import available_timezones

from sqlalchemy import select, update

from dashboards.preferences import DENSITIES, THEMES, Preferences, PreferencesRefused, checked, own_keys
from webapp.database import upserting
from webapp.desk.desk import SqlDesk
from webapp.tables import PreferenceRow, User

FRESH: Mapping[str, Any] = {"keys": {}, "single_keys": True, "density": "comfortable", "theme": "system"}


@dataclass(frozen=True)
class SqlPreferenceDesk:
    """See `PreferenceDesk`."""

    desk: SqlDesk

    def mine(self) -> Preferences:
        with self.desk.store.database.read() as session:
            row = session.scalars(
                select(PreferenceRow)
                .join(User, User.id == PreferenceRow.user_id)
                .where(User.org_id == self.desk.store.org, User.public_id == self.desk.user.id)
            ).one_or_none()
        return Preferences() if row is None else Preferences(checked(row.keys), row.single_keys, row.density, row.theme)

    def keep_keys(self, typed: Mapping[str, str]) -> None:
        self._keep(keys=own_keys(typed))

    def keep_single(self, *, on: bool) -> None:
        self._keep(single_keys=on)

    def keep_look(self, density: str, theme: str, zone: str) -> None:
        faults = {
            name: "Choose one of the list."
            for name, value, known in (("density", density, DENSITIES), ("theme", theme, THEMES))
            if value not in known
        }
        if zone not in available_timezones():
            faults["zone"] = "There is no such zone; write it as in Europe/Helsinki."
        if faults:
            raise PreferencesRefused(faults)
        self._keep(zone=zone, density=density, theme=theme)

    def zones(self) -> Sequence[str]:
        return sorted(available_timezones())

    def _keep(self, *, zone: str | None = None, **changed: Any) -> None:
        """One statement, so that two windows at once change each what they changed."""
        store = self.desk.store
        with store.database.write() as session:
            mine = User.org_id == store.org, User.public_id == self.desk.user.id
            user = session.scalars(select(User.id).where(*mine)).one()
            row = {**FRESH, **changed, "user_id": user, "org_id": store.org, "changed_at": store.clock()}
            kept = {**changed, "changed_at": row["changed_at"]}
            new = upserting(session)(PreferenceRow).on_conflict_do_update(index_elements=["user_id"], set_=kept)
            session.execute(new, [row])
            if zone is not None:
                session.execute(update(User).where(*mine).values(zone=zone))
