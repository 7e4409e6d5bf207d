"""The pages as Streamlit runs them, without a browser. What a click in an answer does is tested in
tests/browser; here its events are handed in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from chat_models import Scripted
from embedders import HashEmbedder
from pages import mounted, opened, serving, switched
from streamlit.runtime.scriptrunner_utils.exceptions import StopException
from streamlit.testing.v1 import AppTest

from rag.assistant import Assistant
from rag.errors import ModelError, RagError
from rag.types import Mode
from ui import asking, session, state
from ui.history import FeedbackKind, State
from ui.launch import APPLICATION
from ui.links import Place, parameters

QUESTION = "How do the river mines of Velmark and Ostrana compare?"


@pytest.fixture(autouse=True)
def served(
    hashed_index: Path, hashing: HashEmbedder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    with serving(hashed_index, hashing, tmp_path / "data", monkeypatch):
        yield


def current(app: AppTest) -> str:
    """The conversation that the address names."""
    named = app.query_params["conversation"]
    return named if isinstance(named, str) else named[0]


def asked(app: AppTest, question: str = QUESTION) -> AppTest:
    app.chat_input(key="question").set_value(question).run()
    assert not app.exception, app.exception
    return app


def owner() -> str:
    """Of the only conversation there is."""
    (found,) = state.history()._connection.execute("SELECT owner FROM conversations LIMIT 1").fetchall()
    return str(found[0])


def test_the_first_page_offers_questions_from_the_documents() -> None:
    app = opened()
    assert app.title[0].value == "What do the documents say?"
    starters = [b for b in app.button if b.key and b.key.startswith("starter_")]
    assert starters
    starters[0].click().run()
    assert len(mounted(app, "answer")) == 1


def test_an_answer_and_its_source_are_shown() -> None:
    app = asked(opened())
    (answer,) = mounted(app, "answer")
    (reader,) = mounted(app, "reader")
    first = answer["view"]["groups"][0]["sentences"][0]
    assert answer["active"] == 1
    assert reader["position"] == [1, len(answer["view"]["numbers"])]
    assert reader["quote"] == "".join(piece["text"] for piece in first["pieces"])


def test_the_address_names_the_conversation_and_brings_it_back() -> None:
    app = asked(opened())
    id = current(app)
    again = AppTest.from_file(str(APPLICATION), default_timeout=60)
    again.session_state["policy_rag_reader"] = app.session_state["policy_rag_reader"]
    again.query_params["conversation"] = id
    again.run()
    assert [m["view"] for m in mounted(again, "answer")] == [m["view"] for m in mounted(app, "answer")]


def test_a_conversation_of_somebody_else_does_not_open() -> None:
    id = current(asked(opened()))
    stranger = opened(conversation=id)
    assert mounted(stranger, "answer") == []
    assert "conversation" not in stranger.query_params
    assert not [b for b in stranger.button if b.key and b.key.startswith("conversation_")]


def test_a_follow_up_is_read_with_what_was_said() -> None:
    app = asked(asked(opened(), "What is a ferry licence?"), "How long is it valid?")
    answers = mounted(app, "answer")
    assert answers[0]["view"]["read_as"] == ""
    assert "ferry" in answers[1]["view"]["read_as"]


def test_a_new_conversation_is_empty_and_the_old_one_can_be_opened() -> None:
    app = asked(opened())
    app.button(key="new_conversation").click().run()
    assert mounted(app, "answer") == []
    (row,) = [b for b in app.button if b.key and b.key.startswith("conversation_")]
    row.click().run()
    assert len(mounted(app, "answer")) == 1


def test_a_conversation_can_be_renamed_and_deleted() -> None:
    app = asked(opened())
    (title,) = [t for t in app.text_input if t.key and t.key.startswith("title_")]
    title.set_value("Mines, [not] *markdown*").run()
    (row,) = [b for b in app.button if b.key and b.key.startswith("conversation_")]
    assert row.label == r"Mines\, \[not\] \*markdown\*"
    (sure,) = [c for c in app.checkbox if c.key and c.key.startswith("sure_")]
    sure.check().run()
    next(b for b in app.button if b.label == "Delete").click().run()
    assert not app.exception
    assert not [b for b in app.button if b.key and b.key.startswith("conversation_")]


def test_filters_restrict_the_answer_and_are_shown() -> None:
    app = opened()
    app.multiselect(key="set_types").select("regulation")
    app.text_input(key="set_date_from").set_value("2011")
    app.run()
    assert any("type regulation · from 2011" in html.proto.body for html in app.get("html"))
    (answer,) = mounted(asked(app, "What is the fee for a large ferry?"), "answer")
    assert {g["source"] for g in answer["view"]["groups"]} == {"Ferry Regulation"}
    app.button(key="clear_filters").click().run()
    assert app.multiselect(key="set_types").value == []


def test_a_date_that_is_none_is_said() -> None:
    app = opened()
    app.text_input(key="set_date_to").set_value("soon").run()
    assert any("No date" in caption.value for caption in app.caption)


def test_strictness_makes_it_refuse() -> None:
    app = opened()
    app.slider(key="set_strictness").set_value(1.0).run()
    (answer,) = mounted(asked(app), "answer")
    assert answer["view"]["refused"]
    assert answer["view"]["passages"]


def test_settings_hold_on_other_pages() -> None:
    app = opened()
    app.slider(key="set_passages").set_value(3).run()
    switched(app, "source")
    switched(app, "ask")
    assert app.slider(key="set_passages").value == 3


def test_a_question_that_fails_says_why_and_can_be_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    app = opened()

    def fails(*_: object) -> None:
        raise RagError("The index is <b>busy</b>: wait")

    with monkeypatch.context() as broken:
        broken.setattr(Assistant, "ask_stream", fails)
        asked(app)
    assert any(r"\<b\>busy\<\/b\>" in markdown.value for markdown in app.markdown)
    (again,) = [b for b in app.button if b.label == "Ask again"]
    again.click().run()
    assert len(mounted(app, "answer")) == 1


def test_a_question_can_be_stopped_and_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    app = opened()

    def stopped(*_: object) -> Iterator[None]:
        yield None
        raise StopException

    with monkeypatch.context() as slow:
        slow.setattr(asking, "answers", stopped)
        asked(app)
    (turn,) = state.history().turns(owner(), current(app))
    assert (turn.state, turn.question) == (State.STOPPED, QUESTION)
    app.run()
    next(b for b in app.button if b.label == "Ask again").click().run()
    assert len(mounted(app, "answer")) == 1


def test_a_question_left_unanswered_by_a_restart_is_offered_again() -> None:
    app = asked(opened())
    id = current(app)
    state.history().ask(owner(), id, "And then?")
    app.run()
    assert len(mounted(app, "answer")) == 1
    assert [b.label for b in app.button if b.key and b.key.startswith("again_")] == ["Ask again"]


def test_suggested_questions_are_kept_with_the_turn() -> None:
    app = asked(opened())
    offered = [b.label for b in app.button if b.key and b.key.startswith("follow_up_")]
    id = current(app)
    (turn,) = state.history().turns(owner(), id)
    assert turn.suggestions is not None
    assert len(turn.suggestions) == len(offered)


def test_a_chat_models_answer_is_shown_with_what_was_struck(monkeypatch: pytest.MonkeyPatch) -> None:
    says = "A licence is valid for five years, unless the Harbour Authority withdraws it [1]. It costs 9 million dollars [1]."
    model = Scripted(answers=[says])
    monkeypatch.setenv("RAG_CHAT_MODEL", "scripted:one")
    monkeypatch.setattr("rag.assistant.open_chat_model", lambda _: model)
    app = opened()
    assert app.radio(key="set_mode").value is Mode.WRITE
    (answer,) = mounted(asked(app, "How long is a ferry licence valid?"), "answer")
    shown = [
        "".join(p["text"] for p in s["pieces"]) for g in answer["view"]["groups"] for s in g["sentences"]
    ]
    assert shown == ["A licence is valid for five years, unless the Harbour Authority withdraws it."]
    (struck,) = answer["view"]["struck"]
    assert "9 million dollars" in struck["pieces"][0]["text"]
    assert "written by" in answer["view"]["note"]
    prompts = len(model.asked)
    app.radio(key="set_mode").set_value(Mode.QUOTE).run()
    answers = mounted(asked(app, "How long is a ferry licence valid?"), "answer")
    assert "written by" not in answers[-1]["view"]["note"]
    assert len(model.asked) == prompts


def test_a_chat_model_that_cannot_be_opened_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_: object) -> None:
        raise ModelError("No chat model of that name: install it")

    monkeypatch.setenv("RAG_CHAT_MODEL", "scripted:none")
    monkeypatch.setattr("rag.assistant.open_chat_model", fails)
    app = asked(opened())
    assert any("No chat model of that name" in markdown.value for markdown in app.markdown)


def test_the_embedder_is_loaded_once_for_all_pages_and_sessions() -> None:
    before = state.model_loads()
    for page in ("ask", "source", "ask"):
        opened(page)
    asked(opened())
    assert state.model_loads() == before + 1


def test_the_source_page_opens_a_link_at_its_sentence(quick: Assistant) -> None:
    document = quick.index.document("law/ferry-regulation.md")
    quote = "A licence is valid for five years, unless the Harbour Authority withdraws it."
    start = document.text.index(quote)
    app = source(Place(document.path, start, start + len(quote), document.content_hash[:8]))
    (reader,) = mounted(app, "reader")
    assert reader["quote"] == quote
    assert "Art. 2" not in reader["place"]
    assert reader["notice"] == ""


def source(place: Place) -> AppTest:
    """The Source page at a place, as a link opens it."""
    app = AppTest.from_file(str(APPLICATION), default_timeout=60).run()
    for name, value in parameters(place).items():
        app.query_params[name] = value
    switched(app, "source")
    assert not app.exception, app.exception
    return app


def test_a_link_to_an_older_version_says_so() -> None:
    (reader,) = mounted(source(Place("law/ferry-regulation.md", 3, 9, "00000000")), "reader")
    assert "has changed since this link was made" in reader["notice"]


def test_a_place_that_is_not_there_opens_the_document() -> None:
    (reader,) = mounted(source(Place("law/ferry-regulation.md", 3, 10**9)), "reader")
    assert reader["quote"] == ""
    assert "is not in it" in reader["notice"]


def test_an_unknown_document_is_an_error_that_names_near_ones() -> None:
    app = source(Place("law/ferry-regulations.md"))
    assert r"law\/ferry\-regulation\.md" in app.error[0].value


def test_without_a_link_the_source_page_lets_one_choose() -> None:
    app = opened("source")
    app.selectbox[0].select("law/ferry-regulation.md").run()
    (reader,) = mounted(app, "reader")
    assert reader["title"] == "Ferry Regulation"


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


@pytest.fixture
def answered_turn() -> tuple[AppTest, Any]:
    app = asked(opened())
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
