"""The Markdown beside this file → the three briefs that the corpus keeps as PDF, DOCX and HTML.

    python corpus/.sources/build_formats.py [--to FOLDER]

Each gets its front matter as a sidecar `NAME.meta.yaml`. The same sources give the same bytes: no clock,
no random identifier, no author. A paragraph keeps its reference marks as plain text ("…in 1893.[S2]").
"""

from __future__ import annotations

import argparse
import io
import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from html import escape
from pathlib import Path

import yaml
from docx import Document
from docx.shared import Mm, Pt, RGBColor
from fpdf import FPDF, Align, XPos, YPos

from rag.blocks import Block
from rag.markdown import read_markdown

SOURCES = Path(__file__).resolve().parent
BRIEFS = SOURCES.parent / "briefs"
_MARK = re.compile(r"\[(S\d+)\]")
_ADDRESS = re.compile(r"https?://\S+")
_ADDRESS_PIECE = re.compile(r"https?://[^/\s]+/?|[^/?=&_.\s-]*[/?=&_.-]|[^/?=&_.\s-]+")


@dataclass(frozen=True, slots=True)
class Brief:
    """`body` begins with the title, a heading of level 1; `notes` are "[S1] title, publisher, …"."""

    front_matter: str
    title: str
    day: date
    body: tuple[Block, ...]
    notes: tuple[str, ...]


def read_brief(path: Path) -> Brief:
    """Raises SystemExit for a brief with a list or a table, which the writers below do not lay out."""
    parsed = read_markdown(path.read_text(encoding="utf-8"))
    front = parsed.facts.front_matter or ""
    stated = yaml.safe_load(front)
    if any(block.tight or "\n" in block.text for block in parsed.blocks):
        raise SystemExit(
            f"{path.name} has a list or a table: write it as paragraphs, or keep the brief in Markdown"
        )
    notes_at = next(i for i, block in enumerate(parsed.blocks) if block.level and block.text == "Notes")
    notes = tuple(block.text for block in parsed.blocks[notes_at + 1 :])
    return Brief(front.strip() + "\n", stated["title"], stated["date"], parsed.blocks[:notes_at], notes)


_STYLE = """
body { max-width: 42rem; margin: 2rem auto; padding: 0 1rem; font: 1.05rem/1.6 Georgia, serif; }
h1, h2, h3 { line-height: 1.25; }
section p { font-size: 0.9rem; overflow-wrap: anywhere; }
"""


def html_bytes(brief: Brief) -> bytes:
    """One page that needs nothing else: headings, paragraphs, notes that the marks link to."""
    body = "\n".join(_html_element(block) for block in brief.body)
    notes = "\n".join(_html_note(note) for note in brief.notes)
    page = f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="date" content="{brief.day.isoformat()}">
