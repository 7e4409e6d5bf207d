"""PDF → Documents: pages, paragraphs, tables, and what cannot be read told apart."""

from __future__ import annotations

from pathlib import Path

import pytest
from samples import check_invariants, pdf

from rag.documents import Limits, read_file
from rag.errors import DamagedDocument, EncryptedDocument, NoTextLayer, OversizedDocument


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
