"""Labelled pairs: a span with a claim, or a passage with a question."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import IntEnum
from pathlib import Path
from typing import Any

from rag.presuppositions import presuppositions


class Label(IntEnum):
    """What a span says of a claim; the index of the model's logit."""

    NOT_FOUND = 0
    CONTRADICTED = 1
    SUPPORTED = 2


@dataclass(frozen=True, slots=True)
class Pair:
    """`label` for a claim, `answered` for a question; the other is None. `source` names where the pair
    comes from. Pairs of one `group` share a text."""

    span: str
    claim: str
    source: str
    group: str
    label: Label | None = None
    answered: bool | None = None


ENTAILMENT_SETS = ("snli", "cad_snli", "taxinli")
"""Sentence pairs: SNLI (Bowman et al. 2015, CC BY-SA 4.0, by way of e-SNLI's MIT repository), CAD
(Kaushik et al. 2020, Apache-2.0), TaxiNLI (Joshi et al. 2020, C-UDA 1.0)."""
EVIDENCE_SETS = ("fm2", "contractnli", "contractnli_xpass", "wice_nst")
"""Passages: FM2 (Eisenschlos et al. 2021, Apache-2.0), ContractNLI (Koreeda and Manning 2021,
CC BY 4.0), WiCE (Kamoi et al. 2023, ODC-BY 1.0)."""

ONE_SIDED_SETS = ("wice_nst",)
"""All of whose claims lack support: their style would give the label away."""

_CONTRADICTING = ("contradict", "refut")


def read_public(path: Path, names: Iterable[str]) -> Iterator[Pair]:
    """The pairs of the named sets in a .jsonl.gz of {id, dataset, context, claim, label, label_raw, group}."""
    wanted = frozenset(names)
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            if row["dataset"] in wanted:
                yield Pair(
                    row["context"],
                    row["claim"],
                    row["dataset"],
                    str(row["group"]),
                    label=_label(row["label"], row["label_raw"]),
                )


PREMISE = "written premise"
"""Source of what a written question takes for granted."""


def read_written(folder: Path, *, held_out: bool = False) -> Iterator[Pair]:
    """The claims and questions written for this project, one passage a line (README.md here): those to
    train on, or those held out."""
    for file in sorted(folder.glob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            if is_held_out(row["id"]) == held_out:
                yield from _written(row)


def is_held_out(id: str) -> bool:
    """One passage in ten, by a hash of its id."""
    return hashlib.sha256(id.encode()).digest()[0] % 10 == 0


def _written(row: Mapping[str, Any]) -> Iterator[Pair]:
    for claim in row["claims"]:
        label = Label[claim["label"].upper()]
        yield Pair(row["passage"], claim["text"], f"written {claim['kind']}", row["id"], label=label)
    for question in row["questions"]:
        pair = Pair(
            row["passage"],
            question["text"],
            "written question",
            row["id"],
            answered=bool(question["answered"]),
        )
        yield pair
        yield from _presupposed(pair, denied=question.get("denied", False))


def _presupposed(question: Pair, *, denied: bool) -> Iterator[Pair]:
    """What a question takes for granted: borne out where it is answered, contradicted where the passage
    denies it, unknown otherwise."""
    if question.answered or denied:
        label = Label.CONTRADICTED if denied else Label.SUPPORTED
        for statement in presuppositions(question.claim):
            yield replace(question, claim=statement, source=PREMISE, label=label, answered=None)


def _label(supported: int, raw: str) -> Label:
    if supported == 1:
        return Label.SUPPORTED
    contradicting = raw.casefold().startswith(_CONTRADICTING)
    return Label.CONTRADICTED if contradicting else Label.NOT_FOUND
