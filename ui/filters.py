"""Widgets for conditions on documents, and what they say.

The prefix keeps the choices of one page apart from those of another; "set" is that of Ask, whose
choices Search shares.
"""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence

import streamlit as st

from rag.dates import iso_date
from rag.index import DocumentSummary
from rag.types import Filters
from ui.preferences import choices

_NAMES = ("types", "jurisdictions", "documents", "date_from", "date_to")


def filter_bar(
    prefix: str, documents: Sequence[DocumentSummary], *, dated: str, by_document: bool = True
) -> Filters:
    """One row of widgets; two beside each other on a phone. `dated` says what the dates are those of."""
    types, jurisdictions = choices(documents)
    titles = {d.path: d.metadata.title for d in documents} if by_document else {}
    _drop_unknown(
        {f"{prefix}_types": types, f"{prefix}_jurisdictions": jurisdictions, f"{prefix}_documents": titles}
    )
    with st.container(key=f"filter_bar_{prefix}"):
        columns = iter(st.columns([3, 3, 4, 2, 2] if by_document else [3, 3, 2, 2]))
    with next(columns):
        _several("Type", types, f"{prefix}_types", "All types")
    with next(columns):
        _several("Jurisdiction", jurisdictions, f"{prefix}_jurisdictions", "All")
    if by_document:
        with next(columns):
            _several("Source", titles, f"{prefix}_documents", "All documents")
    for name, label in (("date_from", f"{dated} from"), ("date_to", f"{dated} to")):
        with next(columns):
            _date(label, f"{prefix}_{name}")
    return chosen(prefix)


def chosen(prefix: str) -> Filters:
    values = {name: st.session_state.get(f"{prefix}_{name}") for name in _NAMES}
    return Filters(
        date_from=iso_date(values["date_from"]),
        date_to=iso_date(values["date_to"]),
        types=tuple(values["types"] or ()),
        jurisdictions=tuple(values["jurisdictions"] or ()),
        documents=tuple(values["documents"] or ()),
    )


def clear(prefix: str) -> None:
    for name in _NAMES:
        st.session_state[f"{prefix}_{name}"] = "" if name.startswith("date") else []


def _several(label: str, options: Sequence[str] | Mapping[str, str], key: str, none: str) -> None:
    """`options` are the values, or what is shown of each by its value."""
    shown = options if isinstance(options, Mapping) else {}
    st.multiselect(
        label,
        list(options),
        key=key,
        persist_state="session",
        format_func=lambda value: shown.get(value, value),
        placeholder=none,
    )


def _date(label: str, key: str) -> None:
    st.text_input(label, key=key, persist_state="session", placeholder="2024-07")
    written = st.session_state.get(key) or ""
    if written and iso_date(written) is None:
        st.caption("No date: write 2024, 2024-07 or 2024-07-20")


def _drop_unknown(offered: Mapping[str, Container[str]]) -> None:
    """Choices that the index no longer offers; a widget would refuse them."""
    for key, values in offered.items():
        before = st.session_state.get(key)
        if before and not all(one in values for one in before):
            st.session_state[key] = [one for one in before if one in values]
