"""Timeline: the dated statements of the documents, on a chart and in a table, each opening its source."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from rag.dateroles import Role
from rag.timeline import Line
from rag.timeline import timeline as read_timeline
from rag.types import Filters
from ui import filters, grid, state
from ui.library_view import versions
from ui.styles import small
from ui.timeline_view import (
    chart,
    chart_rows,
    described,
    kind,
    period_of,
    picked_of,
    selected,
    table,
)

_AT_ONCE = 100


def render() -> None:
    documents = state.documents()
    st.title("Timeline", anchor=False)
    topic = st.text_input(
        "Topic",
        key="topic",
        bind="query-params",
        type="search",
        max_chars=300,
        placeholder="A person, place or treaty; empty for everything",
    )
    restricted = filters.filter_bar("timeline", documents, dated="Events")
    roles, disputed = _kinds()
    found = selected(_lines(topic or "", restricted), roles, disputed=disputed)
    hint = " Drag across a period to look closer; click a mark to read it." if found else ""
    small(f"{described(found)}.{hint}")
    if not found:
        st.info("Take a filter away, or write the topic otherwise.", icon=":material/filter_alt_off:")
    else:
        _chart(found, (topic, restricted, roles, disputed))
        if restricted.date_from or restricted.date_to:
            st.button("All dates", key="timeline_all", icon=":material/zoom_out_map:", on_click=_all_dates)
        _table(found)


def _kinds() -> tuple[Sequence[Role], bool]:
    with st.container(horizontal=True, vertical_alignment="center", key="timeline_kinds"):
        roles = st.pills(
            "Dates of",
            list(Role),
            selection_mode="multi",
            key="timeline_roles",
            persist_state="session",
            format_func=kind,
            label_visibility="collapsed",
        )
        disputed = st.toggle("Only where sources disagree", key="timeline_disputed", persist_state="session")
    return roles, disputed


def _lines(topic: str, restricted: Filters) -> list[Line]:
    return _read(state.snapshot(), topic.strip(), restricted)


@st.cache_resource(show_spinner="Reading dates …", max_entries=16)
def _read(snapshot: str, topic: str, restricted: Filters) -> list[Line]:
    shared = state.assistant()
    return read_timeline(shared.index, topic, shared.embedder, restricted)


def _chart(lines: list[Line], shown: object) -> None:
    key = f"timeline_chart_{hash((state.snapshot(), repr(shown)))}"
    chosen: Any = st.vega_lite_chart(
        chart_rows(lines),
        chart(lines),
        key=key,
        on_select=lambda: _dragged(key),
        alt=f"{described(lines)}. The table below holds the same statements.",
    )
    picked = picked_of(chosen["selection"], lines)
    if picked:
        with st.container(border=True, key="timeline_picked"):
            grid.show(
                "timeline_picked_table",
                [table([picked], versions(state.documents()), "The mark that was clicked")],
            )


def _dragged(key: str) -> None:
    period = period_of(st.session_state[key]["selection"])
    if period:
        st.session_state["timeline_date_from"], st.session_state["timeline_date_to"] = period


def _all_dates() -> None:
    st.session_state["timeline_date_from"] = st.session_state["timeline_date_to"] = ""


def _table(lines: Sequence[Line]) -> None:
    pages = -(-len(lines) // _AT_ONCE)
    page = 1
    if pages > 1:
        page = st.pagination(pages, key=f"timeline_page_{pages}")
    begin = (min(page, pages) - 1) * _AT_ONCE
    grid.show("timeline_table", [table(lines[begin : begin + _AT_ONCE], versions(state.documents()))])
