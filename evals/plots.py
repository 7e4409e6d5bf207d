"""Plots of an evaluation as inline SVG: no scripts, no fonts, nothing from outside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from itertools import pairwise

from evals.abstention import CurvePoint
from evals.classification import Bin
from evals.evaluate import Latency
from evals.statistics import Difference, Interval

WIDTH = 640
_LABEL = 170
_ROW = 24
_BINS = 24


def interval_plot(figures: Mapping[str, Interval], baseline: Mapping[str, float]) -> str:
    """One row a figure in [0, 1]: point, interval, and a tick where the baseline was."""
    scale = _Scale(0.0, 1.0, _LABEL, WIDTH - 60)
    rows = []
    for i, (name, interval) in enumerate(figures.items()):
        y = _row_middle(i)
        rows += [
            _text(_LABEL - 10, y + 4, name, "end"),
            _line(scale(interval.low), y, scale(interval.high), y, "bar"),
            _circle(scale(interval.value), y, 4, "point", f"{name} {interval.value:.3f}"),
            _text(WIDTH - 50, y + 4, f"{interval.value:.3f}"),
        ]
        if name in baseline:
            rows.append(_line(scale(baseline[name]), y - 7, scale(baseline[name]), y + 7, "base"))
    return _svg(_row_middle(len(figures)) + 14, _grid(scale, len(figures), (0, 0.25, 0.5, 0.75, 1)) + rows)


def difference_plot(differences: Mapping[str, Difference]) -> str:
    """Run minus baseline with its interval, around a line at nought; red where the interval is below."""
    reach = max((abs(x) for d in differences.values() for x in (d.low, d.high, d.value)), default=0.0) or 0.1
    scale = _Scale(-reach, reach, _LABEL, WIDTH - 70)
    rows = []
    for i, (name, change) in enumerate(differences.items()):
        y = _row_middle(i)
        kind = "worse" if change.high < 0 else "better" if change.low > 0 else "bar"
        rows += [
            _text(_LABEL - 10, y + 4, name, "end"),
            _line(scale(change.low), y, scale(change.high), y, kind),
            _circle(scale(change.value), y, 4, "point", f"{name} {change.value:+.3f}"),
            _text(WIDTH - 62, y + 4, f"{change.value:+.3f}"),
        ]
    ticks = (-reach, 0.0, reach)
    return _svg(_row_middle(len(differences)) + 14, _grid(scale, len(differences), ticks, "{:+.2f}") + rows)


def curve_plot(curve: Sequence[CurvePoint], baseline: Sequence[CurvePoint]) -> str:
    """Risk over coverage, in steps; dashed where the baseline's curve runs."""
    x, y = _Scale(0.0, 1.0, 60, WIDTH - 20), _Scale(0.0, 1.0, 240, 20)
    axes = _square(x, y, "share of questions answered, the surest first", "mean loss of those answered")
    return _svg(280, [*axes, _path(x, y, baseline, "base dashed"), _path(x, y, curve, "line")])


def reliability_plot(bins: Sequence[Bin]) -> str:
    """Share of supported pairs over mean support, a circle a bin, against the diagonal of a calibrated score."""
    x, y = _Scale(0.0, 1.0, 60, WIDTH - 20), _Scale(0.0, 1.0, 340, 20)
    axes = _square(x, y, "mean support given", "share supported")
    axes += [_line(x(0), y(0), x(1), y(1), "base dashed")]
    marks = [_circle(x(b.support), y(b.supported), 4, "point", f"{b.pairs} pairs") for b in bins]
    lines = [
        _line(x(a.support), y(a.supported), x(b.support), y(b.supported), "line") for a, b in pairwise(bins)
    ]
    return _svg(390, axes + lines + marks)


def standalone(svg: str) -> str:
    """A plot as a file of its own, in colours for a light page."""
    style = (
        "text{font:12px system-ui,sans-serif;fill:#1d232a}.grid{stroke:#d4dae0}.point{fill:#2b6cb0}"
        ".base{stroke:#b7791f;stroke-width:2}.dashed{stroke-dasharray:5 4}.line{stroke:#2b6cb0;stroke-width:2}"
    )
    opening, _, rest = svg.partition(">")
    page = f'<rect width="{WIDTH}" height="100%" fill="#ffffff"/>'
    return f'{opening} xmlns="http://www.w3.org/2000/svg"><style>{style}</style>{page}{rest}\n'


