"""Mail: the server answers, is encrypted and knows us; without one mails lie in the outbox folder."""

from __future__ import annotations

from webapp.alerts.errors import AlertError, MailLater
from webapp.alerts.routes import base_url, routes_of
from webapp.alerts.smtp import Session, server_of
from webapp.checking import Check
from webapp.settings import Settings


def check(settings: Settings) -> list[Check]:
    try:
        server, routes, _url = server_of(settings), routes_of(settings), base_url(settings)
    except AlertError as error:
        return [Check("mail", "FAIL", str(error), "mend the setting; until then no alert mail goes out")]
    if server is None:
        outbox = settings.path("outbox").absolute()
        return [
            Check("mail", "WARN", f"no SMTP server is set: mails are written to {outbox}", "set CALLSIFT_SMTP_URL_FILE")
        ]
    session = Session(server)
    try:
        encrypted = session.greet()
    except MailLater as error:
        return [Check("mail", "FAIL", str(error), "check host, port, user and password")]
    finally:
        session.close()
    found = [Check("mail", "OK", f"{server.name} answers{' over TLS' if encrypted else ''}")]
    if not routes.alerts:
        found.append(Check("alerts", "WARN", "nobody gets alert mails", "set CALLSIFT_ALERT_RECIPIENTS"))
    return found
