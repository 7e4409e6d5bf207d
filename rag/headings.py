"""The shapes of legal headings and of numbered lines. Pure, and light to import.

"Article 6", "CHAPTER II – General provisions", "§ 12.", "Section 1. All legislative powers…" are
headings. A sentence that only mentions an article ("Article 6 of the Treaty says") and a line of a
table of contents are not.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_KINDS = {
    "Art.": "article articles art artikel artículo articolo artigo",
    "Sec.": "section sections sec § abschnitt sección sezione afdeling",
    "Ch.": "chapter kapitel chapitre capítulo capitolo hoofdstuk",
    "Part": "part partie teil parte",
    "Title": "title titre titel título titolo afsnit",
    "Annex": "annex annexe anhang bilag bilaga anexo allegato bijlage",
    "Schedule": "schedule",
    "Recital": "recital considérant",
}
_KIND_OF = {word: kind for kind, words in _KINDS.items() for word in words.split()}
_WORDS = "one two three four five six seven eight nine ten eleven twelve".split()
_KIND = rf"(?P<kind>{'|'.join(sorted(_KIND_OF, key=len, reverse=True))})\.?"
_NUMBER = rf"(?P<number>\d+(?:[.-]\d+)*[a-zA-Z]{{0,2}}|[IVXLCDM]{{1,8}}[A-Z]?|[A-Z]|{'|'.join(_WORDS)})"
_NOTE = r"(?:\\\d+\\)?"
_HEAD = re.compile(
    rf"(?:THE\s+)?{_KIND}\s*\[?{_NUMBER}(?![\w(])(?:\.?\]{_NOTE})?(?P<rest>.*)", re.IGNORECASE | re.DOTALL
)
_LEADERS = re.compile(r"(?:\.\s?){4,}\s*\w*$|…\s*\d+$|\t\s*\d+$|_{4,}\s*\d*$")
_MARK = re.compile(rf"\s*[.:–—|-]+\s*{_NOTE}")
_LABEL = re.compile(
    r"(?:\((?:\d{1,3}[a-z]?|([a-z])\1?|[ivxl]{1,6}|[A-Z]|[IVXL]{1,6})\)|\d{1,3}[a-z]?[.)](?!\d)|[a-zA-Z]\)"
    r"|\d{1,2}(?:\.\d{1,2}){1,4}\.?\s+(?=[A-Z])|[•▪‣●○◦■–—*-]\s)\s*\S"
)
_SHORT = 120


@dataclass(frozen=True, slots=True)
class Heading:
    """`number` as it is cited ("Art. 6"); `title` what stands in the heading path.

    `bare` says that the line states a number and nothing else, so that a title may follow.
    """

    number: str | None
    title: str
    bare: bool = False


def legal_heading(text: str) -> Heading | None:
    """The legal heading that a line states, None for anything else."""
    line = text.strip()
    found = _HEAD.match(line)
    if not found or _LEADERS.search(line):
        return None
    number = _cited(found["kind"], found["number"])
    return _titled(line, number, found["rest"]) if number else None


def _cited(kind: str, number: str) -> str | None:
    """ "Art. 6" for ("Article", "6"); None where the letters are a word and not a number."""
    written = number[0].isdigit() or number == number.upper() or number.istitle()
    if not written or not (kind[0].isupper() or kind == "§"):
        return None
    return f"{_KIND_OF[kind.lower()]} {number}"


def _titled(line: str, number: str, rest: str) -> Heading | None:
    marked = _MARK.match(rest)
    title = rest[marked.end() :].strip() if marked else rest.strip()
    if not title:
        return Heading(number, line.rstrip(" .:–—-"), bare=True)
    begins = title[0].isupper() or title[0] in "\"“‘'([" or (title[0].isdigit() and marked)
    if not begins and not _dashed(rest):
        return None
    if len(title) <= _SHORT and (not title.endswith((".", ";", ",", ":")) or _is_section_title(line, title)):
        return Heading(number, " ".join(line.split()).rstrip("."))
    if marked and title[0] not in "([":
        return Heading(number, line[: len(line) - len(rest)].strip())
    return None


def _is_section_title(line: str, title: str) -> bool:
    """ "§ 1307.31 Native American Church.", as American codes set it: one short phrase and a full stop."""
    return line.startswith("§") and title.endswith(".") and title.count(".") == 1


def _dashed(rest: str) -> bool:
    return rest.strip().startswith(("–", "—"))


def opens_block(line: str) -> bool:
    """True for a line that begins something new however the one before it ended: a legal heading, a
    numbered paragraph, a list item."""
    return bool(_LABEL.match(line.strip())) or legal_heading(line) is not None