<title>{escape(brief.title)}</title>
<style>{_STYLE}</style>
</head>
<body>
<main>
<article>
{body}
<section aria-labelledby="notes">
<h2 id="notes">Notes</h2>
{notes}
</section>
</article>
</main>
</body>
</html>
"""
    return page.encode()


def _html_element(block: Block) -> str:
    tag = f"h{block.level}" if block.level else "p"
    linked = _MARK.sub(r'<a href="#\1">[\1]</a>', escape(block.text, quote=False))
    return f"<{tag}>{linked}</{tag}>"


def _html_note(note: str) -> str:
    label = note[1 : note.index("]")]
    linked = _ADDRESS.sub(r'<a href="\g<0>">\g<0></a>', escape(note))
    return f'<p id="{label}">{linked}</p>'


def docx_bytes(brief: Brief) -> bytes:
    """Heading styles 1 to 3 for headings, Normal for text."""
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(25)
    for level, size in ((1, 18), (2, 13), (3, 11)):
        font = document.styles[f"Heading {level}"].font
        font.size, font.color.rgb = Pt(size), RGBColor(0, 0, 0)
    properties = document.core_properties
    properties.title, properties.language = brief.title, "en"
    properties.author = properties.last_modified_by = properties.comments = ""
    properties.created = properties.modified = datetime.combine(brief.day, datetime.min.time())
    for block in (*brief.body, Block("Notes", level=2)):
        document.add_paragraph(block.text, f"Heading {block.level}" if block.level else "Normal")
    for note in brief.notes:
        document.add_paragraph(note).runs[0].font.size = Pt(9)
    written = io.BytesIO()
    document.save(written)
    return _without_clock(written.getvalue(), brief.day)


def _without_clock(archive: bytes, day: date) -> bytes:
    """The same parts in the same order, each dated `day`: python-docx dates them now."""
    dated = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as old, zipfile.ZipFile(dated, "w") as new:
        for part in old.infolist():
            info = zipfile.ZipInfo(part.filename, (day.year, day.month, day.day, 0, 0, 0))
            info.compress_type, info.create_system = zipfile.ZIP_DEFLATED, 3
            new.writestr(info, old.read(part))
    return dated.getvalue()


class _Pages(FPDF):
    """A4 with the page number at the foot; Times and Helvetica, which every viewer has."""

    def __init__(self) -> None:
        super().__init__(format="A4")
        self.set_margins(30, 30, 30)
        self.set_auto_page_break(True, margin=32)
        self.add_page()

    def footer(self) -> None:
        self.set_y(-18)
        self.set_font("Helvetica", size=8.5)
        self.cell(0, 5, f"Page {self.page_no()} of {{nb}}", align=Align.C)

    def heading(self, text: str, level: int) -> None:
        """A bookmark and a line in bold that is never the last of its page."""
        size = {1: 18.0, 2: 13.0}.get(level, 11.5)
        self.set_font("Helvetica", "B", size)
        if self.will_page_break(0.5 * size + 18):
            self.add_page()
        self.ln(0 if level == 1 else 2.5)
        self.start_section(text, level - 1)
        self._lines(text, 0.45 * size)
        self.ln(2)

    def paragraph(self, text: str) -> None:
        self.set_font("Times", size=12.5)
        self._lines(text, 7.2)
        self.ln(3)

    def note(self, text: str) -> None:
        """Small, and never over two pages."""
        self.set_font("Times", size=11)
        lines = list(_wrapped(text, self.epw - 2.5, self.get_string_width))
        if self.will_page_break(5.8 * len(lines)):
            self.add_page()
        self._lines("\n".join(lines), 5.8)
        self.ln(2)

    def _lines(self, text: str, height: float) -> None:
        self.multi_cell(0, height, text, align=Align.L, new_x=XPos.LMARGIN, new_y=YPos.NEXT)


def pdf_bytes(brief: Brief) -> bytes:
    pdf = _Pages()
    pdf.set_title(brief.title)
    pdf.set_lang("en")
    pdf.set_creation_date(datetime.combine(brief.day, datetime.min.time(), UTC))
    for block in brief.body:
        if block.level:
            pdf.heading(block.text, block.level)
        else:
            pdf.paragraph(block.text)
    pdf.heading("Notes", 2)
    for note in brief.notes:
        pdf.note(note)
    return bytes(pdf.output())


def _wrapped(text: str, width: float, measure: Callable[[str], float]) -> Iterator[str]:
    """Lines of at most `width`, broken at spaces and, in an address, after a sign such as "/"."""
    line = ""
    for piece in _pieces(text):
        if line and measure((line + piece).rstrip()) > width:
            yield line.rstrip()
            line = ""
        line += piece
    yield line.rstrip()


def _pieces(text: str) -> Iterator[str]:
    for word in re.findall(r"\S+\s*", text):
        if _ADDRESS.match(word):
            yield from _ADDRESS_PIECE.findall(word)
        else:
            yield word


WRITERS: dict[str, Callable[[Brief], bytes]] = {".pdf": pdf_bytes, ".docx": docx_bytes, ".html": html_bytes}
FORMATS = {"sco-rats": ".pdf", "durand-line": ".docx", "wakhan": ".html"}


def build(folder: Path) -> list[Path]:
    """Write every brief of FORMATS and its sidecar into the folder; the paths written."""
    folder.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    for name, suffix in FORMATS.items():
        brief = read_brief(SOURCES / f"{name}.md")
        path = folder / f"{name}{suffix}"
        path.write_bytes(WRITERS[suffix](brief))
        sidecar = folder / f"{path.name}.meta.yaml"
        sidecar.write_text(brief.front_matter, encoding="utf-8", newline="\n")
        written += [path, sidecar]
    return written


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        description="Build the briefs that the corpus keeps as PDF, DOCX and HTML."
    )
    parser.add_argument("--to", type=Path, default=BRIEFS, metavar="FOLDER", help="default: corpus/briefs")
    for path in build(parser.parse_args(arguments).to):
        print(path.name)


if __name__ == "__main__":
    main()
