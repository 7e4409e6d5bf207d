"""Running headers and footers, page numbers and stamps, told from the text by their repetition. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import median

from rag.lines import Line

_NUMBER = re.compile(r"\d+")
_ROMAN = re.compile(r"[ivxlc]+", re.IGNORECASE)
_FEW, _MANY = 3, 8
_PART = 5
_NEAR = 2

_Key = tuple[str, int]
"""What a line says, and its height on the page."""


def without_running(pages: Sequence[Sequence[Line]]) -> list[list[Line]]:
    """The pages without the lines near an edge that stand at one height on one page after another: the
    same words, or words with a number that grows with the page. "Amendment 422" at the head of a page
    that only happens to begin there is kept."""
    seen: dict[_Key, list[int]] = defaultdict(list)
    for page in pages:
        for key in {key for line in page if line.edge for key in _keys(line)}:
            seen[key].append(page[0].page)
    enough = max(_FEW, min(_MANY, len(pages) // _PART))
    running = {key for key, found in seen.items() if len(found) >= enough and _in_a_row(found)}
    return [
        [line for line in page if line.text and not (line.edge and running.intersection(_keys(line)))]
        for page in pages
    ]


def _in_a_row(found: Sequence[int]) -> bool:
    """On every page or every other one, for the most part."""
    return median(b - a for a, b in pairwise(found)) <= _NEAR


def _keys(line: Line) -> Iterator[_Key]:
    height = round(line.bottom / 6)
    if _ROMAN.fullmatch(line.text):
        yield "roman", height
        return
    yield line.text, height
    for number in _NUMBER.finditer(line.text):
        ahead = int(number[0][:9]) - line.page
        yield f"{line.text[: number.start()]}#{ahead}#{line.text[number.end() :]}", height
