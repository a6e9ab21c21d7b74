"""One SMTP session: encrypted, signed in, and never for longer than a mail may take.

A socket's timeout alone does not bound a server that sends one byte a second, so a watchdog cuts the line as well.
"""

from __future__ import annotations

import logging
import smtplib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import unquote, urlsplit

from webapp.alerts.errors import AlertError, MailLater, MailRefused
from webapp.settings import Settings

log = logging.getLogger(__name__)

PATIENCE = 10.0  # seconds for one answer
DEADLINE = 20.0  # seconds for connecting, and again for each mail
LOOPBACK = ("127.0.0.1", "localhost", "::1")
PORTS = {"smtp": 587, "smtps": 465}
GONE = 421  # the server closes the line; says nothing about the mail


@dataclass(frozen=True, slots=True)
class Server:
    """Where mails go. ``secure``: TLS from the first byte; else STARTTLS, without which only loopback is used."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    secure: bool
    authority: Path | None = None

    @property
    def name(self) -> str:
        return f"{self.host}:{self.port}"


def server_of(settings: Settings) -> Server | None:
    """The server in the settings, None where there is none; raises AlertError for an address that is none."""
    if settings.smtp_url is None:
        return None
    try:
        url = urlsplit(settings.smtp_url.get_secret_value())
        scheme, host, port = url.scheme, url.hostname, url.port
    except ValueError:
        scheme, host, port = "", None, None
    if scheme not in PORTS or not host:
        raise AlertError(
            "smtp_url cannot be read; write smtp://user:password@host:587 or smtps://user:password@host:465."
        )
    return Server(host, port or PORTS[scheme], unquote(url.username or ""), unquote(url.password or ""),
                  scheme == "smtps", settings.smtp_ca)  # fmt: skip


class Session:
    """A line to the server, opened with the first mail and kept for those that follow."""

    def __init__(self, server: Server, *, patience: float = PATIENCE, deadline: float = DEADLINE) -> None:
        self.server, self.patience, self.deadline = server, patience, deadline
        self._line: smtplib.SMTP | None = None

    def send(self, raw: bytes, sender: str, to: str) -> str:
        """Hand one mail over; what the server answered. Raises MailLater or MailRefused."""
        line = self._line or self._open()
        try:
            with self._watched(line):
                return self._hand_over(line, raw, parseaddr(sender)[1], to)
        except (OSError, ValueError, smtplib.SMTPException) as error:
            self.close()
            raise MailLater(f"{self.server.name} went away: {_plain(error)}", everywhere=True) from error

    def greet(self) -> bool:
        """Open the line and sign in, without a mail; whether it is encrypted. Raises MailLater."""
        line = self._line or self._open()
        return isinstance(line.sock, ssl.SSLSocket)

    def close(self) -> None:
        line, self._line = self._line, None
        if line is not None:
            with suppress(OSError, ValueError, smtplib.SMTPException), self._watched(line):
                line.quit()
            line.close()

    def _open(self) -> smtplib.SMTP:
        context = ssl.create_default_context(cafile=self.server.authority)
        if self.server.secure:
            line: smtplib.SMTP = smtplib.SMTP_SSL(timeout=self.patience, context=context)
        else:
            line = smtplib.SMTP(timeout=self.patience)
        line._host = self.server.host  # type: ignore[attr-defined]  # whose certificate is asked for: set by the constructor only when it connects
        try:
            with self._watched(line):
                self._greet(line, context)
        except (OSError, ValueError, smtplib.SMTPException) as error:
            line.close()
            raise MailLater(f"{self.server.name}: {_plain(error)}", everywhere=True) from error
        except MailLater:
            line.close()
            raise
        self._line = line
        return line

    def _greet(self, line: smtplib.SMTP, context: ssl.SSLContext) -> None:
        server = self.server
        code, answer = line.connect(server.host, server.port)
        if code != 220:
            raise MailLater(f"{server.name} does not take mail now: {code} {_text(answer)}", everywhere=True)
        line.ehlo_or_helo_if_needed()
        encrypted = server.secure
        if not encrypted and line.has_extn("starttls"):
            line.starttls(context=context)
            line.ehlo()
            encrypted = True
        if not encrypted and server.host not in LOOPBACK:
            raise MailLater(f"{server.name} offers no encryption; use one with STARTTLS, or smtps://", everywhere=True)
        if server.user:
            line.login(server.user, server.password)

    def _hand_over(self, line: smtplib.SMTP, raw: bytes, sender: str, to: str) -> str:
        """MAIL, RCPT, DATA one by one: who refused what decides whether it is worth another try."""
        steps: tuple[tuple[str, Callable[[], tuple[int, bytes]]], ...] = (
            ("the sender", lambda: line.mail(sender)), ("the address", lambda: line.rcpt(to)),
            ("the mail", lambda: line.data(raw)),
        )  # fmt: skip
        for what, step in steps:
            try:
                code, answer = step()
            except smtplib.SMTPDataError as error:
                code, answer = error.smtp_code, _bytes(error.smtp_error)
            if code in (250, 251):
                continue
            said = f"{self.server.name} refused {what}: {code} {_text(answer)}"
            if code == GONE:
                self.close()
                raise MailLater(said, everywhere=True)
            with suppress(smtplib.SMTPServerDisconnected):
                line.rset()
            if code >= 500 and what != "the sender":  # a refused sender is a matter of settings, not of this mail
                raise MailRefused(said)
            raise MailLater(said, everywhere=what == "the sender")
        return f"{code} {_text(answer)}"

    @contextmanager
    def _watched(self, line: smtplib.SMTP) -> Iterator[None]:
        timer = threading.Timer(self.deadline, _cut, [line])
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()


def _cut(line: smtplib.SMTP) -> None:
    """End a line from outside; whoever waits on it sees it closed. Not through SSL, which another thread is using."""
    sock = line.sock
    if sock is not None:
        with suppress(OSError):
            socket.socket.shutdown(sock, socket.SHUT_RDWR)


def _text(answer: bytes) -> str:
    """What a server said, made harmless and short."""
    text = " ".join("".join(c if c.isprintable() else " " for c in answer.decode("utf-8", "replace")).split())
    return text[:200]


def _bytes(answer: bytes | str) -> bytes:
    return answer if isinstance(answer, bytes) else answer.encode()


def _plain(error: Exception) -> str:
    """An error for people; never with the password, which only stands in what was sent."""
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_text(_bytes(error.smtp_error))}"
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate cannot be trusted ({error.verify_message}); set smtp_ca for an authority of your own"
    return str(error).strip() or type(error).__name__
