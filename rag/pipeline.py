"""ask(): every stage once, in order. No LangChain here: a command that asks one question has no use for it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Self, TypedDict

from rag.answering import Draft, quote, refuse
from rag.chat import Chat, rewritten
from rag.chat_models import open_chat_model
from rag.config import Settings, load_settings
from rag.conversation import standalone
from rag.embedding import load_embedder
from rag.errors import UsageError
from rag.grounding import Verifies
from rag.index import Index
from rag.prompts import recent
from rag.prose import Writer
from rag.reranking import Reading, apart, read
from rag.retrieval import bm25_ranking, hits, retrieve
from rag.support import bundled_support_model
from rag.types import (
    Answer,
    Embedder,
    Evidence,
    Filters,
    Mode,
    Note,
    NoteKind,
    Refusal,
    Retriever,
    Timings,
    Turn,
)

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.runnables import RunnableConfig

    from rag.checking import CheckedText, Progress

POOL = 30
"""Chunks that are read sentence by sentence."""
MAX_QUESTION = 4_000
"""Characters of a question; a longer one is a document by mistake."""


class Ask(TypedDict, total=False):
    """What is asked, and what is known about it."""

    question: str
    history: Sequence[Turn]
    filters: Filters | None
    mode: Mode | None


@dataclass(frozen=True, slots=True)
class Found:
    """What was read for a question; `standalone` is how it was understood, `set_aside` the documents with
    passages that order about how to answer, `spent` in milliseconds."""

    question: str
    standalone: str
    reading: Reading
    mode: Mode
    set_aside: tuple[str, ...]
    spent: float


class Pipeline:
    """Answers questions from one index, in quotes or in a chat model's verified sentences. Safe to share
    between threads."""

    def __init__(
        self,
        index: Index,
        embedder: Embedder,
        settings: Settings,
        chat_model: BaseChatModel | None = None,
        verifier: Verifies | None = None,
    ) -> None:
        self.index = index
        self.embedder = embedder
        self.settings = settings
        self._chat_model = chat_model
        self._verifier = verifier

    @classmethod
    def open(
        cls,
        index: Path | str | None = None,
        chat_model: str | BaseChatModel | None = None,
        **settings: object,
    ) -> Self:
        """Open an index directory for questions; settings as in rag.config.Settings. A chat model, by
        name ("ollama:qwen3:4b") or as an instance, makes it answer in write mode.

        Raises IndexStateError (missing, damaged, of another model), UsageError (bad settings) and
        ModelError (a chat model that cannot be opened).
        """
        named = chat_model if isinstance(chat_model, str) else None
        chosen = load_settings(index=index, chat_model=named, **settings)
        opened = Index.open(chosen.index)
        embedder = load_embedder(opened.info().embedding_model, allow_download=chosen.allow_download)
        opened.check_embedder(embedder)
        bundled_support_model().prepare()
        assistant = cls(opened, embedder, chosen, None if isinstance(chat_model, str) else chat_model)
        if assistant.mode is Mode.WRITE:
            _ = assistant.writer
        return assistant

    def close(self) -> None:
        self.index.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def mode(self) -> Mode:
        """How it answers where a question does not say."""
        has_model = self._chat_model is not None or self.settings.chat_model
        return self.settings.mode or (Mode.WRITE if has_model else Mode.QUOTE)

    @cached_property
    def writer(self) -> Writer:
        """Raises UsageError without a chat model, ModelError for one that cannot be opened."""
        from rag.verification import Verifier

        model = self._chat_model or open_chat_model(self.settings)
        return Writer(model, self._verifier or Verifier(), self.settings)

    def ask(
        self,
        question: str,
        history: Sequence[Turn] = (),
        filters: Filters | None = None,
        mode: Mode | None = None,
    ) -> Answer | Refusal:
        """The answer to one question. Raises UsageError for an empty or overlong one."""
        *_, whole = self.ask_stream(question, history, filters, mode)
        return whole

    def ask_stream(
        self,
        question: str,
        history: Sequence[Turn] = (),
        filters: Filters | None = None,
        mode: Mode | None = None,
    ) -> Iterator[Answer | Refusal]:
        """The answer as it grows: each item holds one more claim, the last one is whole. In write mode
        a claim is there as soon as it is verified; claims and citations once shown stay."""
        ask: Ask = {"question": question, "history": history, "filters": filters, "mode": mode}
        yield from self._results(ask)

    def chat(self, filters: Filters | None = None, mode: Mode | None = None) -> Chat:
        """A conversation: each question is understood by what was said before."""
        return Chat(self, filters, mode)

    def search(
        self,
        query: str,
        k: int = 10,
        filters: Filters | None = None,
        retriever: Retriever = Retriever.RERANKED,
    ) -> Evidence:
        """The k best passages by one retriever, without an answer. Raises UsageError for an empty query."""
        query = as_ask(query)["question"]
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

    def check(
        self, text: str, filters: Filters | None = None, progress: Progress | None = None
    ) -> CheckedText:
        """Every sentence of a text, plain or Markdown, verified against the documents."""
        from rag.checking import check_text
        from rag.verification import Verifier

        return check_text(self, self._verifier or Verifier(), text, filters, progress)

    def read(self, question: str, history: Sequence[Turn] = (), filters: Filters | None = None) -> Reading:
        """The evidence for a question, read sentence by sentence, before anything is answered."""
        ask: Ask = {"question": question, "history": history, "filters": filters}
        return self.retrieve({**as_ask(ask), "mode": Mode.QUOTE}).reading

    def _results(self, ask: Ask) -> Iterator[Answer | Refusal]:
        yield from self.answer(self.retrieve(as_ask(ask)))

    def retrieve(self, ask: Ask, config: RunnableConfig | None = None) -> Found:
        """The first stage: the question understood, its passages found and read."""
        started = perf_counter()
        self.index.refresh()
        mode = ask.get("mode") or self.mode
        history = recent(ask.get("history", ()), self.settings.chat_history)
        again = None
        if mode is Mode.WRITE:
            again = rewritten(ask["question"], history, self.writer.model, self.settings, config)
        question, topic = (again, "") if again else standalone(ask["question"], history)
        whole = f"{question} {topic}".strip()
        query = self.embedder.embed_query(whole)
        filters = ask.get("filters")
        pool, planted = apart(retrieve(self.index, query, whole, POOL, filters))
        reading = read(self.index, question, topic, query, pool, self.settings.passages, filters)
        aside = dict.fromkeys(h.chunk.document for h in planted if h.rank <= self.settings.passages)
        understood = f"{question} (about: {topic})" if topic else question
        return Found(ask["question"], understood, reading, mode, tuple(aside), _since(started))

    def answer(self, found: Found, config: RunnableConfig | None = None) -> Iterator[Answer | Refusal]:
        """The second: the answer as it grows."""
        started = perf_counter()
        draft = quote(self.index, found.reading, self.settings.strictness, bundled_support_model())
        if found.mode is Mode.WRITE and draft.claims:
            yield from self._written(found, draft, started, config)
            return
        whole = self._result(found, draft, Timings(found.spent, _since(started)))
        if isinstance(whole, Answer):
            for n in range(1, len(whole.claims)):
                yield replace(whole, claims=whole.claims[:n])
        yield whole

    def _written(
        self, found: Found, draft: Draft, started: float, config: RunnableConfig | None
    ) -> Iterator[Answer | Refusal]:
        for prose in self.writer.write(self.index, found.reading, draft, found.standalone, config):
            timings = Timings(found.spent, _since(started) - prose.verify, prose.verify)
            if prose.refused:
                silent = refuse(self.index, found.reading, draft.confidence)
                yield replace(self._result(found, silent, timings), usage=prose.usage)
                return
            as_draft = replace(draft, claims=prose.claims, citations=prose.citations, notes=prose.notes)
            whole = self._result(found, as_draft, timings)
            yield replace(whole, mode=prose.mode, struck=prose.struck, usage=prose.usage)  # type: ignore[arg-type]

    def _result(self, found: Found, draft: Draft, timings: Timings) -> Answer | Refusal:
        notes = (*draft.notes, *map(_set_aside, found.set_aside))
        common = (notes, found.reading.evidence, timings, self.index.info(), draft.confidence)
        asked, read_as, mode = found.question, found.standalone, found.mode
        if draft.claims:
            return Answer(asked, read_as, mode, draft.claims, draft.citations, *common)
        return Refusal(asked, read_as, mode, draft.citations, draft.missing, *common)


def _set_aside(document: str) -> Note:
    return Note(
        NoteKind.CAUTION,
        f"A passage of {document} is set aside: it gives orders about how to answer. Open the document to judge it.",
    )


def as_ask(input: str | Ask) -> Ask:
    """Raises UsageError for a question that is empty, overlong or no text."""
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
