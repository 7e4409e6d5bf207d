"""Dated statements → rows of a chart and of a table (pure)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from rag.dateroles import Role
from rag.datespans import Precision
from rag.timeline import Line
from ui.inert import shortened
from ui.links import Place, address
from ui.tables import Cell, Column, Piece, Table, cell, joined

LANES = 14
"""Documents that have a lane of their own in the chart; the others share one."""
_LANE, _SAID = 38, 220
_OTHERS = "other documents"
_LABEL = {"expr": "containerSize()[0] < 520 ? 100 : 260"}
_LEGEND = {"expr": "containerSize()[0] < 520 ? 1 : 4"}
"""Pixels for the name of a lane, and kinds beside each other in the legend: fewer on a phone."""
_KINDS: Mapping[Role, str] = {
    Role.EVENT: "what happened",
    Role.REFERENCE: "date of a thing named",
    Role.SOURCE: "date of a source",
}
DISPUTED = "sources disagree"
_COLOURS = {
    _KINDS[Role.EVENT]: "#3b82a6",
    _KINDS[Role.REFERENCE]: "#8d8471",
    _KINDS[Role.SOURCE]: "#b08a4c",
    DISPUTED: "#b0559b",
}
_SHAPES = {**dict.fromkeys(_KINDS.values(), "circle"), DISPUTED: "diamond"}
_SIZES = {Precision.DAY: 10, Precision.MONTH: 7, Precision.PART: 7}


def selected(lines: Iterable[Line], roles: Sequence[Role], *, disputed: bool) -> list[Line]:
    """The lines of these roles (of all, where there are none), or the disputed ones among them."""
    return [x for x in lines if (not roles or x.role in roles) and (x.disagreement or not disputed)]


def kind(role: Role) -> str:
    return _KINDS[role]


def when(line: Line) -> str:
    """The days at the precision that is known: "1995", "by 2007-10", "2023-06-12 – 2023-06-13"."""
    size = _SIZES.get(line.span.precision, 4)
    ends = dict.fromkeys(day.isoformat()[:size] for day in (line.span.first, line.span.last))
    return joined((line.bound.value if line.bound else "", " – ".join(ends)), " ")


def chart_rows(lines: Sequence[Line]) -> list[dict[str, Any]]:
    """One row a line; `n` is its place in the list."""
    lanes = lanes_of(lines)
    return [
        {
            "n": n,
            "first": line.span.first.isoformat(),
            "last": line.span.last.isoformat(),
            "lane": lanes[line.citation.document],
            "kind": DISPUTED if line.disagreement else _KINDS[line.role],
            "when": when(line),
            "said": shortened(line.text, _SAID),
            "source": line.citation.title,
        }
        for n, line in enumerate(lines)
    ]


def lanes_of(lines: Sequence[Line]) -> dict[str, str]:
    """The lane of each document by its path: its title, numbered where two would read alike."""
    found = Counter(line.citation.document for line in lines)
    titles = {line.citation.document: line.citation.title for line in lines}
    most = [path for path, _ in found.most_common(LANES if len(found) <= LANES else LANES - 1)]
    lanes: dict[str, str] = {}
    for path in most:
        name = shortened(titles[path], _LANE)
        same = sum(lane == name or lane.startswith(f"{name} (") for lane in lanes.values())
        lanes[path] = f"{name} ({same + 1})" if same else name
    others = f"{len(found) - len(most)} {_OTHERS}"
    return {path: lanes.get(path, others) for path in found}


def chart(lines: Sequence[Line]) -> dict[str, Any]:
    """A Vega-Lite chart of `chart_rows`: dragging across a period selects `period`, clicking `picked`."""
    rows = chart_rows(lines)
    shown = {row["kind"] for row in rows}
    kinds = [name for name in _COLOURS if name in shown]
    x = {"field": "first", "type": "temporal", "title": None, "scale": {"type": "utc"}}
    y = {
        "field": "lane",
        "type": "nominal",
        "title": None,
        "sort": _from_the_earliest(rows),
        "axis": {"labelLimit": _LABEL, "grid": True, "gridOpacity": 0.5, "ticks": False, "domain": False},
    }
    colour = {
        "field": "kind",
        "type": "nominal",
        "title": None,
        "scale": {"domain": kinds, "range": [_COLOURS[name] for name in kinds]},
        "legend": {"orient": "top", "symbolSize": 90, "symbolOpacity": 0.9, "columns": _LEGEND},
    }
    shape = {
        "field": "kind",
        "type": "nominal",
        "scale": {"domain": kinds, "range": [_SHAPES[name] for name in kinds]},
        "legend": None,
    }
    tooltip = [
        {"field": "when", "title": "When"},
        {"field": "said", "title": "What is said"},
        {"field": "source", "title": "Source"},
    ]
    return {
        "height": {"step": 24},
        "layer": [
            {
                "mark": {"type": "rule", "strokeWidth": 3, "opacity": 0.35},
                "encoding": {"x": x, "x2": {"field": "last"}, "y": y, "color": colour},
            },
            {
                "mark": {"type": "point", "filled": True, "size": 75, "opacity": 0.8, "cursor": "pointer"},
                "params": [
                    {"name": "period", "select": {"type": "interval", "encodings": ["x"]}},
                    {"name": "picked", "select": {"type": "point", "fields": ["n"], "toggle": False}},
                ],
                "encoding": {
                    "x": x,
                    "y": y,
                    "color": colour,
                    "shape": shape,
                    "tooltip": tooltip,
                    "opacity": {"condition": {"param": "picked", "value": 0.85}, "value": 0.2},
                },
            },
        ],
    }


def _from_the_earliest(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """The lanes by their first date, what the others share last."""
    first = {row["lane"]: row["first"] for row in sorted(rows, key=lambda row: row["first"], reverse=True)}
    return sorted(first, key=lambda lane: (lane.endswith(f" {_OTHERS}"), first[lane]))


def period_of(selection: Mapping[str, Any]) -> tuple[str, str] | None:
    """The first and last day of a period that was dragged across; None where there is none."""
    ends = (selection.get("period") or {}).get("first")
    if not isinstance(ends, list) or len(ends) != 2 or not all(isinstance(end, int | float) for end in ends):
        return None
    first, last = (_day(end) for end in sorted(ends))
    return (first.isoformat(), last.isoformat()) if first and last and first < last else None


def picked_of(selection: Mapping[str, Any], lines: Sequence[Line]) -> Line | None:
    """The line that was clicked."""
    points = selection.get("picked") or []
    n = points[0].get("n") if isinstance(points, list) and points and isinstance(points[0], Mapping) else None
    return lines[int(n)] if isinstance(n, int | float) and 0 <= n < len(lines) else None


def described(lines: Sequence[Line]) -> str:
    """ "931 dated statements from 30 documents, 1893 to 2026; on 304 of them sources disagree"."""
    if not lines:
        return "No dated statement fits"
    documents = len({line.citation.document for line in lines})
    first, last = min(x.span.first.year for x in lines), max(x.span.last.year for x in lines)
    years = f"{first} to {last}" if first != last else str(first)
    disputed = sum(line.disagreement for line in lines)
    said = f"{len(lines):,} dated statement{'s' * (len(lines) != 1)} from {documents} document{'s' * (documents != 1)}, {years}"
    return said + (f"; on {disputed:,} of them sources disagree" if disputed else "")


def table(lines: Sequence[Line], versions: Mapping[str, str], caption: str = "Timeline") -> Table:
    """`versions` holds the beginning of each document's content hash."""
    columns = (Column("When", "narrow"), Column("What is said", "wide"), Column("Source"))
    return Table(caption, columns, tuple(_row(line, versions) for line in lines))


