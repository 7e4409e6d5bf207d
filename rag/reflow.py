"""Lines on pages → paragraphs, headings and table rows. Pure geometry and a little typography.

Wraps are undone where the line before was full; running headers and page numbers, which repeat at one
height over many pages, are left out; a sentence that goes on over a page stays one paragraph.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from rag.blocks import CELLS, Block
from rag.headings import opens_block
from rag.hyphens import joined, vocabulary
from rag.lines import (
    BULLET,
    Line,
    Stretch,
    alike,
    beside,
    breaks_off,
    goes_on_elsewhere,
    level_with,
    merged,
    opens,
    run_together,
    touches,
    unfinished,
)
from rag.running import without_running
from rag.titles import Outline, mark_headings

_LEADERS = re.compile(r"(?:\s*…)+\s*$|(?:\s?\.){4,}\s*$|^(?:[.…]\s*)+$")
_FOOTNOTE = re.compile(r"(?:\d{1,3}|[*†‡])\s*[A-Z“\"(h]")
_FEW = 3
_WIDE = 3


def reflow(pages: Sequence[Sequence[Line]], outline: Sequence[Outline] = ()) -> tuple[Block, ...]:
    """Blocks in reading order, which is the order of the lines."""
    kept = without_running(pages)
    words = vocabulary(line.text for page in kept for line in page)
    stretches = _over_pages([one for page in kept for one in _stretches(page, words)])
    if stretches:
        mark_headings(stretches, outline)
    return tuple(_block(one, words) for one in stretches)


def _stretches(lines: Sequence[Line], words: Counter[str]) -> Iterator[Stretch]:
    """The paragraphs and table rows of one page."""
    rows = [row for row in map(_without_leaders, _rows(_by_rows(lines))) if row]
    measure = _Measure([line for row in rows for line in row])
    current: Stretch | None = None
    for i, row in enumerate(rows):
        if current and current.cells and _continues_cells(current, row, words):
            continue
        is_cells = _is_table_row(rows, i)
        line = merged(row)
        if current and not is_cells and not current.cells and measure.continues(current.lines[-1], line):
            current.lines.append(line)
            continue
        follows = current is not None and current.cells
        if current:
            yield current
        current = Stretch(row, cells=True, tight=follows) if is_cells else Stretch([line])
    if current:
        yield current


def _by_rows(lines: Sequence[Line]) -> Sequence[Line]:
    """The lines from top to bottom and left to right if the page is a table, else as they come: some
    programs write a table column by column."""
    rows = list(_rows(lines))
    wide = sum(len(row) >= _WIDE for row in rows)
    if wide < _FEW or wide * _WIDE < len(rows):
        return lines
    kept: list[list[Line]] = []
    for line in sorted(lines, key=lambda one: -(one.top + one.bottom)):
        if kept and level_with(kept[-1][0], line):
            kept[-1].append(line)
        else:
            kept.append([line])
    return [line for row in kept for line in sorted(row, key=lambda one: one.left)]


def _rows(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """Neighbouring runs at one height, from left to right; touching ones run together."""
    row: list[Line] = []
    for line in lines:
        if row and touches(row[-1], line):
            row[-1] = run_together(row[-1], line)
        elif row and beside(row[-1], line):
            row.append(line)
        else:
            if row:
                yield row
            row = [line]
    if row:
        yield row


def _without_leaders(row: Sequence[Line]) -> list[Line]:
    """The cells of a row without the dots that lead the eye to a page number."""
    shorn = [replace(line, text=_LEADERS.sub("", line.text)) for line in row]
    return [line for line in shorn if line.text]


def _is_table_row(rows: Sequence[Sequence[Line]], i: int) -> bool:
    """Three cells or more, or two beside a row that has several as well."""
    if len(rows[i]) < 2 or _is_labelled(rows[i]):
        return False
    near = [rows[j] for j in (i - 1, i + 1) if 0 <= j < len(rows)]
    return len(rows[i]) > 2 or any(len(row) > 1 and not _is_labelled(row) for row in near)


def _is_labelled(row: Sequence[Line]) -> bool:
    """A list item or numbered paragraph whose label stands apart."""
    return len(row) == 2 and (len(row[0].text) <= 2 or opens_block(f"{row[0].text} x"))


def _continues_cells(table: Stretch, row: Sequence[Line], words: Counter[str]) -> bool:
    """Puts the second line of wrapped cells back into them; False if `row` is something else."""
    first = row[0]
    places = [_column(table.lines, line) for line in row]
    down = min(cell.bottom for cell in table.lines) - first.top
    if None in places or 0 in places or not -0.5 * first.size <= down <= 0.8 * first.size:
        return False
    for place, line in zip(places, row, strict=True):
        cell = table.lines[place or 0]
        table.lines[place or 0] = replace(cell, text=joined(cell.text, line.text, words), bottom=line.bottom)
    return True


def _column(cells: Sequence[Line], line: Line) -> int | None:
    """The cell under which a line begins, if there is one."""
    return next((i for i, cell in enumerate(cells) if abs(cell.left - line.left) < 0.5 * line.size), None)


class _Measure:
    """What is usual on one page: right margins by left edge, distance between lines."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self.lines = lines
        downs = [(a.top - b.top, a) for a, b in pairwise(lines) if alike(a, b)]
        steps = Counter(round(down, 1) for down, line in downs if 0 < down < 3 * line.size)
        usual, count = steps.most_common(1)[0] if steps else (0.0, 0)
        self.step = usual if count >= _FEW else 0.0

    def continues(self, last: Line, line: Line) -> bool:
        """Whether `line` belongs to the paragraph that `last` is the last line of."""
        down = last.top - line.top
        if opens(last, line) or not alike(last, line) or _changes_weight(last, line):
            return False
        if down <= 0 or line.left > last.right:
            return goes_on_elsewhere(last, line)
        if down > min(2.2 * last.size, max(1.35 * self.step, 1.25 * last.size)):
            return False
        return self._full(last, line) or self._breaks_off(last, line)

    def _full(self, last: Line, line: Line) -> bool:
        """The first word of `line` would not have fitted on the line before it."""
        width = (line.right - line.left) / max(1, len(line.text))
        word = len(line.text.split(" ")[0]) * width
        return last.right + width + word > self._margin(last) - 0.5 * width

    def _breaks_off(self, last: Line, line: Line) -> bool:
        """A line that is not full, but whose words cannot be all."""
        wide = last.right - last.left > 0.7 * (self._margin(last) - last.left)
        return breaks_off(last) or (wide and unfinished(last) and line.text[:1].islower())

    def _margin(self, line: Line) -> float:
        near = sorted(
            other.right
            for other in self.lines
            if abs(other.left - line.left) < 4 * line.size and alike(other, line)
        )
        return near[round(0.9 * (len(near) - 1))] if near else line.right


