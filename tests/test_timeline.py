"""Dated sentences of a real index, in order, cited, each under the date of what it tells."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner
from embedders import HashEmbedder

from rag import embedding
from rag.citations import cite
from rag.cli import main
from rag.dateroles import Role, disagrees, roles
from rag.datespans import find_dates
from rag.documents import Limits
from rag.errors import UsageError
from rag.index import Index
from rag.indexing import update_index
from rag.timeline import Line, in_order, timeline, timeline_json
from rag.types import Document, Filters, Metadata, Source

PIPE = """---
title: The Amber Line
date: 2024-07-20
type: brief
jurisdictions: [Norland]
sources:
  - {id: S1, title: A report, publisher: Harbour Post, date: 2019-05-02}
---
# The Amber Line

This brief follows the Amber Line from 1990 to 2024. It covers the fees of 2001.

## History

The Northern Pipeline Accord (NPA) was signed on 9 March 1995.[S1] It entered into force three years later.[S1] By October 2007 only two permits were issued.[S1]

According to the Harbour Post of 2 May 2019, the pump was rebuilt in 2018.[S1] According to the Harbour Post in May 2019, the fees are high.[S1] Reports from June 2022 and a copy from before 2017 are lost.[S1] Nobody knows the fees.

On 3 July, the minister reopened the line.

## Where the sources disagree

One page gives 1996 as the year of signature.

