"""The words of a mail: one text, one HTML, no picture, nothing loaded from anywhere.

A mail names the call's id and the rule and nothing else about anybody, unless the administrator allowed more
(``details``). What to do stands in the app behind sign-in; the mail only leads there, to the second.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import cache
from pathlib import Path

import jinja2

KINDS = {"alert": "Fraud alert", "digest": "Daily digest", "escalation": "Escalated alert", "test": "Test mail"}
TEMPLATES = Path(__file__).parent / "templates"
SUBJECT = 160  # characters; longer ones are cut by many programs on phones


@dataclass(frozen=True, slots=True)
class Item:
    """One alert as a mail tells it. ``details`` and ``quotes`` are empty unless the administrator allowed them."""

    title: str
    rule: str
    call: str
    risk: int
    at: str
    clock: str
    case_url: str
    listen_url: str
    reasons: tuple[str, ...]
    calls: int = 1
    team: str = ""
    details: tuple[tuple[str, str], ...] = ()
    quotes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail to one address, before it is bytes. ``thread`` keeps mails about one case together."""

    kind: str
    sender: str
    to: str
    message_id: str
    at: datetime
    items: tuple[Item, ...]
    cases_url: str
    lead: str = ""
    thread: str | None = None


def write_letter(letter: Letter) -> EmailMessage:
    """The message, ready for ``bytes()``: CRLF line ends, text first, then HTML."""
    message = EmailMessage(policy=SMTP)
    message["From"] = letter.sender
    message["To"] = letter.to
    message["Subject"] = subject_of(letter)
    message["Date"] = format_datetime(letter.at)
    message["Message-ID"] = letter.message_id
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's holiday note answers to it
    message["X-Auto-Response-Suppress"] = "All"
    if letter.kind in ("alert", "escalation"):
        message["Importance"] = "high"
    if letter.thread:
        message["References"] = letter.thread
    shown = {"letter": letter, "kind": KINDS[letter.kind], "subject": subject_of(letter), "headline": headline(letter)}
    message.set_content(_templates().get_template("mail.txt").render(shown))
    message.add_alternative(_templates().get_template("mail.html").render(shown), subtype="html")
    return message


def subject_of(letter: Letter) -> str:
    """One line; whatever a rule's title holds, no header can be made of it."""
    if letter.kind == "test":
        text = "callsift: test of the alert mails"
    elif letter.kind == "digest":
        count = len(letter.items)
        text = f"Fraud digest: {count} {'case' if count == 1 else 'cases'} to look at"
    else:
        item = letter.items[0]
        prefix = "Nobody answered: " if letter.kind == "escalation" else ""
        text = f"{prefix}Risk {item.risk}: {item.title} (call {item.call})"
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if len(line) <= SUBJECT else line[: SUBJECT - 1] + "…"


def headline(letter: Letter) -> str:
    """What the mail says first."""
    if letter.kind == "test":
        return "Alert mails arrive here"
    if letter.kind == "digest":
        count = len(letter.items)
        return f"{count} {'case' if count == 1 else 'cases'} to look at"
    return letter.items[0].title


def parts(raw: bytes) -> tuple[Sequence[tuple[str, str]], str, str]:
    """A kept mail again: its headers for people, its text and its HTML."""
    from email import message_from_bytes  # only where a mail is looked at
    from email.policy import default

    message = message_from_bytes(raw, policy=default)
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    headers = [(name, str(message[name])) for name in ("From", "To", "Subject", "Date", "Message-ID")]
    return headers, text.get_content() if text else "", html.get_content() if html else ""


@cache
def _templates() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES), autoescape=jinja2.select_autoescape(["html"]), trim_blocks=True,
        lstrip_blocks=True, undefined=jinja2.StrictUndefined, keep_trailing_newline=True,
    )  # fmt: skip
