"""Files and addresses → Documents, or an error that says what to do. Real files, a real server."""

from __future__ import annotations

import codecs
import hashlib
import io
import os
import signal
import tempfile
import threading
import time
import unicodedata
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.documents import Limits, Reader, find_files, read_file, read_url
from rag.errors import (
    DamagedDocument,
    DocumentError,
    EmptyDocument,
    EncryptedDocument,
    FetchError,
    NoTextLayer,
    OversizedDocument,
    UnsupportedFormat,
)
from rag.types import Document

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    with Reader(Limits(seconds=30)) as opened:
        yield opened


@pytest.fixture
def read(reader: Reader, tmp_path: Path):
    """Writes a file and reads it: read("a.md", "text or bytes")."""

    def write_and_read(name: str, content: str | bytes) -> Document:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return reader.read(path, name)

    return write_and_read


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


HEADINGS = "".join(f'<w:style w:styleId="H{i}"><w:name w:val="heading {i}"/></w:style>' for i in (1, 2))
NUMBERS = (
    '<w:abstractNum w:abstractNumId="0">'
    '<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl>'
    '<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="lowerLetter"/><w:lvlText w:val="(%2)"/></w:lvl>'
    "</w:abstractNum>"
    '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
)


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


class TestMarkdown:
    def test_words_stay_and_marks_go(self, read) -> None:
        made = read(
            "a.md",
            "# The *Road*\n\nSee [the treaty](http://x.y/z) — “quoted” and **bold**, `code`.\n\n"
            "- one\n- two\n  1. nested\n\n![A map](m.png)\n\n| a | b |\n|---|---|\n| 1 | 2 |\n",
        )
        assert made.text == (
            "The Road\n\nSee the treaty — “quoted” and bold, code.\n\n- one\n- two\n  1. nested\n\n"
            "A map\n\na | b\n1 | 2"
        )
        assert [one.path for one in made.sections] == [("The Road",)]
        assert made.pages == ()

    def test_footnotes_keep_their_place_and_gather_in_notes(self, read) -> None:
        made = read(
            "a.md",
            "# T\n\nThe road opened.[^S1] It closed.[^x]\n\n[^S1]: The Ministry.\n\n[^free]: Never cited.\n",
        )
        assert "opened.[S1] It closed.[x]" in made.text
        assert made.text.endswith("Notes\n\n[S1] The Ministry.\n\n[free] Never cited.")
        assert made.sections[-1].path == ("Notes",)
        assert "Notes" not in read("b.md", "Words.[^S1]").text

    def test_raw_html_becomes_its_words_without_scripts(self, read) -> None:
        made = read("a.md", "Before\n\n<div><p>Inside</p><script>steal()</script></div>\n\nA<br>B <b>c</b>\n")
        assert made.text == "Before\n\nInside\n\nA\nB c"

    def test_code_is_verbatim_and_site_tags_go(self, read) -> None:
        made = read(
            "a.md", "---\ntitle: T\n---\n[x]({{ site.url }}/a b)\n{: .note}\n\n```\na  {b}\n  c\n```\n"
        )
        assert "{{" not in made.text
        assert "note" not in made.text
        assert "a  {b}\n  c" in made.text

    def test_front_matter_describes_and_is_not_text(self, read) -> None:
        made = read("a.md", "---\ntitle: The Road\ndate: 1995\ntype: treaty\n---\n\n## Article 1\n\nWords.\n")
        assert made.text.startswith("Article 1")
        assert (made.metadata.title, made.metadata.date, made.metadata.type) == ("The Road", "1995", "treaty")
        assert made.sections[0].number == "Art. 1"

    def test_broken_front_matter_names_the_file(self, read) -> None:
        with pytest.raises(DamagedDocument, match=r"^a\.md has metadata .*the front matter of a\.md$"):
            read("a.md", "---\ntitle: [\n---\nWords.\n")

    @settings(max_examples=60, deadline=None)
    @given(st.text(max_size=400) | st.text("#*_`[]()<>|-^:!\n1. abé\u0301\u00a0\x85\x0c\ufeff", max_size=400))
    def test_any_text_gives_a_sound_document_or_a_named_error(self, text: str) -> None:
        with tempfile.TemporaryDirectory() as folder, Reader() as reader:
            for name in ("a.md", "a.txt"):
                path = Path(folder) / name
                path.write_text(text, encoding="utf-8", newline="")
                with suppress(EmptyDocument, DamagedDocument):
                    check_invariants(reader.read(path, name))


