"""The pictures of the documentation: `python tests/browser/screenshots.py [FOLDER]`, docs/img by default.

Light, dark and on a phone, from a real server on corpus/. Each picture is a PNG of fewer colours, so that
it stays small.
"""

from __future__ import annotations

import io
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PIL import Image
from serving import ROOT, build_index, chromium, is_elsewhere, serving, warm
from visitor import PHONE, Visitor

from rag.index import Index
from ui.links import Place, address

HEADLINE = "Why did QTTA usage take 28 years?"
LARGEST = 300_000
_WIDE = {"width": 1280, "height": 800}
_PDF = "briefs/sco-rats.pdf"
_QUOTE = "The mandate of RATS covers terrorism, separatism and extremism"
_COLOURS = (256, 160, 96, 64)

Scene = Callable[[Visitor, Path], None]


def ask_headline(visitor: Visitor, index: Path) -> None:
    visitor.enter()
    answer = visitor.ask(HEADLINE)
    visitor.page.locator(".st-key-follow_ups button").first.wait_for()
    visitor.open_citation(answer, 3)


def ask_on_a_phone(visitor: Visitor, index: Path) -> None:
    visitor.enter().ask("What is the Wakhan Corridor?")


def source_on_a_phone(visitor: Visitor, index: Path) -> None:
    answer = visitor.enter().ask("What is the Wakhan Corridor?")
    visitor.open_citation(answer, 2)


def false_premise(visitor: Visitor, index: Path) -> None:
    answer = visitor.enter().ask("When did Tajikistan launch its airstrikes?")
    answer.locator(".callout .chip").first.click()


def refusal(visitor: Visitor, index: Path) -> None:
    visitor.enter().ask("What does the Bank of Japan say about interest rates?")


def printed_page(visitor: Visitor, index: Path) -> None:
    with Index.open(index) as opened:
        text = opened.document(_PDF).text
    start = text.index(_QUOTE)
    visitor.open("/" + address(Place(_PDF, start, text.index(".", start) + 1)))
    visitor.page.locator(".reader .box").first.wait_for()


def disagreement(visitor: Visitor, index: Path) -> None:
    answer = visitor.enter().ask("In which year was the QTTA signed?")
    table = answer.locator(".callout.disagreement table").first
    table.locator(".chip").first.click()
    table.evaluate("table => table.closest('.callout').scrollIntoView({ block: 'center' })")


def first_page(visitor: Visitor, index: Path) -> None:
    visitor.enter().page.locator(".st-key-starter_0").wait_for()


def library(visitor: Visitor, index: Path) -> None:
    visitor.open("/library").page.locator(".stDataFrame").wait_for()


def timeline(visitor: Visitor, index: Path) -> None:
    visitor.open("/timeline?topic=QTTA").page.get_by_role("table", name="Timeline").wait_for()
    visitor.page.locator(".stVegaLiteChart canvas, .stVegaLiteChart svg").first.wait_for()


def search(visitor: Visitor, index: Path) -> None:
    visitor.open("/search?q=seasonal+closure+of+the+Khunjerab+Pass")
    visitor.page.get_by_role("table", name="Passages found").wait_for()


def quality(visitor: Visitor, index: Path) -> None:
    """Of the run in build/evals, which `make eval` writes."""
    visitor.open("/quality").page.get_by_role("table", name="Figures of the run").wait_for()


SCENES: tuple[tuple[str, Scene, dict[str, Any]], ...] = (
    ("ask-light", ask_headline, {"color_scheme": "light"}),
    ("ask-dark", ask_headline, {"color_scheme": "dark"}),
    ("welcome-light", first_page, {"color_scheme": "light"}),
    ("premise-light", false_premise, {"color_scheme": "light"}),
    ("disagreement-light", disagreement, {"color_scheme": "light"}),
    ("refusal-dark", refusal, {"color_scheme": "dark"}),
    ("source-pdf-light", printed_page, {"color_scheme": "light"}),
    ("library-light", library, {"color_scheme": "light"}),
    ("timeline-light", timeline, {"color_scheme": "light"}),
    ("timeline-dark", timeline, {"color_scheme": "dark"}),
    ("search-dark", search, {"color_scheme": "dark"}),
    ("quality-light", quality, {"color_scheme": "light"}),
    ("ask-phone-light", ask_on_a_phone, {"color_scheme": "light", "viewport": PHONE}),
    ("timeline-phone-light", timeline, {"color_scheme": "light", "viewport": PHONE}),
    ("source-phone-dark", source_on_a_phone, {"color_scheme": "dark", "viewport": PHONE}),
)


def take(folder: Path) -> None:
    """Every scene, in a browser profile of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch, chromium() as browser:
        here = Path(scratch)
        index = build_index(here / "index", [ROOT / "corpus"])
        with serving(index, here, here / "log") as server:
            warm(browser, server)
            for name, scene, options in SCENES:
                visitor = _visit(browser.new_context(**{"viewport": _WIDE, **options}), server)
                scene(visitor, index)
                visitor.settle()
                (folder / f"{name}.png").write_bytes(small_enough(visitor.page.screenshot()))
                visitor.context.close()


def small_enough(png: bytes) -> bytes:
    """The picture in as many colours as fit into LARGEST bytes."""
    image = Image.open(io.BytesIO(png)).convert("RGB")
    for colours in _COLOURS:
        stream = io.BytesIO()
        image.quantize(colours, dither=Image.Dither.NONE).save(stream, "PNG", optimize=True)
        if len(stream.getvalue()) <= LARGEST:
            return stream.getvalue()
    raise AssertionError(f"a picture has {len(stream.getvalue())} bytes, more than {LARGEST}")


def _visit(context: Any, server: str) -> Visitor:
    context.set_default_timeout(60_000)
    return Visitor(context, server, is_elsewhere)


if __name__ == "__main__":
    take(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "img")
