"""An evaluated run → tables, the risk-coverage chart, the worst cases side by side (pure)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from evals.abstention import CurvePoint
from evals.cases import Span
from evals.figures import MEANINGS
from evals.gate import GateResult, Worse
from evals.record import RunRecord
from evals.responses import Quoted, Response
from evals.scoring import CaseResult
from evals.statistics import Difference, Interval
from rag.types import Document
from ui.evaluated import Evaluated
from ui.history import Feedback
from ui.inert import shortened
from ui.links import Place, address
from ui.tables import Bar, Cell, Column, Piece, Table, cell, joined

SHOWN = 15
"""Cases in each list of the worst."""
_JUDGED = ("fact_coverage", "recall@10", "groundedness", "citation_precision", "refusal_correct")
_NOW, _BEFORE = "this run", "baseline"
_COLOURS = {_NOW: "#3b82a6", _BEFORE: "#c98a1b"}
_QUOTE, _ANSWER = 400, 1_200
DocumentOf = Callable[[str], Document | None]
"""Path → document, None where the index has none of that path."""


def headline(found: Evaluated, written: str) -> str:
    """ "dev.jsonl · 125 cases · run 1a2b… · commit … · written 2026-11-25"."""
    record: RunRecord = found.run.record
    return joined(
        (
            record.gold,
            f"{len(found.run.results)} cases",
            f"run {record.key()}",
            f"commit {record.commit[:12]}" if record.commit else None,
            f"index generation {record.index_generation}",
            written,
        )
    )


def verdict(gate: GateResult) -> str:
    """What the gate says of the run, in a line."""
    if gate.passed:
        return "The gate passes this run."
    number = len(gate.findings)
    return f"The gate holds this run back for {number} reason{'s' * (number != 1)}."


def figures_table(found: Evaluated) -> Table:
    """One row a figure, with its 95 % interval drawn, and against the baseline where there is one."""
    compared = found.differences is not None
    titles = [
        Column("Figure", "wide" if not compared else ""),
        Column("Value [95 %]", "number"),
        Column("0 to 1"),
        Column("Cases", "number"),
    ]
    if compared:
        titles += [Column("Baseline", "number"), Column("Change [95 %]", "number"), Column("", "narrow")]
    rows = tuple(_figure(name, interval, found) for name, interval in found.figures.items())
    return Table("Figures of the run with 95 % intervals", tuple(titles), rows)


def interval_said(interval: Interval, digits: int = 3) -> str:
    return f"{interval.value:.{digits}f} [{interval.low:.{digits}f}, {interval.high:.{digits}f}]"


def change_said(name: str, change: Difference | None) -> str:
    """The change of the figure itself, "" where it cannot be compared, "=" where nothing changed."""
    if change is None:
        return ""
    if change.value == change.low == change.high == 0:
        return "="
    sign = -1 if MEANINGS[name].better == "lower" else 1
    low, high = sorted((sign * change.low, sign * change.high))
    digits = _digits(name)
    return f"{sign * change.value:+.{digits}f} [{low:+.{digits}f}, {high:+.{digits}f}]"


def judged(name: str, change: Difference | None) -> str:
    """ "worse" or "better" where the interval of the change leaves nought out."""
    if change is None or not MEANINGS[name].better:
        return ""
    return "worse" if change.high < 0 else "better" if change.low > 0 else ""


def curve_rows(found: Evaluated) -> list[dict[str, Any]]:
    curves: Iterable[tuple[str, Sequence[CurvePoint]]] = (
        (_NOW, found.curve),
        (_BEFORE, found.baseline_curve),
    )
    return [
        {"coverage": point.coverage, "risk": point.risk, "run": name}
        for name, curve in curves
        for point in curve
    ]


def curve_chart(found: Evaluated) -> dict[str, Any]:
    """Mean loss of the surest share of the cases, over that share."""
    names = [_NOW, _BEFORE] if found.baseline_curve else [_NOW]
    share = {"type": "quantitative", "scale": {"domain": [0, 1]}, "axis": {"format": "%", "tickCount": 5}}
    return {
        "height": 340,
        "mark": {"type": "line", "strokeWidth": 2.2},
        "encoding": {
            "x": {"field": "coverage", "title": "questions answered, the surest first", **share},
            "y": {"field": "risk", "title": "mean loss of those answered", **share},
            "color": {
                "field": "run",
                "type": "nominal",
                "title": None,
                "scale": {"domain": names, "range": [_COLOURS[name] for name in names]},
                "legend": {"orient": "top"} if len(names) > 1 else None,
            },
            "tooltip": [
                {"field": "run", "title": "Run"},
                {"field": "coverage", "title": "Coverage", "format": ".0%"},
                {"field": "risk", "title": "Risk", "format": ".3f"},
            ],
        },
    }


def curve_said(found: Evaluated) -> str:
    """The curve in words, for those who do not see it."""
    at = {0.25: "a quarter", 0.5: "half", 0.75: "three quarters", 1.0: "all"}
    said = (
        [f"{_risk_at(found.curve, share):.2f} at {name}" for share, name in at.items()] if found.curve else []
    )
    return f"Risk by coverage: mean loss {', '.join(said)} of the questions."


def worse_tables(worse: Sequence[Worse]) -> list[Table]:
    """Cases that scored lower than in the baseline, both answers side by side."""
    return [
        Table(
            f"Case {case.id}: baseline and this run",
            (Column("Baseline", "half"), Column("This run", "half")),
            ((_answer(case.before), _answer(case.after)),),
            fold=_fold(case.id, case.question, [f"{n} {a:.2f} → {b:.2f}" for n, a, b in case.changes]),
        )
        for case in worse[:SHOWN]
    ]


def worst_tables(results: Sequence[CaseResult], document_of: DocumentOf) -> list[Table]:
    """The cases that scored lowest: what was expected beside what was said."""
    ranked = sorted(results, key=lambda result: (goodness(result), result.id))
    return [_worst(result, document_of) for result in ranked[:SHOWN] if goodness(result) < 1]


def goodness(result: CaseResult) -> float:
    """The mean of a case's main scores, in [0, 1]; 1 where none applies."""
    scores = [result.scores[name] for name in _JUDGED if name in result.scores]
    return sum(scores) / len(scores) if scores else 1.0