class TestPlainText:
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
    def test_encodings_with_and_without_marks(self, read, encoding: str) -> None:
        assert read("a.txt", "Naïve café — “road”".encode(encoding)).text == "Naïve café — “road”"

    def test_an_old_encoding_is_guessed(self, read) -> None:
        words = "Le décret a été publié à l’été dernier ; les mesures prévues sont entrées en vigueur. " * 5
        assert "décret a été publié" in read("a.txt", words.encode("cp1252")).text

    def test_hard_wraps_are_undone_and_paragraphs_kept(self, read) -> None:
        made = read(
            "a.txt",
            "The parties to this agreement shall keep open the roads that cross\n"
            "the border, and shall repair them in the spring of every year, as\n"
            "the Annex provides. The cost of the regu-\n"
            "lation is shared between the parties in the proportion set out in\n"
            "the Annex.\n\nArticle 2\nThe parties shall meet once a year in the capital of one of them,\nin turn.\n",
        )
        assert made.text.split("\n\n")[0].count("\n") == 0
        assert "The cost of the regulation is shared" in made.text
        assert made.sections[1].number == "Art. 2"

    def test_accents_are_composed_and_control_characters_dropped(self, read) -> None:
        assert (
            read("a.txt", "Cafe\u0301\x00 \x07open\u2028next  \r\n\r\n\r\n\r\nend\f").text
            == "Caf\u00e9 open\nnext\n\nend"
        )

    def test_lines_of_a_list_stay_lines(self, read) -> None:
        assert read(
            "a.txt", "Milk\nBread\nA very long line that is not wrapped at all because nobody did\nEggs"
        ).text == ("Milk\nBread\nA very long line that is not wrapped at all because nobody did\nEggs")


