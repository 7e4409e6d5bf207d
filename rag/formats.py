"""Which reader reads which file: a suffix in, blocks out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from rag.blocks import Facts, Parsed
from rag.errors import DamagedDocument, EncryptedDocument, OversizedDocument, UnsupportedFormat

if TYPE_CHECKING:
    from rag.isolation import Request

MARKDOWN = frozenset({".md", ".markdown"})
TEXT = frozenset({".txt"})
HTML = frozenset({".html", ".htm", ".xhtml"})
OTHER = {
    ".epub": "application/epub+zip",
    ".rtf": "application/rtf",
    ".odt": "application/vnd.oasis.opendocument.text",
}
SUPPORTED = MARKDOWN | TEXT | HTML | OTHER.keys() | {".pdf", ".docx"}


def parse(request: Request) -> Parsed:
    """The blocks of a file of any supported format.

    Raises the DocumentErrors of the readers, OversizedDocument past `max_characters`.
    """
    return check_length(_parse(Path(request.path), request), request.max_characters)


def _parse(path: Path, request: Request) -> Parsed:
    if request.suffix == ".pdf":
        from rag.pdf import read_pdf

        return read_pdf(path, request.max_pages, request.max_characters)
    if request.suffix == ".docx":
        from rag.docx import read_docx

        return read_docx(path, 4 * request.max_bytes)
    if request.suffix in HTML:
        from rag.html import read_html

        return read_html(path.read_bytes(), request.charset)
    if request.suffix in MARKDOWN | TEXT:
        return parse_text(path.read_bytes(), request.suffix)
    if request.suffix in OTHER:
        return _read_other(path, OTHER[request.suffix])
    raise UnsupportedFormat(unsupported(request.suffix))


def parse_text(content: bytes, suffix: str) -> Parsed:
    """Markdown or plain text. Raises DamagedDocument for bytes that are no text."""
    from rag.plaintext import decode, read_text

    if suffix in TEXT:
        return read_text(content)
    from rag.markdown import read_markdown

    return read_markdown(decode(content))


def check_length(parsed: Parsed, most: int) -> Parsed:
    """The same, or OversizedDocument if its text is longer than `most` characters."""
    if sum(len(block.text) for block in parsed.blocks) > most:
        raise OversizedDocument(f"has more than {most:,} characters: split it, or raise RAG_MAX_CHARACTERS")
    return parsed


def unsupported(suffix: str) -> str:
    return (
        f"has no reader for {suffix or 'a name without suffix'}: save it as PDF, DOCX, HTML, Markdown or text"
    )


def _read_other(path: Path, mime: str) -> Parsed:
    """EPUB, RTF and ODT through kreuzberg, as HTML."""
    import kreuzberg

    from rag.html import whole_blocks

    config = kreuzberg.ExtractionConfig(use_cache=False, output_format="html")
    try:
        result = kreuzberg.extract_file_sync(path, mime, config=config)
    except kreuzberg.KreuzbergError as error:
        if "password" in str(error).lower() or "encrypt" in str(error).lower():
            raise EncryptedDocument("is encrypted: save a copy without a password and index that") from error
        raise DamagedDocument("cannot be parsed: open it in a word processor and save it again") from error
    stated = result.metadata
    facts = Facts(
        title=str(stated.get("title") or ""),
        author=", ".join(stated.get("authors") or ()),
        date=str(stated.get("created_at") or ""),
    )
    return replace(whole_blocks(result.content), facts=facts)
