"""Who is told, and when: recipients by pack and team, quiet hours, the address of the application in links."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo

from webapp.alerts.errors import AlertError
from webapp.settings import Settings

ANY = "*"
NOBODY_SET = "fraud@localhost"  # without a server and without recipients: something to look at in the outbox folder
ADDRESS = re.compile(r"[^@\s<>,;]+@[^@\s<>,;]+")
HOURS = re.compile(r"([01]\d|2[0-3]):([0-5]\d)\s*-\s*([01]\d|2[0-3]):([0-5]\d)")


@dataclass(frozen=True, slots=True)
class Route:
    """Mails about ``pack`` and ``team`` (``*``: any) go to ``address``."""

    pack: str
    team: str
    address: str

    def takes(self, pack: str, team: str) -> bool:
        return self.pack in (ANY, pack) and self.team in (ANY, team)


@dataclass(frozen=True, slots=True)
class Routes:
    """Everybody who is told."""

    alerts: tuple[Route, ...]
    escalations: tuple[Route, ...]
    quiet: tuple[time, time] | None
    zone: ZoneInfo

    def is_quiet(self, moment: datetime) -> bool:
        """Whether no mail may go out now. The end belongs to the day: at 07:00 sharp mails go out."""
        if self.quiet is None:
            return False
        begin, end = self.quiet
        clock = moment.astimezone(self.zone).time()
        return begin <= clock < end if begin <= end else clock >= begin or clock < end


def routes_of(settings: Settings) -> Routes:
    """The routes in the settings; raises AlertError where one cannot be read."""
    alerts = _routes("alert_recipients", settings.alert_recipients)
    if not alerts and settings.smtp_url is None:
        alerts = (Route(ANY, ANY, NOBODY_SET),)
    return Routes(
        alerts, _routes("alert_escalation", settings.alert_escalation), _quiet(settings.alert_quiet),
        ZoneInfo(settings.zone),
    )  # fmt: skip


def addresses(routes: Sequence[Route], pack: str, team: str) -> list[str]:
    """Each address once, in the order of the settings."""
    return list(dict.fromkeys(route.address for route in routes if route.takes(pack, team)))


def base_url(settings: Settings) -> str:
    """The address of the application, without a slash at its end."""
    url = settings.public_url or f"http://{settings.host}:{settings.port}"
    if not re.match(r"https?://[^\s/?#]", url):
        raise AlertError(
            f"public_url = {url!r} is no address of a web application; write it as https://callsift.example."
        )
    return url.rstrip("/")


def _routes(name: str, lines: Sequence[str]) -> tuple[Route, ...]:
    found = []
    for line in lines:
        where, _, address = line.partition("=")
        pack, slash, team = where.strip().partition("/")
        if not (pack and slash and team and address.isascii() and ADDRESS.fullmatch(address.strip())):
            raise AlertError(
                f"{name}: {line!r} cannot be read; write pack/team=address, as in fraud/*=team@bank.example."
            )
        found.append(Route(pack.strip(), team.strip(), address.strip()))
    return tuple(found)


def _quiet(hours: str | None) -> tuple[time, time] | None:
    if not hours:
        return None
    found = HOURS.fullmatch(hours.strip())
    if found is None:
        raise AlertError(f"alert_quiet = {hours!r} cannot be read; write the hours as 22:00-07:00.")
    begin_hour, begin_minute, end_hour, end_minute = map(int, found.groups())
    return time(begin_hour, begin_minute), time(end_hour, end_minute)