class TestPdf:
    def test_pages_paragraphs_and_running_headers(self, read) -> None:
        pages = [
            [
                "@72,760,9 Ministry of Roads",
                f"@300,40,9 {number}",
                f"@72,660,11 On page {'abcd'[number - 1]} the parties to this agreement shall keep open all roads that cross the",
                "border, and shall repair them in the spring of every year, as is the",
                "custom.",
            ]
            for number in range(1, 5)
        ]
        made = read("a.pdf", pdf(*pages))
        assert "Ministry of Roads" not in made.text
        assert "roads that cross the border, and shall repair them" in made.text
        assert [made.text[one.start : one.end].strip()[:9] for one in made.pages] == [
            f"On page {x}" for x in "abcd"
        ]
        check_invariants(made)

    def test_a_page_without_text_still_counts(self, read) -> None:
        made = read(
            "a.pdf", pdf(["The first page has these words on it."], [], ["The third page has these words."])
        )
        assert made.page_at(made.text.index("third")) == 3
        assert [one.number for one in made.pages] == [1, 2, 3]

    def test_a_sentence_goes_on_over_the_page(self, read) -> None:
        made = read(
            "a.pdf", pdf(["All the parties shall keep open the roads of the"], ["border, and repair them."])
        )
        assert made.text == "All the parties shall keep open the roads of the border, and repair them."
        assert made.page_at(made.text.index("border")) == 2
        assert made.page_at(made.text.index("roads")) == 1

    def test_rows_of_a_table_are_lines_with_cells(self, read) -> None:
        made = read(
            "a.pdf",
            pdf(
                [
                    "@72,700,11 Country",
                    "@250,700,11 Permits",
                    "@72,685,11 China",
                    "@250,685,11 200",
                    "@72,670,11 Pakistan",
                    "@250,670,11 25",
                ]
            ),
        )
        assert made.text == "Country | Permits\nChina | 200\nPakistan | 25"

    def test_divided_words_are_mended_and_compounds_kept(self, read) -> None:
        made = read(
            "a.pdf",
            pdf(
                [
                    "The regulation of the roads that cross the border is set out in this agree-",
                    "ment, and in every regu-",
                    "lation that follows from it, for state and non-",
                    "state carriers.",
                ]
            ),
        )
        assert "this agreement, and in every regulation" in made.text
        assert "non-state carriers" in made.text

    def test_articles_give_sections_with_pages(self, read) -> None:
        made = read(
            "a.pdf",
            pdf(
                [
                    "@72,740,18 Transit Agreement",
                    "@72,700,11 Article 1",
                    "@72,680,11 Scope",
                    "@72,650,11 1. It applies.",
                ],
                [
                    "@72,700,11 Article 2",
                    "@72,680,11 Parties",
                    "@72,650,11 (a) China;",
                    "@72,630,11 (b) Pakistan.",
                ],
            ),
        )
        place = made.text.index("Pakistan")
        assert (made.section_label(place), made.page_at(place)) == ("Art. 2(b)", 2)
        assert made.metadata.title == "Transit Agreement"

    def test_what_the_file_says_of_itself_is_metadata(self, read) -> None:
        info = "/Title (The Transit Treaty) /Author (Jane Roe) /CreationDate (D:19950309120000Z)"
        found = read("a.pdf", pdf(["Some words that are long enough."], info=info)).metadata
        assert (found.title, found.author, found.date) == ("The Transit Treaty", "Jane Roe", "1995-03-09")
        assert found.inferred == {"title", "author", "date"}

    def test_a_scan_is_told_apart_and_the_cure_named(self, read) -> None:
        with pytest.raises(
            NoTextLayer, match=r"^a\.pdf has 3 pages and no text: run OCR first.*`ocrmypdf in\.pdf out\.pdf`$"
        ):
            read("a.pdf", pdf([], [], []))
        with pytest.raises(NoTextLayer, match="has 1 page and no text"):
            read("a.pdf", pdf(["7"]))

    def test_an_encrypted_one_is_told_apart(self, read) -> None:
        locked = (
            "/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <" + "ab" * 32 + "> /U <" + "cd" * 32 + "> >>"
        )
        with pytest.raises(EncryptedDocument, match=r"^a\.pdf is encrypted: save a copy without a password"):
            read("a.pdf", pdf(["Secret words."], extra=f"{locked} /ID [<00> <00>]"))

    @pytest.mark.parametrize(
        "content", [b"%PDF-1.4\nnothing", b"\x00\x01\x02 no pdf at all", pdf(["words"])[:120]]
    )
    def test_a_damaged_one_is_told_apart(self, read, content: bytes) -> None:
        with pytest.raises(DamagedDocument, match=r"^a\.pdf is not a readable PDF"):
            read("a.pdf", content)

    def test_too_many_pages_and_characters(self, tmp_path: Path) -> None:
        path = tmp_path / "a.pdf"
        path.write_bytes(pdf(["Some words that are long enough."], ["More of them."]))
        with pytest.raises(OversizedDocument, match="has 2 pages, more than the limit of 1"):
            read_file(path, "a.pdf", Limits(max_pages=1))
        with pytest.raises(OversizedDocument, match="more than 20 characters"):
            read_file(path, "a.pdf", Limits(max_characters=20))

    def test_a_numbered_heading_at_the_head_of_many_pages_is_no_running_header(self, read) -> None:
        pages = [
            [
                f"@72,760,11 Amendment {40 + 3 * i}",
                f"@72,735,11 The {name} rule on permits is struck out.",
                f"@300,40,9 {i}",
            ]
            for i, name in enumerate(["first", "second", "third", "fourth", "fifth"], 1)
        ]
        made = read("a.pdf", pdf(*pages))
        assert made.text.count("Amendment") == 5
        assert made.text.startswith("Amendment 43\n\nThe first rule")
        assert [made.text[one.start : one.end].strip()[-1] for one in made.pages] == ["."] * 5

    def test_a_footnote_does_not_stand_in_a_sentence_that_goes_on_over_the_page(self, read) -> None:
        made = read(
            "a.pdf",
            pdf(
                [
                    "@72,700,11 All the parties shall keep open the procedures for resource allo-",
                    "@72,80,8 3 Ibid., 43.",
                ],
                ["@72,700,11 cation, transparency and accountability of the roads.", "@72,670,11 The end."],
            ),
        )
        assert made.text.split("\n\n")[:2] == [
            "3 Ibid., 43.",
            "All the parties shall keep open the procedures for resource allocation, transparency and accountability"
            " of the roads.",
        ]
        assert (made.page_at(made.text.index("Ibid")), made.page_at(made.text.index("transparency"))) == (
            1,
            2,
        )

    def test_a_wrapped_cell_stays_one_cell(self, read) -> None:
        rows = [("1.0", "2007", "Revised policy of the"), ("", "", "framework"), ("1.1", "2008", "Alignment")]
        placed = [
            f"@{x},{700 - 13 * i},11 {words}"
            for i, row in enumerate(rows)
            for x, words in zip((72, 130, 200), row, strict=True)
            if words
        ]
        assert (
            read("a.pdf", pdf(placed)).text
            == "1.0 | 2007 | Revised policy of the framework\n1.1 | 2008 | Alignment"
        )

    def test_text_beside_the_page_is_not_read(self, read) -> None:
        made = read("a.pdf", pdf(["@72,700,11 Some words that are long enough.", "@900,700,11 zyxwvu"]))
        assert made.text == "Some words that are long enough."

    def test_a_reference_at_the_start_of_a_line_is_no_heading(self, read) -> None:
        made = read(
            "a.pdf",
            pdf(
                [
                    "The certification authority may identify subjects by the roles as described in",
                    "Section 3.1.1.",
                    "Every authority must enforce it for the whole of the name space that it uses.",
                ]
            ),
        )
        assert "as described in Section 3.1.1." in made.text
        assert [one.number for one in made.sections] == [None]


