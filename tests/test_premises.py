"""A false premise is named where a source says otherwise, and only there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from embedders import HashEmbedder

from rag.assistant import Assistant
from rag.config import load_settings
from rag.index import Index
from rag.indexing import update_index
from rag.premises import Premise, check_premises

SOURCE = """
# The northern route

The northern route was conceived in 1995. In June 2023 the first shipment was sent by the northern route, a
route conceived in 1995. This nearly 30-year delay has many reasons.

The Assembly of Velmark claims to have killed dozens of Ilyrians and more than 20 Karstians in 2021.

The army of Karstia has so far avoided cross-border strikes on Velmark.

Ostrana did not attack the Blue Column, which had fled.

Karstia expelled the Red Banner militia in 2016.

The government of Karstia celebrated the return of the Assembly in 2021.

The trade of Velmark with Ostrana increased in 2022, when the tariff on timber was lifted.

The pass at Mirov closed for the winter on 1 December 2023.

Ostrana signed the ferry treaty with Velmark in May 2011.

The harbour of Lindos holds 1,200 soldiers of the Ostranan army.

The study found that 14 percent of the exports of Velmark cross the Lesna.
"""


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    with _reader(tmp_path_factory.mktemp("premises"), SOURCE) as assistant:
        yield assistant


@pytest.fixture(scope="module")
def misled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    """The same source with a denial that names what other questions name."""
    denial = "\nThe army of Ostrana did not attack the Red Banner militia.\n"
    with _reader(tmp_path_factory.mktemp("misled"), SOURCE + denial) as assistant:
        yield assistant


def _reader(folder: Path, text: str) -> Assistant:
    (folder / "route.md").write_text(text, encoding="utf-8")
    embedder = HashEmbedder(dimension=96, max_tokens=256)
    update_index(folder / "index", [str(folder / "route.md")], embedder, chunk_tokens=40)
    return Assistant(Index.open(folder / "index"), embedder, load_settings(strictness=0))


def premises(reader: Assistant, question: str) -> list[Premise]:
    reading = reader.read(question)
    return check_premises(reading.weighted, reading.ranked)


def shown(premise: Premise) -> str:
    return " ".join(c.sentence.text for c in premise.shown_by)


def test_a_span_of_years_that_two_dates_make_holds(reader: Assistant) -> None:
    (found,) = premises(reader, "Why did the first shipment by the northern route take 28 years?")
    assert found.holds
    assert {"28", "1995", "2023"} <= set(found.text.replace(".", "").split())
    assert "1995" in shown(found)
    assert "2023" in shown(found)


@pytest.mark.parametrize("years", [40, 12, 90])
def test_another_span_does_not(reader: Assistant, years: int) -> None:
    (found,) = premises(reader, f"Why did the first shipment by the northern route take {years} years?")
    assert not found.holds
    assert f"{years} years" in found.text
    assert "28 years" in found.text


@pytest.mark.parametrize(
    ("question", "contradicted_by"),
    [
        ("How did the Assembly of Velmark kill 200 Karstians in 2021?", "more than 20 Karstians"),
        ("Why does the harbour of Lindos hold 5,000 soldiers of the Ostranan army?", "1,200 soldiers"),
        ("Why do 60 percent of the exports of Velmark cross the Lesna?", "14 percent"),
        ("Why did Ostrana sign the ferry treaty with Velmark in 2003?", "May 2011"),
        ("Why did the pass at Mirov close for the winter in 2019?", "1 December 2023"),
        ("When did Karstia launch its cross-border strikes on Velmark?", "avoided"),
        ("Why did Ostrana attack the Blue Column?", "did not attack"),
        ("Why did Karstia shelter the Red Banner militia?", "expelled"),
        ("Why did the government of Karstia condemn the return of the Assembly?", "celebrated"),
        ("Why did the trade of Velmark with Ostrana decrease in 2022?", "increased"),
    ],
)
def test_a_premise_that_a_source_denies_is_false_and_the_source_is_shown(
    reader: Assistant, question: str, contradicted_by: str
) -> None:
    false = [p for p in premises(reader, question) if not p.holds]
    assert any(contradicted_by in shown(p) for p in false)


@pytest.mark.xfail(strict=True, reason="the subject (“the army of”) stands outside the negation and hides it")
def test_a_subject_that_is_no_name_does_not_hide_a_negation(reader: Assistant) -> None:
    found = premises(reader, "When did the army of Karstia launch its cross-border strikes on Velmark?")
    assert [p.holds for p in found] == [False]


@pytest.mark.parametrize(
    "question",
    [
        "Why did Karstia expel the Red Banner militia?",
        "Why did Karstia expel the Red Banner militia in 2016?",
    ],
)
def test_the_denial_of_one_deed_does_not_deny_another(misled: Assistant, question: str) -> None:
    assert [p.text for p in premises(misled, question) if not p.holds] == []


def test_a_disputed_number_does_not_hide_that_a_short_question_is_about_the_same(reader: Assistant) -> None:
    assert [p.holds for p in premises(reader, "Why did Velmark kill 200 Karstians?")] == [False]


@pytest.mark.parametrize(
    "question",
    [
        "Why did the first shipment by the northern route take nearly 30 years?",
        "Why did the first shipment by the northern route take 28 years?",
        "How many Karstians does the Assembly of Velmark claim to have killed in 2021?",
        "How did the Assembly of Velmark kill more than 20 Karstians in 2021?",
        "Has the army of Karstia launched cross-border strikes on Velmark?",
        "Why has the army of Karstia avoided cross-border strikes on Velmark?",
        "Why did Ostrana not attack the Blue Column?",
        "Why did Karstia expel the Red Banner militia?",
        "Why did Karstia expel the Red Banner militia in 2016?",
        "How did the government of Karstia celebrate the return of the Assembly?",
        "Why did the trade of Velmark with Ostrana increase in 2022?",
        "When did the pass at Mirov close for the winter?",
        "Why did the pass at Mirov close for the winter in December 2023?",
        "Why did the pass at Mirov close for the winter in 2023?",
        "When did Ostrana sign the ferry treaty with Velmark?",
        "Did Ostrana sign the ferry treaty with Velmark in 2011?",
        "Why does the harbour of Lindos hold 1,200 soldiers?",
        "Who sent the first shipment by the northern route in June 2023?",
        "What share of the exports of Velmark crosses the Lesna?",
        "Why do 14 percent of the exports of Velmark cross the Lesna?",
        "Why are there 300 lighthouses in Brazil?",
        "Why did Brazil join the northern route in 1980?",
    ],
)
def test_an_honest_question_is_never_called_false(reader: Assistant, question: str) -> None:
    assert [p.text for p in premises(reader, question) if not p.holds] == []
