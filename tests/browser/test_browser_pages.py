"""Library, Timeline, Search and Quality in a browser. The Library's server has an index of its own to change."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from serving import ROOT, serving, warm
from visitor import PHONE, Arrive, Visitor

sys.path.insert(0, str(ROOT / "tests"))
from samples import pdf

if TYPE_CHECKING:
    from playwright.sync_api import Browser, FilePayload

WHARF = pdf(
    ["The Wharf Agreement of Zembla", "", "The wharf of Zembla has nine cranes and a customs shed."],
    ["The Harbour Council of Zembla opened the wharf on 4 May 1931."],
)
EVIL = "<img src=x onerror=alert('name')> ..%2F..%2Fpasswd.md"


@pytest.fixture(scope="module")
def shelves(browser: Browser, index: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("shelves")
    copy = shutil.copytree(index, folder / "index")
    with serving(copy, folder, folder / "log", {"RAG_MAX_FILE_MB": "1"}) as address:
        warm(browser, address)
        yield address


@pytest.fixture
def librarian(arrive: Arrive, shelves: str) -> Visitor:
    visitor = arrive(shelves).open("/library")
    visitor.page.get_by_role("heading", name="Library").wait_for()
    return visitor


def file(name: str, content: bytes, kind: str = "text/markdown") -> FilePayload:
    return {"name": name, "mimeType": kind, "buffer": content}


def hand_in(visitor: Visitor, *files: FilePayload) -> None:
    page = visitor.page
    if not page.get_by_text("Web addresses, one a line").is_visible():
        page.get_by_text("Add documents").click()
    page.locator("input[type=file]").set_input_files(list(files))
    page.get_by_test_id("stFileChipName").nth(len(files) - 1).wait_for()
    page.get_by_test_id("stFileChipIconSpinner").first.wait_for(state="detached")
    visitor.settle()


def add(visitor: Visitor, *files: FilePayload) -> list[list[str]]:
    """The result of each file: its name, what became of it, and why."""
    hand_in(visitor, *files)
    visitor.page.get_by_role("button", name="Add to the library").click()
    result = visitor.page.locator(".st-key-library_result")
    result.get_by_role("table").wait_for(timeout=60_000)
    rows = result.locator("tbody tr").all()
    return [row.locator("td").all_inner_texts() for row in rows]


def choose(visitor: Visitor, title: str) -> None:
    """One document, in the box below the table."""
    box = visitor.page.get_by_role("combobox", name="Document")
    box.click()
    box.press_sequentially(title)
    visitor.page.get_by_role("option", name=title).click()
    visitor.page.locator(".st-key-library_document", has_text=title).wait_for()


def test_a_pdf_is_added_and_answers_at_once_at_its_page(librarian: Visitor) -> None:
    ((name, became, _),) = add(librarian, file("wharf of zembla.pdf", WHARF, "application/pdf"))
    assert (name, became) == ("wharf of zembla.pdf", "added")
    librarian.page.get_by_role("link", name="Ask").click()
    answer = librarian.ask("When was the wharf of Zembla opened?")
    told = answer.locator(".said .sentence").all_text_contents()
    dated = next(n for n, sentence in enumerate(told, start=1) if "4 May 1931" in sentence)
    librarian.open_citation(answer, dated)
    assert librarian.marked() == told[dated - 1]
    assert librarian.sees(librarian.mark)
    assert "p. 2" in librarian.page.locator(".reader header").inner_text()
    librarian.page.get_by_role("button", name="Page", exact=True).click()
    librarian.page.locator(".reader .box").first.wait_for()
    assert librarian.sees(librarian.page.locator(".reader .box"))
    assert librarian.model_loads() == 1


def test_a_document_with_a_hostile_name_is_inert(librarian: Visitor) -> None:
    ((name, became, _),) = add(librarian, file(EVIL, b"# Buoys\n\nThe buoys of Zembla are painted green.\n"))
    assert became == "added"
    assert "onerror" in name or name == "passwd.md"
    assert librarian.page.locator("img[src='x']").count() == 0
    link = librarian.page.locator(".st-key-library_result a").first.get_attribute("href") or ""
    assert re.fullmatch(r"source\?document=[\w.-]+", link)  # one flat name, no folder, no sign of HTML


def test_a_file_that_is_too_large_or_of_another_type_is_refused(librarian: Visitor) -> None:
    hand_in(librarian, file("large.md", b"word " * 300_000))
    librarian.page.get_by_text("must be 1.0MB or smaller").wait_for()
    librarian.page.reload()
    librarian.page.get_by_role("heading", name="Library").wait_for()
    hand_in(librarian, file("run.exe", b"MZ", "application/octet-stream"))
    librarian.page.get_by_text("not allowed").wait_for()


def test_a_file_that_cannot_be_read_says_why_beside_one_that_can(librarian: Visitor) -> None:
    rows = add(
        librarian,
        file("broken.pdf", b"%PDF-1.7 and then nothing", "application/pdf"),
        file("ropes.md", b"# Ropes\n\nThe ropes of Zembla are made of hemp.\n"),
    )
    assert {row[0]: row[1] for row in rows} == {"broken.pdf": "not added", "ropes.md": "added"}
    assert next(row[2] for row in rows if row[0] == "broken.pdf")


def test_a_document_is_found_opened_and_removed(librarian: Visitor) -> None:
    page = librarian.page
    add(librarian, file("tar.md", b"# Tar of Zembla\n\nThe tar of Zembla is boiled in spring.\n"))
    page.get_by_role("button", name="Close").click()
    page.locator(".st-key-library_result").wait_for(state="detached")
    choose(librarian, "Tar of Zembla")
    page.locator(".st-key-library_open button").click()
    page.locator(".reader h2", has_text="Tar of Zembla").wait_for()
    page.go_back()
    page.get_by_role("heading", name="Library").wait_for()
    choose(librarian, "Tar of Zembla")
    page.get_by_text("Remove it and delete its file").click()
    page.locator(".st-key-library_remove button").click()
    page.get_by_text("Its file was deleted.").wait_for(timeout=60_000)


def test_every_statement_of_the_timeline_opens_at_its_sentence(arrive: Arrive) -> None:
    visitor = arrive().open("/timeline?topic=QTTA")
    table = visitor.page.get_by_role("table", name="Timeline")
    table.wait_for(timeout=60_000)
    visitor.page.locator(".stVegaLiteChart canvas, .stVegaLiteChart svg").first.wait_for()
    row = table.locator("tbody tr").filter(has_text="1995").first
    said = row.locator("td.quote p").first.inner_text()
    with visitor.context.expect_page() as opened:
        row.get_by_role("link").click()
    mark = opened.value.locator(".reader mark.active, .reader .box").first
    mark.wait_for()
    if opened.value.locator(".reader mark.active").count():
        assert opened.value.locator(".reader mark.active").first.text_content() in said
    visitor.page.get_by_text("Only where sources disagree").click()
    visitor.page.get_by_text("on which sources disagree").or_(
        visitor.page.get_by_text("of them sources disagree")
    ).first.wait_for()


def test_passages_are_searched_and_one_opens(arrive: Arrive) -> None:
    visitor = arrive().enter()
    visitor.page.get_by_role("link", name="Search").click()
    box = visitor.page.get_by_role("searchbox", name="Search for").or_(
        visitor.page.get_by_placeholder("Words, or a question")
    )
    box.first.fill("seasonal closure of the Khunjerab Pass")
    box.first.press("Enter")
    table = visitor.page.get_by_role("table", name="Passages found")
    table.wait_for()
    assert {"khunjerab", "pass"} <= {word.lower() for word in table.locator("mark").all_inner_texts()}
    assert table.locator("tbody tr").first.locator(".badge").count() >= 2
    visitor.page.get_by_role("button", name="Ask this instead").click()
    visitor.answers.first.wait_for()


def test_a_refusal_leads_to_the_search_of_the_same_words(arrive: Arrive) -> None:
    question = "What does the Bank of Japan say about interest rates?"
    visitor = arrive().enter()
    visitor.ask(question).get_by_role("button", name="Search instead").click()
    visitor.page.get_by_role("table", name="Passages found").wait_for()
    assert visitor.page.get_by_placeholder("Words, or a question").input_value() == question


def test_feedback_given_on_an_answer_is_listed_under_quality(arrive: Arrive) -> None:
    visitor = arrive().enter()
    visitor.ask("What is CASA-1000?").get_by_role("button", name="Not helpful").click()
    visitor.settle()
    visitor.page.get_by_role("link", name="Quality").click()
    visitor.page.get_by_role("tab", name="Feedback").click()
    row = visitor.page.get_by_role("table", name="Feedback given in chat").locator("tbody tr").first
    row.wait_for()
    assert row.locator("td").all_inner_texts()[1:3] == ["bad", "What is CASA-1000?"]
    with visitor.page.expect_download() as download:
        visitor.page.get_by_role("button", name="Download as candidate gold cases").click()
    assert '"review": "pending"' in Path(download.value.path()).read_text(encoding="utf-8")


@pytest.mark.parametrize("page", ["library", "timeline?topic=QTTA", "search?q=Khunjerab", "quality"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_is_cut_off_on_a_phone(arrive: Arrive, page: str, scheme: str) -> None:
    visitor = arrive(viewport=PHONE, color_scheme=scheme, has_touch=True).open(f"/{page}")
    visitor.page.locator("h1").wait_for()
    visitor.settle()
    assert visitor.page.evaluate("() => document.scrollingElement.scrollWidth <= innerWidth")
    assert visitor.page.get_by_text("Traceback").count() == 0
    assert visitor.page.locator(".stException").count() == 0
