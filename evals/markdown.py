"""An evaluation as a Markdown summary for a pull request."""

from __future__ import annotations

import re

from evals.evaluate import Evaluation
from evals.gate import GateResult, Worse
from evals.terminal import difference_text, digits_of, interval_text

WORST_SHOWN = 10
_LONGEST_ANSWER = 600


def markdown_summary(evaluation: Evaluation) -> str:
    record = evaluation.run.record
    parts = [
        f"## Evals: {_escape(record.gold)}",
        _verdict(evaluation.gate),
        _figures_table(evaluation),
    ]
    if evaluation.latency:
        parts.append(f"Latency p50 {evaluation.latency.p50:.0f} ms, p95 {evaluation.latency.p95:.0f} ms.")
    if evaluation.gate:
        parts += [_worse(case) for case in evaluation.gate.worse[:WORST_SHOWN]]
    parts.append(
        f"{len(evaluation.run.results)} cases · commit `{record.commit[:12] or 'unknown'}` · "
        f"index generation {record.index_generation} · seed {record.seed} · run `{record.key()}`"
    )
    return "\n\n".join(part for part in parts if part) + "\n"


def _verdict(gate: GateResult | None) -> str:
    if gate is None:
        return ""
    if gate.passed:
        return "**Gate passed.**"
    reasons = "\n".join(f"- {_escape(finding.message)}" for finding in gate.findings)
    return f"**Gate failed.**\n\n{reasons}"


def _figures_table(evaluation: Evaluation) -> str:
    compared = evaluation.differences is not None
    header = ["figure", "value [95 %]", "n"] + ["against the baseline"] * compared
    rows = [
        [name, interval_text(interval, digits_of(name)), str(interval.n)]
        + [difference_text((evaluation.differences or {}).get(name))] * compared
        for name, interval in evaluation.figures.items()
    ]
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _worse(case: Worse) -> str:
    changes = ", ".join(f"{name} {before:.2f} → {after:.2f}" for name, before, after in case.changes)
    return (
        f"<details><summary>{_escape(case.id)}: {_escape(case.question)} ({changes})</summary>\n\n"
        f"Baseline:\n\n{_quoted(case.before.text or case.before.error)}\n\n"
        f"Now:\n\n{_quoted(case.after.text or case.after.error)}\n\n</details>"
    )


def _quoted(text: str) -> str:
    shown = text if len(text) <= _LONGEST_ANSWER else text[:_LONGEST_ANSWER] + "…"
    return "\n".join(f"> {_escape(line)}" for line in shown.splitlines() or [""])


def _escape(text: str) -> str:
    entities = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return re.sub(r"([\\`*_{}\[\]#|!~@])", r"\\\1", entities)
