"""Who may read and who may add: OpenID Connect where secrets.toml configures it, else a shared password
(RAG_UI_PASSWORD), else everybody who can reach the server.

Without sign-in, documents may be added only by a browser on the server's own machine.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

import streamlit as st
from streamlit.config import get_where_defined
from streamlit.config_option import ConfigOption

PASSWORD = "RAG_UI_PASSWORD"
TOKEN = "policy_rag_token"
LASTS = 30 * 24 * 3600
"""Seconds that a browser is remembered after the right password."""
_WRONG_PER_MINUTE = 10
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})
_FORWARDED = ("X-Forwarded-For", "Forwarded", "X-Real-Ip")
_wrong: deque[float] = deque(maxlen=_WRONG_PER_MINUTE)


class Method(StrEnum):
    OPEN_ID = "open id"
    PASSWORD = "password"
    OPEN = "open"
    UNKNOWN = "unknown"
    """A secrets.toml cannot be read, or is not where the server was told: what it asks for is not known, so nobody
    is let in."""


@dataclass(frozen=True, slots=True)
class Account:
    id: str
    name: str


def method() -> Method:
    if not st.secrets.load_if_toml_exists():
        named = get_where_defined("secrets.files") != ConfigOption.DEFAULT_DEFINITION
        if named or any(Path(path).exists() for path in st.get_option("secrets.files")):
            return Method.UNKNOWN
    elif "auth" in st.secrets:
        return Method.OPEN_ID
    return Method.PASSWORD if os.environ.get(PASSWORD) else Method.OPEN


def account() -> Account | None:
    """Who is signed in by OpenID Connect, else None."""
    if method() is not Method.OPEN_ID or not st.user.is_logged_in:
        return None
    issuer, subject = str(st.user.get("iss", "")), str(st.user.get("sub") or st.user.get("email") or "")
    return Account(f"{issuer} {subject}", str(st.user.get("name") or st.user.get("email") or subject))


def may_upload(signed_in: bool) -> bool:
    """Whether the reader may add documents."""
    return signed_in or (method() is Method.OPEN and is_local(st.context.ip_address, st.context.headers))


def is_local(peer: str | None, headers: Mapping[str, str]) -> bool:
    """Whether a request came from the server's own machine to its own name, through no proxy.

    `peer` is Streamlit's: None for a loopback address.
    """
    host = headers.get("Host", "")
    name = host.rsplit(":", 1)[0] if not host.endswith("]") else host
    return peer is None and name.lower() in _LOOPBACK and not any(header in headers for header in _FORWARDED)


def is_password(given: str) -> bool:
    """Compared in constant time."""
    wanted = os.environ.get(PASSWORD, "")
    return bool(wanted) and hmac.compare_digest(given.encode(), wanted.encode())


def has_given_password(reader: str) -> bool:
    """Whether the password was given in this tab or, by its cookie, in this browser, and not left since."""
    if method() is not Method.PASSWORD:
        return False
    token = st.session_state.get(TOKEN, st.context.cookies.get(TOKEN, ""))
    return is_token(token, reader, os.environ[PASSWORD], time.time())


def make_token(reader: str, password: str, now: float) -> str:
    """Proof that a reader gave the password, good for thirty days or until the password changes."""
    until = int(now) + LASTS
    return f"{until}.{_signature(reader, password, until)}"


def is_token(token: str, reader: str, password: str, now: float) -> bool:
    until, _, signature = token.partition(".")
    if not until.isascii() or not until.isdigit() or len(until) > 12 or int(until) < now:
        return False
    return hmac.compare_digest(signature.encode(), _signature(reader, password, int(until)).encode())


def too_many_wrong(now: float) -> bool:
    """Whether the last minute had as many wrong passwords as are allowed, from everybody together."""
    return len(_wrong) == _WRONG_PER_MINUTE and now - _wrong[0] < 60


def note_wrong(now: float) -> None:
    _wrong.append(now)


def _signature(reader: str, password: str, until: int) -> str:
    return hmac.new(_key(password), f"{reader} {until}".encode(), hashlib.sha256).hexdigest()


@lru_cache(maxsize=1)
def _key(password: str) -> bytes:
    """A slow hash, so that a stolen token does not tell a weak password."""
    return hashlib.scrypt(password.encode(), salt=b"policy-rag sign-in", n=2**14, r=8, p=1)
