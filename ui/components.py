"""The parts of a page that Streamlit has no widget for: answers with chips, the reader, the cookie jar.

Their JavaScript puts what it is given into the page as text (`textContent`), never as HTML.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from importlib.resources import files
from typing import Any

import streamlit as st

from ui.reader_view import ReaderView
from ui.view import ResultView

Event = Mapping[str, Any]
"""What a reader did: {"kind": "open", "n": 3}. It comes from a browser, so it may hold anything."""


def _frontend(name: str) -> str:
    return (files("ui") / "frontend" / name).read_text(encoding="utf-8")


def _shared(name: str) -> str:
    return f"{_frontend('elements.js')}\n{_frontend(name)}"


_answer = st.components.v2.component(
    "policy_rag_answer", css=_frontend("base.css") + _frontend("answer.css"), js=_shared("answer.js")
)
_reader = st.components.v2.component(
    "policy_rag_reader", css=_frontend("base.css") + _frontend("reader.css"), js=_shared("reader.js")
)
_scroll = st.components.v2.component("policy_rag_scroll", js=_shared("scroll.js"))
_cookie = st.components.v2.component("policy_rag_cookie", js=_frontend("cookie.js"))


def answer(
    key: str,
    view: ResultView,
    handle: Callable[[Event], None],
    *,
    active: int | None = None,
    more: Mapping[str, Any] | None = None,
    come: int | None = None,
) -> None:
    """One result. `active` is the number of the citation that is open; `handle` gets the reader's events.

    `more` holds what stands below: the thumb given, the text to copy. `come` is the turn to scroll to
    when the answer has just come.
    """
    shown = {"view": asdict(view), "active": active, "more": dict(more or {}), "come": come}
    _answer(key=key, data=shown | _heard(key), on_events_change=lambda: _pass_on(key, handle))


def reader(key: str, view: ReaderView, handle: Callable[[Event], None]) -> None:
    """A document with its marks; the active one is scrolled into view."""
    _reader(key=key, data=asdict(view) | _heard(key), on_events_change=lambda: _pass_on(key, handle))


def scroll_to(turn: int) -> None:
    """Bring a question to the top of the page, once."""
    with st.container(key="unseen_scroll"):
        _scroll(key=f"scroll_{turn}", data={"turn": turn})


def set_cookie(name: str, value: str, seconds: int) -> None:
    """Keep a value in the browser for this site alone; it is gone after `seconds`, at once for 0."""
    with st.container(key=f"unseen_{name}"):
        _cookie(key=f"set_{name}", data={"name": name, "value": value, "seconds": seconds})


def _pass_on(key: str, handle: Callable[[Event], None]) -> None:
    """Each event once, in order. The browser sends an event again until it hears that it came, since of two
    in quick succession Streamlit keeps the last."""
    sent = getattr(st.session_state[key], "events", None)
    for event in sent if isinstance(sent, list) else ():
        id = event.get("id") if isinstance(event, Mapping) else None
        if isinstance(id, int) and id > _heard(key)["heard"]:
            st.session_state[_last(key)] = id
            handle(event)


def _heard(key: str) -> dict[str, int]:
    """The number of the last event that came from a component."""
    return {"heard": int(st.session_state.get(_last(key), 0))}


def _last(key: str) -> str:
    return f"{key} heard"
