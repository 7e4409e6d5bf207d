"""What `rag` prints for people, and the JSON of what is not an answer."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from rag.citations import reference, refusal_text
from rag.dateroles import Role
from rag.datespans import Precision
from rag.index import Index
from rag.indexing import IndexProgress
from rag.timeline import Line
from rag.types import (
    Answer,
    Citation,
    Claim,
    Document,
    Evidence,
    IndexReport,
    Note,
    NoteKind,
    Refusal,
    Verdict,
)

_MARKS = {
    Verdict.SUPPORTED: ("✓", "green"),
    Verdict.CONTRADICTED: ("✗", "red"),
    Verdict.NOT_FOUND: ("?", "yellow"),
}
_CONTEXT = 400
_SHOWN = 12


def print_json(value: object) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def prompt() -> str:
    """The next question; "" at the end of input."""
    try:
        return _console().input("[bold cyan]?[/] ").strip()
    except (EOFError, KeyboardInterrupt):
        return ""


def print_result(result: Answer | Refusal) -> None:
    print_growing([result])


def print_growing(results: Iterable[Answer | Refusal]) -> None:
    """Each claim as it comes, then what stands below the whole answer."""
    console, shown, result = _console(), 0, None
    for result in results:
        if not shown and result.standalone_question != result.question:
            console.print(Text(result.standalone_question, style="dim italic"))
        if isinstance(result, Answer):
            _print_claims(console, result, shown)
            shown = max(shown, len(result.claims))
    if isinstance(result, Answer):
        _print_below(console, result)
    elif result is not None:
        _print_refusal(console, result)
    console.print()


def _print_claims(console: Console, answer: Answer, shown: int) -> None:
    """The claims after the first `shown`; before the first of all, what corrects the question."""
    for note in () if shown else answer.notes:
        if note.holds is False:
            console.print(_note(note), "\n")
    documents = {c.n: c.document for c in answer.citations}
    cited = [documents.get(claim.citations[0]) if claim.citations else None for claim in answer.claims]
    for i, claim in enumerate(answer.claims[shown:], start=shown):
        if i and cited[i - 1] not in (None, cited[i]):
            console.print()
        console.print(_claim(claim))


def _print_below(console: Console, answer: Answer) -> None:
    for note in answer.notes:
        if note.holds is not False:
            console.print("\n", _note(note), sep="")
    console.print()
    for citation in answer.citations:
        console.print(_citation(citation))
    if answer.struck:
        console.print(Text("\nStruck, because the sources do not bear it out:", style="dim"))
    for claim in answer.struck:
        console.print(Text.assemble((claim.text, "strike"), _why_struck(claim), style="dim"))


def _print_refusal(console: Console, refusal: Refusal) -> None:
    console.print(Text(refusal_text(refusal), style="bold yellow"))
    if refusal.nearest:
        console.print("\nThe nearest passages:\n")
    for citation in refusal.nearest:
        console.print(Padding(Text(f"“{citation.quote}”"), (0, 0, 0, 2)))
        console.print(Padding(_citation(citation), (0, 0, 1, 2)))


def _claim(claim: Claim) -> Text:
    mark, colour = _MARKS[claim.verdict]
    text = Text.assemble((f"{mark} ", colour), claim.text)
    if claim.short_answer:
        start, end = claim.short_answer
        text.stylize("bold underline", start + 2, end + 2)
    text.append("".join(f" [{n}]" for n in claim.citations), style="cyan")
    for check in claim.checks:
        text.append(f"  ({check.name}: {check.claim} / {check.source})", style="dim")
    return text


def _why_struck(claim: Claim) -> str:
    said = [f"{c.name}: {c.claim}" + (f" / {c.source}" if c.source else "") for c in claim.checks]
    verdict = "contradicted" if claim.verdict is Verdict.CONTRADICTED else "not found"
    return f"  ({'; '.join([verdict, *said])})" + "".join(f" [{n}]" for n in claim.citations)


def _note(note: Note) -> Text:
    label = {
        NoteKind.PREMISE: "Premise holds" if note.holds else "Premise corrected",
        NoteKind.DISAGREEMENT: "Sources disagree",
        NoteKind.CAUTION: "Caution",
    }[note.kind]
    colour = "green" if note.holds else "yellow"
    cited = "".join(f" [{n}]" for n in note.citations)
    return Text.assemble((f"{label}: ", f"bold {colour}"), note.text, (cited, "cyan"))


def _citation(citation: Citation) -> Text:
    text = Text.assemble((f"[{citation.n}] ", "cyan"), reference(citation))
    text.append(f"  {citation.document} {citation.start}:{citation.end}", style="dim")
    for source in citation.sources:
        parts = ", ".join(filter(None, [source.title, source.publisher, source.date]))
        text.append(f"\n      citing {source.label}: {parts}", style="dim")
    return text


def print_hits(hits: Evidence, documents: Mapping[str, Document]) -> None:
    console = _console()
    for hit in hits:
        document = documents[hit.chunk.document]
        place = [document.section_label(hit.chunk.start), _page(document.page_at(hit.chunk.start))]
        head = Text.assemble((f"{hit.rank:>2}. ", "cyan"), (document.metadata.title, "bold"))
        head.append("".join(f" · {part}" for part in place if part))
        head.append(f"  {hit.chunk.document} {hit.chunk.start}:{hit.chunk.end}", style="dim")
        head.append(f"  {hit.score:.3f}", style="dim")
        console.print(head)
        console.print(Padding(Text(hit.chunk.text), (0, 0, 1, 4)))
    if not hits:
        console.print("Nothing found.")


def print_document(document: Document, citation: Citation | None) -> None:
    console = _console()
    meta = document.metadata
    head = [meta.author, meta.date, meta.type, ", ".join(meta.jurisdictions)]
    console.print(Text(meta.title, style="bold"))
    console.print(Text(" · ".join(part for part in head if part), style="dim"), "\n")
    if citation is None:
        console.print(Text(document.text))
        return
    start, end = max(0, citation.start - _CONTEXT), min(len(document.text), citation.end + _CONTEXT)
    shown = Text.assemble(
        ("…" if start else "", "dim"),
        document.text[start : citation.start],
        (citation.quote, "bold reverse"),
        document.text[citation.end : end],
        ("…" if end < len(document.text) else "", "dim"),
    )
    place = [citation.section, _page(citation.page), f"characters {citation.start}:{citation.end}"]
    console.print(Text(" · ".join(part for part in place if part), style="cyan"), "\n")
    console.print(shown)


def print_timeline(lines: Sequence[Line]) -> None:
    """A table of date, statement and place; the words that give the date stand out."""
    console = _console()
    if not lines:
        console.print("No dated sentence found.")
        return
    table = Table(box=None, pad_edge=False, header_style="dim", show_lines=False, padding=(0, 2, 1, 0))
    table.add_column("date", no_wrap=True)
    table.add_column("statement", ratio=3)
    table.add_column("document", ratio=2)
    for line in lines:
        table.add_row(_when(line), _statement(line), _place_of(line.citation))
    console.print(table)
    console.print(Text(f"{len(lines)} dated statements", style="dim"))


def _when(line: Line) -> Text:
    """The days at the precision that is known: "1995", "2007-10", "2023-06-12 – 2023-06-13"."""
    size = {Precision.DAY: 10, Precision.MONTH: 7, Precision.PART: 7}.get(line.span.precision, 4)
    ends = dict.fromkeys(day.isoformat()[:size] for day in (line.span.first, line.span.last))
    text = Text(f"{line.bound.value} " if line.bound else "", style="dim")
    text.append("\n– ".join(ends), style="bold cyan" if line.role is Role.EVENT else "cyan")
    if line.role is Role.SOURCE:
        text.append("\nsource’s date", style="dim")
    return text


def _statement(line: Line) -> Text:
    text = Text(line.text)
    text.stylize("bold", line.span.end - len(line.written), line.span.end)
    if line.disagreement:
        text.append("  (sources disagree)", style="yellow")
    return text


def _place_of(citation: Citation) -> Text:
    place = filter(None, [citation.title, citation.section, _page(citation.page)])
    return Text.assemble(" · ".join(place), (f"\n{citation.document} {citation.start}:{citation.end}", "dim"))


def print_report(report: IndexReport, directory: Path) -> None:
    console = _console()
    for label, paths in (("added", report.added), ("changed", report.changed), ("dropped", report.dropped)):
        _print_paths(console, label, paths)
    _print_paths(console, "renamed", tuple(f"{old} → {new}" for old, new in report.renamed))
    _print_paths(
        console, "same as another", tuple(f"{copy} = {original}" for copy, original in report.duplicates)
    )
    for skipped in report.skipped:
        console.print(Text.assemble(("skipped ", "yellow"), skipped.path, (f"  {skipped.reason}", "dim")))
    counts = {
        "added": report.added, "changed": report.changed, "unchanged": report.unchanged, "renamed": report.renamed,
        "dropped": report.dropped, "duplicates": report.duplicates, "skipped": report.skipped,
    }  # fmt: skip
    said = ", ".join(f"{len(items)} {name}" for name, items in counts.items() if items) or "nothing to do"
    console.print(
        f"[bold]{escape(str(directory))}[/]: {said}; {report.chunks_embedded} chunks embedded; generation {report.generation}"
    )


def print_status(found: dict[str, Any]) -> None:
    console = _console()
    info = found["index"]
    console.print(
        f"[bold]{escape(found['directory'])}[/]: {len(found['documents'])} documents, {info['chunks']} chunks, "
        f"generation {info['generation']}, {info['embedding_model']}"
    )
    table = Table("", "documents", box=None, pad_edge=False, header_style="dim")
    for name in ("types", "jurisdictions", "years"):
        for value, count in found[name].items():
            table.add_row(Text.assemble((f"{name[:-1]} ", "dim"), value), str(count))
    console.print(table)
    for skipped in found["skipped"]:
        console.print(
            Text.assemble(("skipped ", "yellow"), skipped["path"], (f"  {skipped['reason']}", "dim"))
        )


def status_json(index: Index, directory: Path) -> dict[str, Any]:
    documents, info = index.documents(), index.info()
    metadata = [d.metadata for d in documents]
    return {
        "directory": str(directory),
        "index": {
            "generation": info.generation,
            "embedding_model": info.embedding_model,
            "chunks": info.chunks,
        },
        "documents": [
            {
                "document": d.path,
                "title": d.metadata.title,
                "type": d.metadata.type,
                "date": d.metadata.date,
                "jurisdictions": list(d.metadata.jurisdictions),
                "pages": d.pages,
                "chunks": d.chunks,
                "inferred": sorted(d.metadata.inferred),
            }
            for d in documents
        ],
        "types": _counted(m.type or "unknown" for m in metadata),
        "jurisdictions": _counted(j for m in metadata for j in m.jurisdictions),
        "years": _counted((m.date or "undated")[:4] if m.date else "undated" for m in metadata),
        "skipped": [{"path": s.path, "reason": s.reason} for s in index.skipped()],
    }


def report_json(report: IndexReport) -> dict[str, Any]:
    return {
        "added": list(report.added),
        "changed": list(report.changed),
        "unchanged": list(report.unchanged),
        "renamed": [{"from": old, "to": new} for old, new in report.renamed],
        "dropped": list(report.dropped),
        "duplicates": [{"document": copy, "same_as": original} for copy, original in report.duplicates],
        "skipped": [{"path": s.path, "reason": s.reason} for s in report.skipped],
        "chunks_embedded": report.chunks_embedded,
        "generation": report.generation,
    }


def document_json(document: Document) -> dict[str, Any]:
    meta = document.metadata
    return {
        "document": document.path,
        "title": meta.title,
        "author": meta.author,
        "date": meta.date,
        "type": meta.type,
        "jurisdictions": list(meta.jurisdictions),
        "topics": list(meta.topics),
        "inferred": sorted(meta.inferred),
        "pages": [{"number": p.number, "start": p.start, "end": p.end} for p in document.pages],
        "sections": [
            {"path": list(s.path), "number": s.number, "start": s.start, "end": s.end}
            for s in document.sections
        ],
        "text": document.text,
    }


@contextmanager
def indexing_progress(*, quiet: bool) -> Iterator[Callable[[IndexProgress], None] | None]:
    """A progress bar on standard error; none where nobody watches."""
    console = Console(stderr=True)
    if quiet or not console.is_terminal:
        yield None
        return
    columns = (
        TextColumn("indexing"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[rate]}"),
        TextColumn("{task.fields[path]}"),
    )
    began = perf_counter()
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=None, path="", rate="")

        def told(step: IndexProgress) -> None:
            rate = f"{step.chunks / (perf_counter() - began):.0f} passages/s" if step.chunks else ""
            bar.update(task, total=step.total, completed=step.done, path=step.path[-60:], rate=rate)

        yield told


def _print_paths(console: Console, label: str, paths: tuple[str, ...]) -> None:
    for path in paths[:_SHOWN]:
        console.print(Text.assemble((f"{label} ", "green"), path))
    if len(paths) > _SHOWN:
        console.print(Text(f"{label} {len(paths) - _SHOWN} more", style="dim"))


def _counted(values: Iterator[str]) -> dict[str, int]:
    return dict(Counter(values).most_common())


def _page(number: int | None) -> str | None:
    return f"p. {number}" if number else None


def _console() -> Console:
    return Console(highlight=False, soft_wrap=False)
