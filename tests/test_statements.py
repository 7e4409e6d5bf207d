"""A draft's sentences: exact text of the draft, and only what states something is to be verified."""

from __future__ import annotations

import itertools
import re
import textwrap

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rag.drafts import read_draft
from rag.statements import Unchecked, statements

WORDS = "Velmark Ostrana the convention bans mines in rivers and 4,200 of 2003 ferries a licence (JIS) lapses it’s 3.5 percent".split()
SENTENCES = st.lists(st.sampled_from(WORDS), min_size=4, max_size=30).map(
    lambda found: "It says " + " ".join(found) + " again."
)
PARAGRAPHS = st.lists(SENTENCES, min_size=1, max_size=4).map(" ".join)


def claims(text: str) -> list[str]:
    return [one.claim for one in statements(text) if one.unchecked is None]


@pytest.mark.parametrize(
    ("draft", "claim"),
    [
        ("- **Trade** rose by 14 percent [2, 3].", "Trade rose by 14 percent."),
        ("3) Trade rose by `14` percent in 2022.", "Trade rose by 14 percent in 2022."),
        ("See [the report](https://example.org) on trade in 2022.", "See the report on trade in 2022."),
        ("> Trade rose by 14 percent.[^4]", "Trade rose by 14 percent."),
        ("“Trade rose by 14 percent.”", "Trade rose by 14 percent."),
        ("Trade rose\nby 14 percent.", "Trade rose by 14 percent."),
        ("Trade rose,\r\nVelmark said, by 14 percent.", "Trade rose, Velmark said, by 14 percent."),
        ("> Trade rose\n> by 14 percent.", "Trade rose by 14 percent."),
        ("***Trade*** rose by _14_ percent【4†source】.", "Trade rose by 14 percent."),
        ("- [x] Trade rose by 14 percent (see [1], [2]).", "Trade rose by 14 percent."),
        ("Trade rose by 14 percent.¹", "Trade rose by 14 percent."),
        ('<p class="x">Trade rose<br>by 14 percent.</p>', "Trade rose by 14 percent."),
        ("---\ntitle: Trade\n---\nTrade rose by 14 percent.", "Trade rose by 14 percent."),
        ("```markdown\nTrade rose by 14 percent.\n```", "Trade rose by 14 percent."),
        ("Trade rose by 14 \\% <!-- check! -->in 2022.", "Trade rose by 14 \\% in 2022."),
        ("✓ Trade rose by 14 percent. [1]", "Trade rose by 14 percent."),
        ('[Trade](https://example.org/a_(b) "T") rose, a * b < 3.', "Trade rose, a * b < 3."),
        ("Trade rose [sic] by 14 percent [of 1995].", "Trade rose [sic] by 14 percent [of 1995]."),
    ],
)
def test_a_claim_is_the_sentence_without_its_markup(draft: str, claim: str) -> None:
    assert claims(draft) == [claim]


@pytest.mark.parametrize(
    ("draft", "why"),
    [
        ("## Trade and tariffs\n\nTrade rose.", Unchecked.HEADING),
        ("Did trade rise by 14 percent?", Unchecked.QUESTION),
        ("Let me know if you need anything else.", Unchecked.COURTESY),
        ("Dear colleagues,", Unchecked.COURTESY),
        ("Mines are banned [1].\n\n[1]: Annual report of the depositary, 2023", Unchecked.REFERENCE),
        ("The port offers:\n- two berths for ferries;\n- one crane.", Unchecked.LEAD_IN),
        ("Trade and tariffs\n=====\nTrade rose.", Unchecked.HEADING),
        ("**Trade and tariffs**\n\nTrade rose.", Unchecked.HEADING),
        ("Trade and tariffs\n\nTrade rose by 14 percent.", Unchecked.HEADING),
        ("1. Introduction\n\nTrade rose by 14 percent.", Unchecked.HEADING),
        ("| Year | Trade |\n|---|---|\n| 2022 | 14 percent |", Unchecked.HEADING),
        ("He asked: “Did trade rise?”", Unchecked.QUESTION),
        ("In conclusion: trade rose. In conclusion:", Unchecked.LEAD_IN),
        ("Here are the main points:", Unchecked.LEAD_IN),
        ("Thank you very much for your question!", Unchecked.COURTESY),
        ("Kind regards,\nMira", Unchecked.COURTESY),
        ("Sources:\n- Halden 2024, River mines", Unchecked.REFERENCE),
        ("Trade rose.[^2]\n\n[^2]: Annual report", Unchecked.REFERENCE),
        ("https://example.org/report", Unchecked.REFERENCE),
    ],
)
def test_what_states_nothing_says_why(draft: str, why: Unchecked) -> None:
    assert why in {one.unchecked for one in statements(draft)}


