"""The list of a reader's conversations in the sidebar: choose, rename, export, delete."""

from __future__ import annotations

import streamlit as st

from rag.errors import RagError
from ui import session, state, transcripts
from ui.history import Conversation
from ui.inert import escape_markdown, file_name, shortened

_SHOWN = 12
_LABEL = 44


def sidebar(reader: str, current: Conversation | None) -> None:
    """Shows the list; the callbacks do the work before the page runs again."""
    st.button(
        "New conversation",
        key="new_conversation",
        icon=":material/add:",
        on_click=open_conversation,
        args=(None,),
        width="stretch",
    )
    found = state.history().conversations(reader)
    if not found:
        return
    with st.container(key="conversations", gap="xxsmall"):
        for one in found[:_SHOWN]:
            _row(one, one == current)
        if found[_SHOWN:]:
            with st.expander(f"{len(found) - _SHOWN} older"):
                for one in found[_SHOWN:]:
                    _row(one, one == current)
    if current:
        _manage(reader, current)


def open_conversation(id: str | None) -> None:
    session.remember(conversation=id, answering=None, opened=None, closed=False, shown=None, page=None)


def _row(one: Conversation, is_current: bool) -> None:
    st.button(
        escape_markdown(shortened(one.title, _LABEL)),
        key=f"conversation_{one.id}",
        type="secondary" if is_current else "tertiary",
        on_click=open_conversation,
        args=(one.id,),
        width="stretch",
    )


def _manage(reader: str, current: Conversation) -> None:
    with st.popover("This conversation", width="stretch", icon=":material/more_horiz:", key="manage"):
        key = f"title_{current.id}"
        st.text_input("Title", current.title, key=key, on_change=_rename, args=(reader, current.id, key))
        turns = state.history().turns(reader, current.id)
        st.download_button(
            "Export as Markdown",
            lambda: transcripts.as_markdown(current, turns),
            file_name(current.title, ".md"),
            "text/markdown",
            on_click="ignore",
            width="stretch",
        )
        st.download_button(
            "Export as JSON",
            lambda: transcripts.as_json(current, turns),
            file_name(current.title, ".json"),
            "application/json",
            on_click="ignore",
            width="stretch",
        )
        if st.checkbox("Delete it, with its answers and feedback", key=f"sure_{current.id}"):
            st.button("Delete", type="primary", on_click=_delete, args=(reader, current.id), width="stretch")


def _rename(reader: str, id: str, key: str) -> None:
    try:
        state.history().rename(reader, id, st.session_state[key])
    except RagError as error:
        session.remember(problem=str(error))


def _delete(reader: str, id: str) -> None:
    try:
        state.history().delete(reader, id)
    except RagError as error:
        session.remember(problem=str(error))
    open_conversation(None)
