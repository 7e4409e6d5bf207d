"""What holds for all pages: one model, one index, one gate."""

from __future__ import annotations

from pathlib import Path

import pytest
import streamlit as st
from pages import asked, mounted, opened, switched
from streamlit.testing.v1 import AppTest

from ui import auth, signin, state
from ui.launch import APPLICATION

QUESTION = "How do the river mines of Velmark and Ostrana compare?"


pytestmark = pytest.mark.usefixtures("served")


def test_the_embedder_is_loaded_once_for_all_pages_and_sessions() -> None:
    before = state.model_loads()
    for page in ("ask", "source", "ask"):
        opened(page)
    asked(opened(), QUESTION)
    assert state.model_loads() == before + 1


def test_an_index_that_is_missing_is_said_with_the_command(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("RAG_INDEX", str(tmp_path / "none"))
    app = AppTest.from_file(str(APPLICATION), default_timeout=60).run()
    assert not app.exception
    assert r"rag index PATH" in app.error[0].value


def test_a_password_stands_before_every_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAG_UI_PASSWORD", "open sesame")
    app = opened()
    assert not app.chat_input
    app.text_input(key="password").set_value("wrong")
    app.button[0].click().run()
    assert "not the password" in app.error[0].value
    app.text_input(key="password").set_value("open sesame")
    app.button[0].click().run()
    assert app.chat_input
    next(b for b in app.button if b.label == "Sign out").click().run()
    assert not app.chat_input


def test_only_the_page_that_lists_conversations_has_a_sidebar() -> None:
    for page, widgets in (("ask", True), ("library", False), ("timeline", False), ("quality", False)):
        app = opened(page)
        assert bool(list(app.sidebar)[1:]) is widgets
        assert any("data-model-loads" in html.proto.body for html in app.get("html"))


class Account(dict[str, object]):
    """Stands for `st.user` after a sign-in by OpenID Connect."""

    is_logged_in = True


def test_an_account_stands_before_every_page_where_one_is_configured(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(auth, "method", lambda: auth.Method.OPEN_ID)
    stranger = Account()
    stranger.is_logged_in = False
    monkeypatch.setattr(st, "user", stranger)
    monkeypatch.setattr(signin, "find_spec", lambda _: None)
    assert "streamlit[auth]" in opened().error[0].value
    monkeypatch.setattr(signin, "find_spec", lambda name: name == "authlib")
    app = opened()
    assert [b.label for b in app.button] == ["Sign in"]
    assert not app.chat_input
    monkeypatch.setattr(st, "user", Account(iss="https://id.example.org", sub="7", name="Ana"))
    app.run()
    assert app.chat_input
    assert [b.label for b in app.button if b.label == "Sign out"]
    reader = app.session_state["policy_rag"].reader
    assert (reader.id, reader.name, reader.signed_in) == ("account https://id.example.org 7", "Ana", True)
    assert switched(app, "library").file_uploader


def test_secrets_that_cannot_be_read_let_nobody_in(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    class Secrets(dict[str, object]):
        def load_if_toml_exists(self) -> bool:
            return False

    (tmp_path / "secrets.toml").write_text("[auth\n", encoding="utf-8")
    paths = [str(tmp_path / "none.toml")]
    monkeypatch.setattr(st, "secrets", Secrets())
    monkeypatch.setattr(auth.st, "get_option", lambda _: paths)
    assert opened().chat_input
    paths.append(str(tmp_path / "secrets.toml"))
    app = opened()
    assert "cannot be read" in app.error[0].value
    assert not app.chat_input
    assert not auth.may_upload(signed_in=False)


def test_secrets_that_are_not_where_the_server_was_told_let_nobody_in(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Secrets(dict[str, object]):
        def load_if_toml_exists(self) -> bool:
            return False

    monkeypatch.setattr(st, "secrets", Secrets())
    assert auth.method() is auth.Method.OPEN
    monkeypatch.setattr(auth, "get_where_defined", lambda _: "command-line argument")
    assert auth.method() is auth.Method.UNKNOWN


def test_two_accounts_of_one_browser_do_not_share_conversations(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(auth, "method", lambda: auth.Method.OPEN_ID)
    monkeypatch.setattr(st, "user", Account(iss="https://id.example.org", sub="7"))
    app = asked(opened(), QUESTION)
    monkeypatch.setattr(st, "user", Account(iss="https://id.example.org", sub="8"))
    app.run()
    assert not [b for b in app.button if b.key and b.key.startswith("conversation_")]
    assert mounted(app, "answer") == []


def test_open_id_is_used_where_the_secrets_configure_it(monkeypatch: pytest.MonkeyPatch) -> None:
    class Secrets(dict[str, object]):
        def load_if_toml_exists(self) -> bool:
            return bool(self)

    monkeypatch.setattr(st, "secrets", Secrets(auth={"client_id": "x"}))
    monkeypatch.setenv(auth.PASSWORD, "open sesame")
    assert auth.method() is auth.Method.OPEN_ID
    monkeypatch.setattr(st, "secrets", Secrets())
    assert auth.method() is auth.Method.PASSWORD
    monkeypatch.delenv(auth.PASSWORD)
    assert auth.method() is auth.Method.OPEN
