"""Write mode in a browser: a model that writes slowly, of which what stands is shown as it comes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from serving import serving, warm
from visitor import Arrive, Visitor

if TYPE_CHECKING:
    from playwright.sync_api import Browser

QUESTION = "Where is the seat of the Regional Anti-Terrorist Structure of the SCO?"
TRUE = "The seat of RATS is Tashkent"
FALSE = "It employs nine thousand dragons"


@pytest.fixture(scope="module")
def writing(browser: Browser, index: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("writing")
    providers = str(Path(__file__).with_name("providers"))
    environment = {
        "PYTHONPATH": os.pathsep.join(filter(None, (providers, os.environ.get("PYTHONPATH", "")))),
        "RAG_CHAT_MODEL": "ollama:scripted",
        "SCRIPTED_ANSWER": f"{TRUE} [1]. {FALSE} [1]. " + "The mandate of RATS covers terrorism [1]. " * 3,
        "SCRIPTED_PAUSE": "0.12",
    }
    with serving(index, folder, folder / "log", environment) as address:
        warm(browser, address)
        yield address


@pytest.fixture
def writer(arrive: Arrive, writing: str) -> Visitor:
    return arrive(writing).enter()


def put(visitor: Visitor, question: str) -> None:
    visitor.box.fill(question)
    visitor.box.press("Enter")


def test_sentences_appear_as_they_are_written_and_only_what_stands(writer: Visitor) -> None:
    put(writer, QUESTION)
    growing = writer.page.locator(".growing").first
    growing.wait_for()
    assert growing.inner_text().startswith(TRUE)
    assert not writer.answers.count()
    answer = writer.answers.first
    answer.wait_for(timeout=60_000)
    writer.settle()
    assert answer.locator(".said .sentence").first.inner_text() == f"{TRUE}."
    struck = answer.locator(".struck")
    assert not struck.locator("s", has_text=FALSE).is_visible()
    struck.locator("summary").click()
    assert struck.locator("s", has_text=FALSE).is_visible()
    assert "1,234 tokens in, 21 out" in answer.locator(".footer .note").first.inner_text()


def test_an_answer_can_be_stopped_and_asked_again(writer: Visitor) -> None:
    put(writer, QUESTION)
    writer.page.locator(".growing").first.wait_for()
    writer.page.locator(".st-key-stop button").click()
    again = writer.page.get_by_role("button", name="Ask again")
    again.wait_for()
    writer.settle()
    assert writer.page.get_by_text("stopped before it was answered").is_visible()
    assert writer.page.locator("h2.asked").all_inner_texts() == [QUESTION]
    assert writer.box.is_enabled()
    again.click()
    writer.answers.first.wait_for(timeout=60_000)
    writer.settle()
    assert writer.page.locator("h2.asked").count() == 1
