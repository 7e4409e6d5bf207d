"""Who is asking: the signed-in name, else a random id that the browser keeps in a cookie.

The id is all that stands between two anonymous readers' conversations, so it has 144 random bits, is
never shown, and is sent to the browser's cookie jar alone.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass

import streamlit as st

from ui import auth
from ui.components import set_cookie

COOKIE = "policy_rag_reader"
_ID = re.compile(r"[\w-]{24}")
_YEAR = 365 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Reader:
    """`id` owns conversations; `name` is shown; `signed_in` lets documents be added."""

    id: str
    name: str
    signed_in: bool


def reader() -> Reader:
    """Who is reading, the same after a refresh or a restart of the server."""
    account = auth.account()
    if account:
        return Reader(f"account {account.id}", account.name, True)
    return Reader(f"browser {anonymous_id()}", "", auth.has_given_password(anonymous_id()))


def anonymous_id() -> str:
    """This browser's id, a new one where it has none; `keep` stores it."""
    known = st.session_state.get(COOKIE) or st.context.cookies.get(COOKIE, "")
    if not _ID.fullmatch(known):
        known = secrets.token_urlsafe(18)
    st.session_state[COOKIE] = known
    return str(known)


def keep() -> None:
    """Put the id into the browser's cookie jar, once a run."""
    known = anonymous_id()
    if st.context.cookies.get(COOKIE) != known:
        set_cookie(COOKIE, known, _YEAR)
