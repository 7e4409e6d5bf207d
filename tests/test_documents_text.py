"""Markdown and plain text → Documents: words stay, marks go, any encoding."""

from __future__ import annotations

import tempfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from samples import check_invariants

from rag.documents import Reader
from rag.errors import DamagedDocument, EmptyDocument


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
