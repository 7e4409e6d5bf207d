"""DOCX → blocks, with the numbers that Word computes: "1.3.1", "(a)", "Article 6".

Read with zipfile and lxml: kreuzberg loses the numbering of headings and clauses, by which legal texts
are cited. No entity is expanded, nothing outside the file is opened.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rag.blocks import CELLS, Block, Facts, Parsed, squeeze, tidy
from rag.errors import DamagedDocument, EncryptedDocument, OversizedDocument, UnsupportedFormat
from rag.numbering import Numbering

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")
_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MARKUP = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_PROPERTY = {
    "title": "{http://purl.org/dc/elements/1.1/}title",
    "author": "{http://purl.org/dc/elements/1.1/}creator",
    "date": "{http://purl.org/dc/terms/}created",
}
_DROPPED = frozenset(
    {f"{_WORD}{name}" for name in ("del", "moveFrom", "instrText", "delText", "rPr", "pPr", "sdtPr")}
    | {f"{_MARKUP}Fallback"}
)

Element = Any


def read_docx(path: Path, max_bytes: int) -> Parsed:
    """Raises EncryptedDocument, UnsupportedFormat, OversizedDocument, DamagedDocument."""
    _refuse_ole(path)
    try:
        with zipfile.ZipFile(path) as archive:
            parts = _Parts(archive, max_bytes)
            return Parsed(tidy(_Walk(parts).blocks()), _facts(parts))
    except (zipfile.BadZipFile, zlib.error, KeyError, EOFError, NotImplementedError, OSError) as error:
        raise DamagedDocument(
            "is not a readable DOCX: open it in a word processor and save it again"
        ) from error
    except RuntimeError as error:
        if isinstance(error, RecursionError):
            raise
        raise EncryptedDocument("is encrypted: save a copy without a password and index that") from error


def _refuse_ole(path: Path) -> None:
    content = path.read_bytes()
    if not content.startswith(_OLE):
        return
    if _ENCRYPTED_STREAM in content:
        raise EncryptedDocument("is encrypted: save a copy without a password and index that")
    raise UnsupportedFormat("is in the old Word format: save it as .docx and index that")


class _Parts:
    """The XML parts of the archive, together at most `room` bytes when unpacked."""

    def __init__(self, archive: zipfile.ZipFile, room: int) -> None:
        self.archive = archive
        self.room = room

    def xml(self, name: str) -> Element | None:
        from lxml import etree

        if name not in self.archive.namelist():
            return None
        with self.archive.open(name) as stream:
            content = stream.read(self.room + 1)
        if len(content) > self.room:
            raise OversizedDocument(
                "unpacks to more than RAG_MAX_FILE_MB allows: split it, or raise RAG_MAX_FILE_MB"
            )
        self.room -= len(content)
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True)
        try:
            root = etree.fromstring(content, parser)
        except etree.XMLSyntaxError as error:
            if error.code == etree.ErrorTypes.ERR_NO_MEMORY:
                raise MemoryError from error
            raise DamagedDocument(
                f"has a damaged part {name}: open it in a word processor and save it again"
            ) from error
        if root.getroottree().docinfo.doctype:
            raise DamagedDocument(
                f"declares a document type in {name}, which no word processor writes: save it again"
            )
        return root


def _facts(parts: _Parts) -> Facts:
    core = parts.xml("docProps/core.xml")
    if core is None:
        return Facts()
    stated = {key: squeeze(core.findtext(tag) or "") for key, tag in _PROPERTY.items()}
    return Facts(**stated)


class _Walk:
    """One pass over the body, keeping Word's counters as it goes."""

    def __init__(self, parts: _Parts) -> None:
        body = parts.xml("word/document.xml")
        if body is None:
            raise DamagedDocument("has no word/document.xml: open it in a word processor and save it again")
        self.body = body
        self.numbering = Numbering(parts.xml("word/numbering.xml"), parts.xml("word/styles.xml"))
        self.notes = {**_notes(parts, "footnote"), **_notes(parts, "endnote")}
        self.referred: list[tuple[str, str]] = []
        self.in_list = False

    def blocks(self) -> Iterator[Block]:
        yield from self._children(self.body)
        if self.referred:
            yield Block("Notes", level=1)
            for label, text in self.referred:
                yield Block(f"[{label}] {text}")

    def _children(self, parent: Element) -> Iterator[Block]:
        for child in parent:
            if child.tag == f"{_WORD}p":
                yield from self._paragraph(child)
            elif child.tag == f"{_WORD}tbl":
                yield from self._table(child)
            elif child.tag not in _DROPPED and isinstance(child.tag, str):
                yield from self._children(child)

    def _paragraph(self, paragraph: Element) -> Iterator[Block]:
        text = squeeze(self._words(paragraph))
        style = self.numbering.style_of(paragraph)
        if text and not self.numbering.is_contents(style):
            marker = self.numbering.marker(paragraph)
            level = self.numbering.heading_level(paragraph)
            bullet = marker.endswith("-") and not level
            yield Block(f"{marker} {text}" if marker else text, level, tight=bullet and self.in_list)
            self.in_list = bullet
        for box in paragraph.iter(f"{_WORD}txbxContent"):
            if not any(above.tag in _DROPPED for above in box.iterancestors()):
                yield from self._children(box)

    def _words(self, element: Element) -> str:
        parts: list[str] = []
        for child in element:
            name = child.tag.removeprefix(_WORD) if isinstance(child.tag, str) else ""
            if child.tag in _DROPPED or name == "txbxContent":
                continue
            match name:
                case "t":
                    parts.append(child.text or "")
                case "tab":
                    parts.append("\t")
                case "br" | "cr":
                    parts.append(" ")
                case "noBreakHyphen":
                    parts.append("-")
                case "sym":
                    parts.append("")
                case "footnoteReference" | "endnoteReference":
                    parts.append(self._refer(name[:-9], child.get(f"{_WORD}id") or ""))
                case _:
                    parts.append(self._words(child))
        return "".join(parts)

    def _refer(self, kind: str, identity: str) -> str:
        text = self.notes.get((kind, identity))
        if text is None:
            return ""
        label = str(len(self.referred) + 1)
        self.referred.append((label, text))
        return f"[{label}]"

    def _table(self, table: Element) -> Iterator[Block]:
        rows = 0
        self.in_list = False
        for row in table.iterchildren(f"{_WORD}tr", f"{_WORD}sdt"):
            cells = [
                " ".join(block.text for block in self._children(cell)) for cell in row.iter(f"{_WORD}tc")
            ]
            text = CELLS.join(squeeze(cell) for cell in cells)
            if text.strip(" |"):
                yield Block(text, tight=rows > 0)
                rows += 1


def _notes(parts: _Parts, kind: str) -> dict[tuple[str, str], str]:
    root = parts.xml(f"word/{kind}s.xml")
    if root is None:
        return {}
    return {
        (kind, note.get(f"{_WORD}id") or ""): squeeze(
            " ".join(text.text or "" for text in note.iter(f"{_WORD}t"))
        )
        for note in root.iter(f"{_WORD}{kind}")
        if note.get(f"{_WORD}type") is None
    }
