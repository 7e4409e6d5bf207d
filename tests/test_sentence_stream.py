"""From tokens to cited sentences: the same however the text is split, and nothing live comes through."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.sentence_stream import SentenceStream, Written, sentences

PARTS = st.sampled_from(
    [
        *"Velmark destroyed 4,200 mines|. |[1]|[1, 2]|[1-3]| [2].|\n|\n\n|- |1. |Dr. Halden |3.5 percent |Art. 6|e.g. ".split("|"),
        *"[x](http://evil.example/a.b)|![i](http://evil.example/i.png)|```\n|**|<think>|</think>|[|]|!|? |“|”| |And |it |http://a.b".split("|"),
    ]
)  # fmt: skip


def read(text: str) -> list[Written]:
    return list(sentences([text]))


@given(st.lists(PARTS, max_size=30).map("".join), st.data())
def test_any_split_gives_the_same_sentences(text: str, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=12)))
    tokens = [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    assert list(sentences(tokens)) == read(text) == list(sentences(list(text)))


@given(st.text(max_size=200) | st.lists(PARTS, max_size=30).map("".join))
def test_nothing_that_acts_survives(text: str) -> None:
    for sentence in read(text):
        assert "http" not in sentence.text.lower() or "://" not in sentence.text
        assert "](" not in sentence.text
        assert not set(sentence.text) & set("[]<>|\\\x1b\u202e\u200b")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A is so. [1] B is so [2].", [("A is so.", (1,)), ("B is so.", (2,))]),
        ("A is so.[1][2] B.", [("A is so.", (1, 2)), ("B.", ())]),
        ("A is so [1, 3-5].", [("A is so.", (1, 3, 4, 5))]),
        ("A is so. [1]. B is so.", [("A is so.", (1,)), ("B is so.", ())]),
        ("A rose 3.5 percent under Art. 6 of it. [1]", [("A rose 3.5 percent under Art. 6 of it.", (1,))]),
        ("Dr. Mira Halden led it. [Source 2]", [("Dr. Mira Halden led it.", (2,))]),
        ("- One [1]\n- two is that. [2]\n", [("One", (1,)), ("two is that.", (2,))]),
        ("**Answer:** It [bans](http://x.y/z) them. [1](http://x.y)", [("It bans them.", (1,))]),
        ("See ![pixel](https://x.y/a.png) this. [1]", [("See this.", (1,))]),
        ("<think>Well. No.</think>It is so. [1]", [("It is so.", (1,))]),
        ("```\nit is so. [1]\n```", [("it is so.", (1,))]),
        ("# Heading\nIt is so. [1]\n\nSources: [1], [2]", [("It is so.", (1,))]),
        ("It is so 【1】.", [("It is so.", (1,))]),
        ("It\x1b]8;; is\u200b so. [1]", [("It 8;; is so.", (1,))]),
    ],
)
def test_sentences_and_their_numbers(text: str, expected: list[tuple[str, tuple[int, ...]]]) -> None:
    assert [(s.text, s.cited) for s in read(text)] == expected


def test_what_breaks_off_is_marked() -> None:
    assert [s.complete for s in read("A is so. [1] B was cut")] == [True, False]


def test_a_sentence_is_out_before_the_next_is_written() -> None:
    stream = SentenceStream()
    assert stream.feed("A is so. [1] ") == []
    assert [s.text for s in stream.feed("B")] == ["A is so."]


@pytest.mark.parametrize(
    "text", ["It is so. [1] " * 9, "the same again " * 60, "x" * 4000, "no end " + "word1 b2 " * 300]
)
def test_a_loop_is_noticed(text: str) -> None:
    stream = SentenceStream()
    found = [s for token in text for s in stream.feed(token)]
    assert stream.looping
    assert len(found) <= 1
