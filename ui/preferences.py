"""What a reader can set for a session: mode, passages, strictness, and filters on documents."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from rag.assistant import Assistant
from rag.dates import iso_date
from rag.index import DocumentSummary
from rag.types import Filters, Mode

_MODES = {Mode.QUOTE: "Quotations", Mode.WRITE: "Written by the chat model, checked"}
_MOST_PASSAGES = 50
_KEYS = ("types", "jurisdictions", "documents", "date_from", "date_to")


@dataclass(frozen=True, slots=True)
class Preferences:
    """`passages` and `strictness` as in rag.config.Settings."""

    mode: Mode
    passages: int
    strictness: float
    filters: Filters


def modes(assistant: Assistant) -> tuple[Mode, ...]:
    """The usual one first. Writing is offered where the assistant has a chat model, by name or as it is."""
    usual = assistant.mode
    if usual is Mode.QUOTE and not assistant.settings.chat_model:
        return (Mode.QUOTE,)
    return (usual, *(mode for mode in (Mode.QUOTE, Mode.WRITE) if mode is not usual))


def preferences(assistant: Assistant) -> Preferences:
    """The reader's choices, the assistant's settings where there are none."""
    chosen, offered, settings = st.session_state, modes(assistant), assistant.settings
    mode = chosen.get("set_mode")
    return Preferences(
        mode=mode if mode in offered else offered[0],
        passages=chosen.get("set_passages", settings.passages),
        strictness=chosen.get("set_strictness", settings.strictness),
        filters=Filters(
            date_from=iso_date(chosen.get("set_date_from")),
            date_to=iso_date(chosen.get("set_date_to")),
            types=tuple(chosen.get("set_types") or ()),
            jurisdictions=tuple(chosen.get("set_jurisdictions") or ()),
            documents=tuple(chosen.get("set_documents") or ()),
        ),
    )


def tuned(assistant: Assistant, chosen: Preferences) -> Assistant:
    """The same index and models with a reader's choices. Raises ModelError for a chat model that cannot
    be opened."""
    update: dict[str, object] = {"passages": chosen.passages, "strictness": chosen.strictness}
    settings = assistant.settings.model_copy(update=update)
    if chosen.mode is Mode.QUOTE:
        return Assistant(assistant.index, assistant.embedder, settings)
    writer = assistant.writer
    return Assistant(assistant.index, assistant.embedder, settings, writer.model, writer.verifier)


def said(filters: Filters, titles: Sequence[tuple[str, str]] = ()) -> str:
    """The filters in words, "" for none; `titles` holds (path, title) of the documents."""
    named = dict(titles)
    parts = [
        _listed("type", filters.types),
        _listed("jurisdiction", filters.jurisdictions),
        _listed("document", [named.get(path, path) for path in filters.documents]),
        f"from {filters.date_from}" if filters.date_from else "",
        f"to {filters.date_to}" if filters.date_to else "",
    ]
    return " · ".join(part for part in parts if part)


def choices(documents: Iterable[DocumentSummary]) -> tuple[list[str], list[str]]:
    """The types and jurisdictions that documents have, sorted."""
    metadata = [d.metadata for d in documents]
    return sorted({m.type for m in metadata if m.type}), sorted(
        {j for m in metadata for j in m.jurisdictions}
    )


def clear_filters() -> None:
    for name in _KEYS:
        st.session_state[f"set_{name}"] = "" if name.startswith("date") else []


def only_document(path: str) -> None:
    """Ask this document alone from now on."""
    clear_filters()
    st.session_state["set_documents"] = [path]


def settings_form(assistant: Assistant, documents: Sequence[DocumentSummary]) -> None:
    """The widgets; their values hold for the session, whatever page is open."""
    settings = assistant.settings
    types, jurisdictions = choices(documents)
    titles = {d.path: d.metadata.title for d in documents}
    _drop_unknown({"set_types": types, "set_jurisdictions": jurisdictions, "set_documents": titles})
    st.markdown("###### Filters")
    st.multiselect("Type", types, key="set_types", persist_state="session", placeholder="All types")
    st.multiselect(
        "Jurisdiction", jurisdictions, key="set_jurisdictions", persist_state="session", placeholder="All"
    )
    st.multiselect(
        "Document",
        list(titles),
        key="set_documents",
        persist_state="session",
        format_func=lambda path: titles.get(path, path),
        placeholder="All documents",
    )
    since, until = st.columns(2)
    for column, name, label in ((since, "date_from", "From"), (until, "date_to", "To")):
        column.text_input(label, key=f"set_{name}", persist_state="session", placeholder="2024-07")
        written = st.session_state.get(f"set_{name}") or ""
        if written and iso_date(written) is None:
            column.caption("No date: write 2024, 2024-07 or 2024-07-20")
    st.markdown("###### Answers")
    offered = modes(assistant)
    if len(offered) > 1:
        st.radio(
            "Mode", offered, key="set_mode", persist_state="session", format_func=lambda mode: _MODES[mode]
        )
    st.session_state.setdefault("set_passages", min(settings.passages, _MOST_PASSAGES))
    st.slider(
        "Passages read", 1, _MOST_PASSAGES, key="set_passages", persist_state="session",
        help="How many passages an answer may use.",
    )  # fmt: skip
    st.session_state.setdefault("set_strictness", settings.strictness)
    st.slider(
        "Strictness", 0.0, 1.0, step=0.05, key="set_strictness", persist_state="session",
        help="0 answers everything, 1 refuses everything; 0.5 is the calibrated point.",
    )  # fmt: skip


def _drop_unknown(offered: Mapping[str, Container[str]]) -> None:
    """Choices that the index no longer offers; a widget would refuse them."""
    for key, values in offered.items():
        chosen = st.session_state.get(key)
        if chosen and not all(one in values for one in chosen):
            st.session_state[key] = [one for one in chosen if one in values]


def _listed(name: str, values: Sequence[str]) -> str:
    return f"{name} {', '.join(values)}" if values else ""
