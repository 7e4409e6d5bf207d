"""A page of a PDF as an image, and where the words of a quote stand on it.

`python -m ui.printed` reads one request as JSON and prints one reply: a PDF that hangs or crashes its
renderer costs that process and not the server.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import unicodedata
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from difflib import SequenceMatcher
from io import BytesIO
from pathlib import Path
from typing import Any

from rag.errors import DamagedDocument

_SECONDS = 20
_MEMORY = 2 << 30
_PIXELS = 1100
_SHORTEST = 10
_ENOUGH = 0.6


@dataclass(frozen=True, slots=True)
class Request:
    """`quotes` are texts on the page, each with how often it stands on the page before that place."""

    path: str
    page: int
    quotes: tuple[tuple[str, int], ...] = ()
    pixels: int = _PIXELS


@dataclass(frozen=True, slots=True)
class Printed:
    """`png` is a data: address; `boxes` are (left, top, width, height) in percent of the page."""

    png: str
    width: int
    height: int
    pages: int
    boxes: tuple[tuple[float, float, float, float], ...]


def printed(request: Request) -> Printed:
    """The page, drawn in a process of its own. Raises DamagedDocument."""
    search = os.pathsep.join([str(Path(__file__).parents[1]), *filter(None, sys.path)])
    try:
        done = subprocess.run(
            [sys.executable, "-m", "ui.printed"],
            input=json.dumps(asdict(request)).encode(),
            capture_output=True,
            timeout=_SECONDS,
            check=True,
            env={**os.environ, "PYTHONPATH": search},
        )
        reply = json.loads(done.stdout)
    except (subprocess.SubprocessError, OSError, ValueError) as error:
        raise DamagedDocument(
            f"Page {request.page} cannot be drawn ({type(error).__name__}): read the text of the document instead"
        ) from error
    return Printed(**reply | {"boxes": tuple(tuple(box) for box in reply["boxes"])})


def find(page: str, quote: str, before: int = 0) -> list[tuple[int, int]]:
    """Where on a page the letters and digits of a quote stand, as (first index, count) of the page's
    characters; `before` occurrences are passed over.

    Spaces, hyphens, punctuation, case and ligatures do not matter. A quote that is interrupted on the
    page, by a column or a header, is found in pieces if most of it is there; [] otherwise.
    """
    letters, places = _letters(page)
    wanted, _ = _letters(quote)
    if not wanted:
        return []
    at = letters.find(wanted)
    for _ in range(before):
        after = letters.find(wanted, at + 1)
        at = after if after >= 0 else at
    spans = [(at, len(wanted))] if at >= 0 else _pieces(letters, wanted)
    return [(places[a], places[a + size - 1] - places[a] + 1) for a, size in spans]


def _pieces(letters: str, wanted: str) -> list[tuple[int, int]]:
    matcher = SequenceMatcher(None, letters, wanted, autojunk=False)
    found = [(m.a, m.size) for m in matcher.get_matching_blocks() if m.size >= min(_SHORTEST, len(wanted))]
    return found if sum(size for _, size in found) >= _ENOUGH * len(wanted) else []


def _letters(text: str) -> tuple[str, list[int]]:
    """The letters and digits of a text, and the index in it of each."""
    kept: list[str] = []
    places: list[int] = []
    for index, character in enumerate(text):
        for one in unicodedata.normalize("NFKD", character).casefold():
            if one.isalnum():
                kept.append(one)
                places.append(index)
    return "".join(kept), places


def draw(request: Request) -> dict[str, Any]:
    """What `printed` returns, as JSON carries it."""
    import pypdfium2

    with pypdfium2.PdfDocument(request.path) as pdf:
        page = pdf[request.page - 1]
        bitmap = page.render(scale=request.pixels / max(page.get_width(), page.get_height() / 1.6, 1))
        image = bitmap.to_pil().convert("RGB")
        place = bitmap.get_posconv(page)
        rectangles = list(_rectangles(page.get_textpage(), request.quotes))
        boxes = [_percent(place, rectangle, image.size) for rectangle in rectangles]
        stream = BytesIO()
        image.quantize(64).save(stream, "PNG", optimize=False)
        return {
            "png": f"data:image/png;base64,{b64encode(stream.getvalue()).decode()}",
            "width": image.width,
            "height": image.height,
            "pages": len(pdf),
            "boxes": boxes,
        }


def _rectangles(text_page: Any, quotes: Sequence[tuple[str, int]]) -> Any:
    """(left, bottom, right, top) in points, one for each line of a quote."""
    from pypdfium2 import raw

    count = text_page.count_chars()
    codes = (raw.FPDFText_GetUnicode(text_page, index) for index in range(count))
    characters = "".join(" " if 0xD800 <= code < 0xE000 else chr(code) for code in codes)
    for quote, before in quotes:
        for first, length in find(characters, quote, before):
            for index in range(text_page.count_rects(first, length)):
                yield text_page.get_rect(index)


def _percent(place: Any, rectangle: Sequence[float], size: tuple[int, int]) -> tuple[float, ...]:
    corners = [place.to_bitmap(rectangle[0], rectangle[1]), place.to_bitmap(rectangle[2], rectangle[3])]
    (left, right), (top, bottom) = (sorted(axis) for axis in zip(*corners, strict=True))
    width, height = size
    return (
        round(100 * left / width, 3),
        round(100 * top / height, 3),
        round(100 * (right - left) / width, 3),
        round(100 * (bottom - top) / height, 3),
    )


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    _limit_memory()
    asked = json.load(sys.stdin)
    quotes = tuple((quote, before) for quote, before in asked["quotes"])
    sys.stdout.write(json.dumps(draw(Request(asked["path"], asked["page"], quotes, asked["pixels"]))))
