"""Recordings behind URLs, by fsspec, without becoming anybody's errand boy.

Only schemes and hosts that the settings name; no local files, no chained protocols, no sign-in in the URL. For http and
https the host's addresses are resolved once, each must be public (`ipaddress.is_global`), and the connection goes to
exactly those (a name that changes its mind between check and connection gains nothing); redirects are refused, proxies of
the environment are not used, and the body is cut at a size. Object stores (s3, gs, az) are named by bucket, and their
endpoint is the operator's own configuration, never part of a URL.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import SplitResult, urlsplit, urlunsplit

from pipeline.errors import BadRecording
from pipeline.sealing.anonymous import anonymous_file

HTTP = {"http": 80, "https": 443}
BUCKETS = ("s3", "s3a", "gs", "gcs", "az", "abfs", "abfss", "adl", "oss", "oci")
NAT64, LOCAL_NAT64 = ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("64:ff9b:1::/48")
SECONDS = 60

Resolve = Callable[[str, int], Sequence[str]]  # host, port -> addresses


def resolve(host: str, port: int) -> list[str]:
    """The addresses of a host, each once."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[4][0]) for address in found))


def is_public(address: str) -> bool:
    """Whether an address belongs to the public internet (also when IPv4 is dressed as IPv6)."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        if found in LOCAL_NAT64:  # Python before 3.11.10 takes it for public
            return False
        nat64 = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF) if found in NAT64 else None
        found = found.ipv4_mapped or found.sixtofour or (found.teredo[1] if found.teredo else None) or nat64 or found
    return found.is_global and not found.is_multicast


@dataclass(frozen=True, slots=True)
class Fetcher:
    """Fetches what is allowed. ``resolve`` and ``allow`` are for tests with a server on this machine."""

    schemes: Sequence[str] = ()
    hosts: Sequence[str] = ()
    most_bytes: int = 200 << 20
    resolve: Resolve = field(default=resolve)
    allow: Callable[[str], bool] = field(default=is_public)

    def fetch(self, url: str) -> BinaryIO:
        """The bytes as an unnamed open file; raises BadRecording with what is not allowed or went wrong."""
        parts = self._allowed(url)
        sink = _Capped(anonymous_file(), self.most_bytes)
        try:
            if parts.scheme in HTTP:
                self._by_http(parts, sink)
            else:
                _by_bucket(url, parts, sink)
        except BaseException:
            sink.file.close()
            raise
        sink.file.flush()
        sink.file.seek(0)
        return sink.file

    def _allowed(self, url: str) -> SplitResult:
        """The parts of a URL that may be fetched; nothing has been asked of anybody yet."""
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError as error:
            raise _refused("It is not a usable URL.") from error
        if "::" in url:
            raise _refused("Chained protocols (::) are not taken.")
        if parts.scheme not in {*HTTP, *BUCKETS} or parts.scheme not in self.schemes:
            raise _refused(f'The scheme "{parts.scheme}" is not allowed; the setting url_schemes names those that are.')
        if (
            parts.username is not None
            or parts.password is not None
            or "\\" in url
            or not url.isprintable()
            or " " in url
        ):
            raise _refused("A URL with a sign-in, a space or a control character in it is not taken.")
        named = (parts.hostname or "") + (f":{port}" if port not in (None, HTTP.get(parts.scheme)) else "")
        if not named or named not in {host.lower() for host in self.hosts}:
            raise _refused(f'The host "{named}" is not allowed; the setting url_hosts names those that are.')
        return parts

    def _by_http(self, parts: SplitResult, sink: _Capped) -> None:
        host, port = parts.hostname or "", parts.port or HTTP[parts.scheme]
        try:
            addresses = list(self.resolve(host, port))
        except OSError as error:
            raise BadRecording("unreachable", f'The host "{host}" is not known.') from error
        if not addresses or not all(self.allow(address) for address in addresses):
            raise _refused(f'The host "{host}" has an address that is not of the public internet.')
        from pipeline.ingest.pinned import get  # aiohttp: only where recordings come by http

        netloc = host if parts.port is None else f"{host}:{parts.port}"
        plain = urlunsplit(
            (parts.scheme, netloc, parts.path or "/", parts.query, "")
        )  # one spelling for all who read it
        get(plain, host, addresses, sink, SECONDS)


@dataclass
class _Capped:
    """A sink that stops at a size; what fsspec writes into."""

    file: BinaryIO
    most: int
    size: int = 0

    def write(self, data: bytes) -> int:
        self.size += len(data)
        if self.size > self.most:
            raise BadRecording(
                "too_large", f"The recording is larger than {self.most >> 20} MB, the most that is fetched."
            )
        return self.file.write(data)


def label(url: str) -> str:
    """What people see of a URL: no query and no fragment, which may hold keys, and no sign-in."""
    if "::" in url and "[" not in url:  # a chain, which is refused; :: in brackets is an address of IPv6
        return "::".join(label(part) for part in url.split("::"))
    try:
        parts = urlsplit(url)
        return f"{parts.scheme}://{parts.hostname or ''}{parts.path}" if parts.scheme else parts.path
    except ValueError:
        return "a URL"


def is_url(source: str) -> bool:
    """Whether a source given on the command line is meant as a URL, also as one that is not allowed."""
    return "://" in source or ("::" in source and not Path(source).exists())


def _by_bucket(url: str, parts: SplitResult, sink: Any) -> None:
    import fsspec  # 100 ms, only where recordings come from object stores

    try:
        with fsspec.open(url, "rb") as source:
            while block := source.read(1 << 20):
                sink.write(block)
    except ImportError as error:
        raise BadRecording("unreachable", f"For {parts.scheme} a package is missing: {error}.") from error
    except OSError as error:
        raise BadRecording(
            "unreachable", f"The recording cannot be read from its bucket ({type(error).__name__})."
        ) from error


def _refused(why: str) -> BadRecording:
    return BadRecording("not_allowed", f"This address is not fetched. {why}")
