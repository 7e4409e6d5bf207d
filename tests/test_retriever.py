"""The retrieval as LangChain sees it: its own standard tests, and what a hit carries."""

from __future__ import annotations

from typing import Any

import pytest
from langchain_tests.integration_tests import RetrieversIntegrationTests

from rag.assistant import Assistant
from rag.retriever import PolicyRetriever
from rag.types import Filters

QUERY = "mines in navigable rivers"


class TestStandard(RetrieversIntegrationTests):
    @pytest.fixture(autouse=True)
    def _take(self, quick: Assistant) -> None:
        self.assistant = quick

    @property
    def retriever_constructor(self) -> type[PolicyRetriever]:
        return PolicyRetriever

    @property
    def retriever_constructor_params(self) -> dict[str, Any]:
        return {"assistant": self.assistant}

    @property
    def retriever_query_example(self) -> str:
        return QUERY


def test_a_document_is_the_hit_of_the_search(quick: Assistant) -> None:
    hits = quick.search(QUERY, 3)
    found = PolicyRetriever(assistant=quick, k=3).invoke(QUERY)
    assert [(d.id, d.page_content) for d in found] == [(str(h.chunk_id), h.chunk.text) for h in hits]
    for document in found:
        text = quick.index.document(document.metadata["document"]).text
        assert text[document.metadata["start"] : document.metadata["end"]] == document.page_content


def test_filters_reach_the_search(quick: Assistant) -> None:
    path = quick.index.documents()[-1].path
    found = PolicyRetriever(assistant=quick, filters=Filters(documents=(path,))).invoke(QUERY)
    assert found
    assert {d.metadata["document"] for d in found} == {path}
