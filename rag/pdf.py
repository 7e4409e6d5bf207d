"""PDF → the lines of every page as they lie on it: words, box, size and weight. pypdfium2, no OCR.

Chosen over kreuzberg, whose page text is the same (it runs the same engine) without the positions that
paragraphs, tables, headings and running headers are told by.
"""

from __future__ import annotations

import ctypes
import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rag.blocks import Facts, Parsed, clean, squeeze
from rag.errors import DamagedDocument, EmptyDocument, EncryptedDocument, NoTextLayer, OversizedDocument
from rag.lines import CELL_GAP, Line
from rag.reflow import reflow
from rag.titles import Outline

_PASSWORD = 4
_BOLD = re.compile(rb"bold|black|heavy|semibold|demi", re.IGNORECASE)
_GLYPHS = str.maketrans(
    {
        "\ufb00": "ff",
        "\ufb01": "fi",
        "\ufb02": "fl",
        "\ufb03": "ffi",
        "\ufb04": "ffl",
        "\ufb05": "st",
        "\ufb06": "st",
        "\uf0b7": "•",
        "\uf0a7": "•",
        "\uf0a8": "•",
        "\uf0d8": "•",
        "\uf0fc": "•",
        "\uf02d": "-",
        "\uf0be": "—",
        "\u00ad": "-",
        "\x02": "-",
        "\ufffe": "-",
        "\u200b": "",
        "\u00a0": " ",
    }
)
_BLANK = re.compile(r"^\W*this page (?:is )?(?:intentionally )?left blank\W*$", re.IGNORECASE)
_BREAKS = frozenset((0x0D, 0x0A))
_HYPHENS = frozenset((0x02, 0xAD, 0xFFFE))
_TEXT_PER_PAGE = 12
_EDGE = 0.14

_Box = tuple[float, float, float, float]
"""(left, bottom, right, top) in points."""
_Word = tuple[list[int], _Box, _Box]
"""Indexes of the characters of a word, boxes of its first and last."""


def read_pdf(path: Path, max_pages: int, max_characters: int) -> Parsed:
    """Raises EncryptedDocument, NoTextLayer, EmptyDocument, OversizedDocument, DamagedDocument."""
    import pypdfium2

    try:
        pdf = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        if getattr(error, "err_code", None) == _PASSWORD:
            raise EncryptedDocument("is encrypted: save a copy without a password and index that") from error
        raise DamagedDocument(
            "is not a readable PDF: open it in a viewer and save or print it as a new PDF"
        ) from error
    with pdf:
        return _read(pdf, max_pages, max_characters)


def _read(pdf: Any, max_pages: int, max_characters: int) -> Parsed:
    count = len(pdf)
    if count == 0:
        raise DamagedDocument("is a PDF without readable pages: open it in a viewer and save it as a new PDF")
    if count > max_pages:
        raise OversizedDocument(
            f"has {count} pages, more than the limit of {max_pages}: split it, or raise RAG_MAX_PAGES"
        )
    lines: list[list[Line]] = []
    characters = 0
    for number in range(1, count + 1):
        lines.append(list(_page_lines(pdf, number)))
        characters += sum(len(line.text) for line in lines[-1])
        if characters > max_characters:
            raise OversizedDocument(
                f"has more than {max_characters:,} characters: split it, or raise RAG_MAX_CHARACTERS"
            )
    written = sum(bool(page) for page in lines)
    if characters < _TEXT_PER_PAGE * min(count, 20) or (2 * written < count and characters < 50 * count):
        raise NoTextLayer(
            f"has {count} page{'s' * (count > 1)} and no text: run OCR first, for example `ocrmypdf in.pdf out.pdf`"
        )
    readable = [
        [line for line in page if not _garbled(line.text) and not _BLANK.search(line.text)] for page in lines
    ]
    if 2 * sum(map(len, readable)) < sum(map(len, lines)):
        raise NoTextLayer(
            "has a text layer of wrong letters: run OCR over it, for example `ocrmypdf --force-ocr in.pdf out.pdf`"
        )
    blocks = reflow(readable, _outline(pdf))
    if not blocks:
        raise EmptyDocument("has no text that is not a running header: check the file")
    return Parsed(blocks, _facts(pdf), count)


def _garbled(text: str) -> bool:
    """Whether a line is in the letters that come out of fonts which do not say what they draw: more of
    them from the extended Latin blocks than any language has."""
    letters = [one for one in text if one.isalpha()]
    strange = sum("\u0100" <= one <= "\u024f" or "\u03d8" <= one <= "\u03ff" for one in letters)
    return strange >= 2 and strange > 0.55 * len(letters)


def _page_lines(pdf: Any, number: int) -> Iterator[Line]:
    import pypdfium2

    try:
        page = pdf[number - 1]
        text_page = page.get_textpage()
    except pypdfium2.PdfiumError:
        return
    try:
        yield from _lines(text_page, number, page.get_cropbox())
    finally:
        text_page.close()
        page.close()


