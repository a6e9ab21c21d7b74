"""Mail: the server answers and takes a greeting; without one mails lie in the outbox folder."""

from __future__ import annotations

import smtplib
import ssl
from urllib.parse import unquote, urlsplit

from webapp.checking import Check
from webapp.settings import Settings

TIMEOUT = 10.0  # seconds; smtplib waits for ever without one


def check(settings: Settings) -> list[Check]:
    if settings.smtp_url is None:
        outbox = settings.path("outbox").absolute()
        return [
            Check("mail", "WARN", f"no SMTP server is set: mails are written to {outbox}", "set CALLSIFT_SMTP_URL_FILE")
        ]
    address = urlsplit(settings.smtp_url.get_secret_value())
    where = f"{address.hostname}:{address.port or (465 if address.scheme == 'smtps' else 587)}"
    try:
        encrypted = _greet(
            address.scheme,
            str(address.hostname),
            address.port,
            unquote(address.username or ""),
            unquote(address.password or ""),
        )
    except (OSError, smtplib.SMTPException) as error:
        return [Check("mail", "FAIL", f"{where}: {type(error).__name__}", "check host, port, user and password")]
    if not encrypted and address.hostname not in ("127.0.0.1", "localhost", "::1"):
        return [Check("mail", "FAIL", f"{where} offers no encryption", "use a server with STARTTLS or smtps://")]
    return [Check("mail", "OK", f"{where} answers{' over TLS' if encrypted else ''}")]


def _greet(scheme: str, host: str, port: int | None, user: str, password: str) -> bool:
    context = ssl.create_default_context()
    if scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, port or 465, timeout=TIMEOUT, context=context)
    else:
        server = smtplib.SMTP(host, port or 587, timeout=TIMEOUT)
    with server:
        encrypted = scheme == "smtps"
        server.ehlo()
        if not encrypted and server.has_extn("starttls"):
            server.starttls(context=context)
            server.ehlo()
            encrypted = True
        if user and encrypted:
            server.login(user, password)
        return encrypted
