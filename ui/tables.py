"""Tables as values: what stands in each cell and how it looks (pure).

Everything here is text and numbers. The page sets it as text, never as HTML or Markdown.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Piece:
    """Text with one look: "" plain, "found" a word that was looked for, "strong", "quiet", "badge", "warn".

    `link` is an address of the source page (ui.links.address); whatever else it says is not followed.
    """

    text: str
    look: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True)
class Bar:
    """An interval in [0, 1] and its value; `was` is the value that it is compared with."""

    low: float
    value: float
    high: float
    was: float | None = None


@dataclass(frozen=True, slots=True)
class Cell:
    """Lines of pieces. `look` is "" or "quote" for the words of a document."""

    lines: tuple[tuple[Piece, ...], ...]
    bar: Bar | None = None
    look: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """`look` is "", "narrow", "wide", "half" or "number"."""

    title: str
    look: str = ""


Row = tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """`caption` names it for screen readers. With a `fold` it opens when that line is clicked."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    fold: tuple[Piece, ...] = ()


def cell(*lines: str | Piece | Sequence[Piece], look: str = "") -> Cell:
    """A cell of these lines; empty ones are left out."""
    return Cell(tuple(line for line in map(_pieces, lines) if line), look=look)


def joined(parts: Iterable[str | None], between: str = " · ") -> str:
    return between.join(part for part in parts if part)


def _pieces(line: str | Piece | Sequence[Piece]) -> tuple[Piece, ...]:
    pieces = (Piece(line),) if isinstance(line, str) else (line,) if isinstance(line, Piece) else tuple(line)
    return tuple(piece for piece in pieces if piece.text)
