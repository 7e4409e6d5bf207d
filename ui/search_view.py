"""Passages found by several retrievers → one list with the rank that each gave them (pure)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rag.terms import stem, terms, words
from rag.types import Document, Evidence, Hit, Retriever
from ui.links import Place, address
from ui.tables import Cell, Column, Piece, Table, cell, joined

EXPLAINED: Mapping[Retriever, str] = {
    Retriever.RERANKED: "read sentence by sentence",
    Retriever.FUSED: "meaning and words together",
    Retriever.DENSE: "by meaning",
    Retriever.BM25: "by words",
}
"""What each retriever goes by, the best first."""


@dataclass(frozen=True, slots=True)
class Found:
    """A passage with its rank by each retriever that found it; `score` is that of the one it is listed by."""

    hit: Hit
    ranks: Mapping[Retriever, int]

    @property
    def score(self) -> float:
        return self.hit.score


def merged(by_retriever: Mapping[Retriever, Evidence], order: Retriever, k: int) -> list[Found]:
    """The first k hits of one retriever, each with its ranks by all."""
    ranks: dict[int, dict[Retriever, int]] = {}
    for retriever, hits in by_retriever.items():
        for hit in hits:
            ranks.setdefault(hit.chunk_id, {})[retriever] = hit.rank
    return [Found(hit, ranks[hit.chunk_id]) for hit in by_retriever[order][:k]]


def highlighted(text: str, wanted: frozenset[str]) -> tuple[Piece, ...]:
    """The text with the words marked whose term is wanted."""
    pieces: list[Piece] = []
    done = 0
    for word, start, end in words(text):
        if stem(word) in wanted:
            pieces += [Piece(text[done:start]), Piece(text[start:end], "found")]
            done = end
    pieces.append(Piece(text[done:]))
    return tuple(piece for piece in pieces if piece.text)


def wanted_terms(query: str, corrections: Mapping[str, str]) -> frozenset[str]:
    """The terms to mark: those of the query, each misspelt one as it was read."""
    return frozenset(corrections.get(term, term) for term in terms(query))


def read_as(query: str, corrections: Mapping[str, str]) -> str:
    """ "“tajikstan” is in no document: read as “tajik…”", "" where every word was known."""
    typed = {stem(word): query[start:end] for word, start, end in words(query)}
    said = [
        f"“{typed[term]}” is in no document: read as “{meant}…”"
        for term, meant in corrections.items()
        if term in typed
    ]
    return joined(said, "; ")


def results(
    found: Sequence[Found],
    documents: Mapping[str, Document],
    wanted: frozenset[str],
    versions: Mapping[str, str],
) -> Table:
    """`documents` holds those of the passages, `versions` the beginning of each content hash."""
    columns = (
        Column("", "number"),
        Column("Passage", "wide"),
        Column("Source"),
        Column("Found by", "narrow"),
    )
    rows = tuple(
        (
            cell(Piece(str(n), "quiet")),
            Cell((highlighted(one.hit.chunk.text, wanted),), look="quote"),
            _source(one.hit, documents[one.hit.chunk.document], versions),
            cell(*_ranks(one.ranks)),
        )
        for n, one in enumerate(found, start=1)
    )
    return Table("Passages found", columns, rows)


def described(found: Sequence[Found]) -> str:
    """ "10 passages from 4 documents"."""
    documents = len({one.hit.chunk.document for one in found})
    return f"{len(found)} passage{'s' * (len(found) != 1)} from {documents} document{'s' * (documents != 1)}"


def paths(found: Iterable[Found]) -> list[str]:
    return list(dict.fromkeys(one.hit.chunk.document for one in found))


def _source(hit: Hit, document: Document, versions: Mapping[str, str]) -> Cell:
    chunk = hit.chunk
    place = Place(chunk.document, chunk.start, chunk.end, versions.get(chunk.document, ""))
    page = document.page_at(chunk.start)
    section = document.section_label(chunk.start)
    section = section if section != document.metadata.title else None
    return cell(
        Piece(document.metadata.title, link=address(place)),
        Piece(joined((section, f"p. {page}" if page else None, document.metadata.date)), "quiet"),
    )


def _ranks(ranks: Mapping[Retriever, int]) -> list[Piece]:
    return [Piece(f"{one.value} {ranks[one]}", "badge") for one in EXPLAINED if one in ranks]
