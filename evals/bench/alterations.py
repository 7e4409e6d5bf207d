"""A verifier put to made alterations, to honest paraphrases and to the hand-labelled claims.

`python -m evals.bench.alterations` prints what the product's verifier catches, with 95 % bootstrap
intervals over source claims.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Protocol

import click
from rich.console import Console
from rich.table import Table

from evals.alterations import Kind, alterations, paraphrases
from evals.bench.beir import read_json_lines
from evals.statistics import Interval, bootstrap_mean, seeded
from evals.verifier import OverlapVerifier
from rag.errors import RagError, UsageError
from rag.types import Check, Verdict

CLAIMS = Path("evals/gold/claims.jsonl")
UNALTERED = "unaltered"
PARAPHRASED = "paraphrased"
_LABELS = {
    "supported": Verdict.SUPPORTED,
    "contradicted": Verdict.CONTRADICTED,
    "not_found": Verdict.NOT_FOUND,
}


class Verified(Protocol):
    @property
    def verdict(self) -> Verdict: ...

    @property
    def checks(self) -> Sequence[Check]: ...


class SpanVerifier(Protocol):
    """Says of one claim whether one span carries it."""

    def verify(self, span: str, claim: str) -> Verified: ...


@dataclass(frozen=True, slots=True)
class Labelled:
    """A claim, the span it is checked against, and the verdict that a person gives it.

    `kind` is a kind of alteration, or "close", "paraphrase", "inference" where the span supports it.
    """

    id: str
    span: str
    claim: str
    label: Verdict
    kind: str


@dataclass(frozen=True, slots=True)
class Trial:
    """One wording given to the verifier; `kind` is UNALTERED, PARAPHRASED or a kind of alteration."""

    source: str
    kind: str
    span: str
    claim: str
    rejected: bool


@dataclass(frozen=True, slots=True)
class Judged:
    case: Labelled
    verdict: Verdict
    checks: frozenset[str]


@dataclass(frozen=True, slots=True)
class Accuracy:
    """`precision` is None where nothing was found, `recall` where nothing is to be found; `found`
    and `relevant` are the numbers they rest on."""

    precision: Interval | None
    recall: Interval | None
    found: int
    relevant: int


def load_claims(path: Path, read: Callable[[str], str]) -> tuple[Labelled, ...]:
    """The claims of a file, their spans cut out of what `read` gives for a document's path."""
    fields = ("id", "document", "start", "end", "claim", "label", "kind")
    return tuple(
        Labelled(
            str(row["id"]),
            read(str(row["document"]))[int(row["start"]) : int(row["end"])],
            str(row["claim"]),
            _label(row["label"], path),
            str(row["kind"]),
        )
        for row in read_json_lines(path, fields)
    )


def load_supported(path: Path) -> tuple[Labelled, ...]:
    """The supported pairs of a .jsonl or .jsonl.gz file of contexts, claims and labels (1 or "supported")."""
    rows = enumerate(read_json_lines(path, ("context", "claim", "label")), start=1)
    return tuple(
        Labelled(str(row.get("id", n)), str(row["context"]), str(row["claim"]), Verdict.SUPPORTED, "pair")
        for n, row in rows
        if row["label"] in (1, "supported")
    )


def try_alterations(cases: Iterable[Labelled], verifier: SpanVerifier, seed: int = 0) -> tuple[Trial, ...]:
    """Every supported claim as it is, paraphrased and altered, each before the verifier.

    A case is altered by its own generator, so that adding a case does not change the others.
    """
    trials: list[Trial] = []
    for case in cases:
        if case.label is Verdict.SUPPORTED:
            trials += [
                Trial(
                    case.id,
                    kind,
                    case.span,
                    text,
                    verifier.verify(case.span, text).verdict is not Verdict.SUPPORTED,
                )
                for kind, text in _wordings(case, Random(f"{seed} {case.id}"))
            ]
    return tuple(trials)


