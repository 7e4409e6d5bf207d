"""Which words of a claim stand where in a span."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.alignment import align, read

SPAN = (
    "The Treaty of Halvern, signed on 14 March 2011, fixes the common frontier along the Sarn River. "
    "Either party may request an extraordinary inspection. Fishing rights on the river remain with Kellin."
)
TEXTS = st.lists(
    st.sampled_from(
        "The party may request an inspection. River, Kellin; signed on 14 March 2011 and not before (Sarn)".split()
    ),
    max_size=30,
).map(" ".join)


def matched(span: str, claim: str) -> dict[str, str]:
    pair = align(read(span), read(claim))
    return {
        pair.claim.folded[i]: pair.span.folded[j]
        for i, j in enumerate(pair.matches)
        if j >= 0 and pair.claim.content[i]
    }


def test_words_are_matched_by_stem() -> None:
    assert matched(SPAN, "The party requested inspections.") == {
        "party": "party",
        "requested": "request",
        "inspections": "inspection",
    }


def test_words_are_matched_by_synonym() -> None:
    assert matched(SPAN, "The treaty fixes the border.")["border"] == "frontier"


def test_the_same_word_goes_before_a_synonym() -> None:
    assert matched("The accord replaced the treaty.", "The treaty was replaced.")["treaty"] == "treaty"


def test_the_best_sentence_is_compared_alone_where_no_other_adds_to_it() -> None:
    pair = align(read(SPAN), read("Either party may request an inspection."))
    assert [pair.span.between(*stretch) for stretch in pair.window] == [
        "Either party may request an extraordinary inspection"
    ]


def test_a_second_sentence_is_read_where_it_adds_to_the_best() -> None:
    pair = align(
        read(SPAN),
        read("The Treaty fixes the frontier along the Sarn River, and fishing rights remain with Kellin."),
    )
    assert len(pair.window) == 2


def test_coverage_is_the_share_of_content_words_found() -> None:
    assert align(read(SPAN), read("Either party may request an inspection.")).coverage == 1.0
    assert align(read(SPAN), read("Either party may request nonsense.")).coverage == pytest.approx(2 / 3)


def test_order_counts_only_words_in_the_order_of_the_claim() -> None:
    straight = align(read("Rask told Karim in Orr."), read("Rask told Karim."))
    turned = align(read("Rask told Karim in Orr."), read("Karim told Rask."))
    assert straight.order == 1.0
    assert turned.coverage == 1.0
    assert turned.order < 1.0


def test_the_slot_of_a_replaced_word_is_what_stands_there_in_the_span() -> None:
    pair = align(read(SPAN), read("The Treaty of Halvern, signed on 14 May 2011, fixes the common frontier."))
    at = pair.claim.folded.index("may")
    slot = pair.slot(at, at + 1)
    assert slot is not None
    assert pair.span.between(*slot) == "March"


def test_a_claim_far_from_the_span_has_no_slot() -> None:
    pair = align(read(SPAN), read("Something else entirely was said elsewhere."))
    assert pair.slot(3, 4) is None


def test_alike_surroundings_are_nearer_than_others() -> None:
    span = "Brume sent 44 requests and Lacerta granted 31 licences."
    pair = align(read(span), read("Brume sent 29 requests."))
    requests, licences = (pair.span.folded.index(n) for n in ("44", "31"))
    at = pair.claim.folded.index("29")
    assert pair.context((at, at + 1), (requests, requests + 1)) > pair.context(
        (at, at + 1), (licences, licences + 1)
    )


def test_commas_inside_numbers_part_no_clauses() -> None:
    text = read("It cost 10,000 dollars, they say.")
    assert text.clauses[text.folded.index("10000")] == text.clauses[text.folded.index("dollars")]
    assert text.clauses[text.folded.index("dollars")] < text.clauses[text.folded.index("say")]


def test_a_stretch_is_the_words_that_overlap_characters() -> None:
    text = read("It cost 10,000 dollars.")
    assert text.between(*text.stretch(8, 14)) == "10,000"
    assert text.between(*text.stretch(9, 16)) == "10,000 dollars"


@given(TEXTS, TEXTS)
def test_matches_are_positions_in_the_window_and_ordered_ones_ascend(span: str, claim: str) -> None:
    pair = align(read(span), read(claim))
    window = set(pair.positions())
    assert all(j == -1 or j in window for j in pair.matches)
    chain = [j for i, j in enumerate(pair.matches) if pair.ordered[i] and pair.claim.content[i]]
    assert chain == sorted(set(chain))
    assert 0.0 <= pair.order <= pair.coverage <= 1.0


@given(TEXTS, TEXTS.map(lambda text: text.replace(".", "")))
def test_a_sentence_is_covered_by_a_text_that_holds_it(text: str, sentence: str) -> None:
    pair = align(read(f"{text}\n{sentence}\n{text}"), read(sentence))
    assert pair.coverage == 1.0 or not any(pair.claim.content)


@given(TEXTS)
def test_sentences_hold_every_word_once(text: str) -> None:
    whole = read(text)
    assert [i for first, end in whole.sentences for i in range(first, end)] == list(range(len(whole.folded)))
