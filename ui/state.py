"""What all sessions of the process share: one embedding model, one open index, one history.

The index takes up what another run commits at every question (`Assistant` refreshes it). It is opened
anew only where its file was replaced, and the model is loaded anew only where the index needs another.
"""

from __future__ import annotations

import gc
import os
from html import escape
from pathlib import Path
from threading import Lock

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from rag.assistant import Assistant
from rag.config import Settings, load_settings
from rag.embedding import load_embedder
from rag.errors import IndexMismatch, IndexMissing
from rag.index import DocumentSummary, Index
from rag.schema import DATABASE
from rag.types import Document, Embedder, IndexInfo, Mode
from ui.history import History

_HISTORY = "conversations.sqlite"
_DOCUMENTS = 64
_lock = Lock()
_loads: list[str] = []


def settings() -> Settings:
    """From RAG_* and rag.toml, as for the command line. Raises UsageError."""
    return load_settings()


def assistant() -> Assistant:
    """The process's assistant, at the newest generation of its index.

    Raises IndexStateError and ModelError, whose messages name the command to run.
    """
    chosen = settings()
    shared = _assistant(str(chosen.index.resolve()), _inode(chosen.index), chosen.allow_download)
    if shared.index.refresh():
        try:
            shared.index.check_embedder(shared.embedder)
        except IndexMismatch:
            _assistant.clear()
            return _assistant(str(chosen.index.resolve()), _inode(chosen.index), chosen.allow_download)
    return shared


def model_loads() -> int:
    """How often this process has loaded an embedding model."""
    return len(_loads)


def show_facts(place: DeltaGenerator) -> None:
    """What the index holds and how often a model was loaded for it, at the foot of a place."""
    shared = assistant()
    info = shared.index.info()
    with place:
        st.html(facts_html(len(documents()), info, model_loads()))


def facts_html(count: int, info: IndexInfo, loads: int) -> str:
    said = f"{count} documents · {info.chunks} passages · generation {info.generation}"
    times = "once" if loads == 1 else f"{loads} times"
    return f'<p class="facts" data-model-loads="{loads}">{said}<br>{escape(info.embedding_model)}, loaded {times}</p>'


def history() -> History:
    """Raises RagError where conversations cannot be kept."""
    return _history(str(data_folder()))


def data_folder() -> Path:
    """Where conversations lie: RAG_UI_DATA, else the index's folder."""
    return Path(os.environ.get("RAG_UI_DATA") or settings().index).resolve()


def documents() -> list[DocumentSummary]:
    """All documents of the index, by path."""
    shared = assistant()
    return _documents(snapshot(), shared)


def document(path: str) -> Document:
    """Raises UsageError if there is none of that path."""
    shared = assistant()
    return _document(snapshot(), path, shared)


def snapshot() -> str:
    """Names the state of the index: what was computed from it holds as long as this does."""
    index = assistant().index
    return f"{index.directory} {_inode(index.directory)} {index.meta.generation}"


@st.cache_resource(show_spinner="Opening the index …", max_entries=1)
def _assistant(directory: str, inode: int, allow_download: bool) -> Assistant:
    opened = Index.open(directory)
    embedder = _embedder(opened.info().embedding_model, allow_download)
    opened.check_embedder(embedder)
    shared = Assistant(opened, embedder, settings())
    shared.ask("What does the first question wait for?", mode=Mode.QUOTE)
    _spare_the_collector()
    return shared


@st.cache_resource(show_spinner="Loading the embedding model …", max_entries=2)
def _embedder(name: str, allow_download: bool) -> Embedder:
    embedder = load_embedder(name, allow_download=allow_download)
    embedder.embed_query("The weights load with the first text.")
    with _lock:
        _loads.append(name)
    return embedder


def _spare_the_collector() -> None:
    """Streamlit collects garbage after every run, before it sends the last messages; with the model's
    libraries among the objects to look at that takes 0.3 s. They stay, so they need no looking at."""
    gc.collect()
    gc.freeze()


@st.cache_resource(show_spinner=False, max_entries=4)
def _history(folder: str) -> History:
    return History(Path(folder) / _HISTORY)


@st.cache_resource(show_spinner=False, max_entries=2)
def _documents(snapshot: str, _shared: Assistant) -> list[DocumentSummary]:
    return _shared.index.documents()


@st.cache_resource(show_spinner=False, max_entries=_DOCUMENTS)
def _document(snapshot: str, path: str, _shared: Assistant) -> Document:
    return _shared.index.document(path)


def _inode(directory: Path) -> int:
    """Changes where the database is replaced by another file. Raises IndexMissing."""
    try:
        return (directory / DATABASE).stat().st_ino
    except OSError as error:
        raise IndexMissing(
            f"No index at {directory}: run `rag index PATH --index {directory}`, then reload this page."
        ) from error
