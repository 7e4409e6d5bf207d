"""HTML → Documents: what a reader would see, in any charset."""

from __future__ import annotations

import pytest
from samples import PAGE

from rag.errors import DocumentError


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
