"""Write mode with a chat model that knows the gold: what of it survives, and what is struck once altered.

`python -m evals.bench.writing --index index` runs each script through the product's Writer, so that its
sentences are parsed, located, verified and repaired as any model's are, and prints both shares with 95 %
bootstrap intervals over cases, beside what is promised, and what verification takes before the first
sentence is shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from random import Random
from statistics import median, quantiles
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.table import Table

from evals.alterations import Kind, alterations, paraphrases
from evals.cases import Case, Span, TextOf, load_cases
from evals.statistics import Interval, bootstrap_mean, seeded
from rag.chunks import split_sentences
from rag.errors import RagError
from rag.prompts import Passage
from rag.sentence_stream import read_sentence
from rag.statements import statements
from rag.terms import terms
from rag.types import Mode

if TYPE_CHECKING:
    from rag.assistant import Assistant
    from rag.grounding import Verifies
    from rag.prose import Prose

GOLD = Path("evals/gold/dev.jsonl")
KINDS = (Kind.NUMBER, Kind.DATE, Kind.NAME, Kind.NEGATION, Kind.MODALITY)
UNALTERED, ALL = "unaltered", "all"
PROMISED: Mapping[str, float] = {
    UNALTERED: 0.90,
    Kind.NUMBER: 0.95,
    Kind.DATE: 0.95,
    Kind.NAME: 0.90,
    Kind.NEGATION: 0.80,
    Kind.MODALITY: 0.80,
    ALL: 0.85,
}
"""Share that survives unaltered, shares that are struck once altered."""
FIRST_CHECK = 150.0
"""Milliseconds that verification may add before the first sentence is shown."""


class Wording(StrEnum):
    """Whose words the scripted model uses: the gold answer's, or those of the sentence that holds the gold
    quote, lightly retold where that can be done without changing what it says."""

    ANSWER = "answer"
    QUOTE = "quote"


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence that the model writes, with the number of the passage that holds the gold span nearest to it
    and those of the passages that hold the case's others."""

    text: str
    n: int
    others: tuple[int, ...] = ()

    @property
    def raw(self) -> str:
        return self.text + "".join(f" [{n}]" for n in (self.n, *self.others))


@dataclass(frozen=True, slots=True)
class Trial:
    """A sentence after verification. `kind` is UNALTERED or a kind of alteration; `survived` tells
    whether it was shown before it was altered."""

    case: str
    wording: Wording
    kind: str
    text: str
    shown: bool
    survived: bool


@dataclass(frozen=True, slots=True)
class Written:
    """What a script came to: the sentences shown, and the milliseconds of the first one's verification,
    None where none is shown."""

    shown: frozenset[Line]
    first_check: float | None


@dataclass(frozen=True, slots=True)
class Shares:
    """Of the sentences of one wording and kind. `of_survivors` leaves out those that were struck before
    they were altered: a verifier that strikes everything has none."""

    trials: int
    share: Interval | None
    of_survivors: Interval | None


Write = Callable[[Sequence[Line]], Written]
"""A script through the Writer, for one question with its evidence."""


def lines(
    case: Case, passages: Sequence[Passage], text_of: TextOf, rng: Random
) -> dict[Wording, tuple[Line, ...]]:
    """The perfect model's sentences for a case. What a model is not shown it does not write: a sentence
    of the answer is left out where the gold span that it shares most with stands in no passage."""
    found = [(span, _holding(span, passages)) for span in case.spans(text_of)]
    if not found:
        return dict.fromkeys(Wording, ())
    quoted = [_line_around(span, passage, rng) for span, passage in found if passage]
    held = tuple(dict.fromkeys(passage.n for _, passage in found if passage))
    told = [
        Line(said.claim, passage.n, tuple(n for n in held if n != passage.n))
        for said in statements(case.answer)
        if said.unchecked is None and (passage := _closest(said.claim, found, text_of))
    ]
    return {Wording.ANSWER: tuple(dict.fromkeys(told)), Wording.QUOTE: tuple(dict.fromkeys(quoted))}


