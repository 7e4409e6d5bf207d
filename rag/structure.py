"""Blocks of text → pages, sections under headings, numbered paragraphs of legal texts. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from rag.blocks import CELLS, Placed
from rag.headings import Heading, legal_heading, opens_block
from rag.labels import Labels
from rag.types import Page, Paragraph, Section

_CLASS = {"Annex": 0, "Schedule": 0, "Part": 1, "Title": 1, "Ch.": 2, "Sec.": 3, "Art.": 3, "Recital": 3}
_NUMBERED = frozenset({"Art.", "Sec.", "Annex", "Schedule"})
_WHEREAS = re.compile(
    r".*\b(?:whereas|considérant ce qui suit|nachstehender gründe|ud fra følgende betragtninger)\s*:?$",
    re.I | re.S,
)
_RECITAL = re.compile(r"\((\d{1,3}[a-z]?)\)\s")
_DECIMAL = re.compile(r"(\d{1,2}(?:\.\d{1,2}){1,4})\.?[\t ]+[A-Z][^|\n]{2,100}$")
_NO_TITLE_END = re.compile(r"[.;:,]$|[\s.…]\d{1,3}$")
_SECTION_OF_ACT = re.compile(r"(\d{1,3}[A-Z]{0,2})\.\s*(?=\(1\)|[A-Z\"“])")
_CONTENTS_RUN = 3
_LONGEST_TITLE = 120
_PROVISION = 60

_Key = tuple[int, int, str]
"""(1 for a heading told by its shape, else 0; level or class; legal kind): smaller stands above."""


def pages(placed: Sequence[Placed], count: int, length: int) -> tuple[Page, ...]:
    """`count` pages over the whole text; one without text is empty and stands where the next begins."""
    found: dict[int, int] = {}
    for one in placed:
        for offset, number in one.block.breaks:
            found.setdefault(number, one.start + offset)
    laid: list[Page] = []
    end = length
    for number in range(count, 0, -1):
        start = 0 if number == 1 else min(end, found.get(number, end))
        laid.append(Page(number, start, end))
        end = start
    return tuple(reversed(laid))


def sections(placed: Sequence[Placed], length: int) -> tuple[Section, ...]:
    """Flat sections over the whole text, one for each heading, one before the first if need be."""
    if not length:
        return ()
    opened = list(_opened(placed))
    if not opened or opened[0][0] > 0:
        opened.insert(0, (0, (), None))
    ends = [start for start, _, _ in opened[1:]] + [length]
    return tuple(
        Section(path, number, start, end) for (start, path, number), end in zip(opened, ends, strict=True)
    )


def paragraphs(placed: Sequence[Placed], within: Sequence[Section]) -> tuple[Paragraph, ...]:
    """The numbered paragraphs of sections that have a legal number; what follows a nested paragraph
    without a label of its own belongs to it."""
    found: list[Paragraph] = []
    blocks = iter(placed)
    one = next(blocks, None)
    for section in within:
        inside: list[Placed] = []
        while one is not None and one.start < section.end:
            inside.append(one)
            one = next(blocks, None)
        if section.number and section.number.split(" ")[0] in _NUMBERED:
            found.extend(_labelled(inside))
    return tuple(found)


def _labelled(inside: Sequence[Placed]) -> Iterator[Paragraph]:
    labels = Labels()
    label, start, end = "", 0, 0
    for one in inside:
        run_in = _run_in(one) if one is inside[0] else 0
        read = labels.read(one.block.text[run_in:])
        if read is not None:
            if label:
                yield Paragraph(label, start, end)
            label, start = read, one.start + run_in
        end = one.end
    if label:
        yield Paragraph(label, start, end)


def _run_in(one: Placed) -> int:
    """How much of a section's first block is its heading, where text follows on the same line."""
    if act := _SECTION_OF_ACT.match(one.block.text):
        return act.end()
    heading = legal_heading(one.block.text)
    if heading is None or heading.bare or one.block.level:
        return 0
    after = len(heading.title)
    return after + len(one.block.text[after:]) - len(one.block.text[after:].lstrip(" .:–—-"))


def _opened(placed: Sequence[Placed]) -> Iterator[tuple[int, tuple[str, ...], str | None]]:
    stack: list[tuple[_Key, str]] = []
    for one, heading, key in _headings(placed):
        _unwind(stack, key)
        stack.append((key, heading.title))
        yield one.start, tuple(title for _, title in stack), heading.number


