"""DOCX, RTF and ODT → Documents; bombs, foreign entities and unknown formats are refused."""

from __future__ import annotations

import io
import time
import zipfile
from pathlib import Path

import pytest
from samples import WORD, docx, p

from rag.documents import Limits, Reader, read_file
from rag.errors import DamagedDocument, EncryptedDocument, OversizedDocument, UnsupportedFormat

HEADINGS = "".join(f'<w:style w:styleId="H{i}"><w:name w:val="heading {i}"/></w:style>' for i in (1, 2))
NUMBERS = (
    '<w:abstractNum w:abstractNumId="0">'
    '<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl>'
    '<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="lowerLetter"/><w:lvlText w:val="(%2)"/></w:lvl>'
    "</w:abstractNum>"
    '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
)


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
