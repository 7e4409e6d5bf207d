"""The assistant under evaluation: opened on an index, asked case by case, described for the record."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from evals.cases import Case, TextOf
from evals.run import Ask
from rag.types import Embedder


@dataclass(frozen=True, slots=True)
class Subject:
    """`config`, `models`, `corpus_hash` and `generation` are what the run record says of it."""

    ask: Ask
    text_of: TextOf
    embedder: Embedder
    config: Mapping[str, str]
    models: Mapping[str, str]
    corpus_hash: str
    generation: int


@contextmanager
def open_subject(
    index: Path | None, settings: Mapping[str, object], chat_model: str | None = None
) -> Iterator[Subject]:
    """The assistant on that index, in write mode with a chat model; `settings` as in rag.config.Settings.
    Raises IndexStateError, UsageError, ModelError.

    Questions run side by side, so each gets one core: with more threads than cores, one question's
    embedding takes ten times as long.
    """
    import torch

    from rag.assistant import Assistant
    from rag.citations import as_json

    torch.set_num_threads(1)
    with Assistant.open(index, chat_model, **settings) as assistant:
        summaries = assistant.index.documents()
        known = {summary.path for summary in summaries}

        @cache
        def text_of(path: str) -> str | None:
            return assistant.index.document(path).text if path in known else None

        def ask(case: Case) -> Mapping[str, Any]:
            return as_json(assistant.ask(case.question, case.history), id=case.id)

        assistant.embedder.embed_query("warm up")
        yield Subject(
            ask=ask,
            text_of=text_of,
            embedder=assistant.embedder,
            config=_config(assistant.settings.model_dump(mode="json")),
            models={assistant.embedder.name: assistant.embedder.fingerprint},
            corpus_hash=_corpus_hash((summary.path, summary.content_hash) for summary in summaries),
            generation=assistant.index.info().generation,
        )


def _config(settings: Mapping[str, object]) -> dict[str, str]:
    """Settings that can change an answer: where the index lies cannot."""
    return {name: str(value) for name, value in sorted(settings.items()) if name != "index"}


def _corpus_hash(documents: Iterator[tuple[str, str]]) -> str:
    listing = "\n".join(f"{content} {path}" for path, content in sorted(documents))
    return hashlib.sha256(listing.encode()).hexdigest()