def _headings(placed: Sequence[Placed]) -> Iterator[tuple[Placed, Heading, _Key]]:
    """The headings in order: without those of a table of contents, with titles that stand on a line
    of their own below the number, and with the recitals of a preamble."""
    stated = _without_foretold(placed, [_heading(one) for one in placed])
    contents = _contents(stated)
    recitals = _recitals(placed, stated)
    acts = _sections_of_act(placed, stated)
    skip = -1
    for i, (one, heading) in enumerate(zip(placed, stated, strict=True)):
        if i in recitals:
            yield one, Heading(recitals[i], recitals[i]), (1, 3, "Recital")
        elif i in acts:
            yield one, Heading(f"Sec. {acts[i]}", f"{acts[i]}."), (1, 3, "Sec.")
        elif heading is not None and i not in contents and i != skip:
            if heading.bare and (title := _title_below(placed, stated, i)):
                heading, skip = replace(heading, title=f"{heading.title} {title}"), i + 1
            yield one, heading, _key(one, heading)


def _without_foretold(placed: Sequence[Placed], found: Sequence[Heading | None]) -> list[Heading | None]:
    """Without headings told by their shape that a heading marked as such states again further on."""
    marked = {one.number: i for i, one in enumerate(found) if one and one.number and placed[i].block.level}
    return [
        None if one and not placed[i].block.level and marked.get(one.number or "", -1) > i else one
        for i, one in enumerate(found)
    ]


def _heading(one: Placed) -> Heading | None:
    found = legal_heading(one.block.text)
    if not one.block.level:
        return None if CELLS in one.block.text else found or _decimal(one.block.text)
    title = " ".join(one.block.text.split())
    return replace(found, title=title) if found else Heading(None, title)


def _decimal(text: str) -> Heading | None:
    """A heading such as "3.1.2 Need for names", which gives the place by its number alone."""
    if not _DECIMAL.match(text) or _NO_TITLE_END.search(text):
        return None
    return Heading(None, " ".join(text.split()))


def _key(one: Placed, heading: Heading) -> _Key:
    if one.block.level:
        return 0, one.block.level, ""
    if heading.number is None:
        return 1, 4 + heading.title.split()[0].strip(".").count("."), ""
    kind = heading.number.split(" ")[0]
    return 1, _CLASS[kind], kind


def _title_below(placed: Sequence[Placed], stated: Sequence[Heading | None], i: int) -> str | None:
    if i + 1 >= len(placed):
        return None
    below, heading = placed[i + 1].block, stated[i + 1]
    text = " ".join(below.text.split())
    if heading is not None and (heading.number or below.level < (placed[i].block.level or 1)):
        return None
    ends_open = not text.endswith((".", ";", ":", ",")) and len(text) <= _LONGEST_TITLE
    return text if ends_open and text[:1].isupper() and not opens_block(text) and "|" not in text else None


def _contents(stated: Sequence[Heading | None]) -> set[int]:
    """Positions of headings told by their shape that a table of contents states before the text does:
    a run of them, all stated again further on."""
    numbers = [(one.number or one.title.lower()) if one else None for one in stated]
    last = {number: i for i, number in enumerate(numbers) if number}
    found: set[int] = set()
    run: list[int] = []
    for i, number in enumerate([*numbers, None]):
        if number is not None:
            run.append(i)
            continue
        if len(run) >= _CONTENTS_RUN and all(last[numbers[j] or ""] > run[-1] for j in run):
            found.update(run)
        run = []
    return found


def _recitals(placed: Sequence[Placed], stated: Sequence[Heading | None]) -> dict[int, str]:
    """Positions of the numbered recitals between "Whereas:" and the first heading after it."""
    begin = next((i for i, one in enumerate(placed) if _WHEREAS.match(one.block.text)), None)
    found: dict[int, str] = {}
    for i in range(begin + 1 if begin is not None else len(placed), len(placed)):
        if stated[i] is not None:
            break
        if numbered := _RECITAL.match(placed[i].block.text):
            found[i] = f"Recital {numbered[1]}"
    return found


def _sections_of_act(placed: Sequence[Placed], stated: Sequence[Heading | None]) -> dict[int, str]:
    """Positions of the sections of a common-law act: "3. (1) Every…" under a Part or Chapter, numbered
    on from one Part to the next, where the act has no headings that say "Section"."""
    if any(one and one.number and one.number.startswith(("Sec.", "Art.")) for one in stated):
        return {}
    found: dict[int, str] = {}
    inside, last = False, 0
    for i, (one, heading) in enumerate(zip(placed, stated, strict=True)):
        if heading is not None:
            inside = (heading.number or "").startswith(("Part", "Ch."))
        text = one.block.text
        numbered = _SECTION_OF_ACT.match(text) if inside and not heading and len(text) > _PROVISION else None
        if numbered and last <= (value := int(re.sub(r"\D", "", numbered[1]))) <= last + 4:
            found[i], last = numbered[1], value
    return found if len(found) >= _CONTENTS_RUN else {}


def _unwind(stack: list[tuple[_Key, str]], key: _Key) -> None:
    """Leave every heading that the new one does not stand under."""
    while any(held == key for held, _ in stack):
        stack.pop()
    while stack and (stack[-1][0][:2] > key[:2] or (key[0] == 0 and stack[-1][0][:2] == key[:2])):
        stack.pop()
