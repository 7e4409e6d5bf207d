"""Word's styles and automatic numbers: which paragraphs are headings, and what stands before them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_PLACEHOLDER = re.compile(r"%(\d)")
_HEADING_NAME = re.compile(r"heading (\d)$")
_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"))
_ROMAN_LOW = ((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))

Element = Any


@dataclass(frozen=True, slots=True)
class _Level:
    kind: str
    pattern: str
    start: int


class Numbering:
    """Counts as Word does: one counter for each list and level, reset by any higher level."""

    def __init__(self, numbering: Element | None, styles: Element | None) -> None:
        self._styles = {} if styles is None else {_id(one): one for one in styles.iter(f"{_WORD}style")}
        self._abstract: dict[str, dict[int, _Level]] = {}
        self._lists: dict[str, str] = {}
        self._starts: dict[tuple[str, int], int] = {}
        self._counters: dict[str, dict[int, int]] = {}
        self._begun: set[str] = set()
        if numbering is not None:
            self._load(numbering)

    def _load(self, numbering: Element) -> None:
        for one in numbering.iter(f"{_WORD}abstractNum"):
            levels = {int(_get(level, "ilvl") or 0): _level(level) for level in one.iter(f"{_WORD}lvl")}
            self._abstract[_get(one, "abstractNumId")] = levels
        for one in numbering.iter(f"{_WORD}num"):
            identity = _get(one, "numId")
            self._lists[identity] = _value(one, "abstractNumId")
            for override in one.iter(f"{_WORD}lvlOverride"):
                start = _value(override, "startOverride")
                if start.isdigit():
                    self._starts[identity, int(_get(override, "ilvl") or 0)] = int(start)

    def style_of(self, paragraph: Element) -> str:
        properties = paragraph.find(f"{_WORD}pPr")
        return "" if properties is None else _value(properties, "pStyle")

    def is_contents(self, style: str) -> bool:
        """Whether the style is one of the table of contents."""
        return self._name(style).startswith(("toc ", "table of figures"))

    def heading_level(self, paragraph: Element) -> int:
        """1 to 6 for a heading or a title, else 0."""
        own = paragraph.find(f"{_WORD}pPr/{_WORD}outlineLvl")
        style = self.style_of(paragraph)
        if own is None and self._name(style) == "title":
            return 1
        for name in self._line_of(style):
            if found := _HEADING_NAME.match(self._name(name)):
                return min(6, int(found[1]))
            if own is None:
                own = self._styles[name].find(f"{_WORD}pPr/{_WORD}outlineLvl")
        level = int(_get(own, "val") or 9) if own is not None else 9
        return min(6, level + 1) if level < 9 else 0

    def marker(self, paragraph: Element) -> str:
        """What Word shows before the paragraph: "1.3.1", "(a)", "-" for a bullet, "" for nothing."""
        identity, depth = self._list_of(paragraph)
        abstract = self._lists.get(identity, "")
        level = self._abstract.get(abstract, {}).get(depth)
        if level is None:
            return ""
        if level.kind == "bullet":
            return f"{'  ' * depth}-"
        if level.kind == "none":
            return ""
        self._count(identity, abstract, depth)
        return _PLACEHOLDER.sub(lambda found: self._shown(abstract, int(found[1]) - 1), level.pattern).strip()

    def _count(self, identity: str, abstract: str, depth: int) -> None:
        counters = self._counters.setdefault(abstract, {})
        if identity not in self._begun:
            self._begun.add(identity)
            for (held, at), start in self._starts.items():
                if held == identity:
                    counters[at] = start - 1
        levels = self._abstract[abstract]
        for above in range(depth):
            counters.setdefault(above, levels[above].start if above in levels else 1)
        counters[depth] = counters.get(depth, levels[depth].start - 1) + 1
        for below in [at for at in counters if at > depth]:
            del counters[below]

    def _shown(self, abstract: str, depth: int) -> str:
        level = self._abstract[abstract].get(depth)
        return _format(self._counters[abstract].get(depth, 1), level.kind if level else "decimal")

    def _list_of(self, paragraph: Element) -> tuple[str, int]:
        """The list and depth that the paragraph, else its style, else a style that this is based on, names."""
        places = [paragraph.find(f"{_WORD}pPr/{_WORD}numPr")]
        places += [
            self._styles[name].find(f"{_WORD}pPr/{_WORD}numPr")
            for name in self._line_of(self.style_of(paragraph))
        ]
        found = [place for place in places if place is not None]
        identity = next((value for place in found if (value := _value(place, "numId"))), "")
        depth = next((value for place in found if (value := _value(place, "ilvl"))), "")
        if not depth and identity:
            depth = self._depth_by_style(identity, paragraph)
        return identity, int(depth or 0)

    def _depth_by_style(self, identity: str, paragraph: Element) -> str:
        heading = self.heading_level(paragraph)
        return str(heading - 1) if heading and self._lists.get(identity) else "0"

    def _line_of(self, style: str) -> list[str]:
        """The style and those it is based on, nearest first."""
        line: list[str] = []
        while style in self._styles and style not in line:
            line.append(style)
            style = _value(self._styles[style], "basedOn")
        return line

    def _name(self, style: str) -> str:
        found = self._styles.get(style)
        return style.lower() if found is None else _value(found, "name").lower()


def _id(style: Element) -> str:
    return _get(style, "styleId")


def _get(element: Element, name: str) -> str:
    return str(element.get(f"{_WORD}{name}") or "")


def _value(element: Element, child: str) -> str:
    found = element.find(f"{_WORD}{child}")
    return "" if found is None else _get(found, "val")


def _level(level: Element) -> _Level:
    start = _value(level, "start")
    return _Level(_value(level, "numFmt"), _value(level, "lvlText"), int(start) if start.isdigit() else 1)


def _format(number: int, kind: str) -> str:
    match kind:
        case "lowerLetter" | "upperLetter":
            letters = chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)
            return letters if kind == "lowerLetter" else letters.upper()
        case "lowerRoman" | "upperRoman":
            roman = _roman(number)
            return roman if kind == "lowerRoman" else roman.upper()
        case "decimalZero":
            return f"{number:02d}"
    return str(number)


def _roman(number: int) -> str:
    text = ""
    for value, letters in (*_ROMAN, *_ROMAN_LOW):
        text += letters * (number // value)
        number %= value
    return text
