"""The gold sets are what they claim to be: valid, machine-checked against the corpus, and apart."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from evals.cases import Case, CaseType, load_cases
from rag.documents import Limits, Reader, find_files
from rag.embedding import load_embedder
from rag.types import Document

ROOT = Path(__file__).parent.parent
PARAPHRASE = 0.85
"""Cosine of two questions (all-MiniLM-L6-v2) from which on they count as the same question."""


@pytest.fixture(scope="module")
def documents() -> dict[str, Document]:
    corpus = ROOT / "corpus"
    with Reader(Limits()) as reader:
        found = [reader.read(f, f.relative_to(corpus).as_posix()) for f in find_files(corpus)]
    return {d.path: d for d in found}


@pytest.fixture(scope="module")
def splits() -> dict[str, tuple[Case, ...]]:
    return {name: tuple(load_cases(ROOT / "evals" / "gold" / f"{name}.jsonl")) for name in ("dev", "test")}


def test_there_are_enough_cases_of_every_type(splits: dict[str, tuple[Case, ...]]) -> None:
    assert sum(map(len, splits.values())) >= 200
    for name, cases in splits.items():
        counts = Counter(case.type for case in cases)
        assert set(counts) == set(CaseType), name
        assert min(counts.values()) >= 6, (name, counts)
        assert 0.20 <= sum(not case.answerable for case in cases) / len(cases) <= 0.25, name


@pytest.mark.parametrize("name", ["dev", "test"])
def test_every_quote_stands_in_its_document(
    name: str, splits: dict[str, tuple[Case, ...]], documents: dict[str, Document]
) -> None:
    for case in splits[name]:
        for evidence in case.evidence:
            text = documents[evidence.document].text
            assert evidence.locate(text), (case.id, evidence)
            assert "\n" not in evidence.quote, (case.id, evidence)


def test_answerable_cases_have_evidence_and_others_have_none(splits: dict[str, tuple[Case, ...]]) -> None:
    for case in (*splits["dev"], *splits["test"]):
        assert bool(case.evidence) == case.answerable, case.id
        assert (case.type is CaseType.UNANSWERABLE) == (not case.answerable), case.id


def test_follow_ups_have_a_history(splits: dict[str, tuple[Case, ...]]) -> None:
    for case in (*splits["dev"], *splits["test"]):
        if case.type is CaseType.MULTI_TURN:
            assert case.history, case.id


def test_every_document_is_asked_about(
    splits: dict[str, tuple[Case, ...]], documents: dict[str, Document]
) -> None:
    asked = {e.document for cases in splits.values() for case in cases for e in case.evidence}
    assert asked == set(documents)


def test_no_id_and_no_evidence_is_shared(splits: dict[str, tuple[Case, ...]]) -> None:
    dev, test = splits["dev"], splits["test"]
    assert not {c.id for c in dev} & {c.id for c in test}
    quotes = [{(e.document, e.quote) for c in cases for e in c.evidence} for cases in (dev, test)]
    assert not quotes[0] & quotes[1]


@pytest.mark.model
def test_no_test_question_paraphrases_a_dev_question(splits: dict[str, tuple[Case, ...]]) -> None:
    embedder = load_embedder()
    dev, test = (
        embedder.embed_documents([_with_history(c) for c in splits[name]]) for name in ("dev", "test")
    )
    similarity = test @ dev.T
    i, j = np.unravel_index(similarity.argmax(), similarity.shape)
    assert similarity.max() < PARAPHRASE, (splits["test"][i].question, splits["dev"][j].question)


def _with_history(case: Case) -> str:
    return " ".join([*(turn.content for turn in case.history[-2:]), case.question])[:800]
