from __future__ import annotations

import pytest
from pages import mounted, opened, said, tables

from rag.assistant import Assistant
from rag.types import Evidence, Retriever
from ui.search_view import EXPLAINED, described, highlighted, merged, paths, read_as, results, wanted_terms

QUERY = "fees for ferry licences"


@pytest.fixture(scope="module")
def by_retriever(quick: Assistant) -> dict[Retriever, Evidence]:
    return {one: quick.search(QUERY, 20, retriever=one) for one in EXPLAINED}


@pytest.mark.parametrize("order", list(EXPLAINED))
def test_passages_come_in_the_order_of_one_retriever_with_the_ranks_of_all(
    by_retriever: dict[Retriever, Evidence], order: Retriever
) -> None:
    found = merged(by_retriever, order, 3)
    assert [one.hit for one in found] == list(by_retriever[order][:3])
    assert [one.ranks[order] for one in found] == list(range(1, len(found) + 1))
    for one in found:
        for retriever, rank in one.ranks.items():
            assert by_retriever[retriever][rank - 1].chunk_id == one.hit.chunk_id


def test_words_are_marked_in_all_their_forms() -> None:
    wanted = wanted_terms(QUERY, {})
    pieces = highlighted("The fee for a Ferry, or for any ferries: no licence.", wanted)
    assert "".join(piece.text for piece in pieces) == "The fee for a Ferry, or for any ferries: no licence."
    assert [piece.text for piece in pieces if piece.look == "found"] == ["fee", "Ferry", "ferries", "licence"]


def test_a_misspelt_word_is_marked_as_it_was_read() -> None:
    meant = {"ferri": "ferri", "licnc": "licenc"}
    assert "licenc" in wanted_terms("licnc", meant)
    assert read_as("a licnc", {"licnc": "licenc"}) == "“licnc” is in no document: read as “licenc…”"
    assert read_as("a licence", {}) == ""


def test_a_row_holds_passage_source_and_ranks(
    quick: Assistant, by_retriever: dict[Retriever, Evidence]
) -> None:
    found = merged(by_retriever, Retriever.BM25, 2)
    texts = {path: quick.index.document(path) for path in paths(found)}
    first = results(found, texts, wanted_terms(QUERY, {}), {}).rows[0]
    hit = found[0].hit
    assert "".join(piece.text for piece in first[1].lines[0]) == hit.chunk.text
    assert f"start={hit.chunk.start}&end={hit.chunk.end}" in first[2].lines[0][0].link
    assert [piece.text for line in first[3].lines for piece in line] == [
        f"{one.value} {found[0].ranks[one]}" for one in EXPLAINED if one in found[0].ranks
    ]
    assert described(found).startswith("2 passages from 1 document")


@pytest.mark.usefixtures("served")
def test_the_page_says_what_it_does_until_it_is_asked() -> None:
    app = opened("search")
    assert mounted(app, "table") == []
    assert "Every word and every meaning" in said(app)


@pytest.mark.usefixtures("served")
def test_passages_are_found_marked_and_ordered_by_choice() -> None:
    app = opened("search")
    app.text_input(key="q").set_value(QUERY).run()
    (given,) = mounted(app, "table")
    (table,) = given["tables"]
    assert any(
        piece["look"] == "found" for row in table["rows"] for line in row[1]["lines"] for piece in line
    )
    app.segmented_control(key="search_order").set_value(Retriever.BM25).run()
    ranks = [row[3].split("\n") for row in tables(app)["Passages found"]]
    by_words = [int(said.split()[1]) for row in ranks for said in row if said.startswith("bm25")]
    assert by_words == list(range(1, len(ranks) + 1))


@pytest.mark.usefixtures("served")
def test_filters_hold_here_and_on_ask() -> None:
    app = opened("search")
    app.text_input(key="q").set_value("the port of Lindos").run()
    app.multiselect(key="set_types").select("regulation").run()
    assert {row[2].split("\n")[0] for row in tables(app)["Passages found"]} == {"Ferry Regulation"}
    app.text_input(key="set_date_from").set_value("2020").run()
    assert "No passage fits" in app.info[0].value


@pytest.mark.usefixtures("served")
def test_a_misspelt_word_is_said() -> None:
    app = opened("search")
    app.text_input(key="q").set_value("insepctors").run()
    assert "“insepctors” is in no document" in said(app)


@pytest.mark.usefixtures("served")
def test_a_search_can_be_asked_instead() -> None:
    app = opened("search")
    app.text_input(key="q").set_value("How long is a ferry licence valid?").run()
    app.button(key="search_ask").click().run()
    assert not app.exception, app.exception
    assert len(mounted(app, "answer")) == 1