def _changes_weight(last: Line, line: Line) -> bool:
    """A short bold line above plain text, or a bold line after the end of a sentence."""
    return last.bold != line.bold and len(last.text) < 60 and (last.bold or not unfinished(last))


def _over_pages(stretches: Sequence[Stretch]) -> list[Stretch]:
    """Join a sentence that breaks off at the foot of one page and goes on at the head of the next; its
    page's footnotes, which would stand in the middle of it, then come before it."""
    kept: list[Stretch] = []
    for one in stretches:
        back = len(kept) - 1
        while back > 0 and kept[back].lines[0].page < one.lines[0].page and _is_footnote(kept[back]):
            back -= 1
        if kept and _goes_on(kept[back], one):
            broken = kept.pop(back)
            broken.lines.extend(one.lines)
            kept.append(broken)
        else:
            kept.append(one)
    return kept


def _is_footnote(one: Stretch) -> bool:
    return not one.cells and _FOOTNOTE.match(one.lines[0].text) is not None


def _goes_on(before: Stretch, after: Stretch) -> bool:
    last, first = before.lines[-1], after.lines[0]
    return (
        not before.cells
        and not after.cells
        and first.page == last.page + 1
        and goes_on_elsewhere(last, first)
    )


def _block(one: Stretch, words: Counter[str]) -> Block:
    if one.cells:
        row = CELLS.join(line.text for line in one.lines)
        return Block(row, tight=one.tight, breaks=((0, one.lines[0].page),))
    text = ""
    breaks: list[tuple[int, int]] = []
    for line in one.lines:
        text = joined(text, BULLET.sub("- ", line.text) if not text else line.text, words)
        if not breaks or breaks[-1][1] != line.page:
            breaks.append((len(text) - len(line.text) if breaks else 0, line.page))
    return Block(text, one.level, tight=one.tight, breaks=tuple(breaks))