def altered_lines(
    said: Iterable[Line], passages: Sequence[Passage], kind: Kind, rng: Random
) -> dict[Line, Line]:
    """Sentence → the same with one fact of that kind altered, where it has one."""
    spans = {passage.n: passage.text for passage in passages}
    made: dict[Line, Line] = {}
    for line in said:
        fitting = [one for one in alterations(line.text, spans[line.n], rng) if one.kind is kind]
        if fitting:
            made[line] = replace(line, text=fitting[0].text)
    return made


def try_case(
    case: Case, passages: Sequence[Passage], text_of: TextOf, write: Write, seed: int = 0
) -> Iterator[tuple[Trial, float | None]]:
    """Each sentence unaltered and altered in each way that it can be; with the first of each unaltered
    script the milliseconds that verification took before it was shown."""
    for wording, said in lines(case, passages, text_of, Random(f"{seed} {case.id}")).items():
        if not said:
            continue
        honest = write(said)
        for i, line in enumerate(said):
            shown = line in honest.shown
            yield (
                Trial(case.id, wording, UNALTERED, line.text, shown, shown),
                None if i else honest.first_check,
            )
        for kind in KINDS:
            made = altered_lines(said, passages, kind, Random(f"{seed} {case.id} {kind}"))
            after = write(tuple(made.values())).shown if made else frozenset()
            for before, line in made.items():
                yield Trial(case.id, wording, kind, line.text, line in after, before in honest.shown), None


def shares(trials: Sequence[Trial], wording: Wording, seed: int = 0) -> dict[str, Shares]:
    """UNALTERED: the share shown; every kind that occurs, and ALL of them: the share struck."""
    own = [trial for trial in trials if trial.wording is wording]
    altered = [trial for trial in own if trial.kind != UNALTERED]
    groups = {UNALTERED: [trial for trial in own if trial.kind == UNALTERED]}
    groups |= {kind: [trial for trial in altered if trial.kind == kind] for kind in KINDS} | {ALL: altered}
    return {
        kind: Shares(
            len(some),
            _share(some, f"{wording} {kind}", seed),
            None
            if kind == UNALTERED
            else _share([one for one in some if one.survived], f"{wording} {kind} survivors", seed),
        )
        for kind, some in groups.items()
        if some
    }


def shares_table(wording: Wording, found: Mapping[str, Shares]) -> Table:
    table = Table(title=f"Sentences of the {wording}")
    for name in ("", "n", "share", "of survivors", "promised", "kept"):
        table.add_column(name, justify="left" if not name else "right")
    for kind, one in found.items():
        kept = one.share is not None and one.share.value >= PROMISED[kind]
        label = "survive" if kind == UNALTERED else f"{kind} struck"
        cells = (_shown(one.share), _shown(one.of_survivors), f"{PROMISED[kind]:.2f}")
        table.add_row(label, str(one.trials), *cells, "yes" if kept else "no", end_section=kind == UNALTERED)
    return table


def first_check_line(milliseconds: Sequence[float]) -> str:
    if len(milliseconds) < 2:
        return "Too few answers to tell what verification adds before the first sentence"
    slow = quantiles(milliseconds, n=10)[-1]
    return (
        f"Verification adds before the first sentence: median {median(milliseconds):.0f} ms, 90th percentile "
        f"{slow:.0f} ms, {len(milliseconds)} answers (promised: median below {FIRST_CHECK:.0f} ms)"
    )


def shown_lines(script: Sequence[Line], prose: Prose) -> frozenset[Line]:
    """Those of a script that are shown in full."""
    if prose.mode is not Mode.WRITE:
        return frozenset()
    text = " ".join(claim.text for claim in prose.claims)
    return frozenset(line for line in script if (plain := read_sentence(line.raw)) and plain.text in text)


def writing(assistant: Assistant, case: Case, verifier: Verifies) -> tuple[Sequence[Passage], Write]:
    """The passages that a model is shown for a case, and its scripts through the Writer."""
    from langchain_core.language_models.fake_chat_models import FakeListChatModel

    from rag.answering import quote
    from rag.prompts import answer_prompt
    from rag.prose import Writer, numbered_passages
    from rag.support import bundled_support_model

    index, settings = assistant.index, assistant.settings
    reading = assistant.read(case.question, case.history)
    draft = quote(index, reading, settings.strictness, bundled_support_model())
    evidence = numbered_passages(index, reading, draft)
    prompt = answer_prompt(case.question, evidence, settings.chat_context, settings.chat_answer)

    def write(script: Sequence[Line]) -> Written:
        model = FakeListChatModel(responses=["\n".join(line.raw for line in script)])
        *_, last = Writer(model, verifier, settings).write(index, reading, draft, case.question)
        return Written(shown_lines(script, last), last.usage.first_check)

    return (prompt.passages if prompt else ()), write