class TestDocx:
    def test_headings_numbers_tables_boxes_and_notes(self, read) -> None:
        body = (
            p("Scope", "H1")
            + p("It applies to", numbered=0)
            + p("roads;", numbered=1)
            + p("rail.", numbered=1)
            + p("It ends for", numbered=0)
            + p("all.", numbered=1)
            + "<w:tbl><w:tr><w:tc>"
            + p("a")
            + "</w:tc><w:tc>"
            + p("b")
            + "</w:tc></w:tr></w:tbl>"
            + "<w:p><w:r><w:t>Noted.</w:t></w:r><w:r><w:footnoteReference w:id='2'/></w:r></w:p>"
            + "<w:p><w:r><w:txbxContent>"
            + p("In a box.")
            + "</w:txbxContent></w:r></w:p>"
            + "<w:p><w:del><w:r><w:t>Gone</w:t></w:r></w:del><w:ins><w:r><w:t>Kept</w:t></w:r></w:ins></w:p>"
        )
        notes = f"<w:footnote w:id='2'>{p('The source.')}</w:footnote>"
        made = read("a.docx", docx(body, styles=HEADINGS, numbering=NUMBERS, footnotes=notes))
        assert made.text == (
            "Scope\n\n1. It applies to\n\n(a) roads;\n\n(b) rail.\n\n2. It ends for\n\n(a) all.\n\na | b\n\nNoted.[1]\n\nIn a box.\n\nKept"
            "\n\nNotes\n\n[1] The source."
        )
        assert [one.path for one in made.sections] == [("Scope",), ("Notes",)]
        assert made.pages == ()

    def test_headings_carry_the_numbers_that_word_computes(self, read) -> None:
        numbers = (
            '<w:abstractNum w:abstractNumId="0">'
            '<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="upperRoman"/><w:lvlText w:val="Chapter %1"/></w:lvl>'
            '<w:lvl w:ilvl="1"><w:start w:val="5"/><w:numFmt w:val="decimal"/><w:lvlText w:val="Article %2"/></w:lvl>'
            '</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
        )
        body = (
            p("Roads", "H1", 0)
            + p("Scope", "H2", 1)
            + p("It applies.")
            + p("Terms", "H2", 1)
            + p("Rail", "H1", 0)
        )
        made = read("a.docx", docx(body, styles=HEADINGS, numbering=numbers))
        assert [one.number for one in made.sections] == ["Ch. I", "Art. 5", "Art. 6", "Ch. II"]
        assert made.sections[1].path == ("Chapter I Roads", "Article 5 Scope")

    def test_external_entities_are_refused(self, read, tmp_path: Path) -> None:
        (tmp_path / "secret").write_text("the secret")
        held = io.BytesIO()
        with zipfile.ZipFile(held, "w") as archive:
            archive.writestr(
                "word/document.xml",
                f'<!DOCTYPE x [<!ENTITY e SYSTEM "file://{tmp_path}/secret">]>'
                f'<w:document xmlns:w="{WORD}"><w:body>{p("&e;")}</w:body></w:document>',
            )
        with pytest.raises(DamagedDocument, match="declares a document type"):
            read("a.docx", held.getvalue())

    def test_a_bomb_is_bounded(self, tmp_path: Path) -> None:
        path = tmp_path / "a.docx"
        path.write_bytes(docx("<w:p/>" * 3_000_000))
        assert path.stat().st_size < 100_000
        started = time.monotonic()
        with pytest.raises(OversizedDocument, match="RAG_MAX_FILE_MB"):
            read_file(path, "a.docx", Limits(max_bytes=1_000_000))
        assert time.monotonic() - started < 5

    def test_too_much_memory_costs_one_file_and_not_the_run(self, tmp_path: Path) -> None:
        bomb, sound = tmp_path / "bomb.docx", tmp_path / "sound.docx"
        bomb.write_bytes(docx("<w:p/>" * 5_000_000))
        sound.write_bytes(docx(p("Words.")))
        with Reader(Limits(memory_mb=400, seconds=30)) as reader:
            with pytest.raises((OversizedDocument, DamagedDocument), match=r"memory|MB"):
                reader.read(bomb, "bomb.docx")
            assert reader.read(sound, "sound.docx").text == "Words."

    def test_encrypted_old_and_damaged_ones_are_told_apart(self, read) -> None:
        ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
        with pytest.raises(EncryptedDocument, match=r"^a\.docx is encrypted"):
            read("a.docx", ole + "EncryptedPackage".encode("utf-16-le"))
        with pytest.raises(UnsupportedFormat, match=r"old Word format: save it as \.docx"):
            read("a.docx", ole)
        with pytest.raises(DamagedDocument, match="not a readable DOCX"):
            read("a.docx", docx(p("Words."))[:200])
        held = io.BytesIO()
        zipfile.ZipFile(held, "w").close()
        with pytest.raises(DamagedDocument, match=r"no word/document\.xml"):
            read("a.docx", held.getvalue())