Year | Permits issued
2001 | 12
"""
FERRY = """---
title: The ferry
type: profile
jurisdictions: [Sudland]
---
The ferry opened in 1994. The ferry opened in 1994! The NPA of 1995 does not name the ferry. Sources disagree on the end: one gives 2003, while another gives 2004.
"""


@pytest.fixture(scope="module")
def embedder() -> HashEmbedder:
    return HashEmbedder(max_tokens=256)


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory, embedder: HashEmbedder) -> Path:
    root = tmp_path_factory.mktemp("timeline")
    (root / "corpus").mkdir()
    (root / "corpus" / "pipe.md").write_text(PIPE, encoding="utf-8")
    (root / "corpus" / "ferry.md").write_text(FERRY, encoding="utf-8")
    update_index(root / "index", [str(root / "corpus")], embedder, Limits(seconds=30), 120)
    return root / "index"


@pytest.fixture
def index(directory: Path) -> Iterator[Index]:
    with Index.open(directory) as opened:
        yield opened


def written(lines: list[Line]) -> list[tuple[str, str]]:
    return [(line.span.first.isoformat(), line.written) for line in lines]


def role_of(text: str, metadata: Metadata | None = None) -> list[str]:
    return [r.value for r in roles(text, find_dates(text), metadata or Metadata("T"))]


def test_every_date_stands_in_order_with_its_words(index: Index) -> None:
    assert written(timeline(index)) == [
        ("1994-01-01", "1994"),
        ("1995-01-01", "1995"),
        ("1995-03-09", "9 March 1995"),
        ("1996-01-01", "1996"),
        ("1998-01-01", "three years later"),
        ("2003-01-01", "2003"),
        ("2004-01-01", "2004"),
        ("2007-10-01", "By October 2007"),
        ("2017-01-01", "before 2017"),
        ("2018-01-01", "2018"),
        ("2019-05-01", "May 2019"),
        ("2022-06-01", "June 2022"),
        ("2024-07-03", "3 July"),
    ]


def test_each_line_cites_its_sentence_and_holds_its_date(index: Index) -> None:
    for line in timeline(index):
        citation, document = line.citation, index.document(line.citation.document)
        assert document.text[citation.start : citation.end] == line.text
        assert line.text[: line.span.end].endswith(line.written)
        assert citation.section == document.section_label(citation.start)
    assert [s.label for s in timeline(index, "signed")[0].citation.sources] == ["S1"]


def test_the_date_of_a_source_is_listed_only_without_an_event(index: Index) -> None:
    by_date = {line.written: line for line in timeline(index)}
    assert "2 May 2019" not in by_date
    assert (by_date["2018"].role, by_date["May 2019"].role) == (Role.EVENT, Role.SOURCE)
    assert (by_date["1995"].role, by_date["9 March 1995"].role) == (Role.REFERENCE, Role.EVENT)


def test_disagreement_is_marked_by_wording_of_sentence_or_heading(index: Index) -> None:
    marked = {line.written for line in timeline(index) if line.disagreement}
    assert marked == {"1996", "2003", "2004"}


def test_a_topic_keeps_what_names_it_or_leans_on_what_does(index: Index) -> None:
    assert written(timeline(index, "NPA"))[:3] == [
        ("1995-01-01", "1995"),
        ("1995-03-09", "9 March 1995"),
        ("1998-01-01", "three years later"),
    ]
    assert {line.citation.document for line in timeline(index, "Ferry")} == {"ferry.md"}
    assert timeline(index, "Zanzibar") == []


def test_a_long_form_finds_what_writes_the_acronym(index: Index) -> None:
    assert ("1995-01-01", "1995") in written(timeline(index, "Northern Pipeline Accord"))


def test_a_topic_near_in_meaning_is_found_without_its_words(
    directory: Path, index: Index, embedder: HashEmbedder
) -> None:
    class Near(HashEmbedder):
        def embed_query(self, text: str):  # type: ignore[no-untyped-def]
            return self.embed_documents(["By October 2007 only two permits were issued."])

    asked = "licences handed out"
    assert timeline(index, asked) == []
    assert written(timeline(index, asked, Near(max_tokens=256))) == [("2007-10-01", "By October 2007")]


def test_filters_restrict_the_lines_dates_and_the_documents(index: Index) -> None:
    within = timeline(index, filters=Filters(date_from="1998-06", date_to="2007"))
    assert [w for _, w in written(within)] == ["three years later", "2003", "2004", "By October 2007"]
    for filters in (
        Filters(types=("Profile",)),
        Filters(jurisdictions=("sudland",)),
        Filters(documents=("ferry.md",)),
    ):
        assert {line.citation.document for line in timeline(index, filters=filters)} == {"ferry.md"}
    with pytest.raises(UsageError, match="ferry"):
        timeline(index, filters=Filters(documents=("fery.md",)))


def test_order_is_by_date_then_document_then_offset_and_repeats_fall() -> None:
    def line(path: str, text: str) -> Line:
        document = Document(path, text, Metadata("T"), "0")
        (span,) = find_dates(text)
        return Line(span, "", None, Role.EVENT, False, cite(document, 0, len(text), 1))

    day = line("b", "It was on 3 May 2021 that it began.")
    year, again = line("b", "The line opened in 2021."), line("b", "In 2021 the line opened.")
    other = line("a", "The line opened in 2021.")
    assert in_order([day, again, year, other]) in ([other, again, day], [other, year, day])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The QTTA was signed on 9 March 1995.", ["event"]),
        ("Gaurav Saini's article of 20 July 2024 speaks of 1995.", ["source", "event"]),
        ("In June 2023, as reported on 2 June 2023, it left.", ["event", "source"]),
        (
            "According to Wikipedia, which cites Dawn of 8 May 2020, it asked in May 2020.",
            ["source", "event"],
        ),
        ("In February 2017, the Express Tribune reported that it had joined.", ["source"]),
        ("Press reports of March 2021 and May 2022 say so.", ["source", "source"]),
        ("A 2019 estimate of the ministry is higher.", ["source"]),
        ("APTTA 2010 states that the ATTA of 1965 is old.", ["reference", "reference"]),
        ("Seizures in the first half of 2024 were up 25% on the first half of 2023.", ["event", "reference"]),
        ("The meeting fixed 800 permits for 2004 on 14 April 2003.", ["reference", "event"]),
        ("A meeting was planned for 14 October 2022.", ["event"]),
        ("On 16 March 2024 an attack on a post killed seven.", ["event"]),
        ("The front was set up in Panjshir on 17 August 2021.", ["event"]),
        ("written by Dr. A. Writer | July 20, 2024", ["source"]),
    ],
)
def test_wording_tells_events_from_things_and_sources(text: str, expected: list[str]) -> None:
    assert role_of(text) == expected


def test_a_publisher_that_the_document_cites_is_a_source() -> None:
    cited = Metadata("T", sources=(Source("S1", "Title", "Marinelink / Oreanda"),))
    text = "Oreanda in June 2013 called it done in 2012."
    assert role_of(text, cited) == ["source", "event"]
    assert role_of(text) == ["event", "event"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Sources disagree on the date.", True),
        ("Reports of the run differ.", True),
        ("One page gives 1995, while another gives 2004.", True),
        ("It was signed in 2017, which is a reporting error.", True),
        ("Where the sources disagree", True),
        ("It was signed in 1995 while the minister was away.", False),
        ("The two routes differ in length.", False),
    ],
)
def test_disagreement_is_a_matter_of_wording(text: str, expected: bool) -> None:
    assert disagrees(text) is expected


def test_the_json_has_the_promised_fields(index: Index) -> None:
    found = timeline_json("NPA", timeline(index, "NPA"))
    assert found["topic"] == "NPA"
    first = found["lines"][1]
    assert {k: v for k, v in first.items() if k != "citation"} == {
        "first": "1995-03-09",
        "last": "1995-03-09",
        "precision": "day",
        "written": "9 March 1995",
        "bound": None,
        "role": "event",
        "disagreement": False,
        "text": "The Northern Pipeline Accord (NPA) was signed on 9 March 1995.",
    }
    assert first["citation"]["document"] == "pipe.md"
    assert date.fromisoformat(first["first"]) <= date.fromisoformat(first["last"])


def test_the_command_prints_a_table_or_json(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unneeded(*_: object, **__: object) -> None:
        raise AssertionError("a timeline without a topic needs no model")

    monkeypatch.setattr(embedding, "load_embedder", unneeded)
    run = CliRunner(env={"COLUMNS": "160"})
    table = run.invoke(main, ["timeline", "--index", str(directory)])
    assert table.exit_code == 0, table.output
    assert "By October 2007" in table.output
    assert "by 2007-10" in table.output
    assert "pipe.md" in table.output
    as_json = run.invoke(main, ["timeline", "--index", str(directory), "--from", "2018", "--json"])
    assert [line["written"] for line in json.loads(as_json.output)["lines"]] == [
        "2018",
        "May 2019",
        "June 2022",
        "3 July",
    ]
    wrong = run.invoke(main, ["timeline", "--index", str(directory), "--from", "soon"])
    assert wrong.exit_code == 2
