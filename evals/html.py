"""An evaluation as one self-contained HTML page."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from html import escape

from evals.cases import Span, TextOf
from evals.evaluate import Evaluation
from evals.figures import MEANINGS
from evals.gate import GateResult, Worse
from evals.plots import bars_by_type, curve_plot, difference_plot, interval_plot, latency_plot
from evals.scoring import CaseResult
from evals.terminal import difference_text, digits_of, interval_text

WORST_SHOWN = 15
BAR_FIGURES = ("fact_coverage", "recall@10", "evidence_cited", "refusal_correct")
_JUDGED = ("fact_coverage", "recall@10", "groundedness", "citation_precision", "refusal_correct")
_CONTEXT = 160

_STYLE = """
:root { color-scheme: light dark; --ink: #1c2530; --soft: #65707d; --paper: #ffffff; --panel: #f4f6f8;
  --line: #d5dbe1; --blue: #2f6fb0; --red: #b3372b; --green: #2d7d46; --amber: #b07c12; --mark: #ffe9a8;
  --cited: #cfe5ff; }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e8ec; --soft: #9aa5b0; --paper: #14181d;
  --panel: #1d232a; --line: #37414c; --blue: #6aa9e9; --red: #ef8277; --green: #6fc48a; --amber: #e0b04b;
  --mark: #6a5416; --cited: #1f4467; } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); margin: 0 auto;
  max-width: 1040px; padding: 24px; }
h1 { font-size: 24px; margin: 0 0 4px; } h2 { font-size: 18px; margin: 36px 0 8px; } h3 { font-size: 15px; }
p.record { color: var(--soft); margin: 0 0 16px; overflow-wrap: anywhere; }
.verdict { border-left: 6px solid var(--line); background: var(--panel); padding: 10px 16px; }
.verdict.passed { border-color: var(--green); } .verdict.failed { border-color: var(--red); }
table { border-collapse: collapse; width: 100%; } th, td { padding: 4px 10px 4px 0; text-align: left;
  border-bottom: 1px solid var(--line); vertical-align: top; } td.n { text-align: right;
  font-variant-numeric: tabular-nums; white-space: nowrap; } th.n { text-align: right; } td.dim { color: var(--soft); }
.plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(430px, 1fr)); gap: 8px 28px; }
figure { margin: 0; } figcaption { font-weight: 600; margin: 8px 0 0; } svg { width: 100%; height: auto; }
svg text { font: 12px system-ui, sans-serif; fill: var(--ink); } svg .grid { stroke: var(--line); }
svg .bar { stroke: var(--blue); stroke-width: 3; } svg .worse { stroke: var(--red); stroke-width: 3; }
svg .better { stroke: var(--green); stroke-width: 3; } svg .point { fill: var(--blue); }
svg .base { stroke: var(--amber); stroke-width: 2; } svg .dashed { stroke-dasharray: 5 4; }
svg .line { stroke: var(--blue); stroke-width: 2; } svg .fill { fill: var(--blue); opacity: .55; }
svg .whisker { stroke: var(--ink); stroke-width: 1.5; }
details { border: 1px solid var(--line); border-radius: 6px; margin: 8px 0; padding: 8px 14px; }
summary { cursor: pointer; } summary .scores { color: var(--soft); font-size: 13px; }
blockquote { margin: 6px 0; padding: 6px 12px; background: var(--panel); border-radius: 4px;
  white-space: pre-wrap; overflow-wrap: anywhere; }
