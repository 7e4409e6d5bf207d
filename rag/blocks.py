"""What every reader of a format hands over: blocks of clean text, and what the file says about itself.

Pure, and light to import: a parsing process loads this and one reader, nothing else of the package.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

CELLS = " | "
"""Between the cells of a table's row."""


@dataclass(frozen=True, slots=True)
class Block:
    """A heading, paragraph, list item or table row.

    `level` is 1 to 6 for a heading, 0 otherwise. A `tight` block stands on the line after the one
    before it, others after an empty line. `breaks` holds (offset in text, page) for every page that
    the block touches, the first at offset 0; () where the format has no pages.
    """

    text: str
    level: int = 0
    tight: bool = False
    breaks: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Facts:
    """What a file says about itself outside its text; dates as written, "" where it says nothing."""

    title: str = ""
    author: str = ""
    date: str = ""
    address: str = ""
    front_matter: str | None = None


@dataclass(frozen=True, slots=True)
class Parsed:
    """`pages` counts pages with and without text; 0 where the format has none."""

    blocks: tuple[Block, ...]
    facts: Facts = Facts()
    pages: int = 0


@dataclass(frozen=True, slots=True)
class Placed:
    """A block at its place. Invariant: text[start:end] == block.text."""

    block: Block
    start: int
    end: int


_LINE_ENDS = re.compile(r"\r\n|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_UNWANTED = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\ufeff\ufffe\uffff\ufff9-\ufffb\ud800-\udfff]")
_TRAILING = re.compile(r"[^\S\n]+(?=\n|$)")
_GAPS = re.compile(r"\n{3,}")
_ITEM_INDENT = re.compile(r" +(?=[-\d])")
_SPACES = re.compile(r"[^\S\n]+")


def clean(text: str) -> str:
    """Unicode NFC, "\\n" line ends, no control characters but tab, no trailing spaces, at most one
    empty line in a row, nothing but text at either end."""
    lines = _UNWANTED.sub("", _LINE_ENDS.sub("\n", text))
    trimmed = _TRAILING.sub("", unicodedata.normalize("NFC", lines))
    return _GAPS.sub("\n\n", trimmed).strip()


def squeeze(text: str) -> str:
    """Clean, on one line, every run of white space one plain space."""
    return _SPACES.sub(" ", clean(text).replace("\n", " ")).strip()


def tidy(blocks: Iterable[Block]) -> tuple[Block, ...]:
    """The blocks that have text, cleaned, nested list items indented as they were. Blocks with page
    breaks must be clean already."""
    cleaned = (block if block.breaks else replace(block, text=_cleaned(block)) for block in blocks)
    return tuple(block for block in cleaned if block.text.strip())


def _cleaned(block: Block) -> str:
    indent = _ITEM_INDENT.match(block.text) if block.tight else None
    return (indent[0] if indent else "") + clean(block.text)


def place(blocks: Sequence[Block]) -> tuple[str, tuple[Placed, ...]]:
    """The blocks joined into one text, and where each of them stands in it."""
    parts: list[str] = []
    placed: list[Placed] = []
    at = 0
    for block in blocks:
        gap = "" if not parts else "\n" if block.tight else "\n\n"
        start = at + len(gap)
        at = start + len(block.text)
        parts += (gap, block.text)
        placed.append(Placed(block, start, at))
    return "".join(parts), tuple(placed)
