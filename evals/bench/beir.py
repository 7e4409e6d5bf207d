"""Data sets in BEIR layout: corpus.jsonl(.gz), queries.jsonl(.gz), qrels.tsv."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rag.errors import UsageError
from rag.types import Document, Metadata


@dataclass(frozen=True, slots=True)
class Query:
    """`grades` maps corpus ids to relevance above 0; empty for a question without an answer there."""

    id: str
    text: str
    grades: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class BeirSet:
    name: str
    documents: tuple[Document, ...]
    queries: tuple[Query, ...]


def load_beir(folder: Path) -> BeirSet:
    """Raises UsageError naming the file that is missing or the line that is wrong."""
    grades = _read_qrels(folder / "qrels.tsv")
    queries = tuple(
        Query(str(row["_id"]), str(row["text"]), grades.get(str(row["_id"]), {}))
        for row in read_json_lines(_either(folder, "queries.jsonl"), ("_id", "text"))
    )
    documents = tuple(
        _document(row) for row in read_json_lines(_either(folder, "corpus.jsonl"), ("_id", "text"))
    )
    return BeirSet(folder.name, documents, queries)


def read_json_lines(path: Path, required: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    """The objects of a .jsonl or .jsonl.gz file; each must hold the required fields."""
    open_text = gzip.open if path.suffix == ".gz" else open
    with open_text(path, "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            if line.strip():
                yield _row(line, f"{path}, line {number}", required)


def _row(line: str, where: str, required: tuple[str, ...]) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except json.JSONDecodeError as error:
        raise UsageError(f"{where}: not JSON ({error.msg}); fix that line.") from error
    missing = [name for name in required if not isinstance(row, dict) or name not in row]
    if missing:
        raise UsageError(f"{where}: field {missing[0]} is missing; every line needs {', '.join(required)}.")
    return dict(row)


def _either(folder: Path, name: str) -> Path:
    for path in (folder / name, folder / f"{name}.gz"):
        if path.is_file():
            return path
    raise UsageError(f"{folder} has no {name} or {name}.gz: give a folder in BEIR layout.")


def _read_qrels(path: Path) -> dict[str, dict[str, float]]:
    if not path.is_file():
        raise UsageError(f"{path.parent} has no qrels.tsv: give a folder in BEIR layout.")
    grades: dict[str, dict[str, float]] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        parts = line.split("\t")
        if number == 1 and parts[-1] == "score":
            continue
        if len(parts) != 3:
            raise UsageError(f"{path}, line {number}: expected query-id, corpus-id, score between tabs.")
        if float(parts[2]) > 0:
            grades.setdefault(parts[0], {})[parts[1]] = float(parts[2])
    return grades


def _document(row: Mapping[str, Any]) -> Document:
    """One corpus row as one document; an empty text, which nothing can find, becomes its title."""
    title, text = str(row.get("title") or ""), str(row["text"])
    shown = text if text.strip() else title or "-"
    digest = hashlib.sha256(f"{title}\n{text}".encode()).hexdigest()
    return Document(str(row["_id"]), shown, Metadata(title=title), digest)
