from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from serving import serving
from visitor import Arrive, Visitor

from rag.index import Index
from ui.links import Place, address

if TYPE_CHECKING:
    from rag.types import Document

QUOTE = (
    'The mandate of RATS covers terrorism, separatism and extremism, which the SCO calls the "three evils".'
)


def document(index: Path, path: str) -> Document:
    with Index.open(index) as opened:
        return opened.document(path)


def test_a_colleague_opens_a_link_at_the_sentence(arrive: Arrive, index: Path) -> None:
    text = document(index, "article/friend-turned-enemys-enemy.md").text
    start = text.index("In June 2023, Pakistan sent its first shipment")
    end = text.index(".", start) + 1
    colleague = arrive().open("/" + address(Place("article/friend-turned-enemys-enemy.md", start, end)))
    colleague.mark.wait_for()
    colleague.settle()
    assert colleague.marked() == text[start:end]
    assert colleague.sees(colleague.mark)
    assert colleague.page.title().startswith("Friend-Turned-Enemy's Enemy")


def test_the_first_thing_a_server_is_asked_for_can_be_a_link(arrive: Arrive, index: Path, fresh: str) -> None:
    colleague = arrive(fresh).open("/" + address(Place("briefs/wakhan.html", 0, 20)))
    colleague.mark.wait_for(timeout=200_000)
    assert colleague.marked() == document(index, "briefs/wakhan.html").text[:20]


def test_a_pdf_shows_its_page_with_the_words_highlighted(arrive: Arrive, index: Path) -> None:
    text = document(index, "briefs/sco-rats.pdf").text
    start = text.index(QUOTE)
    visitor = arrive().open("/" + address(Place("briefs/sco-rats.pdf", start, start + len(QUOTE))))
    boxes = visitor.page.locator(".reader .box")
    boxes.first.wait_for()
    visitor.settle()
    assert boxes.count() in (1, 2, 3)
    assert visitor.sees(boxes)
    picture = visitor.page.locator(".reader img").bounding_box()
    assert picture
    for i in range(boxes.count()):
        box = boxes.nth(i).bounding_box()
        assert box
        assert picture["x"] <= box["x"] <= box["x"] + box["width"] <= picture["x"] + picture["width"] + 1
    visitor.page.get_by_role("button", name="Text", exact=True).click()
    visitor.mark.wait_for()
    assert visitor.marked() == QUOTE


def test_the_pages_of_a_pdf_can_be_turned(arrive: Arrive) -> None:
    visitor = arrive().open("/" + address(Place("briefs/sco-rats.pdf")))
    visitor.page.get_by_text("Page 1 of 3").wait_for()
    visitor.page.get_by_role("button", name="Page after").click()
    visitor.page.get_by_text("Page 2 of 3").wait_for()
    visitor.page.get_by_role("button", name="Page before").click()
    visitor.page.get_by_text("Page 1 of 3").wait_for()


def test_a_document_can_be_asked_alone(arrive: Arrive) -> None:
    visitor = arrive().open("/" + address(Place("briefs/casa-1000.md")))
    visitor.page.get_by_role("button", name="Ask this document").click()
    answer = visitor.ask("What does it cost?")
    assert set(answer.locator(".group .title").all_inner_texts()) == {
        "The CASA-1000 power line from Central Asia to Pakistan, 2014-2025"
    }


def test_the_model_is_loaded_once_whatever_pages_are_opened(arrive: Arrive) -> None:
    visitor = arrive().enter()
    visitor.ask("What is CASA-1000?")
    assert visitor.model_loads() == 1
    for name in ("Search", "Timeline", "Library", "Quality", "Ask"):
        visitor.page.get_by_role("link", name=name, exact=True).click()
        visitor.page.locator("[data-testid='stTopNavLink'][aria-current='page']", has_text=name).wait_for()
        assert visitor.model_loads() == 1
    for path in (
        "/source?document=briefs%2Fcasa-1000.md",
        "/",
        "/source",
        "/search?q=Khunjerab",
        "/timeline",
    ):
        visitor.open(path)
        assert visitor.model_loads() == 1
    other: Visitor = arrive().enter()
    other.ask("What is the Wakhan Corridor?")
    assert other.model_loads() == 1


def test_a_restart_of_the_server_keeps_the_conversations(arrive: Arrive, index: Path, tmp_path: Path) -> None:
    with serving(index, tmp_path, tmp_path / "log") as address:
        visitor = arrive(address)
        visitor.open().box.wait_for(timeout=200_000)
        said = visitor.ask("What is CASA-1000?").locator(".said .sentence").all_text_contents()
        path = visitor.page.url.removeprefix(address)
    with serving(index, tmp_path, tmp_path / "log") as visitor.address:
        visitor.open(path).answers.first.wait_for(timeout=200_000)
        assert visitor.answers.first.locator(".said .sentence").all_text_contents() == said
