"""What an address may lead to: every hop is judged, and the judged number is the one connected to."""

from __future__ import annotations

import gzip
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import trustme

from rag import fetching
from rag.errors import FetchError, OversizedDocument
from rag.fetching import fetch, host_is_public, is_public, public_only

INSIDE, OUTSIDE = "127.0.0.1", "127.0.0.2"
LIMIT, SECONDS = 100_000, 5.0


class Site(ThreadingHTTPServer):
    """Answers `/to?ADDRESS` with a redirect there, `/slow` byte by byte; `asked` holds (Host, path)."""

    daemon_threads = True

    def __init__(self, number: str) -> None:
        self.asked: list[tuple[str, str]] = []
        super().__init__((number, 0), _Handler)

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    @property
    def root(self) -> str:
        return f"http://{self.server_address[0]!s}:{self.port}"


class _Handler(BaseHTTPRequestHandler):
    server: Site

    def do_GET(self) -> None:
        self.server.asked.append((self.headers["Host"], self.path))
        _, _, path, query, _ = urlsplit(self.path)
        if path == "/to":
            self._send(b"", {"Location": query}, 302)
        elif path == "/slow":
            self._dribble(b"HTTP/1.1 200 OK\r\nX-Slow: " + b"x" * 400)
        elif path == "/slow-body":
            self._send(b"", {"Content-Length": "400"})
            self._dribble(b"x" * 400)
        elif path == "/packed":
            self._send(gzip.compress(b"word " * 2_000_000), {"Content-Encoding": "gzip"})
        elif path == "/brotli":
            self._send(b"\x0b\x02", {"Content-Encoding": "br"})
        elif path == "/cookie":
            self._send(b"", {"Location": query, "Set-Cookie": "token=secret"}, 302)
        else:
            self._send(f"Cookie: {self.headers['Cookie']}".encode())

    def _send(self, content: bytes, headers: dict[str, str] | None = None, status: int = 200) -> None:
        self.send_response(status)
        given = {"Content-Type": "text/plain", "Content-Length": str(len(content))} | (headers or {})
        for name, value in given.items():
            self.send_header(name, value)
        self.end_headers()
        self._write(content)

    def _dribble(self, content: bytes) -> None:
        for byte in content:
            if not self._write(bytes([byte])):
                return
            time.sleep(0.05)

    def _write(self, content: bytes) -> bool:
        try:
            self.wfile.write(content)
        except ConnectionError:
            return False
        return True

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


@contextmanager
def running(number: str) -> Iterator[Site]:
    with Site(number) as site:
        threading.Thread(target=site.serve_forever, args=(0.02,), daemon=True).start()
        yield site
        site.shutdown()


@pytest.fixture
def inside() -> Iterator[Site]:
    """This machine, where no reader's address may lead."""
    with running(INSIDE) as site:
        yield site


