"""Quote answers over a real index: verbatim, self-contained, marked, and refused where nothing is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag.answering import quote
from rag.assistant import Assistant
from rag.config import Settings
from rag.datespans import find_dates
from rag.index import Index
from rag.indexing import update_index
from rag.support import bundled_support_model
from rag.types import Answer, Embedder, NoteKind, Refusal, Verdict

ANSWERED = [
    ("When did the Orlova Convention enter into force?", "12 September 1998"),
    ("How many river mines did Velmark destroy?", "4,200"),
    ("Who commands the garrison at Mirov?", "Tomas Reuel"),
    ("What does the fee for a large ferry cost?", "EUR 480"),
    ("May a ferry operate on the Lesna without a licence?", "No ferry may operate"),
    ("How much cargo did the port of Lindos handle in 2018?", "3.5 million tonnes"),
    ("Who led the negotiation of the Orlova Convention?", "Mira Halden"),
    ("Why did trade through the Mirov crossing increase in 2022?", "lifted its tariff"),
]


@pytest.mark.model
@pytest.mark.parametrize(("question", "fact"), ANSWERED)
def test_the_answer_holds_the_fact_in_verbatim_quotes(assistant: Assistant, question: str, fact: str) -> None:
    answer = assistant.ask(question)
    assert isinstance(answer, Answer)
    assert any(fact in claim.text for claim in answer.claims)
    for claim, citation in zip(answer.claims, answer.citations, strict=True):
        document = assistant.index.document(citation.document)
        assert document.text[citation.start : citation.end] == citation.quote == claim.text
        assert claim.verdict is Verdict.SUPPORTED
        assert claim.citations == (citation.n,)


@pytest.mark.model
@pytest.mark.parametrize(
    ("question", "short"),
    [
        ("When did the Orlova Convention enter into force?", "12 September 1998"),
        ("How many river mines did Velmark destroy?", "4,200"),
        ("Who commands the garrison at Mirov?", "General Tomas Reuel"),
        ("How long is a ferry licence valid?", "five"),
    ],
)
def test_the_short_answer_is_marked_inside_its_sentence(
    assistant: Assistant, question: str, short: str
) -> None:
    answer = assistant.ask(question)
    assert isinstance(answer, Answer)
    marked = [c.text[slice(*c.short_answer)] for c in answer.claims if c.short_answer]
    assert any(short in text for text in marked)


@pytest.mark.model
@pytest.mark.parametrize(
    "question", ["Who led the negotiation of the Orlova Convention?", "Where did the storm destroy the pier?"]
)
def test_a_person_or_place_is_never_a_date(assistant: Assistant, question: str) -> None:
    answer = assistant.ask(question)
    assert isinstance(answer, Answer)
    for claim in answer.claims:
        start, end = claim.short_answer or (0, 0)
        assert not any(d.start < end and start < d.end for d in find_dates(claim.text))


@pytest.mark.model
def test_a_length_of_time_is_never_a_sum_of_money(assistant: Assistant) -> None:
    answer = assistant.ask("How long is a ferry licence valid?")
    assert isinstance(answer, Answer)
    assert not any("EUR" in c.text[slice(*c.short_answer)] for c in answer.claims if c.short_answer)


@pytest.mark.model
def test_a_sentence_that_leans_on_another_comes_after_it(assistant: Assistant) -> None:
    answer = assistant.ask("How little did the two states trust each other?")
    assert isinstance(answer, Answer)
    texts = [claim.text for claim in answer.claims]
    at = next(i for i, text in enumerate(texts) if text.startswith("This nearly 30-year delay"))
    assert texts[at - 1].startswith("In June 2023 Velmark sent its first inspectors")


@pytest.mark.model
def test_quotes_of_a_document_stand_together_in_reading_order(assistant: Assistant) -> None:
    answer = assistant.ask("Why did the joint inspection take 28 years?")
    assert isinstance(answer, Answer)
    places = [(c.document, c.start) for c in answer.citations]
    documents = list(dict.fromkeys(document for document, _ in places))
    assert places == sorted(places, key=lambda place: (documents.index(place[0]), place[1]))
    assert len(set(places)) == len(places) > 1


@pytest.mark.model
@pytest.mark.parametrize(
    ("question", "missing"),
    [
        ("When did Brazil join the Orlova Convention?", "Brazil"),
        ("How do I bake sourdough bread?", "sourdough"),
        ("Who won the chess championship of Zanzibar?", "Zanzibar"),
    ],
)
def test_what_no_document_says_is_refused_with_the_nearest_and_the_missing(
    assistant: Assistant, question: str, missing: str
) -> None:
    refusal = assistant.ask(question)
    assert isinstance(refusal, Refusal)
    assert missing in refusal.missing
    assert refusal.confidence < 0.5
    assert refusal.nearest
    for citation in refusal.nearest:
        document = assistant.index.document(citation.document)
        assert document.text[citation.start : citation.end] == citation.quote


@pytest.mark.model
def test_a_premise_that_holds_and_one_that_does_not(assistant: Assistant) -> None:
    holds = assistant.ask("Why did the joint inspection take 28 years?")
    assert [(n.kind, n.holds) for n in holds.notes] == [(NoteKind.PREMISE, True)]
    false = assistant.ask("Why did the joint inspection scheme take 40 years to be used?")
    assert isinstance(false, Answer)
    assert [(n.kind, n.holds) for n in false.notes] == [(NoteKind.PREMISE, False)]
    assert "28 years" in false.notes[0].text
    cited = {c.n: c.quote for c in false.citations}
    assert any("1995" in cited[n] for n in false.notes[0].citations)


@pytest.mark.model
def test_strictness_decides_between_answer_and_refusal(assistant: Assistant) -> None:
    reading = assistant.read("When did the Orlova Convention enter into force?")
    lax, strict = (
        quote(assistant.index, reading, strictness, bundled_support_model()) for strictness in (0.0, 1.0)
    )
    assert lax.claims
    assert not strict.claims
    assert 0 < lax.confidence == strict.confidence < 1


@pytest.mark.model
def test_confidence_is_higher_where_the_documents_speak(assistant: Assistant) -> None:
    spoken = [assistant.ask(question).confidence for question, _ in ANSWERED]
    silent = [
        assistant.ask(q).confidence for q in ("Who bakes sourdough bread?", "When did Brazil join Zanzibar?")
    ]
    assert min(spoken) > max(silent)


def test_a_refusal_is_given_without_any_passage(quick: Assistant) -> None:
    from rag.types import Filters

    refusal = quick.ask("When did it end?", filters=Filters(documents=("none.md",)))
    assert isinstance(refusal, Refusal)
    assert refusal.nearest == ()
    assert refusal.retrieved == ()


@pytest.mark.model
def test_a_row_of_a_table_is_quoted_below_the_row_that_heads_it(tmp_path: Path, embedder: Embedder) -> None:
    (tmp_path / "tolls.md").write_text(
        "# Tolls of the Lesna\n\nThe Harbour Authority lists what ferries paid.\n\n"
        "| EUR thousand | Tolls 2018 | Tolls 2019 |\n|---|---|---|\n"
        "| Karsk | 310 | 295 |\n| Mirov | 1,204 | 1,377 |\n| Lindos | 88 | 92 |\n",
        encoding="utf-8",
    )
    update_index(tmp_path / "index", [str(tmp_path / "tolls.md")], embedder)
    with Assistant(Index.open(tmp_path / "index"), embedder, Settings()) as assistant:
        answer = assistant.ask("What were the tolls of Mirov in 2018 and 2019?")
    assert isinstance(answer, Answer)
    quotes = [claim.text for claim in answer.claims]
    assert "Mirov | 1,204 | 1,377" in quotes
    assert quotes[quotes.index("Mirov | 1,204 | 1,377") - 1].startswith("EUR thousand | Tolls 2018")


@pytest.mark.model
def test_the_date_of_a_source_is_no_short_answer(tmp_path: Path, embedder: Embedder) -> None:
    (tmp_path / "pact.md").write_text(
        "# The Lesna Pact\n\nAccording to the Karsk Recorder of 24 October 2007, the Lesna Pact entered into force in May "
        "2004, after long talks.\n",
        encoding="utf-8",
    )
    update_index(tmp_path / "index", [str(tmp_path / "pact.md")], embedder)
    with Assistant(Index.open(tmp_path / "index"), embedder, Settings(strictness=0)) as assistant:
        answer = assistant.ask("When did the Lesna Pact enter into force?")
    assert isinstance(answer, Answer)
    (claim,) = answer.claims
    assert claim.text[slice(*(claim.short_answer or (0, 0)))] == "May 2004"
