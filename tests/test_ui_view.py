from __future__ import annotations

from dataclasses import replace

import pytest

from rag.assistant import Assistant
from rag.types import (
    Answer,
    Check,
    Citation,
    Claim,
    Document,
    IndexInfo,
    Metadata,
    Mode,
    Note,
    NoteKind,
    NoteSide,
    Refusal,
    Section,
    Source,
    Timings,
    Usage,
    Verdict,
)
from ui.reader_view import Cited, Showing, place_said, reader_view
from ui.reading import marked_text, window
from ui.view import result_view

A = Citation(1, "a.md", "On ferries", 4, "Fees", 10, 25, "The fee is high.", "Ana Weiss", "2024-02-01")
B = Citation(2, "b.md", "On ports", None, None, 0, 20, "The fee was EUR 120.", None, "2011")
SAID = Claim("The fee is high.", Verdict.SUPPORTED, 1.0, (1,), short_answer=(11, 15))
WRITTEN = Claim("Fees rose.", Verdict.SUPPORTED, 0.87, (1, 2))
STRUCK = Claim("The fee is 29.", Verdict.CONTRADICTED, 0.04, (2,), (Check("number", "29", "120"),))


def answer(*claims: Claim, notes: tuple[Note, ...] = (), **changes: object) -> Answer:
    info = IndexInfo(1, "hash", 3)
    made = Answer("q", "q", Mode.QUOTE, claims, (A, B), notes, (), Timings(120, 30, 0), info)
    return replace(made, **changes)  # type: ignore[arg-type]


def test_neighbouring_sentences_of_a_document_stand_together() -> None:
    again = replace(SAID, short_answer=None)
    view = result_view(answer(SAID, again, replace(SAID, citations=(2,)), SAID))
    assert [len(group.sentences) for group in view.groups] == [2, 1, 1]
    assert view.groups[0].source == "On ferries"
    assert view.groups[0].byline == "Ana Weiss · 2024-02-01"


def test_the_short_answer_is_strong_and_the_text_whole() -> None:
    (sentence,) = result_view(answer(SAID)).groups[0].sentences
    assert "".join(piece.text for piece in sentence.pieces) == SAID.text
    assert [piece.text for piece in sentence.pieces if piece.strong] == ["high"]


def test_chips_say_what_they_cite() -> None:
    (sentence,) = result_view(answer(WRITTEN)).groups[0].sentences
    assert [chip.n for chip in sentence.chips] == [1, 2]
    assert sentence.chips[0].label == "Citation 1: Ana Weiss, “On ferries”, Fees, p. 4, 2024-02-01"


def test_a_quotation_is_explained_as_one() -> None:
    (sentence,) = result_view(answer(SAID)).groups[0].sentences
    assert sentence.quoted
    assert sentence.verdict == "Word for word in its source"


def test_unsupported_sentences_are_struck_with_their_reasons() -> None:
    view = result_view(answer(WRITTEN, STRUCK))
    assert ["".join(p.text for p in s.pieces) for g in view.groups for s in g.sentences] == ["Fees rose."]
    (struck,) = view.struck
    assert struck.mark == "✗"
    assert struck.reasons == (
        "A local model puts the support of the cited passage at 4%.",
        "Number: the sentence says “29”, the passage “120”.",
    )


def test_what_a_chat_model_wrote_in_vain_is_struck_too() -> None:
    usage = Usage("qwen3:4b", "7", 1900, 1, reported_input_tokens=2100, first_sentence=1234.0)
    view = result_view(answer(WRITTEN, mode=Mode.WRITE, struck=(STRUCK,), usage=usage))
    assert ["".join(p.text for p in s.pieces) for s in view.struck] == ["The fee is 29."]
    assert view.note == (
        "2 passages from 2 documents · written by qwen3:4b · 2,100 tokens in, 1 out · first sentence after 1.2 s · 0.1 s"
    )
    kept = replace(usage, cached=True, first_sentence=None)
    quoted = result_view(answer(WRITTEN, usage=kept))
    assert quoted.note == (
        "2 passages from 2 documents · asked qwen3:4b, kept from before · 2,100 tokens in, 1 out · 0.1 s"
    )


def test_a_sentence_without_citations_is_not_lost() -> None:
    view = result_view(answer(replace(STRUCK, citations=(), checks=())))
    assert view.struck[0].reasons == ("The sentence cites no passage, so nothing supports it.",)


def test_a_citation_that_is_not_there_has_no_chip() -> None:
    view = result_view(answer(replace(WRITTEN, citations=(9, 2))))
    assert [chip.n for chip in view.groups[0].sentences[0].chips] == [2]


def test_a_wrong_premise_comes_before_the_answer_and_a_right_one_after() -> None:
    wrong = Note(NoteKind.PREMISE, "It did not.", (1,), False)
    holds = Note(NoteKind.PREMISE, "1995 to 2023 is 28 years.", (2,), True)
    view = result_view(answer(SAID, notes=(holds, wrong)))
    assert [c.kind for c in view.before] == ["premise-wrong"]
    assert [c.kind for c in view.after] == ["premise-holds"]


def test_a_disagreement_is_a_table_by_date() -> None:
    note = Note(NoteKind.DISAGREEMENT, "They differ on the fee.", (1, 2))
    (callout,) = result_view(answer(SAID, notes=(note,))).after
    assert [(side.date, side.text) for side in callout.sides] == [("2011", B.quote), ("2024-02-01", A.quote)]
    assert callout.sides[1].source == "Ana Weiss, On ferries"


