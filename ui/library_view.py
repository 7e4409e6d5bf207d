"""Documents and indexing runs → what the Library shows of them (pure)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePath

from rag.index import DocumentSummary
from rag.indexing import IndexProgress
from rag.rows import first_day, last_day
from rag.terms import fold
from rag.types import Filters, IndexReport, Metadata, Skipped
from rag.writing import Location
from ui.inert import shortened
from ui.links import Place, address
from ui.tables import Column, Piece, Table, cell, joined

_NAMED = 6
VERSION = 8
"""Characters of a content hash that stand for a version, as in ui.links."""
_ADDRESSES = ("http://", "https://")


class Result(StrEnum):
    ADDED = "added"
    CHANGED = "changed"
    SAME = "already there"
    REMOVED = "removed"
    REFUSED = "not added"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file or address. `document` is its path in the index, if it is there now."""

    name: str
    result: Result
    said: str = ""
    document: str = ""


def counts(documents: Sequence[DocumentSummary]) -> str:
    """ "31 documents, 612 passages: 30 briefs … · dated 1995 to 2026"."""
    passages = sum(d.chunks for d in documents)
    return f"{counted(len(documents), 'document')} · {counted(passages, 'passage')}{_years(documents)}"


def breakdown(documents: Sequence[DocumentSummary]) -> tuple[str, ...]:
    """How many documents there are of each type and jurisdiction, the most frequent first."""
    types = Counter(d.metadata.type or "no type" for d in documents)
    places = Counter(j for d in documents for j in d.metadata.jurisdictions)
    return tuple(_frequent(found) for found in (types, places) if found)


def counted(number: int, thing: str) -> str:
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def versions(documents: Iterable[DocumentSummary]) -> dict[str, str]:
    """The version of each document by its path, as links carry it."""
    return {d.path: d.content_hash[:VERSION] for d in documents}


def matching(documents: Iterable[DocumentSummary], filters: Filters, words: str) -> list[DocumentSummary]:
    """The documents that pass the filters and whose metadata or path hold all of the words."""
    wanted = fold(words).split()
    return [d for d in documents if _passes(d.metadata, filters) and _holds(d, wanted)]


def columns(documents: Sequence[DocumentSummary], origins: Mapping[str, str]) -> dict[str, list[object]]:
    """The table by column; a field that was guessed from the file ends in "*"."""
    return {
        "Title": [_guessed(d, "title", d.metadata.title) for d in documents],
        "Author": [_guessed(d, "author", d.metadata.author) for d in documents],
        "Date": [_guessed(d, "date", d.metadata.date) for d in documents],
        "Type": [_guessed(d, "type", d.metadata.type) for d in documents],
        "Jurisdictions": [", ".join(d.metadata.jurisdictions) for d in documents],
        "Pages": [d.pages or None for d in documents],
        "Passages": [d.chunks for d in documents],
        "From": [origins.get(d.path, "") for d in documents],
        "Path": [d.path for d in documents],
        "Open": [address(Place(d.path)) for d in documents],
    }


def any_guessed(documents: Iterable[DocumentSummary]) -> bool:
    return any(d.metadata.inferred & {"title", "author", "date", "type"} for d in documents)


def origin(location: Location, uploads: str) -> str:
    """ "added here", "web" or "folder"."""
    if location.place.startswith(_ADDRESSES):
        return "web"
    return "added here" if PurePath(location.place).is_relative_to(uploads) else "folder"


def facts(document: DocumentSummary, place: str) -> tuple[str, ...]:
    """What is known about one document, a line each."""
    meta = document.metadata
    guessed = ", ".join(sorted(meta.inferred & {"title", "author", "date", "type"}))
    size = joined(
        (
            counted(document.pages, "page") if document.pages else "",
            counted(document.chunks, "passage"),
            counted(document.characters, "character"),
        )
    )
    lines = (
        joined((meta.author, meta.date, meta.type, ", ".join(meta.jurisdictions))),
        f"Topics: {', '.join(meta.topics)}" if meta.topics else "",
        size,
        f"Read from {place}" if place else "",
        f"Guessed from the file: {guessed}" if guessed else "",
    )
    return tuple(line for line in lines if line)


def skipped_table(skipped: Sequence[Skipped]) -> Table:
    rows = tuple((cell(Piece(s.path, "strong")), cell(reason(s.path, s.reason))) for s in skipped)
    return Table("Files that could not be read", (Column("File", "narrow"), Column("Why")), rows)


