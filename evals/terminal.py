"""An evaluation as tables for a terminal."""

from __future__ import annotations

from rich.console import Console, Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from evals.evaluate import Evaluation
from evals.figures import MEANINGS
from evals.gate import GateResult, Worse
from evals.statistics import Difference, Interval

WORST_SHOWN = 5
_WIDE = 110
BY_TYPE = ("recall@10", "fact_coverage", "evidence_cited", "groundedness", "refusal_correct")


def print_evaluation(evaluation: Evaluation, console: Console) -> None:
    console.print(_figures_table(evaluation, with_meaning=console.width >= _WIDE))
    console.print(_types_table(evaluation))
    if evaluation.latency:
        console.print(
            f"Latency p50 {evaluation.latency.p50:.0f} ms, p95 {evaluation.latency.p95:.0f} ms "
            f"over {len(evaluation.latency.all)} questions."
        )
    if evaluation.gate:
        print_gate(evaluation.gate, console)


def print_gate(gate: GateResult, console: Console) -> None:
    for worse in gate.worse[:WORST_SHOWN]:
        console.print(_side_by_side(worse))
    if len(gate.worse) > WORST_SHOWN:
        console.print(f"… and {len(gate.worse) - WORST_SHOWN} more cases that got worse.")
    for finding in gate.findings:
        console.print(Text(f"✗ {finding.message}", style="red"))
    verdict = "Gate: passed." if gate.passed else f"Gate: failed, {len(gate.findings)} findings."
    console.print(Text(verdict, style="bold green" if gate.passed else "bold red"))


def interval_text(interval: Interval, digits: int = 3) -> str:
    return f"{interval.value:.{digits}f} [{interval.low:.{digits}f}, {interval.high:.{digits}f}]"


def difference_text(change: Difference | None) -> str:
    if change is None:
        return ""
    if change.value == 0 and change.low == change.high == 0:
        return "="
    return f"{change.value:+.3f} [{change.low:+.3f}, {change.high:+.3f}]"


def digits_of(name: str) -> int:
    return 0 if MEANINGS[name].better == "" else 3


def _figures_table(evaluation: Evaluation, with_meaning: bool) -> Table:
    record = evaluation.run.record
    table = Table(title=f"{record.gold}: {len(evaluation.run.results)} cases, run {record.key()}")
    table.add_column("figure")
    table.add_column("value [95 % interval]", justify="right")
    table.add_column("n", justify="right")
    if evaluation.differences is not None:
        table.add_column("against the baseline", justify="right")
    if with_meaning:
        table.add_column("meaning", style="dim")
    for name, interval in evaluation.figures.items():
        cells = [name, interval_text(interval, digits_of(name)), str(interval.n)]
        if evaluation.differences is not None:
            cells.append(difference_text(evaluation.differences.get(name)))
        if with_meaning:
            cells.append(MEANINGS[name].title)
        table.add_row(*cells)
    return table


def _types_table(evaluation: Evaluation) -> Table:
    table = Table(title="By type of question")
    table.add_column("type")
    table.add_column("n", justify="right")
    for name in BY_TYPE:
        table.add_column(name, justify="right")
    for kind, found in evaluation.by_type.items():
        count = sum(result.type == kind for result in evaluation.run.results)
        cells = [f"{found[name].value:.3f}" if name in found else "" for name in BY_TYPE]
        table.add_row(kind, str(count), *cells)
    return table


def _side_by_side(worse: Worse) -> RenderableType:
    changes = ", ".join(f"{name} {before:.2f} → {after:.2f}" for name, before, after in worse.changes)
    answers = Table(show_header=True, expand=True, box=None)
    answers.add_column("baseline", ratio=1)
    answers.add_column("now", ratio=1)
    answers.add_row(
        Text(worse.before.text or worse.before.error), Text(worse.after.text or worse.after.error)
    )
    return Panel(Group(Text(changes, style="red"), answers), title=Text(f"{worse.id}: {worse.question}"))