PAGE = """<!doctype html><html><head><title>Border Act</title><meta name="author" content="Jane Roe">
<script>var words = "Never shown";</script><style>p {{color: red}}</style></head>
<body><nav><a href="/">Home</a></nav><h1>Border Act</h1><h2>Article 1</h2>
<p>The parties shall keep open the roads that cross the border between them, in every season.</p>
<ul><li>first road</li><li>second road</li></ul>
<table><tr><th>Country</th><th>Permits</th></tr><tr><td>China</td><td>200</td></tr></table>
<table><tr><td>(a)</td><td><p>a provision set as a layout table, as the Union sets its acts;</p></td></tr></table>
<p style="display:none">Hidden words.</p><iframe src="http://127.0.0.1:{port}/frame"></iframe>
<img src="http://127.0.0.1:{port}/image.png" alt="A map of roads"></body></html>"""


class TestHtml:
    def test_headings_lists_tables_and_no_scripts(self, read) -> None:
        made = read("a.html", PAGE.format(port=9))
        for words in (
            "Border Act",
            "Article 1",
            "- first road\n- second road",
            "Country | Permits\nChina | 200",
        ):
            assert words in made.text
        for words in ("Never shown", "color", "Hidden"):
            assert words not in made.text
        assert (made.metadata.title, made.metadata.author) == ("Border Act", "Jane Roe")
        assert made.section_at(made.text.index("first road")).number == "Art. 1"

    def test_most_of_a_statute_in_layout_tables_is_kept(self, read) -> None:
        provision = "the carrier shall hold a permit that is valid for the whole of the journey and show it on demand;"
        rows = "".join(
            f"<table><tr><td>({x})</td><td><p>{x}: {provision}</p></td></tr></table>" for x in "abcdefgh"
        )
        made = read("a.html", f"<html><body><p>Article 1</p><p>Permits</p>{rows}</body></html>")
        assert made.section_label(made.text.index("h: the carrier")) == "Art. 1(h)"

    @pytest.mark.parametrize(
        ("head", "encoding"),
        [
            ("", "utf-8"),
            ('<meta charset="iso-8859-1">', "latin-1"),
            ('<meta charset="iso-8859-1">', "utf-8"),
            ('<meta http-equiv="Content-Type" content="text/html; charset=windows-1251">', "cp1251"),
        ],
    )
    def test_charsets(self, read, head: str, encoding: str) -> None:
        words = "Дорога открыта" if encoding == "cp1251" else "Café à l'été"
        content = f"<html><head>{head}</head><body><p>{words}</p></body></html>".encode(encoding)
        assert read("a.html", content).text == words

    def test_deep_nesting_does_not_break_the_run(self, read) -> None:
        with pytest.raises(DocumentError, match=r"^a\.html "):
            read("a.html", "<div>" * 20_000 + "words" + "</div>" * 20_000)
        assert read("b.html", "<p>Still here.</p>").text == "Still here."


