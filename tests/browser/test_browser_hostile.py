"""Documents that try to run, fetch, link and overwhelm; their words are shown and nothing else happens."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from serving import build_index, serving, warm
from visitor import Arrive, Visitor

if TYPE_CHECKING:
    from playwright.sync_api import Browser

MARKUP = """---
title: "<img src=x onerror=alert('title')> Wharfage of Zembla ![t](https://beacon.example.org/title.png) :smile: $x$"
author: "<script>alert('author')</script>"
date: 2024-01-02
address: "javascript:alert('address')"
sources:
  - {id: S1, title: "<b onmouseover=alert(1)>Gazette</b>", address: "javascript:alert('source')"}
---

# <img src=x onerror=alert('heading')> Duties

The wharfage of Zembla is forty crowns &lt;script&gt;alert('entity')&lt;/script&gt; for every barge.[^S1]
The lighthouse of Zembla is free ![beacon](https://beacon.example.org/pixel.png) of wharfage \\<script>alert('text')\\</script>.
The ferry of Zembla pays [nothing](javascript:alert('link')) and <https://beacon.example.org/auto> www.beacon.example.org too.
The pilots of Zembla earn :red[nothing] :material/home: $\\\\href{javascript:alert(1)}{x}$ and `code` **bold** a@beacon.example.org.

[^S1]: Gazette
"""
PLAIN = (
    "The customs of Zembla\n\nThe customs house of Zembla opens at noon "
    "<script>fetch('https://beacon.example.org/run')</script> <img src=https://beacon.example.org/i.png onerror=alert(1)> "
    "<a href=\"javascript:alert('a')\">click</a> <svg onload=alert(2)></svg> on every day but Sunday.\n"
)
SENTENCE = "The harbour of Zembla levies a wharfage of forty crowns on every barge that moors there. "
ENORMOUS = (
    SENTENCE * (5_000_000 // len(SENTENCE)) + "Only Odo Brandt, the lighthouse keeper, is free of it.\n"
)


@pytest.fixture(scope="module")
def hostile(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("hostile")
    sources = folder / "sources"
    sources.mkdir()
    (sources / "markup.md").write_text(MARKUP, encoding="utf-8")
    (sources / "plain <b>&.txt").write_text(PLAIN, encoding="utf-8")
    (sources / "enormous.txt").write_text(ENORMOUS, encoding="utf-8")
    index = build_index(folder / "index", [sources])
    with serving(index, folder, folder / "log", {"RAG_STRICTNESS": "0"}) as address:
        warm(browser, address)
        yield address


@pytest.fixture
def victim(arrive: Arrive, hostile: str) -> Visitor:
    return arrive(hostile).enter()


def inert(visitor: Visitor) -> None:
    """No element came out of a document: no script, frame, picture or link of an odd scheme."""
    made = visitor.page.evaluate(
        """() => {
          const found = [];
          const walk = root => {
            for (const e of root.querySelectorAll('*')) {
              if (e.shadowRoot) walk(e.shadowRoot);
              const address = e.getAttribute('href') || e.getAttribute('src') || '';
              if (/^(javascript|data:text|vbscript)/i.test(address) || /beacon/.test(address)) found.push(e.outerHTML.slice(0, 200));
              if (e.closest('.answer, .reader') && /^(SCRIPT|IFRAME|OBJECT|EMBED|SVG|BASE|LINK|META)$/i.test(e.tagName)) found.push(e.tagName);
              for (const a of e.attributes) if (/^on/i.test(a.name)) found.push(e.tagName + ' ' + a.name);
            }
          };
          walk(document);
          return found;
        }"""
    )
    assert made == []


def test_markup_in_a_document_is_shown_as_text(victim: Visitor) -> None:
    answer = victim.ask("What is the wharfage of Zembla for every barge, and who is free of it?")
    victim.mark.wait_for()
    assert "<img src=x onerror=alert('title')> Wharfage of Zembla" in answer.inner_text()
    for i in range(answer.locator(".said .chip").count()):
        answer.locator(".said .chip").nth(i).click()
        victim.settle()
    inert(victim)
    assert victim.alarms == []


def test_so_is_it_on_the_source_page_and_in_lists(victim: Visitor) -> None:
    victim.open("/source?document=markup.md")
    victim.page.locator(".reader h2").wait_for()
    shown = victim.page.locator(".reader").inner_text()
    assert "onerror=alert('title')" in shown
    assert "<script>alert('author')</script>" in shown
    assert victim.page.locator(".reader a", has_text="Original").count() == 0
    inert(victim)
    victim.open("/source")
    victim.page.get_by_role("combobox").click()
    victim.page.get_by_role("option").nth(1).wait_for()
    inert(victim)
    victim.open("/source?document=plain%20%3Cb%3E%26.txt")
    victim.page.locator(".reader", has_text="<svg onload=alert(2)></svg>").wait_for()
    inert(victim)


def test_so_is_it_in_titles_settings_and_filters(victim: Visitor) -> None:
    victim.open("/source?document=markup.md")
    victim.page.get_by_role("button", name="Ask this document").click()
    victim.page.locator(".st-key-filters", has_text="Wharfage of Zembla").wait_for()
    inert(victim)
    victim.ask("![q](https://beacon.example.org/q.png) <script>alert('q')</script> :smile: $x$ wharfage?")
    row = victim.page.locator(".st-key-conversations button").first
    assert row.inner_text().replace("\u200b", "").startswith("![q](https://beacon.example.org/q.png)")
    victim.page.get_by_text("Settings").click()
    victim.page.get_by_text("Strictness").wait_for()
    inert(victim)


def test_a_place_that_is_made_up_is_shown_as_text(victim: Visitor) -> None:
    victim.open("/source?document=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E&start=1&end=2")
    victim.page.get_by_text("<img src=x onerror=alert(1)>").wait_for()
    inert(victim)


def test_a_paragraph_of_five_megabytes_is_shown_in_part(victim: Visitor) -> None:
    answer = victim.ask("Who is Odo Brandt, the lighthouse keeper?")
    (n,) = [
        chip.get_attribute("data-n")
        for said, chip in zip(
            answer.locator(".said .sentence").all(), answer.locator(".said .chip").all(), strict=True
        )
        if "Odo Brandt" in said.inner_text()
    ]
    victim.open_citation(answer, int(n or 0))
    assert victim.marked() == "Only Odo Brandt, the lighthouse keeper, is free of it."
    assert victim.sees(victim.mark)
    assert len(victim.page.locator(".reader .body").inner_text()) < 30_000
    victim.page.get_by_role("button", name="Show what comes before").click()
    victim.page.get_by_role("button", name="Show what comes after").wait_for()
    inert(victim)


def test_the_password_keeps_others_out_and_lets_readers_in_again(
    arrive: Arrive, index: Path, tmp_path: Path
) -> None:
    with serving(index, tmp_path, tmp_path / "log", {"RAG_UI_PASSWORD": "open sesame"}) as address:
        visitor = arrive(address).open("/source?document=briefs/casa-1000.md")
        visitor.page.get_by_role("textbox", name="Password").fill("wrong")
        visitor.page.keyboard.press("Enter")
        visitor.page.get_by_text("That is not the password.").wait_for()
        assert not visitor.page.locator(".reader").count()
        visitor.page.get_by_role("textbox", name="Password").fill("open sesame")
        visitor.page.keyboard.press("Enter")
        visitor.page.locator(".reader h2", has_text="CASA-1000").wait_for(timeout=200_000)
        visitor.page.wait_for_function("() => /policy_rag_token=./.test(document.cookie)")
        visitor.page.reload()
        visitor.page.locator(".reader h2", has_text="CASA-1000").wait_for()
        visitor.page.get_by_role("button", name="Sign out").click()
        visitor.page.get_by_role("textbox", name="Password").wait_for()
        visitor.page.wait_for_function("() => !/policy_rag_token=./.test(document.cookie)")
        visitor.page.reload()
        visitor.page.get_by_role("textbox", name="Password").wait_for()
