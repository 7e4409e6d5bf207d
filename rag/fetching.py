"""An http or https address → the bytes of one document. Nothing that the document refers to is fetched."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import PurePosixPath
from time import monotonic
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

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


@dataclass(frozen=True, slots=True)
class Fetched:
    """`address` is where the redirects led; `charset` what the server says, if anything."""

    address: str
    content: bytes
    suffix: str
    charset: str | None


def fetch(address: str, max_bytes: int, seconds: float, client: httpx.Client | None = None) -> Fetched:
    """Raises FetchError, or OversizedDocument as soon as more than `max_bytes` have come."""
    import httpx

    _require_web(address)
    own = client is None
    opened = client or httpx.Client(
        timeout=httpx.Timeout(min(seconds, 20.0)), headers={"User-Agent": "policy-rag"}
    )
    opened.max_redirects = _MAX_REDIRECTS
    try:
        with (
            opened if own else nullcontext(opened),
            opened.stream("GET", address, follow_redirects=True) as response,
        ):
            return _received(response, max_bytes, monotonic() + seconds)
    except httpx.TooManyRedirects as error:
        raise FetchError(f"redirects more than {_MAX_REDIRECTS} times: give the final address") from error
    except httpx.TimeoutException as error:
        raise FetchError(
            "does not answer in time: try again later, or save the page and index the file"
        ) from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise FetchError(f"cannot be fetched ({error or type(error).__name__}): check the address") from error


def _require_web(address: str) -> None:
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise FetchError("is not an http or https address: give one, or the path of a file")


def _received(response: httpx.Response, max_bytes: int, deadline: float) -> Fetched:
    if response.status_code != 200:
        raise FetchError(
            f"answers {response.status_code} {response.reason_phrase}: check the address in a browser"
        )
    suffix = _suffix(response)
    content = bytearray()
    for piece in response.iter_bytes():
        content += piece
        if len(content) > max_bytes:
            raise OversizedDocument(
                f"has more than the limit of {max_bytes / 1e6:g} MB: index a part of it, or raise RAG_MAX_FILE_MB"
            )
        if monotonic() > deadline:
            raise FetchError("sends its document too slowly: save the page and index the file")
    return Fetched(str(response.url), bytes(content), suffix, response.charset_encoding)


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
