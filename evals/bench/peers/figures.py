"""What the runners print, as figures with intervals."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

import numpy as np

from evals.bench.peers.systems import PeerFailed
from evals.cases import Span
from evals.metrics import ndcg_at, percentile, recall_at
from evals.statistics import Interval, bootstrap, bootstrap_mean, seeded

Found = Sequence[tuple[str, str]]
"""Passages retrieved for one question, best first: the document's path, the text."""


@dataclass(frozen=True, slots=True)
class Indexed:
    """One indexing run: seconds without loading the model, chunks made, peak memory in MB, and the word pieces
    that the model has read."""

    seconds: float
    chunks: int
    peak_mb: float
    pieces: int


@dataclass(frozen=True, slots=True)
class Asked:
    """One process that answered every question: passages and milliseconds a question, peak memory in MB."""

    found: tuple[Found, ...]
    milliseconds: tuple[float, ...]
    peak_mb: float


@dataclass(slots=True)
class Runs:
    """What was measured of one system, growing round by round. `cold` and `whole` are seconds from the
    start of a process to its end: one question retrieved, and one answered by the command `rag ask`."""

    indexed: list[Indexed] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    cold: list[float] = field(default_factory=list)
    whole: list[float] = field(default_factory=list)


def read_line(printed: str) -> Mapping[str, object]:
    """The JSON object on the last line of a runner's output. Raises PeerFailed."""
    last = (printed.strip().splitlines() or [""])[-1]
    try:
        fields = json.loads(last)
    except json.JSONDecodeError as error:
        raise PeerFailed(f"The runner printed no JSON; run it by hand: {last[:100]!r}") from error
    if not isinstance(fields, dict):
        raise PeerFailed(f"The runner printed no JSON object; run it by hand: {last[:100]!r}")
    return fields


def read_indexed(printed: str) -> Indexed:
    fields = json.loads(json.dumps(read_line(printed)))
    return Indexed(fields["index_s"], fields["chunks"], fields["peak_mb"], fields["pieces"])


def read_asked(printed: str) -> Asked:
    fields = json.loads(json.dumps(read_line(printed)))
    found = tuple(tuple((path, text) for path, text in passages) for passages in fields["found"])
    return Asked(found, tuple(fields["milliseconds"]), fields["peak_mb"])


def locate(document: str, passage: str, text: str) -> Span | None:
    """Where a passage stands in its document, blanks aside (splitters change them); None if nowhere."""
    start = text.find(passage)
    if start >= 0:
        return Span(document, start, start + len(passage))
    words = passage.split()
    found = re.search(r"\s+".join(map(re.escape, words)), text) if words else None
    return Span(document, *found.span()) if found else None


def spans(found: Found, texts: Mapping[str, str]) -> tuple[Span, ...]:
    """A passage that stands nowhere holds its rank, as a span of no characters."""
    return tuple(locate(path, text, texts[path]) or Span(path, 0, 0) for path, text in found)


def quality(
    found: Sequence[Found], gold: Sequence[Sequence[Span]], texts: Mapping[str, str]
) -> Mapping[str, Interval]:
    """recall@5 and nDCG@10, intervals over the questions."""
    ranked = [spans(passages, texts) for passages in found]
    pairs = list(zip(gold, ranked, strict=True))
    scores = {
        "recall@5": [recall_at(wanted, given, 5) or 0.0 for wanted, given in pairs],
        "nDCG@10": [ndcg_at(wanted, given, 10) or 0.0 for wanted, given in pairs],
    }
    drawn = {name: bootstrap_mean(values, seeded(0, name)) for name, values in scores.items()}
    return {name: one for name, one in drawn.items() if one is not None}


def median_of(values: Sequence[float]) -> Interval | None:
    """The median of the runs, with its interval over them."""
    array = np.asarray(values, dtype=np.float64)
    return bootstrap(lambda at: float(np.median(array[at])), len(array), seeded(0, "median"))


def summary(
    runs: Runs, gold: Sequence[Sequence[Span]], texts: Mapping[str, str]
) -> Mapping[str, Interval | None]:
    """Every figure of a system by its name; None where it was not measured."""
    characters = sum(map(len, texts.values()))
    warm = [one.milliseconds for one in runs.asked]
    best = runs.asked[-1].found if runs.asked else ()
    return {
        "cold question, s": median_of(runs.cold),
        "cold `rag ask`, s": median_of(runs.whole),
        "warm p50, ms": median_of([median(times) for times in warm]),
        "warm p95, ms": median_of([percentile(times, 0.95) or 0.0 for times in warm]),
        "chunks/s": median_of([one.chunks / one.seconds for one in runs.indexed]),
        "characters/s": median_of([characters / one.seconds for one in runs.indexed]),
        "word pieces read/s": median_of([one.pieces / one.seconds for one in runs.indexed]),
        "chunks": median_of([float(one.chunks) for one in runs.indexed]),
        "memory indexing, MB": median_of([one.peak_mb for one in runs.indexed]),
        "memory asking, MB": median_of([one.peak_mb for one in runs.asked]),
        "characters a passage": median_of([float(len(text)) for found in best for _, text in found]),
        **(quality(best, gold, texts) if best else {}),
    }
