"""Tables on a page: a component whose JavaScript makes text nodes of what it is given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from importlib.resources import files

import streamlit as st

from ui.tables import Table


def _frontend(name: str) -> str:
    return (files("ui") / "frontend" / name).read_text(encoding="utf-8")


_table = st.components.v2.component(
    "policy_rag_table",
    css=_frontend("base.css") + _frontend("table.css"),
    js=f"{_frontend('elements.js')}\n{_frontend('table.js')}",
)


def show(key: str, tables: Sequence[Table]) -> None:
    """The tables one below the other. Links open the source page in a tab of its own."""
    _table(key=key, data={"tables": [asdict(table) for table in tables]})
