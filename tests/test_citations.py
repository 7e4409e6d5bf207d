"""Quotes and spans, and the object that scripts rely on: every key, every type, every character."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from types import NoneType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from rag.assistant import Assistant
from rag.citations import (
    answer_text,
    as_json,
    as_markdown,
    cite,
    locate,
    reference,
    refusal_text,
    search_json,
)
from rag.errors import UsageError
from rag.types import (
    Answer,
    Citation,
    Claim,
    Document,
    IndexInfo,
    Metadata,
    Mode,
    Note,
    NoteKind,
    Page,
    Refusal,
    Section,
    Source,
    Timings,
    Verdict,
)

TEXT = "Scope\n\nIt binds all.[S1][S2] It ends.\n\nFees\n\nThe fee is 5."
DOCUMENT = Document(
    "law/act.md",
    TEXT,
    Metadata(
        "The act", author="Ivo Brenn", date="2020", sources=(Source("S1", "A report"), Source("S3", "Other"))
    ),
    "",
    pages=(Page(1, 0, 38), Page(2, 38, len(TEXT))),
    sections=(Section(("Scope",), None, 0, 38), Section(("Fees",), "Art. 2", 38, len(TEXT))),
)
HOSTILE = (
    "[click](http://example.org/x) ![p](http://example.org/p.png) <script>alert(1)</script> **bold** `code` # head\n"
    "<http://example.org> | a | b | [1]: http://example.org [x][1] <b onclick=x>y</b> \\[z](http://example.org)"
)

SHAPES: Mapping[str, Mapping[str, tuple[type, ...]]] = {
    "result": {
        "schema": (int,), "id": (str, NoneType), "question": (str,), "standalone_question": (str,), "kind": (str,),
        "mode": (str,), "text": (str,), "claims": (list,), "citations": (list,), "notes": (list,), "nearest": (list,),
        "retrieved": (list,), "timings_ms": (dict,), "index": (dict,), "confidence": (float,), "missing": (list,),
    },
    "claim": {"text": (str,), "verdict": (str,), "support": (float, int), "checks": (list,), "citations": (list,)},
    "citation": {
        "n": (int,), "document": (str,), "title": (str,), "page": (int, NoneType), "section": (str, NoneType),
        "start": (int,), "end": (int,), "quote": (str,),
    },
    "note": {"kind": (str,), "text": (str,), "citations": (list,)},
    "hit": {
        "document": (str,), "start": (int,), "end": (int,), "score": (float,), "rank": (int,), "retriever": (str,)
    },
    "timings": {"retrieve": (float, int), "answer": (float, int), "verify": (float, int)},
    "index": {"generation": (int,), "embedding_model": (str,), "chunks": (int,)},
}  # fmt: skip


def check(shape: str, value: Mapping[str, Any]) -> None:
    for key, types in SHAPES[shape].items():
        assert isinstance(value[key], types), (shape, key, value[key])


def check_result(value: Mapping[str, Any]) -> None:
    check("result", value)
    for shape, found in (
        ("claim", value["claims"]),
        ("citation", value["citations"] + value["nearest"]),
        ("note", value["notes"]),
        ("hit", value["retrieved"]),
        ("timings", [value["timings_ms"]]),
        ("index", [value["index"]]),
    ):
        for one in found:
            check(shape, one)
    assert value["schema"] == 1
    assert value["kind"] in ("answer", "refusal")
    assert value["mode"] in ("quote", "write")


def answer(*citations: Citation, notes: tuple[Note, ...] = (), question: str = "Who?") -> Answer:
    claims = tuple(Claim(c.quote, Verdict.SUPPORTED, 1.0, (c.n,)) for c in citations)
    info = IndexInfo(1, "m", 3)
    return Answer(question, question, Mode.QUOTE, claims, citations, notes, (), Timings(), info)


def refusal(*nearest: Citation, missing: tuple[str, ...] = ()) -> Refusal:
    return Refusal("Who?", "Who?", Mode.QUOTE, nearest, missing, (), (), Timings(), IndexInfo(1, "m", 3))


def test_a_citation_says_where_its_quote_stands() -> None:
    found = cite(DOCUMENT, 7, 20, 1)
    assert (found.quote, found.page, found.section) == ("It binds all.", 1, "Scope")
    assert (found.title, found.author, found.date) == ("The act", "Ivo Brenn", "2020")
    fee = cite(DOCUMENT, *(locate(DOCUMENT, "The fee is 5.") or (0, 0)), 2)
    assert (fee.page, fee.section) == (2, "Art. 2")


def test_the_marks_after_a_sentence_lead_to_what_it_cites() -> None:
    assert cite(DOCUMENT, 7, 20, 1).sources == (Source("S1", "A report"),)
    assert cite(DOCUMENT, *(locate(DOCUMENT, "It ends.") or (0, 0)), 1).sources == ()


@pytest.mark.parametrize(
    ("start", "end"), [(5, 5), (6, 5), (-1, 3), (0, len(TEXT) + 1), (len(TEXT), len(TEXT))]
)
def test_no_span_outside_the_text_or_empty(start: int, end: int) -> None:
    with pytest.raises(UsageError, match=rf"law/act\.md.*0 to {len(TEXT)}.*{start}:{end}"):
        cite(DOCUMENT, start, end, 1)


@given(st.integers(0, len(TEXT) - 1), st.integers(1, len(TEXT)))
def test_what_is_cited_is_located_again(start: int, length: int) -> None:
    quote = cite(DOCUMENT, start, min(len(TEXT), start + length), 1).quote
    place = locate(DOCUMENT, quote)
    assert place is not None
    assert TEXT[place[0] : place[1]] == quote


@pytest.mark.parametrize(
    "quote", ["it binds all.", "It binds  all.", "It binds all!", "", "It binds all. It ends."]
)
def test_a_quote_is_found_character_for_character_or_not_at_all(quote: str) -> None:
    assert locate(DOCUMENT, quote) is None


def test_a_reference_leaves_out_what_is_not_known() -> None:
    full = cite(DOCUMENT, 7, 20, 1)
    assert reference(full) == "Ivo Brenn, “The act”, Scope, p. 1, 2020"
    assert reference(replace(full, author=None, page=None, section=None, date=None)) == "“The act”"


def test_the_text_numbers_its_sentences_and_corrects_first() -> None:
    first, second = cite(DOCUMENT, 7, 20, 1), cite(DOCUMENT, 29, 37, 2)
    notes = (
        Note(NoteKind.PREMISE, "2 years it is.", (2,), True),
        Note(NoteKind.PREMISE, "Not 5 years.", (1,), False),
    )
    said = answer_text(answer(first, second, notes=notes))
    assert said == "Not 5 years. [1]\n\nIt binds all. [1] It ends. [2]\n\n2 years it is. [2]"


def test_a_refusal_names_the_words_that_are_missing() -> None:
    assert "“Brazil”" in refusal_text(refusal(missing=("Brazil",)))
    assert refusal_text(refusal()) == answer_text(refusal())


def inert(markdown: str) -> bool:
    """Whether a renderer makes nothing of the text but paragraphs, emphasis of ours and a list."""
    html = MarkdownIt("commonmark", {"html": True, "linkify": False}).enable("table").render(markdown)
    return not any(tag in html for tag in ("<a ", "<img", "<script", "<code", "<h1", "<b ", "<table", "<b>"))


def hostile() -> Citation:
    document = Document("x.md", HOSTILE, Metadata("[t](http://example.org)<i>"), "")
    return cite(document, 0, len(HOSTILE), 1)


def test_quoted_text_cannot_become_markdown() -> None:
    assert not inert(HOSTILE)
    assert inert(as_markdown(answer(hostile(), question=HOSTILE)))
    assert inert(as_markdown(refusal(hostile(), missing=("[x](http://example.org)",))))


@given(st.text("[]()!<>*`#|\\_ab1:/\n", max_size=60))
def test_no_text_becomes_a_link_an_image_or_a_tag(text: str) -> None:
    quote = text.strip() or "x"
    citation = cite(Document("x.md", quote, Metadata("t"), ""), 0, len(quote), 1)
    assert inert(as_markdown(answer(citation)))


def test_markdown_keeps_the_numbers_and_the_places() -> None:
    written = as_markdown(answer(cite(DOCUMENT, 7, 20, 1)))
    assert "It binds all. [1]" in written
    assert "law/act.md, characters 7-20" in written


def test_the_object_has_every_key_of_the_contract() -> None:
    notes = (Note(NoteKind.CAUTION, "Old.", (1,)),)
    value = as_json(answer(cite(DOCUMENT, 7, 20, 1), notes=notes), "q1")
    check_result(value)
    assert (value["id"], value["kind"], value["nearest"]) == ("q1", "answer", [])
    check_result(as_json(refusal(cite(DOCUMENT, 7, 20, 1))))
    assert json.loads(json.dumps(value)) == value


@pytest.mark.parametrize(
    "question",
    [
        "How many river mines did Velmark destroy?",
        "Why did the joint inspection take 40 years?",
        "Mirov",
        "lesna?",
    ],
)
def test_offsets_lead_back_to_the_quotes(quick: Assistant, question: str) -> None:
    value = as_json(quick.ask(question))
    check_result(value)
    assert value["citations"]
    for citation in value["citations"]:
        text = quick.index.document(citation["document"]).text
        assert text[citation["start"] : citation["end"]] == citation["quote"]
    numbers = [c["n"] for c in value["citations"]]
    assert numbers == list(range(1, len(numbers) + 1))
    for claim in value["claims"]:
        assert claim["citations"]
        assert set(claim["citations"]) <= set(numbers)
        if "short_answer" in claim:
            short = claim["short_answer"]
            assert claim["text"][short["start"] : short["end"]] == short["text"] != ""


def test_the_sources_of_a_quote_are_in_the_object(quick: Assistant) -> None:
    citations = as_json(quick.ask("What does the Orlova Convention ban in navigable rivers?"))["citations"]
    (found,) = (c for c in citations if c["quote"].startswith("The Orlova Convention bans"))
    assert [s["label"] for s in found["sources"]] == ["S1"]
    assert found["sources"][0]["publisher"] == "Orlova Secretariat"
    assert found["section"] == "What the convention bans"


def test_hits_carry_their_text_and_place(quick: Assistant) -> None:
    hits = quick.search("fee for a large ferry", 3)
    documents = {h.chunk.document: quick.index.document(h.chunk.document) for h in hits}
    for one in search_json(hits, documents)["hits"]:
        check("hit", one)
        assert documents[one["document"]].text[one["start"] : one["end"]] == one["text"]
        assert set(one) >= {"page", "section", "title"}
