"""A citation as other programs take it: Markdown, footnote, BibTeX, CSL JSON (pure)."""

from __future__ import annotations

import json
import re
import unicodedata
from typing import Any

from rag.citations import escape_markdown, reference
from rag.types import Citation

_BIBTEX = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "#": r"\#",
    "$": r"\$",
    "%": r"\%",
    "&": r"\&",
    "_": r"\_",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}
_SMALL = frozenset("a an and as at by for from in of on or the to with".split())
_HONORIFIC = re.compile(r"^(?:(?:Dr|Mr|Mrs|Ms|Prof|Gen|Amb|Sir)\.?\s+)+", re.IGNORECASE)


def as_markdown(citation: Citation, link: str | None = None) -> str:
    """A block quote with its reference below; what the source says cannot become Markdown."""
    quoted = "\n".join(f"> {escape_markdown(line)}" for line in citation.quote.splitlines())
    said = escape_markdown(reference(citation))
    return f"{quoted}\n>\n> — {f'[{said}](<{_in_angles(link)}>)' if link else said}\n"


def as_footnote(citation: Citation, link: str | None = None) -> str:
    return f"{reference(citation)}: “{' '.join(citation.quote.split())}”{f' {link}' if link else ''}"


def as_bibtex(citation: Citation, link: str | None = None) -> str:
    """One @misc entry; the quote and its place stand in `note`."""
    year, month, _ = _date(citation.date)
    fields = {
        "title": f"{{{_tex(citation.title)}}}",
        "author": f"{{{_tex(citation.author)}}}" if citation.author else "",
        "year": str(year) if year else "",
        "month": str(month) if month else "",
        "pages": str(citation.page) if citation.page else "",
        "note": _tex(_note(citation)),
        "url": re.sub(r"[{}\\\s]", "", link or ""),
    }
    lines = [f"  {name} = {{{value}}}" for name, value in fields.items() if value]
    return f"@misc{{{citation_key(citation)},\n" + ",\n".join(lines) + "\n}\n"


def as_csl(citation: Citation, link: str | None = None) -> str:
    """An array of one CSL JSON item, as citation managers import it."""
    dated = [part for part in _date(citation.date) if part]
    item: dict[str, Any] = {
        "id": citation_key(citation),
        "type": "document",
        "title": citation.title,
        "note": _note(citation),
    }
    if citation.author:
        item["author"] = [{"literal": citation.author}]
    if dated:
        item["issued"] = {"date-parts": [dated]}
    if citation.page:
        item["page"] = str(citation.page)
    if citation.section:
        item["section"] = citation.section
    if link:
        item["URL"] = link
    return json.dumps([item], ensure_ascii=False, indent=2) + "\n"


def citation_key(citation: Citation) -> str:
    """Name, year and first telling word of the title: "saini2024friend"."""
    named = _HONORIFIC.sub("", citation.author or "").split()
    year, _, _ = _date(citation.date)
    words = [w for w in re.findall(r"[a-z0-9]+", _ascii(citation.title)) if w not in _SMALL]
    parts = [
        re.sub(r"[^a-z0-9]", "", _ascii(named[-1])) if named else "",
        str(year or ""),
        words[0] if words else "",
    ]
    return "".join(parts) or "source"


def _note(citation: Citation) -> str:
    place = f"{citation.section}: " if citation.section and citation.section != citation.title else ""
    return f"{place}“{' '.join(citation.quote.split())}” ({citation.document}, characters {citation.start}-{citation.end})"


def _date(written: str | None) -> tuple[int | None, int | None, int | None]:
    parts = [int(p) for p in (written or "").split("-") if p.isdigit()]
    year, month, day = (*parts, None, None, None)[:3]
    return year, month, day


def _tex(text: str) -> str:
    return "".join(_BIBTEX.get(character, character) for character in " ".join(text.split()))


def _ascii(text: str) -> str:
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()


def _in_angles(link: str) -> str:
    return re.sub(r"[<>\s\\]", "", link)
