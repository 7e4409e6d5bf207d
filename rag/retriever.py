"""The product's retrieval as a LangChain BaseRetriever."""

from __future__ import annotations

from typing import Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document as LangChainDocument
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict

from rag.assistant import Assistant
from rag.types import Evidence, Filters


class PolicyRetriever(BaseRetriever):
    """Passages for a query, best first, as LangChain documents.

    `metadata` holds document, title, start, end, page, section, score and rank; `id` is the chunk's.
    `k` may also be given to one call: `retriever.invoke(query, k=3)`.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    assistant: Assistant
    k: int = 10
    filters: Filters | None = None

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun, **kwargs: Any
    ) -> list[LangChainDocument]:
        return self._as_documents(self.assistant.search(query, kwargs.get("k", self.k), self.filters))

    def _as_documents(self, evidence: Evidence) -> list[LangChainDocument]:
        from rag.citations import search_json

        index = self.assistant.index
        documents = {h.chunk.document: index.document(h.chunk.document) for h in evidence}
        found = search_json(evidence, documents)["hits"]
        return [
            LangChainDocument(id=str(hit.chunk_id), page_content=shown.pop("text"), metadata=shown)
            for hit, shown in zip(evidence, found, strict=True)
        ]
