"""An http or https address → the bytes of one document. Nothing that the document refers to is fetched.

Every hop of a redirect is judged as the first address is, and the number that was judged is the one that
is connected to: a name is resolved once for each hop.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from threading import Timer
from time import monotonic
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from rag import formats
from rag.errors import FetchError, OversizedDocument

if TYPE_CHECKING:
    import httpx

_MAX_REDIRECTS = 5
_SUFFIXES = {
    "text/html": ".html",
    "application/xhtml+xml": ".html",
    "text/markdown": ".md",
    "application/pdf": ".pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    **{mime: suffix for suffix, mime in formats.OTHER.items()},
}
_VAGUE = frozenset({"", "text/plain", "application/octet-stream", "binary/octet-stream"})
_ENCODINGS = frozenset({"", "identity", "gzip", "deflate"})
_TRANSLATED = ipaddress.ip_network("64:ff9b::/96")
"""IPv6 numbers that stand for the IPv4 number in their last four bytes (RFC 6052)."""
_HEADERS = {"User-Agent": "policy-rag", "Accept-Encoding": "gzip, deflate"}
_SLOW = "does not answer in time: try again later, or save the page and index the file"
_public_only: ContextVar[bool] = ContextVar("public_only", default=False)


@dataclass(frozen=True, slots=True)
class Fetched:
    """`address` is where the redirects led; `charset` what the server says, if anything."""

    address: str
    content: bytes
    suffix: str
    charset: str | None


@contextmanager
def public_only() -> Iterator[None]:
    """Within, this thread fetches from the public web alone: for addresses that somebody else chose."""
    token = _public_only.set(True)
    try:
        yield
    finally:
        _public_only.reset(token)


def fetch(address: str, max_bytes: int, seconds: float, client: httpx.Client | None = None) -> Fetched:
    """Raises FetchError, or OversizedDocument as soon as more than `max_bytes` have come.

    A public address never leads to this machine or its network. `seconds` is for the whole of it.
    """
    import httpx

    watch = _Watch(monotonic() + seconds)
    timer = Timer(seconds, watch.cut)
    timer.daemon = True
    timer.start()
    try:
        with nullcontext(client) if client else _client(seconds) as opened:
            return _followed(opened, address, max_bytes, watch)
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        if isinstance(error, httpx.TimeoutException) or watch.over:
            raise FetchError(_SLOW) from error
        raise FetchError(f"cannot be fetched ({error or type(error).__name__}): check the address") from error
    finally:
        timer.cancel()


def host_is_public(host: str) -> bool:
    """Whether all of a host's numbers are reachable from anywhere; False for a name that has none."""
    try:
        numbers = _numbers(host, None)
    except OSError:
        return False
    return bool(numbers) and all(map(is_public, numbers))


def is_public(number: str) -> bool:
    """Whether an IP number is one of the public web: none of this machine, its network, a link, a group of
    hosts or a reserved range, whatever way of writing it is wrapped in."""
    parsed = ipaddress.ip_address(number.partition("%")[0])
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.teredo:
            return False
        inner = parsed.ipv4_mapped or parsed.sixtofour
        if parsed in _TRANSLATED:
            inner = ipaddress.IPv4Address(int(parsed) & 0xFFFFFFFF)
        if inner:
            return is_public(str(inner))
    return parsed.is_global and not (parsed.is_multicast or parsed.is_reserved or parsed.is_unspecified)


@dataclass(slots=True)
class _Watch:
    """Ends what is going on when the time is over, however slowly a server dribbles."""

    deadline: float
    sockets: list[socket.socket] = field(default_factory=list)

    @property
    def over(self) -> bool:
        return monotonic() >= self.deadline

    def trace(self, name: str, info: dict[str, Any]) -> None:
        """httpcore tells of every connection that it makes."""
        if name in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
            self.sockets.append(info["return_value"].get_extra_info("socket"))

    def cut(self) -> None:
        for one in self.sockets:
            try:
                socket.socket.shutdown(one, socket.SHUT_RDWR)
            except OSError:
                continue  # closed already


@dataclass(frozen=True, slots=True)
class _Hop:
    """One address on the way; `numbers` are what its host is connected to, none where a proxy is asked,
    which is for what lies outside."""

    url: httpx.URL
    numbers: tuple[str, ...] = ()
    proxied: bool = False

    @property
    def public(self) -> bool:
        return self.proxied or (bool(self.numbers) and all(map(is_public, self.numbers)))