def _lines(text_page: Any, number: int, frame: _Box) -> Iterator[Line]:
    """Runs of characters between the line ends that pdfium sees, cut where a gap is as wide as a column's."""
    glyphs = _Glyphs(text_page)
    run: list[int] = []
    for index, code in enumerate(glyphs.codes):
        if code in _BREAKS:
            yield from glyphs.line(run, number, frame)
            run = []
        else:
            run.append(index)
            if code in _HYPHENS and glyphs.wraps_after(index):
                yield from glyphs.line(run, number, frame)
                run = []
    yield from glyphs.line(run, number, frame)


class _Glyphs:
    """The characters of one page with their boxes, asked of pdfium one by one."""

    def __init__(self, text_page: Any) -> None:
        from pypdfium2 import raw

        self.raw = raw
        self.page = text_page
        count = max(0, raw.FPDFText_CountChars(text_page))
        self.codes = [raw.FPDFText_GetUnicode(text_page, index) for index in range(count)]
        self._box = raw.FS_RECTF()

    def box(self, index: int) -> _Box:
        """(left, bottom, right, top) in points, turned so that the line runs from left to right."""
        left, bottom, right, top = self._placed(index)
        match self._quarter(index):
            case 1:
                return bottom, -right, top, -left
            case 2:
                return -right, -top, -left, -bottom
            case 3:
                return -top, left, -bottom, right
        return left, bottom, right, top

    def _placed(self, index: int) -> _Box:
        self.raw.FPDFText_GetLooseCharBox(self.page, index, self._box)
        return self._box.left, self._box.bottom, self._box.right, self._box.top

    def _quarter(self, index: int) -> int:
        angle: float = self.raw.FPDFText_GetCharAngle(self.page, index)
        return round(angle / (math.pi / 2)) % 4

    def bold(self, index: int) -> bool:
        if self.raw.FPDFText_GetFontWeight(self.page, index) >= 600:
            return True
        name = ctypes.create_string_buffer(120)
        flags = ctypes.c_int()
        self.raw.FPDFText_GetFontInfo(self.page, index, name, 120, flags)
        return bool(_BOLD.search(name.value))

    def wraps_after(self, index: int) -> bool:
        """Whether the character after a hyphen stands on another line."""
        if index + 1 >= len(self.codes):
            return False
        before, after = self.box(index - 1 if index else 0), self.box(index + 1)
        return after[3] < before[1] + 0.3 * (before[3] - before[1]) or after[0] < before[0]

    def line(self, run: list[int], number: int, frame: _Box) -> Iterator[Line]:
        """One Line for each stretch of the run without a wide gap."""
        words = list(self._words(run))
        while words:
            taken = 1
            while taken < len(words) and not _apart(words[taken - 1], words[taken]):
                taken += 1
            if self._shown(words[0][0][0], words[taken - 1][0][-1], frame):
                yield self._line(words[:taken], number, frame)
            words = words[taken:]

    def _words(self, run: list[int]) -> Iterator[_Word]:
        word: list[int] = []
        for index in [*run, None]:
            if index is not None and not chr(self.codes[index]).isspace() and self.codes[index] > 0:
                word.append(index)
            elif word:
                yield word, self.box(word[0]), self.box(word[-1])
                word = []

    def _shown(self, first: int, last: int, frame: _Box) -> bool:
        """Whether the middle of a run lies on the page: some programs leave alphabets of their fonts beside it."""
        (a, b, _, _), (_, _, c, d) = self._placed(first), self._placed(last)
        return frame[0] <= (a + c) / 2 <= frame[2] and frame[1] <= (b + d) / 2 <= frame[3]

    def _line(self, words: list[_Word], number: int, frame: _Box) -> Line:
        first, last = words[0][0][0], words[-1][0][-1]
        text = " ".join("".join(self._character(index) for index in word) for word, _, _ in words)
        margin = _EDGE * (frame[3] - frame[1])
        turned = self._quarter(first) != 0
        boxes = [box for _, start, end in words for box in (start, end)]
        return Line(
            text=squeeze(clean(text)),
            page=number,
            left=words[0][1][0],
            right=max(box[2] for box in boxes),
            bottom=words[0][1][1],
            top=words[0][1][3],
            size=max(1.0, sorted(box[3] - box[1] for box in boxes)[len(boxes) // 2]),
            bold=self.bold(first) and self.bold(last),
            edge=turned or words[0][1][3] > frame[3] - margin or words[0][1][1] < frame[1] + margin,
        )

    def _character(self, index: int) -> str:
        code = self.codes[index]
        return chr(code).translate(_GLYPHS) if not 0xD800 <= code < 0xE000 else ""


def _apart(before: _Word, after: _Word) -> bool:
    _, _, end = before
    _, start, _ = after
    return start[0] - end[2] > CELL_GAP * max(1.0, end[3] - end[1])


def _outline(pdf: Any) -> list[Outline]:
    import pypdfium2

    found: list[Outline] = []
    try:
        for mark in pdf.get_toc(max_depth=6):
            target = mark.get_dest()
            index = target.get_index() if target else None
            if index is not None and mark.get_title():
                found.append(Outline(squeeze(mark.get_title()), index + 1, mark.level + 1))
    except pypdfium2.PdfiumError:
        return []
    return found


def _facts(pdf: Any) -> Facts:
    stated = pdf.get_metadata_dict(skip_empty=True)
    return Facts(
        title=squeeze(stated.get("Title", "")),
        author=squeeze(stated.get("Author", "")),
        date=stated.get("CreationDate", ""),
    )
