"""Search: passages without an answer, and which retriever found each."""

from __future__ import annotations

import streamlit as st

from rag.pipeline import MAX_QUESTION
from rag.retrieval import corrections
from rag.terms import terms
from rag.types import Evidence, Filters, Retriever
from ui import filters, grid, navigation, state
from ui.library_view import versions
from ui.screens import ask
from ui.search_view import EXPLAINED, described, merged, paths, read_as, results, wanted_terms
from ui.styles import small

_COUNTS = (10, 25, 50)
_DEPTH = 50
"""Ranks to which each retriever is looked at."""


def render() -> None:
    documents = state.documents()
    st.title("Search", anchor=False)
    query = st.text_input(
        "Search for",
        key="q",
        bind="query-params",
        type="search",
        max_chars=MAX_QUESTION,
        placeholder="Words, or a question",
    )
    restricted = filters.filter_bar("set", documents, dated="Dated")
    order, k = _choices()
    if query and query.strip():
        _found(query.strip(), restricted, order, k)
    else:
        small(
            "Every word and every meaning is looked for in all passages. Filters hold for Ask as well, "
            "until they are taken away."
        )


def _choices() -> tuple[Retriever, int]:
    with st.container(horizontal=True, key="search_choices"):
        order = st.segmented_control(
            "Best first by",
            list(EXPLAINED),
            key="search_order",
            persist_state="session",
            default=Retriever.RERANKED,
            required=True,
            format_func=lambda retriever: f"{retriever.value}: {EXPLAINED[retriever]}",
        )
        k = st.segmented_control(
            "Passages",
            _COUNTS,
            key="search_count",
            persist_state="session",
            default=_COUNTS[0],
            required=True,
        )
    return order, k


def _found(query: str, restricted: Filters, order: Retriever, k: int) -> None:
    by_retriever = _search(state.snapshot(), query, restricted)
    found = merged(by_retriever, order, k)
    if not found:
        st.info("No passage fits. Take a filter away, or try other words.", icon=":material/search_off:")
        return
    index = state.assistant().index
    meant = corrections(index, index.term_document_frequencies(list(dict.fromkeys(terms(query)))))
    with st.container(horizontal=True, vertical_alignment="center", key="search_said"):
        small(" · ".join(filter(None, (described(found), read_as(query, meant)))))
        if st.button("Ask this instead", key="search_ask", icon=":material/forum:", type="tertiary"):
            ask.ask(query)
            navigation.go("ask")
    texts = {path: state.document(path) for path in paths(found)}
    grid.show(
        "search_results", [results(found, texts, wanted_terms(query, meant), versions(state.documents()))]
    )


@st.cache_resource(show_spinner="Searching …", max_entries=32)
def _search(snapshot: str, query: str, restricted: Filters) -> dict[Retriever, Evidence]:
    shared = state.assistant()
    return {one: shared.search(query, _DEPTH, restricted, one) for one in EXPLAINED}