def feedback_table(given: Sequence[Feedback], day: Callable[[float], str]) -> Table:
    columns = (
        Column("When", "narrow"),
        Column("What was said", "narrow"),
        Column("Question"),
        Column("Comment"),
    )
    rows = tuple(
        (
            cell(day(one.given)),
            cell(
                Piece(one.kind.value, "badge"),
                Piece(f"citation {one.citation}" if one.citation else "", "quiet"),
            ),
            cell(one.question),
            cell(one.comment),
        )
        for one in given
    )
    return Table("Feedback given in chat", columns, rows)


def _figure(name: str, interval: Interval, found: Evaluated) -> tuple[Cell, ...]:
    meaning, digits = MEANINGS[name], _digits(name)
    was = (found.before or {}).get(name)
    drawn = bool(meaning.better)
    bar = Bar(interval.low, interval.value, interval.high, was.value if was else None) if drawn else None
    cells: tuple[Cell, ...] = (
        cell(
            meaning.title,
            Piece(joined((name, "lower is better" if meaning.better == "lower" else "")), "quiet"),
        ),
        cell(interval_said(interval, digits)),
        Cell((), bar),
        cell(str(interval.n)),
    )
    if found.differences is None:
        return cells
    change = found.differences.get(name)
    said = judged(name, change)
    return (
        *cells,
        cell(f"{was.value:.{digits}f}" if was else ""),
        cell(change_said(name, change)),
        cell(Piece(said, "warn" if said == "worse" else "badge")),
    )


def _digits(name: str) -> int:
    return 3 if MEANINGS[name].better else 0


def _risk_at(curve: Sequence[CurvePoint], share: float) -> float:
    return min(curve, key=lambda point: abs(point.coverage - share)).risk


def _fold(id: str, question: str, notes: Iterable[str]) -> tuple[Piece, ...]:
    return (Piece(f"{id}  ", "strong"), Piece(question), Piece(", ".join(notes), "quiet"))


def _answer(response: Response) -> Cell:
    said = shortened(response.text or response.error, _ANSWER)
    return cell(Piece(response.kind.value, "badge"), said)


def _worst(result: CaseResult, document_of: DocumentOf) -> Table:
    scores = [f"{name} {result.scores[name]:.2f}" for name in _JUDGED if name in result.scores]
    expected = [Piece(f"Missing: {fact}", "warn") for fact in (*result.missing, *result.problems)]
    gold = [_span(span, document_of) for span in result.gold]
    cited = [_cited(quote) for quote in result.response.citations[:5]]
    answered = _answer(result.response)
    return Table(
        f"Case {result.id}: expected and answered",
        (Column("Expected", "half"), Column("Answered", "half")),
        ((cell(*expected, *gold), Cell((*answered.lines, *cited))),),
        fold=_fold(result.id, result.question, scores),
    )


def _span(span: Span, document_of: DocumentOf) -> tuple[Piece, ...]:
    document = document_of(span.document)
    place = Place(span.document, span.start, span.end)
    if document is None or place.span_in(document) is None:
        return (Piece(span.document, "quiet"),)
    quote = shortened(document.text[span.start : span.end], _QUOTE)
    return (Piece(f"“{quote}” "), Piece(document.metadata.title, link=address(place)))


def _cited(quote: Quoted) -> tuple[Piece, ...]:
    place = Place(quote.document, quote.start, quote.end)
    return (Piece(f"[{quote.n}] ", "quiet"), Piece(quote.document, link=address(place)))
