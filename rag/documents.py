"""File, folder or address → Document: text fixed once and for all, pages, sections, metadata."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from rag import formats
from rag.blocks import Facts, Parsed, place
from rag.errors import DamagedDocument, DocumentError, EmptyDocument, OversizedDocument, UnsupportedFormat
from rag.isolation import Request, Worker
from rag.metadata import Stated, describe, stated
from rag.structure import pages, paragraphs, sections
from rag.types import Document

if TYPE_CHECKING:
    import httpx

SIDECAR = ".meta.yaml"
_SHORT = 100_000


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may cost: bytes on disk, pages, characters of text, seconds and megabytes to parse."""

    max_bytes: int = 50_000_000
    max_pages: int = 2_000
    max_characters: int = 10_000_000
    seconds: float = 60.0
    memory_mb: int = 2_048


class Reader:
    """Reads files one after the other; keeps one parsing process until it is closed."""

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self._worker = Worker(self.limits.seconds, self.limits.memory_mb)

    def __enter__(self) -> Reader:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._worker.close()

    def read(self, path: Path, name: str) -> Document:
        """The document in a file; `name` is its path below the indexed folder.

        Raises a DocumentError whose message begins with the name.
        """
        try:
            content = _content(path, self.limits.max_bytes)
            known = _sidecar(path)
            parsed = self.parse(path, content, path.suffix.lower())
            return _document(name, content, parsed, known)
        except DocumentError as error:
            raise type(error)(f"{name} {error}") from error

    def parse(self, path: Path, content: bytes, suffix: str, charset: str | None = None) -> Parsed:
        """Short Markdown and text here, everything else in the parsing process."""
        if suffix not in formats.SUPPORTED:
            raise UnsupportedFormat(formats.unsupported(suffix))
        if not content.strip():
            raise EmptyDocument("is empty: remove it, or put text in it")
        if suffix in formats.MARKDOWN | formats.TEXT and len(content) <= _SHORT:
            return formats.check_length(formats.parse_text(content, suffix), self.limits.max_characters)
        limits = self.limits
        return self._worker.parse(
            Request(
                str(path.resolve()),
                suffix,
                charset,
                limits.max_bytes,
                limits.max_pages,
                limits.max_characters,
            )
        )


def read_file(path: Path, name: str, limits: Limits) -> Document:
    """One file, in a parsing process of its own. Raises DocumentError."""
    with Reader(limits) as reader:
        return reader.read(path, name)


def read_url(address: str, limits: Limits, client: httpx.Client | None = None) -> Document:
    """The document at an http or https address; nothing that it refers to is fetched.

    Raises FetchError for an address that does not answer with a document, else as `read_file`.
    """
    from rag.fetching import fetch

    try:
        fetched = fetch(address, limits.max_bytes, limits.seconds, client)
        with tempfile.TemporaryDirectory() as folder, Reader(limits) as reader:
            path = Path(folder) / f"page{fetched.suffix}"
            path.write_bytes(fetched.content)
            parsed = reader.parse(path, fetched.content, fetched.suffix, fetched.charset)
        return _document(address, fetched.content, parsed, Stated(address=fetched.address))
    except DocumentError as error:
        raise type(error)(f"{address} {error}") from error


def find_files(root: Path) -> list[Path]:
    """Every file below a folder that could be a document, sorted, unsupported ones included.

    Left out: hidden files and folders, metadata sidecars, links that lead out of the folder, and the
    README.md at its top, which describes the folder and is not indexed.
    """
    return sorted(path for path in _walk(root, root.resolve()) if path != root / "README.md")


def _walk(folder: Path, home: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.name.startswith(".") or path.name.endswith(SIDECAR):
            continue
        if path.is_symlink() and (path.is_dir() or not path.resolve().is_relative_to(home)):
            continue
        if path.is_dir():
            yield from _walk(path, home)
        elif path.is_file():
            yield path


def _content(path: Path, max_bytes: int) -> bytes:
    try:
        size = path.stat().st_size
        if size > max_bytes:
            raise OversizedDocument(
                f"has {size / 1e6:.1f} MB, more than the limit of {max_bytes / 1e6:g} MB: split it, or raise RAG_MAX_FILE_MB"
            )
        return path.read_bytes()
    except OSError as error:
        raise DamagedDocument(
            f"cannot be opened ({error.strerror}): check its path and permissions"
        ) from error


def _sidecar(path: Path) -> Stated:
    beside = path.with_name(path.name + SIDECAR)
    if not beside.is_file():
        return Stated()
    try:
        return stated(beside.read_text(encoding="utf-8-sig"), beside.name)
    except (OSError, UnicodeDecodeError) as error:
        raise DamagedDocument(f"has a sidecar that is not readable text: correct {beside.name}") from error


def _document(name: str, content: bytes, parsed: Parsed, known: Stated) -> Document:
    text, placed = place(parsed.blocks)
    if not text.strip():
        raise EmptyDocument("is empty: remove it, or put text in it")
    front = _front_matter(parsed.facts, name)
    found = sections(placed, len(text))
    return Document(
        path=name,
        text=text,
        metadata=describe(name, known.over(front), parsed.facts, parsed.blocks),
        content_hash=hashlib.sha256(content).hexdigest(),
        pages=pages(placed, parsed.pages, len(text)),
        sections=found,
        paragraphs=paragraphs(placed, found),
    )


def _front_matter(facts: Facts, name: str) -> Stated:
    if facts.front_matter is None:
        return Stated()
    return stated(facts.front_matter, f"the front matter of {name}")
