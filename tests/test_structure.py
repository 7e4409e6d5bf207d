"""Headings, sections, numbered paragraphs and pages, told from blocks of text."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.blocks import Block, place
from rag.headings import legal_heading
from rag.labels import Labels
from rag.structure import pages, paragraphs, sections
from rag.types import Document, Metadata


def document(*blocks: Block | str, count: int = 0) -> Document:
    """A Document over the blocks, a plain string being a paragraph."""
    made = [Block(one) if isinstance(one, str) else one for one in blocks]
    text, placed = place(made)
    found = sections(placed, len(text))
    return Document(
        "d",
        text,
        Metadata("d"),
        "",
        pages(placed, count, len(text)),
        found,
        paragraphs(placed, found),
    )


def label(made: Document, words: str) -> str | None:
    return made.section_label(made.text.index(words))


@pytest.mark.parametrize(
    ("line", "number", "title"),
    [
        ("Article 6", "Art. 6", "Article 6"),
        ("ARTICLE IV.", "Art. IV", "ARTICLE IV"),
        ("Art. 12a – Consent", "Art. 12a", "Art. 12a – Consent"),
        ("Article [XVII.]", "Art. XVII", "Article [XVII.]"),
        ("CHAPTER II – General provisions", "Ch. II", "CHAPTER II – General provisions"),
        ("Section 3: Scope", "Sec. 3", "Section 3: Scope"),
        ("§ 12", "Sec. 12", "§ 12"),
        ("Part IV", "Part IV", "Part IV"),
        ("Part One General", "Part One", "Part One General"),
        ("Annex I", "Annex I", "Annex I"),
        ("SCHEDULE 2 [Section 4]", "Schedule 2", "SCHEDULE 2 [Section 4]"),
        ("Recital 12", "Recital 12", "Recital 12"),
        ("Artikel 7", "Art. 7", "Artikel 7"),
        ("KAPITEL III", "Ch. III", "KAPITEL III"),
        ("Section 1. All legislative powers shall be vested in a Congress.", "Sec. 1", "Section 1"),
    ],
)
def test_a_legal_heading_gives_its_number_and_title(line: str, number: str, title: str) -> None:
    found = legal_heading(line)
    assert found is not None
    assert (found.number, found.title) == (number, title)


@pytest.mark.parametrize(
    "line",
    [
        "Article 6 of the Treaty says that the parties shall meet.",
        "Article 6 ............ 12",
        "Section 3553(h) of title 44, U.S. Code, authorizes the Secretary.",
        "Part of the agreement",
        "Title in the margin",
        "article 5 applies",
        "Articles of Confederation",
        "Section 5 and section 6 apply.",
        "Chapter 3 describes the method",
        "The Article 6 rule",
        "Part A (see below) is long and it ends in a full stop.",
    ],
)
def test_running_prose_and_contents_lines_are_no_headings(line: str) -> None:
    assert legal_heading(line) is None


def test_paths_nest_by_rank_whatever_the_order_of_kinds() -> None:
    made = document(
        "CHAPTER I",
        "General provisions",
        "Article 1",
        "Subject matter",
        "This Regulation lays down rules.",
        "CHAPTER II",
        "Principles",
        "Section 1",
        "Article 5",
        "Data shall be accurate.",
        "Annex I",
        "Forms are listed here.",
    )
    assert [(one.number, one.path) for one in made.sections] == [
        ("Ch. I", ("CHAPTER I General provisions",)),
        ("Art. 1", ("CHAPTER I General provisions", "Article 1 Subject matter")),
        ("Ch. II", ("CHAPTER II Principles",)),
        ("Sec. 1", ("CHAPTER II Principles", "Section 1")),
        ("Art. 5", ("CHAPTER II Principles", "Section 1", "Article 5")),
        ("Annex I", ("Annex I",)),
    ]


def test_sections_stand_under_articles_where_a_constitution_has_them_so() -> None:
    made = document(
        "Article I.", "Section 1. All powers are vested.", "Section 2. The House meets.", "Article II."
    )
    assert [one.path for one in made.sections] == [
        ("Article I",),
        ("Article I", "Section 1"),
        ("Article I", "Section 2"),
        ("Article II",),
    ]


def test_marked_headings_rank_above_those_told_by_their_shape() -> None:
    made = document(
        Block("Treaty", 1), "Article 1", "Text one.", Block("Protocol", 1), "Article 1", "Text two."
    )
    assert [one.path for one in made.sections] == [
        ("Treaty",),
        ("Treaty", "Article 1"),
        ("Protocol",),
        ("Protocol", "Article 1"),
    ]


def test_a_title_marked_as_a_heading_below_its_number_opens_no_section_of_its_own() -> None:
    made = document(
        Block("Article 6", 2), Block("Lawfulness", 3), "Processing shall be lawful.", Block("Article 7", 2)
    )
    assert [(one.number, one.path) for one in made.sections] == [
        ("Art. 6", ("Article 6 Lawfulness",)),
        ("Art. 7", ("Article 7",)),
    ]


def test_a_table_of_contents_starts_no_sections() -> None:
    listed = ["Article 1 Scope", "Article 2 Terms", "Article 3 Entry into force"]
    body = [part for line in listed for part in (line, "The parties agree on this.")]
    made = document("Contents", *listed, "Preamble of the treaty.", *body)
    assert [one.number for one in made.sections] == [None, "Art. 1", "Art. 2", "Art. 3"]
    assert made.text[made.sections[1].start :].startswith("Article 1 Scope\n\nThe parties")


def test_a_row_of_a_table_is_no_heading() -> None:
    assert len(document("Article 1 | Article 7", "Article 2 | Article 9").sections) == 1


def test_decimal_headings_nest_by_their_number() -> None:
    made = document(
        "1.1 Application", "These rules apply.", "1.1.2 Exceptions", "None.", "1.2 Glossary", "A is B."
    )
    assert [one.path[-1] for one in made.sections] == ["1.1 Application", "1.1.2 Exceptions", "1.2 Glossary"]
    assert made.sections[1].path == ("1.1 Application", "1.1.2 Exceptions")


def test_the_sections_of_a_common_law_act_are_numbered_under_its_parts() -> None:
    long = "and every bank shall keep it for the whole of the time that the Board directs."
    made = document(
        "PART I",
        f"2. (1) No banking business shall be carried on, {long}",
        f"(2) Where a company is foreign, {long}",
        f"3. (1) An application shall be made in writing, {long}",
        f"(a) in the case of a company, {long}",
        f"4. Every licence lapses after a year, {long}",
    )
    assert label(made, "No banking") == "Sec. 2(1)"
    assert label(made, "Where a company") == "Sec. 2(2)"
    assert label(made, "in the case") == "Sec. 3(1)(a)"
    assert label(made, "Every licence") == "Sec. 4"


def test_recitals_are_numbered_up_to_the_first_article() -> None:
    made = document(
        "Whereas:", "(1) Roads matter.", "(2) Borders matter.", "Article 1", "(1) Roads are open."
    )
    assert label(made, "Borders") == "Recital 2"
    assert label(made, "Roads are open") == "Art. 1(1)"


def test_paragraph_labels_nest_and_go_on_after_a_nested_series() -> None:
    made = document(
        "Article 6",
        "Lawfulness of processing",
        "1. Processing shall be lawful only if:",
        "(a) there is consent;",
        "(b) it is necessary:",
        "(i) for a contract;",
        "(ii) for the law.",
        "Point (b) shall not apply to authorities.",
        "2. Member States may keep rules.",
        "(a) in general.",
    )
    assert label(made, "there is consent") == "Art. 6(1)(a)"
    assert label(made, "for the law") == "Art. 6(1)(b)(ii)"
    assert label(made, "Point (b)") == "Art. 6(1)(b)(ii)"
    assert label(made, "Member States") == "Art. 6(2)"
    assert label(made, "in general") == "Art. 6(2)(a)"
    assert label(made, "Lawfulness") == "Art. 6"


def test_labels_on_one_line_are_read_together() -> None:
    assert label(document("Section 4", "(1)(a) first", "(b) second", "(2) third"), "second") == "Sec. 4(1)(b)"


def test_h_i_j_are_letters_and_i_ii_iii_are_numerals() -> None:
    letters = Labels()
    assert [letters.read(f"({one}) x") for one in "abcdefghij"] == [f"({one})" for one in "abcdefghij"]
    numerals = Labels()
    assert [numerals.read(f"({one}) x") for one in ("i", "ii", "iii", "iv", "v")] == [
        "(i)",
        "(ii)",
        "(iii)",
        "(iv)",
        "(v)",
    ]


def test_a_label_that_continues_nothing_is_text() -> None:
    labels = Labels()
    assert labels.read("(1) one") == "(1)"
    assert labels.read("(17) is the number of the vote") is None
    assert labels.read("(EU) 2016/679 applies") is None


def test_a_numbered_list_in_prose_has_no_labels() -> None:
    made = document(Block("How to apply", 1), "1. Write to us.", "2. Wait.")
    assert made.paragraphs == ()
    assert label(made, "Wait") == "How to apply"


def test_a_sentence_over_two_pages_is_cited_where_its_words_stand() -> None:
    made = document(
        Block("One page.", breaks=((0, 1),)),
        Block("It begins here and ends there.", breaks=((0, 1), (16, 2))),
        Block("The last.", breaks=((0, 4),)),
        count=5,
    )
    assert made.page_at(made.text.index("begins")) == 1
    assert made.page_at(made.text.index("ends there")) == 2
    assert made.page_at(made.text.index("The last")) == 4
    assert [one.start == one.end for one in made.pages] == [False, False, True, False, True]


_texts = st.sampled_from(
    [
        "Article 6",
        "CHAPTER II",
        "Subject matter",
        "1. One rule.",
        "(a) a case;",
        "(ii) a case of it.",
        "Whereas:",
        "(1) A reason.",
        "Section 1. All powers are here.",
        "Plain words.",
        "1.2 Terms",
        "Annex I",
        "a | b",
        "PART IV",
    ]
)


@given(
    st.lists(
        st.builds(Block, text=_texts | st.text("ab\u0301é .(1)", min_size=1), level=st.integers(0, 6)),
        max_size=30,
    ),
    st.integers(0, 9),
)
def test_sections_pages_and_paragraphs_are_intervals_over_the_text(blocks: list[Block], extra: int) -> None:
    paged = [Block(one.text, one.level, breaks=((0, i // 3 + 1),)) for i, one in enumerate(blocks)]
    count = (len(blocks) + 2) // 3 + extra
    made = document(*paged, count=count)
    for intervals in (made.sections, made.pages):
        if intervals:
            assert (intervals[0].start, intervals[-1].end) == (0, len(made.text))
            assert all(a.end == b.start for a, b in pairwise(intervals))
    assert len(made.pages) == count
    assert [one.number for one in made.pages] == list(range(1, count + 1))
    assert all(a.start < a.end <= b.start for a, b in pairwise(made.paragraphs))
    starts = {one.start for one in made.sections}
    assert all(not any(one.start < start < one.end for start in starts) for one in made.paragraphs)


@given(st.lists(st.builds(Block, text=st.text(min_size=1), tight=st.booleans()), max_size=20))
def test_blocks_stand_where_they_are_placed(blocks: list[Block]) -> None:
    text, placed = place(blocks)
    assert all(text[one.start : one.end] == one.block.text for one in placed)
    assert len(text) == (placed[-1].end if placed else 0)