def _row(line: Line, versions: Mapping[str, str]) -> tuple[Cell, ...]:
    cited = line.citation
    place = Place(cited.document, cited.start, cited.end, versions.get(cited.document, ""))
    section = cited.section if cited.section != cited.title else None
    page = f"p. {cited.page}" if cited.page else None
    note = "" if line.role is Role.EVENT else _KINDS[line.role]
    return (
        cell(Piece(when(line), "strong"), Piece(note, "quiet")),
        Cell(_statement(line), look="quote"),
        cell(
            Piece(cited.title, link=address(place)),
            Piece(joined((section, page, cited.date)), "quiet"),
        ),
    )


def _statement(line: Line) -> tuple[tuple[Piece, ...], ...]:
    """The sentence with the words that give its date marked."""
    text, start, end = line.text, line.span.end - len(line.written), line.span.end
    said = (Piece(text[:start]), Piece(text[start:end], "found"), Piece(text[end:]))
    words = tuple(piece for piece in said if piece.text)
    return (words, (Piece(DISPUTED, "warn"),)) if line.disagreement else (words,)


def _day(milliseconds: float) -> date | None:
    try:
        return datetime.fromtimestamp(milliseconds / 1000, UTC).date()
    except (OverflowError, OSError, ValueError):
        return None
