"""The store keeps LangChain's own contract, and is a view on the same index."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from embedders import HashEmbedder
from langchain_core.documents import Document
from langchain_core.embeddings import DeterministicFakeEmbedding
from langchain_core.vectorstores import VectorStore
from langchain_tests.integration_tests.vectorstores import VectorStoreIntegrationTests

from rag.errors import IndexMismatch, UsageError
from rag.index import Index
from rag.store import LangChainEmbedder, PolicyStore
from rag.types import Filters


class TestLangChainContract(VectorStoreIntegrationTests):
    @pytest.fixture
    def vectorstore(self, tmp_path: Path) -> Iterator[VectorStore]:
        store = PolicyStore.at(tmp_path / "index", LangChainEmbedder(self.get_embeddings(), max_tokens=256))
        yield store
        store.index.verify()
        store.index.close()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[PolicyStore]:
    store = PolicyStore.at(tmp_path / "index", HashEmbedder(max_tokens=24))
    yield store
    store.index.verify()
    store.index.close()


LAWS = [
    Document(
        id="mines", page_content="The treaty bans mines.", metadata={"type": "treaty", "date": "1997-12-03"}
    ),
    Document(
        id="drones",
        page_content="Tajikistan bought cheap drones.",
        metadata={
            "type": "article",
            "date": "2024",
            "jurisdictions": ["Tajikistan"],
            "depth": {"a": [1, None]},
        },
    ),
]


def test_scores_are_cosines_and_relevance_lies_between_0_and_1(store: PolicyStore) -> None:
    store.add_documents(LAWS)
    (best, score), (other, lower) = store.similarity_search_with_score("The treaty bans mines.", 2)
    assert (best.id, other.id) == ("mines", "drones")
    assert score == pytest.approx(1.0, abs=1e-5)
    assert lower < score
    relevance = store.similarity_search_with_relevance_scores("The treaty bans mines.", 2)
    assert [r for _, r in relevance] == pytest.approx([1.0, (1 + lower) / 2], abs=1e-5)


def test_metadata_comes_back_as_it_was_given(store: PolicyStore) -> None:
    store.add_documents(LAWS)
    assert store.get_by_ids(["drones", "nowhere", "mines"]) == [LAWS[1], LAWS[0]]


def test_filters_read_the_metadata(store: PolicyStore) -> None:
    store.add_documents(LAWS)
    for filters, expected in [
        (Filters(types=("treaty",)), ["mines"]),
        (Filters(date_from="2000"), ["drones"]),
        (Filters(jurisdictions=("tajikistan",)), ["drones"]),
        (Filters(documents=("mines",)), ["mines"]),
        (Filters(date_to="1990"), []),
    ]:
        found = store.similarity_search("mines and drones", 5, filter=filters)
        assert [one.id for one in found] == expected


def test_a_long_text_is_embedded_in_parts_and_found_whole(store: PolicyStore) -> None:
    parts = [f"Article {i} governs matter number {i} in all states." for i in range(60)]
    store.add_texts([" ".join(parts), "Short."], ids=["long", "short"])
    assert store.index.chunk_count() > 10
    for query in (parts[3], parts[57]):
        (found,) = store.similarity_search(query, 1)
        assert (found.id, found.page_content) == ("long", " ".join(parts))
    assert [one.id for one in store.similarity_search(parts[3], 2)] == ["long", "short"]


def test_an_added_text_is_a_document_of_the_index(store: PolicyStore) -> None:
    store.add_documents(LAWS)
    with Index.open(store.index.directory) as index:
        assert [one.path for one in index.documents()] == ["drones", "mines"]
        assert index.bm25(["mine"], 5)
        assert [s.text for s in index.sentences("mines", 0, 99)] == ["The treaty bans mines."]


def test_a_text_that_did_not_change_is_not_embedded_again(store: PolicyStore) -> None:
    store.add_documents(LAWS)
    embedder = store.embedder
    assert isinstance(embedder, HashEmbedder)
    embedder.embedded.clear()
    store.add_documents(LAWS)
    assert embedder.embedded == []


def test_the_last_of_two_texts_with_one_id_counts(store: PolicyStore) -> None:
    assert store.add_texts(["Old.", "New."], ids=["x", "x"]) == ["x", "x"]
    assert [one.page_content for one in store.get_by_ids(["x"])] == ["New."]


def test_a_store_is_made_from_texts_and_any_embeddings(tmp_path: Path) -> None:
    embeddings = DeterministicFakeEmbedding(size=8)
    store = PolicyStore.from_texts(["a b", "c d"], embeddings, [{"n": 1}, {"n": 2}], directory=tmp_path / "i")
    retriever = store.as_retriever(search_kwargs={"k": 1})
    assert [one.metadata for one in retriever.invoke("c d")] == [{"n": 2}]
    assert store.embeddings.embed_query("c d") == pytest.approx(store.embeddings.embed_documents(["c d"])[0])
    store.index.close()
    again = PolicyStore.at(tmp_path / "i", LangChainEmbedder(embeddings, 256))
    assert [one.metadata for one in again.similarity_search("a b", 1)] == [{"n": 1}]
    again.index.close()


def test_search_by_vector_does_not_care_about_its_length(store: PolicyStore) -> None:
    store.add_documents(LAWS)
    vector = [7 * float(x) for x in store.embedder.embed_query("The treaty bans mines.")[0]]
    assert [one.id for one in store.similarity_search_by_vector(vector, 1)] == ["mines"]


def test_a_reading_store_sees_what_a_writing_one_adds(store: PolicyStore) -> None:
    with Index.open(store.index.directory) as index:
        reading = PolicyStore(index, store.embedder)
        assert reading.similarity_search("mines", 2) == []
        store.add_documents(LAWS)
        assert len(reading.similarity_search("mines", 2)) == 2
        with pytest.raises(UsageError, match="read_only=False"):
            reading.add_texts(["x"])


def test_misuse_is_named(store: PolicyStore) -> None:
    with pytest.raises(UsageError, match="2 texts"):
        store.add_texts(["a", "b"], ids=["x"])
    with pytest.raises(UsageError, match="not JSON"):
        store.add_texts(["a"], [{"when": object()}])
    with pytest.raises(UsageError, match="would alter"):
        store.add_texts(["a"], [{"when": (1, 2)}])
    with pytest.raises(UsageError, match="Which texts"):
        store.delete()
    with pytest.raises(IndexMismatch, match="--rebuild"):
        PolicyStore(store.index, HashEmbedder(name="other"))
    assert store.index.documents() == []
