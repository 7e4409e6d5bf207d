"""Files, folders and addresses → an index that holds them as they are now, and a report.

Only what changed is parsed, and only texts that were never embedded are embedded. Work is committed in
small batches, so that a run that is killed loses one batch and the next one continues.
"""

from __future__ import annotations

import os
import shutil
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

from rag.bfloat16 import Precision
from rag.changes import Change, Plan, Task, moved_roots, plan
from rag.database import remove_log, writer_lock
from rag.documents import Limits, Reader
from rag.embedding import for_run
from rag.entries import Draft, draft, embed
from rag.errors import DocumentError, IndexDamaged, IndexMismatch, IndexMissing, IndexTooNew
from rag.index import Index
from rag.schema import DATABASE, is_foreign
from rag.sources import Found, check_sources, exists, find_sources
from rag.types import Document, Embedder, IndexReport, Skipped
from rag.vectors import vectors_file
from rag.writing import Location

BATCH_DOCUMENTS = 64
BATCH_CHUNKS = 256
READ_AHEAD = 8
"""Documents that are read and cut into chunks while those before them are embedded."""
_REBUILD = ".rebuild"


@dataclass(frozen=True, slots=True)
class IndexProgress:
    """`done` of `total` documents that need work; `path` is the one just read, `chunks` have been embedded."""

    path: str
    done: int
    total: int
    chunks: int = 0


Progress = Callable[[IndexProgress], None]


def update_index(
    directory: Path | str,
    sources: Sequence[str],
    embedder: Embedder,
    limits: Limits | None = None,
    chunk_tokens: int = 200,
    *,
    rebuild: bool = False,
    progress: Progress | None = None,
    precision: Precision = Precision.AUTO,
) -> IndexReport:
    """Bring the index up to date with the sources: files, folders, http(s) addresses.

    Without sources, with those that the index was built from. Documents of other sources are left
    alone, except that `rebuild` makes an index of these sources only, beside the old one, which
    can be read until the new one takes its place. A file that cannot be read is skipped, never the run.

    Raises UsageError for a source that is not there, IndexBusy, IndexMismatch, IndexDamaged, IndexTooNew.
    """
    directory = Path(directory)
    run = _Run(embedder, limits or Limits(), chunk_tokens, progress, precision)
    if rebuild:
        return _rebuild(directory, sources, run)
    if (directory / DATABASE).exists():
        index = Index.open(directory, read_only=False)
    else:
        check_sources(sources)
        index = Index.create(directory, embedder, chunk_tokens)
    with index:
        shutil.rmtree(directory / _REBUILD, ignore_errors=True)
        _check_settings(index, run)
        report = _update(index, find_sources(sources, index.locations(), run.limits, directory), run)
        index.save_vectors()
        return report


@dataclass(frozen=True, slots=True)
class _Run:
    embedder: Embedder
    limits: Limits
    chunk_tokens: int
    progress: Progress | None
    precision: Precision


@dataclass(slots=True)
class _Done:
    """What the run has done so far; `heirs` are the copies of each document, by its path."""

    heirs: dict[str, list[Location]]
    tasks: list[Task] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    chunks_embedded: int = 0


def _update(index: Index, found: Found, run: _Run) -> IndexReport:
    moved = moved_roots(found.files, index.locations(), exists)
    if moved:
        index.relocate(moved)
    todo = plan(found.files, index.locations(), index.copies(), found.covers)
    if todo.dropped:
        index.commit(drop=todo.dropped)
    done = _carry_out(index, todo, found, run)
    copies = sorted((copy for heirs in done.heirs.values() for copy in heirs), key=lambda copy: copy.path)
    done.skipped = sorted([*found.unreachable, *done.skipped], key=lambda skipped: skipped.path)
    if (copies, done.skipped) != (index.copies(), index.skipped()):
        index.record(copies, done.skipped)
    return _report(todo, done, found, index.meta.generation)


def _carry_out(index: Index, todo: Plan, found: Found, run: _Run) -> _Done:
    done = _Done(heirs=_heirs(todo))
    queue = deque(todo.tasks)
    embedder = for_run(run.embedder, run.precision, sum(_size(task.location, found) for task in queue))
    batch: list[tuple[Task, Draft]] = []
    with _Ahead(queue, found, run) as ahead:
        for i, (task, drafted) in enumerate(ahead, 1):
            try:
                batch.append((task, drafted.result()))
            except DocumentError as error:
                queue.extend(_give_up(index, task, error, done))
            if len(batch) >= BATCH_DOCUMENTS or sum(len(d.chunks) for _, d in batch) >= BATCH_CHUNKS:
                _commit(index, batch, embedder, done)
                batch = []
            if run.progress:
                run.progress(IndexProgress(task.location.path, i, i + ahead.left, done.chunks_embedded))
    _commit(index, batch, embedder, done)
    return done


