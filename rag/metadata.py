"""What is known about a document: stated in front matter or a sidecar, inferred from the file else. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import PurePosixPath
from typing import Any

import yaml

from rag.blocks import Block, Facts, squeeze
from rag.dates import iso_date
from rag.errors import DamagedDocument
from rag.types import Metadata, Source

_FRONT = 12
_BYLINE = re.compile(
    r"^(?:written\s+by|by|authors?\s*:|prepared\s+by)\s*:?\s+(?P<rest>\S.{2,140})$", re.IGNORECASE
)
_DATELINE = re.compile(
    r"^(?:(?:original\s+)?(?:release|publication|effective|issue)?\s*dated?\s*:?|published(?:\s+on)?\s*:?"
    r"|issued(?:\s+on)?\s*:?|posted(?:\s+on)?\s*:?|adopted(?:\s+on)?\s*:?|(?:last\s+)?updated\s*:?)?\s*(?P<date>.{4,30})$",
    re.IGNORECASE,
)
_SPLIT = re.compile(r"\s*[|·•–—]\s*|,\s+(?=\w+\.?\s+\d{1,2},\s+\d{4}$)|,\s+(?=\d{1,2}\s+\w+\s+\d{4}$)")
_NO_TITLE = re.compile(
    r"^(microsoft word\b.*|untitled.*|.*\.(docx?|pdf|indd|qxd|xlsx?|pptx?|rtf|txt)|\W*|slide \d+)$", re.I
)
_WEAK_TITLE = re.compile(
    r"\d+\.|version\b|(table of )?contents\b|introduction$|background$|notice date$", re.I
)
_NO_AUTHOR = frozenset("python-docx admin administrator user unknown author owner default windows".split())
_NAME = re.compile(
    r"^(?:[A-ZÀ-Þ][\w.’'-]*|de|da|van|von|der|den|al|bin|ibn|el|la|le|of|the|and|&|,)(?:[\s,]+|$)"
)


@dataclass(frozen=True, slots=True)
class Stated:
    """What an author says of a document, as in Metadata; None where nothing is said."""

    title: str | None = None
    author: str | None = None
    date: str | None = None
    type: str | None = None
    jurisdictions: tuple[str, ...] | None = None
    topics: tuple[str, ...] | None = None
    address: str | None = None
    dates_covered: str | None = None
    sources: tuple[Source, ...] | None = None

    def said(self) -> dict[str, Any]:
        held = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in held.items() if value is not None}

    def over(self, other: Stated) -> Stated:
        """What this states, and what `other` states besides."""
        return replace(other, **self.said())


def stated(source: str, where: str) -> Stated:
    """What a YAML mapping states; unknown keys are ignored.

    Raises DamagedDocument, naming the key and the file, for YAML or a value that cannot be used.
    """
    try:
        loaded = yaml.safe_load(source)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        reason = (str(error).splitlines() or [""])[0]
        raise DamagedDocument(f"has metadata that is not YAML ({reason}): correct {where}") from error
    if loaded is None:
        return Stated()
    if not isinstance(loaded, Mapping):
        raise DamagedDocument(f"has metadata that is not a list of `key: value` lines: correct {where}")
    return Stated(
        **{
            key: read(loaded[key], key, where)
            for key, read in _READERS.items()
            if loaded.get(key) is not None
        }
    )


def _wrong(key: str, wanted: str, where: str) -> DamagedDocument:
    return DamagedDocument(f"has metadata whose `{key}` is not {wanted}: correct {where}")


def _words(value: object, key: str, where: str) -> str:
    if isinstance(value, list) and value and all(isinstance(one, str) for one in value):
        return ", ".join(squeeze(one) for one in value)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise _wrong(key, "text", where)
    return squeeze(str(value))


def _plain(value: object, key: str, where: str) -> str:
    return iso_date(value) or _words(value, key, where)


def _date(value: object, key: str, where: str) -> str:
    found = iso_date(value)
    if found is None:
        raise _wrong(key, "a date such as 2024-07-20, 2024-07 or 2024", where)
    return found


def _list(value: object, key: str, where: str) -> tuple[str, ...]:
    several = value if isinstance(value, list) else [value]
    if any(isinstance(one, list) for one in several):
        raise _wrong(key, "a list of words", where)
    return tuple(_words(one, key, where) for one in several)


def _sources(value: object, key: str, where: str) -> tuple[Source, ...]:
    if not isinstance(value, list):
        raise _wrong(key, "a list of sources, each with id and title", where)
    return tuple(_source(one, f"{key}[{i}]", where) for i, one in enumerate(value, 1))


def _source(value: object, key: str, where: str) -> Source:
    if not isinstance(value, Mapping):
        raise _wrong(key, "a source with id and title", where)
    label = value.get("id", value.get("label"))
    if label is None or value.get("title") is None:
        raise _wrong(key, "a source with id and title", where)
    rest = {
        name: _plain(value[name], f"{key}.{name}", where)
        for name in ("publisher", "date", "address")
        if value.get(name) is not None
    }
    return Source(_words(label, f"{key}.id", where), _words(value["title"], f"{key}.title", where), **rest)


_READERS: dict[str, Callable[[Any, str, str], Any]] = {
    "title": _words,
    "author": _words,
    "date": _date,
    "type": _words,
    "jurisdictions": _list,
    "topics": _list,
    "address": _words,
    "dates_covered": _plain,
    "sources": _sources,
}


def describe(name: str, known: Stated, facts: Facts, blocks: Sequence[Block]) -> Metadata:
    """Metadata from what is stated, completed by what the file and its first lines say.

    What had to be guessed is named in `inferred`.
    """
    by, on = byline(blocks)
    guesses = {
        "title": _title(name, facts, blocks),
        "author": by or _author(facts.author),
        "date": on or _dateline(blocks) or _embedded_date(facts),
        "address": facts.address or None,
    }
    said = {key: value for key, value in known.said().items() if value}
    missing = {key: guess for key, guess in guesses.items() if guess and key not in said}
    every: dict[str, Any] = {**said, **missing}
    return Metadata(**every, inferred=frozenset(missing))


def byline(blocks: Sequence[Block]) -> tuple[str | None, str | None]:
    """(author, date) of a line such as "written by Jane Roe | July 20, 2024" near the beginning."""
    for block in blocks[:_FRONT]:
        found = _BYLINE.match(block.text)
        if not found:
            continue
        parts = _SPLIT.split(found["rest"])
        day = next((day for part in parts[1:] if (day := iso_date(part))), None)
        if _is_name(parts[0]):
            return parts[0].rstrip(" ,"), day
    return None, None


def _is_name(text: str) -> bool:
    rest = text.strip()
    if not rest or rest.endswith(".") or len(rest) > 90:
        return False
    while rest:
        found = _NAME.match(rest)
        if not found:
            return False
        rest = rest[found.end() :]
    return True


def _dateline(blocks: Sequence[Block]) -> str | None:
    for block in blocks[:_FRONT]:
        for line in block.text.split("\n"):
            found = _DATELINE.match(line)
            day = iso_date(found["date"].strip()) if found else None
            if day and len(day) > 4:
                return day
    return None


def _embedded_date(facts: Facts) -> str | None:
    return iso_date(facts.date) if _author(facts.author) or "docx" not in facts.author else None


def _author(written: str) -> str | None:
    """A name; not a login ("jroe") or what a program puts there."""
    words = written.lower().split()
    return written if len(words) > 1 and not set(words) & _NO_AUTHOR else None


def _title(name: str, facts: Facts, blocks: Sequence[Block]) -> str:
    headings = [squeeze(block.text) for block in blocks[: 2 * _FRONT] if block.level]
    embedded = "" if _NO_TITLE.match(facts.title) else facts.title
    lines = [squeeze(block.text) for block in blocks[:4]]
    line = next((one for one in lines if _could_be_title(one) and (one == lines[0] or one.isupper())), "")
    headings = [one for one in headings if not _WEAK_TITLE.match(one)]
    early = line if line.count(" ") >= 6 else ""
    candidates = [
        one for one in (embedded, early, *headings[:1], line, *headings[1:2]) if 3 <= len(one) <= 250
    ]
    several = [one for one in candidates if " " in one]
    return (several or candidates or [_from_name(name)])[0]


def _could_be_title(line: str) -> bool:
    ends = line.endswith((".", ";", ",", ":"))
    worded = any(letter.isalpha() for letter in line) and "|" not in line
    return 3 <= len(line) <= 150 and worded and not ends and not _WEAK_TITLE.match(line)


def _from_name(name: str) -> str:
    path = PurePosixPath(name.rstrip("/"))
    words = re.sub(r"[_\s]+|(?<=\w)-(?=\w)", " ", path.stem).strip()
    return words[:1].upper() + words[1:] or name