def test_the_sides_of_a_disagreement_are_its_rows() -> None:
    sides = (
        NoteSide("a.md", "2024-02-01", "EUR 130", 1, "the mission"),
        NoteSide("b.md", None, "EUR 120", 2),
    )
    note = Note(NoteKind.DISAGREEMENT, "They differ on the fee.", (1, 2), sides=sides)
    (callout,) = result_view(answer(SAID, notes=(note,))).after
    assert [(s.date, s.source, s.text, [c.n for c in s.chips]) for s in callout.sides] == [
        ("2024-02-01", "the mission in On ferries", "“EUR 130”", [1]),
        ("undated", "On ports", "“EUR 120”", [2]),
    ]


def test_one_source_alone_is_no_table() -> None:
    note = Note(NoteKind.DISAGREEMENT, "Sources differ.", (1,))
    (callout,) = result_view(answer(SAID, notes=(note,))).after
    assert callout.sides == ()
    assert [chip.n for chip in callout.chips] == [1]


def test_a_refusal_shows_what_is_missing_and_near() -> None:
    refused = Refusal(
        "q", "q", Mode.QUOTE, (A,), ("Japan", "yen"), (), (), Timings(), IndexInfo(1, "hash", 3)
    )
    view = result_view(refused)
    assert view.refused
    assert view.said == "They say nothing about “Japan”, “yen”."
    assert [(p.chip.n, p.quote) for p in view.passages] == [(1, A.quote)]
    assert view.groups == ()


def test_the_standalone_question_is_shown_where_it_differs() -> None:
    assert result_view(answer(SAID)).read_as == ""
    assert result_view(answer(SAID, standalone_question="What of x?")).read_as == "What of x?"


def test_the_note_counts_passages_documents_and_time() -> None:
    assert result_view(answer(SAID)).note == "2 passages from 2 documents · 0.1 s"
    quick = answer(SAID, citations=(A,), timings=Timings(20, 10, 0))
    assert result_view(quick).note == "1 passage from 1 document · 30 ms"


def test_every_claim_and_citation_of_a_real_answer_is_there(quick: Assistant) -> None:
    result = quick.ask("When did Velmark send its first inspectors to Ostrana?")
    assert isinstance(result, Answer)
    view = result_view(result)
    texts = ["".join(p.text for p in s.pieces) for g in view.groups for s in g.sentences]
    assert texts == [claim.text for claim in result.claims]
    assert view.numbers == tuple(c.n for c in result.citations)


def showing(active: int | None = 1, **changes: object) -> Showing:
    text = "The law\n\nThe fee is high. It stays.\n\nPorts"
    metadata = Metadata("The law", "Ana", "2024", "law", address="javascript:alert(1)")
    document = Document(
        "a.md", text, metadata, "abcdef0123", sections=(Section(("The law",), None, 0, len(text)),)
    )
    sources = (
        Source("S1", "Gazette", "State", "2011", "https://example.org/"),
        Source("S2", "x", address="data:x"),
    )
    cited = replace(A, start=9, end=25, page=None, section="The law", sources=sources)
    made = Showing(
        document, window(text, (9, 25), 1000), (cited,), active, numbers=(1, 2, 3), root="http://h/"
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def test_the_reader_marks_the_quote() -> None:
    view = reader_view(showing())
    assert marked_text(view.blocks) == view.quote == A.quote
    assert view.position == (1, 3)


def test_copies_carry_the_link_of_the_citation() -> None:
    view = reader_view(showing())
    assert view.link == "source?document=a.md&start=9&end=25&version=abcdef01"
    assert set(view.copies) == {"Markdown", "Footnote", "BibTeX", "CSL JSON"}
    assert all("http://h/source?document=a.md&start=9&end=25" in copy for copy in view.copies.values())


def test_only_web_addresses_can_be_followed() -> None:
    view = reader_view(showing())
    assert view.original is None
    assert view.cited == (Cited("S1: Gazette, State, 2011", "https://example.org/"), Cited("S2: x", None))


def test_without_a_citation_there_is_the_document_alone() -> None:
    view = reader_view(showing(active=None, citations=()))
    assert (view.quote, view.position, view.copies, view.cited) == ("", None, {}, ())
    assert view.link == "source?document=a.md"


@pytest.mark.parametrize(
    ("section", "page", "said"),
    [("Fees", 4, "Fees · p. 4"), ("The law", None, ""), (None, 2, "p. 2"), ("Art. 2(1)", None, "Art. 2(1)")],
)
def test_the_place_is_said_as_a_person_would(section: str | None, page: int | None, said: str) -> None:
    assert place_said(showing().document, replace(A, section=section, page=page)) == said


def test_words_taken_over_from_before_are_listed() -> None:
    leaning = "How wide is it? (about: Wakhan Corridor)"
    follow = replace(answer(SAID), question="How wide is it?", standalone_question=leaning)
    assert result_view(follow).read_as == "How wide is it? Of what was said before: Wakhan, Corridor."
    again = replace(follow, standalone_question="How wide is the Wakhan Corridor?")
    assert result_view(again).read_as == "How wide is the Wakhan Corridor?"
    assert result_view(replace(follow, standalone_question="How wide is it?")).read_as == ""
