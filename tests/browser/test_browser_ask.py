from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from visitor import PHONE, Arrive, Visitor

from rag.index import Index

if TYPE_CHECKING:
    from playwright.sync_api import Locator

HEADLINE = "Why did QTTA usage take 28 years?"


def sentences(answer: Locator) -> list[str]:
    return answer.locator(".said .sentence").all_text_contents()


def numbers(answer: Locator) -> list[int]:
    return [int(text) for text in answer.locator(".said .chip").all_text_contents()]


def test_every_citation_of_the_headline_answer_opens_at_its_words(visitor: Visitor, index: Path) -> None:
    answer = visitor.ask(HEADLINE)
    said, cited = sentences(answer), numbers(answer)
    assert len(said) == len(cited) >= 3
    with Index.open(index) as opened:
        texts = [opened.document(d.path).text for d in opened.documents()]
    for sentence, n in zip(said, cited, strict=True):
        visitor.open_citation(answer, n)
        assert visitor.marked() == sentence
        assert any(sentence in text for text in texts)
        assert visitor.sees(visitor.mark)
        assert answer.locator(f".said .chip[data-n='{n}']").get_attribute("aria-pressed") == "true"


def test_the_source_says_whose_words_they_are(visitor: Visitor) -> None:
    answer = visitor.ask(HEADLINE)
    article = next(
        n
        for n in numbers(answer)
        if "Gaurav Saini" in (answer.locator(f".chip[data-n='{n}']").first.get_attribute("aria-label") or "")
    )
    visitor.open_citation(answer, article)
    header = visitor.page.locator(".reader header")
    assert "Friend-Turned-Enemy's Enemy" in header.locator("h2").inner_text()
    assert header.locator(".byline").inner_text() == "Dr. Gaurav Saini · 2024-07-20 · article"
    assert header.locator(".place").inner_text()


def test_the_highlight_stays_while_the_reader_is_scrolled_and_the_page_used(visitor: Visitor) -> None:
    answer = visitor.ask(HEADLINE)
    visitor.open_citation(answer, 2)
    before = visitor.marked()
    visitor.page.locator(".reader .body").evaluate("body => (body.scrollTop = body.scrollHeight)")
    answer.locator(".verdict").first.click()
    answer.locator(".why").first.wait_for()
    visitor.settle()
    assert visitor.page.locator(".reader .body").evaluate("body => body.scrollTop") > 0
    assert visitor.marked() == before
    visitor.open_citation(answer, 1)
    visitor.open_citation(answer, 2)
    assert visitor.sees(visitor.mark)


def test_next_and_previous_go_through_the_citations(visitor: Visitor) -> None:
    answer = visitor.ask(HEADLINE)
    said = sentences(answer)
    for sentence in said[1:3]:
        visitor.page.get_by_role("button", name="Next citation").click()
        visitor.page.locator(".reader mark.active", has_text=sentence[:40]).wait_for()
    visitor.page.get_by_role("button", name="Previous citation").click()
    visitor.page.locator(".reader mark.active", has_text=said[1][:40]).wait_for()


def test_a_citation_can_be_opened_while_the_page_still_goes_on(visitor: Visitor) -> None:
    answer = visitor.ask_in_haste(HEADLINE)
    answer.locator(".chip[data-n='3']").first.click()
    visitor.page.locator(".reader .count", has_text=re.compile("^Citation 3 of ")).wait_for()
    visitor.settle()
    assert visitor.marked() == sentences(answer)[2]


def test_the_keyboard_alone_suffices(visitor: Visitor) -> None:
    visitor.box.focus()
    visitor.page.keyboard.type(HEADLINE)
    visitor.page.keyboard.press("Enter")
    visitor.answers.first.wait_for()
    answer = visitor.answers.first
    said = sentences(answer)
    visitor.settle()
    visitor.page.wait_for_function(FOCUSED_BOX)
    answer.locator(".chip[data-n='2']").focus()
    visitor.page.keyboard.press("Enter")
    visitor.page.locator(".reader mark.active", has_text=said[1][:40]).wait_for()
    visitor.page.keyboard.press("ArrowRight")
    visitor.page.locator(".reader mark.active", has_text=said[2][:40]).wait_for()
    visitor.settle()
    visitor.page.keyboard.press("Escape")
    assert visitor.page.evaluate(FOCUSED) == "3"