def rejected_by_kind(trials: Sequence[Trial], seed: int = 0) -> dict[str, Interval]:
    """Kind → share rejected, over the kinds that occur: first the two that should be accepted."""
    shares: dict[str, Interval] = {}
    for kind in (UNALTERED, PARAPHRASED, *Kind):
        some = [trial for trial in trials if trial.kind == kind]
        rejected, sources = [trial.rejected for trial in some], [trial.source for trial in some]
        share = bootstrap_mean(rejected, seeded(seed, kind), sources)
        if share is not None:
            shares[kind] = share
    return shares


def judge(cases: Iterable[Labelled], verifier: SpanVerifier) -> tuple[Judged, ...]:
    """What the verifier says of every case."""
    said = ((case, verifier.verify(case.span, case.claim)) for case in cases)
    return tuple(
        Judged(case, one.verdict, frozenset(check.name for check in one.checks)) for case, one in said
    )


def verdict_accuracy(judged: Sequence[Judged], seed: int = 0) -> dict[str, Accuracy]:
    """Per verdict, and for rejecting, whichever of the two other verdicts says so."""
    scores = {
        verdict.value: _accuracy(
            [(one.verdict is verdict, one.case.label is verdict) for one in judged], seed, verdict.value
        )
        for verdict in Verdict
    }
    rejecting = [
        (one.verdict is not Verdict.SUPPORTED, one.case.label is not Verdict.SUPPORTED) for one in judged
    ]
    return scores | {"rejected": _accuracy(rejecting, seed, "rejected")}


def check_accuracy(judged: Sequence[Judged], seed: int = 0) -> dict[str, Accuracy]:
    """Per named check that fired or has cases of its kind: how often a claim on which it fires is
    indeed unsupported (precision), and on how many claims of its kind it fires (recall)."""
    fired = {name for one in judged for name in one.checks}
    names = sorted(fired | {one.case.kind for one in judged if one.case.label is not Verdict.SUPPORTED})
    scores: dict[str, Accuracy] = {}
    for name in names:
        wrong = [one.case.label is not Verdict.SUPPORTED for one in judged if name in one.checks]
        own = [name in one.checks for one in judged if one.case.kind == name]
        scores[name] = Accuracy(
            bootstrap_mean(wrong, seeded(seed, f"{name} precision")),
            bootstrap_mean(own, seeded(seed, f"{name} recall")),
            len(wrong),
            len(own),
        )
    return scores


def alterations_table(title: str, shares: Mapping[str, Interval], trials: Sequence[Trial]) -> Table:
    table = Table(title=title)
    for name in ("wording", "claims", "sources", "rejected"):
        table.add_column(name, justify="left" if name == "wording" else "right")
    for kind, share in shares.items():
        claims = sum(trial.kind == kind for trial in trials)
        table.add_row(kind, str(claims), str(share.n), _shown(share), end_section=kind == PARAPHRASED)
    return table


def accuracy_table(title: str, scores: Mapping[str, Accuracy]) -> Table:
    table = Table(title=title)
    for name in ("", "found", "precision", "to be found", "recall"):
        table.add_column(name, justify="left" if not name else "right", no_wrap=True)
    for name, one in scores.items():
        table.add_row(name, str(one.found), _shown(one.precision), str(one.relevant), _shown(one.recall))
    return table


def _label(label: object, path: Path) -> Verdict:
    if label not in _LABELS:
        raise UsageError(f"{path}: no label {label!r}; use one of {', '.join(_LABELS)}.")
    return _LABELS[str(label)]


def _wordings(case: Labelled, rng: Random) -> list[tuple[str, str]]:
    altered = [(one.kind.value, one.text) for one in alterations(case.claim, case.span, rng)]
    reworded = [(PARAPHRASED, text) for text in paraphrases(case.claim, rng)]
    return [(UNALTERED, case.claim), *reworded, *altered]


