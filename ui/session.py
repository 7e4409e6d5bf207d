"""What a session remembers between two runs of a page, under typed names."""

from __future__ import annotations

from dataclasses import dataclass, replace

import streamlit as st

from ui.identity import Reader
from ui.reading import Window

_SESSION = "policy_rag"


@dataclass(frozen=True, slots=True)
class Opened:
    """The citation n of a turn in the source pane. `count` grows with every opening, so that the pane
    scrolls to it again; 0 if it was opened by the page, not by the reader."""

    turn: int
    n: int
    count: int = 0
    by_keyboard: bool = False


@dataclass(frozen=True, slots=True)
class Shown:
    """What of a document is on the screen, and the start of the citation that it was opened for."""

    document: str
    start: int
    window: Window


@dataclass(frozen=True, slots=True)
class Session:
    """`asks` counts the questions put, `started` once a page has run; `answering` is the turn to answer in this run, `searching` what to
    search for on the Search page, `problem` what to tell the reader once."""

    started: bool = False
    asks: int = 0
    reader: Reader | None = None
    conversation: str | None = None
    answering: int | None = None
    opened: Opened | None = None
    closed: bool = False
    shown: Shown | None = None
    shown_as: str | None = None
    page: int | None = None
    searching: str | None = None
    problem: str = ""


def current() -> Session:
    found = st.session_state.get(_SESSION)
    return found if isinstance(found, Session) else Session()


def remember(**changes: object) -> Session:
    """The session with these changes, kept."""
    changed = replace(current(), **changes)  # type: ignore[arg-type]
    st.session_state[_SESSION] = changed
    return changed


def reader() -> Reader:
    """Who the page was opened by; known once `ui.app` has run."""
    found = current().reader
    return found if found else Reader("nobody", "", False)
