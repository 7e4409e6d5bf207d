"""Metadata: stated in YAML, normalised, refused when it cannot be used, inferred when it is missing."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.blocks import Block, Facts
from rag.dates import iso_date
from rag.errors import DamagedDocument
from rag.metadata import Stated, byline, describe, stated
from rag.types import Source

FULL = """
title: Transit Agreement
author: [Jane Roe, John Doe]
date: 1995-03-09
type: treaty
jurisdictions: [Pakistan, China]
topics: transit
address: https://example.org/t
dates_covered: 1995 to 2006
layout: page
sources:
  - {id: S1, title: Treaty text, publisher: Ministry, date: 1995, address: "https://example.org/s"}
  - {label: S2, title: Minutes, date: n.d.}
"""


def test_every_key_is_read_and_unknown_ones_are_ignored() -> None:
    found = describe("t.md", stated(FULL, "t.md"), Facts(), [])
    assert (found.title, found.author, found.date, found.type) == (
        "Transit Agreement",
        "Jane Roe, John Doe",
        "1995-03-09",
        "treaty",
    )
    assert (found.jurisdictions, found.topics) == (("Pakistan", "China"), ("transit",))
    assert (found.address, found.dates_covered) == ("https://example.org/t", "1995 to 2006")
    assert found.sources == (
        Source("S1", "Treaty text", "Ministry", "1995", "https://example.org/s"),
        Source("S2", "Minutes", date="n.d."),
    )
    assert found.inferred == frozenset()


@pytest.mark.parametrize(
    ("source", "key"),
    [
        ("title: {a: b}", "title"),
        ("title: true", "title"),
        ("date: last spring", "date"),
        ("date: 03/04/2024", "date"),
        ("jurisdictions: {a: b}", "jurisdictions"),
        ("topics: [[a]]", "topics"),
        ("sources: S1", "sources"),
        ("sources: [S1]", "sources[1]"),
        ("sources: [{id: S1, title: a}, {title: b}]", "sources[2]"),
        ("sources: [{id: S1, title: a, publisher: [1]}]", "sources[1].publisher"),
    ],
)
def test_a_wrong_type_names_the_key_and_the_file(source: str, key: str) -> None:
    with pytest.raises(DamagedDocument, match=r"correct t\.pdf\.meta\.yaml") as caught:
        stated(source, "t.pdf.meta.yaml")
    assert f"`{key}`" in str(caught.value)


@pytest.mark.parametrize(
    "source", ["title: [", "- a\n- b", "just words", "date: 2024-02-31", "!!python/name:os.system a"]
)
def test_yaml_that_is_no_mapping_is_refused_in_one_line(source: str) -> None:
    with pytest.raises(DamagedDocument) as caught:
        stated(source, "x.md")
    assert "\n" not in str(caught.value)
    assert "x.md" in str(caught.value)


def test_an_empty_mapping_states_nothing() -> None:
    assert stated("", "x.md") == Stated()
    assert stated("title:\n", "x.md") == Stated()


@pytest.mark.parametrize(
    ("written", "iso"),
    [
        ("2024-07-20", "2024-07-20"),
        ("2024-07-20T10:00:00Z", "2024-07-20"),
        ("July 20, 2024", "2024-07-20"),
        ("20 July 2024", "2024-07-20"),
        ("Thursday, August 6, 2020", "2020-08-06"),
        ("9th of March 1995", "1995-03-09"),
        ("Sept. 3, 2021", "2021-09-03"),
        ("July 2024", "2024-07"),
        ("2024-07", "2024-07"),
        (2024, "2024"),
        ("2024", "2024"),
        (date(2024, 7, 20), "2024-07-20"),
        ("D:20200901193551Z00'00'", "2020-09-01"),
        ("20.07.2024", "2024-07-20"),
        ("February 30, 2024", None),
        ("2024-13", None),
        ("03/04/2024", None),
        ("soon", None),
        (True, None),
        (None, None),
    ],
)
def test_dates_become_iso(written: object, iso: str | None) -> None:
    assert iso_date(written) == iso


@given(st.dates(min_value=date(1500, 1, 1), max_value=date(2199, 12, 31)))
def test_every_written_form_of_a_day_is_that_day(day: date) -> None:
    forms = (day, day.isoformat(), f"{day:%B} {day.day}, {day.year}", f"{day.day} {day:%b} {day.year}")
    assert {iso_date(form) for form in forms} == {day.isoformat()}


@pytest.mark.parametrize(
    ("line", "author", "day"),
    [
        ("written by Dr. Jane Roe | July 20, 2024", "Dr. Jane Roe", "2024-07-20"),
        ("By Jane Roe, July 20, 2024", "Jane Roe", "2024-07-20"),
        ("By Jane van der Roe and John Doe", "Jane van der Roe and John Doe", None),
        ("Author: Jane Roe · 20 July 2024", "Jane Roe", "2024-07-20"),
        ("By the end of the year the parties shall meet.", None, None),
        ("By contrast with former rules this one is strict", None, None),
    ],
)
def test_a_byline_gives_author_and_date(line: str, author: str | None, day: str | None) -> None:
    assert byline([Block("A title"), Block(line)]) == (author, day)


def test_what_is_missing_is_inferred_and_named() -> None:
    found = describe(
        "a/b.md", Stated(type="article"), Facts(), [Block("The Road", 1), Block("By Jane Roe | May 2020")]
    )
    assert (found.title, found.author, found.date, found.type) == (
        "The Road",
        "Jane Roe",
        "2020-05",
        "article",
    )
    assert found.inferred == {"title", "author", "date"}


def test_what_is_stated_is_never_overruled() -> None:
    known = Stated(title="Stated", author="Mary Major", date="2001")
    found = describe(
        "b.pdf", known, Facts("Embedded Title", "Some One", "D:20100101"), [Block("By Jane Roe")]
    )
    assert (found.title, found.author, found.date, found.inferred) == (
        "Stated",
        "Mary Major",
        "2001",
        frozenset(),
    )


@pytest.mark.parametrize(
    ("facts", "blocks", "title"),
    [
        (Facts(title="The Banking Act"), [Block("Other", 1)], "The Banking Act"),
        (Facts(title="Microsoft Word - draft3.doc"), [Block("The Banking Act", 1)], "The Banking Act"),
        (Facts(title="Untitled"), [Block("The Banking Act")], "The Banking Act"),
        (Facts(), [Block("1. Introduction", 1), Block("Words.")], "Border policy 2024"),
        (Facts(), [Block("a | b"), Block("1 | 2")], "Border policy 2024"),
    ],
)
def test_a_title_comes_from_the_file_the_first_heading_or_the_name(
    facts: Facts, blocks: list[Block], title: str
) -> None:
    assert describe("x/border-policy_2024.pdf", Stated(), facts, blocks).title == title


@pytest.mark.parametrize("author", ["python-docx", "Windows User", "jroe", "", "Admin"])
def test_logins_and_programs_are_no_authors(author: str) -> None:
    assert describe("x.docx", Stated(), Facts(author=author), [Block("Words.")]).author is None


def test_a_date_on_a_line_of_its_own_is_the_date() -> None:
    found = describe(
        "x.pdf", Stated(), Facts(date="D:20250101"), [Block("Directive"), Block("Issued on 22 January 2019")]
    )
    assert (found.date, "date" in found.inferred) == ("2019-01-22", True)


def test_a_sidecar_goes_before_front_matter() -> None:
    both = stated("title: From the sidecar", "s").over(stated("title: From the file\ntype: treaty", "f"))
    assert both == Stated(title="From the sidecar", type="treaty")
