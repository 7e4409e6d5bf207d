"""The lines of a page as they lie on it, and how two of them stand to each other. Pure geometry."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rag.headings import opens_block

CELL_GAP = 1.3
"""Gap between two cells of a row, in heights of a line."""

BULLET = re.compile(r"^[•▪‣●○◦■□➢✓Ɣ]\s*")
_SENTENCE_END = re.compile(r"[.!?:;][\"”’')\]]*$")
_OPEN_END = re.compile(
    r"(?:,|\w-|\b(?:a|an|the|of|and|or|to|in|for|by|on|with|at|from|as|that|which|is|are|be|its|their|this|any|no))$"
)
_REFERS = re.compile(
    r"\b(?:of|in|to|with|by|from|under|per|see|than|this|that|the|sections?|articles?|paragraphs?|chapters?"
    r"|parts?|annex)$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Line:
    """A run of words on one page; points, y upwards, turned upright. `size` is the height of its box."""

    text: str
    page: int
    left: float
    right: float
    bottom: float
    top: float
    size: float
    bold: bool
    edge: bool
    """Near the head or foot of the page, or turned: where running headers and stamps stand."""


@dataclass(slots=True)
class Stretch:
    """Lines that belong together: a paragraph, a heading, or the cells of one table row."""

    lines: list[Line]
    cells: bool = False
    level: int = 0
    tight: bool = False

    @property
    def text(self) -> str:
        return " ".join(line.text for line in self.lines)

    @property
    def size(self) -> float:
        return min(line.size for line in self.lines)


def alike(a: Line, b: Line) -> bool:
    """Set in the same size, small capitals included."""
    return abs(a.size - b.size) <= 0.18 * max(a.size, b.size)


def unfinished(line: Line) -> bool:
    return not _SENTENCE_END.search(line.text)


def breaks_off(line: Line) -> bool:
    """The line ends as no sentence does: "… the Department of", "… in every regu-"."""
    return bool(_OPEN_END.search(line.text))


def opens(last: Line, line: Line) -> bool:
    """Whether `line` begins something new; a number after "in accordance with" is a reference."""
    return bool(BULLET.match(line.text)) or (opens_block(line.text) and not _REFERS.search(last.text))


def goes_on_elsewhere(last: Line, line: Line) -> bool:
    """Whether a sentence that breaks off at the foot of a column or page goes on at the next head."""
    if not unfinished(last) or not alike(last, line) or opens(last, line):
        return False
    return line.text[0].islower() or line.text[0] == "(" or breaks_off(last)


def touches(before: Line, after: Line) -> bool:
    """Whether a run goes on the one before it: the same line, or a raised or lowered figure in it."""
    gap = after.left - before.right
    near = -0.2 * before.size <= gap <= CELL_GAP * max(before.size, after.size)
    return near and _shared(before, after) > 0.4


def beside(before: Line, after: Line) -> bool:
    """Whether two runs stand at one height, `after` to the right."""
    return level_with(before, after) and after.left >= before.right - 1


def level_with(a: Line, b: Line) -> bool:
    """Whether two runs stand at one height, wherever each is."""
    return _shared(a, b) > 0.5


def _shared(a: Line, b: Line) -> float:
    """The height that two lines share, as a part of the lower one's."""
    return (min(a.top, b.top) - max(a.bottom, b.bottom)) / min(a.size, b.size)


def run_together(before: Line, after: Line) -> Line:
    larger = before if len(before.text) >= len(after.text) else after
    space = " " if after.left - before.right > 0.12 * larger.size else ""
    return replace(
        larger,
        text=unicodedata.normalize("NFC", f"{before.text}{space}{after.text}"),
        left=before.left,
        right=after.right,
        bold=before.bold and after.bold,
    )


def merged(row: Sequence[Line]) -> Line:
    """A row as one line, its cells apart by a space."""
    return replace(
        row[0],
        text=" ".join(line.text for line in row),
        right=row[-1].right,
        bottom=min(line.bottom for line in row),
        top=max(line.top for line in row),
        bold=all(line.bold for line in row),
    )
