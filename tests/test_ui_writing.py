"""Write mode: a scripted chat model behind the Ask page."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from chat_models import Scripted
from embedders import HashEmbedder
from pages import asked, mounted, opened, switched
from streamlit.testing.v1 import AppTest

from rag.assistant import Assistant
from rag.config import load_settings
from rag.errors import ModelError
from rag.index import Index
from rag.types import Filters, Mode
from ui import state
from ui.preferences import Preferences, modes, tuned

QUESTION = "How long is a ferry licence valid?"
TRUE = "A licence is valid for five years, unless the Harbour Authority withdraws it"
FALSE = "It costs 9 million dollars"
Configure = Callable[..., Scripted]


pytestmark = pytest.mark.usefixtures("served")


@pytest.fixture
def configure(monkeypatch: pytest.MonkeyPatch) -> Configure:
    """Makes a model that says one thing the configured one."""

    def say(said: str, **fields: Any) -> Scripted:
        model = Scripted(answers=[said], **fields)
        monkeypatch.setenv("RAG_CHAT_MODEL", "scripted:one")
        monkeypatch.setattr("rag.pipeline.open_chat_model", lambda _: model)
        return model

    return say


def view(app: AppTest) -> dict[str, Any]:
    """The last answer, as the browser gets it."""
    found = mounted(app, "answer")
    assert found, [markdown.value for markdown in app.markdown]
    shown: dict[str, Any] = found[-1]["view"]
    return shown


def sentences(answer: dict[str, Any]) -> list[str]:
    return ["".join(p["text"] for p in s["pieces"]) for g in answer["groups"] for s in g["sentences"]]


def struck(answer: dict[str, Any]) -> list[str]:
    return ["".join(p["text"] for p in s["pieces"]) for s in answer["struck"]]


def test_what_is_supported_is_shown_and_the_rest_is_struck(configure: Configure) -> None:
    configure(f"{TRUE} [1]. {FALSE} [1].")
    app = opened()
    assert app.radio(key="set_mode").value is Mode.WRITE
    answer = view(asked(app, QUESTION))
    assert sentences(answer) == [f"{TRUE}."]
    assert struck(answer) == [f"{FALSE}."]
    assert any("9 million dollars" in reason for reason in answer["struck"][0]["reasons"])
    assert [callout["kind"] for callout in answer["before"]] == []


def test_tokens_and_time_are_said(configure: Configure) -> None:
    configure(f"{TRUE} [1].", usage={"input_tokens": 1234, "output_tokens": 21, "total_tokens": 1255})
    note = view(asked(opened(), QUESTION))["note"]
    assert "written by Scripted · 1,234 tokens in, 21 out · first sentence after " in note
    assert re.search(r"\d m?s$", note)


def test_tokens_are_counted_where_the_model_does_not_say(configure: Configure) -> None:
    configure(f"{TRUE} [1].")
    note = view(asked(opened(), QUESTION))["note"]
    (counted,) = [part for part in note.split(" · ") if " out" in part]
    read, written = (int(word.replace(",", "")) for word in counted.split() if word[0].isdigit())
    assert read > 100
    assert 10 < written < 40


def test_quotations_can_be_chosen_instead(configure: Configure) -> None:
    model = configure(f"{TRUE} [1].")
    app = asked(opened(), QUESTION)
    prompts = len(model.asked)
    app.radio(key="set_mode").set_value(Mode.QUOTE).run()
    assert "written by" not in view(asked(app, QUESTION))["note"]
    assert len(model.asked) == prompts


def test_an_invention_gives_way_to_quotes(configure: Configure) -> None:
    configure(f"{FALSE} [1]. It is painted green on Sundays [7].")
    answer = view(asked(opened(), QUESTION))
    assert f"{TRUE}." in sentences(answer)
    assert f"{FALSE}." in struck(answer)
    assert "These are quotes instead." in answer["before"][0]["text"]
    assert "asked Scripted" in answer["note"]


def test_a_model_that_breaks_off_is_completed_with_quotes(configure: Configure) -> None:
    configure(f"{TRUE} [1]. It c", error=ModelError("The server hung up: try again"))
    answer = view(asked(opened(), QUESTION))
    assert sentences(answer).count(f"{TRUE}.") == 1
    assert len(sentences(answer)) > 1
    assert "hung up" in answer["before"][0]["text"]


def test_a_model_that_finds_nothing_refuses(configure: Configure) -> None:
    configure("NOT IN THE SOURCES")
    answer = view(asked(opened(), QUESTION))
    assert answer["refused"]
    assert answer["passages"]
    assert "asked Scripted" in answer["note"]


def test_markup_that_a_model_writes_is_taken_out(configure: Configure) -> None:
    configure(f"{TRUE} [1]. It costs <b>9</b> million <img src=x onerror=alert(1)> dollars a year [1].")
    answer = view(asked(opened(), QUESTION))
    assert sentences(answer) == [f"{TRUE}."]
    assert struck(answer) == ["It costs 9 million dollars a year."]


def test_a_follow_up_is_rewritten_by_the_model(monkeypatch: pytest.MonkeyPatch) -> None:
    again = "How long is the licence for a ferry valid?"
    model = Scripted(answers=[f"{TRUE} [1].", again, f"{TRUE} [1]."])
    monkeypatch.setenv("RAG_CHAT_MODEL", "scripted:one")
    monkeypatch.setattr("rag.pipeline.open_chat_model", lambda _: model)
    answer = view(asked(asked(opened(), QUESTION), "And how long is it valid?"))
    assert answer["read_as"] == again


def test_a_chat_model_that_cannot_be_opened_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_: object) -> None:
        raise ModelError("No chat model of that name: install it")

    monkeypatch.setenv("RAG_CHAT_MODEL", "scripted:none")
    monkeypatch.setattr("rag.pipeline.open_chat_model", fails)
    app = asked(opened(), QUESTION)
    assert any("No chat model of that name" in markdown.value for markdown in app.markdown)
    assert [b.label for b in app.button if b.label == "Ask again"]


@pytest.fixture
def instance(
    hashed_index: Path, hashing: HashEmbedder, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Assistant]:
    """A server whose assistant was given a chat model as it is, under no name."""
    model = Scripted(answers=[f"{TRUE} [1]."])
    with Assistant(Index.open(hashed_index), hashing, load_settings(strictness=0), model) as assistant:
        monkeypatch.setattr(state, "_assistant", lambda *_: assistant)
        yield assistant


def test_a_chat_model_given_as_an_instance_writes(instance: Assistant) -> None:
    app = opened()
    assert app.radio(key="set_mode").value is Mode.WRITE
    app.slider(key="set_passages").set_value(4).run()
    assert "written by Scripted" in view(asked(app, QUESTION))["note"]
    switched(app, "library")
    switched(app, "ask")
    app.button(key="new_conversation").click().run()
    assert "written by Scripted" in view(asked(app, QUESTION))["note"]


def test_a_readers_choices_keep_the_instance(instance: Assistant) -> None:
    chosen = Preferences(Mode.WRITE, 3, 0.2, Filters())
    mine = tuned(instance, chosen)
    assert modes(instance) == (Mode.WRITE, Mode.QUOTE)
    assert mine.writer.model is instance.writer.model
    assert (mine.settings.passages, mine.settings.strictness) == (3, 0.2)
    assert (instance.settings.passages, instance.settings.strictness) != (3, 0.2)
