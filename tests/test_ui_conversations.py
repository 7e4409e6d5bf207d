"""Conversations in the sidebar and in the address."""

from __future__ import annotations

import pytest
from pages import asked, current, mounted, opened
from streamlit.testing.v1 import AppTest

from ui.launch import APPLICATION

QUESTION = "How do the river mines of Velmark and Ostrana compare?"


pytestmark = pytest.mark.usefixtures("served")


def test_the_address_names_the_conversation_and_brings_it_back() -> None:
    app = asked(opened(), QUESTION)
    id = current(app)
    again = AppTest.from_file(str(APPLICATION), default_timeout=60)
    again.session_state["policy_rag_reader"] = app.session_state["policy_rag_reader"]
    again.query_params["conversation"] = id
    again.run()
    assert [m["view"] for m in mounted(again, "answer")] == [m["view"] for m in mounted(app, "answer")]


def test_a_conversation_of_somebody_else_does_not_open() -> None:
    id = current(asked(opened(), QUESTION))
    stranger = opened(conversation=id)
    assert mounted(stranger, "answer") == []
    assert "conversation" not in stranger.query_params
    assert not [b for b in stranger.button if b.key and b.key.startswith("conversation_")]


def test_a_new_conversation_is_empty_and_the_old_one_can_be_opened() -> None:
    app = asked(opened(), QUESTION)
    app.button(key="new_conversation").click().run()
    assert mounted(app, "answer") == []
    (row,) = [b for b in app.button if b.key and b.key.startswith("conversation_")]
    row.click().run()
    assert len(mounted(app, "answer")) == 1


def test_a_conversation_can_be_renamed_and_deleted() -> None:
    app = asked(opened(), QUESTION)
    (title,) = [t for t in app.text_input if t.key and t.key.startswith("title_")]
    title.set_value("Mines, [not] *markdown*").run()
    (row,) = [b for b in app.button if b.key and b.key.startswith("conversation_")]
    assert row.label == r"Mines\, \[not\] \*markdown\*"
    (sure,) = [c for c in app.checkbox if c.key and c.key.startswith("sure_")]
    sure.check().run()
    next(b for b in app.button if b.label == "Delete").click().run()
    assert not app.exception
    assert not [b for b in app.button if b.key and b.key.startswith("conversation_")]
