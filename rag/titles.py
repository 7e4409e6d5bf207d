"""Which stretches of a PDF are headings: by its bookmarks, else by type. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from rag.headings import legal_heading
from rag.lines import BULLET, Stretch, breaks_off

_DECIMAL = re.compile(r"(\d{1,2}(?:\.\d{1,2}){0,5})\.?\s+[A-ZÀ-Þ]")
_CONTENTS_LINE = re.compile(r"(.+?)[\s.…]+\d{1,4}")
_FEW = 3
_LEGAL = 5
_LARGE = 1.15
_SPARSE = 0.3


@dataclass(frozen=True, slots=True)
class Outline:
    """A bookmark: title, page it points to, depth from 1."""

    title: str
    page: int
    level: int


def mark_headings(stretches: Sequence[Stretch], outline: Sequence[Outline]) -> None:
    """Sets `level`: from the bookmarks where at least three of them are found on their pages."""
    marked = {(_letters(mark.title), mark.page): mark.level for mark in outline}
    found = [marked.get((_letters(one.text), one.lines[0].page), 0) for one in stretches]
    if sum(level > 0 for level in found) >= _FEW:
        for one, level in zip(stretches, found, strict=True):
            one.level = min(6, level)
    else:
        _mark_by_type(stretches)


def _mark_by_type(stretches: Sequence[Stretch]) -> None:
    """Short lines in larger type, the largest first; then short lines in bold. A number of its own
    ("3.1.2") tells the depth. In a legal text only the title is told by its type."""
    body = _body_size(stretches)
    known = {_letters(one.text) for one in stretches}
    titles = [one for one in stretches if _is_title(one, body) and not _in_contents(one.text, known)]
    large = [one for one in titles if one.size >= body * _LARGE]
    bold = [one for one in titles if one.size < body * _LARGE and all(line.bold for line in one.lines)]
    legal = sum(legal_heading(one.text) is not None for one in stretches)
    if len(bold) > 50 and len(bold) > _SPARSE * len(stretches):
        bold = []
    if legal >= _LEGAL and 2 * legal >= len(large) + len(bold):
        large = sorted((one for one in large if one.lines[0].page == 1), key=lambda one: one.size)[-1:]
        bold = []
    sizes = sorted({round(one.size) for one in large}, reverse=True)[:4]
    for one in bold:
        one.level = _depth(one) or min(5, len(sizes) + 1)
    for one in large:
        one.level = _depth(one) or min(4, sum(size > round(one.size) for size in sizes) + 1)


def _body_size(stretches: Sequence[Stretch]) -> int:
    weights: Counter[int] = Counter()
    for one in stretches:
        for line in one.lines:
            weights[round(line.size)] += len(line.text)
    return weights.most_common(1)[0][0]


def _depth(one: Stretch) -> int:
    found = _DECIMAL.match(one.text)
    return min(6, found[1].count(".") + 1) if found else 0


def _in_contents(text: str, known: set[str]) -> bool:
    """Whether a line is another line and a page number: an entry of a table of contents."""
    found = _CONTENTS_LINE.fullmatch(text)
    return found is not None and _letters(found[1]) in known


def _is_title(one: Stretch, body: float) -> bool:
    text = one.text
    return (
        not one.cells
        and len(one.lines) <= 3
        and 3 <= len(text) <= 150
        and any(character.isalpha() for character in text)
        and not text[0].islower()
        and not breaks_off(one.lines[-1])
        and not text.endswith((".", ";", ",", ":"))
        and not BULLET.match(text)
        and one.size >= 0.97 * body
    )


def _letters(text: str) -> str:
    return re.sub(r"\W+", "", text).lower()
