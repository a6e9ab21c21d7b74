"""What can be wrong with mails: a recipient that cannot be read, a server that cannot be used."""

from __future__ import annotations

from rules.errors import CallsiftError


class AlertError(CallsiftError):
    """A setting of the alerts that cannot be used; says which and what to write."""


class MailLater(CallsiftError):
    """The mail was not taken now (server away, greylisting, a full mailbox): try again later.

    ``everywhere`` when it is the server's fault and other mails need not be tried either.
    """

    def __init__(self, message: str, *, everywhere: bool = False) -> None:
        super().__init__(message)
        self.everywhere = everywhere


class MailRefused(CallsiftError):
    """The server will never take this mail to this address."""
