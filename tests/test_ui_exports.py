from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from rag.types import Citation
from ui.exports import as_bibtex, as_csl, as_footnote, as_markdown, citation_key

QUOTE = "The delay was caused by a dispute over who pays."
CITATION = Citation(
    3,
    "article/a.md",
    "The friend: 50% & more",
    12,
    "Art. 6(1)",
    100,
    148,
    QUOTE,
    "Dr. Gaurav Saini",
    "2024-07-20",
)
TEXT = st.text(min_size=1, max_size=60).filter(lambda text: text.strip())


def test_markdown_is_a_block_quote_with_a_linked_reference() -> None:
    written = as_markdown(CITATION, "http://localhost/source?document=a")
    html = MarkdownIt().render(written)
    assert html.startswith("<blockquote>")
    assert QUOTE in html
    assert 'href="http://localhost/source?document=a"' in html
    assert "Dr. Gaurav Saini" in html


@given(TEXT, TEXT)
def test_what_a_source_says_stays_text_in_markdown(quote: str, title: str) -> None:
    tokens = MarkdownIt("commonmark", {"html": True}).parse(
        as_markdown(replace(CITATION, quote=quote, title=title))
    )
    kinds = {child.type for token in tokens for child in token.children or []}
    assert not kinds & {"image", "link_open", "html_inline", "code_inline"}
    assert not {token.type for token in tokens} & {"html_block", "table_open"}


def test_a_footnote_is_one_line() -> None:
    said = as_footnote(replace(CITATION, quote="One\ntwo."), "http://x/source")
    assert said == (
        "Dr. Gaurav Saini, “The friend: 50% & more”, Art. 6(1), p. 12, 2024-07-20: “One two.” http://x/source"
    )


def test_bibtex_has_the_fields_and_escapes() -> None:
    entry = as_bibtex(CITATION, "http://x/source?document=a_b")
    assert entry.startswith("@misc{saini2024friend,\n")
    assert r"title = {{The friend: 50\% \& more}}" in entry
    assert "author = {{Dr. Gaurav Saini}}" in entry
    assert "year = {2024}" in entry
    assert "month = {7}" in entry
    assert "pages = {12}" in entry
    assert "url = {http://x/source?document=a_b}" in entry


@given(TEXT, TEXT)
def test_braces_of_bibtex_are_balanced_whatever_the_text(title: str, quote: str) -> None:
    entry = as_bibtex(replace(CITATION, title=title, quote=quote))
    depth = 0
    for brace in re.findall(r"(?<!\\)[{}]", re.sub(r"\\\\", "", entry)):
        depth += 1 if brace == "{" else -1
        assert depth >= 0
    assert depth == 0


def test_csl_json_is_an_item() -> None:
    (item,) = json.loads(as_csl(CITATION, "http://x/"))
    assert item["issued"] == {"date-parts": [[2024, 7, 20]]}
    assert item["author"] == [{"literal": "Dr. Gaurav Saini"}]
    assert item["page"] == "12"
    assert item["section"] == "Art. 6(1)"
    assert item["URL"] == "http://x/"
    assert QUOTE in item["note"]


@pytest.mark.parametrize(("date", "parts"), [("2024-07", [2024, 7]), ("2024", [2024])])
def test_a_partial_date_stays_partial(date: str, parts: list[int]) -> None:
    (item,) = json.loads(as_csl(replace(CITATION, date=date)))
    assert item["issued"] == {"date-parts": [parts]}


def test_what_is_not_known_is_left_out() -> None:
    bare = replace(CITATION, author=None, date=None, page=None, section=None)
    (item,) = json.loads(as_csl(bare))
    assert set(item) == {"id", "type", "title", "note"}
    assert "author" not in as_bibtex(bare)
    assert citation_key(bare) == "friend"


def test_a_key_is_made_of_plain_letters() -> None:
    assert citation_key(replace(CITATION, author="Ana Núñez", title="«Über» alles")) == "nunez2024uber"
    assert citation_key(replace(CITATION, author=None, date=None, title="条約")) == "source"
