"""Real local SMTP servers: one that behaves as it is told, with STARTTLS and sign-in, and one that never comes to an end."""

from __future__ import annotations

import socket
import ssl
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

USER, PASSWORD = "sifter", "a-mail-password"


@dataclass
class Office:
    """What arrived, and how the next mails are answered: ``answers`` by address, each used once, then 250."""

    got: list[tuple[str, bytes]] = field(default_factory=list)
    tried: Counter[str] = field(default_factory=Counter)
    answers: dict[str, list[str]] = field(default_factory=dict)
    after_data: list[str] = field(default_factory=list)  # instead of 250; "" closes the line without a word
    signed_in: list[bool] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)
    port: int = 0

    def messages(self) -> list[EmailMessage]:
        return [cast(EmailMessage, message_from_bytes(raw, policy=default)) for _to, raw in self.got]

    async def handle_RCPT(self, server, session, envelope, address, options):
        self.tried[address] += 1
        waiting = self.answers.get(address, [])
        if waiting:
            return waiting.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if self.after_data:
            answer = self.after_data.pop(0)
            if not answer:
                server.transport.abort()
            return answer or "250 never heard"
        self.got.append((envelope.rcpt_tos[0], envelope.original_content))
        self.signed_in.append(session.auth_data is not None)
        self.encrypted.append(session.ssl is not None)
        return "250 OK taken"


@dataclass(frozen=True)
class Certificate:
    """A server's certificate for ``localhost`` with its key, and the authority that signed it."""

    authority: Path
    chain: Path


@contextmanager
def post_office(certificate: Certificate | None = None, *, host: str = "127.0.0.1", port: int = 0) -> Iterator[Office]:
    """A server on a free port. With a certificate it wants STARTTLS, then a sign-in."""
    office = Office()
    more: dict[str, object] = {}
    if certificate is not None:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate.chain)
        more = {"tls_context": context, "require_starttls": True, "auth_required": True, "authenticator": _sign_in}
    controller = Controller(office, hostname=host, port=port or free_port(host), **more)  # type: ignore[arg-type]
    controller.start()
    office.port = controller.port
    try:
        yield office
    finally:
        controller.stop()


@contextmanager
def dripping() -> Iterator[int]:
    """The port of a server that sends one byte at a time and never ends its greeting."""
    stop = threading.Event()
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(0.05)

    def drip() -> None:
        lines: list[socket.socket] = []
        while not stop.is_set():
            with suppress(TimeoutError):
                lines.append(listener.accept()[0])
            for line in list(lines):
                try:
                    line.send(b"2")
                except OSError:
                    lines.remove(line)
                    line.close()
        for line in lines:
            line.close()

    thread = threading.Thread(target=drip)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        stop.set()
        thread.join()
        listener.close()


def free_port(host: str = "127.0.0.1") -> int:
    with socket.create_server((host, 0)) as listener:
        return int(listener.getsockname()[1])


def make_certificate(folder: Path) -> Certificate:
    issuer_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    issuer, subject = _name("test authority"), _name("localhost")
    root = _built(issuer, issuer, issuer_key.public_key(), authority=True).sign(issuer_key, hashes.SHA256())
    leaf = _built(subject, issuer, key.public_key(), authority=False).sign(issuer_key, hashes.SHA256())
    chain = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ) + leaf.public_bytes(serialization.Encoding.PEM)
    (folder / "server.pem").write_bytes(chain)
    (folder / "authority.pem").write_bytes(root.public_bytes(serialization.Encoding.PEM))
    return Certificate(folder / "authority.pem", folder / "server.pem")


def _sign_in(server, session, envelope, mechanism, data) -> AuthResult:
    good = isinstance(data, LoginPassword) and (data.login, data.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=good, auth_data=data if good else None, handled=False)


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _built(subject, issuer, public_key, *, authority: bool) -> x509.CertificateBuilder:
    today = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=2))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
    )
    if authority:
        return builder
    return builder.add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
