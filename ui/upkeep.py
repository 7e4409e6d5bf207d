"""What the Library does to the index: add, remove, read again, rebuild. Each is one run of rag.indexing."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

from rag.config import Settings
from rag.documents import Limits
from rag.fetching import public_only
from rag.index import Index
from rag.indexing import update_index
from rag.sources import note_pasted
from rag.types import Embedder, IndexReport
from ui.library_view import Outcome, Result, outcome_of, report_outcomes
from ui.runs import Told
from ui.uploads import Batch, discard


@dataclass(frozen=True, slots=True)
class Keeping:
    """The index that is looked after, and with what. `uploads` is the folder of added files; `anywhere`
    says that whoever asks may have addresses of the server's own network fetched."""

    index: Path
    uploads: Path
    embedder: Embedder
    settings: Settings
    anywhere: bool = False

    @property
    def limits(self) -> Limits:
        chosen = self.settings
        return Limits(
            max_bytes=chosen.max_file_mb * 1_000_000,
            max_pages=chosen.max_pages,
            max_characters=chosen.max_characters,
            seconds=chosen.max_seconds,
            memory_mb=chosen.max_memory_mb,
        )

    def update(
        self, sources: Sequence[str], tokens: int, told: Told, *, rebuild: bool = False
    ) -> IndexReport:
        """One run of the indexer, from the public web alone unless `anywhere`."""
        with nullcontext() if self.anywhere else public_only():
            return update_index(
                self.index, sources, self.embedder, self.limits, tokens, rebuild=rebuild, progress=told
            )


def add(keeping: Keeping, batch: Batch, told: Told) -> tuple[Outcome, ...]:
    """Indexes what was handed in. A file that did not become a document is not kept; an address is
    remembered as a reader's, unless whoever adds it may name any."""
    outcomes = batch.refused
    sources = [*([str(keeping.uploads)] if batch.files else []), *batch.addresses]
    if not sources:
        return outcomes
    indexed: set[str] = set()
    try:
        with Index.open(keeping.index) as index:
            tokens = index.meta.chunk_tokens
            known = {one.place for one in index.locations()}
        if keeping.anywhere:
            note_pasted(keeping.index, trusted=batch.addresses)
        else:
            note_pasted(keeping.index, [one for one in batch.addresses if one not in known])
        report = keeping.update(sources, tokens, told)
        with Index.open(keeping.index) as index:
            paths = {one.place: one.path for one in index.locations()}
        indexed = {str(saved.path) for saved in batch.files if saved.path.as_posix() in paths}
        handed_in = [
            *((saved.name, saved.path.name, paths.get(saved.path.as_posix())) for saved in batch.files),
            *((address, address, paths.get(address)) for address in batch.addresses),
        ]
        for shown, name, path in handed_in:
            one = outcome_of(name, path, report)
            outcomes += (Outcome(shown, one.result, one.said, one.document),)
    finally:
        discard(saved.path for saved in batch.files if str(saved.path) not in indexed)
    return outcomes


def remove(keeping: Keeping, document: str) -> tuple[Outcome, ...]:
    """Takes a document out of the index; a file that was added here is deleted, any other is left."""
    with Index.open(keeping.index, read_only=False) as index:
        index.document(document)
        place = next((one.place for one in index.locations() if one.path == document), "")
        index.commit(drop=[document])
        index.save_vectors()
    if is_upload(place, keeping.uploads):
        discard([Path(place)])
        return (Outcome(document, Result.REMOVED, "Its file was deleted."),)
    said = f"It stays at {place}; reading the sources again brings it back." if place else ""
    return (Outcome(document, Result.REMOVED, said),)


def read_again(keeping: Keeping, told: Told) -> tuple[Outcome, ...]:
    """Takes up what changed in everything that the index was built from."""
    with Index.open(keeping.index) as index:
        tokens = index.meta.chunk_tokens
    return report_outcomes(keeping.update((), tokens, told))


def rebuild(keeping: Keeping, told: Told) -> tuple[Outcome, ...]:
    """Builds the index afresh of the same sources; the old one answers until the new one is whole."""
    return report_outcomes(keeping.update((), keeping.settings.chunk_tokens, told, rebuild=True))


def is_upload(place: str, uploads: Path) -> bool:
    return bool(place) and Path(place).is_relative_to(uploads) and Path(place) != uploads
