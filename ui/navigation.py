"""The pages, in order. A page is a module of ui.screens with `render() -> None`; one without is left out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from importlib.util import find_spec
from typing import NoReturn

import streamlit as st

NAME = "Policy texts"


@dataclass(frozen=True, slots=True)
class Entry:
    """`name` is the module's and the address's; a page that is not `listed` is reached by links."""

    name: str
    title: str
    icon: str
    listed: bool = True


ENTRIES = (
    Entry("ask", "Ask", ":material/forum:"),
    Entry("search", "Search", ":material/search:"),
    Entry("timeline", "Timeline", ":material/timeline:"),
    Entry("library", "Library", ":material/library_books:"),
    Entry("quality", "Quality", ":material/verified:"),
    Entry("source", "Source", ":material/description:", listed=False),
)


def entitle(title: str) -> None:
    """What the browser calls its tab: of several that are open, one is found by its name."""
    st.set_page_config(page_title=f"{title} · {NAME}")


def choose() -> st.Page:
    """Shows the navigation; the page that the address names."""
    return st.navigation([page(entry) for entry in ENTRIES if has(entry.name)], position="top")


def page(entry: Entry) -> st.Page:
    return st.Page(
        _render(entry.name),
        title=entry.title,
        icon=entry.icon,
        url_path=entry.name,
        default=entry.name == "ask",
        visibility="visible" if entry.listed else "hidden",
    )


def has_sidebar(chosen: st.Page) -> bool:
    """Ask lists conversations and settings there; other pages have the whole width."""
    return chosen.title == ENTRIES[0].title


@lru_cache
def has(name: str) -> bool:
    return find_spec(f"ui.screens.{name}") is not None


def go(name: str, parameters: Mapping[str, str] | None = None) -> NoReturn:
    """Switch to a page; the rest of this run is left out."""
    entry = next(entry for entry in ENTRIES if entry.name == name)
    st.switch_page(page(entry), query_params=dict(parameters or {}))


def _render(name: str) -> Callable[[], None]:
    """Its module loads when the page is first opened."""

    def render() -> None:
        import_module(f"ui.screens.{name}").render()

    render.__name__ = name
    return render