def bars_by_type(
    name: str, by_type: Mapping[str, Mapping[str, Interval]], baseline: Mapping[str, float]
) -> str:
    """One bar a question type that has the figure, with its interval as a whisker."""
    shown = {kind: found[name] for kind, found in by_type.items() if name in found}
    scale = _Scale(0.0, 1.0, _LABEL, WIDTH - 110)
    rows = []
    for i, (kind, interval) in enumerate(shown.items()):
        y = _row_middle(i)
        rows += [
            _text(_LABEL - 10, y + 4, kind, "end"),
            _rect(scale(0), y - 8, scale(interval.value) - scale(0), 16, "fill"),
            _line(scale(interval.low), y, scale(interval.high), y, "whisker"),
            _text(WIDTH - 100, y + 4, f"{interval.value:.2f}  n = {interval.n}"),
        ]
        if kind in baseline:
            rows.append(_line(scale(baseline[kind]), y - 10, scale(baseline[kind]), y + 10, "base"))
    return _svg(_row_middle(len(shown)) + 14, _grid(scale, len(shown), (0, 0.5, 1)) + rows)


def latency_plot(latency: Latency) -> str:
    """How many questions took how long, with lines at p50 and p95; the last bar holds all slower ones."""
    top = min(latency.all[-1], 2 * latency.p95) or 1.0
    counts = [0] * _BINS
    for spent in latency.all:
        counts[min(_BINS - 1, int(_BINS * spent / top))] += 1
    x, y = _Scale(0.0, top, 60, WIDTH - 20), _Scale(0.0, float(max(counts)), 190, 30)
    width = (x(top) - x(0)) / _BINS
    bars = [
        _rect(x(0) + i * width + 1, y(count), width - 2, y(0) - y(count), "fill")
        for i, count in enumerate(counts)
        if count
    ]
    marks = [
        item
        for label, value, anchor in (("p50", latency.p50, "end"), ("p95", latency.p95, "start"))
        for item in (
            _line(x(value), y(0), x(value), 24, "base"),
            _text(x(value), 18, f"{label} {value:.0f} ms", anchor),
        )
    ]
    axis = [_line(x(0), y(0), x(top), y(0), "grid")]
    axis += [
        _text(x(share * top), y(0) + 16, f"{share * top:.0f}", "middle") for share in (0, 0.25, 0.5, 0.75, 1)
    ]
    axis += [_text(x(top / 2), y(0) + 34, "milliseconds a question", "middle")]
    return _svg(230, axis + bars + marks)


class _Scale:
    """A linear map from [low, high] to [first, last] in pixels, clipped at the ends."""

    def __init__(self, low: float, high: float, first: float, last: float) -> None:
        self.low, self.high, self.first, self.last = low, high, first, last

    def __call__(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return self.first + min(1.0, max(0.0, share)) * (self.last - self.first)


def _row_middle(i: int) -> float:
    return 24 + _ROW * i


def _grid(scale: _Scale, rows: int, ticks: Sequence[float], form: str = "{:g}") -> list[str]:
    bottom = _row_middle(rows) - 10
    lines = [_line(scale(tick), 10, scale(tick), bottom, "grid") for tick in ticks]
    return lines + [_text(scale(tick), bottom + 16, form.format(tick), "middle") for tick in ticks]


def _square(x: _Scale, y: _Scale, across: str, upward: str) -> list[str]:
    """Lines, ticks and names of two axes over [0, 1]."""
    ticks = (0, 0.25, 0.5, 0.75, 1)
    lines = [_line(x(t), y(0), x(t), y(1), "grid") for t in ticks]
    lines += [_line(x(0), y(t), x(1), y(t), "grid") for t in ticks]
    lines += [_text(x(t), y(0) + 16, f"{t:g}", "middle") for t in ticks]
    lines += [_text(x(0) - 8, y(t) + 4, f"{t:g}", "end") for t in ticks]
    return [*lines, _text(x(0.5), y(0) + 34, across, "middle"), _text(x(0) + 4, y(1) - 6, upward)]


def _path(x: _Scale, y: _Scale, curve: Sequence[CurvePoint], kind: str) -> str:
    points = " ".join(f"{x(point.coverage):.1f},{y(point.risk):.1f}" for point in curve)
    return f'<polyline class="{kind}" fill="none" points="{points}"/>' if curve else ""


def _svg(height: float, parts: Sequence[str]) -> str:
    body = "\n".join(parts)
    return f'<svg viewBox="0 0 {WIDTH} {height:.0f}" role="img">{body}</svg>'


def _line(x1: float, y1: float, x2: float, y2: float, kind: str) -> str:
    return f'<line class="{kind}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'


def _rect(x: float, y: float, width: float, height: float, kind: str) -> str:
    return (
        f'<rect class="{kind}" x="{x:.1f}" y="{y:.1f}" width="{max(0.0, width):.1f}" height="{height:.1f}"/>'
    )


def _circle(x: float, y: float, radius: float, kind: str, title: str) -> str:
    return f'<circle class="{kind}" cx="{x:.1f}" cy="{y:.1f}" r="{radius}"><title>{escape(title)}</title></circle>'


def _text(x: float, y: float, text: str, anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'