class TestOtherFormats:
    def test_rtf(self, read) -> None:
        assert read("a.rtf", r"{\rtf1\ansi The road is open.\par It closes in winter.}").text == (
            "The road is open.\n\nIt closes in winter."
        )

    def test_odt_without_expanding_entities(self, read, tmp_path: Path) -> None:
        (tmp_path / "secret").write_text("the secret")
        spaces = " ".join(
            f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "text")
        )

        def odt(doctype: str, words: str) -> bytes:
            held = io.BytesIO()
            with zipfile.ZipFile(held, "w") as archive:
                archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
                archive.writestr(
                    "content.xml",
                    f"{doctype}<office:document-content {spaces}><office:body><office:text><text:p>{words}</text:p>"
                    "</office:text></office:body></office:document-content>",
                )
            return held.getvalue()

        assert read("a.odt", odt("", "The road is open.")).text == "The road is open."
        with pytest.raises(DamagedDocument, match=r"^b\.odt cannot be parsed"):
            read("b.odt", odt(f'<!DOCTYPE x [<!ENTITY e SYSTEM "file://{tmp_path}/secret">]>', "&e;"))

    def test_the_rest_is_refused_with_a_way_out(self, read) -> None:
        with pytest.raises(UnsupportedFormat, match=r"^a\.xyz has no reader for \.xyz: save it as PDF"):
            read("a.xyz", "words")


