"""What a click in an answer does. That it is sent is tested in tests/browser; here its events are handed in."""

from __future__ import annotations

from typing import Any

import pytest
from pages import asked, current, mounted, opened, owner
from streamlit.testing.v1 import AppTest

from ui import session, state
from ui.history import FeedbackKind, State

QUESTION = "How do the river mines of Velmark and Ostrana compare?"


pytestmark = pytest.mark.usefixtures("served")


@pytest.fixture
def answered_turn() -> tuple[AppTest, Any]:
    app = asked(opened(), QUESTION)
    id = current(app)
    (turn,) = state.history().turns(owner(), id)
    return app, turn


def handle(app: AppTest, turn: Any, event: dict[str, Any]) -> AppTest:
    """The event that the answer's component would send, handed to the page in its own run."""
    script = """
import streamlit as st
from ui.screens import ask
ask._handle(st.session_state["owner"], st.session_state["turn"], st.session_state["sent"])
"""
    inner = AppTest.from_string(script, default_timeout=60)
    inner.session_state["owner"], inner.session_state["turn"] = owner(), turn
    inner.session_state["sent"] = event
    inner.session_state["policy_rag"] = app.session_state["policy_rag"]
    inner.run()
    assert not inner.exception, inner.exception
    return inner


def test_a_click_on_a_chip_opens_its_citation(answered_turn: tuple[AppTest, Any]) -> None:
    app, turn = answered_turn
    last = turn.result.citations[-1]
    assert last.n > 1
    after = handle(app, turn, {"kind": "open", "n": last.n, "keyboard": True}).session_state["policy_rag"]
    assert (after.opened.turn, after.opened.n, after.opened.by_keyboard) == (turn.id, last.n, True)
    app.session_state["policy_rag"] = after
    app.run()
    (reader,) = mounted(app, "reader")
    assert reader["quote"] == last.quote
    assert reader["take_focus"]


@pytest.mark.parametrize(
    "event",
    [
        {},
        {"kind": "open", "n": 99},
        {"kind": "open", "n": "1; DROP TABLE turns"},
        {"kind": "open"},
        {"kind": "feedback", "feedback": "cheers"},
        {"kind": "feedback"},
        {"kind": ["open"]},
    ],
)
def test_events_that_make_no_sense_change_nothing(
    answered_turn: tuple[AppTest, Any], event: dict[str, Any]
) -> None:
    app, turn = answered_turn
    after = handle(app, turn, event).session_state["policy_rag"]
    assert after.opened == app.session_state["policy_rag"].opened
    assert state.history().feedback() == []


def test_feedback_is_kept(answered_turn: tuple[AppTest, Any]) -> None:
    app, turn = answered_turn
    handle(app, turn, {"kind": "feedback", "feedback": "good"})
    handle(
        app, turn, {"kind": "feedback", "feedback": "wrong citation", "citation": 1, "comment": "Not there"}
    )
    handle(app, turn, {"kind": "feedback", "feedback": "comment", "citation": 99, "comment": "x" * 9999})
    last, wrong, good = state.history().feedback()
    assert (good.kind, wrong.kind, wrong.citation) == (FeedbackKind.GOOD, FeedbackKind.WRONG_CITATION, 1)
    assert (last.citation, len(last.comment)) == (None, 2000)
    app.run()
    assert mounted(app, "answer")[0]["more"]["thumb"] == "good"


def test_asking_again_answers_the_same_turn(answered_turn: tuple[AppTest, Any]) -> None:
    app, turn = answered_turn
    after = handle(app, turn, {"kind": "retry"})
    reopened = state.history().turn(owner(), turn.id)
    assert reopened
    assert reopened.state is State.ASKED
    app.session_state["policy_rag"] = after.session_state["policy_rag"]
    app.run()
    again = state.history().turn(owner(), turn.id)
    assert again
    assert again.state is State.ANSWERED
    assert len(mounted(app, "answer")) == 1


def test_a_search_is_remembered_until_the_page_switches(answered_turn: tuple[AppTest, Any]) -> None:
    app, turn = answered_turn
    after = handle(app, turn, {"kind": "search"}).session_state["policy_rag"]
    assert isinstance(after, session.Session)
    assert after.searching == QUESTION


def test_events_are_heard_once_each_and_in_order() -> None:
    script = """
from types import SimpleNamespace
import streamlit as st
from ui import components
st.session_state["heard"] = heard = []
for events in ([{"id": 5, "n": 1}], [{"id": 5, "n": 1}, {"id": 9, "n": 2}], [{"id": 9, "n": 2}], [{"n": 3}, "x"], None):
    st.session_state["part"] = SimpleNamespace(events=events)
    components._pass_on("part", lambda event: heard.append(event["n"]))
"""
    app = AppTest.from_string(script, default_timeout=60).run()
    assert not app.exception, app.exception
    assert app.session_state["heard"] == [1, 2]
