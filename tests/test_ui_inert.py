from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin

from ui.inert import escape_markdown, file_name, safe_address, shortened

MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).use(dollarmath_plugin)
HOSTILE = [
    "![x](https://example.org/beacon.png)",
    "[click](javascript:alert(1))",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "&lt;b&gt; &amp; &#x3c;",
    "$x^2$ and $$y$$",
    ":smile: :material/home: :red[text] :blue-background[x]",
    "# heading",
    "- item",
    "12. item",
    "1) item",
    "> quote",
    "| a | b |\n|---|---|\n| 1 | 2 |",
    "```\ncode\n```",
    "~~struck~~ **bold** _em_ `code`",
    "line\n===",
    "http://example.org www.example.org a@example.org ftp://x",
    "\\[x](y)",
    "[^1]: note",
    "    indented",
    "***",
    "a\u200bb",
]
TEXTS = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(alphabet=st.sampled_from("ab1 \n\t.:;!?#*_-+~`$|<>[](){}&\\/@=\"'^%,wW"), max_size=60),
    st.text(max_size=40),
)


def shown(markdown: str) -> str:
    return "".join(
        child.content for token in MARKDOWN.parse(markdown) for child in token.children or [] if child.content
    )


def plain(text: str) -> str:
    return re.sub(r"[\x00-\x1f\x7f]", "", re.sub(r"\s+", " ", text.replace("\u200b", ""))).strip()


@given(TEXTS)
@example(HOSTILE[0])
def test_escaped_markdown_shows_the_text_and_nothing_else(text: str) -> None:
    tokens = MARKDOWN.parse(escape_markdown(text))
    kinds = {child.type for token in tokens for child in token.children or []}
    assert {token.type for token in tokens} <= {"paragraph_open", "inline", "paragraph_close"}
    assert kinds <= {"text", "text_special"}


@given(TEXTS)
def test_the_words_stay_as_they_are(text: str) -> None:
    assert shown(escape_markdown(text)).replace("\u200b", "") == plain(text)


@given(TEXTS)
def test_nothing_is_left_that_is_looked_for_after_parsing(text: str) -> None:
    after = shown(escape_markdown(text))
    assert not re.search(r":[\w+-]+:|:material/|:[a-z-]+\[", after)
    assert not re.search(r"(?i)\b(?:https?|ftp)://|\bwww\.|\bmailto:", after)
    assert not re.search(r"[\w.+-]@\w", after)


@given(st.text(max_size=200), st.integers(2, 60))
def test_a_shortened_text_is_short_and_begins_alike(text: str, most: int) -> None:
    cut = shortened(text, most)
    line = re.sub(r"\s+", " ", text).strip()
    assert len(cut) <= most
    assert cut == line or (cut.endswith("…") and line.startswith(cut[:-1]))


def test_a_text_is_cut_between_words() -> None:
    assert shortened("The transit agreement with Uzbekistan", 24) == "The transit agreement…"


@pytest.mark.parametrize(
    "address", ["https://example.org/a?b=c#d", "http://127.0.0.1:8000/", " https://x.org "]
)
def test_web_addresses_are_safe(address: str) -> None:
    assert safe_address(address) == address.strip()


@pytest.mark.parametrize(
    "address",
    [
        None,
        "",
        "javascript:alert(1)",
        "JAVASCRIPT:alert(1)",
        "java\nscript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "//example.org",
        "https:example.org",
        "https://exa mple.org",
        "https://a ; https://b",
        "https://a\\@b",
        "https://[bad",
        "ftp://example.org",
        "corpus/article.md",
    ],
)
def test_other_addresses_are_not(address: str | None) -> None:
    assert safe_address(address) is None


@given(st.text(max_size=100))
def test_a_files_name_stays_in_its_folder(text: str) -> None:
    name = file_name(text, ".md")
    assert "/" not in name
    assert "\\" not in name
    assert not name.startswith((".", "-"))
    assert 4 <= len(name) <= 63


def test_a_files_name_keeps_the_words() -> None:
    assert file_name("Why did QTTA usage take 28 years?", ".json") == "Why-did-QTTA-usage-take-28-years.json"
    assert file_name("../../..", ".md") == "conversation.md"