@pytest.fixture
def outside(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """A site whose number counts as one of the public web."""
    monkeypatch.setattr(fetching, "is_public", lambda number: number == OUTSIDE)
    with running(OUTSIDE) as site:
        yield site


def named(monkeypatch: pytest.MonkeyPatch, **numbers: list[str]) -> list[str]:
    """Makes names stand for numbers, the next of them at each look; the names that were looked up."""
    looked: list[str] = []
    real = socket.getaddrinfo

    def look(host: Any, port: Any, *args: Any, **kinds: Any) -> Any:
        name = str(host).partition(".")[0]
        if name in numbers:
            looked.append(str(host))
            host = numbers[name].pop(0) if len(numbers[name]) > 1 else numbers[name][0]
        return real(host, port, *args, **kinds)

    monkeypatch.setattr(socket, "getaddrinfo", look)
    return looked


class TestPublicOnly:
    def test_the_first_address_is_judged(self, inside: Site) -> None:
        with public_only(), pytest.raises(FetchError, match="is not on the public web"):
            fetch(f"{inside.root}/a", LIMIT, SECONDS)
        assert inside.asked == []

    def test_a_public_address_is_fetched(self, outside: Site) -> None:
        with public_only():
            assert fetch(f"{outside.root}/a", LIMIT, SECONDS).content == b"Cookie: None"

    @pytest.mark.parametrize("hops", [0, 1, 4])
    def test_every_hop_is_judged(self, inside: Site, outside: Site, hops: int) -> None:
        onward = f"{outside.root}/to?" * hops + f"{inside.root}/secret"
        with (
            public_only(),
            pytest.raises(FetchError, match=r"leads to 127\.0\.0\.1, which is not on the public"),
        ):
            fetch(f"{outside.root}/to?{onward}", LIMIT, SECONDS)
        assert inside.asked == []
        assert len(outside.asked) == hops + 1

    @pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://127.0.0.2/a", "gopher://127.0.0.2/"])
    def test_every_hop_is_http(self, outside: Site, target: str) -> None:
        with public_only(), pytest.raises(FetchError, match="which is not an http or https address"):
            fetch(f"{outside.root}/to?{target}", LIMIT, SECONDS)

    @pytest.mark.parametrize("host", ["2130706433", "0x7f.1", "127.1", "[::ffff:127.0.0.1]", "localhost"])
    def test_other_ways_of_writing_this_machine(self, inside: Site, host: str) -> None:
        with public_only(), pytest.raises(FetchError, match=r"public web|check the address"):
            fetch(f"http://{host}:{inside.port}/", LIMIT, SECONDS)
        assert inside.asked == []

    def test_a_name_is_looked_up_once_and_its_number_connected_to(
        self, inside: Site, outside: Site, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        looked = named(monkeypatch, rebound=[OUTSIDE, INSIDE])
        address = f"http://rebound.example:{outside.port}/a"
        with public_only():
            assert fetch(address, LIMIT, SECONDS).address == address
        assert looked == ["rebound.example"]
        assert outside.asked == [(f"rebound.example:{outside.port}", "/a")]

    def test_a_name_with_one_inner_number_is_refused(
        self, inside: Site, outside: Site, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        both = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (n, inside.port)) for n in (OUTSIDE, INSIDE)]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: both)
        with public_only(), pytest.raises(FetchError, match="is not on the public web"):
            fetch("http://both.example/", LIMIT, SECONDS)

    def test_a_proxy_of_the_environment_is_not_asked(
        self, inside: Site, outside: Site, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("http_proxy", inside.root)
        with public_only():
            fetch(f"{outside.root}/a", LIMIT, SECONDS)
        assert inside.asked == []
        fetch(f"{outside.root}/a", LIMIT, SECONDS)
        assert inside.asked == [(outside.root.removeprefix("http://"), f"{outside.root}/a")]


class TestAnywhere:
    def test_this_machine_is_fetched_and_may_redirect_to_itself(self, inside: Site) -> None:
        assert fetch(f"{inside.root}/to?/b", LIMIT, SECONDS).address == f"{inside.root}/b"

    def test_a_public_address_never_leads_inside(self, inside: Site, outside: Site) -> None:
        with pytest.raises(FetchError, match=r"leads to 127\.0\.0\.1"):
            fetch(f"{outside.root}/to?{inside.root}/secret", LIMIT, SECONDS)
        assert inside.asked == []

    def test_what_a_proxy_fetched_never_leads_inside(
        self, inside: Site, outside: Site, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("http_proxy", outside.root)
        monkeypatch.setenv("no_proxy", INSIDE)
        with pytest.raises(FetchError, match=r"leads to 127\.0\.0\.1"):
            fetch(f"http://far.example/to?{inside.root}/secret", LIMIT, SECONDS)
        assert [path for _, path in outside.asked] == [f"http://far.example/to?{inside.root}/secret"]
        assert inside.asked == []

    def test_cookies_stay_with_their_host(self, inside: Site, monkeypatch: pytest.MonkeyPatch) -> None:
        named(monkeypatch, one=[INSIDE], two=[INSIDE])
        one, two = (f"http://{name}.example:{inside.port}" for name in ("one", "two"))
        assert fetch(f"{one}/cookie?/b", LIMIT, SECONDS).content == b"Cookie: token=secret"
        assert fetch(f"{one}/cookie?{two}/b", LIMIT, SECONDS).content == b"Cookie: None"


class TestCertificates:
    """The connection goes to a number; the certificate must be the name's."""

    @pytest.fixture
    def authority(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> trustme.CA:
        """One that this machine trusts."""
        authority = trustme.CA()
        authority.cert_pem.write_to_path(tmp_path / "authority.pem")
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
        return authority

    @pytest.fixture
    def secured(
        self, outside: Site, authority: trustme.CA, monkeypatch: pytest.MonkeyPatch
    ) -> Callable[..., str]:
        """Gives the site a certificate for a name; the address of `right.example` on it."""
        named(monkeypatch, right=[OUTSIDE])

        def secure(name: str, by: trustme.CA = authority) -> str:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            by.issue_cert(name).configure_cert(context)
            outside.socket = context.wrap_socket(outside.socket, server_side=True)
            return f"https://right.example:{outside.port}/a"

        return secure

    @pytest.mark.parametrize("allowed", [public_only, nullcontext])
    def test_the_names_certificate_is_accepted(
        self,
        secured: Callable[..., str],
        outside: Site,
        allowed: Callable[[], AbstractContextManager[None]],
    ) -> None:
        address = secured("right.example")
        with allowed():
            assert fetch(address, LIMIT, SECONDS).address == address
        assert outside.asked == [(f"right.example:{outside.port}", "/a")]

    @pytest.mark.parametrize("allowed", [public_only, nullcontext])
    @pytest.mark.parametrize("name", ["wrong.example", OUTSIDE])
    def test_anothers_is_refused_also_the_numbers_own(
        self,
        secured: Callable[..., str],
        outside: Site,
        name: str,
        allowed: Callable[[], AbstractContextManager[None]],
    ) -> None:
        with allowed(), pytest.raises(FetchError, match=r"certificate is not valid for 'right\.example'"):
            fetch(secured(name), LIMIT, SECONDS)
        assert outside.asked == []

    def test_one_by_an_unknown_authority_is_refused(self, secured: Callable[..., str], outside: Site) -> None:
        with public_only(), pytest.raises(FetchError, match="certificate verify failed"):
            fetch(secured("right.example", trustme.CA()), LIMIT, SECONDS)
        assert outside.asked == []


class TestBounds:
    def test_five_redirects_and_no_more(self, inside: Site) -> None:
        hop = f"{inside.root}/to?"
        assert fetch(hop * 5 + f"{inside.root}/b", LIMIT, SECONDS).content
        with pytest.raises(FetchError, match="redirects more than 5 times"):
            fetch(hop * 6 + f"{inside.root}/b", LIMIT, SECONDS)

    def test_bytes_are_counted_after_unpacking(self, inside: Site) -> None:
        with pytest.raises(OversizedDocument, match=r"more than the limit of 0.1 MB"):
            fetch(f"{inside.root}/packed", LIMIT, SECONDS)

    def test_only_what_was_asked_for_is_unpacked(self, inside: Site) -> None:
        with pytest.raises(FetchError, match="packed in a way that was not asked for"):
            fetch(f"{inside.root}/brotli", LIMIT, SECONDS)

    @pytest.mark.parametrize("path", ["slow", "slow-body"])
    def test_a_server_that_dribbles_is_left_in_time(self, inside: Site, path: str) -> None:
        began = time.monotonic()
        with pytest.raises(FetchError, match=r"in time|too slowly"):
            fetch(f"{inside.root}/{path}", LIMIT, 0.6)
        assert time.monotonic() - began < 5


@pytest.mark.parametrize(
    ("number", "public"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1:248:1893:25c8:1946", True),
        ("64:ff9b::5db8:d822", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("100.64.0.1", False),
        ("169.254.169.254", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("240.0.0.1", False),
        ("::", False),
        ("::1", False),
        ("fe80::1%eth0", False),
        ("fd00:ec2::254", False),
        ("ff02::1", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:169.254.169.254", False),
        ("2002:7f00:1::", False),
        ("2001:0:4136:e378:8000:63bf:3fff:fdd2", False),
        ("64:ff9b::7f00:1", False),
        ("64:ff9b::a9fe:a9fe", False),
    ],
)
def test_which_numbers_are_public(number: str, public: bool) -> None:
    assert is_public(number) is public


def test_a_name_that_is_none_is_not_public() -> None:
    assert not host_is_public("")
    assert not host_is_public("a" * 70 + ".example")
    assert not host_is_public("localhost")
