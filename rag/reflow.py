"""Lines on pages → paragraphs, headings and table rows. Pure geometry and a little typography.

Wraps are undone where the line before was full; running headers and page numbers, which repeat at one
height over many pages, are left out; a sentence that goes on over a page stays one paragraph.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rag.blocks import Block, squeeze
from rag.headings import legal_heading, opens_block

_DIGITS = re.compile(r"\d+|\b[ivxlc]+\b")
_SENTENCE_END = re.compile(r"[.!?:;][\"”’')\]]*$")
_BULLET = re.compile(r"^[•▪‣●○◦■□➢✓]\s*")
_COMPOUND = frozenset(
    "non self cross co well post pre anti multi inter long short high low third full part all based related"
    " defined term wide level specific making party free time year risk".split()
)
_ZONE = 0.14
_REPEATED = 3


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
    height: float


@dataclass(frozen=True, slots=True)
class Outline:
    """A bookmark: title, page it points to, depth from 1."""

    title: str
    page: int
    level: int


@dataclass(slots=True)
class _Paragraph:
    lines: list[Line]
    cells: bool = False
    level: int = 0
    tight: bool = False


def reflow(pages: Sequence[Sequence[Line]], outline: Sequence[Outline] = ()) -> tuple[Block, ...]:
    kept = _without_running(pages)
    every = [line for page in kept for line in page]
    if not every:
        return ()
    words = Counter(word for line in every for word in re.findall(r"[\w’-]+", line.text.lower()))
    paragraphs = [one for page in kept for one in _paragraphs(page)]
    paragraphs = _over_pages(paragraphs)
    _mark_headings(paragraphs, outline)
    return tuple(_block(one, words) for one in paragraphs if any(line.text for line in one.lines))


def _without_running(pages: Sequence[Sequence[Line]]) -> list[list[Line]]:
    seen = Counter(key for page in pages for key in {_running_key(line) for line in page if _at_edge(line)})
    enough = max(_REPEATED, min(12, len(pages) // 5))
    return [
        [
            line
            for line in page
            if line.text and not (_at_edge(line) and seen[_running_key(line)] >= enough)
        ]
        for page in pages
    ]


def _at_edge(line: Line) -> bool:
    return line.top > line.height * (1 - _ZONE) or line.bottom < line.height * _ZONE


def _running_key(line: Line) -> tuple[str, int]:
    legal = legal_heading(line.text) is not None
    return line.text if legal else _DIGITS.sub("#", line.text), round(line.bottom / 6)


def _paragraphs(lines: Sequence[Line]) -> Iterator[_Paragraph]:
    rows = list(_rows(lines))
    measure = _Measure([line for row in rows for line in row])
    current: _Paragraph | None = None
    for i, row in enumerate(rows):
        if _is_table_row(rows, i):
            if current:
                yield current
            yield _Paragraph(row, cells=True, tight=i > 0 and _is_table_row(rows, i - 1))
            current = None
            continue
        for line in [_merged(row)]:
            if current and measure.continues(current, line):
                current.lines.append(line)
            else:
                if current:
                    yield current
                current = _Paragraph([line])
    if current:
        yield current


def _rows(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """Neighbouring runs at one height, from left to right."""
    row: list[Line] = []
    for line in lines:
        if row and _beside(row[-1], line):
            row.append(line)
            continue
        if row:
            yield row
        row = [line]
    if row:
        yield row


def _beside(before: Line, after: Line) -> bool:
    shared = min(before.top, after.top) - max(before.bottom, after.bottom)
    return shared > 0.5 * min(before.size, after.size) and after.left >= before.right - 1


def _is_table_row(rows: Sequence[Sequence[Line]], i: int) -> bool:
    """Two cells or more, and a neighbour that has as many or another row of at least two."""
    if not 0 <= i < len(rows) or len(rows[i]) < 2 or _is_labelled(rows[i]):
        return False
    near = [rows[j] for j in (i - 1, i + 1) if 0 <= j < len(rows)]
    return len(rows[i]) > 2 or any(len(row) > 1 and not _is_labelled(row) for row in near)


def _is_labelled(row: Sequence[Line]) -> bool:
    return len(row) == 2 and (len(row[0].text) <= 2 or opens_block(f"{row[0].text} x"))


def _merged(row: Sequence[Line]) -> Line:
    if len(row) == 1:
        return row[0]
    first = row[0]
    return Line(
        " ".join(line.text for line in row),
        first.page,
        first.left,
        row[-1].right,
        min(line.bottom for line in row),
        max(line.top for line in row),
        first.size,
        all(line.bold for line in row),
        first.height,
    )


class _Measure:
    """What is usual on one page: right margins by left edge, distance between lines."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self.lines = lines
        steps = [
            round(a.top - b.top, 1) for a, b in pairwise(lines) if 0 < a.top - b.top < 3 * a.size and _alike(a, b)
        ]
        self.step = Counter(steps).most_common(1)[0][0] if steps else 0.0

    def continues(self, paragraph: _Paragraph, line: Line) -> bool:
        last = paragraph.lines[-1]
        down = last.top - line.top
        if opens_block(line.text) or _BULLET.match(line.text) or not _alike(last, line):
            return False
        if last.bold != line.bold and _short(last):
            return False
        if down <= 0 or line.left > last.right:
            return _unfinished(last) and line.text[:1].islower()
        if down > max(1.35 * self.step, 1.25 * last.size) or down > 2.2 * last.size:
            return False
        return self._full(last, line)

    def _full(self, last: Line, line: Line) -> bool:
        """The first word of `line` would not have fitted on the line before it."""
        width = (line.right - line.left) / max(1, len(line.text))
        word = len(line.text.split(" ")[0]) * width
        return last.right + width + word > self._margin(last) - 0.5 * width

    def _margin(self, line: Line) -> float:
        near = sorted(
            other.right for other in self.lines if abs(other.left - line.left) < 4 * line.size and _alike(other, line)
        )
        return near[int(0.9 * (len(near) - 1))] if near else line.right


