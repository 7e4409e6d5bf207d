"""The commands `rag eval …` and `rag bench …`: arguments in, tables and files out."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from rich.progress import Progress

    from evals.citing import Verifier
    from evals.evaluate import Evaluation
    from evals.subject import Subject
    from rag.types import Embedder

EXISTING = click.Path(path_type=Path)
DEFAULT_GOLD = Path("evals/gold/dev.jsonl")
DEFAULT_BASELINE = Path("evals/baselines/main.json")
DEFAULT_REPORTS = Path("build/evals")


@click.group("eval", invoke_without_command=True)
@click.option(
    "--gold", type=EXISTING, default=DEFAULT_GOLD, show_default=True, help="Gold cases, JSON Lines."
)
@click.option("--index", type=EXISTING, help="Index directory; by default that of the settings.")
@click.option(
    "--mode",
    type=click.Choice(["quote", "write"]),
    help="How answers are made; by default written where a chat model is named.",
)
@click.option("--model", help="Chat model that writes the answers, such as ollama:qwen3:4b.")
@click.option("--strictness", type=float, help="0 answers everything, 1 refuses everything.")
@click.option("--passages", type=int, help="Chunks that an answer may use.")
@click.option("--baseline", type=EXISTING, help="Compare with this baseline.")
@click.option("--gate", is_flag=True, help="Exit with 1 on a broken floor or a significant drop.")
@click.option("--rules", type=EXISTING, help="Limits of the gate; by default evals/gate.toml.")
@click.option("--update-baseline", is_flag=True, help="Write this run as the baseline, for review in git.")
@click.option(
    "--report-dir", type=EXISTING, default=DEFAULT_REPORTS, show_default=True, help="Where files go."
)
@click.option("--html", type=EXISTING, help="Also write the HTML report here.")
@click.option("--markdown", type=EXISTING, help="Also write the Markdown summary here.")
@click.option("--junit", type=EXISTING, help="Also write the JUnit XML here.")
@click.option("--json", "as_json", is_flag=True, help="Print the run as JSON, and nothing else.")
@click.option("--resume", is_flag=True, help="Go on with a run that was stopped.")
@click.option(
    "--workers", type=click.IntRange(1, 64), default=2, show_default=True, help="Questions side by side."
)
@click.option("--seed", type=int, default=0, show_default=True, help="Seed of the resampling.")
def eval_command(**options: Any) -> None:
    """Measure the assistant on gold questions, and hold a release back when it got worse."""
    context = click.get_current_context()
    if context.invoked_subcommand is None:
        context.exit(_evaluate(**options))


def _evaluate(
    gold: Path,
    index: Path | None,
    mode: str | None,
    model: str | None,
    strictness: float | None,
    passages: int | None,
    baseline: Path | None,
    gate: bool,
    rules: Path | None,
    update_baseline: bool,
    report_dir: Path,
    html: Path | None,
    markdown: Path | None,
    junit: Path | None,
    as_json: bool,
    resume: bool,
    workers: int,
    seed: int,
) -> int:
    from rich.console import Console

    from evals.evaluate import Plan, evaluate, load_baseline, run_gold
    from evals.gate import DEFAULT_RULES, load_rules
    from evals.record import run_to_json
    from evals.subject import open_subject
    from evals.terminal import print_evaluation

    limits = load_rules(rules or DEFAULT_RULES) if gate else None
    settings = {"mode": mode, "strictness": strictness, "passages": passages}
    with open_subject(index, settings, model) as subject:
        plan = Plan(gold, seed, workers, report_dir, resume)
        with _progress() as progress:
            run, timings = run_gold(plan, subject, _bar(progress, "asking"))
        earlier = load_baseline(baseline, run) if baseline and not update_baseline else None
        evaluation = evaluate(run, timings, earlier, limits)
        copies = {"report.html": html, "summary.md": markdown, "junit.xml": junit}
        _write_reports(evaluation, timings, subject, report_dir, copies)
    if update_baseline:
        _write_baseline(evaluation, baseline or DEFAULT_BASELINE)
    if as_json:
        click.echo(run_to_json(run), nl=False)
    else:
        print_evaluation(evaluation, Console())
        click.echo(f"Reports: {report_dir}")
    return 0 if evaluation.gate is None or evaluation.gate.passed else 1


def _write_reports(
    evaluation: Evaluation, timings: Any, subject: Subject, folder: Path, copies: dict[str, Path | None]
) -> None:
    from evals.evaluate import timings_to_json
    from evals.html import html_report
    from evals.junit import junit_xml
    from evals.markdown import markdown_summary
    from evals.record import run_to_json

    contents = {
        "run.json": run_to_json(evaluation.run),
        "timings.json": timings_to_json(timings),
        "report.html": html_report(evaluation, subject.text_of),
        "summary.md": markdown_summary(evaluation),
        "junit.xml": junit_xml(evaluation),
    }
    for name, content in contents.items():
        for path in (folder / name, copies.get(name)):
            if path is not None:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(content, encoding="utf-8")


def _write_baseline(evaluation: Evaluation, path: Path) -> None:
    from evals.record import baseline_to_json

    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(baseline_to_json(evaluation.run), encoding="utf-8")
    click.echo(f"Baseline written to {path}: look at its diff before you commit it.", err=True)


@eval_command.command("init")
@click.argument("folder", type=EXISTING, default=Path())
def init_command(folder: Path) -> None:
    """Write a commented gold file and a workflow for your own corpus."""
    from evals.starter import write_starter

    for path in write_starter(folder):
        click.echo(f"Wrote {path}")
    click.echo("Next: `rag eval suggest > candidates.jsonl`, or write your own cases; then `rag eval`.")


@eval_command.command("suggest")
@click.option("--index", type=EXISTING, help="Index directory; by default that of the settings.")
@click.option("--document", "paths", multiple=True, help="Only this document; may be given again.")
@click.option("--per-document", type=click.IntRange(1), default=5, show_default=True)
def suggest_command(index: Path | None, paths: tuple[str, ...], per_document: int) -> None:
    """Print candidate cases from the indexed corpus, marked as pending until you review them."""
    from evals.suggest import candidate_to_json, suggest
    from rag.config import load_settings
    from rag.index import Index

    with Index.open(load_settings(index=index).index) as opened:
        chosen = paths or tuple(summary.path for summary in opened.documents())
        documents = (opened.document(path) for path in chosen)
        for number, candidate in enumerate(suggest(documents, per_document), start=1):
            click.echo(candidate_to_json(candidate, number))


@eval_command.command("mutations")
@click.option(
    "--gold", type=EXISTING, default=DEFAULT_GOLD, show_default=True, help="Gold cases, JSON Lines."
)
@click.option("--index", type=EXISTING, help="Index directory; by default that of the settings.")
@click.option("--run", "run_path", type=EXISTING, default=DEFAULT_REPORTS / "run.json", show_default=True)
@click.option("--rules", type=EXISTING, help="Limits of the gate; by default evals/gate.toml.")
def mutations_command(gold: Path, index: Path | None, run_path: Path, rules: Path | None) -> None:
    """Test the gate: harm a recorded run in every known way; each must turn the gate red."""
    from evals.cases import load_cases
    from evals.gate import DEFAULT_RULES, load_rules
    from evals.record import load_run
    from evals.selftest import check_gate
    from evals.subject import open_subject

    limits = load_rules(rules or DEFAULT_RULES)
    with open_subject(index, {}) as subject:
        trials = check_gate(load_cases(gold), load_run(run_path), subject.text_of, limits)
    for trial in trials:
        click.echo(f"{'ok  ' if trial.as_expected else 'FAIL'} {trial.name}: {trial.told}")
    click.get_current_context().exit(0 if all(trial.as_expected for trial in trials) else 1)


@click.group("bench")
def bench_group() -> None:
    """Measure on public data sets that you have on disk."""


@bench_group.command("retrieval")
@click.argument("folders", nargs=-1, required=True, type=EXISTING)
@click.option("--limit", type=click.IntRange(1), help="Draw this many questions of each set.")
@click.option(
    "--reranked",
    type=click.IntRange(0),
    default=150,
    show_default=True,
    help="Rerank this many of the questions; with 0 no sentence is embedded, which halves the indexing.",
)
@click.option("--chunk-tokens", type=click.IntRange(32), default=200, show_default=True)
@click.option(
    "--as-published", is_flag=True, help="Also embed each row whole, cut off, as published figures do."
)
@click.option("--keep", type=EXISTING, help="Keep the indexes in this folder for the next run.")
@click.option("--seed", type=int, default=0, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print JSON, and nothing else.")
def bench_retrieval_command(
    folders: tuple[Path, ...],
    limit: int | None,
    reranked: int,
    chunk_tokens: int,
    as_published: bool,
    keep: Path | None,
    seed: int,
    as_json: bool,
) -> None:
    """nDCG@10, recall and MRR of dense, BM25, fused and reranked search on folders in BEIR layout."""
    from evals.bench.beir import load_beir
    from evals.bench.calibration import whole_documents
    from evals.bench.retrieval import bench_set

    sets = [load_beir(folder) for folder in folders]
    embedder = _embedder_on_one_core()
    results = []
    with _progress() as progress:
        for data in sets:
            step = _steps(progress, data.name)
            results.append(bench_set(data, embedder, chunk_tokens, limit, seed, keep, step, reranked))
            if as_published:
                results.append(whole_documents(data, embedder, limit, seed, step))
    if as_json:
        click.echo(json.dumps([asdict(result) for result in results], indent=1))
        return
    from rich.console import Console

    from evals.bench.tables import retrieval_table

    Console().print(retrieval_table(results))


@bench_group.command("support")
@click.argument("file", type=EXISTING)
@click.option("--limit", type=click.IntRange(1), help="Draw this many pairs of each data set.")
@click.option(
    "--verifier",
    "named",
    type=click.Choice(["product", "overlap", "overlap+checks", "overlap+checks+similarity"]),
    default="product",
    show_default=True,
    help="The support model with its checks, or what it is compared with.",
)
@click.option("--seed", type=int, default=0, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print JSON, and nothing else.")
def bench_support_command(file: Path, limit: int | None, named: str, seed: int, as_json: bool) -> None:
    """Balanced accuracy and AUROC of the verifier on labelled pairs, intervals over their groups."""
    from evals.bench.support import bench_support, load_pairs, sample

    pairs = sample(load_pairs(file), limit, seed)
    verifier = _verifier(named)
    with _progress() as progress:
        scores = bench_support(pairs, verifier, seed, _bar(progress, "scoring")(len(pairs)))
    if as_json:
        content = {"verifier": verifier.name, "datasets": {name: asdict(one) for name, one in scores.items()}}
        click.echo(json.dumps(content, indent=1))
        return
    from rich.console import Console

    from evals.bench.tables import support_table

    Console().print(support_table(scores, verifier.name))


def _verifier(named: str) -> Verifier:
    if named == "product":
        from rag.verification import Verifier as ProductVerifier

        return ProductVerifier()
    from evals.verifier import OverlapVerifier

    embedder = _embedder_on_one_core() if "similarity" in named else None
    return OverlapVerifier(embedder, checks="checks" in named)


def _embedder_on_one_core() -> Embedder:
    """Short texts embed faster so, and on a busy machine ten times faster."""
    import torch

    from rag.embedding import load_embedder

    torch.set_num_threads(1)
    return load_embedder()


@contextmanager
def _progress() -> Iterator[Progress]:
    """A progress display on standard error; silent where that is not a terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    console = Console(stderr=True)
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        yield progress


def _bar(progress: Progress, what: str) -> Callable[[int], Callable[[], None]]:
    def start(total: int) -> Callable[[], None]:
        task = progress.add_task(what, total=total)
        return lambda: progress.advance(task)

    return start


def _steps(progress: Progress, name: str) -> Callable[[str, int, int], None]:
    tasks: dict[str, Any] = {}

    def step(what: str, done: int, total: int) -> None:
        if what not in tasks:
            tasks[what] = progress.add_task(f"{name}: {what}", total=total)
        progress.update(tasks[what], completed=done)

    return step