def _client(seconds: float) -> httpx.Client:
    """Without the environment's proxy where only the public web is allowed: a proxy resolves names itself."""
    import httpx

    transport = httpx.HTTPTransport() if _public_only.get() else None
    return httpx.Client(timeout=httpx.Timeout(min(seconds, 20.0)), transport=transport)


def _followed(client: httpx.Client, address: str, max_bytes: int, watch: _Watch) -> Fetched:
    hop = _hop(address, None)
    for _ in range(_MAX_REDIRECTS + 1):
        response = _opened(client, hop, watch)
        try:
            if not response.has_redirect_location:
                return _received(response, str(hop.url), max_bytes, watch)
            onward = str(hop.url.join(response.headers["location"]))
        finally:
            response.close()
        after = _hop(onward, hop)
        if after.url.host != hop.url.host:
            client.cookies.clear()
        hop = after
    raise FetchError(f"redirects more than {_MAX_REDIRECTS} times: give the final address")


def _hop(address: str, before: _Hop | None) -> _Hop:
    """Raises FetchError for an address that may not be fetched, or not after the one before."""
    import httpx

    if not _is_web(address):
        raise FetchError(
            f"leads to {address[:80]}, which is not an http or https address: give the final address"
            if before
            else "is not an http or https address: give one, or the path of a file"
        )
    url = httpx.URL(address)
    public = _public_only.get()
    if not public and _is_proxied(url):
        return _Hop(url, proxied=True)
    hop = _Hop(url, _numbers(url.host, url.port))
    if (public or (before is not None and before.public)) and not hop.public:
        raise FetchError(
            f"leads to {url.host}, which is not on the public web: save the document and add the file"
            if before
            else "is not on the public web: save the document and add the file"
        )
    return hop


def _opened(client: httpx.Client, hop: _Hop, watch: _Watch) -> httpx.Response:
    """Asks the first of the host's numbers that answers; the name goes into the request and the handshake."""
    import httpx

    extensions = {"trace": watch.trace, "sni_hostname": hop.url.raw_host.decode("ascii")}
    headers = {**_HEADERS, "Host": hop.url.netloc.decode("ascii")}
    if hop.proxied:
        asked = client.build_request("GET", hop.url, headers=_HEADERS, extensions={"trace": watch.trace})
        return client.send(asked, stream=True)
    problem: httpx.ConnectError | httpx.ConnectTimeout | None = None
    for number in hop.numbers:
        url = hop.url.copy_with(host=number)
        try:
            request = client.build_request("GET", url, headers=headers, extensions=extensions)
            return client.send(request, stream=True, follow_redirects=False)
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            problem = error
        if watch.over:
            break
    raise problem or httpx.ConnectError("the host has no address")


def _is_proxied(url: httpx.URL) -> bool:
    proxies = getproxies()
    return (url.scheme in proxies or "all" in proxies) and not proxy_bypass(url.host)


def _numbers(host: str, port: int | None) -> tuple[str, ...]:
    """A host's IP numbers, in the order to try them. Raises OSError for a name that has none."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except UnicodeError as error:
        raise OSError(f"{host} is no name of a host") from error
    return tuple(dict.fromkeys(str(info[4][0]) for info in found))


def _is_web(address: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def _received(response: httpx.Response, address: str, max_bytes: int, watch: _Watch) -> Fetched:
    if response.status_code != 200:
        raise FetchError(
            f"answers {response.status_code} {response.reason_phrase}: check the address in a browser"
        )
    if response.headers.get("content-encoding", "").strip().lower() not in _ENCODINGS:
        raise FetchError("is packed in a way that was not asked for: save the page and index the file")
    suffix = _suffix(response)
    content = bytearray()
    for piece in response.iter_bytes():
        content += piece
        if len(content) > max_bytes:
            raise OversizedDocument(
                f"has more than the limit of {max_bytes / 1e6:g} MB: index a part of it, or raise RAG_MAX_FILE_MB"
            )
        if watch.over:
            break
    if watch.over:
        raise FetchError("sends its document too slowly: save the page and index the file")
    return Fetched(address, bytes(content), suffix, response.charset_encoding)


def _suffix(response: httpx.Response) -> str:
    kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind in _SUFFIXES:
        return _SUFFIXES[kind]
    named = PurePosixPath(response.url.path).suffix.lower()
    if kind in _VAGUE:
        if named in formats.SUPPORTED:
            return named
        if kind == "text/plain":
            return ".txt"
    raise FetchError(
        f"answers with {kind or 'an unnamed type'}, which is not a document: give another address"
    )