class TestLimitsAndFailures:
    @pytest.mark.parametrize("name", ["a.md", "a.txt", "a.pdf", "a.docx", "a.html"])
    @pytest.mark.parametrize("content", [b"", b" \n\t "])
    def test_nothing_in_it(self, read, name: str, content: bytes) -> None:
        with pytest.raises(EmptyDocument, match=rf"^{name} is empty: "):
            read(name, content)

    @pytest.mark.parametrize(("name", "content"), [("a.md", "---\ntitle: T\n---\n"), ("a.html", "<p> </p>")])
    def test_no_words_in_it(self, read, name: str, content: str) -> None:
        with pytest.raises(EmptyDocument):
            read(name, content)

    def test_too_many_bytes_names_the_limit_and_the_setting(self, tmp_path: Path) -> None:
        path = tmp_path / "a.md"
        path.write_text("word " * 1000)
        with pytest.raises(
            OversizedDocument, match=r"^a\.md has 0\.0 MB, more than the limit of 0\.001 MB.*RAG_MAX_FILE_MB$"
        ):
            read_file(path, "a.md", Limits(max_bytes=1000))
        with pytest.raises(OversizedDocument, match="more than 100 characters"):
            read_file(path, "a.md", Limits(max_characters=100))

    def test_a_file_that_is_not_there(self, tmp_path: Path) -> None:
        with pytest.raises(DamagedDocument, match=r"^a\.md cannot be opened"):
            read_file(tmp_path / "a.md", "a.md", Limits())

    def test_a_hanging_parser_is_ended_and_the_next_file_read(self, tmp_path: Path) -> None:
        path = tmp_path / "a.html"
        path.write_text("<p>Words.</p>")
        with Reader(Limits(seconds=3)) as reader:
            reader.read(path, "a.html")
            os.kill(worker_id(reader), signal.SIGSTOP)
            with pytest.raises(OversizedDocument, match=r"^a\.html took longer than 3 seconds"):
                reader.read(path, "a.html")
            assert reader.read(path, "a.html").text == "Words."

    def test_a_crashing_parser_costs_one_file(self, tmp_path: Path) -> None:
        path = tmp_path / "a.html"
        path.write_text("<p>Words.</p>")
        with Reader() as reader:
            reader.read(path, "a.html")
            before = worker_id(reader)
            os.kill(before, signal.SIGSTOP)
            threading.Timer(0.2, os.kill, (before, signal.SIGKILL)).start()
            with pytest.raises(DamagedDocument, match=r"^a\.html crashed its parser"):
                reader.read(path, "a.html")
            assert reader.read(path, "a.html").text == "Words."
            assert worker_id(reader) != before

    def test_one_parsing_process_serves_many_files_and_ends_with_its_reader(self, tmp_path: Path) -> None:
        path = tmp_path / "a.html"
        path.write_text("<p>Words.</p>")
        with Reader() as reader:
            reader.read(path, "a.html")
            first = worker_id(reader)
            reader.read(path, "a.html")
            assert worker_id(reader) == first
        with pytest.raises(ProcessLookupError):
            os.kill(first, 0)


def worker_id(reader: Reader) -> int:
    process = reader._worker._process
    assert process is not None
    return process.pid


class TestFiles:
    def test_what_a_folder_holds(self, tmp_path: Path) -> None:
        outside = tmp_path / "outside.md"
        root = tmp_path / "corpus"
        for name in (
            "b.md",
            "a/c.pdf",
            "a/README.md",
            "README.md",
            ".hidden.md",
            ".git/x.md",
            "b.md.meta.yaml",
            "t.xyz",
        ):
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text("x")
        outside.write_text("x")
        (root / "leaves.md").symlink_to(outside)
        (root / "stays.md").symlink_to(root / "b.md")
        (root / "loop").symlink_to(root)
        found = [str(path.relative_to(root)) for path in find_files(root)]
        assert found == ["a/README.md", "a/c.pdf", "b.md", "stays.md", "t.xyz"]

    def test_a_sidecar_describes_any_format(self, read, tmp_path: Path) -> None:
        (tmp_path / "a.pdf.meta.yaml").write_text("title: The Treaty\ntype: treaty\njurisdictions: [China]\n")
        made = read("a.pdf", pdf(["Some words that are long enough."]))
        assert (made.metadata.title, made.metadata.type, made.metadata.jurisdictions) == (
            "The Treaty",
            "treaty",
            ("China",),
        )
        assert "title" not in made.metadata.inferred
        (tmp_path / "a.pdf.meta.yaml").write_text("date: soon\n")
        with pytest.raises(
            DamagedDocument, match=r"^a\.pdf has metadata whose `date` .*correct a\.pdf\.meta\.yaml$"
        ):
            read("a.pdf", pdf(["Some words that are long enough."]))

    def test_the_hash_is_that_of_the_bytes_and_the_name_is_kept(self, reader: Reader, tmp_path: Path) -> None:
        path = tmp_path / "a.md"
        path.write_text("Words.")
        made = reader.read(path, "folder/a.md")
        assert (made.path, made.content_hash) == ("folder/a.md", hashlib.sha256(b"Words.").hexdigest())