FOCUSED_BOX = "() => document.activeElement?.tagName === 'TEXTAREA'"
"""Streamlit puts the focus back into the box when an answer is complete."""
FOCUSED = """() => {
  let focused = document.activeElement;
  while (focused && focused.shadowRoot && focused.shadowRoot.activeElement) focused = focused.shadowRoot.activeElement;
  return focused.dataset.n;
}"""


def test_a_verdict_is_explained_on_demand(visitor: Visitor) -> None:
    answer = visitor.ask(HEADLINE)
    why = answer.locator(".why").first
    assert not why.is_visible()
    answer.locator(".verdict").first.click()
    assert why.inner_text().startswith("Word for word in its source.")
    answer.locator(".verdict").first.click()
    assert not why.is_visible()


def test_a_follow_up_is_understood_and_said(visitor: Visitor) -> None:
    visitor.ask("What is the Regional Anti-Terrorist Structure of the SCO?")
    answer = visitor.ask("Where is its seat?")
    assert "Regional" in answer.locator(".read-as").inner_text()
    assert any("Tashkent" in sentence for sentence in sentences(answer))


def test_a_suggested_question_is_answered(visitor: Visitor) -> None:
    visitor.ask(HEADLINE)
    offered = visitor.page.locator(".st-key-follow_ups button").first
    question = offered.inner_text()
    offered.click()
    visitor.answers.nth(1).wait_for()
    visitor.settle()
    assert not visitor.answers.nth(1).locator(".refused").count()
    assert visitor.page.locator("h2.asked").nth(1).inner_text() == question


def test_a_disagreement_is_a_table_whose_sides_open(visitor: Visitor) -> None:
    answer = visitor.ask("In which year was the QTTA signed?")
    table = answer.locator(".callout.disagreement table").first
    assert table.locator("th").all_inner_texts() == ["Source", "What it says"]
    sides = table.locator("tbody tr")
    assert sides.count() >= 2
    side = sides.first
    said = side.locator("td").nth(1).inner_text().split("“")[1].split("”")[0]
    side.locator(".chip").click()
    visitor.page.locator(".reader mark.active", has_text=said).wait_for()


def test_a_false_premise_is_corrected_before_the_answer(visitor: Visitor) -> None:
    answer = visitor.ask("When did Tajikistan launch its airstrikes?")
    callout = answer.locator(".callout.premise-wrong")
    assert "has so far avoided direct conflict" in callout.inner_text()
    assert callout.bounding_box()["y"] < answer.locator(".said").first.bounding_box()["y"]  # type: ignore[index]
    callout.locator(".chip").click()
    visitor.page.locator(".reader mark.active", has_text="has so far avoided direct conflict").wait_for()


def test_a_refusal_shows_the_nearest_passages(visitor: Visitor) -> None:
    answer = visitor.ask("What does the Bank of Japan say about interest rates?")
    assert answer.locator(".refused").inner_text() == "The documents do not answer this question."
    assert "“Japan”" in answer.inner_text()
    nearest = answer.locator(".passages q")
    assert nearest.count() == 3
    visitor.open_citation(answer, 2)
    assert visitor.marked() == nearest.nth(1).text_content()
    assert visitor.sees(visitor.mark)


def test_a_refresh_keeps_the_conversation(visitor: Visitor) -> None:
    first = sentences(visitor.ask(HEADLINE))
    visitor.ask("What is the Wakhan Corridor?")
    visitor.page.reload()
    visitor.answers.nth(1).wait_for()
    visitor.settle()
    assert sentences(visitor.answers.first) == first
    assert visitor.page.locator("h2.asked").all_inner_texts() == [HEADLINE, "What is the Wakhan Corridor?"]
    visitor.open_citation(visitor.answers.first, 3)
    assert visitor.marked() == first[2]


def test_two_readers_at_once_do_not_see_each_others(arrive: Arrive) -> None:
    ana, ivo = arrive().enter(), arrive().enter()
    ana.ask("What is the Wakhan Corridor?")
    ivo.ask("What is CASA-1000?")
    ana.ask("How wide is it?")
    assert ana.page.locator("h2.asked").all_inner_texts() == [
        "What is the Wakhan Corridor?",
        "How wide is it?",
    ]
    assert ivo.page.locator("h2.asked").all_inner_texts() == ["What is CASA-1000?"]
    assert ivo.page.locator(".st-key-conversations button").all_inner_texts() == ["What is CASA-1000?"]
    ivo.open(re.sub(r"^https?://[^/]+", "", ana.page.url))
    ivo.box.wait_for()
    ivo.page.get_by_text("What do the documents say?").wait_for()
    ivo.settle()
    assert not ivo.answers.count()
    assert "conversation=" not in ivo.page.url


