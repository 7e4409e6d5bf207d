"""The Ask page as Streamlit runs it, without a browser."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pages import asked, current, mounted, opened, owner, switched
from streamlit.runtime.scriptrunner_utils.exceptions import StopException

from rag.assistant import Assistant
from rag.errors import RagError
from ui import asking, state
from ui.history import State

QUESTION = "How do the river mines of Velmark and Ostrana compare?"


pytestmark = pytest.mark.usefixtures("served")


def test_the_first_page_offers_questions_from_the_documents() -> None:
    app = opened()
    assert app.title[0].value == "What do the documents say?"
    starters = [b for b in app.button if b.key and b.key.startswith("starter_")]
    assert starters
    starters[0].click().run()
    assert len(mounted(app, "answer")) == 1


def test_an_answer_and_its_source_are_shown() -> None:
    app = asked(opened(), QUESTION)
    (answer,) = mounted(app, "answer")
    (reader,) = mounted(app, "reader")
    first = answer["view"]["groups"][0]["sentences"][0]
    assert answer["active"] == 1
    assert reader["position"] == [1, len(answer["view"]["numbers"])]
    assert reader["quote"] == "".join(piece["text"] for piece in first["pieces"])


def test_a_follow_up_is_read_with_what_was_said() -> None:
    app = asked(asked(opened(), "What is a ferry licence?"), "How long is it valid?")
    answers = mounted(app, "answer")
    assert answers[0]["view"]["read_as"] == ""
    assert "ferry" in answers[1]["view"]["read_as"]


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
    (answer,) = mounted(asked(app, QUESTION), "answer")
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
        asked(app, QUESTION)
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
        asked(app, QUESTION)
    (turn,) = state.history().turns(owner(), current(app))
    assert (turn.state, turn.question) == (State.STOPPED, QUESTION)
    app.run()
    next(b for b in app.button if b.label == "Ask again").click().run()
    assert len(mounted(app, "answer")) == 1


def test_a_question_left_unanswered_by_a_restart_is_offered_again() -> None:
    app = asked(opened(), QUESTION)
    id = current(app)
    state.history().ask(owner(), id, "And then?")
    app.run()
    assert len(mounted(app, "answer")) == 1
    assert [b.label for b in app.button if b.key and b.key.startswith("again_")] == ["Ask again"]


def test_suggested_questions_are_kept_with_the_turn() -> None:
    app = asked(opened(), QUESTION)
    offered = [b.label for b in app.button if b.key and b.key.startswith("follow_up_")]
    id = current(app)
    (turn,) = state.history().turns(owner(), id)
    assert turn.suggestions is not None
    assert len(turn.suggestions) == len(offered)