class Site(BaseHTTPRequestHandler):
    """A small web site; remembers what was asked of it."""

    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(self.path)
        port = self.server.server_address[1]
        match self.path:
            case "/page":
                self._send(200, "text/html; charset=utf-8", PAGE.format(port=port).encode())
            case "/moved":
                self._send(302, "", b"", Location="/page")
            case "/loop":
                self._send(302, "", b"", Location="/loop")
            case "/away":
                self._send(302, "", b"", Location="file:///etc/passwd")
            case "/a.pdf":
                self._send(200, "application/pdf", pdf(["Some words that are long enough."]))
            case "/notes.md":
                self._send(200, "text/plain", b"# Notes\n\nWords.")
            case "/latin":
                self._send(200, "text/plain; charset=utf-8", codecs.BOM_UTF8 + "Café".encode())
            case "/big":
                self._send(200, "text/plain", b"word " * 100_000)
            case "/image":
                self._send(200, "image/png", b"\x89PNG")
            case _:
                self._send(404, "text/html", b"no")

    def _send(self, status: int, kind: str, content: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(content)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        try:
            self.wfile.write(content)
        except ConnectionError:
            self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    Site.asked = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


class TestAddresses:
    def test_a_page_is_read_and_nothing_else_is_fetched(self, site: str) -> None:
        Site.asked.clear()
        made = read_url(f"{site}/page", Limits())
        assert "keep open the roads" in made.text
        assert (made.path, made.metadata.address) == (f"{site}/page", f"{site}/page")
        assert Site.asked == ["/page"]

    def test_a_redirect_is_followed_and_a_loop_is_not(self, site: str) -> None:
        assert read_url(f"{site}/moved", Limits()).metadata.address == f"{site}/page"
        with pytest.raises(FetchError, match="redirects more than 5 times"):
            read_url(f"{site}/loop", Limits())

    @pytest.mark.parametrize(
        ("path", "words"), [("a.pdf", "long enough"), ("notes.md", "Notes\n\nWords."), ("latin", "Café")]
    )
    def test_the_content_type_chooses_the_reader(self, site: str, path: str, words: str) -> None:
        assert words in read_url(f"{site}/{path}", Limits()).text

    @pytest.mark.parametrize(
        ("path", "error", "reason"),
        [
            ("nothing", FetchError, "answers 404 Not Found: check the address"),
            ("image", FetchError, "answers with image/png, which is not a document"),
            ("big", OversizedDocument, "more than the limit of 0.1 MB: .*RAG_MAX_FILE_MB"),
            ("away", FetchError, "cannot be fetched"),
        ],
    )
    def test_what_is_no_document_is_refused(
        self, site: str, path: str, error: type[DocumentError], reason: str
    ) -> None:
        with pytest.raises(error, match=rf"^{site}/{path} .*{reason}"):
            read_url(f"{site}/{path}", Limits(max_bytes=100_000))

    @pytest.mark.parametrize(
        "address", ["file:///etc/passwd", "ftp://x.y/z", "data:text/plain,x", "http://", "a.md"]
    )
    def test_only_the_web_is_fetched(self, address: str) -> None:
        with pytest.raises(FetchError, match="is not an http or https address"):
            read_url(address, Limits())

    def test_nobody_there(self) -> None:
        with pytest.raises(FetchError, match="cannot be fetched"):
            read_url("http://127.0.0.1:1/", Limits())