mark { background: var(--mark); color: inherit; } mark.cited { background: var(--cited); }
.sides { display: grid; grid-template-columns: 1fr 1fr; gap: 16px; } .missing { color: var(--red); }
"""


def html_report(evaluation: Evaluation, text_of: TextOf) -> str:
    """The page as text; every word of it that comes from data is escaped."""
    record = evaluation.run.record
    body = "\n".join(
        [
            f"<h1>Evals: {escape(record.gold)}</h1>",
            _record_line(evaluation),
            _verdict(evaluation.gate),
            _section("Figures", _figures_table(evaluation)),
            _section("Plots", _plots(evaluation)),
            _section("By type of question", _types(evaluation)),
            _worse_section(evaluation.gate),
            _section("Worst cases", _worst_cases(evaluation, text_of)),
        ]
    )
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>Evals: {escape(record.gold)}</title><style>{_STYLE}</style></head>\n<body>{body}</body></html>\n"
    )


def _record_line(evaluation: Evaluation) -> str:
    record = evaluation.run.record
    parts = [
        f"{len(evaluation.run.results)} cases",
        f"run {record.key()}",
        f"commit {record.commit[:12] or 'unknown'}",
        f"index generation {record.index_generation}",
        f"corpus {record.corpus_hash[:12]}",
        f"models {', '.join(f'{name} ({digest[:8]})' for name, digest in record.models.items())}",
        f"verifier {record.verifier}",
        f"seed {record.seed}",
    ]
    return f'<p class="record">{escape(" · ".join(parts))}</p>'


def _verdict(gate: GateResult | None) -> str:
    if gate is None:
        return ""
    if gate.passed:
        return '<div class="verdict passed"><b>Gate passed.</b></div>'
    reasons = "".join(f"<li>{escape(finding.message)}</li>" for finding in gate.findings)
    return f'<div class="verdict failed"><b>Gate failed.</b><ul>{reasons}</ul></div>'


def _figures_table(evaluation: Evaluation) -> str:
    compared = evaluation.differences is not None
    header = '<th>figure</th><th class="n">value [95 %]</th><th class="n">n</th>'
    header += '<th class="n">against the baseline</th>' * compared + "<th>meaning</th>"
    rows = []
    for name, interval in evaluation.figures.items():
        cells = f'<td>{escape(name)}</td><td class="n">{interval_text(interval, digits_of(name))}</td>'
        cells += f'<td class="n">{interval.n}</td>'
        if evaluation.differences is not None:
            cells += f'<td class="n">{difference_text(evaluation.differences.get(name))}</td>'
        rows.append(f'<tr>{cells}<td class="dim">{escape(MEANINGS[name].title)}</td></tr>')
    return f"<table><tr>{header}</tr>{''.join(rows)}</table>"


def _plots(evaluation: Evaluation) -> str:
    shares = {name: found for name, found in evaluation.figures.items() if MEANINGS[name].better}
    differences = evaluation.differences or {}
    before = {
        name: evaluation.figures[name].value - _unsigned(name, change.value)
        for name, change in differences.items()
        if name in shares
    }
    plots = [
        _figure("Every figure with its 95 % interval", interval_plot(shares, before)),
        _figure("Risk and coverage", curve_plot(evaluation.curve, evaluation.baseline_curve)),
    ]
    changed = {name: change for name, change in differences.items() if name in shares}
    if changed:
        plots.append(_figure("Difference to the baseline (left is worse)", difference_plot(changed)))
    if evaluation.latency:
        plots.append(_figure("Latency", latency_plot(evaluation.latency)))
    return f'<div class="plots">{"".join(plots)}</div>'


def _unsigned(name: str, change: float) -> float:
    """Differences are signed so that negative is worse; this is the change of the figure itself."""
    return -change if MEANINGS[name].better == "lower" else change


def _types(evaluation: Evaluation) -> str:
    shown = [name for name in BAR_FIGURES if any(name in found for found in evaluation.by_type.values())]
    plots = [
        _figure(f"{name}: {MEANINGS[name].title.lower()}", bars_by_type(name, evaluation.by_type, {}))
        for name in shown
    ]
    return f'<div class="plots">{"".join(plots)}</div>'


def _worse_section(gate: GateResult | None) -> str:
    if gate is None or not gate.worse:
        return ""
    shown = "".join(_worse_case(case) for case in gate.worse[:WORST_SHOWN])
    return _section(f"Worse than the baseline: {len(gate.worse)} cases", shown)


def _worse_case(case: Worse) -> str:
    changes = ", ".join(f"{name} {before:.2f} → {after:.2f}" for name, before, after in case.changes)
    before, after = (escape(side.text or side.error) for side in (case.before, case.after))
    return (
        f"<details><summary><b>{escape(case.id)}</b> {escape(case.question)} "
        f'<span class="scores">{escape(changes)}</span></summary><div class="sides">'
        f"<div>Baseline<blockquote>{before}</blockquote></div><div>Now<blockquote>{after}</blockquote></div>"
        "</div></details>"
    )


def _worst_cases(evaluation: Evaluation, text_of: TextOf) -> str:
    ranked = sorted(evaluation.run.results, key=lambda result: (_goodness(result), result.id))
    worst = [result for result in ranked[:WORST_SHOWN] if _goodness(result) < 1]
    if not worst:
        return "<p>Every case is answered in full.</p>"
    return "".join(_worst_case(result, text_of) for result in worst)


def _goodness(result: CaseResult) -> float:
    scores = [result.scores[name] for name in _JUDGED if name in result.scores]
    return sum(scores) / len(scores) if scores else 1.0


def _worst_case(result: CaseResult, text_of: TextOf) -> str:
    scores = ", ".join(f"{name} {result.scores[name]:.2f}" for name in _JUDGED if name in result.scores)
    missing = "".join(f"<li>{escape(fact)}</li>" for fact in (*result.missing, *result.problems))
    facts = f'<div class="missing">Missing:<ul>{missing}</ul></div>' if missing else ""
    answer = escape(result.response.text or result.response.error)
    cited = [quote.span for quote in result.response.citations]
    evidence = _passages(result.gold, cited, text_of)
    return (
        f"<details open><summary><b>{escape(result.id)}</b> ({escape(result.type)}) {escape(result.question)} "
        f'<br><span class="scores">{escape(scores)}</span></summary>'
        f"<h3>{escape(result.response.kind.value.capitalize())}</h3><blockquote>{answer}</blockquote>{facts}"
        f"{evidence}</details>"
    )


def _passages(gold: Sequence[Span], cited: Sequence[Span], text_of: TextOf) -> str:
    """Each gold span in its surroundings, marked; what the answer cites there is marked in blue."""
    shown = [(span, text_of(span.document)) for span in gold]
    quotes = [
        f"<div>{escape(span.document)}</div><blockquote>{_highlighted(text, span, cited)}</blockquote>"
        for span, text in shown
        if text is not None
    ]
    legend = '<h3>Evidence (<mark>expected</mark>, <mark class="cited">expected and cited</mark>)</h3>'
    return legend + "".join(quotes) if quotes else ""


def _highlighted(text: str, gold: Span, cited: Iterable[Span]) -> str:
    start, end = max(0, gold.start - _CONTEXT), min(len(text), gold.end + _CONTEXT)
    here = [span for span in cited if span.document == gold.document]
    edges = sorted(
        {start, gold.start, gold.end, end}
        | {edge for span in here for edge in (span.start, span.end) if gold.start < edge < gold.end}
    )
    pieces = (_piece(text, left, right, gold, here) for left, right in itertools.pairwise(edges))
    return f"{'…' * (start > 0)}{''.join(pieces)}{'…' * (end < len(text))}"


def _piece(text: str, left: int, right: int, gold: Span, cited: Sequence[Span]) -> str:
    shown = escape(text[left:right])
    if not gold.start <= left < gold.end:
        return shown
    inside = any(span.start <= left and right <= span.end for span in cited)
    return f'<mark class="cited">{shown}</mark>' if inside else f"<mark>{shown}</mark>"


def _section(title: str, content: str) -> str:
    return f"<section><h2>{escape(title)}</h2>{content}</section>"


def _figure(caption: str, plot: str) -> str:
    return f"<figure><figcaption>{escape(caption)}</figcaption>{plot}</figure>"
