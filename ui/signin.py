"""The gate in front of the pages, where one is configured."""

from __future__ import annotations

import os
import time
from importlib.util import find_spec

import streamlit as st

from ui import auth, identity
from ui.auth import Method
from ui.components import set_cookie


def admitted() -> bool:
    """Whether the reader may see the pages; shows the way in if not."""
    match auth.method():
        case Method.OPEN_ID:
            return _by_account()
        case Method.PASSWORD:
            return _by_password()
        case Method.UNKNOWN:
            st.error(
                "The server's secrets.toml cannot be read, so nobody can sign in: mend it; its log says where."
            )
            return False
        case _:
            return True


def _by_account() -> bool:
    if auth.account():
        with st.sidebar:
            st.button("Sign out", on_click=st.logout, type="tertiary", icon=":material/logout:")
        return True
    with st.container(key="sign_in", width=420):
        st.title("Policy texts", anchor=False)
        if find_spec("authlib"):
            st.button("Sign in", type="primary", on_click=st.login)
        else:
            st.error(
                "Signing in needs Authlib: run `pip install 'streamlit[auth]'` on the server, then start it again."
            )
    return False


def _by_password() -> bool:
    reader = identity.anonymous_id()
    if auth.has_given_password(reader):
        _keep_token()
        with st.sidebar:
            st.button("Sign out", on_click=_leave, type="tertiary", icon=":material/logout:")
        return True
    if st.session_state.get(auth.TOKEN) == "":
        set_cookie(auth.TOKEN, "", 0)
    with st.container(key="sign_in", width=420), st.form("password_form", border=False):
        st.title("Policy texts", anchor=False)
        given = st.text_input("Password", type="password", key="password")
        sent = st.form_submit_button("Sign in", type="primary")
    if sent:
        _try(given, reader)
    return False


def _try(given: str, reader: str) -> None:
    now = time.time()
    if auth.too_many_wrong(now):
        st.error("Too many wrong passwords: wait a minute, then try again.")
    elif auth.is_password(given):
        st.session_state[auth.TOKEN] = auth.make_token(reader, os.environ[auth.PASSWORD], now)
        st.rerun()
    else:
        auth.note_wrong(now)
        st.error("That is not the password.")


def _keep_token() -> None:
    token = st.session_state.get(auth.TOKEN)
    if token and st.context.cookies.get(auth.TOKEN) != token:
        set_cookie(auth.TOKEN, token, auth.LASTS)


def _leave() -> None:
    st.session_state[auth.TOKEN] = ""
