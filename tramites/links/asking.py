"""Asks a page of the internet whether it is there, slowly, and never anything that is not public.

A text may name any host, and a host may resolve to any address: each is looked up once and refused unless it is public,
and the connection is made to that very address; on each redirection anew.
"""

import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Final
from urllib.parse import SplitResult, urljoin, urlsplit

import urllib3

from tramites.enums import LinkFault

TIMEOUT: Final = urllib3.Timeout(connect=5, read=10)
MOST_REDIRECTIONS: Final = 5
SECONDS_BETWEEN: Final = 1.0
"""Between two requests to one host."""
_PORTS: Final = {"http": 80, "https": 443}
_AGENT: Final = "OficinaVirtual-LinkCheck"
_BUSY: Final = 429
_WRONG: Final = 400


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What came of asking: the status of the last answer, if there was one, and what is wrong, if something is."""

    status: int | None = None
    fault: LinkFault | None = None


class NotPublicError(Exception):
    """The address leads to something that is not of the public internet."""


def is_public(address: str) -> bool:
    """Whether an IP address is of the public internet: no loopback, private, link-local or reserved one."""
    found = ip_address(address)
    return found.is_global and not found.is_multicast


@dataclass(kw_only=True)
class Web:
    """The internet, to ask one host at a time. `may_reach` says which IP addresses may be connected to."""

    may_reach: Callable[[str], bool] = is_public
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    _asked_at: dict[str, float] = field(default_factory=dict)

    def ask(self, address: str) -> Reply:
        """HEAD, and GET where that is refused. Does not read what the page says."""
        try:
            reply = self._follow("HEAD", address)
            return reply if reply.fault is not LinkFault.ANSWER else self._follow("GET", address)
        except NotPublicError:
            return Reply(fault=LinkFault.NOT_PUBLIC)
        except (urllib3.exceptions.HTTPError, OSError):
            return Reply(fault=LinkFault.UNREACHABLE)

    def _follow(self, method: str, address: str) -> Reply:
        for _ in range(MOST_REDIRECTIONS + 1):
            status, onward = self._request(method, address)
            if onward is None:
                is_wrong = status >= _WRONG and status != _BUSY
                return Reply(status=status, fault=LinkFault.ANSWER if is_wrong else None)
            address = urljoin(address, onward)
        return Reply(status=status, fault=LinkFault.REDIRECTS)

    def _request(self, method: str, address: str) -> tuple[int, str | None]:
        """The status, and where it redirects to. Raises NotPublicError, HTTPError, OSError."""
        parts = _parts(address)
        ip = self._resolve(parts)
        self._wait_for(parts.hostname or "")
        pool = _pool(parts, ip)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        headers = {"Host": parts.netloc, "User-Agent": _AGENT, "Accept": "*/*"}
        with pool:
            answer = pool.urlopen(method, path, headers=headers, redirect=False, preload_content=False)
            answer.close()
        return answer.status, answer.headers.get("Location") if 300 <= answer.status < 400 else None

    def _resolve(self, parts: SplitResult) -> str:
        port = parts.port or _PORTS[parts.scheme]
        found = socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
        addresses = [str(entry[4][0]) for entry in found]
        if not addresses or not all(map(self.may_reach, addresses)):
            raise NotPublicError
        return addresses[0]

    def _wait_for(self, host: str) -> None:
        wait = self._asked_at.get(host, self.clock() - SECONDS_BETWEEN) + SECONDS_BETWEEN - self.clock()
        if wait > 0:
            self.sleep(wait)
        self._asked_at[host] = self.clock()


def _parts(address: str) -> SplitResult:
    """Raises NotPublicError for what is no page: another scheme, no host, somebody's name before it."""
    try:
        parts = urlsplit(address)
        known = parts.scheme in _PORTS and bool(parts.hostname) and "@" not in parts.netloc and parts.port != 0
    except ValueError:
        raise NotPublicError from None
    if not known:
        raise NotPublicError
    return parts


def _pool(parts: SplitResult, ip: str) -> urllib3.HTTPConnectionPool:
    """A connection to that very address, whose certificate has to be the host's."""
    port = parts.port or _PORTS[parts.scheme]
    if parts.scheme == "http":
        return urllib3.HTTPConnectionPool(ip, port, timeout=TIMEOUT, retries=False)
    return urllib3.HTTPSConnectionPool(
        ip, port, timeout=TIMEOUT, retries=False, server_hostname=parts.hostname, assert_hostname=parts.hostname
    )