def _accuracy(outcomes: Sequence[tuple[bool, bool]], seed: int, name: str) -> Accuracy:
    """Of (said, true) pairs."""
    right = [true for said, true in outcomes if said]
    found = [said for said, true in outcomes if true]
    return Accuracy(
        bootstrap_mean(right, seeded(seed, f"{name} precision")),
        bootstrap_mean(found, seeded(seed, f"{name} recall")),
        len(right),
        len(found),
    )


def _shown(interval: Interval | None) -> str:
    return "" if interval is None else f"{interval.value:.2f} [{interval.low:.2f}, {interval.high:.2f}]"


@dataclass(frozen=True, slots=True)
class _Said:
    verdict: Verdict
    checks: Sequence[Check] = ()


class _Overlap:
    """The evals' own verifier, without a model, as a `SpanVerifier`: the floor to compare with."""

    def __init__(self) -> None:
        self._verifier = OverlapVerifier()

    def verify(self, span: str, claim: str) -> Verified:
        from evals.checks import fired_checks
        from evals.citing import SUPPORTED_FROM

        supported = self._verifier.support(span, claim) >= SUPPORTED_FROM
        return _Said(Verdict.SUPPORTED if supported else Verdict.NOT_FOUND, fired_checks(span, claim))


def _verifier(name: str) -> SpanVerifier:
    if name == "overlap":
        return _Overlap()
    from rag.verification import Verifier

    return Verifier()


def _reader(corpus: Path) -> Callable[[str], str]:
    from functools import lru_cache

    from rag.documents import Limits, read_file

    return lru_cache(lambda name: read_file(corpus / name, name, Limits()).text)


_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.option("--claims", default=CLAIMS, type=_FILE, help="Hand-labelled claims.")
@click.option("--corpus", default=Path("corpus"), type=click.Path(path_type=Path), help="Their documents.")
@click.option("--pairs", type=_FILE, help="Alter the supported pairs of this file as well.")
@click.option("--limit", type=int, help="At most so many of these pairs.")
@click.option("--verifier", type=click.Choice(["product", "overlap"]), default="product", show_default=True)
@click.option("--missed", "shown", default=0, help="Show so many accepted alterations of each kind.")
@click.option("--seed", default=0, show_default=True)
def main(
    claims: Path, corpus: Path, pairs: Path | None, limit: int | None, verifier: str, shown: int, seed: int
) -> None:
    """What a verifier catches of made alterations, and what it says of hand-labelled claims."""
    console = Console()
    try:
        _run(console, claims, corpus, pairs, limit, verifier, shown, seed)
    except RagError as error:
        raise click.UsageError(str(error)) from error


def _run(
    console: Console,
    claims: Path,
    corpus: Path,
    pairs: Path | None,
    limit: int | None,
    name: str,
    shown: int,
    seed: int,
) -> None:
    verifier = _verifier(name)
    cases = load_claims(claims, _reader(corpus))
    sets = {claims.name: cases} | ({pairs.name: load_supported(pairs)[:limit]} if pairs else {})
    for title, some in sets.items():
        trials = try_alterations(some, verifier, seed)
        console.print(alterations_table(f"Made from {title}", rejected_by_kind(trials, seed), trials))
        _show_missed(console, trials, shown)
    judged = judge(cases, verifier)
    console.print(accuracy_table(f"Verdicts on {claims.name}", verdict_accuracy(judged, seed)))
    console.print(accuracy_table(f"Checks on {claims.name}", check_accuracy(judged, seed)))


def _show_missed(console: Console, trials: Sequence[Trial], most: int) -> None:
    for kind in Kind:
        missed = [trial for trial in trials if trial.kind == kind and not trial.rejected]
        for trial in missed[:most]:
            console.print(f"{kind}: {trial.claim}\n    {trial.span}", markup=False, highlight=False)


if __name__ == "__main__":
    main()