def _alike(a: Line, b: Line) -> bool:
    return abs(a.size - b.size) <= 0.13 * max(a.size, b.size)


def _short(line: Line) -> bool:
    return len(line.text) < 60


def _unfinished(line: Line) -> bool:
    return not _SENTENCE_END.search(line.text)


def _over_pages(paragraphs: Sequence[_Paragraph]) -> list[_Paragraph]:
    """Join a sentence that breaks off at the foot of one page and goes on at the head of the next."""
    joined: list[_Paragraph] = []
    for one in paragraphs:
        before = joined[-1] if joined else None
        if before and _goes_on(before, one):
            before.lines.extend(one.lines)
        else:
            joined.append(one)
    return joined


def _goes_on(before: _Paragraph, after: _Paragraph) -> bool:
    last, first = before.lines[-1], after.lines[0]
    return (
        not before.cells
        and not after.cells
        and first.page == last.page + 1
        and _alike(last, first)
        and _unfinished(last)
        and first.text[:1].islower()
        and not opens_block(first.text)
    )


def _mark_headings(paragraphs: Sequence[_Paragraph], outline: Sequence[Outline]) -> None:
    marked = {(_letters(mark.title), mark.page): mark.level for mark in outline}
    for one in paragraphs:
        key = _letters(" ".join(line.text for line in one.lines))
        one.level = min(6, marked.get((key, one.lines[0].page), 0))
    if sum(one.level > 0 for one in paragraphs) < 3 and not _is_legal(paragraphs):
        _mark_by_type(paragraphs)


def _is_legal(paragraphs: Sequence[_Paragraph]) -> bool:
    return sum(legal_heading(one.lines[0].text) is not None for one in paragraphs) >= 5


def _mark_by_type(paragraphs: Sequence[_Paragraph]) -> None:
    """Short lines in larger type, the largest first; then short lines in bold."""
    weights: Counter[float] = Counter()
    for one in paragraphs:
        for line in one.lines:
            weights[round(line.size)] += len(line.text)
    body = weights.most_common(1)[0][0]
    sizes = sorted({round(one.lines[0].size) for one in paragraphs if _is_title(one, body * 1.15)}, reverse=True)
    for one in paragraphs:
        size = round(one.lines[0].size)
        if _is_title(one, body * 1.15):
            one.level = min(4, sizes.index(size) + 1)
        elif _is_title(one, body * 0.97) and all(line.bold for line in one.lines):
            one.level = min(5, len(sizes[:4]) + 1)


def _is_title(one: _Paragraph, size: float) -> bool:
    text = " ".join(line.text for line in one.lines)
    return (
        not one.cells
        and len(one.lines) <= 3
        and 3 <= len(text) <= 150
        and any(character.isalpha() for character in text)
        and not text.endswith((".", ";", ",", ":"))
        and not _BULLET.match(text)
        and all(line.size >= size for line in one.lines)
    )


def _letters(text: str) -> str:
    return re.sub(r"\W+", "", text).lower()


def _block(one: _Paragraph, words: Counter[str]) -> Block:
    if one.cells:
        text = " | ".join(line.text for line in one.lines)
        return Block(text, tight=one.tight, breaks=((0, one.lines[0].page),))
    text = ""
    breaks: list[tuple[int, int]] = []
    for line in one.lines:
        text = _joined(text, line.text, words)
        if not breaks or breaks[-1][1] != line.page:
            breaks.append((len(text) - len(line.text) if breaks else 0, line.page))
    marked = _BULLET.sub("- ", text)
    shift = len(marked) - len(text)
    moved = tuple((max(0, offset + shift) if i else 0, page) for i, (offset, page) in enumerate(breaks))
    return Block(marked, one.level, tight=one.tight, breaks=moved)


def _joined(before: str, after: str, words: Counter[str]) -> str:
    if not before:
        return squeeze(after)
    found = re.search(r"(\w[\w’]*)-$", before)
    following = re.match(r"[\w’]+", after)
    if not found or not following:
        return f"{before} {after}"
    left, right = found[1].lower(), following[0].lower()
    if _one_word(left, right, following[0], words):
        return before[:-1] + after
    return before + after


def _one_word(left: str, right: str, written: str, words: Counter[str]) -> bool:
    """Whether a line-end hyphen divides one word ("regu-lation") rather than joins two ("non-state")."""
    if not written[0].islower() or not left.isalpha():
        return False
    if words[left + right]:
        return True
    if words[f"{left}-{right}"] or left in _COMPOUND or right in _COMPOUND:
        return False
    return not (words[left] > 1 and words[right] > 1)
