"""The bench of alterations on verifiers of known answers, and the hand-labelled claims themselves."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pytest
from click.testing import CliRunner

from evals.alterations import Kind
from evals.bench.alterations import (
    CLAIMS,
    PARAPHRASED,
    UNALTERED,
    Labelled,
    alterations_table,
    check_accuracy,
    judge,
    load_claims,
    load_supported,
    main,
    rejected_by_kind,
    try_alterations,
    verdict_accuracy,
)
from rag.chunks import split_sentences
from rag.documents import Limits, read_file
from rag.errors import UsageError
from rag.types import Check, Verdict

ROWS = [json.loads(line) for line in CLAIMS.read_text(encoding="utf-8").splitlines()]
DOCUMENTS = {
    "briefs/casa-1000.md", "briefs/chabahar.md", "briefs/iskp-attacks-2024.md", "briefs/nrf-northern-alliance.md",
    "briefs/sco-rats.pdf", "briefs/tajik-afghan-border.md", "briefs/uzbek-kazakh-agreements.md", "briefs/atta-aptta.md",
    "article/friend-turned-enemys-enemy.md",
}  # fmt: skip


@dataclass(frozen=True)
class Said:
    verdict: Verdict
    checks: Sequence[Check] = ()


@dataclass(frozen=True)
class Scripted:
    """Supports what it is told to, and nothing else; fires the checks it is told to."""

    supported: frozenset[str]
    fired: Mapping[str, str]

    def verify(self, span: str, claim: str) -> Said:
        if claim in self.supported:
            return Said(Verdict.SUPPORTED)
        name = self.fired.get(claim)
        return Said(Verdict.CONTRADICTED, (Check(name, claim, span),)) if name else Said(Verdict.NOT_FOUND)


@dataclass(frozen=True)
class Always:
    verdict: Verdict

    def verify(self, span: str, claim: str) -> Said:
        return Said(self.verdict)


def case(id: str, claim: str, label: Verdict = Verdict.SUPPORTED, kind: str = "close") -> Labelled:
    return Labelled(id, claim, claim, label, kind)


CASES = (
    case("1", "Norway signed the accord on 5 June 2023."),
    case("2", "More than 40 boats were lost in 1995."),
    case("3", "Norway sank 40 boats.", Verdict.CONTRADICTED, "number"),
    case("4", "Norway is poor.", Verdict.NOT_FOUND, "negation"),
)


@lru_cache
def text_of(document: str) -> str:
    return read_file(Path("corpus") / document, document, Limits()).text


def test_a_verifier_that_knows_the_claims_by_heart_catches_everything() -> None:
    by_heart = Scripted(frozenset(one.claim for one in CASES[:2]), {})
    shares = rejected_by_kind(try_alterations(CASES, by_heart))
    assert shares[UNALTERED].value == 0
    assert shares[PARAPHRASED].value == 1
    assert {
        kind: shares[kind].value for kind in ("number", "date", "name", "negation", "quantifier")
    } == dict.fromkeys(("number", "date", "name", "negation", "quantifier"), 1.0)


def test_a_credulous_verifier_catches_nothing() -> None:
    shares = rejected_by_kind(try_alterations(CASES, Always(Verdict.SUPPORTED)))
    assert {share.value for share in shares.values()} == {0.0}
    assert "attribution" not in shares


def test_contradicted_and_not_found_are_both_rejections() -> None:
    for verdict in (Verdict.CONTRADICTED, Verdict.NOT_FOUND):
        shares = rejected_by_kind(try_alterations(CASES, Always(verdict)))
        assert {share.value for share in shares.values()} == {1.0}


def test_only_supported_claims_are_altered() -> None:
    trials = try_alterations(CASES, Always(Verdict.SUPPORTED))
    assert {trial.source for trial in trials} == {"1", "2"}
    assert [trial.claim for trial in trials if trial.kind == UNALTERED] == [one.claim for one in CASES[:2]]


def test_a_case_is_altered_alike_in_any_company() -> None:
    alone = try_alterations(CASES[1:2], Always(Verdict.SUPPORTED), seed=3)
    together = try_alterations(CASES, Always(Verdict.SUPPORTED), seed=3)
    assert alone == tuple(trial for trial in together if trial.source == "2")
    assert alone != try_alterations(CASES[1:2], Always(Verdict.SUPPORTED), seed=4)


def test_intervals_are_over_source_claims() -> None:
    trials = try_alterations(CASES, Always(Verdict.SUPPORTED))
    assert sum(trial.kind == Kind.DATE for trial in trials) > 2
    assert rejected_by_kind(trials)["date"].n == 2


def test_accuracy_of_verdicts_and_checks() -> None:
    cases = (*CASES, case("5", "Oslo lies in Norway."))
    verifier = Scripted(
        frozenset({cases[0].claim, cases[3].claim}),
        {cases[1].claim: "number", cases[2].claim: "number"},
    )
    judged = judge(cases, verifier)
    verdicts = verdict_accuracy(judged)
    assert _values(verdicts["SUPPORTED"]) == (1 / 2, 1 / 3)
    assert _values(verdicts["CONTRADICTED"]) == (1 / 2, 1.0)
    assert _values(verdicts["NOT_FOUND"]) == (0.0, 0.0)
    assert _values(verdicts["rejected"]) == (1 / 3, 1 / 2)
    checks = check_accuracy(judged)
    assert _values(checks["number"]) == (1 / 2, 1.0)
    assert (checks["number"].found, checks["number"].relevant) == (2, 1)
    assert _values(checks["negation"]) == (None, 0.0)


def _values(accuracy: object) -> tuple[float | None, float | None]:
    precision, recall = accuracy.precision, accuracy.recall  # type: ignore[attr-defined]
    return precision.value if precision else None, recall.value if recall else None


def test_the_table_has_a_row_for_each_kind_that_occurs() -> None:
    trials = try_alterations(CASES, Always(Verdict.SUPPORTED))
    shares = rejected_by_kind(trials)
    assert alterations_table("Made", shares, trials).row_count == len(shares)


def test_pairs_are_read_and_only_the_supported_ones_kept(tmp_path: Path) -> None:
    path = tmp_path / "pairs.jsonl"
    rows = [
        {"context": "a", "claim": "b", "label": 1},
        {"context": "c", "claim": "d", "label": 0},
        {"id": "x", "context": "e", "claim": "f", "label": "supported"},
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    assert [(one.id, one.span, one.claim) for one in load_supported(path)] == [
        ("1", "a", "b"),
        ("x", "e", "f"),
    ]


def test_an_unknown_label_is_named(tmp_path: Path) -> None:
    path = tmp_path / "claims.jsonl"
    row = {"id": "1", "document": "d", "start": 0, "end": 1, "claim": "c", "label": "true", "kind": "close"}
    path.write_text(json.dumps(row), encoding="utf-8")
    with pytest.raises(UsageError, match="no label 'true'; use one of supported"):
        load_claims(path, lambda _: "text")


def test_the_command_prints_all_three_tables(tmp_path: Path) -> None:
    pairs = tmp_path / "pairs.jsonl"
    pairs.write_text(
        json.dumps({"context": "Norway paid.", "claim": "Norway paid.", "label": 1}), encoding="utf-8"
    )
    (tmp_path / "doc.md").write_text("Norway signed the accord.\n", encoding="utf-8")
    row = {"id": "1", "document": "doc.md", "start": 0, "end": 25, "claim": "Norway signed the accord.", "label": "supported", "kind": "close"}  # fmt: skip
    (tmp_path / "claims.jsonl").write_text(json.dumps(row), encoding="utf-8")
    options = [
        "--verifier",
        "overlap",
        "--claims",
        tmp_path / "claims.jsonl",
        "--corpus",
        tmp_path,
        "--pairs",
        pairs,
    ]
    result = CliRunner().invoke(main, list(map(str, options)))
    assert result.exit_code == 0, result.output
    for title in ("Made from claims.jsonl", "Made from pairs.jsonl", "Verdicts on", "Checks on"):
        assert title in result.output


def test_a_missing_file_is_a_user_error() -> None:
    result = CliRunner().invoke(main, ["--verifier", "overlap", "--claims", "nowhere.jsonl"])
    assert result.exit_code == 2
    assert "nowhere.jsonl" in result.output


def test_claims_are_200_half_of_them_supported() -> None:
    assert [row["id"] for row in ROWS] == [f"C{n:03}" for n in range(1, 201)]
    assert len({row["claim"] for row in ROWS}) == 200
    assert Counter(row["label"] == "supported" for row in ROWS) == {True: 100, False: 100}
    kinds = Counter(row["kind"] for row in ROWS)
    assert (kinds["close"], kinds["paraphrase"], kinds["inference"]) == (30, 50, 20)
    assert all(9 <= kinds[kind] <= 10 for kind in Kind)
    assert Counter(row.get("wording") for row in ROWS) == {None: 100, "close": 50, "free": 50}
    assert {row["document"] for row in ROWS} == DOCUMENTS


def test_every_span_is_one_to_three_whole_sentences() -> None:
    bounds = {name: split_sentences(text_of(name)) for name in DOCUMENTS}
    for row in ROWS:
        starts = [one.start for one in bounds[row["document"]]]
        ends = [one.end for one in bounds[row["document"]]]
        assert row["start"] in starts, row["id"]
        assert row["end"] in ends, row["id"]
        assert 0 <= ends.index(row["end"]) - starts.index(row["start"]) <= 2, row["id"]


def test_every_free_wording_differs_from_its_span() -> None:
    """A claim of one's own words shares no run of eight words with the span."""
    for row in ROWS:
        if row["kind"] in ("paraphrase", "inference") or row.get("wording") == "free":
            span = f" {' '.join(text_of(row['document'])[row['start'] : row['end']].split())} "
            words = row["claim"].rstrip(".").split()
            runs = [f" {' '.join(words[i : i + 8])} " for i in range(len(words) - 7)]
            assert not [run for run in runs if run in span], row["id"]
