"""Evals as pytest tests: `pytest -p evals.pytest_plugin --rag-index index`.

    @pytest.mark.rag_gold("evals/gold/dev.jsonl")
    def test_case(rag_case):
        rag_case.require(fact_coverage=1.0, groundedness=1.0)

The marker runs the test once a gold case; the fixture asks that case and scores the answer.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from evals.cases import Case, load_cases
from evals.run import ask_all
from evals.scoring import CaseResult, score
from evals.subject import Subject, open_subject
from rag.verification import Verifier

MARKER = "rag_gold"


@dataclass(frozen=True, slots=True)
class AskedCase:
    """A gold case with the assistant's response to it and its scores."""

    case: Case
    result: CaseResult

    def require(self, **least: float) -> None:
        """Fails the test when a score that applies is below its least value ("recall_10" for recall@10)."""
        scores = {name.replace("@", "_"): value for name, value in self.result.scores.items()}
        low = {name: scores[name] for name, value in least.items() if scores.get(name, value) < value}
        if low:
            missing = f"; missing: {', '.join(self.result.missing)}" if self.result.missing else ""
            pytest.fail(f"{self.case.id}: {low}{missing}\n{self.result.response.text}", pytrace=False)


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("rag evals")
    group.addoption("--rag-index", default="index", help="index directory that rag_gold tests ask")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", f"{MARKER}(path): run the test once for each case of a gold file")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    marker = metafunc.definition.get_closest_marker(MARKER)
    if marker and "rag_case" in metafunc.fixturenames:
        cases = load_cases(Path(str(metafunc.config.rootpath)) / str(marker.args[0]))
        metafunc.parametrize("rag_case", cases, indirect=True, ids=[case.id for case in cases])


@pytest.fixture(scope="session")
def rag_subject(request: pytest.FixtureRequest) -> Iterator[Subject]:
    """The assistant on --rag-index."""
    with open_subject(Path(str(request.config.getoption("--rag-index"))), {}) as subject:
        yield subject


@pytest.fixture
def rag_case(request: pytest.FixtureRequest, rag_subject: Subject) -> AskedCase:
    """One gold case, asked and scored."""
    case: Case = request.param
    (asked,) = ask_all([case], rag_subject.ask, workers=1)
    verifier = Verifier()
    return AskedCase(case, score(case, asked.response, rag_subject.text_of, verifier))
