"""Windows of a passage: stretches of whole sentences, the closest to the claim first."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rag.chunks import split_sentences
from rag.windows import windows

PASSAGE = (
    "The council met in Mirov on Monday. It approved a budget of 14 million crowns. The mayor abstained. "
    "Rain delayed the ferry by an hour. Two ferries collided in the harbour later that week."
)


def test_the_first_window_is_the_sentence_that_shares_most() -> None:
    start, end = windows(PASSAGE, "The ferry was delayed by rain.")[0]
    assert PASSAGE[start:end] == "Rain delayed the ferry by an hour."


def test_the_best_sentence_is_read_with_each_neighbour() -> None:
    texts = [PASSAGE[start:end] for start, end in windows(PASSAGE, "A budget of 14 million crowns passed.")]
    best = "It approved a budget of 14 million crowns."
    assert f"The council met in Mirov on Monday. {best}" in texts
    assert f"{best} The mayor abstained." in texts


def test_a_short_passage_is_also_read_whole() -> None:
    assert (0, len(PASSAGE)) in windows(PASSAGE, "Two ferries collided.")


def test_a_long_passage_is_not_read_whole() -> None:
    long = PASSAGE * 5
    assert all(end - start < len(long) / 2 for start, end in windows(long, "Two ferries collided."))


def test_one_sentence_is_one_window_and_no_text_none() -> None:
    assert windows("Trade rose.", "Trade fell.") == [(0, 11)]
    assert windows("  ", "Trade fell.") == []


@given(st.lists(st.sampled_from(split_sentences(PASSAGE)), min_size=1, max_size=9), st.text(max_size=60))
def test_windows_are_whole_sentences_without_doubles(sentences, claim) -> None:
    passage = " ".join(sentence.text for sentence in sentences)
    starts = {sentence.start for sentence in split_sentences(passage)} | {0}
    ends = {sentence.end for sentence in split_sentences(passage)} | {len(passage)}
    found = windows(passage, claim)
    assert found
    assert len(found) == len(set(found)) <= 12
    assert all(start in starts and end in ends and start < end for start, end in found)
