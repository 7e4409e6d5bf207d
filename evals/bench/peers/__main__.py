"""policy-rag, txtai, LlamaIndex, Haystack and LangChain side by side, in turns, in one run."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import click

from evals.bench.peers.drawing import Figures, quality_plot, share_plot, table
from evals.bench.peers.figures import Runs, read_asked, read_indexed, read_line, summary
from evals.bench.peers.systems import OURS, SYSTEMS, Installed, PeerFailed, install, model_folder, output
from evals.cases import Span, load_cases
from evals.statistics import Interval
from rag.documents import Limits, Reader, find_files

_TREE = Path(__file__).parents[3]
_OFFLINE = {"HF_HUB_OFFLINE": "1", "HAYSTACK_TELEMETRY_ENABLED": "False", "TOKENIZERS_PARALLELISM": "true"}


@dataclass(frozen=True, slots=True)
class Task:
    """The same for every system: texts by path, questions, and the gold spans of each."""

    texts: Mapping[str, str]
    questions: tuple[str, ...]
    gold: tuple[tuple[Span, ...], ...]


@click.command()
@click.option("--folder", default="build/peers", type=click.Path(path_type=Path), show_default=True)
@click.option("--only", multiple=True, type=click.Choice([one.name for one in SYSTEMS]))
@click.option("--corpus", default=_TREE / "corpus", type=click.Path(exists=True, path_type=Path))
@click.option("--gold", default=_TREE / "evals/gold/dev.jsonl", type=click.Path(exists=True, path_type=Path))
@click.option("--rounds", default=3, show_default=True, help="Runs that index and ask every question.")
@click.option("--cold", default=10, show_default=True, help="Fresh processes that ask one question.")
def main(folder: Path, only: tuple[str, ...], corpus: Path, gold: Path, rounds: int, cold: int) -> None:
    """Install what is missing, measure, print a Markdown table; plots and figures go to FOLDER."""
    folder = folder.resolve()
    (folder / "envs").mkdir(parents=True, exist_ok=True)
    task = prepare(corpus, gold, folder)
    try:
        installed = [install(one, folder, _TREE) for one in SYSTEMS if not only or one.name in only]
        runs = _measure(installed, folder, rounds, cold)
    except PeerFailed as error:
        raise click.ClickException(str(error)) from error
    figures = {
        f"{one.system.name} {one.version}": {
            "install, MB": Interval(one.megabytes, one.megabytes, one.megabytes, 1),
            **summary(runs[one.system.name], task.gold, task.texts),
        }
        for one in installed
    }
    click.echo(f"{len(task.texts)} documents, {len(task.questions)} questions, load {os.getloadavg()[0]:.1f}")
    click.echo(table(figures))
    _write_plots(figures, folder)


def prepare(corpus: Path, gold: Path, folder: Path) -> Task:
    """The corpus as plain text below `folder`/texts and the questions that stand alone and have evidence."""
    texts = {}
    shutil.rmtree(folder / "texts", ignore_errors=True)
    with Reader(Limits()) as reader:
        for file in find_files(corpus):
            name = file.relative_to(corpus).as_posix()
            texts[f"{name}.txt"] = reader.read(file, name).text
    for name, text in texts.items():
        place = folder / "texts" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")
    asked = []
    for case in load_cases(gold):
        found = case.spans(lambda path: texts.get(f"{path}.txt"))
        if found and not case.history:
            asked.append((case.question, tuple(Span(f"{s.document}.txt", s.start, s.end) for s in found)))
    (folder / "questions.json").write_text(json.dumps([question for question, _ in asked]), encoding="utf-8")
    return Task(texts, tuple(question for question, _ in asked), tuple(found for _, found in asked))


def _measure(installed: Sequence[Installed], folder: Path, rounds: int, cold: int) -> dict[str, Runs]:
    """Systems take turns within a round; every other round goes backwards."""
    runs = {one.system.name: Runs() for one in installed}
    for number in range(max(rounds, cold)):
        for one in installed if number % 2 == 0 else reversed(installed):
            _round(one, runs[one.system.name], folder, number < rounds, number < cold)
    return runs


def _round(one: Installed, runs: Runs, folder: Path, whole: bool, cold: bool) -> None:
    index = folder / "indexes" / one.system.name
    if whole:
        shutil.rmtree(index, ignore_errors=True)
        index.mkdir(parents=True)
        runs.indexed.append(read_indexed(_run(one, "index", folder)))
        runs.asked.append(read_asked(_run(one, "warm", folder)))
    if cold:
        began = perf_counter()
        read_line(_run(one, "cold", folder))
        runs.cold.append(perf_counter() - began)
    if cold and one.system.name == OURS:
        runs.whole.append(_ask(one, folder, index))
    click.echo(f"{one.system.name}: cold {runs.cold[-1:]}, load {os.getloadavg()[0]:.1f}", err=True)


def _run(one: Installed, what: str, folder: Path) -> str:
    places = {
        "texts": folder / "texts",
        "index": folder / "indexes" / one.system.name,
        "model": folder / "envs" / "models" / one.system.name,
        "questions": folder / "questions.json",
    }
    model = places["model"]
    if not model.exists():
        model.parent.mkdir(exist_ok=True)
        model.symlink_to(model_folder(one, folder))
    given = [text for name, place in places.items() for text in (f"--{name}", str(place))]
    return output([str(one.python), str(one.runner), what, *given], folder, _environment())


def _ask(one: Installed, folder: Path, index: Path) -> float:
    question = json.loads((folder / "questions.json").read_text(encoding="utf-8"))[0]
    began = perf_counter()
    output([str(one.python.parent / "rag"), "ask", "--index", str(index), question], folder, _environment())
    return perf_counter() - began


def _environment() -> dict[str, str]:
    """This process's, without what would lead Python to this tree or have it compile its modules every time,
    and without a network."""
    left_out = ("PYTHONPATH", "VIRTUAL_ENV", "PYTHONDONTWRITEBYTECODE")
    kept = {name: value for name, value in os.environ.items() if name not in left_out}
    return kept | _OFFLINE


def _write_plots(figures: Mapping[str, Figures], folder: Path) -> None:
    plots = {
        "peers-quality.svg": quality_plot(figures),
        "peers-cold.svg": share_plot(figures, "cold question, s"),
        "peers-indexing.svg": share_plot(figures, "characters/s"),
    }
    for name, drawn in plots.items():
        (folder / name).write_text(drawn, encoding="utf-8")


if __name__ == "__main__":
    main()
