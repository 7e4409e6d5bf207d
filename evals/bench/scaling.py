"""Search as the index grows: `python -m evals.bench.scaling --chunks 10000,100000,1000000 --folder build/scaling`.

Passages and questions are real (BEIR folders, --data), the chunks made of them (`scaling_data`). Indexes stay
in the folder, so that a second run measures only. Each size is built and measured in a process of its own.
"""

from __future__ import annotations

import resource
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from time import perf_counter
from typing import TypeVar

import click
import numpy as np
from numpy.typing import NDArray

from evals.bench.beir import load_beir
from evals.bench.scaling_data import build, seeds
from rag.clustered import Recall
from rag.embedding import load_embedder
from rag.index import Index
from rag.retrieval import DEPTH, bm25_ranking, retrieve
from rag.types import Embedder, Filters, Vectors
from rag.vectors import Ids

T = TypeVar("T")
STAGES = ("embed", "dense", "BM25", "total", "filtered")
_FILTER = Filters(types=("law",), date_from="2010")
"""Passed by about one chunk in eleven."""
_K = 10
_BM25_DEPTH = 400
_READ = 8192


@dataclass(frozen=True, slots=True)
class Built:
    """Seconds to write the text and vectors, and to build the vector file; the most memory either took (MB)."""

    written: float
    derived: float
    peak: float


@dataclass(frozen=True, slots=True)
class Measured:
    """One size. Times in milliseconds, (median, 95th percentile) by stage; sizes in MB.

    `opened` is opening the index and answering a first question, the embedding model being loaded. `memory` is the
    process's after all questions, `own` that part of it which is not of mapped files. recall_10, recall_100 and
    filtered_10 are of exact search, by the questions.
    """

    chunks: int
    database: float
    vector_file: float
    opened: float
    times: dict[str, tuple[float, float]]
    memory: float
    own: float
    recall_10: float
    recall_100: float
    filtered_10: float
    stored: Recall | None


