"""Disagreements: hand-labelled pairs of statements, and questions on what the corpus disputes.

`python -m evals.bench.disagreements --index DIR` prints precision and recall with 95 % bootstrap
intervals over documents (pairs) and over questions. A pair is in the tuning half or held out by the hash
of its id; a question says so itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from evals.bench.beir import read_json_lines
from evals.cases import CaseType, Span, load_cases
from evals.statistics import Interval, bootstrap_mean, seeded
from rag.disagreement import Disagreement, Statement, find_disagreements
from rag.disagreement_notes import Contested, note
from rag.errors import RagError, UsageError

GOLD = Path("evals/gold/disagreements.jsonl")
TUNING, HELD_OUT = "tuning", "held out"
StatementAt = Callable[[Span], Statement]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two statements, or two sides of one, which disagree or only look as if they did."""

    id: str
    left: Span
    right: Span
    disagree: bool
    kind: str
    half: str


@dataclass(frozen=True, slots=True)
class Disputed:
    """A question, and the sentences that dispute what it asks; none where nothing asked is in dispute."""

    id: str
    question: str
    half: str
    sentences: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Judged:
    """What was said of a pair; `one_sentence` where it is two sides of one."""

    pair: Pair
    found: bool
    one_sentence: bool


@dataclass(frozen=True, slots=True)
class Answered:
    """The disagreements noted for a question, and which of them are on what it asks."""

    case: Disputed
    right: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class Accuracy:
    """`precision` is None where nothing was found, `recall` where nothing is to be found."""

    precision: Interval | None
    recall: Interval | None
    found: int
    relevant: int


def load_gold(path: Path) -> tuple[tuple[Pair, ...], tuple[Disputed, ...]]:
    """The pairs and the questions of a file. Raises UsageError naming what is missing."""
    pairs: list[Pair] = []
    questions: list[Disputed] = []
    for row in read_json_lines(path, ("id",)):
        if "question" in row:
            spans = tuple(_span(s) for s in row["disputed"])
            questions.append(Disputed(str(row["id"]), str(row["question"]), str(row["half"]), spans))
        elif {"left", "right", "disagree", "kind"} <= row.keys():
            left, right = _span(row["left"]), _span(row["right"])
            pairs.append(
                Pair(
                    str(row["id"]), left, right, bool(row["disagree"]), str(row["kind"]), half(str(row["id"]))
                )
            )
        else:
            raise UsageError(
                f"{path}: {row['id']} is neither a pair nor a question; see the file's other lines."
            )
    return tuple(pairs), tuple(questions)


def half(id: str) -> str:
    return HELD_OUT if int(sha256(id.encode()).hexdigest(), 16) % 2 else TUNING


def judge(pairs: Iterable[Pair], statement_at: StatementAt) -> tuple[Judged, ...]:
    """What `find_disagreements` says of every pair by itself."""
    judged: list[Judged] = []
    for pair in pairs:
        left, right = statement_at(pair.left), statement_at(pair.right)
        found = find_disagreements([left] if left == right else [left, right])
        judged.append(Judged(pair, any(_is_pair(d, pair) for d in found), left == right))
    return tuple(judged)


def answer(
    questions: Iterable[Disputed], disagreements: Callable[[str], Sequence[Contested]]
) -> tuple[Answered, ...]:
    """`disagreements` gives those that are noted for a question."""
    return tuple(
        Answered(q, tuple(_holds(one, q.sentences) for one in disagreements(q.question))) for q in questions
    )


def pair_accuracy(judged: Sequence[Judged], seed: int, name: str) -> Accuracy:
    """Over documents: pairs of one document resemble each other."""
    found = [(j.pair.disagree, j.pair.left.document) for j in judged if j.found]
    relevant = [(j.found, j.pair.left.document) for j in judged if j.pair.disagree]
    return _accuracy(found, relevant, seed, name)


def question_accuracy(answered: Sequence[Answered], seed: int, name: str) -> Accuracy:
    """Precision over notes, recall over the questions that ask for something in dispute."""
    found = [(right, a.case.id) for a in answered for right in a.right]
    relevant = [(any(a.right), a.case.id) for a in answered if a.case.sentences]
    return _accuracy(found, relevant, seed, name)


def accuracy_table(title: str, scores: Mapping[str, Accuracy]) -> Table:
    table = Table(title=title)
    for name in ("", "found", "precision", "true", "recall"):
        table.add_column(name, justify="left" if not name else "right", no_wrap=True)
    for name, one in scores.items():
        table.add_row(name, str(one.found), _shown(one.precision), str(one.relevant), _shown(one.recall))
    return table


def pair_scores(judged: Sequence[Judged], seed: int) -> dict[str, Accuracy]:
    scores: dict[str, Accuracy] = {}
    for which in (TUNING, HELD_OUT):
        some = [j for j in judged if j.pair.half == which]
        scores[which] = pair_accuracy(some, seed, which)
        for name, one in (("one sentence", True), ("two sentences", False)):
            part = [j for j in some if j.one_sentence is one]
            scores[f"{which}, {name}"] = pair_accuracy(part, seed, f"{which} {name}")
    return scores


