from __future__ import annotations

from dataclasses import replace

import pytest
from pages import mounted, opened, said, tables

from rag.assistant import Assistant
from rag.dateroles import Role
from rag.timeline import Line, timeline
from ui.timeline_view import (
    DISPUTED,
    LANES,
    chart,
    chart_rows,
    described,
    lanes_of,
    period_of,
    picked_of,
    selected,
    table,
    when,
)


@pytest.fixture(scope="module")
def lines(quick: Assistant) -> list[Line]:
    return timeline(quick.index, "", quick.embedder)


def one(lines: list[Line], words: str) -> Line:
    return next(line for line in lines if words in line.text)


def test_a_date_is_written_at_the_precision_it_is_known(lines: list[Line]) -> None:
    assert when(one(lines, "entered into force")) == "1998-09-12"
    assert when(one(lines, "between 1999 and 2003")) == "1999 – 2003"
    assert when(one(lines, "from July 2014 to April 2016")) == "2014-07 – 2016-04"


def test_rows_of_the_chart_hold_each_line_in_its_lane(lines: list[Line]) -> None:
    rows = chart_rows(lines)
    assert [row["n"] for row in rows] == list(range(len(lines)))
    row = rows[lines.index(one(lines, "entered into force"))]
    assert (row["first"], row["last"]) == ("1998-09-12", "1998-09-12")
    assert row["lane"] == row["source"] == "The Orlova Convention on river mines"


def test_titles_that_read_alike_have_lanes_of_their_own(lines: list[Line]) -> None:
    copies = [
        replace(x, citation=replace(x.citation, document=f"copy-{i}.md")) for i in (1, 2) for x in lines[:1]
    ]
    lanes = lanes_of([*lines[:1], *copies])
    assert len(set(lanes.values())) == 3
    many = [
        replace(lines[0], citation=replace(lines[0].citation, document=f"{i}.md", title=f"T{i}"))
        for i in range(LANES + 5)
    ]
    assert len(set(lanes_of(many).values())) == LANES
    assert "6 other documents" in lanes_of(many).values()


def test_disputed_lines_are_marked_in_chart_and_table(lines: list[Line]) -> None:
    disputed = replace(lines[0], disagreement=True)
    assert chart_rows([disputed])[0]["kind"] == DISPUTED
    assert DISPUTED in str(table([disputed], {}).rows[0])
    assert chart([disputed])["layer"][1]["encoding"]["shape"]["scale"] == {
        "domain": [DISPUTED],
        "range": ["diamond"],
    }
    assert selected([*lines, disputed], (), disputed=True) == [disputed]
    assert described([disputed]).endswith("; on 1 of them sources disagree")


def test_lines_are_selected_by_what_their_date_is_of(lines: list[Line]) -> None:
    assert {x.role for x in selected(lines, [Role.EVENT], disputed=False)} == {Role.EVENT}
    assert selected(lines, (), disputed=False) == lines


def test_a_row_marks_its_date_and_opens_at_its_sentence(lines: list[Line]) -> None:
    line = one(lines, "entered into force")
    ((date, sentence, source),) = table([line], {line.citation.document: "0a1b2c3d"}).rows
    assert date.lines[0][0].text == "1998-09-12"
    assert "".join(piece.text for piece in sentence.lines[0]) == line.text
    assert [piece.text for piece in sentence.lines[0] if piece.look == "found"] == ["12 September 1998"]
    cited = line.citation
    assert f"start={cited.start}&end={cited.end}&version=0a1b2c3d" in source.lines[0][0].link


def test_a_period_dragged_across_is_read_in_days() -> None:
    day = 86_400_000.0
    assert period_of({"period": {"first": [400 * day, 10 * day]}}) == ("1970-01-11", "1971-02-05")


@pytest.mark.parametrize(
    "selection",
    [{}, {"period": {}}, {"period": {"first": [1]}}, {"period": {"first": ["a", "b"]}}, {"period": {"first": [0, 1]}},
     {"period": {"first": [0, 1e30]}}],
)  # fmt: skip
def test_a_period_that_is_none_is_left_alone(selection: dict[str, object]) -> None:
    assert period_of(selection) is None


def test_a_mark_that_was_clicked_is_found(lines: list[Line]) -> None:
    assert picked_of({"picked": [{"n": 2}]}, lines) is lines[2]
    for nothing in (
        {},
        {"picked": []},
        {"picked": [{"n": 10**6}]},
        {"picked": [{"n": "2"}]},
        {"picked": [3]},
    ):
        assert picked_of(nothing, lines) is None


@pytest.mark.usefixtures("served")
def test_the_page_shows_every_dated_statement(lines: list[Line]) -> None:
    app = opened("timeline")
    assert len(tables(app)["Timeline"]) == len(lines)
    assert described(lines) in said(app)
    assert app.get("vega_lite_chart") or app.get("arrow_vega_lite_chart")


@pytest.mark.usefixtures("served")
def test_topic_source_jurisdiction_and_period_restrict_it() -> None:
    app = opened("timeline")
    app.text_input(key="topic").set_value("Lindos").run()
    assert all("Lindos" in row[2] for row in tables(app)["Timeline"])
    app.text_input(key="topic").set_value("").run()
    app.multiselect(key="timeline_jurisdictions").select("Karstia").run()
    assert {row[2].split("\n")[0] for row in tables(app)["Timeline"]} == {
        "Clashes on the Karst border",
        "The port of Lindos",
    }
    app.multiselect(key="timeline_documents").select("briefs/karst-border.md").run()
    app.text_input(key="timeline_date_from").set_value("2021").run()
    rows = tables(app)["Timeline"]
    assert rows
    assert {row[0][:4] for row in rows} <= {"2021", "2022"}
    app.button(key="timeline_all").click().run()
    assert app.text_input(key="timeline_date_from").value == ""
    assert len(tables(app)["Timeline"]) > len(rows)


@pytest.mark.usefixtures("served")
def test_nothing_that_fits_is_said() -> None:
    app = opened("timeline")
    app.text_input(key="timeline_date_from").set_value("2090").run()
    assert mounted(app, "table") == []
    assert "Take a filter away" in app.info[0].value


def test_lanes_go_by_their_first_date_and_what_is_shared_comes_last(lines: list[Line]) -> None:
    many = [
        replace(line, citation=replace(line.citation, document=f"{n}.md", title=f"Document {n}"))
        for n, line in enumerate(lines * LANES)
    ]
    lanes = chart(many)["layer"][0]["encoding"]["y"]["sort"]
    first = {lane: min(row["first"] for row in chart_rows(many) if row["lane"] == lane) for lane in lanes}
    assert len(lanes) == LANES
    assert lanes[-1].endswith(" other documents")
    assert list(map(first.get, lanes[:-1])) == sorted(map(first.__getitem__, lanes[:-1]))
