"""fsspec's HTTP file system, tied to addresses that were checked before.

The host's name still goes into the request and into the check of the certificate; only where the connection goes is
fixed. Anything but a plain 200 is an error: a redirect could lead anywhere.
"""

from __future__ import annotations

import socket
from collections.abc import Sequence
from typing import Any

import aiohttp
import yarl
from aiohttp.abc import AbstractResolver, ResolveResult
from fsspec.asyn import sync
from fsspec.implementations.http import HTTPFileSystem

from pipeline.errors import BadRecording
from pipeline.records import Seconds

PLAIN = {"Accept-Encoding": "identity", "User-Agent": "callsift"}  # a compressed body could unfold to any size


class _Resolver(AbstractResolver):
    """Knows one host."""

    def __init__(self, host: str, addresses: Sequence[str]) -> None:
        self._host, self._addresses = host, addresses

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        if host != self._host:
            raise OSError(f"{host} was not checked")
        return [_result(host, address, port) for address in self._addresses]

    async def close(self) -> None:
        return None


class _Plain200(HTTPFileSystem):  # type: ignore[misc]  # fsspec has no types
    def _raise_not_found_for_status(self, response: aiohttp.ClientResponse, url: str) -> None:
        if 300 <= response.status < 400:
            raise BadRecording(
                "not_allowed", "The server redirects to another address, which is not followed. Give the final address."
            )
        if response.status != 200:
            raise BadRecording("unreachable", f"The server answers {response.status} instead of the recording.")


def get(url: str, host: str, addresses: Sequence[str], sink: Any, seconds: Seconds) -> None:
    """Write the body of ``url`` into ``sink``; raises BadRecording. No single wait is longer than ``seconds``."""

    if yarl.URL(url, encoded=True).host != host:  # two readers of one URL that disagree about its host
        raise BadRecording("not_allowed", "This address is not fetched. It is not a usable URL.")

    async def client(**given: Any) -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(resolver=_Resolver(host, addresses), use_dns_cache=False)
        times = aiohttp.ClientTimeout(total=20 * seconds, sock_connect=seconds, sock_read=seconds)
        return aiohttp.ClientSession(
            connector=connector, timeout=times, trust_env=False, auto_decompress=False, headers=PLAIN
        )

    files = _Plain200(get_client=client, skip_instance_cache=True, allow_redirects=False, encoded=True)
    try:
        files.get_file(url, _FileLike(sink))
    except (aiohttp.ClientError, OSError, TimeoutError) as error:
        raise BadRecording("unreachable", f"The recording cannot be fetched ({type(error).__name__}).") from error
    finally:
        if files._session is not None:
            sync(files.loop, files._session.close)


class _FileLike:
    """What fsspec takes for a file that is already open."""

    def __init__(self, sink: Any) -> None:
        self.write = sink.write

    def read(self) -> bytes:
        raise OSError("only written to")

    def tell(self) -> int:
        raise OSError("only written to")

    def close(self) -> None:
        return None


def _result(host: str, address: str, port: int) -> ResolveResult:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    flags = socket.AI_NUMERICHOST | socket.AI_NUMERICSERV
    return ResolveResult(hostname=host, host=address, port=port, family=family, proto=0, flags=flags)
