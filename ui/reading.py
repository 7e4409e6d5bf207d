"""Document + places to mark → the blocks that a reader shows: headings, paragraphs, items, tables (pure).

Every block is an interval of the document's text and is made of runs, each of which is text as it stands
there; nothing is interpreted, so nothing in a document can become markup.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from rag.types import Document, Section

_MARKS = re.compile(r"(?:\s?\[[A-Za-z]{0,3}\d{1,3}\])+")
_ITEM = re.compile(r"\s*(?:[-*•▪‣]\s+|\(?(?:\d{1,3}|[a-z]|[ivxl]{1,5})[.)]\s+(?!\|))")
_REFERENCE = re.compile(r"\s*\[[^\[\]\s]{1,12}\]\s")
_CELLS = " | "
_SNAP = 0.25
_DEEPEST = 4


class Kind(StrEnum):
    HEADING = "heading"
    PARAGRAPH = "paragraph"
    ITEM = "item"
    ROW = "row"
    REFERENCE = "reference"


@dataclass(frozen=True, slots=True)
class Mark:
    """Characters start:end to be marked with the number n; one of the marks is the `active` one."""

    start: int
    end: int
    n: int
    active: bool = False


@dataclass(frozen=True, slots=True)
class Run:
    """Text with one look. `n` is the mark that it belongs to, if any; `quiet` is a reference mark."""

    text: str
    n: int | None = None
    active: bool = False
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """One line of a document. `cells` are the runs of each cell of a row, else of the whole;
    `cut` says that the line goes on before or after."""

    kind: Kind
    level: int
    cells: tuple[tuple[Run, ...], ...]
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Window:
    """Characters start:end of a text of `length`, as much of it as is shown at once."""

    start: int
    end: int
    length: int

    @property
    def before(self) -> bool:
        return self.start > 0

    @property
    def after(self) -> bool:
        return self.end < self.length

    def earlier(self, text: str, room: int) -> Window:
        return window(text, (max(0, self.start - room // 2),) * 2, room)

    def later(self, text: str, room: int) -> Window:
        return window(text, (min(self.length, self.end + room // 2),) * 2, room)


def window(text: str, span: tuple[int, int], room: int) -> Window:
    """At most `room` characters around a span, the whole text where that suffices; it begins and ends
    at line ends where some are near."""
    if len(text) <= room:
        return Window(0, len(text), len(text))
    middle = span[0] if span[1] - span[0] >= room else (span[0] + span[1]) // 2
    start = min(max(0, middle - room // 2), len(text) - room)
    end = start + room
    snap = int(room * _SNAP)
    if start:
        line = text.find("\n", start, min(start + snap, span[0] + 1))
        start = line + 1 if line >= 0 else start
    if end < len(text):
        line = text.rfind("\n", max(end - snap, span[1]), end)
        end = line if line >= 0 else end
    return Window(start, end, len(text))


def blocks(document: Document, shown: Window, marks: Sequence[Mark] = ()) -> tuple[Block, ...]:
    """The lines of the window that are not empty, in order."""
    headings = {s.start: s for s in document.sections if s.path}
    return tuple(
        _block(document.text, start, end, headings.get(line), marks, cut=(line, stop) != (start, end))
        for line, stop, start, end in _lines(document.text, shown)
    )


def path_at(document: Document, offset: int) -> tuple[str, ...]:
    """The headings above a place, outermost first, without the document's own title."""
    section = document.section_at(offset)
    return tuple(h for h in section.path if h != document.metadata.title) if section else ()


def marked_text(shown: Iterable[Block]) -> str:
    """What the active mark covers, its lines joined by line ends."""
    lines = ("".join(run.text for cell in block.cells for run in cell if run.active) for block in shown)
    return "\n".join(line for line in lines if line)


def _lines(text: str, shown: Window) -> Iterator[tuple[int, int, int, int]]:
    """(line start, line end, shown start, shown end) of each line in the window with something in it."""
    at = text.rfind("\n", 0, shown.start) + 1
    while at < shown.end:
        newline = text.find("\n", at)
        stop = len(text) if newline < 0 else newline
        start, end = max(at, shown.start), min(stop, shown.end)
        if text[start:end].strip():
            yield at, stop, start, end
        at = stop + 1


def _block(
    text: str, start: int, end: int, section: Section | None, marks: Sequence[Mark], *, cut: bool
) -> Block:
    line = text[start:end]
    near = [m for m in marks if m.start < end and m.end > start]
    if section and line.strip().endswith(section.path[-1].strip()):
        return Block(Kind.HEADING, min(len(section.path), _DEEPEST), (_runs(text, start, end, near),), cut)
    if _CELLS in line and not cut:
        return Block(Kind.ROW, 0, tuple(_runs(text, a, b, near) for a, b in _cells(line, start)))
    kind = Kind.REFERENCE if _REFERENCE.match(line) else Kind.ITEM if _ITEM.match(line) else Kind.PARAGRAPH
    return Block(kind, 0, (_runs(text, start, end, near),), cut)


def _cells(line: str, start: int) -> Iterator[tuple[int, int]]:
    at = start
    for cell in line.split(_CELLS):
        yield at, at + len(cell)
        at += len(cell) + len(_CELLS)


def _runs(text: str, start: int, end: int, marks: Sequence[Mark]) -> tuple[Run, ...]:
    """The text cut at every end of a mark and around reference marks."""
    quiet = [(m.start(), m.end()) for m in _MARKS.finditer(text, start, end) if m.start() > start]
    ends = {start, end, *(p for span in quiet for p in span)}
    ends |= {min(max(p, start), end) for m in marks for p in (m.start, m.end)}
    cuts = sorted(ends)
    return tuple(_run(text, a, b, marks, quiet) for a, b in pairwise(cuts))


def _run(text: str, start: int, end: int, marks: Sequence[Mark], quiet: Sequence[tuple[int, int]]) -> Run:
    over = [m for m in marks if m.start <= start and end <= m.end]
    mark = next((m for m in over if m.active), over[0] if over else None)
    return Run(
        text[start:end],
        mark.n if mark else None,
        mark is not None and mark.active,
        mark is None and any(a <= start and end <= b for a, b in quiet),
    )
