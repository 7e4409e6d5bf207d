"""Notes that show every side with its source, its date and its citation; and the answer that carries them."""

from __future__ import annotations

from textwrap import dedent

import pytest
from embedders import HashEmbedder

from rag.answering import disagreements
from rag.assistant import Assistant
from rag.citations import as_json
from rag.config import load_settings
from rag.disagreement import Statement, find_disagreements
from rag.disagreement_notes import Contested, note, put_together, said_when
from rag.documents import Limits
from rag.index import Index
from rag.indexing import update_index
from rag.types import Answer, Note, NoteKind, Sentence

SPREAD = "Sources disagree on the length of the wall: Vela in July 2019 gave 220 km, the Gazette gives 300 km, and an undated page gives 350 km."


def statement(text: str, path: str = "a.md", relevance: float = 1.0, said_by: str = "") -> Statement:
    return Statement(path, f"On {path}", "2023-04-05", Sentence(0, len(text), text), relevance, said_by)


def contested(*statements: Statement) -> list[Contested]:
    return put_together(find_disagreements(statements))


def written(*statements: Statement) -> Note:
    numbers = {(s.document, s.sentence.start): n for n, s in enumerate(statements, 1)}
    (one,) = contested(*statements)
    return note(one, lambda s: numbers[(s.document, s.sentence.start)])


def test_all_sides_of_one_sentence_are_one_note_in_the_words_of_the_source() -> None:
    found = written(statement(SPREAD))
    assert found.kind is NoteKind.DISAGREEMENT
    assert found.text == (
        "Sources differ on the length of the wall: “220 km” (Vela in July 2019) against "
        "“300 km” (the Gazette), “350 km” (an undated page)."
    )
    assert found.citations == (1,)
    assert [(s.value, s.date, s.said_by) for s in found.sides] == [
        ("220 km", "2019-07", "Vela in July 2019"),
        ("300 km", None, "the Gazette"),
        ("350 km", None, "an undated page"),
    ]


def test_two_documents_are_named_with_their_year() -> None:
    left = statement("The storm killed 120,000 people in Drava in 1970.", "a.md")
    right = statement("The storm of 1970 killed 50,000 people in Drava.", "b.md")
    found = written(left, right)
    assert "“120,000 people” (On a.md, 2023) against “50,000 people” (On b.md, 2023)" in found.text
    assert [(s.document, s.citation) for s in found.sides] == [("a.md", 1), ("b.md", 2)]


def test_a_value_is_shown_once() -> None:
    plain = statement("The Gazette says that the length of the wall is 300 km.", "b.md")
    values = [p.value for one in contested(statement(SPREAD), plain) for p in one.positions]
    assert len(values) == len(set(values))
    assert values.count("300 km") == 1


def test_what_shares_no_side_is_another_note() -> None:
    toll = statement("Sources disagree on the toll: Vela gives 91, and the Gazette gives 120.", "b.md")
    found = contested(statement(SPREAD), toll)
    assert [one.about for one in found] == ["the length of the wall", "the toll"]


def test_the_less_relevant_is_left_out() -> None:
    toll = "Sources disagree on the toll: Vela gives 91, and the Gazette gives 120."
    near, far = statement(toll, "b.md", 0.95), statement(toll, "b.md", 0.7)
    assert len(contested(statement(SPREAD), near)) == 2
    assert len(contested(statement(SPREAD), far)) == 1


@pytest.mark.parametrize(
    ("said_by", "date"),
    [("Vela in July 2019", "2019-07"), ("Vela on 3 July 2019", "2019-07-03"), ("a digest of 2019", "2019"),
     ("Vela", None), ("Vela in 2018 and 2019", "2019")],
)  # fmt: skip
def test_when_a_source_spoke(said_by: str, date: str | None) -> None:
    assert said_when(statement("x", said_by=said_by)) == date


@pytest.fixture(scope="module")
def disputed(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    """Two documents that disagree on a toll, and much else; no model is loaded to find it."""
    folder, directory = tmp_path_factory.mktemp("disputed"), tmp_path_factory.mktemp("made") / "index"
    texts = {
        "north.md": ("2019-02-11", "The storm of 1970 killed 120,000 people at Lindos. Ferries stopped for a week."),
        "south.md": ("2021-08-30", "The storm killed 50,000 people at Lindos in 1970. The pier was built anew."),
        "other.md": ("2020-01-01", "The fee for a ferry is EUR 480. A licence is valid for five years."),
    }  # fmt: skip
    for name, (date, text) in texts.items():
        (folder / name).write_text(
            dedent(f"---\ntitle: The {name[:-3]}\ndate: {date}\n---\n\n{text}\n"), encoding="utf-8"
        )
    embedder = HashEmbedder(dimension=64, max_tokens=256)
    update_index(directory, [str(folder)], embedder, Limits(), 40)
    return Assistant(Index.open(directory), embedder, load_settings(strictness=0))


def test_an_answer_sets_the_sides_against_each_other(disputed: Assistant) -> None:
    answer = disputed.ask("How many people did the storm of 1970 kill at Lindos?")
    assert isinstance(answer, Answer)
    (found,) = [n for n in answer.notes if n.kind is NoteKind.DISAGREEMENT]
    cited = {c.n: c for c in answer.citations}
    assert {(s.document, s.date) for s in found.sides} == {
        ("north.md", "2019-02-11"),
        ("south.md", "2021-08-30"),
    }
    for side in found.sides:
        assert side.value in cited[side.citation].quote
        assert cited[side.citation].document == side.document
    assert set(found.citations) <= {n for claim in answer.claims for n in claim.citations}


def test_the_sides_are_written_out_as_json(disputed: Assistant) -> None:
    shown = as_json(disputed.ask("How many people did the storm of 1970 kill at Lindos?"))
    (found,) = [n for n in shown["notes"] if n["kind"] == "disagreement"]
    assert {(s["document"], s["value"]) for s in found["sides"]} == {
        ("north.md", "120,000 people"),
        ("south.md", "50,000 people"),
    }
    assert {s["citation"] for s in found["sides"]} == set(found["citations"])


@pytest.mark.parametrize("question", ["What is the fee for a ferry?", "When was the storm at Lindos?"])
def test_nothing_is_noted_that_is_not_asked(disputed: Assistant, question: str) -> None:
    assert disagreements(disputed.index, disputed.read(question)) == []


def test_a_plain_sentence_gives_no_note() -> None:
    assert contested(statement("Nothing is in dispute here.")) == []
