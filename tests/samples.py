"""Small documents made on the spot: PDF and DOCX from lines, and a web page."""

from __future__ import annotations

import io
import unicodedata
import zipfile
from itertools import pairwise

from rag.types import Document

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"

PAGE = """<!doctype html><html><head><title>Border Act</title><meta name="author" content="Jane Roe">
<script>var words = "Never shown";</script><style>p {{color: red}}</style></head>
<body><nav><a href="/">Home</a></nav><h1>Border Act</h1><h2>Article 1</h2>
<p>The parties shall keep open the roads that cross the border between them, in every season.</p>
<ul><li>first road</li><li>second road</li></ul>
<table><tr><th>Country</th><th>Permits</th></tr><tr><td>China</td><td>200</td></tr></table>
<table><tr><td>(a)</td><td><p>a provision set as a layout table, as the Union sets its acts;</p></td></tr></table>
<p style="display:none">Hidden words.</p><iframe src="http://127.0.0.1:{port}/frame"></iframe>
<img src="http://127.0.0.1:{port}/image.png" alt="A map of roads"></body></html>"""


def pdf(*pages: list[str], extra: str = "", info: str = "") -> bytes:
    """A PDF of the given lines; a line "@x,y,size text" is placed there, others run down from the top."""
    streams = [_stream(lines) for lines in pages]
    kids = " ".join(f"{4 + 2 * i} 0 R" for i in range(len(pages)))
    bodies = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for i, stream in enumerate(streams):
        bodies.append(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents"
            f" {5 + 2 * i} 0 R /Resources << /Font << /F1 3 0 R >> >> >>"
        )
        bodies.append(f"<< /Length {len(stream.encode('cp1252'))} >>\nstream\n{stream}\nendstream")
    return _assembled([*bodies, f"<< {info} >>"], extra)


def _stream(lines: list[str]) -> str:
    parts = ["BT"]
    y = 700.0
    for line in lines:
        x, at, size, text = 72.0, y, 11.0, line
        if line.startswith("@"):
            place, _, text = line[1:].partition(" ")
            x, at, size = (float(one) for one in place.split(","))
        escaped = text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
        parts.append(f"/F1 {size} Tf 1 0 0 1 {x} {at} Tm ({escaped}) Tj")
        y = at - 13
    return "\n".join([*parts, "ET"])


def _assembled(bodies: list[str], extra: str) -> bytes:
    out = bytearray(b"%PDF-1.4\n")
    offsets = []
    for i, body in enumerate(bodies, 1):
        offsets.append(len(out))
        out += f"{i} 0 obj\n{body}\nendobj\n".encode("cp1252")
    start = len(out)
    out += f"xref\n0 {len(bodies) + 1}\n0000000000 65535 f \n".encode()
    out += "".join(f"{offset:010} 00000 n \n" for offset in offsets).encode()
    trailer = f"<< /Size {len(bodies) + 1} /Root 1 0 R /Info {len(bodies)} 0 R {extra} >>"
    return bytes(out + f"trailer\n{trailer}\nstartxref\n{start}\n%%EOF\n".encode())


def docx(body: str, **parts: str) -> bytes:
    """A DOCX with the given body; other parts by name, as numbering="<w:abstractNum…"."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(
            "word/document.xml", f'<w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>'
        )
        for name, content in parts.items():
            archive.writestr(f"word/{name}.xml", f'<w:{name} xmlns:w="{WORD}">{content}</w:{name}>')
    return held.getvalue()


def p(text: str, style: str = "", numbered: int | None = None) -> str:
    properties = f'<w:pStyle w:val="{style}"/>' if style else ""
    if numbered is not None:
        properties += f'<w:numPr><w:ilvl w:val="{numbered}"/><w:numId w:val="1"/></w:numPr>'
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


def check_invariants(made: Document) -> None:
    text = made.text
    assert text == unicodedata.normalize("NFC", text).strip()
    assert "\n\n\n" not in text
    assert " \n" not in text
    assert not any(unicodedata.category(one) in ("Cc", "Cs") and one not in "\n\t" for one in text)
    for intervals in (made.sections, made.pages):
        if intervals:
            assert (intervals[0].start, intervals[-1].end) == (0, len(text))
            assert all(a.end == b.start for a, b in pairwise(intervals))
    assert made.sections