@pytest.mark.parametrize(
    "draft",
    [
        "Dear readers know that trade rose.",
        "If you need a licence, apply to the Harbour Authority.",
        "Hello Velmark, 4,200 mines are gone.",
        "In conclusion, trade rose by 14 percent.",
        "Yes, trade rose.",
        "[1995] was a year of peace.",
        "[1] Trade rose by 14 percent.",
        "Trade Rose By 14 Percent",
        "**Trade rose by 14 percent**",
        "Velmark destroyed 4,200 mines between 1999 and 2003:",
        "| 2022 | 14 percent |",
    ],
)
def test_what_states_something_is_not_let_off(draft: str) -> None:
    assert [one.unchecked for one in statements(draft)] == [None]


def test_a_number_that_a_wrapped_line_begins_with_is_no_list_number() -> None:
    first = "The convention entered into force on the third day of month\n"
    assert claims(f"{first}12. It bans mines.") == [f"{first.strip()} 12.", "It bans mines."]
    assert claims(f"{first.strip()}:\n2. It bans mines.")[-1] == "It bans mines."
    assert claims(f"1. {first}2. It bans mines.")[-1] == "It bans mines."


def test_an_item_continues_the_line_above_its_list() -> None:
    assert claims("The port offers:\n- two berths for ferries;\n- one crane.") == [
        "The port offers two berths for ferries.",
        "The port offers one crane.",
    ]


def test_a_sentence_that_leans_on_the_one_before_knows_it() -> None:
    first, second = statements("The convention was signed in 1995. It bans river mines.")
    assert (first.topic, second.topic) == ("", "The convention was signed in 1995.")


@given(st.text(max_size=300))
def test_sentences_stand_in_order_and_do_not_overlap(draft: str) -> None:
    found = statements(draft)
    assert all(0 <= one.start < one.end <= len(draft) for one in found)
    assert all(a.end <= b.start for a, b in itertools.pairwise(found))


@given(st.text(alphabet="aB.1 \n#*_`[]()|>-<!:?“”\\=~^\r", max_size=120))
@example("see https://a.b/c\nand https://a.b/d")
@example("[1] a\n[1] b\n---")
def test_markup_of_any_sort_leaves_every_character_in_its_place(draft: str) -> None:
    plain, blocks = read_draft(draft)
    assert len(plain) == len(draft)
    assert all(there in (here, " ") for here, there in zip(draft, plain, strict=True))
    assert all(a.end <= b.start for a, b in itertools.pairwise(blocks))
    for one in statements(draft):
        assert one.claim
        assert "\n" not in one.claim


@given(st.lists(PARAGRAPHS, min_size=1, max_size=3))
def test_every_word_of_a_text_is_in_one_sentence(paragraphs: list[str]) -> None:
    text = "\n\n".join(paragraphs)
    found = statements(text)
    assert re.findall(r"\w+", " ".join(one.claim for one in found)) == re.findall(r"\w+", text)
    assert {one.unchecked for one in found} == {None}


@given(PARAGRAPHS, st.integers(55, 100), st.sampled_from(["", "> ", "  "]))
def test_wrapping_a_paragraph_changes_no_claim(paragraph: str, width: int, prefix: str) -> None:
    wrapped = textwrap.fill(paragraph, width, initial_indent=prefix, subsequent_indent=prefix)
    assert claims(wrapped) == claims(paragraph)
    assert claims(wrapped.replace("\n", "\r\n")) == claims(paragraph)


@given(PARAGRAPHS, st.sampled_from(["**", "*", "_", "`", "~~"]), st.data())
def test_emphasis_and_marks_change_no_claim(paragraph: str, mark: str, data: st.DataObject) -> None:
    marked = paragraph.split()
    i = data.draw(st.integers(0, len(marked) - 1))
    marked[i] = f"{mark}{marked[i]}{mark}" if marked[i].isalpha() else marked[i]
    cited = re.sub(r"(?<=again)\.(?= It says|$)", ".[12]", " ".join(marked))
    assert claims(cited) == claims(paragraph)
