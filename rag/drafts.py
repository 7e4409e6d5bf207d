"""A draft, in plain text or Markdown → its blocks, over the same characters without markup (pure).

Markup is overwritten with spaces rather than removed, so that every offset is one of the draft.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto

_LABEL = r"[A-Za-z]{0,3}\d{1,3}"
_TARGET = r"\((?:[^()\s]|\([^()\s]*\))*(?:\s+\"[^\"\n]*\")?\)"
_HIDDEN = (
    re.compile(r"\A\ufeff?---[^\S\n]*\n(?:(?:[\w-]+:|[\s#-])[^\n]*\n)*?---[^\S\n]*(?=\n|\Z)"),
    re.compile(r"<!--(?:(?!<!--).)*?-->", re.DOTALL),
    re.compile(r"^[^\S\n]{0,3}(?:```|~~~)[^\n]*", re.MULTILINE),
    re.compile(r"</?[A-Za-z][A-Za-z0-9]*(?:\s+[\w-]+=(?:\"[^\"<>]*\"|'[^'<>]*'|[^\s<>\"']+))*\s*/?>"),
    re.compile(r"[\r\ufeff]"),
)
_MARKS = (
    re.compile(rf"\[\[?(?:\^[^\[\]\s]{{1,20}}|{_LABEL}(?:\s*[,;–-]\s*{_LABEL})*)\]\]?(?:{_TARGET})?"),
    re.compile(r"【[^【】\n]{1,40}】"),
    re.compile(r"(?<=[.!?,;:”\"’)])[¹²³⁰⁴-⁹]+"),
)
_INLINE = (
    re.compile(rf"!?\[(?=[^\[\]\n]*\]{_TARGET})"),
    re.compile(rf"(?<=\S)\]{_TARGET}"),
    re.compile(r"\*{2,}|_{2,}|~~|`+|\\(?=[\\`*_{}\[\]()#+.!|>~-])"),
    re.compile(r"(?<!\w)[*_](?=[^\s*_])|(?<=[^\s*_])[*_](?!\w)"),
    re.compile(r"^\s*[✓✗·?](?=\s)", re.MULTILINE),
)
_QUOTED = re.compile(r"^\s*(?:>\s?)+")
_ATX = re.compile(r"^\s*#{1,6}(?=\s)")
_ATX_END = re.compile(r"\s#+\s*$")
_UNDERLINE = re.compile(r"^\s*(?:={2,}|-{2,})\s*$")
_RULE = re.compile(r"^\s*(?:(?:\*\s*){3,}|(?:_\s*){3,}|(?:-\s+){2,}-?\s*)$")
_SEPARATOR = re.compile(r"^(?=.*\|)\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$")
_ROW = re.compile(r"^\s*\|.*\||^.*\S\s+\|\s+\S")
_OUTER_PIPES = re.compile(r"^\s*\||\|\s*$")
_BULLET = re.compile(r"^\s*[-*+•▪‣](?:\s+\[[ xX]\])?\s+(?=\S)")
_NUMBER = re.compile(r"^\s*\(?(?:\d{1,3}(?:\.\d{1,3})*|[a-z]|[ivxl]{1,5})[.)]\s+(?=\S)")
_FIRST_NUMBER = re.compile(r"^[\s>]*\(?[1ai][.)]\s")
_BOLD = re.compile(r"^\s*(\*\*|__)(?=\S)(?:(?!\1).)*[^\s.!?;,]\1:?\s*$")
_REFERENCE = re.compile(r"^\s*(?:[-*+]\s+)?\[(?P<label>\^?[^\[\]\s]{1,12})\](?P<colon>:?)\s+(?=\S)")
_STOPS = re.compile(r"[.!?;:][\"'”’»)\]\s]*$")
_WRAPPED = 40
"""Characters of a line that was wrapped, at least."""
_UNFINISHED = (",", "(", "–", "—")
_HARD_BREAK = ("  ", "\\")


class Kind(Enum):
    PROSE = auto()
    ITEM = auto()
    NUMBERED = auto()
    ROW = auto()
    HEADING = auto()
    BOLD = auto()
    """A line in bold type alone: a heading, where text follows."""
    REFERENCE = auto()
    UNDERLINE = auto()
    """Of a heading, or between the header and the rows of a table."""
    NOTHING = auto()


_MARKUP: Mapping[Kind, tuple[re.Pattern[str], ...]] = {
    Kind.HEADING: (_QUOTED, _ATX, _ATX_END),
    Kind.ROW: (_QUOTED, _OUTER_PIPES),
    Kind.ITEM: (_QUOTED, _BULLET),
    Kind.NUMBERED: (_QUOTED, _NUMBER),
    Kind.REFERENCE: (_QUOTED, _REFERENCE),
    Kind.UNDERLINE: (re.compile(".+"),),
    Kind.NOTHING: (re.compile(".+"),),
}
_KINDS = (
    (_ATX, Kind.HEADING),
    (_SEPARATOR, Kind.UNDERLINE),
    (_UNDERLINE, Kind.UNDERLINE),
    (_RULE, Kind.NOTHING),
    (_ROW, Kind.ROW),
    (_BULLET, Kind.ITEM),
    (_NUMBER, Kind.NUMBERED),
    (_BOLD, Kind.BOLD),
)
_OPENS_PARAGRAPH = (Kind.PROSE, Kind.ITEM, Kind.NUMBERED, Kind.REFERENCE)


@dataclass(frozen=True, slots=True)
class Block:
    """A heading, paragraph, list item, table row or reference at draft[start:end]."""

    kind: Kind
    start: int
    end: int


def read_draft(text: str) -> tuple[str, list[Block]]:
    """(the draft with spaces for its markup and for line ends inside a block, the blocks in order)."""
    visible = _blanked(text, _HIDDEN)
    lines = _lines(visible)
    unmarked = (_blanked(visible[x.start : x.end], _MARKUP.get(x.kind, (_QUOTED,))) for x in lines)
    plain = list(_blanked("\n".join(unmarked), (*_MARKS, *_INLINE)))
    blocks = list(_blocks(visible, lines))
    for block in blocks:
        plain[block.start : block.end] = [" " if c == "\n" else c for c in plain[block.start : block.end]]
    return "".join(plain), blocks


def _blanked(text: str, patterns: Iterable[re.Pattern[str]]) -> str:
    """The text with spaces in place of what the patterns match; line ends stay."""
    for pattern in patterns:
        text = pattern.sub(lambda m: re.sub(r"[^\n]", " ", m[0]), text)
    return text


def _lines(visible: str) -> list[Block]:
    lines: list[Block] = []
    at, in_prose, above = 0, False, ""
    for line in visible.split("\n"):
        kind = _kind(visible, at, line)
        if in_prose and kind is Kind.NUMBERED and _is_mid_sentence(above, line):
            kind = Kind.PROSE
        in_prose = kind is Kind.PROSE and (in_prose or not lines or lines[-1].kind not in _OPENS_PARAGRAPH)
        lines.append(Block(kind, at, at + len(line)))
        at, above = at + len(line) + 1, line
    return lines


def _is_mid_sentence(above: str, line: str) -> bool:
    """True for a line that only begins with a number because the sentence was wrapped there: as in
    Markdown, a list within a paragraph begins with its first number."""
    return not _FIRST_NUMBER.match(line) and len(above.rstrip()) >= _WRAPPED and not _STOPS.search(above)


def _kind(visible: str, start: int, line: str) -> Kind:
    line = _blanked(line, (_QUOTED,))
    reference = _REFERENCE.match(line)
    if reference and _explains_a_mark(visible, start, reference):
        return Kind.REFERENCE
    found = (kind for pattern, kind in _KINDS if pattern.match(line))
    return next(found, Kind.PROSE if line.strip() else Kind.NOTHING)


def _explains_a_mark(visible: str, start: int, reference: re.Match[str]) -> bool:
    """True for "[^1]: …", and for "[1] …" where [1] stands in the text above."""
    label = reference["label"]
    return (label[0] == "^" and reference["colon"] == ":") or 0 <= visible.find(f"[{label}]") < start


def _blocks(visible: str, lines: Sequence[Block]) -> Iterator[Block]:
    """Lines → blocks: wrapped lines joined, underlined lines and table headers made headings."""
    i = 0
    while i < len(lines):
        line, stop = lines[i], i + 1
        while line.kind in _OPENS_PARAGRAPH and stop < len(lines) and lines[stop].kind is Kind.PROSE:
            stop += 1
        underlined = stop == i + 1 < len(lines) and lines[stop].kind is Kind.UNDERLINE
        if underlined and _is_header(visible, line):
            yield replace(line, kind=Kind.HEADING)
        elif line.kind not in (Kind.UNDERLINE, Kind.NOTHING):
            yield from _paragraphs(visible, lines[i:stop])
        i = stop


def _is_header(visible: str, line: Block) -> bool:
    return line.kind is Kind.ROW or (
        line.kind is Kind.PROSE and not _STOPS.search(visible[line.start : line.end])
    )


def _paragraphs(visible: str, lines: Sequence[Block]) -> Iterator[Block]:
    """Neighbouring lines, those joined that were one before somebody wrapped them."""
    texts = [visible[line.start : line.end] for line in lines]
    block, above = lines[0], texts[0]
    for line, text in zip(lines[1:], texts[1:], strict=True):
        if _is_wrapped(above, text):
            block = replace(block, end=line.end)
        else:
            yield block
            block = line
        above = text
    yield block


def _is_wrapped(line: str, below: str) -> bool:
    """True if the line below goes on with this one: in lower case, after a comma or after a line as long
    as people wrap them. To join whole sentences does no harm."""
    if line.endswith(_HARD_BREAK):
        return False
    line, below = line.rstrip(), below.lstrip("> \t")
    return below[:1].islower() or line.endswith(_UNFINISHED) or (len(line) >= _WRAPPED and line[-1] != ":")
