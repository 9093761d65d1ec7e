"""Calling an address that somebody else chose, without being led into the house.

The name is resolved once, every address it has must be a public one (or allowed by the settings), and the connection
goes to the very address that was checked: a name that points elsewhere a moment later changes nothing. No redirects,
no proxy, bounded in time and in what is read.
"""

import socket
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

import httpx

from api.settings import WebhookSettings
from engine.errors import MingjianError

LONGEST_URL = 2000
MOST_READ = 64 * 1024
PORTS = {"http": 80, "https": 443}

Address = IPv4Address | IPv6Address
Resolve = Callable[[str, int], Sequence[str]]


def resolve(host: str, port: int) -> Sequence[str]:
    """Every address of a host. Raises OSError where there is none."""
    return [str(one[4][0]) for one in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


@dataclass(frozen=True, slots=True)
class Target:
    """A place that may be called: its parts and the address that was checked."""

    url: SplitResult
    port: int
    address: Address


def target_of(url: str, settings: WebhookSettings, resolver: Resolve = resolve) -> Target:
    """The place behind `url`. Raises MingjianError `webhook_refused` where it may not be called."""
    parts, port = _parts(url)
    host = parts.hostname or ""
    is_named = host in settings.allow
    try:
        addresses = [ip_address(one.partition("%")[0]) for one in resolver(host, port)]
    except (OSError, ValueError, UnicodeError) as error:
        raise MingjianError("webhook_refused", detail=f"{host}: 无法解析 / not resolved") from error
    if not addresses:
        raise MingjianError("webhook_refused", detail=f"{host}: 无法解析 / not resolved")
    if not is_named and not all(_may_be_called(one, settings) for one in addresses):
        raise MingjianError("webhook_refused", detail=f"{host}: 内网地址 / an address inside the house")
    if parts.scheme == "http" and not is_named and not all(_is_allowed(one, settings) for one in addresses):
        raise MingjianError("webhook_refused", detail=f"{host}: https")
    return Target(parts, port, addresses[0])


def _parts(url: str) -> tuple[SplitResult, int]:
    try:
        parts = urlsplit(url)
        port = parts.port or PORTS.get(parts.scheme, 0)
    except ValueError as error:
        raise MingjianError("webhook_refused", detail="URL") from error
    plain = url.isascii() and url.isprintable() and " " not in url and len(url) <= LONGEST_URL
    if not plain or parts.scheme not in PORTS or not parts.hostname or parts.username or parts.password:
        raise MingjianError("webhook_refused", detail="URL")
    return parts, port


def _may_be_called(address: Address, settings: WebhookSettings) -> bool:
    return _is_public(address) or _is_allowed(address, settings)


def _is_public(address: Address) -> bool:
    """A global unicast address. One that carries another inside (mapped, 6to4, Teredo, NAT64) is as that other."""
    inner: Address | None = None
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
        if inner is None and address in ip_network("64:ff9b::/96"):
            inner = IPv4Address(int(address) & 0xFFFFFFFF)
    if inner is not None and not _is_public(inner):
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def _is_allowed(address: Address, settings: WebhookSettings) -> bool:
    for one in settings.allow:
        try:
            network = ip_network(one, strict=False)
        except ValueError:
            continue  # a host's name
        if network.version == address.version and address in network:
            return True
    return False


def post(target: Target, body: bytes, headers: dict[str, str], timeout: float) -> int:
    """Sends `body` and returns the status. Raises httpx.HTTPError, or TimeoutError after `timeout` seconds in all."""
    host = target.url.hostname or ""
    literal = f"[{target.address}]" if target.address.version == 6 else str(target.address)
    url = target.url._replace(netloc=f"{literal}:{target.port}", fragment="").geturl()
    is_usual = target.port == PORTS[target.url.scheme]
    shown = f"[{host}]" if ":" in host else host
    told = {**headers, "Host": shown if is_usual else f"{shown}:{target.port}"}
    ends = time.monotonic() + timeout
    with (
        httpx.Client(timeout=timeout, trust_env=False, follow_redirects=False) as client,
        client.stream("POST", url, content=body, headers=told, extensions={"sni_hostname": host}) as response,
    ):
        read = 0
        for piece in response.iter_raw(4096):
            read += len(piece)
            if read > MOST_READ:
                break
            if time.monotonic() > ends:
                raise TimeoutError(f"> {timeout} s")
        return response.status_code