def outcome_table(outcomes: Sequence[Outcome]) -> Table:
    """One row a file or address; what is in the index now links to it."""
    rows = tuple(
        (
            cell(Piece(one.name, link=address(Place(one.document)) if one.document else "")),
            cell(Piece(one.result.value, "warn" if one.result is Result.REFUSED else "badge")),
            cell(reason(one.name, one.said)),
        )
        for one in outcomes
    )
    return Table(
        "Result of each file", (Column("File"), Column("Result", "narrow"), Column("", "half")), rows
    )


def reason(name: str, said: str) -> str:
    """A reason as a sentence of its own: it often begins with the file's name, which stands beside it."""
    rest = said.removeprefix(name).lstrip() if said.startswith(name) else said
    return f"{rest[:1].upper()}{rest[1:]}"


def outcome_of(name: str, path: str | None, report: IndexReport) -> Outcome:
    """What a run did with the file or address that it knows, or would have known, by this path."""
    skipped = next(
        (s for s in report.skipped if s.path == (path or name) or s.path.endswith(f"/{name}")), None
    )
    if skipped:
        return Outcome(name, Result.REFUSED, reason(skipped.path, skipped.reason))
    if path is None:
        return Outcome(name, Result.REFUSED, "It was not found by the run: try again.")
    copied = dict(report.duplicates)
    if path in copied:
        return Outcome(name, Result.SAME, f"The same bytes as {copied[path]}.", copied[path])
    changed = {*report.changed, *(new for _, new in report.renamed)}
    result = Result.ADDED if path in report.added else Result.CHANGED if path in changed else Result.SAME
    return Outcome(name, result, "", path)


def report_outcomes(report: IndexReport) -> tuple[Outcome, ...]:
    """What a run over everything did, without what stayed as it was."""
    return (
        *(Outcome(p, Result.ADDED, document=p) for p in report.added),
        *(Outcome(p, Result.CHANGED, document=p) for p in report.changed),
        *(Outcome(new, Result.CHANGED, f"Was {old}.", new) for old, new in report.renamed),
        *(Outcome(p, Result.REMOVED) for p in report.dropped),
        *(Outcome(s.path, Result.REFUSED, s.reason) for s in report.skipped),
    )


def progress_said(doing: str, progress: IndexProgress | None) -> tuple[float, str]:
    """Share done in [0, 1] and the words beside it."""
    if progress is None:
        return 0.0, f"{doing} …"
    share = progress.done / progress.total if progress.total else 1.0
    return min(1.0, share), f"{doing}: {progress.done} of {progress.total} · {shortened(progress.path, 60)}"


def tally(outcomes: Sequence[Outcome]) -> str:
    """ "2 added, 1 not added"."""
    found = Counter(one.result for one in outcomes)
    return ", ".join(f"{found[result]} {result.value}" for result in Result if found[result])


def _guessed(document: DocumentSummary, field: str, value: str | None) -> str:
    return f"{value}*" if value and field in document.metadata.inferred else value or ""


def _years(documents: Sequence[DocumentSummary]) -> str:
    years = sorted(d.metadata.date[:4] for d in documents if d.metadata.date)
    if not years:
        return ""
    return f" · dated {years[0]}" + (f" to {years[-1]}" if years[-1] != years[0] else "")


def _frequent(found: Counter[str]) -> str:
    shown = [f"{name} {number}" for name, number in found.most_common(_NAMED)]
    more = len(found) - _NAMED
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")


def _passes(metadata: Metadata, filters: Filters) -> bool:
    begin, end = first_day(filters.date_from) or "", last_day(filters.date_to) or "9999"
    dated = not (filters.date_from or filters.date_to) or bool(
        metadata.date
        and (last_day(metadata.date) or "") >= begin
        and (first_day(metadata.date) or "9999") <= end
    )
    return (
        dated
        and (not filters.types or metadata.type in filters.types)
        and (not filters.jurisdictions or any(j in filters.jurisdictions for j in metadata.jurisdictions))
    )


def _holds(document: DocumentSummary, wanted: Sequence[str]) -> bool:
    meta = document.metadata
    said = fold(
        " ".join(
            filter(
                None,
                (meta.title, meta.author, meta.type, document.path, *meta.topics, *meta.jurisdictions),
            )
        )
    )
    return all(word in said for word in wanted)
