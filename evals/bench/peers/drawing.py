"""The comparison as a Markdown table and an SVG plot."""

from __future__ import annotations

from collections.abc import Mapping

from evals.plots import bars_by_type, interval_plot, standalone
from evals.statistics import Interval

Figures = Mapping[str, Interval | None]

_QUALITY = ("recall@5", "nDCG@10")


def table(systems: Mapping[str, Figures]) -> str:
    """One column a system, one row a figure; runs are medians with their intervals."""
    rows = dict.fromkeys(name for figures in systems.values() for name in figures)
    lines = ["| | " + " | ".join(systems) + " |", "|---" * (len(systems) + 1) + "|"]
    for row in rows:
        cells = [shown(figures.get(row)) for figures in systems.values()]
        lines.append(f"| {row} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def shown(figure: Interval | None) -> str:
    """Three digits that count, whole numbers from a hundred up; the interval where there is one."""
    if figure is None:
        return ""
    value, low, high = (_digits(x) for x in (figure.value, figure.low, figure.high))
    return value if low == high else f"{value} [{low}, {high}]"


def quality_plot(systems: Mapping[str, Figures]) -> str:
    """recall@5 and nDCG@10 of every system with their intervals."""
    rows = {
        f"{system} {name}": one
        for name in _QUALITY
        for system, figures in systems.items()
        if (one := figures.get(name)) is not None
    }
    return standalone(interval_plot(rows, {}))


def share_plot(systems: Mapping[str, Figures], name: str) -> str:
    """A figure of every system as a share of the largest one's upper end."""
    present = {system: one for system, figures in systems.items() if (one := figures.get(name)) is not None}
    most = max((one.high for one in present.values()), default=1.0) or 1.0
    shares = {
        f"{system}: {_digits(one.value)}": {
            name: Interval(one.value / most, one.low / most, one.high / most, one.n)
        }
        for system, one in present.items()
    }
    filled = bars_by_type(name, shares, {})
    return standalone(filled).replace("</style>", ".fill{fill:#9cc3e6}.whisker{stroke:#1d232a}</style>")


def _digits(x: float) -> str:
    return f"{x:,.0f}" if abs(x) >= 100 else f"{x:.1f}" if abs(x) >= 10 else f"{x:.3f}"
