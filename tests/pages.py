"""The application as Streamlit runs it without a browser, for the tests of its pages."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from rag.types import Embedder
from ui import state
from ui.launch import APPLICATION


@contextmanager
def serving(index: Path, embedder: Embedder, data: Path, patch: pytest.MonkeyPatch) -> Iterator[None]:
    """An index, with an embedder that loads no model; conversations are kept in `data`."""
    patch.setenv("RAG_INDEX", str(index))
    patch.setenv("RAG_STRICTNESS", "0")
    patch.setenv("RAG_UI_DATA", str(data))
    patch.delenv("RAG_UI_PASSWORD", raising=False)
    patch.setattr(state, "load_embedder", lambda name, **_: embedder)
    patch.setattr("streamlit.runtime.context._get_client_context", lambda: None)  # no browser
    st.cache_resource.clear()
    yield
    state.history().close()


def opened(page: str = "ask", **query: str) -> AppTest:
    app = AppTest.from_file(str(APPLICATION), default_timeout=60)
    for name, value in query.items():
        app.query_params[name] = value
    app.run()
    if page != "ask":
        switched(app, page)
    assert not app.exception, app.exception
    return app


def switched(app: AppTest, page: str) -> AppTest:
    """AppTest itself switches to pages that are files only."""
    app._page_hash = calc_hash(page)
    return app.run()


def asked(app: AppTest, question: str) -> AppTest:
    app.chat_input(key="question").set_value(question).run()
    assert not app.exception, app.exception
    return app


def current(app: AppTest) -> str:
    """The conversation that the address names."""
    named = app.query_params["conversation"]
    return named if isinstance(named, str) else named[0]


def owner() -> str:
    """Of the only conversation there is."""
    (found,) = state.history()._connection.execute("SELECT owner FROM conversations LIMIT 1").fetchall()
    return str(found[0])


def mounted(app: AppTest, name: str) -> list[dict[str, Any]]:
    """What the components of that name were given, in order."""
    found = (element for element in app.main if element.type == "bidi_component")
    protos = [element.proto for element in found]
    return [json.loads(p.json or p.mixed.json) for p in protos if p.component_name == f"policy_rag_{name}"]


def tables(app: AppTest) -> dict[str, list[list[str]]]:
    """The text of the cells, by the caption of their table."""
    return {
        table["caption"]: [[_text(cell) for cell in row] for row in table["rows"]]
        for given in mounted(app, "table")
        for table in given["tables"]
    }


def said(app: AppTest) -> str:
    """The small print of the page."""
    return "\n".join(html.proto.body for html in app.get("html"))


def _text(cell: dict[str, Any]) -> str:
    return "\n".join("".join(piece["text"] for piece in line) for line in cell["lines"])
