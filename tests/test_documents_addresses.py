"""Addresses → Documents, from a real server: one page, and nothing else, is fetched."""

from __future__ import annotations

import codecs
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from samples import PAGE, pdf

from rag.documents import Limits, read_url
from rag.errors import DocumentError, FetchError, OversizedDocument


class Site(BaseHTTPRequestHandler):
    """A small web site; remembers what was asked of it."""

    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(self.path)
        port = self.server.server_address[1]
        match self.path:
            case "/page":
                self._send(200, "text/html; charset=utf-8", PAGE.format(port=port).encode())
            case "/moved":
                self._send(302, "", b"", Location="/page")
            case "/loop":
                self._send(302, "", b"", Location="/loop")
            case "/away":
                self._send(302, "", b"", Location="file:///etc/passwd")
            case "/a.pdf":
                self._send(200, "application/pdf", pdf(["Some words that are long enough."]))
            case "/notes.md":
                self._send(200, "text/plain", b"# Notes\n\nWords.")
            case "/latin":
                self._send(200, "text/plain; charset=utf-8", codecs.BOM_UTF8 + "Café".encode())
            case "/big":
                self._send(200, "text/plain", b"word " * 100_000)
            case "/image":
                self._send(200, "image/png", b"\x89PNG")
            case _:
                self._send(404, "text/html", b"no")

    def _send(self, status: int, kind: str, content: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(content)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        try:
            self.wfile.write(content)
        except ConnectionError:
            self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    Site.asked = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


class TestAddresses:
    def test_a_page_is_read_and_nothing_else_is_fetched(self, site: str) -> None:
        Site.asked.clear()
        made = read_url(f"{site}/page", Limits())
        assert "keep open the roads" in made.text
        assert (made.path, made.metadata.address) == (f"{site}/page", f"{site}/page")
        assert Site.asked == ["/page"]

    def test_a_redirect_is_followed_and_a_loop_is_not(self, site: str) -> None:
        assert read_url(f"{site}/moved", Limits()).metadata.address == f"{site}/page"
        with pytest.raises(FetchError, match="redirects more than 5 times"):
            read_url(f"{site}/loop", Limits())

    @pytest.mark.parametrize(
        ("path", "words"), [("a.pdf", "long enough"), ("notes.md", "Notes\n\nWords."), ("latin", "Café")]
    )
    def test_the_content_type_chooses_the_reader(self, site: str, path: str, words: str) -> None:
        assert words in read_url(f"{site}/{path}", Limits()).text

    @pytest.mark.parametrize(
        ("path", "error", "reason"),
        [
            ("nothing", FetchError, "answers 404 Not Found: check the address"),
            ("image", FetchError, "answers with image/png, which is not a document"),
            ("big", OversizedDocument, "more than the limit of 0.1 MB: .*RAG_MAX_FILE_MB"),
            ("away", FetchError, "leads to file:/+etc/passwd, which is not an http or https address"),
        ],
    )
    def test_what_is_no_document_is_refused(
        self, site: str, path: str, error: type[DocumentError], reason: str
    ) -> None:
        with pytest.raises(error, match=rf"^{site}/{path} .*{reason}"):
            read_url(f"{site}/{path}", Limits(max_bytes=100_000))

    @pytest.mark.parametrize(
        "address", ["file:///etc/passwd", "ftp://x.y/z", "data:text/plain,x", "http://", "a.md"]
    )
    def test_only_the_web_is_fetched(self, address: str) -> None:
        with pytest.raises(FetchError, match="is not an http or https address"):
            read_url(address, Limits())

    def test_nobody_there(self) -> None:
        with pytest.raises(FetchError, match="cannot be fetched"):
            read_url("http://127.0.0.1:1/", Limits())
