"""Source: a document as a person reads it, at the place that the address names."""

from __future__ import annotations

from functools import partial

import streamlit as st

from rag.citations import cite
from rag.errors import UsageError
from rag.types import Citation, Document
from ui import components, navigation, pane, session, state
from ui.components import Event
from ui.inert import escape_markdown
from ui.links import Place, parameters, read_place
from ui.preferences import only_document
from ui.reader_view import Showing, reader_view


def render() -> None:
    place = read_place(st.query_params.to_dict())
    if place is None:
        place = _choose()
    if place is None:
        return
    document = _named(place)
    if document is None:
        return
    navigation.entitle(document.metadata.title)
    citation, notice = located(document, place)
    _forget_other(place)
    with st.container(key="source", width=860):
        with st.container(horizontal=True, key="source_actions"):
            if st.button("Ask this document", icon=":material/forum:", type="tertiary"):
                only_document(document.path)
                navigation.go("ask")
        _reader(document, citation, notice)


def _named(place: Place) -> Document | None:
    """The document; where it is not there, what to open instead."""
    try:
        return state.document(place.document)
    except UsageError as error:
        st.error(escape_markdown(str(error)), icon=":material/error:")
    if _choose():
        st.rerun()
    return None


def located(document: Document, place: Place) -> tuple[Citation | None, str]:
    """The citation that a link names, and what to tell the reader about it."""
    span = place.span_in(document)
    changed = "" if place.is_current(document) else "The document has changed since this link was made. "
    if span is None:
        missing = place.start is not None
        return None, (changed + "The place that the link names is not in it.") if missing else changed.strip()
    moved = changed + "The highlighted words may not be those that were meant." if changed else ""
    return cite(document, *span, 1), moved


@st.fragment
def _reader(document: Document, citation: Citation | None, notice: str) -> None:
    view = reader_view(
        Showing(
            document,
            pane.shown(document, citation, pane.FULL),
            (citation,) if citation else (),
            citation.n if citation else None,
            root=pane.root(),
            focus=f"{citation.start}-{citation.end}" if citation else "",
            tall=True,
            printed=pane.printed(document, citation, usual="page"),
            notice=notice,
        )
    )
    components.reader("source_reader", view, partial(_handle, document))


def _handle(document: Document, event: Event) -> None:
    pane.handle(event, document, pane.FULL)


def _forget_other(place: Place) -> None:
    """What was turned to in one document does not hold for another."""
    if st.session_state.get("source_place") != place:
        st.session_state["source_place"] = place
        session.remember(shown=None, shown_as=None, page=None)


def _choose() -> Place | None:
    """A document from the list, where the address names none."""
    titles = {d.path: d.metadata.title for d in state.documents()}
    chosen = st.selectbox(
        "Document",
        list(titles),
        index=None,
        format_func=lambda path: titles[path],
        placeholder="Choose a document",
    )
    if chosen is None:
        return None
    st.query_params.from_dict(parameters(Place(chosen)))
    return Place(chosen)
