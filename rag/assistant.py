"""Assistant.ask(): every stage once, in order, as a LangChain Runnable."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from time import perf_counter
from typing import Any, TypedDict

from langchain_core.runnables import Runnable, RunnableConfig, RunnableLambda

from rag.answering import Draft, quote
from rag.config import Settings, load_settings
from rag.conversation import standalone
from rag.embedding import load_embedder
from rag.errors import UsageError
from rag.index import Index
from rag.reranking import Reading, read
from rag.retrieval import bm25_ranking, hits, retrieve
from rag.types import Answer, Embedder, Evidence, Filters, Mode, Refusal, Retriever, Timings, Turn

POOL = 30
"""Chunks that are read sentence by sentence."""
MAX_QUESTION = 4_000
"""Characters of a question; a longer one is a document by mistake."""


class Ask(TypedDict, total=False):
    """The Runnable's input. A plain string is a question alone."""

    question: str
    history: Sequence[Turn]
    filters: Filters | None


class Assistant(Runnable[str | Ask, Answer | Refusal]):
    """Answers questions from one index. Safe to share between threads."""

    def __init__(self, index: Index, embedder: Embedder, settings: Settings) -> None:
        self.index = index
        self.embedder = embedder
        self.settings = settings

    @classmethod
    def open(cls, index: Path | str | None = None, **settings: object) -> Assistant:
        """Open an index directory for questions; settings as in rag.config.Settings.

        Raises IndexStateError (missing, damaged, of another model) and UsageError (bad settings).
        """
        chosen = load_settings(index=index, **settings)
        opened = Index.open(chosen.index)
        embedder = load_embedder(opened.info().embedding_model, allow_download=chosen.allow_download)
        opened.check_embedder(embedder)
        return cls(opened, embedder, chosen)

    def close(self) -> None:
        self.index.close()

    def __enter__(self) -> Assistant:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def ask(
        self, question: str, history: Sequence[Turn] = (), filters: Filters | None = None
    ) -> Answer | Refusal:
        """The answer to one question. Raises UsageError for an empty or overlong one."""
        return self.invoke({"question": question, "history": history, "filters": filters})

    def ask_stream(
        self, question: str, history: Sequence[Turn] = (), filters: Filters | None = None
    ) -> Iterator[Answer | Refusal]:
        """The answer as it grows: each item holds one more claim, the last one is whole."""
        yield from self.stream({"question": question, "history": history, "filters": filters})

    def search(
        self,
        query: str,
        k: int = 10,
        filters: Filters | None = None,
        retriever: Retriever = Retriever.RERANKED,
    ) -> Evidence:
        """The k best passages by one retriever, without an answer. Raises UsageError for an empty query."""
        query = _as_ask(query)["question"]
        self.index.refresh()
        if retriever is Retriever.BM25:
            return hits(self.index, bm25_ranking(self.index, query, k, filters), retriever)
        vector = self.embedder.embed_query(query)
        if retriever is Retriever.DENSE:
            return hits(self.index, self.index.dense(vector, k, filters), retriever)
        pool = retrieve(self.index, vector, query, max(k, POOL), filters)
        if retriever is Retriever.FUSED:
            return pool[:k]
        return read(self.index, query, "", vector, pool, k).evidence[:k]

    def invoke(
        self, input: str | Ask, config: RunnableConfig | None = None, **kwargs: Any
    ) -> Answer | Refusal:
        return self._chain().invoke(_as_ask(input), config, **kwargs)

    def stream(
        self, input: str | Ask, config: RunnableConfig | None = None, **kwargs: Any | None
    ) -> Iterator[Answer | Refusal]:
        whole = self.invoke(input, config, **kwargs)
        if isinstance(whole, Answer):
            for n in range(1, len(whole.claims)):
                yield replace(whole, claims=whole.claims[:n])
        yield whole

    def _chain(self) -> Runnable[Ask, Answer | Refusal]:
        return RunnableLambda(self._retrieve, name="retrieve") | RunnableLambda(self._answer, name="answer")

    def read(self, question: str, history: Sequence[Turn] = (), filters: Filters | None = None) -> Reading:
        """The evidence for a question, read sentence by sentence, before anything is answered."""
        ask: Ask = {"question": question, "history": history, "filters": filters}
        return self._retrieve(_as_ask(ask))[2]

    def _retrieve(self, ask: Ask) -> tuple[str, str, Reading, float]:
        started = perf_counter()
        self.index.refresh()
        question, topic = standalone(ask["question"], ask.get("history", ()))
        whole = f"{question} {topic}".strip()
        query = self.embedder.embed_query(whole)
        filters = ask.get("filters")
        pool = retrieve(self.index, query, whole, POOL, filters)
        reading = read(self.index, question, topic, query, pool, self.settings.passages, filters)
        return question, topic, reading, _since(started)

    def _answer(self, found: tuple[str, str, Reading, float]) -> Answer | Refusal:
        question, topic, reading, spent = found
        started = perf_counter()
        draft = quote(self.index, reading, self.settings.strictness)
        timings = Timings(spent, _since(started))
        whole = f"{question} (about: {topic})" if topic else question
        return self._result(question, whole, draft, reading.evidence, timings)

    def _result(
        self, question: str, standalone: str, draft: Draft, evidence: Evidence, timings: Timings
    ) -> Answer | Refusal:
        info = self.index.info()
        common = (draft.notes, evidence, timings, info, draft.confidence)
        if draft.claims:
            return Answer(question, standalone, Mode.QUOTE, draft.claims, draft.citations, *common)
        return Refusal(question, standalone, Mode.QUOTE, draft.citations, draft.missing, *common)


def _as_ask(input: str | Ask) -> Ask:
    ask: Ask = {"question": input} if isinstance(input, str) else input
    question = ask.get("question", "").strip()
    if not question:
        raise UsageError("The question is empty: type one, such as “Why did QTTA usage take 28 years?”")
    if any("\ud800" <= character <= "\udfff" for character in question):
        raise UsageError("The question is not text in Unicode: set the terminal to UTF-8 and type it again")
    if len(question) > MAX_QUESTION:
        raise UsageError(
            f"The question has {len(question)} characters, more than {MAX_QUESTION}: "
            "shorten it, or index it as a document"
        )
    return {**ask, "question": question}


def _since(started: float) -> float:
    return (perf_counter() - started) * 1000
