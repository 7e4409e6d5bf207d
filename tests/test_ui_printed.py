from __future__ import annotations

import base64
import io
from pathlib import Path

import pytest
from fpdf import FPDF
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from rag.errors import DamagedDocument
from ui.printed import Request, find, printed

QUOTE = "The fee for a ferry licence is EUR 120."


def make_pdf(path: Path, *lines: str) -> Path:
    pdf = FPDF(format="A4")
    pdf.set_font("Helvetica", size=14)
    pdf.add_page()
    for line in lines:
        pdf.cell(0, 10, line, new_x="LMARGIN", new_y="NEXT")
    pdf.add_page()
    pdf.cell(0, 10, "The second page.")
    pdf.output(str(path))
    return path


def test_the_rectangles_lie_over_the_ink_of_the_quote(tmp_path: Path) -> None:
    path = make_pdf(tmp_path / "a.pdf", "Something before it.", QUOTE, "Something after it.")
    found = printed(Request(str(path), 1, ((QUOTE, 0),)))
    assert found.pages == 2
    (box,) = found.boxes
    left, top, width, height = box
    image = Image.open(io.BytesIO(base64.b64decode(found.png.partition(",")[2]))).convert("L")
    assert image.size == (found.width, found.height)
    area = image.crop(
        (
            int(left * found.width / 100),
            int(top * found.height / 100),
            int((left + width) * found.width / 100) + 1,
            int((top + height) * found.height / 100) + 1,
        )
    )
    dark = sum(1 for value in area.tobytes() if value < 100)
    everything = sum(1 for value in image.tobytes() if value < 100)
    assert 0.3 < dark / everything < 0.7


def test_a_quote_over_two_lines_has_two_rectangles(tmp_path: Path) -> None:
    path = make_pdf(tmp_path / "a.pdf", "The fee for a ferry", "licence is EUR 120.")
    assert len(printed(Request(str(path), 1, ((QUOTE, 0),))).boxes) == 2


def test_what_is_not_on_the_page_has_none(tmp_path: Path) -> None:
    path = make_pdf(tmp_path / "a.pdf", QUOTE)
    assert printed(Request(str(path), 2, ((QUOTE, 0),))).boxes == ()


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7 broken", b"no pdf at all"])
def test_what_is_no_pdf_is_said(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(content)
    with pytest.raises(DamagedDocument, match="read the text"):
        printed(Request(str(path), 1))


def test_a_page_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(DamagedDocument, match="Page 9"):
        printed(Request(str(make_pdf(tmp_path / "a.pdf", "x")), 9))


def at(page: str, quote: str, before: int = 0) -> list[str]:
    return [page[start : start + count] for start, count in find(page, quote, before)]


def test_spaces_hyphens_case_and_ligatures_do_not_matter() -> None:
    assert at("Art. 1 The of\ufb01ce\r\nregu-\r\nlates fees.", "the office regulates fees") == [
        "The of\ufb01ce\r\nregu-\r\nlates fees"
    ]


def test_the_occurrence_that_is_meant_is_found() -> None:
    page = "Fees rise. Ports close. Fees rise."
    assert find(page, "Fees rise.", 0)[0][0] == 0
    assert find(page, "Fees rise.", 1)[0][0] == 24
    assert find(page, "Fees rise.", 9)[0][0] == 24


def test_an_interrupted_quote_is_found_in_pieces() -> None:
    page = "No ferry may operate on the Lesna PAGE 4 OF 9 without a licence of the harbour"
    found = at(page, "No ferry may operate on the Lesna without a licence")
    assert found == ["No ferry may operate on the Lesna", "without a licence"]


def test_a_quote_that_is_mostly_elsewhere_is_not_found() -> None:
    assert find("The harbour is closed.", "The harbour master ordered the repair of the northern pier.") == []
    assert find("", "x") == find("x", "…") == []


@given(st.text(max_size=60), st.text(max_size=20), st.text(max_size=60))
def test_what_stands_on_the_page_is_found(before: str, quote: str, after: str) -> None:
    page = before + quote + after
    letters = [c for c in quote if c.isalnum()]
    for start, count in find(page, quote):
        assert 0 <= start < start + count <= len(page)
    if letters and "".join(letters).isascii():
        assert find(page, quote)