def test_old_conversations_are_listed_renamed_exported_and_deleted(visitor: Visitor) -> None:
    visitor.ask("What is CASA-1000?")
    visitor.page.get_by_role("button", name="New conversation").click()
    visitor.page.get_by_text("What do the documents say?").wait_for()
    visitor.ask("What is the Wakhan Corridor?")
    rows = visitor.page.locator(".st-key-conversations button")
    assert rows.all_inner_texts() == ["What is the Wakhan Corridor?", "What is CASA-1000?"]
    rows.nth(1).click()
    visitor.page.locator("h2.asked", has_text="CASA-1000").wait_for()
    visitor.page.get_by_role("button", name="This conversation").click()
    with visitor.page.expect_download() as download:
        visitor.page.get_by_role("button", name="Export as JSON").click()
    exported = json.loads(Path(download.value.path()).read_text(encoding="utf-8"))
    assert [turn["question"] for turn in exported["turns"]] == ["What is CASA-1000?"]
    assert exported["turns"][0]["result"]["kind"] == "answer"
    title = visitor.page.get_by_label("Title")
    title.fill("Power *lines*")
    title.press("Enter")
    visitor.page.locator(".st-key-conversations button", has_text="Power *lines*").wait_for()
    visitor.page.get_by_text("Delete it, with its answers and feedback").click()
    visitor.page.get_by_role("button", name="Delete", exact=True).click()
    visitor.page.get_by_text("What do the documents say?").wait_for()
    visitor.settle()
    assert rows.all_inner_texts() == ["What is the Wakhan Corridor?"]


def test_feedback_is_taken_and_shown_again(visitor: Visitor) -> None:
    answer = visitor.ask("What is CASA-1000?")
    answer.get_by_role("button", name="Not helpful").click()
    answer.get_by_role("button", name="Report").click()
    answer.get_by_label("What the report is about").select_option("1")
    answer.get_by_label("Comment").fill("The page is wrong")
    answer.get_by_role("button", name="Send").click()
    answer.get_by_text("Noted, thank you.").wait_for()
    visitor.settle()
    visitor.page.reload()
    visitor.answers.first.wait_for()
    pressed = visitor.answers.first.get_by_role("button", name="Not helpful")
    assert pressed.get_attribute("aria-pressed") == "true"


def test_a_citation_is_copied_in_four_formats_and_as_a_link(arrive: Arrive) -> None:
    visitor = arrive(permissions=["clipboard-read", "clipboard-write"]).enter()
    visitor.ask(HEADLINE)
    quote = visitor.marked()
    tools = visitor.page.locator(".reader .tools")
    copied = {}
    for name in ("Markdown", "Footnote", "BibTeX", "CSL JSON", "Link"):
        label = "Copy a link to this place" if name == "Link" else f"Copy the citation as {name}"
        button = tools.get_by_label(label)
        button.click()
        button.filter(has_text="Copied").wait_for()
        copied[name] = visitor.page.evaluate("() => navigator.clipboard.readText()")
    assert copied["Markdown"].startswith("> ")
    assert quote in copied["Footnote"]
    assert copied["BibTeX"].startswith("@misc{")
    assert json.loads(copied["CSL JSON"])[0]["URL"] == copied["Link"]
    visitor.open(copied["Link"].removeprefix(visitor.address))
    visitor.mark.wait_for()
    assert visitor.marked() == quote


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_phone_the_source_opens_below_and_nothing_is_cut_off(arrive: Arrive, scheme: str) -> None:
    visitor = arrive(viewport=PHONE, color_scheme=scheme, has_touch=True).enter()
    answer = visitor.ask(HEADLINE)
    assert visitor.sees(visitor.page.locator("h2.asked"))
    visitor.open_citation(answer, 4)
    visitor.settle()
    assert visitor.marked() == sentences(answer)[3]
    assert visitor.sees(visitor.mark)
    assert visitor.page.evaluate("() => document.scrollingElement.scrollWidth <= innerWidth")
    visitor.page.get_by_role("button", name="Back to the answer").click()
    visitor.settle()
    assert visitor.sees(answer.locator(".said .chip[data-n='4']"))
    colour = visitor.page.evaluate("() => getComputedStyle(document.querySelector('.stApp')).backgroundColor")
    assert (sum(map(int, re.findall(r"\d+", colour)[:3])) > 380) == (scheme == "light")
