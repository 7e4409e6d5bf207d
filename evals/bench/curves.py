"""Two plots to publish: how far support can be taken for a probability, and risk over coverage.

`python -m evals.bench.curves --pairs dev_benchmark.jsonl.gz --run build/evals/run.json` prints the bins and
writes docs/img/reliability.svg and docs/img/risk-coverage.svg.
"""

from __future__ import annotations

from pathlib import Path

import click

from evals.abstention import area_under_risk_coverage, risk_coverage
from evals.bench.support import load_pairs, sample
from evals.classification import calibration_error, reliability
from evals.plots import curve_plot, reliability_plot, standalone
from evals.record import load_run
from evals.training.calibrate import MAIN_SETS, left_out, read_rows, written_pairs


@click.command()
@click.option("--pairs", type=Path, required=True, help="Labelled pairs, .jsonl[.gz].")
@click.option("--run", type=Path, help="run.json of `rag eval`.")
@click.option("--limit", type=int, default=300, show_default=True, help="Pairs of each data set.")
@click.option("--out", type=Path, default=Path("docs/img"), show_default=True)
def main(pairs: Path, run: Path | None, limit: int, out: Path) -> None:
    """Reliability with each data set left out of its own calibration, ten bins of equal width."""
    drawn = [pair for pair in sample(load_pairs(pairs), limit, 0) if pair.dataset in MAIN_SETS]
    rows = read_rows(drawn + written_pairs())
    support = left_out(rows)
    bins = reliability(rows.supported, support)
    for one in bins:
        click.echo(f"support {one.support:.2f}: supported {one.supported:.2f} of {one.pairs}")
    click.echo(f"expected calibration error {calibration_error(bins):.3f} over {len(support)} pairs")
    (out / "reliability.svg").write_text(standalone(reliability_plot(bins)), encoding="utf-8")
    if run:
        outcomes = [result.outcome for result in load_run(run).results]
        curve = risk_coverage(outcomes)
        (out / "risk-coverage.svg").write_text(standalone(curve_plot(curve, ())), encoding="utf-8")
        click.echo(f"area under the risk-coverage curve {area_under_risk_coverage(outcomes):.3f}")


if __name__ == "__main__":
    main()