def question_scores(answered: Sequence[Answered], seed: int) -> dict[str, Accuracy]:
    return {
        which: question_accuracy([a for a in answered if a.case.half == which], seed, which)
        for which in (TUNING, HELD_OUT)
    }


def _is_pair(d: Disagreement, pair: Pair) -> bool:
    left, right = Span(d.left.document, *d.left_span), Span(d.right.document, *d.right_span)
    return (_overlap(left, pair.left) and _overlap(right, pair.right)) or (
        _overlap(left, pair.right) and _overlap(right, pair.left)
    )


def _holds(one: Contested, sentences: Sequence[Span]) -> bool:
    held = [Span(s.document, s.sentence.start, s.sentence.end) for s in one.statements]
    return any(_overlap(a, b) for a in held for b in sentences)


def _overlap(a: Span, b: Span) -> bool:
    return a.document == b.document and a.start < b.end and b.start < a.end


def _accuracy(
    found: Sequence[tuple[bool, str]], relevant: Sequence[tuple[bool, str]], seed: int, name: str
) -> Accuracy:
    return Accuracy(
        _mean(found, seed, f"{name} precision"),
        _mean(relevant, seed, f"{name} recall"),
        len(found),
        len(relevant),
    )


def _mean(outcomes: Sequence[tuple[bool, str]], seed: int, name: str) -> Interval | None:
    return bootstrap_mean(
        [right for right, _ in outcomes], seeded(seed, name), [group for _, group in outcomes]
    )


def _span(fields: Mapping[str, Any]) -> Span:
    return Span(str(fields["document"]), int(fields["start"]), int(fields["end"]))


def _shown(interval: Interval | None) -> str:
    return "" if interval is None else f"{interval.value:.2f} [{interval.low:.2f}, {interval.high:.2f}]"


@click.command()
@click.option("--index", default=Path("index"), type=click.Path(path_type=Path), show_default=True)
@click.option("--gold", default=GOLD, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--cases", type=click.Path(path_type=Path), help="Print every note for these gold cases too.")
@click.option(
    "--wrong", is_flag=True, help="Show the pairs and questions of the tuning halves that come out wrong."
)
@click.option("--seed", default=0, show_default=True)
def main(index: Path, gold: Path, cases: Path | None, wrong: bool, seed: int) -> None:
    """Precision and recall of disagreements: on labelled pairs, and on questions."""
    try:
        _run(Console(), index, gold, cases, wrong, seed)
    except RagError as error:
        raise click.UsageError(str(error)) from error


def _run(console: Console, index: Path, gold: Path, cases: Path | None, wrong: bool, seed: int) -> None:
    from rag.answering import disagreements
    from rag.assistant import Assistant

    pairs, questions = load_gold(gold)
    with Assistant.open(index) as assistant:
        judged = judge(pairs, _reader(assistant.index.document))
        answered = answer(questions, lambda q: disagreements(assistant.index, assistant.read(q)))
        console.print(accuracy_table("Pairs", pair_scores(judged, seed)))
        console.print(accuracy_table("Questions", question_scores(answered, seed)))
        if wrong:
            _show_wrong(console, judged, answered)
        for case in load_cases(cases) if cases else ():
            found = disagreements(assistant.index, assistant.read(case.question, case.history))
            if found or case.type is CaseType.DISAGREEMENT:
                console.print(f"{case.id} {case.type}: {case.question}", markup=False, highlight=False)
            for one in found:
                console.print(f"    {note(one, lambda _: 1).text}", markup=False, highlight=False)


def _reader(document: Callable[[str], Any]) -> StatementAt:
    """The statement at a span: the sentence that holds its start."""
    from functools import lru_cache

    from rag.chunks import body_sentences

    @lru_cache
    def sentences(path: str) -> list[Statement]:
        read = document(path)
        found = [s for section in read.sections or (None,) for s in body_sentences(read, section)]
        return [Statement(path, read.metadata.title, read.metadata.date, s) for s in found]

    def at(span: Span) -> Statement:
        for statement in sentences(span.document):
            if statement.sentence.start <= span.start < statement.sentence.end:
                return statement
        raise UsageError(
            f"No sentence at {span.start} of {span.document}: index the corpus that the gold file is of."
        )

    return at


def _show_wrong(console: Console, judged: Sequence[Judged], answered: Sequence[Answered]) -> None:
    for j in judged:
        if j.pair.half == TUNING and j.found != j.pair.disagree:
            console.print(
                f"{j.pair.id} {'missed' if j.pair.disagree else 'false'}: {j.pair.left} {j.pair.right}"
            )
    for a in answered:
        if a.case.half == TUNING and (not all(a.right) or (a.case.sentences and not any(a.right))):
            console.print(f"{a.case.id} {a.case.question}: {list(a.right)}", markup=False)


if __name__ == "__main__":
    main()
