"""The Library: what it shows, and its page."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from embedders import HashEmbedder
from pages import mounted, opened, said, serving, switched, tables
from streamlit.testing.v1 import AppTest

from rag.assistant import Assistant
from rag.errors import IndexBusy
from rag.index import DocumentSummary
from rag.indexing import IndexProgress
from rag.types import Filters, IndexReport, Skipped
from rag.writing import Location
from ui import auth, runs
from ui.library_view import (
    Outcome,
    Result,
    breakdown,
    columns,
    counts,
    facts,
    matching,
    origin,
    outcome_of,
    progress_said,
    report_outcomes,
    tally,
)

WHARF = b"# The wharf of Zembla\n\nThe wharf of Zembla opened on 4 May 1931 with nine cranes.\n"


LAMP = b"# The lamp\n\nThe lamp of Zembla burns whale oil and is lit at dusk by Odo Brandt.\n"


@pytest.fixture
def documents(quick: Assistant) -> list[DocumentSummary]:
    return quick.index.documents()


def test_documents_are_counted_by_type_and_jurisdiction(documents: list[DocumentSummary]) -> None:
    assert counts(documents).startswith("4 documents · ")
    assert counts(documents).endswith("dated 2011 to 2024")
    types, places = breakdown(documents)
    assert "regulation 1" in types
    assert "Ostrana 3" in places
    assert counts([]) == "0 documents · 0 passages"


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("halden", {"briefs/river-mines.md"}),
        ("KARST timeline", {"briefs/karst-border.md"}),
        ("ferry lindos", set()),
        ("law/", {"law/ferry-regulation.md"}),
    ],
)
def test_words_are_looked_for_in_what_is_known(
    documents: list[DocumentSummary], words: str, found: set[str]
) -> None:
    assert {d.path for d in matching(documents, Filters(), words)} == found


def test_filters_take_a_document_whose_time_overlaps(documents: list[DocumentSummary]) -> None:
    dated = matching(documents, Filters(date_from="2022-06-15", date_to="2022-12"), "")
    assert [d.path for d in dated] == ["briefs/karst-border.md"]  # dated 2022-06, any day of it
    ostrana = matching(documents, Filters(jurisdictions=("Ostrana",), types=("report",)), "")
    assert [d.path for d in ostrana] == ["reports/lindos-port.md"]


def test_the_table_says_where_each_is_from_and_what_was_guessed(documents: list[DocumentSummary]) -> None:
    table = columns(documents, {documents[0].path: "web"})
    assert {len(column) for column in table.values()} == {4}
    assert table["From"][0] == "web"
    assert table["Open"][0] == f"source?document={documents[0].path.replace('/', '%2F')}"
    assert facts(documents[0], "/somewhere")[-1] == "Read from /somewhere"


def test_where_a_document_is_from(tmp_path: Path) -> None:
    def at(root: str, name: str) -> str:
        return origin(Location("x", root, name, "", ""), str(tmp_path / "uploads"))

    assert at("https://example.org/a.pdf", "") == "web"
    assert at(str(tmp_path / "uploads"), "a.pdf") == "added here"
    assert at(str(tmp_path / "uploads-of-others"), "a.pdf") == "folder"


def test_what_a_run_did_with_a_file_is_said() -> None:
    report = IndexReport(
        added=("a.md",),
        changed=("b.md",),
        unchanged=("c.md",),
        dropped=("d.md",),
        duplicates=(("e.md", "a.md"),),
        renamed=(("old.md", "f.md"),),
        skipped=(Skipped("g.pdf", "g.pdf is encrypted: save it without a password"),),
    )
    assert outcome_of("a.md", "a.md", report).result is Result.ADDED
    assert outcome_of("b.md", "b.md", report).result is Result.CHANGED
    assert outcome_of("c.md", "c.md", report).result is Result.SAME
    assert outcome_of("e.md", "e.md", report) == Outcome(
        "e.md", Result.SAME, "The same bytes as a.md.", "a.md"
    )
    refused = outcome_of("g.pdf", None, report)
    assert (refused.result, refused.said) == (Result.REFUSED, "Is encrypted: save it without a password")
    assert outcome_of("h.md", None, report).result is Result.REFUSED
    assert tally(report_outcomes(report)) == "1 added, 2 changed, 1 removed, 1 not added"


def test_progress_is_a_share_and_words() -> None:
    assert progress_said("Adding", None) == (0.0, "Adding …")
    assert progress_said("Adding", IndexProgress("a.md", 1, 4)) == (0.25, "Adding: 1 of 4 · a.md")
    assert progress_said("Adding", IndexProgress("a.md", 0, 0))[0] == 1.0


@pytest.fixture
def served(
    hashed_index: Path, hashing: HashEmbedder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """A server of the copy, as a browser on its own machine sees it."""
    monkeypatch.setattr(auth, "is_local", lambda *_: True)
    monkeypatch.setattr(runs, "_last", None)
    copy = shutil.copytree(hashed_index, tmp_path / "index")
    with serving(copy, hashing, tmp_path, monkeypatch):
        yield


def after_the_run(app: AppTest) -> AppTest:
    runs.wait(60)
    app.run()
    assert not app.exception, app.exception
    return app


@pytest.mark.usefixtures("served")
def test_the_page_lists_the_documents() -> None:
    app = opened("library")
    assert "4 documents" in said(app)
    assert list(app.dataframe[0].value["Title"])
    app.text_input(key="library_words").set_value("halden").run()
    assert list(app.dataframe[0].value["Path"]) == ["briefs/river-mines.md"]
    app.text_input(key="library_words").set_value("nobody").run()
    assert "No document fits" in app.info[0].value


@pytest.mark.usefixtures("served")
def test_a_file_that_is_added_answers_questions_at_once() -> None:
    app = opened("library")
    app.file_uploader[0].set_value([("wharf.md", WHARF, "text/markdown"), ("lamp.md", LAMP, "text/markdown")])
    next(b for b in app.button if b.label == "Add to the library").click().run()
    after_the_run(app)
    assert [row[:2] for row in tables(app)["Result of each file"]] == [
        ["wharf.md", "added"],
        ["lamp.md", "added"],
    ]
    assert "6 documents" in said(app)
    switched(app, "ask")
    app.chat_input(key="question").set_value("How many cranes does the wharf of Zembla have?").run()
    (answer,) = mounted(app, "answer")
    assert answer["view"]["groups"][0]["source"] == "The wharf of Zembla"


@pytest.mark.usefixtures("served")
def test_a_document_is_removed_when_that_is_confirmed() -> None:
    app = opened("library")
    app.selectbox(key="library_chosen").select("law/ferry-regulation.md").run()
    assert not [b for b in app.button if b.key == "library_remove"]
    app.checkbox(key="library_sure_law/ferry-regulation.md").check().run()
    app.button(key="library_remove").click().run()
    after_the_run(app)
    assert "law/ferry-regulation.md" not in list(app.dataframe[0].value["Path"])
    app.button(key="library_close").click().run()
    assert "Result of each file" not in tables(app)
    app.button(key="library_read").click().run()
    assert "law/ferry-regulation.md" in list(after_the_run(app).dataframe[0].value["Path"])


@pytest.mark.usefixtures("served")
def test_a_rebuild_waits_for_its_tick() -> None:
    app = opened("library")
    assert app.button(key="library_rebuild").disabled
    app.checkbox(key="library_rebuild_sure").check().run()
    app.button(key="library_rebuild").click().run()
    assert len(after_the_run(app).dataframe[0].value) == 4


@pytest.mark.usefixtures("served")
def test_those_who_may_not_add_are_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(auth, "is_local", lambda *_: False)
    app = opened("library")
    assert not app.file_uploader
    assert "after signing in" in said(app)
    app.selectbox(key="library_chosen").select("law/ferry-regulation.md").run()
    assert not app.checkbox


@pytest.mark.usefixtures("served")
def test_nothing_is_kept_of_files_that_cannot_be_taken_now(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_: object) -> None:
        raise IndexBusy("Another run is going on: wait")

    app = opened("library")
    monkeypatch.setattr(runs, "start", busy)
    app.file_uploader[0].set_value([("wharf.md", WHARF, "text/markdown")])
    next(b for b in app.button if b.label == "Add to the library").click().run()
    assert "Another run is going on" in app.error[0].value
    assert not list((tmp_path / "uploads").iterdir())