class _Ahead:
    """The tasks of a queue in their order, each with its draft or the DocumentError that it met; at most
    READ_AHEAD are begun before they are asked for, by one thread, and the queue may grow meanwhile."""

    def __init__(self, queue: deque[Task], found: Found, run: _Run) -> None:
        self._queue = queue
        self._found = found
        self._run = run
        self._begun: deque[tuple[Task, Future[Draft]]] = deque()

    def __enter__(self) -> _Ahead:
        with ExitStack() as stack:
            self._reader = stack.enter_context(Reader(self._run.limits))
            self._thread = ThreadPoolExecutor(1, "reading")
            stack.callback(self._thread.shutdown, cancel_futures=True)
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def __iter__(self) -> Iterator[tuple[Task, Future[Draft]]]:
        while self.left:
            while self._queue and len(self._begun) < READ_AHEAD:
                task = self._queue.popleft()
                self._begun.append((task, self._thread.submit(self._draft, task.location)))
            yield self._begun.popleft()

    @property
    def left(self) -> int:
        return len(self._queue) + len(self._begun)

    def _draft(self, location: Location) -> Draft:
        document = _read(location, self._found, self._reader)
        return draft(document, self._run.embedder, self._run.chunk_tokens)


def _heirs(todo: Plan) -> dict[str, list[Location]]:
    heirs: dict[str, list[Location]] = {}
    for copy, original in todo.copies:
        heirs.setdefault(original, []).append(copy)
    return heirs


def _give_up(index: Index, task: Task, error: DocumentError, done: _Done) -> list[Task]:
    """Skip a file, drop what it was before, and try its first copy instead."""
    done.skipped.append(Skipped(task.location.path, str(error)))
    if task.replaces:
        index.commit(drop=[task.replaces])
        done.lost.append(task.replaces)
    heirs = done.heirs.pop(task.location.path, [])
    if heirs:
        done.heirs[heirs[0].path] = heirs[1:]
    return [Task(heir, Change.ADDED) for heir in heirs[:1]]


def _commit(index: Index, batch: Sequence[tuple[Task, Draft]], embedder: Embedder, done: _Done) -> None:
    entries, embedded = embed([d for _, d in batch], embedder, index.known_vectors)
    index.commit(
        add=[
            replace(
                entry,
                root=task.location.root,
                relative=task.location.relative,
                sidecar_hash=task.location.sidecar_hash,
            )
            for entry, (task, _) in zip(entries, batch, strict=True)
        ],
        drop=[task.replaces for task, _ in batch if task.replaces],
    )
    done.tasks += [task for task, _ in batch]
    done.chunks_embedded += embedded


def _size(location: Location, found: Found) -> int:
    """Bytes, about as many as the document has characters; 0 where it cannot be looked at."""
    if location.place in found.fetched:
        return len(found.fetched[location.place].text)
    try:
        return Path(location.place).stat().st_size
    except OSError:
        return 0


def _read(location: Location, found: Found, reader: Reader) -> Document:
    if location.place in found.fetched:
        return replace(found.fetched[location.place], path=location.path)
    return reader.read(Path(location.place), location.path)


def _report(todo: Plan, done: _Done, found: Found, generation: int) -> IndexReport:
    def paths(change: Change) -> tuple[str, ...]:
        return tuple(task.location.path for task in done.tasks if task.change is change)

    return IndexReport(
        added=paths(Change.ADDED),
        changed=paths(Change.CHANGED),
        unchanged=todo.unchanged,
        renamed=tuple((t.replaces or "", t.location.path) for t in done.tasks if t.change is Change.RENAMED),
        dropped=(*todo.dropped, *done.lost),
        duplicates=tuple(
            (copy.path, original)
            for original, copies in done.heirs.items()
            for copy in copies
            if found.covers(copy)
        ),
        skipped=tuple(done.skipped),
        chunks_embedded=done.chunks_embedded,
        generation=generation,
    )


def _rebuild(directory: Path, sources: Sequence[str], run: _Run) -> IndexReport:
    directory.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        old = _old_index(directory, stack)
        found = find_sources(sources, old.locations() if old else [], run.limits, directory)
        workshop = directory / _REBUILD
        shutil.rmtree(workshop, ignore_errors=True)
        stack.callback(shutil.rmtree, workshop, ignore_errors=True)
        before = {location.path for location in old.locations()} if old else set()
        with Index.create(workshop, run.embedder, run.chunk_tokens) as fresh:
            report = _update(fresh, found, run)
            if old is None:
                fresh.save_vectors()
            else:
                old.replace_with(fresh)
                old.save_vectors()
                report = replace(report, generation=old.meta.generation)
        if old is None:
            remove_log(directory)
            for path in (vectors_file(workshop, report.generation), workshop / DATABASE):
                os.replace(path, directory / path.name)
        return replace(report, dropped=tuple(sorted(before.difference(report.added))))


def _old_index(directory: Path, stack: ExitStack) -> Index | None:
    """The index that is there, open for writing, or None (and the directory locked) if it is no use."""
    try:
        with ExitStack() as attempt:
            index = attempt.enter_context(Index.open(directory, read_only=False))
            index.verify()
            stack.push(attempt.pop_all())
            return index
    except (IndexMissing, IndexDamaged, IndexTooNew):
        if is_foreign(directory / DATABASE):
            raise
        stack.enter_context(writer_lock(directory))
        return None


def _check_settings(index: Index, run: _Run) -> None:
    index.check_embedder(run.embedder)
    if index.meta.chunk_tokens != run.chunk_tokens:
        raise IndexMismatch(
            f"The index at {index.directory} has chunks of about {index.meta.chunk_tokens} word pieces, "
            f"{run.chunk_tokens} were asked for: run `rag index --rebuild`, or leave the setting as it was."
        )
