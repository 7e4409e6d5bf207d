"""Markdown → blocks of plain, readable text that keeps the author's words and typographic characters."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.front_matter import front_matter_plugin

from rag.blocks import CELLS, Block, Facts, Parsed, tidy

_NOTES = "Notes"
_TAG = re.compile(r"\s*</?[a-z]+[\s>]")
_TEMPLATE_TAG = re.compile(r"\{\{[^{}\n]*\}\}|\{%[^%\n]*%\}|\{:[^{}\n]*\}")
_REFERENCE = re.compile(r"\[\^([^\]\s]+)\]")


def read_markdown(text: str) -> Parsed:
    """Footnote definitions become a last section "Notes", whether or not the text refers to them."""
    parser = MarkdownIt("commonmark").enable("table").use(front_matter_plugin)
    parser.use(footnote_plugin, inline=False).disable("footnote_tail")
    tokens = parser.parse(_without_template_tags(text.removeprefix("\ufeff")))
    front = next((token.content for token in tokens if token.type == "front_matter"), None)
    return Parsed(tidy(_blocks(tokens)), Facts(front_matter=front))


def _without_template_tags(text: str) -> str:
    """The page without the Jekyll tags that static sites put beside front matter; other text as it is."""
    return _TEMPLATE_TAG.sub("", text) if text.startswith("---") else text


def _blocks(tokens: Sequence[Token]) -> Iterator[Block]:
    notes: list[Block] = []
    walk = _Walk()
    for token in tokens:
        (notes if walk.in_note else walk.body).extend(walk.step(token))
    yield from walk.body
    if notes:
        yield Block(_NOTES, level=1)
        yield from notes


@dataclass(slots=True)
class _Walk:
    """One pass over the tokens: the lists, the note and the table row that it is inside of."""

    body: list[Block] = field(default_factory=list)
    lists: list[int | None] = field(default_factory=list)
    cells: list[str] = field(default_factory=list)
    marker: str = ""
    level: int = 0
    rows: int = 0
    items: int = 0
    in_cell: bool = False
    in_note: bool = False

    def step(self, token: Token) -> Iterator[Block]:
        if token.type == "inline":
            yield from self._inline(_words(token.children or ()))
        elif token.type == "tr_close":
            yield Block(CELLS.join(self.cells), tight=self.rows > 0)
            self.rows += 1
        elif token.type == "html_block" or (token.type == "code_block" and _TAG.match(token.content)):
            from rag.html import fragment_blocks

            yield from fragment_blocks(token.content)
        elif token.type in ("fence", "code_block"):
            yield Block(token.content)
        else:
            self._enter(token)

    def _enter(self, token: Token) -> None:
        match token.type:
            case "heading_open" | "heading_close":
                self.level = int(token.tag[1]) if token.nesting > 0 else 0
            case "bullet_list_open" | "ordered_list_open":
                self.items = self.items if self.lists else 0
                start = int(token.attrs.get("start", 1)) if token.tag == "ol" else None
                self.lists.append(start)
            case "bullet_list_close" | "ordered_list_close":
                self.lists.pop()
            case "list_item_open":
                self.marker = self._list_marker(token.markup)
            case "footnote_reference_open" | "footnote_reference_close":
                self.in_note = token.nesting > 0
                self.marker = f"[{token.meta['label']}] " if token.nesting > 0 else ""
            case "table_open":
                self.rows = 0
            case "tr_open":
                self.cells = []
            case "th_open" | "td_open" | "th_close" | "td_close":
                self.in_cell = token.nesting > 0

    def _list_marker(self, markup: str) -> str:
        indent = "  " * (len(self.lists) - 1)
        number = self.lists[-1]
        if number is None:
            return f"{indent}- "
        self.lists[-1] = number + 1
        return f"{indent}{number}{markup or '.'} "

    def _inline(self, words: str) -> Iterator[Block]:
        if self.in_cell:
            self.cells.append(words.replace("\n", " ").strip())
            return
        tight = bool(self.lists) and bool(self.marker) and self.items > 0
        yield Block(self.marker + words, level=self.level, tight=tight)
        self.items += bool(self.lists)
        self.marker = ""


def _words(children: Sequence[Token]) -> str:
    return _REFERENCE.sub(r"[\1]", "".join(_word(child) for child in children))


def _word(token: Token) -> str:
    match token.type:
        case "text" | "code_inline":
            return token.content
        case "softbreak":
            return " "
        case "hardbreak":
            return "\n"
        case "image":
            return _words(token.children or ())
        case "footnote_ref":
            return f"[{token.meta['label']}]"
        case "html_inline":
            return "\n" if token.content.lower().startswith("<br") else ""
    return ""
