from __future__ import annotations

import pytest

from rag.assistant import Assistant
from rag.citations import cite
from rag.types import Answer, Document, Metadata, Section
from ui import followups
from ui.followups import Suggestion, answered, candidates, question_about, question_of, short_title

TEXT = (
    "The Orlova Convention, 1995-2023: a history\n\n"
    "In 1995 the Orlova Convention banned mines. The Orlova Convention has a secretariat.\n\n"
    "Ratification by Velmark\n\nIt was late, and Velmark paid. The envoy said that Velmark was late.\n\n"
    "Cost and finance\n\nIt was cheap.\n\nWhere the sources disagree\n\nOn the cost.\n\nNotes\n\nNone."
)


def document() -> Document:
    headings = ["Ratification by Velmark", "Cost and finance", "Where the sources disagree", "Notes"]
    title = "The Orlova Convention, 1995-2023: a history"
    starts = [0, *(TEXT.index(h) for h in headings)]
    paths = [(title,), *((title, h) for h in headings)]
    ends = [*starts[1:], len(TEXT)]
    sections = tuple(Section(p, None, a, b) for p, a, b in zip(paths, starts, ends, strict=True))
    return Document("orlova.md", TEXT, Metadata(title), "00", sections=sections)


def test_a_title_is_shortened_to_its_subject() -> None:
    assert short_title(document()) == "The Orlova Convention"
    for title, subject in (
        ("Chabahar port, 2003-2026: the Indian role", "Chabahar port"),
        ("Tajikistan and the Taliban since 2021: a thaw", "Tajikistan and the Taliban"),
        (
            "India's contacts with the Taliban, August 2021 to October 2025",
            "India's contacts with the Taliban",
        ),
        ("The joint communique of 12 December 2022 and the statement", "The joint communique"),
        ("Ferry Regulation", "Ferry Regulation"),
    ):
        assert short_title(Document("a", "", Metadata(title), "0")) == subject


@pytest.mark.parametrize(
    ("heading", "question"),
    [
        ("Ratification by Velmark", "What do the sources say about ratification by Velmark?"),
        ("Velmark and the envoy", "What do the sources say about Velmark and the envoy?"),
        ("Cost and finance", "The Orlova Convention: what do the sources say about cost and finance?"),
        ("Where the sources disagree", "Where do the sources disagree on the Orlova Convention?"),
        ("Notes", None),
        ("Cost", None),
        ("From talks to the treaty", None),
        ("About this brief", None),
    ],
)
def test_a_heading_makes_a_question_or_none(heading: str, question: str | None) -> None:
    assert question_of(heading, document()) == question


def test_sections_after_the_cited_one_come_first_and_cited_ones_never() -> None:
    found = document()
    start = found.text.index("It was cheap")
    questions = [s.question for s in candidates([found], [cite(found, start, start + 13, 1)])]
    assert questions == [
        "Where do the sources disagree on the Orlova Convention?",
        "What do the sources say about ratification by Velmark?",
    ]


def test_what_was_asked_is_not_offered_again() -> None:
    asked = ["where do the sources disagree on the Orlova convention?"]
    assert all("disagree" not in s.question for s in candidates([document()], asked=asked))


def test_documents_take_turns() -> None:
    other = Document(
        "b.md",
        TEXT,
        Metadata("Velmark at sea"),
        "1",
        sections=(Section(("Velmark at sea", "The Velmark navy"), None, 0, 9),),
    )
    assert [s.document for s in candidates([document(), other])][:3] == ["orlova.md", "b.md", "orlova.md"]


def test_a_subject_without_a_name_makes_no_question() -> None:
    assert question_about(document()) == Suggestion(
        "What do the sources say about the Orlova Convention?", "orlova.md", 0, len(TEXT)
    )
    assert question_about(Document("a", "It is late. Late it is.", Metadata("Late again"), "0")) is None


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The hash embedder's cosines are smaller than a model's."""
    monkeypatch.setattr(followups, "_NEAR", 0.2)


@pytest.mark.usefixtures("hashed")
def test_offered_questions_are_answered_out_of_their_section(quick: Assistant) -> None:
    documents = [quick.index.document(d.path) for d in quick.index.documents()]
    offered = list(candidates(documents))
    good = answered(quick, offered, 2, seconds=10)
    assert good
    for question in good:
        (suggestion,) = [s for s in offered if s.question == question]
        result = quick.ask(question)
        assert isinstance(result, Answer)
        assert any(
            c.document == suggestion.document and suggestion.start <= c.start < suggestion.end
            for c in result.citations
        )


def test_a_question_that_nothing_answers_is_not_offered(quick: Assistant) -> None:
    nowhere = Suggestion("What does the convention ban?", "no/such.md", 0, 10)
    unlike = Suggestion("Is pork cheaper than chalk on Mondays?", "law/ferry-regulation.md", 0, 10_000)
    assert answered(quick, [nowhere, unlike], 2) == ()


@pytest.mark.usefixtures("hashed")
def test_looking_for_questions_ends_in_time(quick: Assistant) -> None:
    documents = [quick.index.document(d.path) for d in quick.index.documents()]
    assert answered(quick, candidates(documents), 3, seconds=0) == ()
