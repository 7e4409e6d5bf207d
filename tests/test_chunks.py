"""Sentences and chunks: every character once, inside its section, within the model's limit."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from time import perf_counter

import pytest
from embedders import HashEmbedder
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rag.chunks import body_sentences, chunk_document, embedded_text, split_sentences
from rag.types import Chunk, Document, Embedder, Metadata, Section, Sentence

WORDS = st.sampled_from(
    "treaty Dr. Saini Art. 6 U.S. e.g. i.e. 3.5 1,000 No. 12 “quoted” (aside) it’s Kabul, route; mine: Об Сторона договор "
    "اتفاقية दस्तावेज़ 条约禁止地雷 ελληνικά 🚢 naïve vs. etc. pp. Jan. see[S1] ... cross-border now[12] “We 50% a/b Ltd.".split()
)
ENDS = st.sampled_from([".", "?", "!", "…", ".”", ".[S1]", ".[S1][S2]", ".)", "", ";"])
UNBROKEN = st.sampled_from(["x" * 700, "a/b." * 150, "条" * 400, "слово" * 90, "1234567890" * 40, "é" * 300])
MARKERS = st.sampled_from(["- ", "• ", "1. ", "12) ", "(a) ", "(iv) "])
HEADINGS = st.sampled_from(
    [
        "Part I",
        "Article 6 Consent",
        "Scope",
        "Общие положения",
        "A heading " * 30,
        "条" * 120,
        "Notes on Art. 5.",
    ]
)
NOT_IN_CHUNKS = re.compile(r"\s*(?:[-•]|\d{1,3}[.)]|\([a-z]{1,4}\))?\s*(?:\[[A-Za-z]{0,3}\d{1,3}\]\s*)*")


def _sentence(words: list[str], end: str) -> str:
    return " ".join(words) + end


SENTENCES = st.builds(_sentence, st.lists(WORDS, min_size=1, max_size=14), ENDS)
LONG = st.builds(_sentence, st.lists(WORDS, min_size=200, max_size=350), ENDS)
PARAGRAPHS = st.lists(SENTENCES | UNBROKEN, min_size=1, max_size=5).map(" ".join)
LISTS = st.lists(st.tuples(MARKERS, SENTENCES).map("".join), min_size=1, max_size=5).map("\n".join)
TABLES = st.lists(st.lists(WORDS, min_size=2, max_size=4).map(" | ".join), min_size=2, max_size=5).map(
    "\n".join
)
BODIES = st.lists(PARAGRAPHS | LISTS | TABLES | LONG, min_size=1, max_size=4).map("\n\n".join)


@dataclass(frozen=True, slots=True)
class Part:
    heading: str | None
    body: str

    @property
    def text(self) -> str:
        return f"{self.heading}\n\n{self.body}\n\n" if self.heading else f"{self.body}\n\n"


def _document(opening: str | None, rest: list[tuple[str, str]]) -> Document:
    parts = ([Part(None, opening)] if opening else []) + [Part(h.strip(), body) for h, body in rest]
    text = "".join(part.text for part in parts)
    sections, at = [], 0
    for part in parts:
        path = ("Title", part.heading) if part.heading else ()
        sections.append(Section(path, None, at, at + len(part.text)))
        at += len(part.text)
    return Document("d.md", text, Metadata("Title"), "", sections=tuple(sections))


DOCUMENTS = st.builds(
    _document, st.none() | BODIES, st.lists(st.tuples(HEADINGS, BODIES), min_size=1, max_size=3)
)
quickly = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def whole(text: str, *sections: Section) -> Document:
    return Document("d.md", text, Metadata("Title"), "", sections=sections)


def split(text: str) -> list[str]:
    return [sentence.text for sentence in split_sentences(text)]


def outside(text: str, spans: list[tuple[int, int]]) -> str:
    """The text with the spans cut out, a space for each."""
    kept, at = "", 0
    for start, end in spans:
        kept, at = f"{kept}{text[at:start]} ", end
    return kept + text[at:]


def without_headings(document: Document) -> list[tuple[int, int]]:
    return [(s.start, s.start + len(s.path[-1])) for s in document.sections if s.path]


@quickly
@given(DOCUMENTS)
def test_sentences_are_spans_in_order_on_one_line(document: Document) -> None:
    end = 0
    for sentence in split_sentences(document.text):
        assert document.text[sentence.start : sentence.end] == sentence.text
        assert sentence.text == sentence.text.strip() != ""
        assert "\n" not in sentence.text
        assert sentence.start >= end
        end = sentence.end


@quickly
@given(DOCUMENTS)
def test_only_bullets_and_marks_lie_between_sentences(document: Document) -> None:
    spans = [(s.start, s.end) for s in split_sentences(document.text)]
    for line in outside(document.text, spans).splitlines():
        assert NOT_IN_CHUNKS.fullmatch(" ".join(line.split())), line


@quickly
@given(DOCUMENTS, st.sampled_from([32, 60, 200]))
def test_every_character_lies_in_one_chunk_of_its_section(
    embedder: Embedder, document: Document, chunk_tokens: int
) -> None:
    chunks = chunk_document(document, embedder, chunk_tokens)
    for chunk in chunks:
        assert document.text[chunk.start : chunk.end] == chunk.text
        assert document.section_at(chunk.start) == document.section_at(chunk.end - 1)
    assert all(before.end <= after.start for before, after in pairwise(chunks))
    taken = sorted([(c.start, c.end) for c in chunks] + without_headings(document))
    assert all(before[1] <= after[0] for before, after in pairwise(taken)), "a heading is quoted"
    for line in outside(document.text, taken).splitlines():
        assert NOT_IN_CHUNKS.fullmatch(" ".join(line.split())), line


@quickly
@given(DOCUMENTS, st.sampled_from([32, 60, 200]))
def test_the_model_reads_every_chunk_whole(embedder: Embedder, document: Document, chunk_tokens: int) -> None:
    chunks = chunk_document(document, embedder, chunk_tokens)
    assert max(embedder.count_tokens([embedded_text(c) for c in chunks])) <= embedder.max_tokens


@quickly
@given(DOCUMENTS)
def test_a_sentence_that_fits_is_never_cut(embedder: Embedder, document: Document) -> None:
    chunks = chunk_document(document, embedder, 60)
    sentences = [s for part in document.sections for s in body_sentences(document, part)]
    counts = embedder.count_tokens([s.text for s in sentences])
    for sentence, tokens in zip(sentences, counts, strict=True):
        holders = [c for c in chunks if c.start <= sentence.start and sentence.end <= c.end]
        assert len(holders) == 1 or tokens > embedder.max_tokens - 64


def test_chunks_aim_at_the_size_asked_for(embedder: Embedder) -> None:
    text = " ".join(f"The parties met for round {i} of the talks." for i in range(60))
    small, large = (chunk_document(whole(text), embedder, n) for n in (40, 160))
    assert len(small) > 2 * len(large) > 4
    assert all(len(c.text) > 30 for c in small)


def test_two_documents_of_headings_and_text_differ_by_heading_alone(embedder: Embedder) -> None:
    text = "Scope\n\nIt binds all."
    document = whole(text, Section(("Title", "Scope"), None, 0, len(text)))
    (chunk,) = chunk_document(document, embedder, 100)
    assert (chunk.heading, chunk.text) == ("Scope", "It binds all.")
    assert embedded_text(chunk) == "Scope\nIt binds all."


def test_a_document_of_headings_alone_is_still_found(embedder: Embedder) -> None:
    text = "Part I\n\nPart II"
    document = whole(text, Section(("Part I",), None, 0, 8), Section(("Part II",), None, 8, len(text)))
    assert [c.text for c in chunk_document(document, embedder, 100)] == [text]


def test_reference_marks_are_not_embedded() -> None:
    chunk = Chunk("d", 0, 0, "It ended.[S1][S2] It began.[12]", "Scope")
    assert embedded_text(chunk) == "Scope\nIt ended. It began."


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Dr. Saini met Gen. Sharif. They talked.", ["Dr. Saini met Gen. Sharif.", "They talked."]),
        ("See Art. 6 of the act. It binds.", ["See Art. 6 of the act.", "It binds."]),
        ("The U.S. Senate voted. It passed.", ["The U.S. Senate voted.", "It passed."]),
        ("Tools, e.g. Drones, are cheap. Buy.", ["Tools, e.g. Drones, are cheap.", "Buy."]),
        ("It rose 3.5 percent. It fell.", ["It rose 3.5 percent.", "It fell."]),
        ("It rose by 3. It fell.", ["It rose by 3.", "It fell."]),
        ("It ended in 2004. 12 states left.", ["It ended in 2004.", "12 states left."]),
        ("On Jan. 5 it met. It rose.", ["On Jan. 5 it met.", "It rose."]),
        ("Trucks, buses etc. Another law.", ["Trucks, buses etc.", "Another law."]),
        ("Trucks etc. are taxed. So.", ["Trucks etc. are taxed.", "So."]),
        ("“We will not sign.” He left.", ["“We will not sign.”", "He left."]),
        ("He left. “We will not sign.”", ["He left.", "“We will not sign.”"]),
        ("(It is so.) Then it ended.", ["(It is so.)", "Then it ended."]),
        ("It met (see Art. 5). It binds.", ["It met (see Art. 5).", "It binds."]),
        ("Why so? Never! It is…", ["Why so?", "Never!", "It is…"]),
        ("It ended.[S1][S2] It began.", ["It ended.", "It began."]),
        ("It ended [S1]. It began.", ["It ended [S1].", "It began."]),
        ("It ended.[S1]", ["It ended."]),
        ("Первая фраза. Вторая фраза.", ["Первая фраза.", "Вторая фраза."]),
        ("جملة أولى. جملة ثانية.", ["جملة أولى.", "جملة ثانية."]),
        ("No full stop", ["No full stop"]),
        ("", []),
        (" \n\t\n ", []),
    ],
)  # fmt: skip
def test_sentences_end_where_a_reader_would_end_them(text: str, sentences: list[str]) -> None:
    assert split(text) == sentences


def test_a_mark_after_a_space_lies_between_sentences_too() -> None:
    assert split("It ended. [S1] It began.") == ["It ended.", "It began."]


def test_the_number_in_the_first_cell_of_a_row_belongs_to_the_row() -> None:
    assert split("1. | Kabul | 2021") == ["1. | Kabul | 2021"]


@pytest.mark.parametrize("line", ["c. 1995 the route was conceived.", "p. 12 says so."])
def test_an_abbreviation_of_one_letter_may_open_a_line(line: str) -> None:
    assert split(line) == [line]


def test_lists_and_tables_stay_readable(embedder: Embedder) -> None:
    text = "Ports:\n\n- Gwadar, deep;\n- Karachi, busy.\n\nYear | Cargo\n2017 | 3.1\n2018 | 3.5"
    assert split(text) == [
        "Ports:",
        "Gwadar, deep;",
        "Karachi, busy.",
        "Year | Cargo",
        "2017 | 3.1",
        "2018 | 3.5",
    ]
    (chunk,) = chunk_document(whole(text), embedder, 200)
    assert chunk.text == text


@pytest.mark.parametrize(
    ("body", "sentences"),
    [
        ("[S1] A report, 2001\n\n[S2] Another, https://example.org", []),
        ("[1] A report\n[12] Another", []),
        ("[S1] A report\n\nIt also says more.", ["[S1] A report", "It also says more."]),
    ],
)
def test_a_section_that_only_lists_references_is_not_quoted(body: str, sentences: list[str]) -> None:
    text = f"Notes\n\n{body}"
    section = Section(("Notes",), None, 0, len(text))
    assert [s.text for s in body_sentences(whole(text, section), section)] == sentences


def test_a_section_that_opens_with_a_mark_is_read_at_once() -> None:
    text = "Scope\n\n" + "[S1] as before " * 13 + "\n\nA plain line."
    section = Section(("Scope",), None, 0, len(text))
    started = perf_counter()
    assert body_sentences(whole(text, section), section)
    assert perf_counter() - started < 0.1


def test_a_section_is_split_below_its_heading() -> None:
    text = "Intro.\n\nScope\n\nIt binds. It ends."
    section = Section(("Scope",), None, 8, len(text))
    assert body_sentences(whole(text, section), section) == [
        Sentence(15, 24, "It binds."),
        Sentence(25, 33, "It ends."),
    ]


def test_outer_headings_give_way_where_they_would_take_the_room() -> None:
    path = ("Title", *(f"Part {i} " + "on the law of the sea " * 8 for i in range(6)), "Art. 6")
    text = "Art. 6\n\nIt binds."
    document = whole(text, Section(path, "Art. 6", 0, len(text)))
    (chunk,) = chunk_document(document, HashEmbedder(max_tokens=80), 40)
    assert chunk.heading.endswith("Art. 6")
    assert len(chunk.heading.split()) < 60


def test_a_list_whose_bullets_fill_the_room_still_fits(embedder: Embedder) -> None:
    text = "\n".join(f"(xxvii) Clause {n}." for n in range(1, 100))
    document = whole(text)
    chunks = chunk_document(document, embedder, embedder.max_tokens)
    assert len(chunks) > 1
    assert max(embedder.count_tokens([embedded_text(c) for c in chunks])) <= embedder.max_tokens