def _holding(span: Span, passages: Sequence[Passage]) -> Passage | None:
    return next(
        (p for p in passages if p.document == span.document and p.start <= span.start and span.end <= p.end),
        None,
    )


def _line_around(span: Span, passage: Passage, rng: Random) -> Line:
    start, end = span.start - passage.start, span.end - passage.start
    whole = [s.text for s in split_sentences(passage.text) if s.start < end and start < s.end]
    text = " ".join(" ".join(whole).split())
    return Line(next(iter(paraphrases(text, rng)), text), passage.n)


def _closest(claim: str, found: Sequence[tuple[Span, Passage | None]], text_of: TextOf) -> Passage | None:
    """The passage of the gold span that shares most words with the claim."""
    said = frozenset(terms(claim))

    def shared(one: tuple[Span, Passage | None]) -> int:
        span, _ = one
        text = text_of(span.document) or ""
        return len(said & frozenset(terms(text[span.start : span.end])))

    return max(found, key=shared)[1]


def _share(trials: Sequence[Trial], name: str, seed: int) -> Interval | None:
    right = [trial.shown == (trial.kind == UNALTERED) for trial in trials]
    return bootstrap_mean(right, seeded(seed, name), [trial.case for trial in trials])


def _shown(interval: Interval | None) -> str:
    return "" if interval is None else f"{interval.value:.2f} [{interval.low:.2f}, {interval.high:.2f}]"


@click.command()
@click.option("--index", default=Path("index"), type=click.Path(path_type=Path), show_default=True)
@click.option("--gold", default=GOLD, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--limit", type=click.IntRange(min=1), help="About so many cases, spread over the file.")
@click.option(
    "--model", type=click.Path(exists=True, file_okay=False, path_type=Path), help="Another support model."
)
@click.option("--wrong", default=0, help="Show so many sentences of each row that come out wrong.")
@click.option("--seed", default=0, show_default=True)
def main(index: Path, gold: Path, limit: int | None, model: Path | None, wrong: int, seed: int) -> None:
    """What survives of a chat model that knows the gold, and what is struck of it once altered."""
    try:
        trials, times = _tried(index, gold, limit, model, seed)
    except RagError as error:
        raise click.UsageError(str(error)) from error
    console = Console()
    for wording in Wording:
        console.print(shares_table(wording, shares(trials, wording, seed)))
        _show_wrong(console, [trial for trial in trials if trial.wording is wording], wrong)
    console.print(first_check_line(times))


def _tried(
    index: Path, gold: Path, limit: int | None, model: Path | None, seed: int
) -> tuple[list[Trial], list[float]]:
    """Every trial, and the milliseconds of each answer's first verification."""
    from rag.assistant import Assistant
    from rag.support import SupportModel
    from rag.verification import Verifier

    cases = [case for case in load_cases(gold) if case.answerable]
    verifier = Verifier(SupportModel(model) if model else None)
    tried: list[tuple[Trial, float | None]] = []
    with Assistant.open(index, strictness=0) as assistant:
        known = {summary.path for summary in assistant.index.documents()}

        def text_of(path: str) -> str | None:
            return assistant.index.document(path).text if path in known else None

        for case in cases[:: max(1, round(len(cases) / limit))] if limit else cases:
            passages, write = writing(assistant, case, verifier)
            tried += try_case(case, passages, text_of, write, seed)
    return [trial for trial, _ in tried], [spent for _, spent in tried if spent is not None]


def _show_wrong(console: Console, trials: Sequence[Trial], most: int) -> None:
    for kind in (UNALTERED, *KINDS):
        missed = [t for t in trials if t.kind == kind and t.shown != (kind == UNALTERED)]
        for trial in missed[:most]:
            console.print(f"{kind} {trial.case}: {trial.text}", markup=False, highlight=False)


if __name__ == "__main__":
    main()