@click.command()
@click.option("--chunks", default="10000,100000", show_default=True, help="Sizes, between commas.")
@click.option("--folder", default="build/scaling", show_default=True, type=click.Path(path_type=Path))
@click.option("--data", multiple=True, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--questions", default=200, show_default=True)
def main(chunks: str, folder: Path, data: tuple[Path, ...], questions: int) -> None:
    """Build what is missing, then measure; one table."""
    for size in map(int, chunks.split(",")):
        built = _apart(_build_size, size, folder, data)
        measured = _apart(_measure_size, size, folder, data, questions)
        if built:
            click.echo(
                f"{size}: written in {built.written:.0f} s, vector file in {built.derived:.1f} s, "
                f"at most {built.peak:.0f} MB"
            )
        for line in lines(measured):
            click.echo(line)


def lines(one: Measured) -> list[str]:
    times = ", ".join(f"{name} {p50:.1f}/{p95:.1f}" for name, (p50, p95) in one.times.items())
    stored = f"{one.stored.at_10:.3f}/{one.stored.at_100:.3f}" if one.stored else "exact"
    probes = f", {one.stored.probes} of {one.stored.clusters} clusters" if one.stored else ""
    return [
        f"{one.chunks}: database {one.database:.0f} MB, vector file {one.vector_file:.0f} MB; "
        f"open and first question {one.opened:.0f} ms; memory {one.memory:.0f} MB ({one.own:.0f} its own)",
        f"  ms p50/p95: {times}",
        f"  recall@10/@100 {one.recall_10:.3f}/{one.recall_100:.3f}, filtered @10 {one.filtered_10:.3f}, "
        f"stored {stored}{probes}",
    ]


def measure(index_folder: Path, embedder: Embedder, questions: Sequence[str]) -> Measured:
    embedder.embed_query("warm")
    began = perf_counter()
    with Index.open(index_folder) as index:
        retrieve(index, embedder.embed_query(questions[0]), questions[0], _K)
        opened = _since(began)
        for _ in range(2):  # the first round warms the caches
            times = _times(index, embedder, questions)
        memory, own = _memory()
        vectors = np.vstack([embedder.embed_query(question) for question in questions])
        return Measured(
            index.chunk_count(),
            _megabytes(index_folder.glob("index.sqlite*")),
            _megabytes(index_folder.glob("vectors-*")),
            opened,
            times,
            memory,
            own,
            *_recalls(index, vectors),
            index.recall(),
        )


def _times(index: Index, embedder: Embedder, questions: Sequence[str]) -> dict[str, tuple[float, float]]:
    spent: dict[str, list[float]] = {name: [] for name in STAGES}
    for question in questions:
        query = embedder.embed_query(question)

        def total(filters: Filters | None, question: str = question) -> None:
            retrieve(index, embedder.embed_query(question), question, _K, filters)

        runs: dict[str, Callable[[], object]] = {
            "embed": partial(embedder.embed_query, question),
            "dense": partial(index.dense, query, DEPTH),
            "BM25": partial(bm25_ranking, index, question, _BM25_DEPTH),
            "total": partial(total, None),
            "filtered": partial(total, _FILTER),
        }
        for name, run in runs.items():
            began = perf_counter()
            run()
            spent[name].append(_since(began))
    return {
        name: (float(np.percentile(all_, 50)), float(np.percentile(all_, 95))) for name, all_ in spent.items()
    }


def _recalls(index: Index, queries: Vectors) -> tuple[float, float, float]:
    """recall@10 and @DEPTH of dense search, recall@10 of filtered dense search."""
    exact, within = (_exact(index, queries, index.passing(only)) for only in (None, _FILTER))
    plain = [[i for i, _ in index.dense(query[None], DEPTH)] for query in queries]
    filtered = [[i for i, _ in index.dense(query[None], _K, _FILTER)] for query in queries]
    return (
        _share([found[:_K] for found in plain], exact[:, :_K]),
        _share(plain, exact),
        _share(filtered, within[:, :_K]),
    )


def _exact(index: Index, queries: Vectors, allowed: Ids | None) -> NDArray[np.int64]:
    """(q, DEPTH) ids, best first."""
    ids = np.array(index.all_chunk_ids()) if allowed is None else allowed
    scores, best = np.zeros((len(queries), 0), np.float32), np.zeros((len(queries), 0), np.int64)
    for at in range(0, len(ids), _READ):
        some = ids[at : at + _READ]
        scores = np.hstack([scores, queries @ index.vectors(some.tolist()).T])
        best = np.hstack([best, np.broadcast_to(some, (len(queries), len(some)))])
        order = np.argsort(-scores, axis=1)[:, :DEPTH]
        scores, best = np.take_along_axis(scores, order, axis=1), np.take_along_axis(best, order, axis=1)
    return best


def _share(found: Sequence[Sequence[int]], exact: NDArray[np.int64]) -> float:
    return float(
        np.mean([len({*a} & {*b.tolist()}) / max(len(b), 1) for a, b in zip(found, exact, strict=True)])
    )


def _apart(work: Callable[..., T], *arguments: object) -> T:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(work, *arguments).result()


def _build_size(size: int, folder: Path, data: Sequence[Path]) -> Built | None:
    """None where it is there already."""
    target = folder / str(size)
    if target.exists():
        return None
    embedder = load_embedder()
    passages = [document.text for one in data for document in load_beir(one).documents]
    real = seeds(passages, embedder, folder, _told)
    draft = target.with_name(f"{size}.unfinished")
    began = perf_counter()
    build(draft, size, real, embedder, _told)
    written, began = perf_counter() - began, perf_counter()
    with Index.open(draft, read_only=False, on_repair=lambda _: None) as index:
        index.save_vectors()
    derived = perf_counter() - began
    draft.rename(target)
    return Built(written, derived, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000)


def _measure_size(size: int, folder: Path, data: Sequence[Path], questions: int) -> Measured:
    asked = [query.text for one in data for query in load_beir(one).queries]
    drawn = np.random.default_rng(1).choice(len(asked), min(questions, len(asked)), replace=False)
    return measure(folder / str(size), load_embedder(), [asked[i] for i in drawn])


def _told(what: str, done: int, total: int) -> None:
    if done % 100_000 < 10_000:
        click.echo(f"{what}: {done} of {total}", err=True)


def _memory() -> tuple[float, float]:
    """MB: resident, and resident without mapped files."""
    fields = dict(line.split(":") for line in Path("/proc/self/status").read_text().splitlines())
    resident, own = (int(fields[name].split()[0]) / 1000 for name in ("VmRSS", "RssAnon"))
    return resident, own


def _megabytes(files: Iterable[Path]) -> float:
    return sum(file.stat().st_size for file in files) / 1e6


def _since(began: float) -> float:
    return 1000 * (perf_counter() - began)


if __name__ == "__main__":
    main()
